"""What in a notebook for students tells them a solution: marks, hidden tests, code of the reference."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from grader.authoring.solution_marks import find_mark
from grader.errors import UserError
from grader.files.cell_names import read_code
from grader.files.notebook_ids import read_with_ids


@dataclass(frozen=True)
class Leak:
    """One cell, by its number among all, from 1, and what is in it."""

    cell: int
    what: str


def find_leaks(given: bytes, reference: Mapping[str, str], asked: Collection[str]) -> Iterator[Leak]:
    """The cells that tell a solution. `reference` are the sources of its modules, `asked` the names of the probes.

    The reference's code is told where a function that students are asked for stands as the reference has it.
    """
    known = {name: code for source in reference.values() for name, code in _bodies(source).items() if name in asked}
    for number, cell in enumerate(read_with_ids(given).cells, start=1):
        mark = find_mark(cell.source)
        tags = {str(tag) for tag in cell.metadata.get("tags", ())}
        if mark is not None:
            yield Leak(number, f"it is marked as a solution or a hidden test: {mark}")
        elif tags & {"solution", "hidden"}:
            yield Leak(number, f"its tag says that it is not for students: {', '.join(sorted(tags))}")
        elif cell.cell_type == "code":
            same = [name for name, code in _bodies(cell.source).items() if known.get(name) == code]
            if same:
                yield Leak(number, f"`{same[0]}`, which students are asked for, stands there as the reference has it")


def refuse_leaks(given: bytes, file: str, reference: Mapping[str, str], asked: Collection[str]) -> None:
    """A UserError where a solution would go out."""
    for leak in find_leaks(given, reference, asked):
        raise UserError(
            f"this would give students a solution. {leak.what[:1].upper()}{leak.what[1:]}",
            where=f"{file}, cell {leak.cell}",
            remedy="Take it out, or let the notebook be made from the solved one: grader new --help",
        )


def _bodies(source: str) -> dict[str, str]:
    """Each function and class of the text, without docstring, comments and layout."""
    nodes = (one.node for one in read_code(source).statements)
    return {
        node.name: ast.dump(ast.Module(_without_docstring(node), []))
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def _without_docstring(node: ast.FunctionDef | ast.ClassDef) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node) is not None else node.body
