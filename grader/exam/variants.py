"""Parameterised questions: parameters drawn from a seed, answers and distractors computed from them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from grader.exam.arithmetic import evaluate
from grader.exam.questions import Question
from grader.exam.wording import fill


def make_variant(question: Question, seed: int, drawn: Mapping[str, float] = MappingProxyType({})) -> Question:
    """The question as one seed makes it: no parameters left, every text and number filled in.

    The same seed always draws the same, on every machine; what is `drawn` already stays, though the lists that it was
    drawn from have changed since. A ValueError says what has no value.
    """
    if not question.parameters and not question.values:
        return question
    values = draw(question, seed, drawn)
    told = question.model_dump(exclude={"parameters", "values"})
    filled = {key: _fill(value, values) for key, value in told.items()}
    filled[question.kind] = question.part.fill(filled[question.kind], values)
    return Question.model_validate(filled)


def draw(question: Question, seed: int, drawn: Mapping[str, float] = MappingProxyType({})) -> Mapping[str, float]:
    """The parameters that a seed draws, but for those that are drawn already, and the values that follow from them."""
    fresh = draw_parameters(question, seed)
    values = {name: drawn.get(name, value) for name, value in fresh.items()}
    for name, expression in question.values.items():
        values[name] = evaluate(expression, values)
    return values


def draw_parameters(question: Question, seed: int) -> dict[str, float]:
    """The parameters that a seed draws."""
    chance = random.Random(f"{seed}/{question.id}")
    return {name: chance.choice(parameter.choose) for name, parameter in question.parameters.items()}


def _fill(value: Any, values: Mapping[str, float]) -> Any:
    match value:
        case str():
            return fill(value, values)
        case dict():
            return {key: _fill(item, values) for key, item in value.items()}
        case list():
            return [_fill(item, values) for item in value]
    return value
