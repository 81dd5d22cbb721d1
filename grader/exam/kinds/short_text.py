"""A few words of the student's own.

A response is the words as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field, field_validator, model_validator

from grader.exam.kinds.paper_parts import PaperPart, WritingPlace
from grader.exam.kinds.question_kind import Belief, Choice, Id, QuestionKind, ResponseVerdict
from grader.exam.kinds.written import choices_written
from grader.exam.wording import fold_words
from grader.files.config_files import PlacedError
from grader.language import NOTHING, Reason, _, verbatim
from grader.rubric import Part


class Wrong(Part):
    """Words that are known to be wrong, and why a student may write them."""

    says: list[str] = Field(min_length=1, description="answers that show it; case and spaces make no difference")
    misconception: Belief


class ShortText(QuestionKind):
    """A few words; what is neither known to be right nor known to be wrong goes to a person."""

    accept: list[str] = Field(default_factory=list, description="right answers; case and spaces make no difference")
    pattern: str | None = Field(None, description="a regular expression that a right answer matches as a whole")
    wrong: dict[Id, Wrong] = Field(default_factory=dict)

    name = "text"
    accepts_more = True
    one_of_many = True

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

    def judge(self, value: Any, accept: Sequence[str], language: str) -> ResponseVerdict:
        said = _fold_answer(value)
        right = {_fold_answer(words) for words in (*self.accept, *accept)}
        if said in right or (self.pattern is not None and re.fullmatch(self.pattern, value.strip())):
            return ResponseVerdict(1.0, _("You wrote “{value}”, which is right.", value=value))
        for name, wrong in self.wrong.items():
            if said in {_fold_answer(words) for words in wrong.says}:
                told = _("You wrote “{value}”.", value=value)
                return ResponseVerdict(0.0, told + verbatim(wrong.misconception.say(language)), name)
        told = _("“{value}” is neither known to be right nor known to be wrong: a person decides.", value=value)
        return ResponseVerdict(None, told)

    def say_right(self, accept: Sequence[str], language: str) -> Reason:
        return _("Right is {answer}.", answer=f"“{self.accept[0]}”") if self.accept else NOTHING

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        yield WritingPlace("line")

    def key(self, order: Sequence[str], partners: Sequence[str], language: str) -> str:
        return self.accept[0] if self.accept else f"/{self.pattern}/"

    def guide(self) -> Reason:
        accepted = ", ".join(f"“{words}”" for words in self.accept)
        return _("Accepted: {answers}.", answers=accepted) if self.accept else NOTHING

    def choices(
        self, values: Sequence[Any], full: Sequence[bool], accept: Sequence[str], language: str
    ) -> Mapping[str, Choice]:
        return choices_written(values, full)

    @property
    def same_for_all(self) -> bool:
        return False


def _fold_answer(words: str) -> str:
    return fold_words(words).strip(" .;:!\"'")
