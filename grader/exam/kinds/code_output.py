"""What the question's code prints.

A response is the output as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from grader.exam.answer_text import say_behind
from grader.exam.kinds.paper_parts import PaperPart, WritingPlace
from grader.exam.kinds.question_kind import Around, Belief, Choice, Id, QuestionKind, ResponseVerdict
from grader.exam.kinds.written import choices_written
from grader.exam.wording import names_in
from grader.files.config_files import PlacedError
from grader.language import Reason, _
from grader.rubric import Part

_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


class Printed(Part):
    """A wrong output that a known misconception leads to."""

    prints: str = Field(description="what a student writes who makes this mistake")
    misconception: Belief


class Output(QuestionKind):
    """What the question's code prints; spaces make no difference."""

    prints: str = Field(min_length=1, description="what the code prints")
    mistakes: dict[Id, Printed] = Field(default_factory=dict)

    name = "output"
    accepts_more = True
    one_of_many = True

    def check(self, around: Around) -> None:
        if around.code is None:
            remedy = "Write `code: |`, and the code indented below it."
            raise PlacedError("asks for an `output`, so it needs the `code` that prints it", remedy=remedy)

    @property
    def uses(self) -> frozenset[str]:
        printed = (self.prints, *(mistake.prints for mistake in self.mistakes.values()))
        return frozenset(name for words in printed for name in names_in(words))

    def judge(self, value: Any, accept: Sequence[str], language: str) -> ResponseVerdict:
        said = "".join(value.split())
        if said in {"".join(text.split()) for text in (self.prints, *accept)}:
            return ResponseVerdict(1.0, _("You wrote {value}, which is right.", value=f"`{value}`"))
        because = _("You wrote {value}.", value=f"`{value}`") + self.say_right(accept, language)
        for name, mistake in self.mistakes.items():
            if said == "".join(mistake.prints.split()):
                return ResponseVerdict(0.0, because + say_behind(mistake.misconception, language), name)
        if _NUMBERS.findall(value) == _NUMBERS.findall(self.prints):
            one, other = f"`{value}`", f"`{self.prints}`"
            told = _("{value} is written otherwise than {right}: a person decides.", value=one, right=other)
            return ResponseVerdict(None, told)
        return ResponseVerdict(0.0, because)

    def say_right(self, accept: Sequence[str], language: str) -> Reason:
        return _("It prints {output}.", output=f"`{self.prints}`")

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        yield WritingPlace("line")

    def key(self, order: Sequence[str], partners: Sequence[str], language: str) -> str:
        return self.prints

    def choices(
        self, values: Sequence[Any], full: Sequence[bool], accept: Sequence[str], language: str
    ) -> Mapping[str, Choice]:
        return choices_written(values, full)

    @property
    def same_for_all(self) -> bool:
        return False
