"""Keeps what a hidden question showed to the notebook from coming out by how it describes its networks.

A page shows names, classes, layers and numbers of parameters, and a notebook could choose each of them once it has seen
the inputs. So networks are described before the gate closes, asked on inputs of the same shape that tell nothing; after
it only their numbers are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.execute.answers import ProbeQuestion
from grader.model import Answer

_ANSWERED = ("predictions", "untrained", "answers_flat", "activates")
"""What a network's answers are made of; everything else describes it."""


def words_of(sources: Iterable[str]) -> frozenset[str]:
    """Every name that the notebook's code holds."""
    return frozenset(word for source in sources for word in re.findall(r"[^\W\d]\w*", source))


def needs_description(question: ProbeQuestion) -> bool:
    return question.hidden and question.content["kind"] == "models"


def describing(question: ProbeQuestion) -> ProbeQuestion:
    """The same question about zeros: it shows which networks there are, and nothing of the hidden inputs."""
    return replace(question, content={**question.content, "predict": np.zeros_like(question.content["predict"])})


def with_description(question: ProbeQuestion, described: Answer, answer: Answer) -> Answer:
    """The hidden answer's numbers, in the networks as they were described before it was asked."""
    before, after = _models(described), _models(answer)
    if after is None:
        return answer
    known = {_name(model): model for model in before or ()}
    taken = [_merge(known.get(_name(model)), model, place) for place, model in enumerate(after, start=1)]
    others = described.value.get("others", []) if before is not None else []
    value = {**answer.value, "asked": list(question.names), "models": taken, "others": others}
    return answer.model_copy(update={"value": value})


def _models(answer: Answer) -> list[Mapping[str, Any]] | None:
    found = answer.value.get("models") if isinstance(answer.value, dict) else None
    return [model for model in found if isinstance(model, dict)] if isinstance(found, list) else None


def _name(model: Mapping[str, Any]) -> str:
    return str(model.get("name", ""))


def _merge(before: Mapping[str, Any] | None, after: Mapping[str, Any], place: int) -> dict[str, Any]:
    numbers = {key: after.get(key) for key in _ANSWERED}
    # An error's text may hold what it was about.
    error = "it raised an error" if after.get("error") else ""
    if before is None:
        nothing: dict[str, Any] = {
            "class": "Module",
            "layers": [],
            "shapes": [],
            "parameters": None,
            "found": "by type",
        }
        return {"name": f"network {place}", **nothing, **numbers, "error": error}
    return {**before, **numbers, "error": error}
