"""The module that a solved notebook holds: its imports, functions and classes, and what these use."""

from __future__ import annotations

from collections.abc import Iterable

from nbformat import NotebookNode

from grader.files.cell_names import CellStatement, read_code


def make_reference(notebook: NotebookNode) -> str:
    """The source of the module. A training that no function uses is left out: the reference is asked, and not shown."""
    statements = [
        statement
        for cell in notebook.cells
        if cell.cell_type == "code"
        for statement in read_code(cell.source).statements
        if statement.node is not None
    ]
    chosen = {one for one in statements if one.is_definition or _imports_something(one)}
    waiting = _used_by(chosen)
    while waiting:
        more = {one for one in statements if one not in chosen and _binds_quietly(one) & waiting}
        chosen |= more
        waiting = _used_by(more)
    return "\n\n".join(one.text for one in statements if one in chosen) + "\n"


def _imports_something(statement: CellStatement) -> bool:
    """An import, also one in a `try` for machines that have not got the package; no magic."""
    return bool(statement.imports) and "get_ipython()" not in statement.text


def _binds_quietly(statement: CellStatement) -> frozenset[str]:
    """What it binds, but for magics, which bind nothing that a function could use."""
    return frozenset() if "get_ipython()" in statement.text else statement.binds


def _used_by(statements: Iterable[CellStatement]) -> set[str]:
    return {name for one in statements for name in one.uses}
