"""Ordering: steps to be put in order.

A response is the list of all steps' names, in the order given.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from grader.exam import rules
from grader.exam.answer_text import stop
from grader.exam.kinds.cells import clip, is_list_of, not_one, unusable, wordings
from grader.exam.kinds.paper_parts import PaperPart, TickGrid
from grader.exam.kinds.question_kind import Cap, Floor, Id, QuestionKind, ResponseVerdict, Rule, SheetWords
from grader.exam.option_search import find_options
from grader.exam.wording import LocalizedText
from grader.language import N_, Reason, _
from grader.model import Answer


class OrderRule(Rule):
    """How an order is scored."""

    name: rules.OrderName = Field("pairs", description="how an order becomes a share of the points")
    floor: Floor = 0.0
    cap: Cap = 1.0

    taking = frozenset(("pairs",))


_WORDS = SheetWords(
    title=_("Order"),
    hint=_("tick the place of each step: 1 comes first"),
    rules={
        "pairs": N_("of any two steps, the right order earns and the wrong one takes off the same part of the points."),
        "places": N_("every step in its right place earns its part of the points."),
        "all-or-nothing": N_("all points where the whole order is right, else nothing."),
    },
)


class Ordering(QuestionKind):
    """Steps to be put in order; they are written here in the right one."""

    steps: dict[Id, LocalizedText] = Field(min_length=3, max_length=7, description="in the right order")
    rule: OrderRule | None = None

    name = "ordering"
    words = _WORDS

    @classmethod
    def rule_form(cls) -> type[Rule]:
        return OrderRule

    def guess(self) -> float:
        rule = self.rule or OrderRule()
        return rules.guess_order(rule.name, len(self.steps), rule.floor, rule.cap)

    def fits(self, value: Any) -> bool:
        return is_list_of(value, self.steps) and len(value) == len(self.steps)

    def read_cell(self, cell: str, *, names: bool) -> Answer:
        plain = cell
        for arrow in ("->", "→", ">"):
            plain = plain.replace(arrow, ";")
        found = find_options(plain, wordings(self.steps, names))
        if found.names and len(found.names) < len(self.steps):
            because = _(
                "“{answer}” orders {have} of the {total} steps: a person decides.",
                answer=clip(cell),
                have=len(found.names),
                total=len(self.steps),
            )
            return unusable(because, cell)
        return Answer(status="answered", value=list(found.names)) if found.names else not_one(cell, found)

    def read_ticks(self, rows: Mapping[str, Sequence[str]]) -> Answer:
        if not any(rows.values()):
            return Answer(status="missing")
        places = [value for values in rows.values() for value in values]
        if any(len(values) != 1 for values in rows.values()) or len(set(places)) < len(places):
            return unusable(_("It is no order: each step needs one place, and each place one step."))
        return Answer(status="answered", value=sorted(rows, key=lambda step: int(rows[step][0])))

    def judge(self, value: Any, accept: Sequence[str], language: str) -> ResponseVerdict:
        rule, right = self.rule or OrderRule(), list(self.steps)
        share = rules.bound(rules.order(rule.name, [right.index(name) for name in value]), *rule.bounds)
        if list(value) == right:
            return ResponseVerdict(share, _("All steps are in their order."))
        told = stop(_("You put them so: {said}", said=self._quote(value, language)))
        return ResponseVerdict(share, told + self.say_right(accept, language))

    def say_right(self, accept: Sequence[str], language: str) -> Reason:
        return stop(_("Right is {answer}", answer=self._quote(tuple(self.steps), language)))

    def _quote(self, names: Sequence[str], language: str) -> str:
        return " → ".join(f"“{self.steps[name].say(language)}”" for name in names)

    def arrange(self, chance: random.Random) -> tuple[Sequence[str], Sequence[str]]:
        names = list(self.steps)
        chance.shuffle(names)
        return names, ()

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        places = [str(place) for place in range(1, len(order) + 1)]
        yield TickGrid(
            tuple((place, place) for place in places), tuple((name, self.steps[name].say(language)) for name in order)
        )

    def key(self, order: Sequence[str], partners: Sequence[str], language: str) -> str:
        right = list(self.steps)
        return " ".join(str(right.index(name) + 1) for name in order)

    @property
    def words_to_write(self) -> Mapping[str, LocalizedText]:
        return self.steps

    def example(self) -> str:
        return " > ".join(reversed(list(self.steps)))

    def is_right(self, part: str, value: str, accept: Sequence[str]) -> bool | None:
        return value == str(list(self.steps).index(part) + 1) if part in self.steps else None

    def alternatives(self) -> Iterator[tuple[str, Mapping[str, LocalizedText]]]:
        yield "steps", self.steps
