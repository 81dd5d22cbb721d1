"""Single choice: one option is to be ticked.

A response is a list of one option's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field, model_validator

from grader.exam import rules
from grader.exam.answer_text import stop
from grader.exam.kinds.cells import is_list_of, not_one, unusable
from grader.exam.kinds.options import OfOptions, quote, say_misconception
from grader.exam.kinds.question_kind import ResponseVerdict, Rule, SheetWords
from grader.exam.option_search import Found, find_options, fold_option
from grader.exam.wording import LocalizedText
from grader.files.config_files import PlacedError
from grader.language import N_, Reason, _, join
from grader.model import Answer


class SingleRule(Rule):
    """How a single response is scored."""

    name: rules.SingleName = Field("number-right", description="what a right, a wrong and no response earn")
    wrong: float = Field(1.0, ge=0, description="`negative` only: what a wrong response takes off, as a share")

    @property
    def goes_below_zero(self) -> bool:
        return self.name in ("formula", "negative")


_WORDS = SheetWords(
    title=_("One answer"),
    hint=_("tick one"),
    rules={
        "number-right": N_("the right option earns the points, another one nothing."),
        "formula": N_(
            "the right option earns the points; a wrong one takes off the points divided by the number of wrong "
            "options; no tick takes off nothing."
        ),
        "negative": N_(
            "the right option earns the points; a wrong one takes off {wrong} of them; no tick takes off nothing."
        ),
        "omission": N_("the right option earns the points, a wrong one nothing, and no tick what a guess would earn."),
    },
)


class Single(OfOptions):
    """One option is to be ticked."""

    rule: SingleRule | None = None

    name = "single"
    words = _WORDS
    one_of_many = True

    @model_validator(mode="after")
    def _one_is_right(self) -> Single:
        right = self.right_ones
        if len(right) != 1:
            told = f"{len(right)} are: {', '.join(right)}" if right else "none is"
            raise PlacedError(
                f"exactly one option of a single choice is right; here {told}",
                remedy="Write `right: true` at one option alone; where several are right, ask by `multiple`.",
            )
        return self

    @classmethod
    def rule_form(cls) -> type[Rule]:
        return SingleRule

    def _share(self, outcome: rules.SingleOutcome) -> float:
        rule = self.rule or SingleRule()
        return rules.single(rule.name, outcome, len(self.options), rule.wrong)

    def guess(self) -> float:
        rule = self.rule or SingleRule()
        return rules.guess_single(rule.name, len(self.options), rule.wrong)

    def fits(self, value: Any) -> bool:
        return is_list_of(value, self.options) and len(value) == 1

    def read_cell(self, cell: str, *, names: bool) -> Answer:
        known = self.known(names=names)
        same = [name for name, texts in known.items() if fold_option(cell) in map(fold_option, texts)]
        # One option is expected, so a cell that says just what an option says is that one, whatever others it contains.
        found = Found(tuple(same)) if len(same) == 1 else find_options(cell, known)
        return Answer(status="answered", value=list(found.names)) if len(found.names) == 1 else not_one(cell, found)

    def read_ticks(self, rows: Mapping[str, Sequence[str]]) -> Answer:
        chosen = list(rows.get("", ()))
        if len(chosen) > 1:
            return unusable(
                _("{n} boxes are ticked where one is asked for: {boxes}.", n=len(chosen), boxes=", ".join(chosen))
            )
        return Answer(status="answered", value=chosen) if chosen else Answer(status="missing")

    def judge(self, value: Any, accept: Sequence[str], language: str) -> ResponseVerdict:
        (chosen,) = value
        said = quote([self.options[chosen]], language)
        if self.options[chosen].right or chosen in accept:
            return ResponseVerdict(self._share("right"), _("You chose {said}, which is right.", said=said))
        told = [stop(_("You chose {said}", said=said)), self.say_right(accept, language)]
        behind = say_misconception(self.options[chosen], language)
        return ResponseVerdict(self._share("wrong"), join([*told, behind]), chosen)

    def worth_of_blank(self) -> float:
        return self._share("blank")

    def say_right(self, accept: Sequence[str], language: str) -> Reason:
        right = [option for name, option in self.options.items() if option.right or name in accept]
        return stop(_("Right is {answer}", answer=quote(right, language)))

    @property
    def offers(self) -> Mapping[str, LocalizedText]:
        return self.options_to_tick

    @property
    def the_right_one(self) -> str:
        return self.right_ones[0]
