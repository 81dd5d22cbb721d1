"""Multiple choice: any number of options is to be ticked.

A response is the list of the ticked options' names. The empty one says that "none applies" was ticked.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from grader.exam import rules
from grader.exam.answer_text import stop
from grader.exam.kinds.cells import NONE, clip, is_list_of, named, not_one, unusable
from grader.exam.kinds.options import OfOptions, quote, say_misconception
from grader.exam.kinds.paper_parts import LetteredOptions, PaperPart
from grader.exam.kinds.question_kind import Cap, Floor, Remark, ResponseVerdict, Rule, SheetWords
from grader.exam.option_search import find_options
from grader.exam.wording import LocalizedText
from grader.files.config_files import PlacedError
from grader.language import N_, NOTHING, Reason, Value, _, join
from grader.model import Answer


class MultipleRule(Rule):
    """How a multiple response is scored."""

    name: rules.MultipleName = Field("rexams-false2", description="how ticks become a share of the points")
    floor: Floor = 0.0
    cap: Cap = 1.0

    taking = frozenset(
        ("right-minus-wrong", "net-correct", "rexams-false", "rexams-false2", "rexams-all", "mumie-1", "vds")
    )


_WORDS = SheetWords(
    title=_("Several answers"),
    hint=_("tick all that apply"),
    rules={
        "all-or-nothing": N_("all points where every box is right, else nothing."),
        "each-answer": N_("every box that is right, ticked or open, earns its part of the points."),
        "half-point": N_("all points where every box is right, half where more than half of them are."),
        "kprim": N_("all points where every box is right, half with one mistake, else nothing."),
        "right-minus-wrong": N_(
            "every box that is right earns its part of the points, every other takes as much away."
        ),
        "net-correct": N_("every right tick earns 1/k of the points, every wrong tick takes 1/k away."),
        "coverage": N_("the share of the right options that are ticked, times the share of the ticks that are right."),
        "right-ticks": N_("every right tick earns 1/k of the points; wrong ticks take nothing away."),
        "half-ticks": N_("all points where all right options are ticked, half where half of them are."),
        "ripkey": N_("every right tick earns 1/k of the points; more than k ticks earn nothing."),
        "ou-multiresponse": N_("every right tick earns 1/k of the points, but k minus the wrong ticks at most."),
        "rexams-false": N_(
            "every right tick earns 1/k of the points, every wrong tick takes its part away: all of them together "
            "take off everything."
        ),
        "rexams-false2": N_(
            "every right tick earns 1/k of the points; every wrong tick takes its part away: all of them together "
            "take off everything, and one takes half at most."
        ),
        "rexams-all": N_("every right tick earns 1/k of the points, any wrong tick takes all of them away."),
        "mumie-1": N_("every right tick earns 1/k of the points, a wrong tick takes a smaller part away."),
        "mumie-6": N_("every right tick earns 1/k of the points, but only where no tick is wrong."),
        "vds": N_("every right tick earns 1/k of the points, every mistake takes 1/k away."),
    },
)


class Multiple(OfOptions):
    """Any number of options is to be ticked."""

    none: LocalizedText | None = Field(None, description="a box of its own that says that no option applies")
    rule: MultipleRule | None = None

    name = "multiple"
    several_in_row = True
    words = _WORDS

    @model_validator(mode="after")
    def _can_be_answered(self) -> Multiple:
        if self.none is None and not self.right_ones:
            raise PlacedError(
                "no option is right, so the question needs `none`: a box that says that none applies",
                remedy="Write `right: true` at an option, or `none: None of these.` above `options`.",
            )
        return self

    @classmethod
    def rule_form(cls) -> type[Rule]:
        return MultipleRule

    def guess(self) -> float:
        rule = self.rule or MultipleRule()
        n, k = len(self.options), len(self.right_ones)
        return rules.guess_multiple(rule.name, n, k, rule.floor, rule.cap, none=self.none is not None)

    def fits(self, value: Any) -> bool:
        return is_list_of(value, self.options)

    def read_cell(self, cell: str, *, names: bool) -> Answer:
        known = self.known(names=names)
        if self.none is not None:
            known[NONE] = (*self.none.all, *named(NONE, names))
        found = find_options(cell, known)
        if not found.names:
            return not_one(cell, found)
        if NONE in found.names and len(found.names) > 1:
            return unusable(
                _("“{answer}” says that none applies, and that some do: a person decides.", answer=clip(cell)), cell
            )
        return Answer(status="answered", value=[name for name in found.names if name != NONE])

    def read_ticks(self, rows: Mapping[str, Sequence[str]]) -> Answer:
        chosen = rows.get("", ())
        if NONE in chosen and len(chosen) > 1:
            return unusable(_("It says that none applies, and that some do."))
        if not chosen:
            return Answer(status="missing")
        return Answer(status="answered", value=[name for name in chosen if name != NONE])

    def judge(self, value: Any, accept: Sequence[str], language: str) -> ResponseVerdict:
        rule, options, ticked = self.rule or MultipleRule(), self.options, frozenset(value)
        key = frozenset(self.right_ones)
        either = [name for name in accept if name not in key]
        # An option that was accepted later is right both ways: the best of the keys with it and without it counts.
        keys = [key | set(more) for size in range(len(either) + 1) for more in itertools.combinations(either, size)]
        share = max(rules.multiple(rule.name, rules.count(list(options), one, ticked)) for one in keys)
        wrong = [name for name in options if name in ticked and name not in key and name not in either]
        parts = [
            (_("You ticked rightly"), [one for name, one in options.items() if name in ticked and name not in wrong]),
            (_("You ticked wrongly"), [options[name] for name in wrong]),
            (_("Also right"), [one for name, one in options.items() if name in key - ticked]),
        ]
        because = join(stop(join([told, quote(said, language)], ": ")) for told, said in parts if said)
        if not ticked:
            none: Value = self.none.say(language) if self.none is not None else _("none applies")
            ticked_none = stop(_("You ticked “{none}”", none=none))
            because = ticked_none + because if key else _("You ticked “{none}”, which is right.", none=none)
        behind = say_misconception(options[wrong[0]], language) if wrong else NOTHING
        return ResponseVerdict(rules.bound(share, *rule.bounds), because + behind, wrong[0] if wrong else None)

    def say_right(self, accept: Sequence[str], language: str) -> Reason:
        right = [option for name, option in self.options.items() if option.right or name in accept]
        if right:
            return stop(_("Right is {answer}", answer=quote(right, language)))
        return stop(_("Right is {answer}", answer=f"“{self.none.say(language)}”")) if self.none is not None else NOTHING

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        options = [(name, self.options[name].says.say(language)) for name in order]
        if self.none is not None:
            options.append((NONE, self.none.say(language)))
        yield LetteredOptions(tuple(options))

    @property
    def words_to_write(self) -> Mapping[str, LocalizedText]:
        return {**self.options_to_tick, **({NONE: self.none} if self.none is not None else {})}

    def example(self) -> str:
        return "; ".join(list(self.words_to_write)[:2])

    def is_right(self, part: str, value: str, accept: Sequence[str]) -> bool:
        return not self.right_ones if value == NONE else super().is_right(part, value, accept)

    def remarks(self, question: str, folder: Path) -> Iterator[Remark]:
        yield from super().remarks(question, folder)
        if len(self.right_ones) == len(self.options):
            yield Remark(
                ("options",),
                f"`{question}`: every option is right, so ticking them all is a habit that pays",
                "Add a wrong one.",
            )
