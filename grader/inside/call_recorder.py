"""Notes with which arguments a solved notebook calls its functions, and what came out: plain descriptions, as JSON.

Its source is a cell of the notebook that is recorded, so it imports nothing but what every notebook has.
"""

from __future__ import annotations

import functools
import inspect
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

MOST_CALLS = 12
"""Of each function: later ones are no other kind of call, as a rule."""

MOST_NUMBERS = 64
"""An array of no more is noted number by number."""

MOST_TEXT = 300

GRID = 40
"""So many inputs a network of one input answers on."""


class CallRecorder:
    """What was called, by the function's name."""

    def __init__(self) -> None:
        self.calls: dict[str, list[dict[str, Any]]] = {}
        self.inputs: dict[int, Any] = {}
        self.watches = False

    def watch(self, namespace: dict[str, Any], names: list[str]) -> None:
        """Record these functions from now on, and what networks are called with once there is torch."""
        for name in names:
            function = namespace.get(name)
            if inspect.isfunction(function) and not hasattr(function, "recorded"):
                namespace[name] = self._recorded(name, function)
        torch = sys.modules.get("torch")
        if torch is not None and not self.watches:
            self.watches = True
            torch.nn.modules.module.register_module_forward_pre_hook(self._note_input)

    def tell(self, namespace: dict[str, Any], functions: list[str], variables: list[str]) -> str:
        """All that was seen, as JSON."""
        return json.dumps(
            {
                "calls": {name: self.calls.get(name, []) for name in functions},
                "signatures": {name: self._signature(namespace.get(name)) for name in functions},
                "variables": {name: describe(namespace[name]) for name in variables if name in namespace},
                "networks": {
                    name: self._network(namespace[name]) for name in variables if _is_network(namespace, name)
                },
            }
        )

    def _recorded(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)
        kept = self.calls.setdefault(name, [])

        @functools.wraps(function)
        def called(*arguments: Any, **named: Any) -> Any:
            if len(kept) >= MOST_CALLS:
                return function(*arguments, **named)
            bound = signature.bind(*arguments, **named).arguments
            noted: dict[str, Any] = {"arguments": {key: describe(value) for key, value in bound.items()}}
            try:
                result = function(*arguments, **named)
            except Exception as error:
                noted["raises"] = type(error).__name__
                raise
            else:
                noted["result"] = describe(result)
            finally:
                if noted not in kept and len(kept) < MOST_CALLS:
                    kept.append(noted)
            return result

        called.recorded = True  # type: ignore[attr-defined]
        return called

    def _signature(self, function: Any) -> list[list[Any]]:
        """Each parameter's name, its kind, and its default value where there is a plain one."""
        if not inspect.isfunction(function):
            return []
        return [
            [one.name, one.kind.name, describe(one.default) if one.default is not one.empty else None]
            for one in inspect.signature(function).parameters.values()
        ]

    def _note_input(self, network: Any, inputs: tuple[Any, ...]) -> None:
        if id(network) not in self.inputs and len(inputs) == 1:
            self.inputs[id(network)] = describe(inputs[0])

    def _network(self, network: Any) -> dict[str, Any]:
        layers = {type(one).__name__ for one in network.modules() if not list(one.children())}
        inputs = self.inputs.get(id(network))
        told = {"layers": sorted(layers), "inputs": inputs}
        if inputs and inputs.get("finite") and len(inputs["shape"]) == 2 and inputs["shape"][1] == 1:
            told["grid"] = [inputs["low"], inputs["high"], GRID]
            told["predictions"] = _predictions(network, inputs["low"], inputs["high"])
        return told


def _predictions(network: Any, low: float, high: float) -> list[Any]:
    """What a network of one input answers on evenly spaced ones; empty where it gives no answer."""
    torch = sys.modules["torch"]
    was_training = network.training
    try:
        network.eval()
        with torch.no_grad():
            return list(network(torch.linspace(low, high, GRID).reshape(-1, 1)).flatten().tolist())
    except Exception:  # noqa: BLE001  whatever a network cannot do, there is nothing to draft from it
        return []
    finally:
        network.train(was_training)


def _is_network(namespace: dict[str, Any], name: str) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(namespace.get(name), torch.nn.Module)


def describe(value: Any) -> dict[str, Any]:
    """What kind of value it is; itself where it is plain and short."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return {**_array(value.detach().cpu().numpy()), "kind": "tensor"}
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        value = value.item()
    if _is_plain(value) and len(json.dumps(value)) <= MOST_NUMBERS * 8:
        return {"kind": "plain", "value": value, "is_tuple": isinstance(value, tuple)}
    return {"kind": "other", "type": type(value).__name__}


def _array(array: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": "array", "dtype": array.dtype.name, "shape": list(array.shape)}
    if array.dtype.kind not in "fiub" or array.size == 0:
        return told
    numbers = array.astype(np.float64)
    told["finite"] = bool(np.isfinite(numbers).all())
    if told["finite"]:
        told |= {"low": float(numbers.min()), "high": float(numbers.max())}
        told["whole"] = bool((numbers == np.round(numbers)).all())
        if array.ndim >= 2 and array.shape[-1] <= 4:
            columns = numbers.reshape(-1, array.shape[-1])
            told |= {"lows": columns.min(0).tolist(), "highs": columns.max(0).tolist()}
        if array.size <= MOST_NUMBERS:
            told["value"] = array.tolist()
    return told


def _is_plain(value: Any, depth: int = 0) -> bool:
    if value is None or isinstance(value, bool | int):
        return True
    if isinstance(value, float):
        return value - value == 0  # neither NaN nor infinite
    if isinstance(value, str):
        return len(value) <= MOST_TEXT
    if isinstance(value, list | tuple) and depth < 4:
        return len(value) <= MOST_NUMBERS and all(_is_plain(one, depth + 1) for one in value)
    if isinstance(value, dict) and depth < 4:
        return all(isinstance(key, str) and _is_plain(one, depth + 1) for key, one in value.items())
    return False
