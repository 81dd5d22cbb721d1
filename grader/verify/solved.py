"""The given notebook, solved: its functions come from the reference, which travels in a cell in front of the others."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.files.notebook_ids import read_with_ids
from grader.files.python_source import is_python, parse
from grader.verify.modules import Modules, cells_behind, home_of, names_in

_CARRIER = """\
# The modules of the reference, so that the cells below can import from them without a file.
import sys
import types

sources = {sources!r}
sys.modules["reference"] = types.ModuleType("reference")
for name, source in sources.items():
    module = types.ModuleType("reference." + name)
    sys.modules[module.__name__] = module
    exec(compile(source, "reference/" + name + ".py", "exec"), vars(module))
"""


@dataclass(frozen=True)
class _Definition:
    """A function or class of a cell: its lines, and whether the student is to write it."""

    name: str
    lines: slice
    is_left: bool


def functions_of(given: bytes, except_in: Collection[str] = ()) -> tuple[list[str], list[str]]:
    """The functions and classes that the given notebook leaves to its student, and those that it gives complete.

    Cells of the ids `except_in` are left out.
    """
    cells = [cell for cell in read_with_ids(given).cells if cell.get("id") not in except_in]
    found = [definition for cell in cells for definition in _definitions_in(cell)]
    left = [definition.name for definition in found if definition.is_left]
    return left, [definition.name for definition in found if not definition.is_left]


def changed_cells(solved: bytes, given: bytes) -> dict[str, str]:
    """The cells of the solved notebook, by their ids, that students get otherwise."""
    theirs = {cell.id: cell.source for cell in read_with_ids(given).cells}
    return {
        cell.id: cell.source
        for cell in read_with_ids(solved).cells
        if cell.id in theirs and cell.source.strip() != theirs[cell.id].strip()
    }


def code_in(given: bytes, cells: Mapping[str, str]) -> dict[str, str]:
    """Those of the solved cells, by their ids, that are code in the notebook."""
    found = read_with_ids(given).cells
    return {cell.id: cells[cell.id] for cell in found if cell.cell_type == "code" and cell.get("id") in cells}


def solve(given: bytes, modules: Modules, cells: Mapping[str, str]) -> bytes:
    """The notebook with what is left to write imported from the reference, and `cells`, by their ids, replaced."""
    notebook = read_with_ids(given)
    for cell in notebook.cells:
        cell.source = cells[cell.id] if cell.get("id") in cells else _filled_in(cell, modules)
    if modules:
        notebook.cells.insert(0, new_code_cell(_CARRIER.format(sources=dict(modules)), id="reference"))
    text: str = nbformat.writes(notebook)
    return text.encode()


def without_displays(notebook: bytes, asked: Collection[str]) -> bytes:
    """The notebook without the cells that bind nothing on which these names may depend."""
    found = read_with_ids(notebook)
    sources = {cell.id: cell.source for cell in found.cells if cell.cell_type == "code"}
    needed = {id_: source for id_, source in sources.items() if _defines(source)}
    used = {name for source in needed.values() for name in names_in(parse(source))}
    needed |= cells_behind({*asked, *used}, {id_: source for id_, source in sources.items() if is_python(source)})
    found.cells = [cell for cell in found.cells if cell.cell_type != "code" or cell.id in needed]
    text: str = nbformat.writes(found)
    return text.encode()


def _defines(source: str) -> bool:
    """Whether a cell imports or defines something."""
    made = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    return is_python(source) and any(isinstance(statement, made) for statement in parse(source).body)


def _filled_in(cell: NotebookNode, modules: Modules) -> str:
    """The cell's source with an import in place of each function that is left and that the reference has."""
    lines: list[str] = cell.source.splitlines()
    for definition in reversed(_definitions_in(cell)):
        home = home_of(modules, definition.name)
        if home is not None and definition.is_left:
            lines[definition.lines] = [f"from reference.{home} import {definition.name}"]
    return "\n".join(lines)


def _definitions_in(cell: NotebookNode) -> list[_Definition]:
    if cell.cell_type != "code":
        return []
    try:
        body = parse(cell.source).body
    except SyntaxError:
        return []  # a cell of `%magic` or of unfinished code: it holds no function of ours
    lines = cell.source.splitlines()
    starts = [*(_first_line(statement) for statement in body), len(lines) + 1]
    found = []
    for statement, start, end in zip(body, starts, starts[1:], strict=False):
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            # Up to the next statement: a comment may be all that stands below a docstring.
            text = "\n".join(lines[start - 1 : end - 1])
            is_left = "TODO" in text or "NotImplementedError" in text
            found.append(_Definition(statement.name, slice(start - 1, statement.end_lineno), is_left))
    return found


def _first_line(statement: ast.stmt) -> int:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.decorator_list:
        return statement.decorator_list[0].lineno
    return statement.lineno
