"""Mutants: the reference with one mistake in it, of the kinds that students make.

*Syntactic* ones are slips: an operator, a sign, a constant off by one, an axis, swapped arguments or coordinates, a
missing transpose, a missing call (no square root, no normalisation, no activation), a border handled otherwise.
*Semantic* ones are misunderstandings (`misunderstandings.py`). Either is made in the text, so that all other lines stay
as they are and the difference is one that a person can read. Docstrings, annotations, types of numbers and the words of
errors are left alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from grader.course.reference_code import SOLVED
from grader.files.python_source import is_python, parse
from grader.verify.misunderstandings import Edit, misunderstandings
from grader.verify.modules import Modules, definitions
from grader.verify.slips import Place, places, slips

OF_CELLS = {"solution.yaml", SOLVED}
"""One of these stands as the module of a mutant of a cell; its function is the cell's id."""

Kind = Literal["syntactic", "semantic"]


@dataclass(frozen=True)
class Mutant:
    """One mistake: where it is, and the source of the module or cell with it."""

    module: str
    function: str
    line: int
    was: str
    becomes: str
    source: str
    kind: Kind = "syntactic"

    @property
    def is_of_cell(self) -> bool:
        """Whether it is a cell's mistake and not one of a function of the reference."""
        return self.module in OF_CELLS

    @property
    def diff(self) -> str:
        """The mistake as people read it."""
        file = self.module if self.is_of_cell else f"{self.module}.py"
        lines = [f"--- {file}, line {self.line}, in `{self.function}`"]
        for mark, text in (("-", self.was), ("+", self.becomes)):
            lines += [f"{mark}{line}" for line in text.splitlines()]
        return "\n".join(lines)


def make_mutants(
    modules: Modules, wanted: Iterable[tuple[str, str]], asked: Collection[str] | None = None
) -> Iterator[Mutant]:
    """Every mutant of these (module, definition), in the order of the text; all are `asked` for where that is None."""
    for module, name in sorted(wanted):
        source = modules[module]
        definition = definitions(source)[name]
        yield from _mutants_of(module, name, source, [definition])
        if isinstance(definition, ast.FunctionDef):
            is_asked = asked is None or name in asked
            yield from _misunderstood(module, source, definition, is_asked=is_asked)


def make_cell_mutants(cells: Mapping[str, str]) -> Iterator[Mutant]:
    """Every mutant of these code cells of solution.yaml, by their ids."""
    for name, source in cells.items():
        yield from _mutants_of("solution.yaml", name, source, parse(source).body)


def make_solved_mutants(cells: Mapping[str, str], given: Mapping[str, str], asked: Collection[str]) -> Iterator[Mutant]:
    """Every mutant of what students write in these code cells of a solved notebook; they were `given` the rest."""
    for name, source in cells.items():
        theirs = {ast.dump(statement) for statement in parse(given[name]).body} if is_python(given[name]) else set()
        own = [statement for statement in parse(source).body if ast.dump(statement) not in theirs]
        yield from _mutants_of(SOLVED, name, source, own)
        for statement in own:
            if isinstance(statement, ast.FunctionDef):
                misunderstood = _misunderstood(SOLVED, source, statement, is_asked=statement.name in asked)
                yield from (replace(mutant, function=name) for mutant in misunderstood)


def _mutants_of(module: str, name: str, source: str, statements: Iterable[ast.stmt]) -> Iterator[Mutant]:
    seen = {source}
    lines = source.encode().splitlines(keepends=True)
    for node, parent in (place for statement in statements for place in places(statement)):
        for other in slips(node, parent):
            before, after = _around(lines, node)
            in_brackets = before.endswith(b"(") and after.startswith(b")")
            change = _replaced(lines, node, _text_of(other, None if in_brackets else parent))
            yield from _unless_seen(_with(lines, [change], module, name, "syntactic"), seen)


def _misunderstood(module: str, source: str, function: ast.FunctionDef, *, is_asked: bool) -> Iterator[Mutant]:
    seen = {source}
    lines = source.encode().splitlines(keepends=True)
    for edits in misunderstandings(function, is_asked=is_asked):
        if all(_starts_its_line(lines, edit.node) for edit in edits if isinstance(edit.node, ast.stmt)):
            changes = [_inserted(lines, one) if one.inserted else _replaced(lines, one.node, one.text) for one in edits]
            yield from _unless_seen(_with(lines, changes, module, function.name, "semantic"), seen)


@dataclass(frozen=True, order=True)
class _Change:
    """Lines in the place of those from `first`, from 0, up to `end`, which stays."""

    first: int
    end: int
    text: bytes


def _around(lines: list[bytes], node: Place) -> tuple[bytes, bytes]:
    """What stands before and behind the node in its lines. Columns count bytes of UTF-8: there are Greek letters."""
    assert node.end_lineno is not None
    return lines[node.lineno - 1][: node.col_offset], lines[node.end_lineno - 1][node.end_col_offset :]


def _replaced(lines: list[bytes], node: Place, text: str) -> _Change:
    assert node.end_lineno is not None
    before, after = _around(lines, node)
    indented = text.replace("\n", "\n" + " " * node.col_offset)
    return _Change(node.lineno - 1, node.end_lineno, before + indented.encode() + after)


def _inserted(lines: list[bytes], edit: Edit) -> _Change:
    before, _ = _around(lines, edit.node)
    text = "".join(f"{before.decode()}{line}\n" for line in edit.text.splitlines())
    return _Change(edit.node.lineno - 1, edit.node.lineno - 1, text.encode())


def _starts_its_line(lines: list[bytes], node: Place) -> bool:
    return not _around(lines, node)[0].strip()


def _with(lines: list[bytes], changes: list[_Change], module: str, name: str, kind: Kind) -> Mutant:
    in_order = sorted(changes)
    was = b"".join(line for change in in_order for line in lines[change.first : change.end])
    changed = [*lines]
    for change in reversed(in_order):
        changed[change.first : change.end] = [change.text]
    becomes = b"".join(change.text for change in in_order)
    line = in_order[0].first + 1
    return Mutant(module, name, line, was.decode(), becomes.decode(), b"".join(changed).decode(), kind)


def _unless_seen(mutant: Mutant, seen: set[str]) -> Iterator[Mutant]:
    if mutant.source not in seen and is_python(mutant.source):
        seen.add(mutant.source)
        yield mutant


def _text_of(node: ast.AST, parent: ast.AST | None) -> str:
    """The node as text that binds as it should inside its parent."""
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))
    if isinstance(node, ast.Tuple) and isinstance(parent, ast.Subscript):
        return text[1:-1]
    operation = isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare | ast.UnaryOp)
    return f"({text})" if operation and isinstance(parent, ast.expr) and not isinstance(parent, ast.Call) else text
