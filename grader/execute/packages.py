"""The packages that a notebook imports, read from its text: what it says of itself while it runs is not asked."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator

from nbformat import NotebookNode

from grader.files.notebook_file import code_cells
from grader.inside.brought import SAMPLE_FILES
from grader.inside.colab_packages import is_missing


def imported_packages(notebook: NotebookNode) -> set[str]:
    """The packages that its cells import."""
    return {name for _, cell in code_cells(notebook) for name in imported(cell.source)}


def missing_packages(notebook: NotebookNode, stated: Container[str]) -> tuple[str, ...]:
    """Packages that it imports, that Colab has or the course states, and that are not installed here."""
    return tuple(sorted(name for name in imported_packages(notebook) if is_missing(name, stated)))


def missing_samples(notebook: NotebookNode, brought: Container[str]) -> tuple[str, ...]:
    """Files of Colab's sample_data that it names in its code, and that the assignment does not bring."""
    told = {name for _, cell in code_cells(notebook) for name in samples_in(cell.source)}
    return tuple(sorted(name for name in told if name not in brought))


def samples_in(source: str) -> Iterator[str]:
    """The files of Colab's sample_data that stand in a cell's strings, by their path in /content."""
    for node in _walk(source, word="sample_data"):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (name for name in _SAMPLES if name in node.value)


_SAMPLES = tuple(f"sample_data/{name}" for name in SAMPLE_FILES)


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
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from ast.walk(tree)
