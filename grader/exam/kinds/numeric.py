"""A number, right within a tolerance.

A response is the number as it was written, "0,5 m".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field, PrivateAttr

from grader.exam.answer_text import say_behind
from grader.exam.arithmetic import Expression, evaluate, names_of, refuse_unknown
from grader.exam.kinds.cells import unusable
from grader.exam.kinds.paper_parts import DigitRows, PaperPart, WritingPlace
from grader.exam.kinds.question_kind import Around, Belief, Choice, Id, QuestionKind, Remark, ResponseVerdict
from grader.exam.kinds.written import choices_written
from grader.exam.numbers import read_number
from grader.language import Digits, Reason, _, join, write_decimals
from grader.model import Answer
from grader.rubric import Part

LEAST_PLACES, MOST_PLACES = 4, 7
"""Before the decimals: never so few that the rows tell how large the answer is."""
_SIGN = "sign"
DECIMAL_COMMA = frozenset(("de", "es", "fr", "it", "nl", "pt"))
"""Languages of exams in which a point may separate thousands."""
GROUP = 3
"""Digits between two separators of thousands."""


class Mistake(Part):
    """A wrong value that a known misconception leads to."""

    value: Expression = Field(description="the number that it leads to, or how to compute it")
    misconception: Belief

    @property
    def number(self) -> float:
        """The value, in a variant, where no parameters are left."""
        return evaluate(self.value, {})


class Numeric(QuestionKind):
    """A number, right within a tolerance."""

    answer: Expression = Field(description="the right number, or how to compute it from parameters and values")
    tolerance: float = Field(0.0, ge=0, description="in the answer's unit; the edge counts as right")
    decimals: int | None = Field(None, ge=0, le=6, description="decimals that the answer must have")
    unit: str = Field("", description="the unit of the right number; a student may leave it out")
    units: dict[str, float] = Field(
        default_factory=dict, description="other units that are understood, each with its factor to `unit`"
    )
    mistakes: dict[Id, Mistake] = Field(default_factory=dict)

    name = "numeric"
    accepts_more = True
    one_of_many = True

    _point_groups: bool = PrivateAttr(False)
    """Whether 1.500 may be one thousand five hundred."""

    @property
    def value(self) -> float:
        """The answer, in a variant, where no parameters are left."""
        return evaluate(self.answer, {})

    def answered_in(self, languages: Sequence[str]) -> QuestionKind:
        """Where the question asks for three decimals, a point before three digits is no separator of thousands."""
        groups = not DECIMAL_COMMA.isdisjoint(languages) and (self.decimals or 0) < GROUP
        told = self.model_copy()
        told._point_groups = groups
        return told

    def check(self, around: Around) -> None:
        for keys, expression in self._expressions():
            refuse_unknown(expression, around.names, self.name, *keys)

    def _expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("answer",), self.answer
        for name, mistake in self.mistakes.items():
            yield ("mistakes", name), mistake.value

    def fill(self, told: dict[str, Any], values: Mapping[str, float]) -> dict[str, Any]:
        told["answer"] = evaluate(self.answer, values)
        for name, mistake in self.mistakes.items():
            told["mistakes"][name]["value"] = evaluate(mistake.value, values)
        return told

    @property
    def uses(self) -> frozenset[str]:
        return frozenset(name for _keys, expression in self._expressions() for name in names_of(expression))

    def read_ticks(self, rows: Mapping[str, Sequence[str]]) -> Answer | None:
        if not rows:
            return None  # it is written into a field
        negative = bool(rows.get(_SIGN))
        digits = {int(part): values for part, values in rows.items() if part != _SIGN}
        if not any(digits.values()) and not negative:
            return Answer(status="missing")
        if any(len(values) > 1 for values in digits.values()):
            return unusable(_("Two digits are ticked in one row."))
        number = read_digits({n: values[0] if values else None for n, values in digits.items()}, negative=negative)
        if number is None:
            return unusable(_("A row in the middle of the number is empty."))
        return Answer(status="answered", value=number)

    def judge(self, value: Any, accept: Sequence[str], language: str) -> ResponseVerdict:
        readings = read_number(value, self.unit, self.units, point_groups=self._point_groups)
        right = [self.value, *(number for text in accept for number in read_number(text, self.unit, self.units))]
        if not readings:
            return ResponseVerdict(None, self._say_no_number(value))
        hits = [any(_within(number, one, self.tolerance) for one in right) for number in readings]
        if any(hits) != all(hits):
            return ResponseVerdict(None, _("“{value}” can be read in two ways, of which one is right.", value=value))
        if all(hits):
            return ResponseVerdict(1.0, _("You wrote {value}, which is right.", value=value))
        because = _("You wrote {value}.", value=value) + self._say_with_tolerance()
        reach = max(self.tolerance, 0.5 * 10.0 ** -(self.decimals if self.decimals is not None else 3))
        for name, mistake in self.mistakes.items():
            if any(_within(number, mistake.number, reach) for number in readings):
                return ResponseVerdict(0.0, because + say_behind(mistake.misconception, language), name)
        return ResponseVerdict(0.0, because)

    def say_right(self, accept: Sequence[str], language: str) -> Reason:
        return _("Right is {answer}.", answer=self._written())

    def _written(self) -> Reason:
        """The right number with its unit."""
        shape = f".{self.decimals}f" if self.decimals is not None else ".10g"
        return join([Digits(format(self.value, shape)), self.unit])

    def _say_with_tolerance(self) -> Reason:
        if not self.tolerance:
            return _("Right is {answer}.", answer=self._written())
        return _("Right is {answer}, give or take {tolerance}.", answer=self._written(), tolerance=self.tolerance)

    def _say_no_number(self, value: str) -> Reason:
        if self.unit:
            return _("“{value}” cannot be read as a number of {unit}.", value=value, unit=self.unit)
        return _("“{value}” cannot be read as a number.", value=value)

    def digit_places(self) -> tuple[int, ...] | None:
        """The powers of ten that have a row, the highest first; None where the answer is written in words instead.

        That is where no number of decimals is asked for, or too many digits are needed.
        """
        if self.decimals is None:
            return None
        largest = max(abs(self.value), *(abs(mistake.number) for mistake in self.mistakes.values()), 0.0)
        before = max(len(f"{largest:.0f}"), LEAST_PLACES)
        return tuple(range(before - 1, -self.decimals - 1, -1)) if before <= MOST_PLACES else None

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        places = self.digit_places()
        if places is None:
            yield WritingPlace("line")
            return
        how = _("Tick one digit in each row; rows in front of the number may stay empty.")
        if self.unit:
            how += _("(in {unit})", unit=self.unit)
        yield DigitRows(how, tuple((str(place), write_decimals(tell_place(place))) for place in places), sign=True)

    def key(self, order: Sequence[str], partners: Sequence[str], language: str) -> str:
        value = f"{self.value:g}" if self.decimals is None else f"{self.value:.{self.decimals}f}"
        return f"{write_decimals(value)} {self.unit}".strip()

    def choices(
        self, values: Sequence[Any], full: Sequence[bool], accept: Sequence[str], language: str
    ) -> Mapping[str, Choice]:
        return choices_written(values, full)

    @property
    def same_for_all(self) -> bool:
        return False

    def remarks_on_variant(self, question: str) -> Iterator[tuple[str, Remark]]:
        answer = self.value
        if not self.covers_rounding():
            told = f"`{question}`: the tolerance {self.tolerance:g} does not cover rounding {answer:.10g}"
            remedy = "Ask for `decimals`, and allow at least half of the last one."
            yield "rounding", Remark(("tolerance",), told, remedy)
        for name, mistake in self.mistakes.items():
            distance = abs(mistake.number - answer)
            if distance <= 2 * self.tolerance or distance == 0:
                told = (
                    f"`{question}`: the tolerance {self.tolerance:g} reaches half-way or further to the mistake "
                    f"`{name}`, {mistake.number:.6g}, from the answer {answer:.6g}"
                )
                yield "reach", Remark(("mistakes", name), told, "Choose other numbers, or a smaller tolerance.")

    def covers_rounding(self) -> bool:
        """Whether a student who rounds the right answer as asked is within the tolerance."""
        answer = self.value
        decimals = self.decimals if self.decimals is not None else 3
        return abs(answer - round(answer, decimals)) <= 1e-9 * max(1.0, abs(answer)) or (
            self.decimals is not None and self.tolerance >= 0.5 * 10.0**-decimals - 1e-12
        )


def _within(number: float, right: float, tolerance: float) -> bool:
    """The edge of the tolerance counts as right, and binary fractions must not move it."""
    return abs(number - right) <= tolerance + 1e-9 * max(1.0, abs(right))


def tell_place(place: int) -> str:
    """What a row of digits counts.

    >>> tell_place(2), tell_place(-1), tell_place(-2)
    ('100', '.1', '.01')
    """
    return "1" + "0" * place if place >= 0 else f".{'0' * (-place - 1)}1"


def read_digits(rows: Mapping[int, str | None], *, negative: bool) -> str | None:
    """The number that the ticked digits make, or None where a row in the middle of it is empty.

    Rows in front of the first digit may be empty, and so may all decimals.

    >>> read_digits({2: None, 1: "4", 0: "2", -1: "5"}, negative=True)
    '-42.5'
    >>> read_digits({1: "4", 0: "2", -1: None}, negative=False), read_digits({1: "4", 0: None}, negative=False)
    ('42', None)
    """
    places = sorted(rows, reverse=True)
    whole = "".join(rows[place] or " " for place in places if place >= 0).lstrip()
    decimals = "".join(rows[place] or " " for place in places if place < 0).rstrip()
    if " " in whole or " " in decimals or not whole + decimals:
        return None
    number = (whole.lstrip("0") or "0") + (f".{decimals}" if decimals else "")
    return f"-{number}" if negative else number
