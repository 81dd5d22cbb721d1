"""The given notebook, solved: its functions come from the reference, which travels in a cell in front of the others."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.notebook import read_notebook
from grader.verify.modules import Modules, home_of

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


def functions_to_write(given: bytes, modules: Modules) -> dict[str, str]:
    """What the given notebook leaves to its student and the reference has: function or class -> module."""
    homes: dict[str, str] = {}
    for cell in read_notebook(given).cells:
        for statement in _definitions_in(cell):
            home = home_of(modules, statement.name)
            if home is not None:
                homes[statement.name] = home
    return homes


def solve(given: bytes, modules: Modules, cells: Mapping[str, str]) -> bytes:
    """The notebook with each such function imported from the reference, and `cells` (by id) in place of the given."""
    notebook = nbformat.reads(given.decode(), as_version=4)
    for cell in notebook.cells:
        cell.source = cells[cell.id] if cell.get("id") in cells else _filled_in(cell, modules)
    if modules:
        notebook.cells.insert(0, new_code_cell(_CARRIER.format(sources=dict(modules)), id="reference"))
    return written(notebook)


def written(notebook: NotebookNode) -> bytes:
    """The notebook's file."""
    text: str = nbformat.writes(notebook)
    return text.encode()


def _filled_in(cell: NotebookNode, modules: Modules) -> str:
    """The cell's source with an import in place of each function that the reference has."""
    lines: list[str] = cell.source.splitlines()
    for statement in reversed(_definitions_in(cell)):
        home = home_of(modules, statement.name)
        if home is not None:
            first = min([statement.lineno, *(decorator.lineno for decorator in statement.decorator_list)])
            lines[first - 1 : statement.end_lineno] = [f"from reference.{home} import {statement.name}"]
    return "\n".join(lines)


def _definitions_in(cell: NotebookNode) -> list[ast.FunctionDef | ast.ClassDef]:
    if cell.cell_type != "code":
        return []
    try:
        body = ast.parse(cell.source).body
    except SyntaxError:
        return []  # a cell of `%magic` or of unfinished code: it holds no function of ours
    return [statement for statement in body if isinstance(statement, ast.FunctionDef | ast.ClassDef)]
