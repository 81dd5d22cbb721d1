"""Branches of a notebook that are not taken here: behind an import that is missing, or for a GPU alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.execute.causes import is_importable
from grader.files.cell_names import CellStatement, imports_in, read_code
from grader.model import CauseKind


@dataclass(frozen=True)
class LeftOut:
    """What a statement would have made, had it gone on: its names, and which of them are functions and classes."""

    kind: CauseKind
    what: str
    names: frozenset[str]
    definitions: frozenset[str]


_FOR_A_GPU = re.compile(r"(?:torch\.)?(?:cuda|mps|backends\.mps)\.is_available\(\)")


def find_left_out(statement: CellStatement, *, has_gpu: bool) -> LeftOut | None:
    """The part of a statement that ended well, and yet did not run here; None where all of it did."""
    match statement.node:
        case ast.Try(body=body, handlers=handlers, finalbody=final):
            instead = [line for handler in handlers for line in handler.body] + final
            return _after_import(body, instead)
        case ast.With(items=items, body=body) if any("suppress(" in ast.unparse(item) for item in items):
            return _after_import(body, [])
        case ast.If(test=test, body=body, orelse=instead) if not has_gpu and _FOR_A_GPU.fullmatch(ast.unparse(test)):
            return _left_out("device", ast.unparse(test), body, instead)
    return None


def _after_import(body: Sequence[ast.stmt], instead: Sequence[ast.stmt]) -> LeftOut | None:
    for place, line in enumerate(body):
        # What a function or a class there imports is imported when it is called.
        for one in imports_in(line) if isinstance(line, ast.Import | ast.ImportFrom) else ():
            if not is_importable(one.package):
                return _left_out("package", one.package, body[place + 1 :], instead)
    return None


def _left_out(kind: CauseKind, what: str, lines: Iterable[ast.stmt], instead: Iterable[ast.stmt]) -> LeftOut | None:
    names = _bound(lines := list(lines)) - _bound(instead)
    definitions = {one.name for one in lines if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    return LeftOut(kind, what, names, names & definitions) if names else None


def _bound(lines: Iterable[ast.stmt]) -> frozenset[str]:
    return read_code("\n".join(map(ast.unparse, lines))).binds
