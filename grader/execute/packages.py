"""The packages that a notebook imports, read from its text: what it says of itself while it runs is not asked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbformat import NotebookNode

from grader.files.notebook_file import code_cells
from grader.files.python_source import parse


def imported_packages(notebook: NotebookNode) -> set[str]:
    """The packages that its cells import."""
    return {name for _, cell in code_cells(notebook) for name in imported(cell.source)}


def imported(source: str) -> Iterator[str]:
    """The top-level packages that a cell imports, wherever in it; none where the cell is no Python."""
    for node in _walk(source, word="import"):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def _walk(source: str, *, word: str) -> Iterator[ast.AST]:
    """The parts of a cell's Python, without its magics; none where it is no Python, or has nothing of this word."""
    if word not in source:  # as most cells; to parse them all, and twice, takes milliseconds
        return
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines()]
    try:
        tree = parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from ast.walk(tree)
