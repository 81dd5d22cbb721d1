"""Parameterised questions: parameters drawn from a seed, answers and distractors computed from them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from grader.exam.arithmetic import evaluate
from grader.exam.questions import Question
from grader.exam.wording import fill


def make_variant(question: Question, seed: int) -> Question:
    """The question as one seed makes it: no parameters left, every text and number filled in.

    The same seed always draws the same, on every machine. A ValueError says what has no value.
    """
    if not question.parameters and not question.values:
        return question
    values = draw(question, seed)
    told = question.model_dump(exclude={"parameters", "values"})
    filled = {key: _fill(value, values) for key, value in told.items()}
    if question.numeric is not None:
        numeric = filled["numeric"]
        numeric["answer"] = evaluate(question.numeric.answer, values)
        for name, mistake in question.numeric.mistakes.items():
            numeric["mistakes"][name]["value"] = evaluate(mistake.value, values)
    return Question.model_validate(filled)


def draw(question: Question, seed: int) -> Mapping[str, float]:
    """The parameters that a seed draws, and the values that follow from them."""
    chance = random.Random(f"{seed}/{question.id}")
    values = {name: chance.choice(parameter.choose) for name, parameter in question.parameters.items()}
    for name, expression in question.values.items():
        values[name] = evaluate(expression, values)
    return values


def _fill(value: Any, values: Mapping[str, float]) -> Any:
    match value:
        case str():
            return fill(value, values)
        case dict():
            return {key: _fill(item, values) for key, item in value.items()}
        case list():
            return [_fill(item, values) for item in value]
    return value
