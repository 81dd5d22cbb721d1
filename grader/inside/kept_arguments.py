"""Which arrays a student's code changes in place, though it was only to read them."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

_MOST_BYTES = 1 << 26
"""Of an array that a student's code gave: a copy of more could cost it its memory."""


class KeptArguments:
    """Copies of a question's arguments, and of the arrays that the rubric's code names as it goes on.

    What that code changes itself is left out.
    """

    def __init__(self, arguments: Mapping[str, Any], code: str = "") -> None:
        self._own = set(_changed_parts(ast.parse(code)))
        self._kept: dict[str, tuple[Any, Any]] = {}
        for name, value in arguments.items():
            self._keep(name, value)

    def follow(self, statement: ast.stmt, names: Mapping[str, Any]) -> None:
        """Keep the arrays to which this statement, which has run, has just given names."""
        for name in _stored(statement):
            self._kept.pop(name, None)
            value = names.get(name)
            if type(value) is np.ndarray and value.dtype != object and value.nbytes <= _MOST_BYTES:
                self._keep(name, value)

    def changed(self) -> list[str]:
        """The names of the arrays that are no longer as they were."""
        return [name for name, (value, before) in self._kept.items() if not _is_same(value, before)]

    def _keep(self, name: str, value: Any) -> None:
        if name not in self._own:
            self._kept[name] = value, copy.deepcopy(value)


def _is_same(value: Any, before: Any) -> bool:
    if isinstance(before, dict):
        return value.keys() == before.keys() and all(_is_same(value[key], before[key]) for key in before)
    if isinstance(before, list):
        return len(value) == len(before) and all(map(_is_same, value, before))
    now, then = np.asarray(value), np.asarray(before)
    return now.shape == then.shape and now.dtype == then.dtype and now.tobytes() == then.tobytes()


def _stored(tree: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _changed_parts(tree: ast.AST) -> Iterator[str]:
    """The names of which the code assigns to parts, as in `points[0] = 1`, or which it adds to."""
    for node in ast.walk(tree):
        whole = node.target if isinstance(node, ast.AugAssign) else node
        is_part = isinstance(whole, ast.Subscript | ast.Attribute) and isinstance(whole.ctx, ast.Store)
        while isinstance(whole, ast.Subscript | ast.Attribute):
            whole = whole.value
        if isinstance(whole, ast.Name) and (is_part or isinstance(node, ast.AugAssign)):
            yield whole.id
