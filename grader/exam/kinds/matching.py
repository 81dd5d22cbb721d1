"""Matching: to each thing on the left its partner on the right.

A response is {pair: partner|null}; partners by the names of their pairs, or of `extra`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field, model_validator

from grader.exam import rules
from grader.exam.answer_text import stop
from grader.exam.kinds.cells import as_paired, is_map_of, one_in_each, read_each, read_pairings, wordings
from grader.exam.kinds.paper_parts import LETTERS, LetteredList, PaperPart, TickGrid
from grader.exam.kinds.question_kind import Choice, Comparison, Id, QuestionKind, ResponseVerdict, Rule, SheetWords
from grader.exam.wording import LocalizedText
from grader.files.config_files import PlacedError
from grader.language import N_, Reason, _, join
from grader.model import Answer
from grader.rubric import Part


class PairsRule(Rule):
    """How matching is scored."""

    name: rules.PairsName = Field("each-answer", description="how right pairs become a share of the points")


class Pair(Part):
    """Two things that belong together."""

    left: LocalizedText = Field(description="the thing, as it is printed on the left")
    right: LocalizedText = Field(description="its partner, as it is printed on the right")

    def told(self, language: str) -> Reason:
        """What belongs together, in a sentence."""
        left, right = self.left.say(language), self.right.say(language)
        return stop(_("To “{left}” belongs “{right}”", left=left, right=right))


_WORDS = SheetWords(
    title=_("Pairs"),
    hint=_("tick one letter in each row"),
    rules={
        "each-answer": N_("every right pair earns its part of the points."),
        "all-or-nothing": N_("all points where every pair is right, else nothing."),
    },
)


class Matching(QuestionKind):
    """To each thing on the left its partner on the right."""

    pairs: dict[Id, Pair] = Field(min_length=2)
    extra: dict[Id, LocalizedText] = Field(default_factory=dict, description="partners that belong to nothing")
    rule: PairsRule | None = None

    name = "matching"
    words = _WORDS

    @model_validator(mode="after")
    def _ids_differ(self) -> Matching:
        both = set(self.pairs) & set(self.extra)
        if both:
            raise PlacedError(f"`{sorted(both)[0]}` is in `pairs` and in `extra`", remedy="Rename one.")
        return self

    @property
    def partners(self) -> dict[str, LocalizedText]:
        """Everything on the right."""
        return {**{name: pair.right for name, pair in self.pairs.items()}, **self.extra}

    @classmethod
    def rule_form(cls) -> type[Rule]:
        return PairsRule

    def guess(self) -> float:
        rule = self.rule or PairsRule()
        return rules.guess_pairs(rule.name, len(self.pairs), len(self.partners))

    def fits(self, value: Any) -> bool:
        return is_map_of(value, self.pairs, (*self.partners, None))

    def read_cell(self, cell: str, *, names: bool) -> Answer:
        left = wordings({name: pair.left for name, pair in self.pairs.items()}, names)
        right = wordings(self.partners, names)
        known = {
            f"{name}={partner}": [
                f"{as_paired(one)} = {as_paired(other)}" for one in left[name] for other in right[partner]
            ]
            for name in left
            for partner in right
        }
        return read_pairings(cell, known, tuple(self.pairs))

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        return {name: list(pair.left.all) for name, pair in self.pairs.items()}

    def read_parts(self, cells: Mapping[str, str], *, names: bool) -> Answer:
        return read_each(cells, wordings(self.partners, names))

    def read_ticks(self, rows: Mapping[str, Sequence[str]]) -> Answer:
        each = one_in_each(rows)
        if isinstance(each, Answer):
            return each
        return Answer(status="answered", value=each) if any(each.values()) else Answer(status="missing")

    def judge(self, value: Any, accept: Sequence[str], language: str) -> ResponseVerdict:
        rule = self.rule or PairsRule()
        wrong = [name for name in self.pairs if value.get(name) != name]
        right = len(self.pairs) - len(wrong)
        told = [_("{right} of {n} pairs are right.", right=right, n=len(self.pairs))]
        told += [self.pairs[name].told(language) for name in wrong]
        return ResponseVerdict(rules.pairs(rule.name, right, len(self.pairs)), join(told))

    def say_right(self, accept: Sequence[str], language: str) -> Reason:
        return join(pair.told(language) for pair in self.pairs.values())

    def arrange(self, chance: random.Random) -> tuple[Sequence[str], Sequence[str]]:
        partners = list(self.partners)
        chance.shuffle(partners)
        return tuple(self.pairs), partners

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        yield LetteredList(tuple(self.partners[name].say(language) for name in partners))
        yield TickGrid(
            tuple(zip(partners, LETTERS, strict=False)),
            tuple((name, self.pairs[name].left.say(language)) for name in order),
        )

    def key(self, order: Sequence[str], partners: Sequence[str], language: str) -> str:
        letters = dict(zip(partners, LETTERS, strict=False))
        return " ".join(letters[name] for name in order)

    @property
    def words_to_write(self) -> Mapping[str, LocalizedText]:
        return self.partners

    def example(self) -> str:
        backwards = reversed(list(self.partners))
        return "; ".join(f"{left} = {right}" for left, right in zip(self.pairs, backwards, strict=False))

    def is_right(self, part: str, value: str, accept: Sequence[str]) -> bool:
        return value == part

    def compare(self, value: Any, accept: Sequence[str], language: str) -> Iterator[Comparison]:
        partners = {name: text.say(language) for name, text in self.partners.items()}
        for name, pair in self.pairs.items():
            said = (value or {}).get(name)
            came = partners.get(said or "", "–")
            yield Comparison(pair.left.say(language), came, pair.right.say(language), said == name)

    def choices(
        self, values: Sequence[Any], full: Sequence[bool], accept: Sequence[str], language: str
    ) -> Mapping[str, Choice]:
        """A pair counts as chosen where it was found."""
        return {
            name: Choice(
                f"{pair.left.say(language)} – {pair.right.say(language)}",
                True,
                tuple((value or {}).get(name) == name for value in values),
            )
            for name, pair in self.pairs.items()
        }

    def alternatives(self) -> Iterator[tuple[str, Mapping[str, LocalizedText]]]:
        yield "pairs", {name: pair.left for name, pair in self.pairs.items()}
        yield "pairs", self.partners
