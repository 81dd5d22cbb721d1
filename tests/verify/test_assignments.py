"""Each assignment of the course is proven, and its notebook says what to do."""

from pathlib import Path

import nbformat
import pytest

from grader.course.course import read_course
from grader.verify.verification import verify

COURSE = Path(__file__).parents[2]
PROVEN = sorted(path.parent.name for path in COURSE.glob("assignments/*/wrong"))


@pytest.fixture
def prove(work, executor):
    """What `grader verify` tells of an assignment of the course."""
    course = read_course(COURSE)
    return lambda name, mutants: verify(
        course, work, course.assignment(name), executor, most_mutants=mutants, watch=lambda *_: None
    )


@pytest.mark.parametrize("name", PROVEN)
def test_the_rubric_is_proven(prove, name):
    """`make verify` runs all the mutants; here two show that they are run at all."""
    told = prove(name, mutants=2)
    assert [problem for problem in told.problems if "of the mutants" not in problem] == []
    assert told.mistakes >= 5
    assert sum(tally.mutants + tally.equivalent for tally in told.tallies.values()) == 2


@pytest.mark.parametrize("name", [name for name in PROVEN if name != "regression"])  # its text is the lecture's
def test_what_students_get_is_a_notebook_that_says_what_to_do(name):
    course = read_course(COURSE)
    notebook = nbformat.reads((course.assignment(name).given or b"").decode(), as_version=4)
    nbformat.validate(notebook)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert f"**Points:** {course.assignment(name).rubric.points:g}" in text
    assert "**Time:** about" in text
    assert f"grader check {name} your-notebook.ipynb" in text
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")
    for word in ("wget", "urllib", "requests", "pip install", "gdown"):
        assert word not in text
