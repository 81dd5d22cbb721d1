"""True or false: statements, each to be called one or the other.

A response is {statement: true|false|null}; null where the row was left blank.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from grader.exam import rules
from grader.exam.answer_text import say_behind
from grader.exam.kinds.cells import (
    FALSE,
    TRUE,
    as_paired,
    is_map_of,
    named,
    one_in_each,
    read_each,
    read_pairings,
)
from grader.exam.kinds.paper_parts import PaperPart, TickGrid
from grader.exam.kinds.question_kind import (
    Cap,
    Choice,
    Comparison,
    Floor,
    Id,
    QuestionKind,
    Remark,
    ResponseVerdict,
    Rule,
    SheetWords,
)
from grader.exam.wording import LocalizedText
from grader.language import N_, Reason, _, join, pgettext
from grader.model import Answer
from grader.rubric import Part

_CALLS: Mapping[str | None, bool | None] = {"true": True, "false": False, None: None}


class RowsRule(Rule):
    """How true/false rows are scored."""

    name: rules.RowsName = Field("each-answer", description="how rows become a share of the points")
    floor: Floor = 0.0
    cap: Cap = 1.0

    taking = frozenset(("right-minus-wrong",))


class Statement(Part):
    """A statement to call true or false."""

    says: LocalizedText = Field(description="the statement, as the student reads it")
    holds: bool = Field(description="whether it is true")
    misconception: LocalizedText | None = Field(None, description="what a student believes who calls it the other way")
    also: list[str] = Field(default_factory=list, description="other wordings under which a file may hold it")

    def told(self, language: str) -> Reason:
        """Whether it is true, in a sentence."""
        says = self.says.say(language)
        return _("“{says}” is true.", says=says) if self.holds else _("“{says}” is false.", says=says)


_TRUE, _FALSE = pgettext("on a sheet", "true"), pgettext("on a sheet", "false")
_WORDS = SheetWords(
    title=_("True or false"),
    hint=_("tick one box in each row"),
    rules={
        "each-answer": N_("every right row earns its part of the points; wrong and empty rows earn nothing."),
        "all-or-nothing": N_("all points where every row is right, else nothing."),
        "half-point": N_("all points where every row is right, half where more than half of them are."),
        "kprim": N_("all points where every row is right, half with one mistake, else nothing."),
        "right-minus-wrong": N_("every right row earns its part of the points, every wrong one takes as much away."),
    },
)


class Rows(QuestionKind):
    """Statements, each to be called true or false."""

    statements: dict[Id, Statement] = Field(min_length=2)
    shuffle: bool = Field(True, description="each copy has the statements in an order of its own")
    rule: RowsRule | None = None

    name = "rows"
    words = _WORDS
    accepts_more = True

    @property
    def tickable(self) -> tuple[str, ...]:
        return tuple(self.statements)

    @classmethod
    def rule_form(cls) -> type[Rule]:
        return RowsRule

    def guess(self) -> float:
        rule = self.rule or RowsRule()
        return rules.guess_rows(rule.name, len(self.statements), rule.floor, rule.cap)

    def fits(self, value: Any) -> bool:
        return is_map_of(value, self.statements, (True, False, None))

    def read_cell(self, cell: str, *, names: bool) -> Answer:
        known = {
            f"{name}={holds}": [f"{as_paired(text)} = {word}" for text in self._wordings(name, names) for word in words]
            for name in self.statements
            for holds, words in (("true", TRUE), ("false", FALSE))
        }
        return _called(read_pairings(cell, known, tuple(self.statements)))

    def _wordings(self, name: str, names: bool) -> tuple[str, ...]:
        row = self.statements[name]
        return (*row.says.all, *row.also, *named(name, names))

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        return {name: [*row.says.all, *row.also] for name, row in self.statements.items()}

    def read_parts(self, cells: Mapping[str, str], *, names: bool) -> Answer:
        return _called(read_each(cells, {"true": TRUE, "false": FALSE}))

    def read_ticks(self, rows: Mapping[str, Sequence[str]]) -> Answer:
        each = one_in_each(rows)
        if isinstance(each, Answer):
            return each
        return _called(Answer(status="answered", value=each)) if any(each.values()) else Answer(status="missing")

    def judge(self, value: Any, accept: Sequence[str], language: str) -> ResponseVerdict:
        rule, statements = self.rule or RowsRule(), self.statements
        said = {name: value.get(name) for name in statements}
        right = [
            name
            for name, row in statements.items()
            if said[name] is not None and (said[name] == row.holds or name in accept)
        ]
        wrong = [name for name in statements if said[name] is not None and name not in right]
        share = rules.rows(rule.name, len(right), len(wrong), len(statements))
        because = _("{right} of {n} statements are answered rightly.", right=len(right), n=len(statements))
        for name, row in statements.items():
            if name not in right:
                because += row.told(language) + _say_called(said[name])
        first = next(
            (row.misconception for name, row in statements.items() if name in wrong and row.misconception), None
        )
        if first is not None:
            because += say_behind(first, language)
        return ResponseVerdict(rules.bound(share, *rule.bounds), because, wrong[0] if wrong else None)

    def say_right(self, accept: Sequence[str], language: str) -> Reason:
        return join(row.told(language) for row in self.statements.values())

    def arrange(self, chance: random.Random) -> tuple[Sequence[str], Sequence[str]]:
        names = list(self.statements)
        if self.shuffle:
            chance.shuffle(names)
        return names, ()

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        columns = (("true", _TRUE), ("false", _FALSE))
        yield TickGrid(columns, tuple((name, self.statements[name].says.say(language)) for name in order), "words")

    def key(self, order: Sequence[str], partners: Sequence[str], language: str) -> str:
        return " ".join(str(_TRUE if self.statements[name].holds else _FALSE)[0].upper() for name in order)

    @property
    def words_to_write(self) -> Mapping[str, LocalizedText]:
        return {name: row.says for name, row in self.statements.items()}

    def example(self) -> str:
        return "; ".join(f"{name} = {'false' if n % 2 else 'true'}" for n, name in enumerate(self.statements))

    def is_right(self, part: str, value: str, accept: Sequence[str]) -> bool | None:
        if part not in self.statements:
            return None
        return part in accept or (value == "true") == self.statements[part].holds

    def compare(self, value: Any, accept: Sequence[str], language: str) -> Iterator[Comparison]:
        calls = {True: str(_("true")), False: str(_("false")), None: "–"}
        for name, row in self.statements.items():
            said = (value or {}).get(name)
            right = said is not None and (said == row.holds or name in accept)
            yield Comparison(row.says.say(language), calls[said], calls[row.holds], right, short=True)

    def choices(
        self, values: Sequence[Any], full: Sequence[bool], accept: Sequence[str], language: str
    ) -> Mapping[str, Choice]:
        """A statement counts as chosen where it was called rightly."""
        return {
            name: Choice(row.says.say(language), True, tuple((value or {}).get(name) == row.holds for value in values))
            for name, row in self.statements.items()
        }

    def remarks(self, question: str, folder: Path) -> Iterator[Remark]:
        calls = {row.holds for row in self.statements.values()}
        if len(calls) == 1:
            told, other = ("true", "false") if calls == {True} else ("false", "true")
            yield Remark(
                ("statements",),
                f"`{question}`: every statement is {told}, so one column of ticks is full marks",
                f"Turn one round, so that it is {other}.",
            )

    def alternatives(self) -> Iterator[tuple[str, Mapping[str, LocalizedText]]]:
        yield "statements", self.words_to_write


def _called(answer: Answer) -> Answer:
    """The answer with true and false in the place of their names."""
    if answer.status != "answered":
        return answer
    return answer.model_copy(update={"value": {name: _CALLS[call] for name, call in answer.value.items()}})


def _say_called(said: bool | None) -> Reason:
    if said is None:
        return _("You left it blank.")
    return _("You called it true.") if said else _("You called it false.")
