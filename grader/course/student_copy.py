"""Keeps the notebook that students get as the solved one says; what was changed in it by hand is not overwritten."""

from __future__ import annotations

import hashlib
import json

from grader.authoring import StudentNotebook, make_student_notebook
from grader.authoring.student_notebook import read_solved
from grader.course.course import Assignment
from grader.course.reference_code import SOLVED
from grader.errors import UserError
from grader.files.durable import write_file


def make_notebook_of(assignment: Assignment) -> StudentNotebook | None:
    """What students get by the solved notebook; None where the assignment has none."""
    solved = assignment.solved
    if solved is None:
        return None
    return make_student_notebook(solved, str(assignment.folder / SOLVED), assignment.file.functions)


def refresh_notebook(assignment: Assignment, *, again: bool = False) -> bool:
    """Make the students' notebook anew where it is not of this solved one; whether it was.

    A notebook that was changed by hand is overwritten only `again`; else a UserError says where the change belongs.
    """
    made = make_notebook_of(assignment)
    if made is None:
        return False
    if assignment.file.notebook is None:
        raise UserError(
            f"there is a {SOLVED}, and no name for the notebook that students get",
            where=str(assignment.folder / "assignment.toml"),
            remedy=f'Name it there: notebook = "{assignment.name}.ipynb".',
        )
    path = assignment.folder / assignment.file.notebook
    if path.exists():
        found, wanted = (read_solved(content, str(path)) for content in (path.read_bytes(), made.content))
        if _hash_cells(found.cells) == _hash_cells(wanted.cells):
            return False
        if not again and found.metadata.get("made_from") and found.metadata.get("made") != _hash_cells(found.cells):
            raise UserError(
                f"it was changed by hand, and is made from {SOLVED}",
                where=str(path),
                remedy=f"Make the change in {SOLVED}. Then give: grader new {assignment.name} --again",
            )
    tree = json.loads(made.content)
    tree["metadata"]["made"] = _hash_cells(read_solved(made.content, str(path)).cells)
    write_file(path, json.dumps(tree, indent=1, ensure_ascii=False) + "\n")
    return True


def _hash_cells(cells: object) -> str:
    """Of what the cells say: an editor that saves a notebook changes much else."""
    told = json.dumps([[cell["cell_type"], cell["source"]] for cell in cells])  # type: ignore[attr-defined]
    return hashlib.sha256(told.encode()).hexdigest()[:32]
