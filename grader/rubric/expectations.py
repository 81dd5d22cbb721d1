"""Expectations: what an answer should be. How each is judged stands in `score/`."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from grader.files.config_files import PlacedError
from grader.rubric.parts import Part, exactly_one

Target = Any
"""`reference` (its answer to the same probe), {probe: name} (its answer to that one), or a literal value."""


def _is_no_text(target: Any) -> Any:
    """A text compares with no number: it is a `reference` that is misspelt, or a probe without its braces."""
    if isinstance(target, str) and target != "reference":
        remedy = f"Write `reference`, `{{probe: {target}}}` for the answer to a probe, or a value."
        raise PlacedError(f"`to: {target}` is no target", "to", remedy=remedy)
    return target


Compared = Annotated[Target, BeforeValidator(_is_no_text)]


class Close(Part):
    """Every number is the target's, within atol + rtol * |target|."""

    to: Compared = Field("reference", description="`reference`, {probe: name}, or a value")
    rtol: float = Field(1e-5, ge=0, description="relative tolerance, as a share of the target")
    atol: float = Field(1e-8, ge=0, description="absolute tolerance")
    up_to: Literal["scale", "sign", "column-signs", "half-turn", "turn"] | None = Field(
        None,
        description="what is free: a factor other than 0 of a whole array, its sign, the sign of each column, or half "
        "or whole turns of angles",
    )
    unit: Literal["degrees", "radians"] | None = Field(None, description="of angles that are right up to turns")

    @model_validator(mode="after")
    def _names_the_unit_of_angles(self) -> Close:
        if self.up_to in ("half-turn", "turn") and self.unit is None:
            what = f"`up_to: {self.up_to}` needs the unit of the angles"
            raise PlacedError(what, "up_to", remedy="Add `unit: degrees` or `unit: radians`.")
        if self.up_to not in ("half-turn", "turn") and self.unit is not None:
            raise PlacedError("`unit` belongs to `up_to: half-turn` or `turn`", "unit", remedy="Take it out.")
        return self


class Text(Part):
    """The answer as text."""

    contains: list[str] = Field(default_factory=list, description="pieces that the text must contain")
    matches: str | None = Field(None, description="a regular expression, searched for")
    ignore_case: bool = Field(True, description="whether upper and lower case are the same")

    @field_validator("matches")
    @classmethod
    def _is_a_pattern(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"this is not a regular expression: {error}") from error
        return pattern


class OfReference(Part):
    """A threshold in terms of the reference: the error that so many of 100 of its runs do not exceed, by a factor."""

    reference: int = Field(ge=50, le=99, description="in so many of 100 runs the reference has no larger error")
    times: float = Field(1.0, ge=1, description="the threshold is so many times that error")


def _read_threshold(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    try:
        return OfReference.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        text = f"a threshold is a number, or written {{reference: 99, times: 2}}; `{where}`: {first['msg']}"
        raise PlacedError(text, *first["loc"]) from error


Threshold = Annotated[float | OfReference, BeforeValidator(_read_threshold)]


class Metric(Part):
    """A number with a band: all points at `full` or better, none at `none` or worse, linear between."""

    name: Literal["mse", "rmse", "mae", "max-error"] = Field(description="the error that is measured")
    of: str | None = Field(
        None, description="for a probe of models: best, worst, mean, or a model's name; otherwise leave it out"
    )
    to: Compared = Field("reference", description="`reference`, {probe: name}, or a value")
    full: Threshold
    none: Threshold

    @property
    def speaks_of_reference(self) -> bool:
        """Whether a threshold has no number yet: `grader calibrate` has to measure it."""
        return isinstance(self.full, OfReference) or isinstance(self.none, OfReference)


class Count(Part):
    """How many there are."""

    of: Literal["items", "models", "pictures", "words"] = Field("items", description="what is counted")
    at_least: int | None = Field(None, description="the fewest that are right")
    at_most: int | None = Field(None, description="the most that are right")
    in_proportion: bool = Field(
        False, description="whether fewer than `at_least` earn their share: 2 of 3 earn two thirds of the points"
    )

    @model_validator(mode="after")
    def _has_a_whole(self) -> Count:
        if self.in_proportion and (self.at_least is None or self.at_least < 1):
            what = "`in_proportion` needs `at_least`: how many earn all points"
            raise PlacedError(what, "in_proportion", remedy="Add `at_least`, of 1 or more.")
        return self


class NumberBounds(Part):
    """One number within bounds, which it may equal."""

    at_least: float | None = Field(None, allow_inf_nan=False, description="the smallest that is right")
    at_most: float | None = Field(None, allow_inf_nan=False, description="the largest that is right")

    @model_validator(mode="after")
    def _has_bounds(self) -> NumberBounds:
        low, high = self.at_least, self.at_most
        if low is None and high is None:
            raise PlacedError("it needs `at_least` or `at_most`", remedy="Write for example `{at_least: 0.9}`.")
        if low is not None and high is not None and low > high:
            what = f"no number is at least {low:g} and at most {high:g}"
            raise PlacedError(what, "at_least", remedy="Exchange the two.")
        return self


class Plot(Part):
    """One of the notebook's plots has all of this; each thing that the best plot has earns the same share."""

    lines: NumberBounds | None = Field(None, description="how many lines it draws")
    points: NumberBounds | None = Field(None, description="how many groups of points, as `scatter` draws")
    bars: NumberBounds | None = Field(None, description="how many groups of bars, as `bar` and `hist` draw")
    pictures: NumberBounds | None = Field(None, description="how many pictures, as `imshow` draws")
    title: bool = Field(False, description="it has a title")
    labels: bool = Field(False, description="both axes have a label")
    legend: bool = Field(False, description="it has a legend with text")
    data: Close | None = Field(None, description="a line, points or bars whose values on the y-axis are these")

    @property
    def to(self) -> Target:
        """What its values are compared with."""
        return self.data.to if self.data is not None else None

    @model_validator(mode="after")
    def _asks_for_something(self) -> Plot:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise PlacedError("`plot` asks for nothing", remedy="Write for example `{labels: true, title: true}`.")
        if self.data is not None and (self.data.to == "reference" or self.data.up_to is not None):
            what = "`data` needs `to`, a value or {probe: name}, and takes no `up_to`"
            raise PlacedError(what, "data", remedy="The reference draws no figure: name a probe that it answers.")
        return self


class Person(Part):
    """A person decides; nothing to decide on is no evidence, and zero."""

    shows: Literal["words", "notebook", "answer"] = Field("notebook", description="what the person looks at")
    guide: str = Field("", description="what the person looks for")


class Reproduced(Part):
    """Stored outputs are reproduced: a share of the cells, as a band."""

    full: float = Field(1.0, description="share of the cells from which all points are given")
    none: float = Field(0.0, description="share at which none are left")
    within: float = Field(0.05, description="numbers inside text may differ by this share")
    picture_within: float = Field(0.05, description="pictures may differ by this mean pixel difference, of 1")


class Distinct(Part):
    """Networks that truly differ: no two alike in architecture, and no two with the same predictions."""

    at_least: int = Field(3, description="how many different networks are required")


class Nonlinear(Part):
    """Networks whose answers bend: their distance from the best straight line, as a share of their spread."""

    at_least: int = Field(3, description="how many such networks are required")
    more_than: float = Field(1e-3, description="the least share that counts as a curve")


class Trained(Part):
    """Networks that learned: the error before training, over the error after it."""

    at_least: int = Field(3, description="how many such networks are required")
    better_by: float = Field(2.0, description="the least factor")
    to: Target = Field("reference", description="`reference`, {probe: name}, or a value")


class Split(Part):
    """Held-out samples are none of those on which a network was trained; for a probe of models with `held_out`."""

    at_most: float = Field(0.0, ge=0, lt=1, description="share of the held-out samples that may be among them")


class Built(Part):
    """How a network is made: layers that it must or must not have, and how many parameters."""

    has: list[str] = Field(default_factory=list, description="layers that it must have, by class")
    has_not: list[str] = Field(default_factory=list, description="layers that it must not have, by class")
    parameters: int | None = Field(None, description="the number of its parameters")


class Table(Part):
    """The notebook's own table agrees with what its models really do.

    The answer is a table {model: {column: number}}; `of` is the probe that asked the models.
    """

    of: str = Field(description="the probe that asked the models")
    parameters: str = Field("parameters", description="the column with the number of parameters")
    held_out_loss: str = Field(
        "held_out_loss", description="the column with the mean squared error on the held-out data"
    )
    rtol: float = Field(0.05, description="how far the held-out loss may be off")
    train_loss: str | None = Field(
        None,
        description="the column with the mean squared error on what the probe names in `trained_on`, if one is asked",
    )
    train_factor: float = Field(
        4.0, gt=1, description="by which factor that may be off: many note it while they train, not afterwards"
    )
    to: Target = Field(
        None,
        description="the samples that students had, inputs and outputs: held-out ones that swap them are noticed",
    )


OF_ONE_ANSWER = ("value", "close", "number", "shape", "type", "text", "raises")
"""Expectations of one answer, of which `either` takes several."""


class Expect(Part):
    """What is expected: exactly one of these."""

    value: Any = Field(None, description="the answer is exactly this")
    close: Close | None = None
    number: NumberBounds | None = None
    shape: list[int | None] | None = Field(None, description="the array has this shape; null stands for any size")
    type: list[str] | str | None = Field(
        None, description="a type of Python's, array, number or a dtype; a list allows several"
    )
    text: Text | None = None
    raises: str | None = Field(None, description="the call raises this error")
    metric: Metric | None = None
    count: Count | None = None
    plot: Plot | None = None
    person: Person | None = None
    reproduced: Reproduced | None = None
    distinct: Distinct | None = None
    nonlinear: Nonlinear | None = None
    trained: Trained | None = None
    built: Built | None = None
    split: Split | None = None
    table: Table | None = None
    either: list[Expect] | None = Field(
        None, min_length=2, description=f"several expectations of which one is enough, of {', '.join(OF_ONE_ANSWER)}"
    )

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
        for place, option in enumerate(self.either or ()):
            if option.kind not in OF_ONE_ANSWER:
                remedy = f"Write one of {', '.join(OF_ONE_ANSWER)}."
                raise PlacedError(f"`either` does not take `{option.kind}`", "either", place, remedy=remedy)
        return self

    @property
    def options(self) -> list[Expect]:
        """The expectations of which one is enough: itself alone, but for `either`."""
        return self.either or [self]

    @property
    def kind(self) -> str:
        return exactly_one(self, tuple(type(self).model_fields))
