"""Inputs of a draft's probes, as rubrics write them, made of what a function was called with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

Told = Mapping[str, Any]
"""A value as `inside/call_recorder.py` describes it."""

MOST_WRITTEN = 64
"""So many numbers a person can still read in a line of a rubric."""

_LARGEST_SIDE = 40
_MOST_MADE = 200_000
_STRETCH = 1.37
"""No whole number and no power of one, so that a factor or a divisor that was left out shows."""

_DTYPES = {"float64", "float32", "uint8", "int64", "bool"}


def as_it_was(told: Told) -> Any:
    """The value as it was, written out; ValueError where it is too large, or nothing that a rubric can write."""
    if told["kind"] == "plain":
        return told["value"]
    if "value" not in told:
        raise ValueError("too large to be written")
    return _written(told["value"], told)


def length_of(told: Told) -> int | None:
    """How many there are along the first axis of an array."""
    return told["shape"][0] if told["kind"] in ("array", "tensor") and told["shape"] else None


def of_its_kind(told: Told, *, length: int | None = None, generator: np.random.Generator) -> Any:
    """Another value of the same kind: shape, dtype and range; with another `length` of the first axis.

    Numbers of floats are of each student's own. ValueError where there is nothing to make it of.
    """
    if told["kind"] == "plain":
        return _other_plain(told["value"])
    if told["kind"] == "other" or not told.get("finite") or not told["shape"]:
        raise ValueError("no kind of which there are others")
    shape = [min(size, _LARGEST_SIDE) if place < 2 else size for place, size in enumerate(told["shape"])]
    shape[0] = length or shape[0]
    if math.prod(shape) > _MOST_MADE:
        raise ValueError("too large")
    if _is_picture(told, shape):
        dtype = {} if told["dtype"] not in ("uint8", "float32") else {"dtype": told["dtype"]}
        return {"scene": "noise", "size": shape, "seed": "student", **dtype}
    if not told["dtype"].startswith("float"):
        return _other_whole(told, shape, generator)
    made = {"random": "uniform", "shape": shape, "between": _between(told), "seed": "student"}
    return {**made, "as": "tensor"} if told["kind"] == "tensor" else made


def of_zeros(told: Told) -> Any:
    """Nothing but zeros, in the same shape: where a function has to take care."""
    if told["kind"] == "plain":
        return told["value"]
    if told["kind"] == "other" or math.prod(told["shape"]) > MOST_WRITTEN:
        raise ValueError("too large to be written")
    return _written(np.zeros(told["shape"]).tolist(), told)


def altered(told: Told) -> list[Any]:
    """Values of the same kind that a mistake may need to show."""
    if told["kind"] == "plain":
        value = told["value"]
        if isinstance(value, bool) or not isinstance(value, int | float):
            return []
        return [0, 1, 2, value + 2, -value, 5 * value] if isinstance(value, int) else [0.0, 1.0, -value, 5 * value]
    if "value" not in told or told["dtype"] == "bool":
        return []
    numbers = np.array(told["value"])
    others = [-numbers, 3 * numbers, numbers[::-1], np.ones_like(numbers), numbers[:1], numbers[:2]]
    if numbers.ndim == 2:
        others += [numbers[:, ::-1], numbers.T]
    return [_written(one.tolist(), told) for one in others] if numbers.ndim else []


def unfit_for(told: Told) -> list[Any]:
    """Values that a careful function may refuse, and some beside them that it may not."""
    if told["kind"] == "other":
        return []
    value = told.get("value")
    if told["kind"] == "plain" and not isinstance(value, list | tuple):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return []
        return [0, -abs(value) or -1, 1 if isinstance(value, int) else 0.5]
    if value is None:
        return [_written([], told)]
    numbers = np.array(value, np.float64) if _is_numeric_list(value) else np.zeros(0)
    if not numbers.size or not numbers.ndim:
        return []
    rows = [0, len(numbers) // 2, len(numbers) - 1]
    changed = [_with_row(numbers, row, factor) for row in dict.fromkeys(rows) for factor in (0.0, -1.0)]
    small = numbers / (2 * np.abs(numbers).max() or 1.0)
    others = [*changed, small] if told["kind"] == "plain" else [np.zeros((0, *numbers.shape[1:])), *changed, small]
    if told["kind"] == "plain":
        return [_rounded(one.tolist()) for one in others]
    return [
        _written(one.tolist(), told) for one in others if not told["dtype"].startswith(("int", "bool", "uint"))
    ] or [_written([], told)]


def as_code(value: Any) -> str:
    """An input as Python writes it; ValueError where it is made anew for each student."""
    if not isinstance(value, dict):
        return repr(value)
    if "array" not in value:
        raise ValueError("not written out")
    if value.get("as") == "tensor":
        return f"torch.tensor({value['array']!r}, dtype=torch.float32)"
    return f"np.array({value['array']!r}, dtype='{value.get('dtype', 'float64')}')"


def _is_numeric_list(value: Any) -> bool:
    try:
        return np.array(value).dtype.kind in "iuf"
    except ValueError:  # its rows have different lengths
        return False


def _with_row(numbers: Any, row: int, factor: float) -> Any:
    changed = numbers.copy()
    changed[row] = factor * np.abs(changed[row])
    return changed


def _written(numbers: Any, told: Told) -> Any:
    if not told["shape"] and not isinstance(numbers, list):
        return numbers
    dtype = told["dtype"] if told["dtype"] in _DTYPES else "int64" if told["dtype"].startswith(("int", "uint")) else ""
    made: dict[str, Any] = {"array": _rounded(numbers)}
    if told["kind"] == "tensor":
        return {**made, "as": "tensor"}
    return made if dtype in ("float64", "") else {**made, "dtype": dtype}


def _rounded(numbers: Any) -> Any:
    """To six digits: as exact as a person would write it, and the reference is asked the same."""
    if isinstance(numbers, list):
        return [_rounded(one) for one in numbers]
    return float(f"{numbers:.6g}") if isinstance(numbers, float) else numbers


def _other_plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return round(value * _STRETCH, 4)
    if isinstance(value, list | tuple):
        # Each by a factor of its own: two that are alike may be exchanged without anybody seeing it.
        return [_other_plain(_apart(one, place)) for place, one in enumerate(value)]
    return {key: _other_plain(one) for key, one in value.items()}


def _apart(value: Any, place: int) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return value + place if isinstance(value, int) else value * (1 + place)


def _other_whole(told: Told, shape: list[int], generator: np.random.Generator) -> Any:
    """Whole numbers written out, since a rubric has no random ones."""
    if math.prod(shape) > 4 * MOST_WRITTEN:
        raise ValueError("too large to be written")
    drawn = generator.integers(int(told["low"]), int(told["high"]) + 1, shape)
    return _written((drawn.astype(bool) if told["dtype"] == "bool" else drawn).tolist(), told)


def _is_picture(told: Told, shape: list[int]) -> bool:
    is_gray = told["dtype"] in ("uint8", "float64", "float32") and told["low"] >= 0 and 1.5 < told["high"] <= 255
    return told["kind"] == "array" and len(shape) == 2 and min(shape) >= 8 and is_gray


def _between(told: Told) -> list[Any]:
    """The range of what it was called with, in two digits; by column where the columns differ."""
    if "lows" in told and told["lows"] != told["highs"] and len(set(map(_digits, told["highs"]))) > 1:
        pairs = [_range(low, high) for low, high in zip(told["lows"], told["highs"], strict=True)]
        return [[low for low, _ in pairs], [high for _, high in pairs]]
    return list(_range(told["low"], told["high"]))


def _range(low: float, high: float) -> tuple[float, float]:
    low, high = _digits(low), _digits(high)
    return (low, high) if high > low else (low - 1.0, low + 1.0)


def _digits(number: float) -> float:
    return float(f"{number:.2g}")
