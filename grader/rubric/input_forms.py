"""Inputs that a rubric describes, and that are made for each student."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field, ValidationError, field_validator, model_validator

from grader.files.config_files import PlacedError
from grader.files.suggestions import suggest
from grader.rubric.parts import Part
from grader.rubric.scenes import SCENES


class Grid(Part):
    """*(count,) float64*, evenly spaced from the first number to the second, both included."""

    grid: tuple[float, float, int]
    as_: Literal["array", "tensor"] = Field("array", alias="as")


class ArrayLiteral(Part):
    """An array written out."""

    array: list[Any]
    dtype: Literal["float64", "float32", "uint8", "int64", "bool"] = "float64"
    as_: Literal["array", "tensor"] = Field("array", alias="as")

    @model_validator(mode="after")
    def _is_an_array(self) -> ArrayLiteral:
        try:
            np.array(self.array, self.dtype)
        except (ValueError, TypeError, OverflowError) as error:
            ragged = "inhomogeneous" in str(error) or "sequence" in str(error)
            why = "its rows have different lengths" if ragged else str(error)
            raise ValueError(f"this is no array of {self.dtype}: {why}") from error
        return self


Bound = float | list[float]

MOST_NUMBERS = 20_000_000
"""Of one input: 160 MB, more than a notebook is sent."""


def _require_size(sizes: Sequence[int]) -> None:
    """A ValueError for a shape that no array has, or none that can be sent."""
    if any(size < 0 for size in sizes):
        raise ValueError(f"a size in {list(sizes)} is negative")
    if math.prod(sizes) > MOST_NUMBERS:
        raise ValueError(f"{list(sizes)} has {math.prod(sizes)} numbers, and {MOST_NUMBERS} is the limit")


class Random(Part):
    """Seeded numbers: *shape float64*, uniform or standard normal.

    `student` seeds by the student's name and the argument's, so that each has numbers of their own and no two arguments
    are alike.
    """

    random: Literal["uniform", "normal"]
    shape: list[int]
    between: tuple[Bound, Bound] = Field(
        (0.0, 1.0), description="uniform only: the lowest and the highest, a number each or a list for the last axis"
    )
    seed: int | Literal["student"] = 0
    as_: Literal["array", "tensor"] = Field("array", alias="as")

    @model_validator(mode="after")
    def _between_fits(self) -> Random:
        if self.random == "normal" and "between" in self.model_fields_set:
            raise ValueError("`between` belongs to `random: uniform`; normal numbers have no bounds")
        _require_size(self.shape)
        lows, highs = (bound if isinstance(bound, list) else [bound] for bound in self.between)
        if self.random == "uniform" and any(
            low > high for low in lows for high in highs if len(lows) == len(highs) == 1
        ):
            raise ValueError(f"`between` goes from {lows[0]:g} to {highs[0]:g}: exchange the two")
        for bound in self.between:
            if isinstance(bound, list) and (not self.shape or len(bound) != self.shape[-1]):
                raise ValueError(f"`between` has {len(bound)} numbers for a last axis of {self.shape[-1:]}")
        return self


class Scene(Part):
    """A synthetic picture: *(rows, columns) float64, gray levels from 0 to 255*; `two-views` are two of them."""

    scene: str = Field(description=f"one of {', '.join(SCENES)}")
    size: tuple[int, int] = Field((48, 64), description="rows and columns")
    dtype: Literal["float64", "float32", "uint8"] = "float64"
    seed: int | Literal["student"] = 0
    as_: Literal["array", "tensor"] = Field("array", alias="as")

    @field_validator("size")
    @classmethod
    def _can_be_made(cls, size: tuple[int, int]) -> tuple[int, int]:
        if min(size) < 1:
            raise ValueError(f"`size` is rows and columns, and {list(size)} has none of one")
        _require_size(size)
        return size

    @field_validator("scene")
    @classmethod
    def _is_a_scene(cls, name: str) -> str:
        if name not in SCENES:
            raise ValueError(f"there is no scene `{name}`. {suggest(name, SCENES)}")
        return name


Made = Grid | ArrayLiteral | Random | Scene
"""An input that is made; `as: tensor` hands it over as a float32 torch tensor."""


def read_input(value: Any, *place: str) -> Any:
    """The input that a rubric writes as {grid: …}, {array: …}, {random: …} or {scene: …}; other values as they are."""
    if isinstance(value, dict):
        for key, kind in (("grid", Grid), ("array", ArrayLiteral), ("random", Random), ("scene", Scene)):
            if key in value:
                return _read_made(kind, key, value, place)
    return value


def _read_made(kind: type[Part], key: str, value: dict[str, Any], place: tuple[str, ...]) -> Part:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        cause = first.get("ctx", {}).get("error")
        if isinstance(cause, ValueError):  # a sentence of ours says it all
            raise PlacedError(str(cause), *place, key) from error
        where = ".".join(str(part) for part in first["loc"]) or key
        raise PlacedError(f"this is not how a `{key}` is written: `{where}`: {first['msg']}", *place, key) from error
