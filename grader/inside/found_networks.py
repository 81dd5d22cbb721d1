"""Asks each of a notebook's networks to answer on inputs that it has not seen: by name first, then by type."""

from __future__ import annotations

import contextlib
import copy
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from grader.inside import network_places, other_networks, training

Samples = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Inputs *(N, inputs)* and targets *(N,) or (N, outputs)*."""

MOST = 24
"""Networks that are looked at; a notebook that keeps one for each epoch has hundreds."""


@dataclass(frozen=True)
class FoundNetwork:
    """A network: what it is called, where it lies (`trainers[0].net`), and how it was found."""

    name: str
    place: str
    how: str
    model: nn.Module
    predictions: npt.NDArray[np.float64] | None
    error: str


def answer(question: Mapping[str, Any], namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Every network that the question selects, with its build and its answers on the question's inputs.

    `predict` in the question is *(N, inputs) or (N,) float64*; the predictions are *(N,) or (N, outputs) float64*.
    """
    inputs = np.asarray(question["predict"], dtype=np.float64)
    inputs = inputs.reshape(len(inputs), -1)
    own = {key: _samples(question.get(key), namespace) for key in ("held_out", "trained_on")}
    found = list(itertools.islice(select(question, namespace, inputs), MOST))
    return {
        "asked": list(question["names"]),
        "models": [describe(one, inputs, own) for one in found],
        "others": other_networks.answer(question, namespace, inputs, {one.name for one in found}),
    }


def select(
    question: Mapping[str, Any], namespace: Mapping[str, Any], inputs: npt.NDArray[np.float64]
) -> Iterator[FoundNetwork]:
    """The asked names first, wherever they stand; where one is missing or gives no answers, the others by type.

    Each is asked once: a network whose second answer is an error has given its first.
    """
    places = list(network_places.walk(namespace))
    taken: list[nn.Module] = []
    answering = 0
    for name in question["names"]:
        one = network_places.named(name, places)
        if one is not None:
            taken.append(one.value)
            found = FoundNetwork(name, one.place, "by name", one.value, *predict(one.value, inputs))
            answering += found.predictions is not None
            yield found
    if answering >= len(question["names"]):
        return
    for one in network_places.outermost(places):
        if not any(one.value is other for other in taken) and is_made_so(one.value, question):
            found = FoundNetwork(one.place, one.place, "by type", one.value, *predict(one.value, inputs))
            if found.predictions is not None and found.predictions.size == len(inputs) * question["outputs"]:
                answering += 1
                taken.append(one.value)
                yield found
    if answering < len(question["names"]):
        yield from _trained_and_gone(question, [*taken, *(one.value for one in places)], inputs)


def _trained_and_gone(
    question: Mapping[str, Any], known: list[nn.Module], inputs: npt.NDArray[np.float64]
) -> Iterator[FoundNetwork]:
    """Networks that the notebook has trained and no variable leads to, such as those of a function `main`."""
    there = {id(parameter) for module in known for parameter in module.parameters()}
    for number, (_, module, one) in enumerate(training.trained(), start=1):
        if not one.ids.isdisjoint(there) or not is_made_so(module, question):
            continue
        name = f"{type(module).__name__} {number}"
        found = FoundNetwork(name, one.function, "by training", module, *predict(module, inputs))
        if found.predictions is not None and found.predictions.size == len(inputs) * question["outputs"]:
            yield found


def is_made_so(model: nn.Module, question: Mapping[str, Any]) -> bool:
    """Whether a network found by type has the parameters and layers asked for."""
    least, most = question["parameters"]
    count = sum(parameter.numel() for parameter in model.parameters())
    if count == 0 or (least is not None and count < least) or (most is not None and count > most):
        return False
    layers = {type(part).__name__ for part in model.modules()}
    return layers.issuperset(question.get("has", ())) and layers.isdisjoint(question.get("has_not", ()))


_TWO_MODES = {"Dropout", "Dropout1d", "Dropout2d", "AlphaDropout", "BatchNorm1d", "BatchNorm2d"}
"""Layers that answer otherwise while they train."""


def describe(found: FoundNetwork, inputs: npt.NDArray[np.float64], own: Mapping[str, Samples | None]) -> dict[str, Any]:
    """One network's build, its predictions, those of an untrained copy, and those on samples of the notebook's own."""
    model = found.model
    described: dict[str, Any] = {
        "name": found.name[:100],
        "place": found.place[:100],
        "found": found.how,
        "class": type(model).__name__[:100],
        "layers": [type(part).__name__[:100] for part in model.modules() if not list(part.children())][:200],
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "shapes": [list(parameter.shape) for parameter in model.parameters()][:200],
        "predictions": found.predictions,
        "error": found.error,
        "untrained": predict_untrained(model, inputs),
        "answers_flat": answers_flat(model, inputs),
        "activates": activates(model, inputs),
        "held_out": None,
        "left_in_training": model.training and bool({type(part).__name__ for part in model.modules()} & _TWO_MODES),
        "seen": training.seen_inputs(one) if (one := training.of(model)) is not None else None,
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


def forward(
    model: nn.Module,
    inputs: npt.NDArray[np.float64],
    watched: contextlib.AbstractContextManager[Any] = contextlib.nullcontext(),
) -> npt.NDArray[np.float64]:
    """What the network returns, of whatever shape, as float64; its mode is left as it was."""
    mode = model.training
    try:
        model.eval()
        first = next(model.parameters())
        tensor = torch.as_tensor(inputs, dtype=first.dtype, device=first.device)
        with torch.no_grad(), watched:
            outputs = model(tensor)
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


_LINEAR = frozenset(
    """
    linear matmul __matmul__ mm addmm bmm add __add__ __radd__ sub __sub__ __rsub__ neg __neg__ dropout flatten reshape
    view squeeze unsqueeze __getitem__ cat stack float double to type contiguous detach clone t __get__ size dim
    """.split()  # noqa: SIM905  (a list that people read)
)
"""What `forward` may call and stay a linear map. Anything else may be an activation, such as `F.relu`."""


class _Calls(TorchFunctionMode):
    """Notes by name what `forward` calls of torch: also activations that are functions, and no layers."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self.names.add(getattr(function, "__name__", "?"))
        return function(*args, **(kwargs or {}))


def activates(model: nn.Module, inputs: npt.NDArray[np.float64]) -> bool | None:
    """Whether `forward` calls anything that is no linear map; None where that cannot be seen, as of scripted code."""
    calls = _Calls()
    with contextlib.suppress(Exception):  # round a student's code
        forward(model, inputs[:2], calls)
    return bool(calls.names - _LINEAR) if calls.names & {"linear", "matmul", "__matmul__", "mm", "addmm"} else None


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
