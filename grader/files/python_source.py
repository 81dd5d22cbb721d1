"""Parses Python in one thread at a time."""

from __future__ import annotations

import ast
import threading
from typing import Literal, overload

_ONE_AT_A_TIME = threading.RLock()
"""Python 3.11 counts how deep a tree is in one counter for all threads. Two that parse at once end, now and then, with
SystemError: AST constructor recursion depth mismatch (https://github.com/python/cpython/issues/106905)."""


@overload
def parse(source: str, mode: Literal["exec"] = "exec") -> ast.Module: ...
@overload
def parse(source: str, mode: Literal["eval"]) -> ast.Expression: ...
def parse(source: str, mode: str = "exec") -> ast.AST:
    """As `ast.parse`, with its errors: SyntaxError, ValueError, RecursionError, MemoryError."""
    with _ONE_AT_A_TIME:
        return ast.parse(source, mode=mode)


def is_python(source: str) -> bool:
    """Whether it parses; what is too deep or holds a null character raises as `parse` does."""
    try:
        parse(source)
    except SyntaxError:
        return False
    return True
