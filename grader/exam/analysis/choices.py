"""Who chose what: for each thing that could be chosen in a question, the students who did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from grader.exam.kinds.question_kind import Choice
from grader.exam.questions import Question
from grader.exam.responses import fits
from grader.exam.revisions import Asked
from grader.model import Answer, Finding

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
    if not question.part.same_for_all and any(one.variants[question.id] != question for one in responses):
        return {}
    full = [
        any(finding.criterion == question.id and finding.status == "met" for finding in response.findings)
        for response in responses
    ]
    return question.part.choices(values, full, asked.accept, language)


def _value_of(question: Question, response: Responding) -> Any:
    answer = response.answers.get(question.id)
    return answer.value if answer is not None and answer.status == "answered" and fits(question, answer.value) else None
