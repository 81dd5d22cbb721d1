"""What values of other kinds are as plain data: sets, generators, pictures, sparse arrays, tables, key points.

Nothing is imported for it: a value of a library's is known by the name of its class or by what it can do.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import itertools
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

MOST_BYTES = 1 << 28
"""Of a sparse array written out in full."""

_KEYPOINT = ("pt", "size", "angle", "response", "octave", "class_id")
_MATCH = ("queryIdx", "trainIdx", "imgIdx", "distance")


class TooLargeError(ValueError):
    """Written out in full, it would take more memory than an answer may."""


def plainer(value: Any, most: int) -> Any:
    """The value a step nearer to plain data, or itself where nothing is known of its kind; of items, `most` and one.

    >>> plainer({3, 1, 2}, 10), plainer(fractions.Fraction(1, 4), 10), plainer((n * n for n in range(3)), 10)
    ([1, 2, 3], 0.25, [0, 1, 4])
    """
    for fits, change in _FORMS:
        if fits(value):
            return change(value)
    if isinstance(value, Iterator | Collection) and not isinstance(value, type):
        return list(itertools.islice(value, most + 1))
    return value


def _named(*names: str) -> Callable[[Any], bool]:
    return lambda value: type(value).__name__ in names


def _can(*names: str) -> Callable[[Any], bool]:
    return lambda value: not isinstance(value, type) and all(hasattr(value, name) for name in names)


def _sorted(value: Iterable[Any]) -> list[Any]:
    """In an order that does not change from run to run."""
    items = list(value)
    try:
        return sorted(items)
    except TypeError:
        return sorted(items, key=repr)


def is_sparse(value: Any) -> bool:
    """Whether it is a sparse array of SciPy or tensor of torch."""
    return type(value).__module__.startswith("scipy.sparse") or (
        hasattr(value, "to_dense") and str(getattr(value, "layout", "torch.strided")) != "torch.strided"
    )


def _in_full(value: Any) -> Any:
    """A sparse array or tensor with its zeros."""
    size = int(np.prod([int(side) for side in value.shape], dtype=object)) * 8
    if size > MOST_BYTES:
        raise TooLargeError(f"it is sparse, and has {size >> 20} MiB with its zeros")
    return value.to_dense() if hasattr(value, "to_dense") else value.toarray()


def _columns(value: Any) -> dict[str, Any]:
    return {str(name): value[name].to_numpy() for name in value.columns}


def _fields(names: Iterable[str]) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {name: getattr(value, name) for name in names}


_FORMS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Any]], ...] = (
    (lambda value: isinstance(value, fractions.Fraction | decimal.Decimal), float),
    (lambda value: isinstance(value, set | frozenset), _sorted),
    (lambda value: isinstance(value, bytes | bytearray | memoryview), lambda value: np.frombuffer(value, np.uint8)),
    (lambda value: isinstance(value, enum.Enum), lambda value: value.value),
    (lambda value: isinstance(value, datetime.date | datetime.time), lambda value: value.isoformat()),
    (lambda value: isinstance(value, datetime.timedelta), lambda value: value.total_seconds()),
    (lambda value: isinstance(value, os.PathLike), os.fspath),
    (lambda value: isinstance(value, np.dtype), str),
    (_named("KeyPoint"), _fields(_KEYPOINT)),
    (_named("DMatch"), _fields(_MATCH)),
    (_named("UMat"), lambda value: value.get()),
    (is_sparse, _in_full),
    (lambda value: _named("DataFrame")(value) and _can("columns")(value), _columns),
    (_can("to_numpy"), lambda value: value.to_numpy()),
    (
        lambda value: dataclasses.is_dataclass(value) and not isinstance(value, type),
        lambda value: {field.name: getattr(value, field.name) for field in dataclasses.fields(value)},
    ),
    (lambda value: _can("__array__")(value) or _can("__array_interface__")(value), np.asarray),
)


def plain_items(array: np.ndarray[Any, Any]) -> Any:
    """An array of objects, texts, moments or records as lists; an array that holds numbers all the same as that."""
    if array.dtype.names:
        return {name: array[name] for name in array.dtype.names}
    if array.dtype.kind == "S":
        return np.char.decode(array, "utf-8", "replace").tolist()
    if array.dtype.kind in "mM":
        return array.astype(str).tolist()
    items = array.tolist()
    if array.dtype.kind == "O" and array.size and all(_is_number(item) for item in array.flat):
        return np.array(items, dtype=np.result_type(*{type(item) for item in array.flat}))
    return items


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | float | complex | np.number) or (isinstance(value, int) and abs(value) < 1 << 63)


def plain_key(key: Any) -> Any:
    """What stands for a dict's key: NumPy's numbers as Python's, a tuple of names or numbers as it is written."""
    if isinstance(key, np.generic):
        return key.item()
    if isinstance(key, enum.Enum):
        return key.name
    if key is None or (isinstance(key, tuple) and all(isinstance(part, str | int | float) for part in key)):
        return str(key)
    if isinstance(key, Mapping):
        return key
    return str(key) if isinstance(key, fractions.Fraction | decimal.Decimal | datetime.date | os.PathLike) else key
