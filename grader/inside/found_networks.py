"""Finds a notebook's trained networks, by name or by type, and asks each to answer on inputs it has not seen."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

Samples = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Inputs *(N, inputs)* and targets *(N,) or (N, outputs)*."""

MOST = 24
"""Networks that are looked at; a notebook that keeps one for each epoch has hundreds."""


def answer(question: Mapping[str, Any], namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Every network that the question selects, with its build and its answers on the question's inputs.

    `predict` in the question is *(N, inputs) or (N,) float64*; the predictions are *(N,) or (N, outputs) float64*.
    """
    inputs = np.asarray(question["predict"], dtype=np.float64)
    inputs = inputs.reshape(len(inputs), -1)
    own = {key: _samples(question.get(key), namespace) for key in ("held_out", "trained_on")}
    found = list(itertools.islice(select(question, namespace), MOST))
    return {
        "asked": list(question["names"]),
        "models": [describe(name, how, model, inputs, own) for name, how, model in found],
    }


def select(question: Mapping[str, Any], namespace: Mapping[str, Any]) -> Iterator[tuple[str, str, nn.Module]]:
    """(name, how it was found, network): the asked names first; where one is missing, the others by type."""
    taken: list[nn.Module] = []
    for name in question["names"]:
        model = namespace.get(name)
        if isinstance(model, nn.Module):
            taken.append(model)
            yield name, "by name", model
    if len(taken) == len(question["names"]):
        return
    candidates = [(name, model) for name, model in modules_of(namespace) if not any(model is other for other in taken)]
    inner = {id(part) for _, model in candidates for part in list(model.modules())[1:]}
    for name, model in candidates:
        if id(model) not in inner and fits(model, question):
            yield name, "by type", model


def modules_of(namespace: Mapping[str, Any]) -> Iterator[tuple[str, nn.Module]]:
    """Every network among the variables, and one level down in their lists and dicts; each once."""
    seen: set[int] = set()
    for name, value in list(namespace.items()):
        if name.startswith("_"):
            continue
        for place, item in _spread(name, value):
            if isinstance(item, nn.Module) and id(item) not in seen:
                seen.add(id(item))
                yield place, item


def _spread(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield name, value
    if isinstance(value, dict):
        yield from ((f"{name}[{key!r}]", item) for key, item in list(value.items())[:MOST])
    elif isinstance(value, list | tuple):
        yield from ((f"{name}[{place}]", item) for place, item in enumerate(value[:MOST]))


def fits(model: nn.Module, question: Mapping[str, Any]) -> bool:
    """Whether a network found by type has the parameters and layers asked for, and maps inputs to outputs as asked."""
    least, most = question["parameters"]
    count = sum(parameter.numel() for parameter in model.parameters())
    if count == 0 or (least is not None and count < least) or (most is not None and count > most):
        return False
    layers = {type(part).__name__ for part in model.modules()}
    if not layers.issuperset(question.get("has", ())) or not layers.isdisjoint(question.get("has_not", ())):
        return False
    trial, _ = predict(model, np.zeros((3, question["inputs"])))
    return trial is not None and trial.reshape(3, -1).shape[1] == question["outputs"]


def describe(
    name: str,
    how: str,
    model: nn.Module,
    inputs: npt.NDArray[np.float64],
    own: Mapping[str, Samples | None],
) -> dict[str, Any]:
    """One network's build, its predictions, those of an untrained copy, and those on samples of the notebook's own."""
    predictions, problem = predict(model, inputs)
    described: dict[str, Any] = {
        "name": name[:100],
        "found": how,
        "class": type(model).__name__[:100],
        "layers": [type(part).__name__[:100] for part in model.modules() if not list(part.children())][:200],
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "shapes": [list(parameter.shape) for parameter in model.parameters()][:200],
        "predictions": predictions,
        "error": problem,
        "untrained": predict_untrained(model, inputs),
        "answers_flat": answers_flat(model, inputs),
        "held_out": None,
    }
    for key, samples in own.items():
        if samples is not None:
            x, y = samples
            described[key] = {"x": x, "y": y, "predictions": predict(model, x)[0]}
    return described


def predict(model: nn.Module, inputs: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64] | None, str]:
    """The network's answers as *(N,) or (N, outputs) float64*, or None and why; its mode is left as it was."""
    try:
        array = forward(model, inputs)
    except Exception as error:  # noqa: BLE001  (round a student's code)
        return None, f"{type(error).__name__}: {error}"[:300]
    if array.shape in ((len(inputs),), (len(inputs), 1)):
        return array.reshape(len(inputs)), ""
    if array.ndim == 2 and len(array) == len(inputs):
        return array, ""
    return None, f"for inputs of shape {tuple(inputs.shape)} it returns the shape {tuple(array.shape)}"[:300]


def forward(model: nn.Module, inputs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What the network returns, of whatever shape, as float64; its mode is left as it was."""
    mode = model.training
    try:
        model.eval()
        first = next(model.parameters())
        with torch.no_grad():
            outputs = model(torch.as_tensor(inputs, dtype=first.dtype, device=first.device))
        array: npt.NDArray[np.float64] = outputs.detach().cpu().to(torch.float64).numpy().copy()
    finally:
        model.train(mode)
    return array


def answers_flat(model: nn.Module, inputs: npt.NDArray[np.float64]) -> bool:
    """Whether it returns (N,) and not (N, 1): beside targets of (N, 1) a loss then broadcasts."""
    try:
        return forward(model, inputs).ndim == 1
    except Exception:  # noqa: BLE001  (round a student's code)
        return False


def predict_untrained(model: nn.Module, inputs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    """What a copy answers before any training: every layer's own initial values, and own parameters as first set.

    None where the copy cannot be made untrained, as with parameters that no layer owns.
    """
    try:
        fresh = copy.deepcopy(model)
        reset = [part for part in fresh.modules() if callable(getattr(part, "reset_parameters", None))]
        torch.manual_seed(0)
        for part in reset:
            getattr(part, "reset_parameters")()  # noqa: B009  (a Module's attributes have no types)
    except Exception:  # noqa: BLE001  (round a student's code)
        return None
    owned = {id(parameter) for part in reset for parameter in part.parameters()}
    if not all(id(parameter) in owned for parameter in fresh.parameters()):
        return None
    return predict(fresh, inputs)[0]


def _samples(names: list[str] | None, namespace: Mapping[str, Any]) -> Samples | None:
    """Samples under these names of the notebook, where they are there."""
    if names is None or any(name not in namespace for name in names):
        return None
    try:
        x, y = (np.asarray(torch.as_tensor(namespace[name]).detach().cpu(), dtype=np.float64) for name in names)
    except Exception:  # noqa: BLE001  (round a student's code)
        return None
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y) or not len(x):
        return None
    return x.reshape(len(x), -1), y.reshape(len(y)) if y.size == len(y) else y
