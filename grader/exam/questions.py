"""What a question may be: its kinds, as data. How a response to it is judged stands in `judging`."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from grader.exam import rules
from grader.exam.arithmetic import evaluate, names_of
from grader.exam.wording import LocalizedText, fold_words
from grader.files.config_files import PlacedError
from grader.rubric import Name, Part

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]


def _as_written(value: Any) -> Any:
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _arithmetic(expression: str) -> str:
    try:
        names_of(expression)
    except ValueError as error:
        remedy = "Write arithmetic over parameters and values, as in (low + high) / 2."
        if "^" in expression:
            remedy = "Write ** for a power."
        elif re.fullmatch(r"\s*-?\d+,\d+\s*", expression):
            remedy = f"Write a decimal point: {expression.strip().replace(',', '.')}."
        raise PlacedError(str(error), remedy=remedy) from error
    return expression


Expression = Annotated[
    str,
    BeforeValidator(_as_written),
    AfterValidator(_arithmetic),
    WithJsonSchema({"type": ["string", "number"]}),
]
"""A number, or arithmetic over the question's parameters and values."""


# ---- rules ----------------------------------------------------------------------------------------------------------


class Rule(Part):
    """A named rule; in YAML its name alone will do."""

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data


class SingleRule(Rule):
    """How a single response is scored."""

    name: rules.SingleName = "number-right"
    wrong: float = Field(1.0, ge=0, description="`negative` only: what a wrong response takes off, as a share")


class MultipleRule(Rule):
    """How a multiple response is scored."""

    name: rules.MultipleName = "rexams-false2"
    floor: float = Field(0.0, ge=-1, le=0, description="the least share that the question can earn")
    cap: float = Field(1.0, gt=0, le=1, description="the largest share that it can earn")


class RowsRule(Rule):
    """How true/false rows are scored."""

    name: rules.RowsName = "each-answer"
    floor: float = Field(0.0, ge=-1, le=0)
    cap: float = Field(1.0, gt=0, le=1)


class PairsRule(Rule):
    """How matching is scored."""

    name: rules.PairsName = "each-answer"


class OrderRule(Rule):
    """How an order is scored."""

    name: rules.OrderName = "pairs"
    floor: float = Field(0.0, ge=-1, le=0)
    cap: float = Field(1.0, gt=0, le=1)


# ---- kinds ----------------------------------------------------------------------------------------------------------


class Option(Part):
    """One thing to tick."""

    says: LocalizedText
    right: bool = False
    misconception: LocalizedText | None = Field(
        None, description="what a student believes who ticks it though it is wrong"
    )
    also: list[str] = Field(default_factory=list, description="other wordings under which a file may hold it")
    pinned: bool = Field(False, description="stays in its place when the options are shuffled")


class Single(Part):
    """One option is to be ticked."""

    options: dict[Id, Option] = Field(min_length=2)
    shuffle: bool = True
    rule: SingleRule | None = None

    @model_validator(mode="after")
    def _one_is_right(self) -> Single:
        right = [name for name, option in self.options.items() if option.right]
        if len(right) != 1:
            told = f"{len(right)} are: {', '.join(right)}" if right else "none is"
            raise PlacedError(
                f"exactly one option of a single choice is right; here {told}",
                remedy="Write `right: true` at one option alone; where several are right, ask by `multiple`.",
            )
        return self


class Multiple(Part):
    """Any number of options is to be ticked."""

    options: dict[Id, Option] = Field(min_length=2)
    none: LocalizedText | None = Field(None, description="a box of its own that says that no option applies")
    shuffle: bool = True
    rule: MultipleRule | None = None

    @model_validator(mode="after")
    def _can_be_answered(self) -> Multiple:
        if self.none is None and not any(option.right for option in self.options.values()):
            raise PlacedError(
                "no option is right, so the question needs `none`: a box that says that none applies",
                remedy="Write `right: true` at an option, or `none: None of these.` above `options`.",
            )
        return self


class Statement(Part):
    """A statement to call true or false."""

    says: LocalizedText
    holds: bool = Field(description="whether it is true")
    misconception: LocalizedText | None = Field(None, description="what a student believes who calls it the other way")
    also: list[str] = Field(default_factory=list)


class Rows(Part):
    """Statements, each to be called true or false."""

    statements: dict[Id, Statement] = Field(min_length=2)
    shuffle: bool = True
    rule: RowsRule | None = None


class Mistake(Part):
    """A wrong value that a known misconception leads to."""

    value: Expression
    misconception: LocalizedText

    @property
    def number(self) -> float:
        """The value, in a variant, where no parameters are left."""
        return evaluate(self.value, {})


class Numeric(Part):
    """A number, right within a tolerance."""

    answer: Expression
    tolerance: float = Field(0.0, ge=0, description="in the answer's unit; the edge counts as right")
    decimals: int | None = Field(None, ge=0, le=6, description="decimals that students are asked for")
    unit: str = ""
    units: dict[str, float] = Field(
        default_factory=dict, description="other units that are understood, each with its factor to `unit`"
    )
    mistakes: dict[Id, Mistake] = Field(default_factory=dict)

    @property
    def value(self) -> float:
        """The answer, in a variant, where no parameters are left."""
        return evaluate(self.answer, {})


class Wrong(Part):
    """Words that are known to be wrong, and why a student may write them."""

    says: list[str] = Field(min_length=1)
    misconception: LocalizedText


class ShortText(Part):
    """A few words; what is neither known to be right nor known to be wrong goes to a person."""

    accept: list[str] = Field(default_factory=list, description="right answers; case and spaces make no difference")
    pattern: str | None = Field(None, description="a regular expression that a right answer matches as a whole")
    wrong: dict[Id, Wrong] = Field(default_factory=dict)

    @field_validator("pattern")
    @classmethod
    def _is_a_pattern(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            remedy = "Correct it, or list the right answers in `accept` instead."
            raise PlacedError(f"this is no regular expression: {error}", remedy=remedy) from error
        return pattern

    @model_validator(mode="after")
    def _accepts_something(self) -> ShortText:
        if not self.accept and self.pattern is None:
            remedy = "Write the right answers, as in `accept: [homography, a homography]`."
            raise PlacedError("needs `accept`, a list of right answers, or `pattern`", remedy=remedy)
        right = {fold_words(words) for words in self.accept}
        for name, wrong in self.wrong.items():
            if right & {fold_words(words) for words in wrong.says}:
                raise PlacedError(f"`wrong.{name}` says what `accept` says too", remedy="Take it out of one of them.")
        return self


class Printed(Part):
    """A wrong output that a known misconception leads to."""

    prints: str
    misconception: LocalizedText


class Output(Part):
    """What the question's code prints; spaces make no difference."""

    prints: str = Field(min_length=1)
    mistakes: dict[Id, Printed] = Field(default_factory=dict)


class Pair(Part):
    """Two things that belong together."""

    left: LocalizedText
    right: LocalizedText


class Matching(Part):
    """To each thing on the left its partner on the right."""

    pairs: dict[Id, Pair] = Field(min_length=2)
    extra: dict[Id, LocalizedText] = Field(default_factory=dict, description="partners that belong to nothing")
    rule: PairsRule | None = None

    @model_validator(mode="after")
    def _ids_differ(self) -> Matching:
        both = set(self.pairs) & set(self.extra)
        if both:
            raise PlacedError(f"`{sorted(both)[0]}` stands in `pairs` and in `extra`", remedy="Rename one.")
        return self

    @property
    def partners(self) -> dict[str, LocalizedText]:
        """Everything on the right."""
        return {**{name: pair.right for name, pair in self.pairs.items()}, **self.extra}


class Ordering(Part):
    """Steps to be put in order; they are written here in the right one."""

    steps: dict[Id, LocalizedText] = Field(min_length=3, max_length=7)
    rule: OrderRule | None = None


class Step(Part):
    """One line of a practical exercise's rubric: a person gives its points."""

    says: LocalizedText
    points: float = Field(gt=0)


class Practical(Part):
    """An exercise that a person grades by a small rubric, or that a notebook assignment grades."""

    criteria: dict[Id, Step] = Field(default_factory=dict)
    assignment: str | None = Field(None, description="the assignment whose points count, in proportion")

    @model_validator(mode="after")
    def _one_way(self) -> Practical:
        if bool(self.criteria) == (self.assignment is not None):
            remedy = "Write one of the two, and not both."
            raise PlacedError("needs either `criteria`, for a person, or `assignment`, a notebook's", remedy=remedy)
        return self


# ---- the question ---------------------------------------------------------------------------------------------------


class Choose(Part):
    """A parameter drawn from a list."""

    choose: list[float] = Field(min_length=1)


class Picture(Part):
    """A picture beside the question's words."""

    file: str = Field(description="a file beside the exam's")
    shows: LocalizedText = Field(description="what it shows, for those who cannot see it")
    width_mm: float = Field(80.0, gt=10, le=180)


Kind = Literal["single", "multiple", "rows", "numeric", "text", "output", "matching", "ordering", "practical"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Question(Part):
    """One question of an exam: exactly one of the kinds holds what is right."""

    id: Name
    topic: Name
    points: float = Field(gt=0)
    asks: LocalizedText
    also: list[str] = Field(default_factory=list, description="other wordings under which a file may hold it")
    code: str | None = Field(None, description="code that is shown below the question")
    picture: Picture | None = None
    parameters: dict[str, Choose] = Field(default_factory=dict, description="drawn from the exam's seed")
    values: dict[str, Expression] = Field(
        default_factory=dict, description="computed from the parameters and the values above"
    )

    single: Single | None = None
    multiple: Multiple | None = None
    rows: Rows | None = None
    numeric: Numeric | None = None
    text: ShortText | None = None
    output: Output | None = None
    matching: Matching | None = None
    ordering: Ordering | None = None
    practical: Practical | None = None

    explanation: LocalizedText = Field(description="what a student reads afterwards")

    @model_validator(mode="after")
    def _hangs_together(self) -> Question:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise PlacedError(
                f"needs exactly one of {', '.join(KINDS)}; it has {' and '.join(given) or 'none'}",
                remedy="Keep one, and make the others questions of their own."
                if given
                else "Write what is right below one.",
            )
        if self.output is not None and self.code is None:
            remedy = "Write `code: |`, and the code indented below it."
            raise PlacedError("asks for an `output`, so it needs the `code` that prints it", remedy=remedy)
        if self.practical is not None and self.practical.criteria:
            total = sum(step.points for step in self.practical.criteria.values())
            if abs(total - self.points) > 1e-9:
                remedy = "Change its `points`, or a criterion's."
                raise PlacedError(
                    f"its criteria add up to {total:g} points, but it says {self.points:g}", remedy=remedy
                )
        known = set(self.parameters)
        for name, expression in self.values.items():
            _refuse_unknown(names_of(expression) - known, known, "values", name)
            known.add(name)
        if self.numeric is not None:
            _refuse_unknown(names_of(self.numeric.answer) - known, known, "numeric", "answer")
            for name, mistake in self.numeric.mistakes.items():
                _refuse_unknown(names_of(mistake.value) - known, known, "numeric", "mistakes", name)
        return self

    @property
    def kind(self) -> Kind:
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def tickable(self) -> tuple[str, ...] | None:
        """The options or statements of a question that is answered by ticking; None for any other."""
        choice = self.single or self.multiple
        if choice is not None:
            return tuple(choice.options)
        return tuple(self.rows.statements) if self.rows is not None else None

    @property
    def criteria(self) -> dict[str, float]:
        """criterion -> points: the question itself or, where a person grades it by a rubric, the rubric's lines."""
        if self.practical is not None and self.practical.criteria:
            return {f"{self.id}-{name}": step.points for name, step in self.practical.criteria.items()}
        return {self.id: self.points}


def _refuse_unknown(unknown: set[str], known: set[str], *keys: str) -> None:
    if unknown:
        raise PlacedError(
            f"`{'.'.join(keys)}` uses `{min(unknown)}`, which is no parameter and no value above it "
            f"(there are: {', '.join(sorted(known)) or 'none'})",
            *keys,
            remedy="Correct the name, or give it a value under `parameters` or `values`.",
        )
