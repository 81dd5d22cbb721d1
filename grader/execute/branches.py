"""Branches of a notebook that are not taken here: behind what is missing, or for a GPU or a file alone."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from grader.execute.causes import DEVICE_USE
from grader.execute.missing_files import READS_FILES
from grader.files.cell_names import CellStatement, imports_in, read_code
from grader.files.importable import is_importable
from grader.model import CauseKind

Node = TypeVar("Node", bound=ast.AST)
BoundBy = Callable[[str], CellStatement | None]
"""The statement that bound a name of the notebook."""


@dataclass(frozen=True)
class LeftOut:
    """What a statement would have done, had it gone on or gone the other way."""

    kind: CauseKind
    what: str
    names: frozenset[str]
    """that it would have made, and does not make here"""
    definitions: frozenset[str]
    """functions and classes among them"""
    altered: frozenset[str] = frozenset()
    """names that are there, and would be something else"""


def find_left_out(statement: CellStatement, bound_by: BoundBy, *, has_gpu: bool) -> LeftOut | None:
    """The part of a statement that ended well, and yet may not have run here; None where all of it did."""
    match statement.node:
        case ast.Try(body=body, handlers=handlers, finalbody=final):
            instead = [line for handler in handlers for line in handler.body] + final
            return (
                _after_import(body, instead)
                or _from("file", body, instead, lambda line: _read_path(line, bound_by))
                or (None if has_gpu else _from("device", body, instead, _used_device))
            )
        case ast.With(items=items, body=body) if any("suppress(" in ast.unparse(item) for item in items):
            return _after_import(body, [])
        case ast.If(test=test, body=body, orelse=orelse):
            return _by_test(_resolved(test, bound_by), ast.unparse(test), body, orelse, has_gpu=has_gpu)
        case ast.For(iter=over, body=body, orelse=orelse):
            return _over_files(_resolved(over, bound_by), body, orelse)
        case ast.Assign(value=ast.IfExp(test=test, body=one, orelse=other), targets=targets) if not has_gpu:
            sides = [[ast.Assign(targets, value, lineno=1)] for value in (one, other)]
            return _by_test(_resolved(test, bound_by), ast.unparse(test), *sides, has_gpu=False)
    return None


# ---- a package that cannot be imported, a file that cannot be read, a GPU -------------------------------------------


def _after_import(body: Sequence[ast.stmt], instead: Sequence[ast.stmt]) -> LeftOut | None:
    for place, line in enumerate(body):
        # What a function or a class there imports is imported when it is called.
        for one in imports_in(line) if isinstance(line, ast.Import | ast.ImportFrom) else ():
            if not is_importable(one.package):
                return _left_out("package", one.package, body[place + 1 :], instead)
    return None


_READS = re.compile(
    READS_FILES.pattern + r"|\b(?:open|load|loadtxt|genfromtxt|read_\w+|fromfile|unpack_archive|ZipFile)\("
)


def _from(
    kind: CauseKind, body: Sequence[ast.stmt], instead: Sequence[ast.stmt], find: Callable[[ast.stmt], str]
) -> LeftOut | None:
    """What a body makes from the first statement on of which `find` names what it lacks."""
    for place, line in enumerate(body):
        if what := find(line):
            return _left_out(kind, what, body[place:], instead)
    return None


def _read_path(line: ast.stmt, bound_by: BoundBy) -> str:
    if not isinstance(line, ast.Assign | ast.AnnAssign | ast.Expr | ast.With):
        return ""
    text = ast.unparse(_resolved(line, bound_by))
    return _path(text) if _READS.search(text) else ""


def _used_device(line: ast.stmt) -> str:
    used = DEVICE_USE.search(ast.unparse(line)) if isinstance(line, ast.Assign | ast.Expr) else None
    return used[0] if used else ""


# ---- a test, a loop -------------------------------------------------------------------------------------------------


_FOR_A_GPU = re.compile(
    r"(?:torch\.)?(?:cuda|mps|backends\.mps)\.is_available\(\)|(?:torch\.)?cuda\.device_count\(\) >=? [01]|"
    r".{0,200}(?:is_available|device).{0,200} == '(?:cuda|mps|gpu)(?::0)?'|'(?:cuda|mps|gpu)' in .{0,200}device.{0,200}"
)
_FOR_A_FILE = re.compile(r"(?:[\w.]*\b(?:exists|isfile|isdir)\(.+\)|.+\.(?:exists|is_file|is_dir)\(\))")


def _by_test(
    test: ast.expr, shown: str, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt], *, has_gpu: bool
) -> LeftOut | None:
    """Of an `if` whose test says no here, and perhaps yes where the student worked.

    `test`: with what its names were bound to in their place. `shown`: as it stands in the notebook.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _by_test(test.operand, shown, orelse, body, has_gpu=has_gpu)
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    for part in parts:
        text = ast.unparse(part)
        if not has_gpu and _FOR_A_GPU.fullmatch(text):
            return _left_out("device", shown, body, orelse, _tuned(body) & _tuned(orelse))
        if _FOR_A_FILE.fullmatch(text) and (path := _path(text)):
            return _left_out("file", path, body, orelse, _bound(body) & _bound(orelse))
    return None


def _over_files(over: ast.expr, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt]) -> LeftOut | None:
    """Of a loop over files that are not here."""
    text = ast.unparse(over)
    path = _path(text) if READS_FILES.search(text) else ""
    if not path:
        return None
    touched = {name for line in body for one in read_code(ast.unparse(line)).statements for name in one.touches}
    return _left_out("file", path, body, orelse, frozenset(touched) | _bound(body))


_HARMLESS = re.compile(r"(?i)device|worker|pin|dtype|amp|fetch|gpu|cuda|block")


def _tuned(lines: Sequence[ast.stmt]) -> frozenset[str]:
    """Names that it binds to plain numbers, such as how long to train; not those that tune only the machine."""
    names = {
        target.id
        for line in lines
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
        if isinstance(line.value.value, int | float)
        for target in line.targets
        if isinstance(target, ast.Name) and not _HARMLESS.search(target.id)
    }
    return frozenset(names)


# ---- what they make -------------------------------------------------------------------------------------------------


def _left_out(
    kind: CauseKind,
    what: str,
    lines: Iterable[ast.stmt],
    instead: Iterable[ast.stmt],
    altered: frozenset[str] = frozenset(),
) -> LeftOut | None:
    names = _bound(lines := list(lines)) - _bound(instead)
    definitions = {one.name for one in lines if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    return LeftOut(kind, what, names, names & definitions, altered) if names | altered else None


def _bound(lines: Iterable[ast.stmt]) -> frozenset[str]:
    return read_code("\n".join(map(ast.unparse, lines))).binds


def _path(text: str) -> str:
    """The first text in it that may be a path; empty where there is none, or it is the folder of the notebook."""
    found = re.findall(r"""["']([^"'\n]{2,300})["']""", text)
    return next((one for one in found if re.search(r"[\w]{2}", one) and not re.match(r"https?:", one)), "")


class _Resolver(ast.NodeTransformer):
    """Puts what a name was bound to in its place, where a simple statement bound it."""

    def __init__(self, bound_by: BoundBy) -> None:
        self.bound_by = bound_by

    def visit_Name(self, node: ast.Name) -> ast.expr:
        one = self.bound_by(node.id) if isinstance(node.ctx, ast.Load) else None
        is_simple = one is not None and isinstance(one.node, ast.Assign) and len(one.node.targets) == 1
        return one.node.value if is_simple else node  # type: ignore[union-attr]


def _resolved(node: Node, bound_by: BoundBy) -> Node:
    resolved: Node = _Resolver(bound_by).visit(copy.deepcopy(node))
    return resolved
