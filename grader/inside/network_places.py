"""Walks from a notebook's variables to its networks: in lists, dicts, and attributes of its own objects."""

from __future__ import annotations

import re
import types
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

MOST_VALUES = 5_000
"""Values that are looked at: a notebook that keeps a million numbers in lists has its networks near the top."""
MOST_ITEMS = 64
"""Items of one list, dict or object: a network for each epoch is looked at so far."""
DEPTH = 4


@dataclass(frozen=True, eq=False)
class NetworkPlace:
    """A value that is a network, the path to it from a variable, and the names on this path."""

    place: str
    keys: tuple[str, ...]
    """`("trainers", "0", "net")` for `trainers[0].net`"""
    value: nn.Module


def walk(namespace: Mapping[str, Any]) -> Iterator[NetworkPlace]:
    """Every network that variables lead to, each once and nearest first; what holds networks only is walked through."""
    level: list[tuple[str, tuple[str, ...], Any]] = [
        (name, (name,), value) for name, value in list(namespace.items()) if not name.startswith("_")
    ]
    seen: set[int] = set()
    looked = 0
    for _ in range(DEPTH):
        below: list[tuple[str, tuple[str, ...], Any]] = []
        for place, keys, value in level:
            looked += 1
            if looked > MOST_VALUES:
                return
            is_network = isinstance(value, nn.Module) and not only_holds(value)
            if is_network and len(keys) == 1:
                yield NetworkPlace(place, keys, value)  # also a second name of the same network
            elif is_network and id(value) not in seen:
                yield NetworkPlace(place, keys, value)
            if id(value) not in seen:
                seen.add(id(value))
                below += [] if is_network else parts(place, keys, value)
        level = below


def only_holds(module: nn.Module) -> bool:
    """Whether it has no `forward`: a `ModuleList`, a `ModuleDict`, or a trainer that is a Module itself."""
    try:
        return type(module).forward is nn.Module.forward
    except AttributeError:  # a scripted module's class has none that can be looked at
        return False


def parts(place: str, keys: tuple[str, ...], value: Any) -> list[tuple[str, tuple[str, ...], Any]]:
    """What a list, a dict or an object of the notebook's own holds."""
    try:
        return [(place + step, (*keys, key), item) for step, key, item in _items(value)]
    except Exception:  # noqa: BLE001  (round a student's code: its `__iter__`, its properties)
        return []


def _items(value: Any) -> Iterable[tuple[str, str, Any]]:
    if isinstance(value, nn.ModuleList):
        return [(f"[{number}]", str(number), item) for number, item in enumerate(value[:MOST_ITEMS])]
    if isinstance(value, dict | nn.ModuleDict):
        return [(f"[{key!r}]", str(key), item) for key, item in list(value.items())[:MOST_ITEMS]]
    if isinstance(value, list | tuple | set | frozenset):
        return [(f"[{number}]", str(number), item) for number, item in enumerate(list(value)[:MOST_ITEMS])]
    if isinstance(value, nn.Module):
        return [(f".{name}", name, item) for name, item in list(value.named_children())[:MOST_ITEMS]]
    if is_own(value):
        return [(f".{name}", name, item) for name, item in list(vars(value).items())[:MOST_ITEMS]]
    return []


def is_own(value: Any) -> bool:
    """An object of a class that the notebook defines, or a namespace."""
    if isinstance(value, type | types.FunctionType | types.ModuleType) or not hasattr(value, "__dict__"):
        return False
    return type(value).__module__ == "__main__" or isinstance(value, types.SimpleNamespace)


def named(name: str, places: Iterable[NetworkPlace]) -> NetworkPlace | None:
    """The network of this name: the variable's own, the only one that it holds, or that of such a key or attribute."""
    places = list(places)
    for one in places:
        if one.keys == (name,):
            return one
    held = [one for one in places if one.keys[0] == name]
    if len(held) == 1:
        return held[0]
    called = [one for one in places if fold(one.keys[-1]) == fold(name)]
    # `model_1.net` of a trainer that stands under the name in a dict: the name need not come last.
    called = called or [one for one in places if fold(name) in map(fold, one.keys[1:])]
    return called[0] if called and all(one.value is called[0].value for one in called) else None


def fold(name: str) -> str:
    """`Model 1` and `model-1` are `model_1`."""
    return re.sub(r"[\W_]+", "_", name.casefold())


def outermost(places: Iterable[NetworkPlace]) -> list[NetworkPlace]:
    """Each network once, without those that are a part of another.

    What a list or dict holds several of comes first, and by its place there: a loop leaves its last network in a
    variable besides.
    """
    places = list(places)
    held = Counter(one.keys[0] for one in places if len(one.keys) > 1)
    places.sort(key=lambda one: len(one.keys) == 1 or held[one.keys[0]] < 2)
    inner = {id(part) for one in places for part in list(one.value.modules())[1:]}
    kept: dict[int, NetworkPlace] = {}
    for one in places:
        if id(one.value) not in inner:
            kept.setdefault(id(one.value), one)
    return list(kept.values())
