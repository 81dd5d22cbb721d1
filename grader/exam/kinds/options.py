"""What single and multiple choice share: options to tick."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from grader.exam.answer_text import say_behind
from grader.exam.kinds.cells import named
from grader.exam.kinds.paper_parts import LETTERS, LetteredOptions, PaperPart
from grader.exam.kinds.question_kind import Choice, Id, QuestionKind, Remark
from grader.exam.wording import LocalizedText
from grader.language import NOTHING, Reason
from grader.rubric import Part


class Option(Part):
    """One thing to tick."""

    says: LocalizedText = Field(description="the option, as the student reads it")
    right: bool = Field(False, description="whether it is to be ticked")
    misconception: LocalizedText | None = Field(
        None, description="what a student believes who ticks it though it is wrong"
    )
    also: list[str] = Field(default_factory=list, description="other wordings under which a file may hold it")
    pinned: bool = Field(False, description="stays in its place when the options are shuffled")


class OfOptions(QuestionKind):
    """A question that is answered by ticking options."""

    options: dict[Id, Option] = Field(min_length=2)
    shuffle: bool = Field(True, description="each copy has the options in an order of its own")

    accepts_more = True

    @property
    def tickable(self) -> tuple[str, ...]:
        return tuple(self.options)

    @property
    def right_ones(self) -> tuple[str, ...]:
        """The names of the right options."""
        return tuple(name for name, option in self.options.items() if option.right)

    def known(self, *, names: bool) -> dict[str, Sequence[str]]:
        """name -> all that a file may write for an option."""
        return {name: (*option.says.all, *option.also, *named(name, names)) for name, option in self.options.items()}

    def arrange(self, chance: random.Random) -> tuple[Sequence[str], Sequence[str]]:
        """The options shuffled among the places that no pinned one holds."""
        if not self.shuffle:
            return tuple(self.options), ()
        free = [name for name, option in self.options.items() if not option.pinned]
        chance.shuffle(free)
        places = iter(free)
        return tuple(name if option.pinned else next(places) for name, option in self.options.items()), ()

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        yield LetteredOptions(tuple((name, self.options[name].says.say(language)) for name in order))

    def key(self, order: Sequence[str], partners: Sequence[str], language: str) -> str:
        right = [letter for name, letter in zip(order, LETTERS, strict=False) if self.options[name].right]
        return " ".join(right) or LETTERS[len(order)]

    @property
    def options_to_tick(self) -> Mapping[str, LocalizedText]:
        return {name: option.says for name, option in self.options.items()}

    @property
    def words_to_write(self) -> Mapping[str, LocalizedText]:
        return self.options_to_tick

    def is_right(self, part: str, value: str, accept: Sequence[str]) -> bool:
        return value in self.options and (self.options[value].right or value in accept)

    def choices(
        self, values: Sequence[Any], full: Sequence[bool], accept: Sequence[str], language: str
    ) -> Mapping[str, Choice]:
        return {
            name: Choice(
                option.says.say(language),
                option.right or name in accept,
                tuple(name in (value or []) for value in values),
            )
            for name, option in self.options.items()
        }

    def remarks(self, question: str, folder: Path) -> Iterator[Remark]:
        if self.shuffle:
            last = list(self.options)[-1]
            for name, option in self.options.items():
                if any(_REFERS.search(words) for words in option.says.all) and not (option.pinned and name == last):
                    yield Remark(
                        ("options", name),
                        f"the option `{name}` speaks of the others, "
                        "but may come to stand among them when they are shuffled",
                        "Write it last, with `pinned: true`.",
                    )
        for name, option in self.options.items():
            if not option.right and option.misconception is None:
                yield Remark(
                    ("options", name),
                    f"`{question}`: the wrong option `{name}` has no `misconception`",
                    "Say what a student believes who ticks it; an option that nobody could believe is of no use.",
                )

    def alternatives(self) -> Iterator[tuple[str, Mapping[str, LocalizedText]]]:
        yield "options", self.options_to_tick


_REFERS = re.compile(
    r"\b(none|all|any|both|neither) of (these|them|the above|the others?)\b"
    r"|\b(ningun[ao]|tod[ao]s|amb[ao]s|cualquiera) (de )?(est[ao]s|ell[ao]s|l[ao]s (anteriores|otr[ao]s|demás))\b",
    re.IGNORECASE,
)


def quote(options: Sequence[Option], language: str) -> str:
    """The options in quotation marks."""
    return ", ".join(f"“{option.says.say(language)}”" for option in options)


def say_misconception(option: Option, language: str) -> Reason:
    """What may have led to a wrong option; nothing where the exam does not say."""
    return say_behind(option.misconception, language) if option.misconception is not None else NOTHING
