"""The notebooks of the course run on an ordinary kernel, as in Jupyter and in Colab: solved, and untouched."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from grader.course.course import read_course
from grader.verify.bench import read_parts

COURSE = Path(__file__).parents[2]
ALL = [*sorted(path.parent.name for path in COURSE.glob("assignments/*/wrong")), "regression"]


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
