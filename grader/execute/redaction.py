"""Keeps what a hidden probe showed to the notebook from coming out as a name: reports show the names of networks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from grader.execute.answers import ProbeQuestion
from grader.model import Answer

_LAYERS = frozenset(
    """
    Linear Bilinear Conv1d Conv2d Flatten Identity ReLU ReLU6 LeakyReLU PReLU ELU SELU CELU GELU SiLU Mish Tanh Sigmoid
    Softplus Softsign Softmax LogSigmoid Hardtanh Hardswish Dropout BatchNorm1d LayerNorm RNN LSTM GRU Embedding
    """.split()  # noqa: SIM905  (a list that people read)
)
"""Layers of torch that a report may name, whatever the notebook's own words are."""


def words_of(sources: Iterable[str]) -> frozenset[str]:
    """Every name that the notebook's code holds: what it could say before it was asked anything."""
    return frozenset(word for source in sources for word in re.findall(r"[^\W\d]\w*", source))


def without_secrets(question: ProbeQuestion, answer: Answer, words: frozenset[str]) -> Answer:
    """Of a hidden probe of models, no name that a notebook made up after it saw the inputs: a report shows names."""
    if not (question.hidden and question.content["kind"] == "models" and isinstance(answer.value, dict)):
        return answer
    models = answer.value.get("models")
    if not isinstance(models, list):
        return answer
    told = [_without_made_up_names(model, place, words) for place, model in enumerate(models, start=1)]
    others = answer.value.get("others")
    others = [_other_without_made_up_names(one, words) for one in others] if isinstance(others, list) else []
    value = {**answer.value, "asked": list(question.names), "models": told, "others": others}
    return answer.model_copy(update={"value": value})


def _other_without_made_up_names(other: Any, words: frozenset[str]) -> Any:
    if not isinstance(other, dict):
        return other
    known = {key: other.get(key) if other.get(key) in words else "object" for key in ("name", "class", "library")}
    return {**other, **known}


def _without_made_up_names(model: Any, place: int, words: frozenset[str]) -> Any:
    if not isinstance(model, dict):
        return model
    name, layers = model.get("name"), model.get("layers")
    told = {**model, "place": "", "error": "it raised an error" if model.get("error") else ""}
    if not isinstance(name, str) or not _is_known(name, words):
        told["name"] = f"network {place}"
    if model.get("class") not in words:
        told["class"] = "Module"
    if isinstance(layers, list):
        told["layers"] = [
            layer if layer in words or layer in _LAYERS else "Module" for layer in layers if isinstance(layer, str)
        ]
    return told


def _is_known(name: str, words: frozenset[str]) -> bool:
    """A name such as `net`, `nets[2]` or `nets['wide']` in the notebook's own words and numbers below a hundred."""
    parts = re.findall(r"\w+", name)
    return len(parts) <= 2 and all(part in words or re.fullmatch(r"\d{1,2}", part) for part in parts)
