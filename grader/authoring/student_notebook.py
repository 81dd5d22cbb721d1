"""The notebook that students get: the solved one without its solutions, hidden tests, outputs and traces of people."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from grader.authoring.solution_marks import CellPlace, answer_here, find_mark, is_marked_whole, without_marked
from grader.authoring.stubs import defined_in, stub_all, stub_marked
from grader.errors import UserError
from grader.files.notebook_ids import read_with_ids

_OPENS = re.compile(r"^\s*#+\s*BEGIN (SOLUTION|TESTS|PROMPT|QUESTION)\b", re.MULTILINE)
_CLOSES = re.compile(r"^\s*#+\s*END (SOLUTION|TESTS|PROMPT|QUESTION)\b", re.MULTILINE)
_SETTINGS = re.compile(r"^\s*#+\s*(?:ASSIGNMENT CONFIG|EXPORT)\b")

_KEPT_OF_CELLS = ("id", "cellView", "collapsed")
"""What a cell's metadata may say to students: the rest are other graders' marks, tags, and who ran it when."""


@dataclass(frozen=True)
class StudentNotebook:
    """What students get, and what of it is theirs to write."""

    content: bytes
    cells: tuple[str, ...]
    """the ids of the code cells that differ from the solved notebook's"""
    texts: tuple[str, ...]
    """the ids of the text cells that students write"""


@dataclass(frozen=True)
class _StudentCell:
    """One cell, as solved and as students get it: None where they do not."""

    cell: NotebookNode
    source: str | None

    @property
    def is_changed(self) -> bool:
        return self.source is not None and self.source.strip() != self.cell.source.strip()


def make_student_notebook(solved: bytes, file: str, functions: Collection[str] = ()) -> StudentNotebook:
    """What students get of this solved notebook; they write what is marked in it, and the `functions` of these names.

    A UserError says where it is no notebook, where a mark has no end, and which function there is not.
    """
    notebook = read_solved(solved, file)
    known = {name for cell in notebook.cells if cell.cell_type == "code" for name in defined_in(cell.source)}
    for name in functions:
        if name not in known:
            there = f"There are: {', '.join(sorted(known))}." if known else "It defines none."
            raise UserError(f"the notebook defines no function `{name}`", where=file, remedy=there)
    made = [*_student_cells(notebook, file, functions)]
    changed = [one for one in made if one.is_changed]
    if not changed:
        raise UserError(
            "nothing in this notebook says what students are to write",
            where=file,
            remedy="Name functions with --functions, or mark solutions: ### BEGIN SOLUTION … ### END SOLUTION.",
        )
    kept = [one for one in made if one.source is not None]
    notebook.cells = [_as_given(one.cell, str(one.source)) for one in kept]
    notebook.metadata = {
        "kernelspec": notebook.metadata.get("kernelspec", {"name": "python3", "display_name": "Python 3"}),
        "language_info": {"name": "python"},
        **({"colab": {"name": "", "toc_visible": True}} if "colab" in notebook.metadata else {}),
        "made_from": hash_source(solved, functions),
    }
    text: str = nbformat.writes(notebook)
    return StudentNotebook(
        f"{text}\n".encode(),
        tuple(one.cell.id for one in changed if one.cell.cell_type == "code"),
        tuple(one.cell.id for one in changed if one.cell.cell_type != "code"),
    )


def hash_source(solved: bytes, functions: Collection[str]) -> str:
    """Of the solved notebook and the functions that are named beside it: what a student's notebook is made from."""
    return hashlib.sha256(b"\0".join([*(name.encode() for name in sorted(functions)), solved])).hexdigest()[:32]


def read_solved(solved: bytes, file: str) -> NotebookNode:
    """The solved notebook, each cell with an id."""
    try:
        return read_with_ids(solved)
    except ValueError as error:
        raise UserError(
            "this is not a notebook, or only a part of one", where=file, remedy="Save it again as .ipynb."
        ) from error


def _student_cells(notebook: NotebookNode, file: str, functions: Collection[str]) -> Iterator[_StudentCell]:
    """Each cell; otter's raw cells begin and end what the cells between them are."""
    inside: list[str] = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "raw":
            closed, opened = _CLOSES.search(cell.source), _OPENS.search(cell.source)
            if closed and closed[1] in inside:
                inside.remove(closed[1])
            if opened:
                inside.append(opened[1])
            is_theirs = closed or opened or _SETTINGS.match(cell.source)
            yield _StudentCell(cell, None if is_theirs else cell.source)
        elif "TESTS" in inside:
            yield _StudentCell(cell, None)
        else:
            place = CellPlace(file, number)
            is_whole = "SOLUTION" in inside and not find_mark(cell.source)
            yield _StudentCell(cell, _student_source(cell, place, functions, is_whole=is_whole))


def _student_source(cell: NotebookNode, place: CellPlace, functions: Collection[str], *, is_whole: bool) -> str | None:
    tags = {str(tag) for tag in cell.metadata.get("tags", ())}
    nbgrader = cell.metadata.get("nbgrader", {})
    is_solution = "solution" in tags or (bool(nbgrader.get("solution")) and not find_mark(cell.source))
    source: str = cell.source
    if "hidden" in tags:
        return None
    if "given" in tags:
        return source
    if cell.cell_type != "code":
        return answer_here() if is_solution or is_whole else without_marked(source, place, is_code=False)
    if is_solution or is_whole or is_marked_whole(source):
        return stub_all(source)
    return without_marked(stub_marked(source, functions), place)


def _as_given(cell: NotebookNode, source: str) -> NotebookNode:
    cell.source = source.strip("\n")
    cell.metadata = {name: cell.metadata[name] for name in _KEPT_OF_CELLS if name in cell.metadata}
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    cell.pop("attachments", None) if cell.cell_type == "code" else None
    return cell
