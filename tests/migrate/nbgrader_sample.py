"""Writes a small course in nbgrader's format, with the scores that nbgrader itself gave."""

import sqlite3
from contextlib import closing

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def cell(source, grade_id, *, kind="code", **told):
    """A cell with nbgrader's metadata."""
    make = new_code_cell if kind == "code" else new_markdown_cell
    told = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "grade_id": grade_id, **told}
    return make(source, metadata={"nbgrader": told})


SOLUTION = """def squares(n):
    ### BEGIN SOLUTION
    if n < 1:
        raise ValueError(n)
    return [i ** 2 for i in range(1, n + 1)]
    ### END SOLUTION"""

TESTS = {
    "list": (2, "assert squares(1) == [1]\nassert squares(3) == [1, 4, 9]"),
    "refuses": (1, "try:\n    squares(0)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('no error')"),
    "unseen": (1, "### BEGIN HIDDEN TESTS\nassert len(squares(7)) == 7\n### END HIDDEN TESTS"),
    "loop": (0.5, "for n in range(1, 5):\n    assert sum(squares(n)) == n * (n + 1) * (2 * n + 1) // 6"),
    "auto": (0.5, "### AUTOTEST squares(2); sum(squares(2))"),
}

STUDENTS = {
    "ana": "    if n < 1:\n        raise ValueError(n)\n    return [i * i for i in range(1, n + 1)]",
    "bruno": "    return [i * i for i in range(1, n + 1)]",
    "carla": "    if n < 1:\n        raise ValueError(n)\n    return tuple(i * i for i in range(1, n + 1))",
    "dora": "    return [i * i for i in range(n)]",
}

SCORES = {
    "ana": {"list": 2, "refuses": 1, "unseen": 1, "loop": 0.5, "auto": 0.5},
    "bruno": {"list": 2, "refuses": 0, "unseen": 1, "loop": 0.5, "auto": 0.5},
    "carla": {"list": 0, "refuses": 1, "unseen": 1, "loop": 0.5, "auto": 0},
    "dora": {"list": 0, "refuses": 0, "unseen": 1, "loop": 0, "auto": 0},
}
"""By nbgrader 0.9.6, on these cells."""


def write_nbgrader_course(root, scores=SCORES):
    """source/, submitted/ and gradebook.db of one assignment, `ps1`."""
    tests = [cell(source, name, grade=True, locked=True, points=points) for name, (points, source) in TESTS.items()]
    words = cell("It squares.", "words", kind="markdown", grade=True, solution=True, points=3)
    source = new_notebook(cells=[cell(SOLUTION, "squares", solution=True), *tests, words])
    _write(root / "source/ps1/ps1.ipynb", source)
    for student, body in STUDENTS.items():
        work = new_notebook(cells=[new_code_cell(f"def squares(n):\n{body}"), new_markdown_cell("Squares.")])
        _write(root / "submitted" / student / "ps1/ps1.ipynb", work)
    with closing(sqlite3.connect(root / "gradebook.db")) as gradebook, gradebook:
        gradebook.executescript(TABLES)
        for student, marks in scores.items():
            gradebook.execute("INSERT INTO submitted_assignment VALUES (?, 'a', ?)", (student, student))
            gradebook.execute("INSERT INTO submitted_notebook VALUES (?, ?, 'n')", (student, student))
            for name, score in marks.items():
                gradebook.execute("INSERT OR IGNORE INTO base_cell VALUES (?, ?, 'n')", (name, name))
                gradebook.execute("INSERT INTO grade VALUES (?, ?, ?, NULL, NULL)", (student, name, score))
    return root


def _write(path, notebook):
    path.parent.mkdir(parents=True)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


TABLES = """
CREATE TABLE assignment (id TEXT, name TEXT);
CREATE TABLE notebook (id TEXT, name TEXT, assignment_id TEXT);
CREATE TABLE submitted_assignment (id TEXT, assignment_id TEXT, student_id TEXT);
CREATE TABLE submitted_notebook (id TEXT, assignment_id TEXT, notebook_id TEXT);
CREATE TABLE base_cell (id TEXT PRIMARY KEY, name TEXT, notebook_id TEXT);
CREATE TABLE grade (notebook_id TEXT, cell_id TEXT, auto_score FLOAT, manual_score FLOAT, extra_credit FLOAT);
INSERT INTO assignment VALUES ('a', 'ps1');
INSERT INTO notebook VALUES ('n', 'ps1', 'a');
"""
"""Those columns of nbgrader's gradebook that say who got what."""
