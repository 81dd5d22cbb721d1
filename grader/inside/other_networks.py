"""Finds what may be a network but is none of torch's: another library's, or one of plain NumPy. A person judges it."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from grader.inside import network_places, plain

MOST = 8
_VALUES = (bool, int, float, complex, str, bytes, type(None), np.ndarray, np.generic, Tensor, type, types.ModuleType)
"""What is surely no network, whatever its name."""
_DOES = ("predict", "fit", "forward", "__call__")


def answer(
    question: Mapping[str, Any], namespace: Mapping[str, Any], inputs: npt.NDArray[np.float64], found: set[str]
) -> list[dict[str, Any]]:
    """What stands under an asked name and is no network of torch; then, where names are missing, what can predict.

    `inputs` is *(N, inputs) float64*; `predictions` in what comes back are *(N,) or (N, outputs) float64*, or None.
    """
    named = [name for name in question["names"] if name not in found and name in namespace]
    others = [_describe(name, namespace[name], inputs) for name in named]
    if len(found) + len(others) < len(question["names"]):
        left = (name for name in _predictors(namespace) if name not in named)
        others += [_describe(name, namespace[name], inputs) for name, _ in zip(left, range(MOST), strict=False)]
    return others


def _predictors(namespace: Mapping[str, Any]) -> Iterator[str]:
    for name, value in list(namespace.items()):
        if name.startswith("_") or isinstance(value, (*_VALUES, types.FunctionType)):
            continue
        does = ("predict", "fit", "forward") if network_places.is_own(value) else ("predict",)
        is_one = any(_has(value, what) for what in does)
        if is_one and not any(network_places.walk({name: value})):
            yield name


def _has(value: Any, what: str) -> bool:
    try:
        return callable(getattr(value, what, None))
    except Exception:  # noqa: BLE001  (round a student's code: its `__getattr__`)
        return False


def _describe(name: str, value: Any, inputs: npt.NDArray[np.float64]) -> dict[str, Any]:
    may_be = not isinstance(value, _VALUES) and (
        any(_has(value, what) for what in _DOES)
        or network_places.is_own(value)
        or (isinstance(value, dict | list | tuple) and len(value) > 0)
    )
    return {
        "name": name[:100],
        "class": type(value).__name__[:100],
        "library": str(type(value).__module__).partition(".")[0][:100],
        "may_be": may_be,
        "predictions": _predict(value, inputs) if may_be else None,
    }


def _predict(value: Any, inputs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    for way in ("predict", "forward", "__call__"):
        if _has(value, way):
            try:
                numbers = plain.as_array(getattr(value, way)(inputs))
            except Exception:  # noqa: BLE001  (round a student's code)
                continue
            if numbers is not None and numbers.dtype.kind in "biuf" and len(np.atleast_1d(numbers)) == len(inputs):
                array = np.array(numbers, dtype=np.float64)
                return array.reshape(len(inputs)) if array.size == len(inputs) else array
    return None
