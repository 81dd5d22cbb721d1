"""Each assignment of the course is proven, and runs on an ordinary kernel once it is solved."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from grader.course import read_course
from grader.verify.verification import read_parts, verify

COURSE = Path(__file__).parents[2]
PROVEN = sorted(path.parent.name for path in COURSE.glob("assignments/*/wrong"))
ALL = [*PROVEN, "regression"]


@pytest.fixture
def prove(work, executor):
    """What `grader verify` tells of an assignment of the course."""
    course = read_course(COURSE)
    return lambda name, mutants: verify(
        course, work, course.assignment(name), executor, most_mutants=mutants, watch=lambda *_: None
    )


@pytest.mark.parametrize("name", PROVEN)
def test_the_rubric_is_proven(prove, name):
    """`make verify` runs all the mutants; here a few show that they are run at all."""
    told = prove(name, mutants=6)
    assert [problem for problem in told.problems if "of the mutants" not in problem] == []
    assert told.mistakes >= 5
    assert told.mutants + told.equivalent == 6


def test_the_solution_of_the_regression_exercise_gets_full_marks_and_its_untouched_notebook_none(prove):
    """Its deliberate mistakes are the demo class's."""
    told = prove("regression", mutants=0)
    assert (told.problems, told.points, told.mutants) == ((), 20, 0)


def run_as_students_do(notebook, folder, monkeypatch, **options):
    """The notebook after all its cells were run on an ordinary kernel, with pictures inline as in Jupyter and Colab."""
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook, timeout=600, startup_timeout=180, kernel_name="python3", resources=resources, **options
    )
    return client.execute()


@pytest.mark.parametrize("name", ALL)
def test_the_solved_notebook_runs_on_an_ordinary_kernel(name, tmp_path, monkeypatch):
    course = read_course(COURSE)
    parts = read_parts(course, course.assignment(name))
    notebook = nbformat.reads(parts.solved_by(parts.modules)().decode(), as_version=4)
    run_as_students_do(notebook, tmp_path, monkeypatch)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ALL)
def test_the_untouched_notebook_stops_nowhere_but_at_what_is_still_to_be_written(name, tmp_path, monkeypatch):
    given = nbformat.reads((read_course(COURSE).assignment(name).given or b"").decode(), as_version=4)
    cells = run_as_students_do(given, tmp_path, monkeypatch, allow_errors=True).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    errors = {cell.id: out.ename for cell in code for out in cell.outputs if out.output_type == "error"}
    assert set(errors.values()) <= {"NotImplementedError"}
    assert not [cell.id for cell in code if cell.id in errors and "TODO" in cell.source], "a cell to complete runs"
    first_to_write = next(place for place, cell in enumerate(code) if "TODO" in cell.source)
    assert first_to_write > 0
    assert not [cell.id for cell in code[:first_to_write] if cell.id in errors]


@pytest.mark.parametrize("name", PROVEN)
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
