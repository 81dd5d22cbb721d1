"""What a rubric may say: probes, criteria and expectations, as data.

Probes say what to ask of a notebook, criteria what an answer is worth. This module holds their form only: how a probe
is asked stands in `inside/`, how an expectation is judged in `score/`.
"""

from __future__ import annotations

import ast
import difflib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from grader.documents import PlacedError, read_yaml
from grader.scenes import SCENES

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class Part(BaseModel):
    """A piece of a rubric: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _exactly_one(part: Part, kinds: tuple[str, ...]) -> str:
    given = [kind for kind in kinds if getattr(part, kind) is not None]
    if len(given) != 1:
        named = ", ".join(kinds)
        raise ValueError(f"needs exactly one of {named}; it has {' and '.join(given) or 'none'}")
    return given[0]


# ---- inputs ---------------------------------------------------------------------------------------------------------


class Grid(Part):
    """*(count,) float64*, evenly spaced from the first number to the second, both included."""

    grid: tuple[float, float, int]
    as_: Literal["array", "tensor"] = Field("array", alias="as")


class ArrayLiteral(Part):
    """An array written out."""

    array: list[Any]
    dtype: Literal["float64", "float32", "uint8", "int64", "bool"] = "float64"
    as_: Literal["array", "tensor"] = Field("array", alias="as")


Bound = float | list[float]


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

    @field_validator("scene")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in SCENES:
            near = difflib.get_close_matches(name, SCENES, n=1)
            meant = f"did you mean `{near[0]}`? There are" if near else "there are"
            raise ValueError(f"there is no scene `{name}`; {meant}: {', '.join(SCENES)}")
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


# ---- probes ---------------------------------------------------------------------------------------------------------


class ModelSelection(Part):
    """Which trained networks to take: by these names or, where one is missing, by type and by what they map."""

    names: list[str] = Field(min_length=1)
    inputs: int = 1
    outputs: int = 1
    parameters: tuple[int | None, int | None] = Field(
        (None, None), description="least and most parameters a match by type has"
    )
    has: list[str] = Field(default_factory=list, description="layers, by their class, that a match by type has")
    has_not: list[str] = Field(default_factory=list, description="layers that a match by type has not")


class Probe(Part):
    """One question to a notebook after its last cell. Exactly one of call, evaluate, variable, models."""

    call: str | None = Field(None, description="name of a function or class, called with the arguments in `with`")
    evaluate: str | None = Field(
        None, description="Python run beside the notebook's names; its last expression is the answer"
    )
    variable: list[str] | str | None = Field(
        None, description="a variable's name, or several names of which the first found counts"
    )
    models: ModelSelection | None = None

    arguments: dict[str, Any] = Field(
        default_factory=dict,
        alias="with",
        description="plain values, or {grid: [from, to, count]}, {array: [[…]], dtype: …}, "
        "{random: uniform|normal, shape: […], seed: n|student}, {scene: …, size: [rows, columns]}",
    )
    predict: Any = Field(
        None, description="models only: the inputs on which each network answers, written as in `with`"
    )
    held_out: list[str] | None = Field(
        None,
        description="models only: names of the notebook's own held-out inputs and targets",
        min_length=2,
        max_length=2,
    )
    hidden: bool = Field(False, description="asked after the notebook has ended, never in a self-check, never shown")
    ask: Literal["student", "reference"] = Field(
        "student", description="`reference`: a truth that no notebook is asked for"
    )
    reveal: bool = Field(False, description="the report may show the expected answer though the probe is hidden")
    limit_s: float = Field(20.0, gt=0)

    @field_validator("arguments", mode="after")
    @classmethod
    def _read_arguments(cls, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: read_input(value, name) for name, value in arguments.items()}

    @field_validator("predict", mode="after")
    @classmethod
    def _read_predict(cls, predict: Any) -> Any:
        return read_input(predict)

    @model_validator(mode="after")
    def _one_kind(self) -> Probe:
        kind = self.kind
        if kind != "models" and (self.predict is not None or self.held_out is not None):
            raise ValueError("`predict` and `held_out` belong to a probe of `models`")
        if kind == "models" and self.predict is None:
            raise ValueError("a probe of `models` needs `predict`: the inputs on which they answer")
        if self.evaluate is not None:
            try:
                body = ast.parse(self.evaluate).body
            except SyntaxError as error:
                raise ValueError(f"`evaluate` is not Python: {error.msg} in its line {error.lineno}") from error
            if not body or not isinstance(body[-1], ast.Expr):
                raise ValueError("the last line of `evaluate` is the answer, so it has to be an expression")
        return self

    @property
    def kind(self) -> str:
        return _exactly_one(self, ("call", "evaluate", "variable", "models"))


# ---- expectations ---------------------------------------------------------------------------------------------------

Target = Any
"""`reference` (its answer to the same probe), {probe: name} (its answer to that one), or a literal value."""


class Close(Part):
    """Every number is the target's, within atol + rtol * |target|."""

    to: Target = "reference"
    rtol: float = Field(1e-5, ge=0)
    atol: float = Field(1e-8, ge=0)


class Text(Part):
    """The answer as text."""

    contains: list[str] = Field(default_factory=list)
    matches: str | None = Field(None, description="a regular expression, searched for")
    ignore_case: bool = True


class Metric(Part):
    """A number with a band: all points at `full` or better, none at `none` or worse, linear between."""

    name: Literal["mse", "rmse", "mae", "max-error"]
    of: str | None = Field(
        None, description="for a probe of models: best, worst, mean, or a model's name; otherwise leave it out"
    )
    to: Target = "reference"
    full: float
    none: float


class Count(Part):
    """How many there are."""

    of: Literal["items", "models", "pictures", "words"] = "items"
    at_least: int | None = None
    at_most: int | None = None


class Person(Part):
    """A person decides; nothing to decide on is no evidence, and zero."""

    shows: Literal["words", "notebook", "answer"] = "notebook"
    guide: str = Field("", description="what the person looks for")


class Reproduced(Part):
    """The stored outputs come out again: a share of the cells, as a band."""

    full: float = Field(1.0, description="share of the cells from which all points are given")
    none: float = Field(0.0, description="share at which none are left")
    within: float = Field(0.05, description="numbers inside text may differ by this share")
    picture_within: float = Field(0.05, description="pictures may differ by this mean pixel difference, of 1")


class Distinct(Part):
    """Networks that truly differ: no two alike in architecture, and no two with the same predictions."""

    at_least: int = 3


class Nonlinear(Part):
    """Networks whose answers bend: their distance from the best straight line, as a share of their spread."""

    at_least: int = 3
    more_than: float = 1e-3


class Trained(Part):
    """Networks that learned: the error before training, over the error after it."""

    at_least: int = 3
    better_by: float = 2.0
    to: Target = "reference"


class Built(Part):
    """How a network is made: layers that it must or must not have, and how many parameters."""

    has: list[str] = Field(default_factory=list)
    has_not: list[str] = Field(default_factory=list)
    parameters: int | None = None


class Table(Part):
    """The notebook's own table agrees with what its models really do.

    The answer is a table {model: {column: number}}; `of` is the probe that asked the models.
    """

    of: str
    parameters: str = Field("parameters", description="the column with the number of parameters")
    held_out_loss: str = Field(
        "held_out_loss", description="the column with the mean squared error on the held-out data"
    )
    rtol: float = 0.05


class Expect(Part):
    """What is expected: exactly one of these."""

    value: Any = None
    close: Close | None = None
    shape: list[int | None] | None = None
    type: list[str] | str | None = None
    text: Text | None = None
    raises: str | None = None
    metric: Metric | None = None
    count: Count | None = None
    person: Person | None = None
    reproduced: Reproduced | None = None
    distinct: Distinct | None = None
    nonlinear: Nonlinear | None = None
    trained: Trained | None = None
    built: Built | None = None
    table: Table | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_keys(cls, data: Any) -> Any:
        """`person: true` and `distinct: {}` are as good as their long forms."""
        if isinstance(data, dict):
            return {key: {} if value is True and key != "value" else value for key, value in data.items()}
        return data

    @model_validator(mode="after")
    def _one_kind(self) -> Expect:
        self.kind  # noqa: B018  (raises where there is not exactly one)
        return self

    @property
    def kind(self) -> str:
        return _exactly_one(self, tuple(type(self).model_fields))


PROBELESS = {"person", "reproduced", "count"}
"""Expectations that may look at the notebook as a whole instead of at a probe's answer."""


class Criterion(Part):
    """One line of the rubric: what the student reads, what it is worth, and what is expected."""

    id: Name
    says: str = Field(min_length=5, description="the sentence the student reads")
    points: float = Field(gt=0)
    probe: Name | None = None
    expect: Expect
    partly: dict[str, float] = Field(default_factory=dict, description="share of the points for a named diagnosis")

    @model_validator(mode="after")
    def _has_a_probe(self) -> Criterion:
        if self.probe is None and self.expect.kind not in PROBELESS:
            raise ValueError(f"a criterion with `{self.expect.kind}` needs a `probe`")
        for name, share in self.partly.items():
            if not 0 < share < 1:
                raise ValueError(f"the share for `{name}` lies between 0 and 1, not {share}")
        return self


class Rubric(Part):
    """Probes and criteria of one assignment."""

    points: float = Field(description="what the criteria add up to: said twice, so that a slip shows")
    reference: list[str] = Field(default_factory=list, description="modules of reference/ that answer the probes")
    probes: dict[Name, Probe] = Field(default_factory=dict)
    criteria: list[Criterion] = Field(min_length=1)

    @model_validator(mode="after")
    def _hangs_together(self) -> Rubric:
        total = sum(criterion.points for criterion in self.criteria)
        if abs(total - self.points) > 1e-9:
            raise PlacedError(f"the criteria add up to {total:g} points, but the rubric says {self.points:g}", "points")
        ids: set[str] = set()
        for place, criterion in enumerate(self.criteria):
            if criterion.id in ids:
                raise PlacedError(f"the criterion `{criterion.id}` stands twice", "criteria", place)
            ids.add(criterion.id)
            for name in _probes_of(criterion):
                if name not in self.probes:
                    known = ", ".join(self.probes) or "none"
                    what = f"the criterion `{criterion.id}` uses the probe `{name}`, which is not there"
                    raise PlacedError(f"{what} (there are: {known})", "criteria", place)
        used = {name for criterion in self.criteria for name in _probes_of(criterion)}
        unused = [name for name in self.probes if name not in used]
        if unused:
            raise PlacedError(f"no criterion uses the probe `{unused[0]}`", "probes", unused[0])
        return self

    def expected_probes(self, *, public_only: bool = False) -> list[str]:
        """The probes whose right answer some criterion needs: what the reference is asked."""
        needed: dict[str, None] = {}
        for criterion in self.criteria:
            if public_only and self.is_hidden(criterion):
                continue
            match getattr(getattr(criterion.expect, criterion.expect.kind), "to", None):
                case "reference" if criterion.probe:
                    needed[criterion.probe] = None
                case {"probe": str(name)}:
                    needed[name] = None
        return list(needed)

    def is_hidden(self, criterion: Criterion) -> bool:
        """Whether a self-check leaves this criterion out."""
        return criterion.probe is not None and self.probes[criterion.probe].hidden


def _probes_of(criterion: Criterion) -> list[str]:
    expectation = getattr(criterion.expect, criterion.expect.kind)
    target = getattr(expectation, "to", None)
    names = [criterion.probe] if criterion.probe else []
    if isinstance(target, dict) and set(target) == {"probe"}:
        names.append(target["probe"])
    if isinstance(expectation, Table):
        names.append(expectation.of)
    return names


def read_rubric(path: Path) -> Rubric:
    """The rubric in a YAML file, or a UserError with file, line and remedy."""
    return read_yaml(path, Rubric)
