"""Who chose what: for each thing that could be chosen in a question, the students who did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from grader.exam.matching import fold_option
from grader.exam.questions import Question
from grader.exam.responses import fits
from grader.exam.revisions import Asked
from grader.model import Answer, Finding

MOST_WRITTEN = 8
"""Different written answers that are looked at one by one, the most frequent first."""
LONGEST = 80
"""Characters of a written answer that are shown."""
LEAST_WRITTEN = 2
"""Students who must have written an answer for it to be looked at."""


@dataclass(frozen=True)
class Choice:
    """One thing that could be chosen: whether it is right, and for each student whether it was chosen."""

    says: str
    right: bool
    chosen: tuple[bool, ...]


Choices = Mapping[str, Choice]


class Responding(Protocol):
    """A student with findings, answers and the variants of the questions."""

    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def answers(self) -> Mapping[str, Answer]: ...
    @property
    def variants(self) -> Mapping[str, Question]: ...


def choices_of(asked: Asked, responses: Sequence[Responding], language: str) -> Choices:
    """The choices of a question.

    Options of a choice are taken as they are; of rows and pairs each counts as chosen where it was answered rightly; of
    written answers those count that several students gave, where all were asked for the same. Orders and practical
    exercises have none.
    """
    question = responses[0].variants[asked.question.id] if responses else asked.question
    values = [_value_of(question, response) for response in responses]
    match question.kind:
        case "single" | "multiple":
            return dict(_of_options(question, asked.accept, values, language))
        case "rows" if question.rows is not None:
            return {
                name: Choice(
                    row.says.say(language), True, tuple((value or {}).get(name) == row.holds for value in values)
                )
                for name, row in question.rows.statements.items()
            }
        case "matching" if question.matching is not None:
            return {
                name: Choice(
                    f"{pair.left.say(language)} – {pair.right.say(language)}",
                    True,
                    tuple((value or {}).get(name) == name for value in values),
                )
                for name, pair in question.matching.pairs.items()
            }
        case "numeric" | "text" | "output" if all(one.variants[question.id] == question for one in responses):
            return _of_written(question, responses, values)
    return {}


def _value_of(question: Question, response: Responding) -> Any:
    answer = response.answers.get(question.id)
    return answer.value if answer is not None and answer.status == "answered" and fits(question, answer.value) else None


def _of_options(
    question: Question, accept: Sequence[str], values: Sequence[Any], language: str
) -> Iterator[tuple[str, Choice]]:
    choice = question.single or question.multiple
    if choice is not None:
        for name, option in choice.options.items():
            yield (
                name,
                Choice(
                    option.says.say(language),
                    option.right or name in accept,
                    tuple(name in (value or []) for value in values),
                ),
            )


def _of_written(question: Question, responses: Sequence[Responding], values: Sequence[Any]) -> Choices:
    """Written answers, alike but for case and spaces; each is right where its findings have all points."""
    written = [fold_option(value) if value is not None else None for value in values]
    counts = Counter(text for text in written if text is not None)
    full = [
        any(finding.criterion == question.id and finding.status == "met" for finding in response.findings)
        for response in responses
    ]
    return {
        text: Choice(
            text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…",
            all(right for right, one in zip(full, written, strict=True) if one == text),
            tuple(one == text for one in written),
        )
        for text, count in counts.most_common(MOST_WRITTEN)
        if count >= LEAST_WRITTEN
    }
