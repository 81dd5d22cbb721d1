"""Reads a course of nbgrader: source/, submitted/ and gradebook.db, by what its documentation says of the formats.

Source: nbgrader.readthedocs.io, "Creating and grading assignments" and "nbgrader metadata".
"""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grader.errors import UserError
from grader.files.notebook_ids import read_with_ids
from grader.files.python_source import parse
from grader.migrate.assertions import (
    Parameters,
    RewrittenTest,
    ask_reference_after,
    parameters_in,
    rewrite_test,
)
from grader.migrate.taken_over import KnownScore, TakenAssignment, TakenCourse, TakenCriterion, name_of

_SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION.*?^[ \t]*### END SOLUTION[^\n]*\n?", re.DOTALL | re.MULTILINE)
_HIDDEN = re.compile(r"^[ \t]*### BEGIN HIDDEN TESTS", re.MULTILINE)
_MARK = re.compile(r"^[ \t]*### (BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)[^\n]*\n?", re.MULTILINE)
_AUTOTEST = re.compile(r"^([ \t]*)#[# \t]*(?:HASHED[ \t]+)?AUTOTEST[ \t]+(.*)$", re.MULTILINE)


def read_nbgrader(root: Path) -> TakenCourse:
    """The course in this folder; a UserError where it has no source/ or a notebook that cannot be read."""
    source = root / "source"
    folders = sorted(path for path in source.iterdir() if any(path.glob("*.ipynb"))) if source.is_dir() else []
    if not folders:
        raise UserError(
            "there is no course of nbgrader: source/ASSIGNMENT/*.ipynb is missing",
            where=str(root),
            remedy="Name the folder that has source/, submitted/ and gradebook.db.",
        )
    names: set[str] = set()
    assignments: list[TakenAssignment] = []
    left_out: list[str] = []
    called: dict[tuple[str, str], str] = {}
    for folder in folders:
        paths = sorted(folder.glob("*.ipynb"))
        for path in paths:
            told = folder.name if len(paths) == 1 else f"{folder.name}-{path.stem}"
            name = called[folder.name, path.stem] = name_of(told, names)
            assignments.append(_read_assignment(root, path, name, told, left_out))
    known = tuple(_known_scores(root / "gradebook.db", called))
    return TakenCourse(root.resolve().name, assignments, known, left_out)


def load_notebook(path: Path) -> NotebookNode:
    """A notebook of a course; a UserError says why there is none."""
    try:
        return read_with_ids(path.read_bytes())
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:  # nbformat has no error of its own
        told = str(error).partition("\n")[0].rstrip(".")
        raise UserError(f"the notebook cannot be read: {told}", where=str(path), remedy="Repair it first.") from error


def _read_assignment(root: Path, path: Path, name: str, title: str, left_out: list[str]) -> TakenAssignment:
    cells = [_NbgraderCell(cell) for cell in load_notebook(path).cells]
    solved = {one.cell.id: _tidy(_MARK.sub("", one.source)) for one in cells if one.is_solution}
    code = [
        solved.get(one.cell.id, one.source)
        for one in cells
        if one.cell.cell_type == "code" and (one.is_solution or not one.is_test)
    ]
    criteria = _criteria_of(path, cells, parameters_in(code), left_out)
    kept = [one.as_given() for one in cells if not one.is_test]
    needs_reference = any(one.test is not None and one.test.needs_reference for one in criteria)
    files = {other.name: other for other in path.parent.iterdir() if other.is_file() and other.suffix != ".ipynb"}
    submitted = root.glob(f"submitted/*/{path.parent.name}/{path.name}")
    return TakenAssignment(
        name=name,
        title=title,
        given=NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(), cells=kept),
        solved_cells=solved,
        reference="\n\n\n".join(map(without_magics, code)) if needs_reference else "",
        criteria=criteria,
        files=files,
        submissions={one.parent.parent.name: one.read_bytes() for one in sorted(submitted)},
    )


def _tidy(source: str) -> str:
    """Without white space at the ends of lines, which keeps YAML from writing it as it is read."""
    return "\n".join(map(str.rstrip, source.splitlines()))


def without_magics(source: str) -> str:
    """The code of a cell for a module, in which IPython's own lines mean nothing."""
    return re.sub(r"^[ \t]*[%!?].*$", "", source, flags=re.MULTILINE).strip("\n")


# ---- cells ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _NbgraderCell:
    """A cell and what nbgrader says of it."""

    cell: NotebookNode
    told: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        told = self.cell.metadata.get("nbgrader")
        object.__setattr__(self, "told", told if isinstance(told, dict) else {})

    @property
    def source(self) -> str:
        return str(self.cell.source)

    @property
    def is_solution(self) -> bool:
        return bool(self.told.get("solution"))

    @property
    def is_by_hand(self) -> bool:
        return bool(self.told.get("task")) or (self.is_solution and bool(self.told.get("grade")))

    @property
    def is_test(self) -> bool:
        """A cell of asserts, which students only read; the rubric holds it from now on."""
        return bool(self.told.get("grade")) and not self.is_solution and self.cell.cell_type == "code"

    def as_given(self) -> NotebookNode:
        """As students get it: without solutions, hidden tests and nbgrader's own metadata."""
        cell = NotebookNode(self.cell)
        cell.metadata = NotebookNode({key: value for key, value in cell.metadata.items() if key != "nbgrader"})
        if self.is_solution:
            cell.source = self._stub()
        if self.told.get("task"):
            cell.source = re.sub(r"=== BEGIN MARK SCHEME ===.*?=== END MARK SCHEME ===", "", self.source, flags=re.S)
        return cell

    def _stub(self) -> str:
        if self.cell.cell_type != "code":
            return "YOUR ANSWER HERE"
        if _SOLUTION.search(self.source):
            return _SOLUTION.sub(r"\1# YOUR CODE HERE\n\1raise NotImplementedError()\n", self.source).rstrip("\n")
        return "# YOUR CODE HERE\nraise NotImplementedError()"


def _criteria_of(
    path: Path, cells: Sequence[_NbgraderCell], parameters: Parameters, left_out: list[str]
) -> list[TakenCriterion]:
    found: list[TakenCriterion] = []
    names: set[str] = set()
    for place, one in enumerate(cells):
        if not (one.is_by_hand or one.told.get("grade")):
            continue
        title = str(one.told.get("grade_id") or f"cell-{place}")
        points = _points(path, title, one.told.get("points", 0))
        test = None
        if one.is_test and not one.is_by_hand:
            if _gives_a_part(one.source):
                left_out.append(f"{path.name}, cell {title}: it gives part of its points; a person decides it now.")
            else:
                test = _test_of(one.source, parameters)
        hidden = _HIDDEN.search(one.source) is not None
        found.append(TakenCriterion(name_of(title, names), title, points, test, is_hidden=hidden))
    return found


def _points(path: Path, title: str, told: Any) -> float:
    try:
        points = float(told)
    except (TypeError, ValueError):
        points = -1.0
    if not 0 <= points < float("inf"):
        raise UserError(
            f"the cell `{title}` has the points `{told}`", where=str(path), remedy="Give it a number of points there."
        )
    return points


def _test_of(source: str, parameters: Parameters) -> RewrittenTest:
    plain = _MARK.sub("", source)
    if not _AUTOTEST.search(plain):
        return rewrite_test(plain.strip("\n"), parameters)

    def asked(line: re.Match[str]) -> str:
        parts = [part.strip() for part in line[2].split(";") if part.strip()]
        return "\n".join(f"{line[1]}answers_ += [str(type({part})), shown_({part})]" for part in parts)

    return ask_reference_after(_AUTOTEST.sub(asked, plain).strip("\n"))


def _gives_a_part(source: str) -> bool:
    """Whether a test ends with an expression whose number nbgrader takes as the points earned."""
    try:
        body = parse(source).body
    except SyntaxError:
        return False
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr):
        return False
    # A call of an assertion or of print gives None, which earns nothing less than all points.
    return not isinstance(last.value, ast.Constant | ast.Call)


# ---- marks ----------------------------------------------------------------------------------------------------------

_SCORES = """
SELECT submitted_assignment.student_id, assignment.name, notebook.name, base_cell.name,
       grade.auto_score, grade.manual_score, grade.extra_credit
FROM grade
JOIN base_cell ON base_cell.id = grade.cell_id
JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN notebook ON notebook.id = submitted_notebook.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN assignment ON assignment.id = submitted_assignment.assignment_id
ORDER BY 1, 2, 3, 4
"""


def _known_scores(path: Path, called: Mapping[tuple[str, str], str]) -> Iterator[KnownScore]:
    """What the gradebook holds of these notebooks; it is opened to be read only."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as gradebook:
            rows = gradebook.execute(_SCORES).fetchall()
    except sqlite3.Error as error:
        raise UserError(
            f"the gradebook cannot be read: {error}",
            where=str(path),
            remedy="Try `nbgrader update DIR`, or take the file away: the course comes over without its marks.",
        ) from error
    for student, assignment, notebook, cell, automatic, manual, extra in rows:
        name = called.get((assignment, notebook))
        score = manual if manual is not None else automatic
        if name is not None and score is not None:
            yield KnownScore(student, name, cell, float(score) + float(extra or 0), by_hand=manual is not None)
