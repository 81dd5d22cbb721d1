"""`grader init` makes a course that works as it stands, and shows each thing that a rubric can do first."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

REPOSITORY = Path(__file__).parents[2]


def grader(*arguments, folder):
    """The command, as it is typed in the folder."""
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A new course."""
    folder = tmp_path_factory.mktemp("new") / "my-course"
    told = grader("init", folder, folder=folder.parent)
    assert told.returncode == 0, told.stderr
    assert told.stdout == f"A new course is in {folder}. Try it:\n  cd {folder}\n  grader grade hello submissions\n"
    return folder


@pytest.fixture(scope="module")
def findings(course):
    """student -> criterion -> finding, of the new course's class."""
    told = grader("grade", "hello", "submissions", "--json", folder=course)
    assert told.returncode == 1, f"ana's words wait for a person, so the exit code is 1\n{told.stderr}"
    students = json.loads(told.stdout)["students"]
    return {entry["student"]: {found["criterion"]: found for found in entry["findings"]} for entry in students}


def test_the_right_notebook_gets_all_points_but_those_that_a_person_gives(findings):
    assert {name: found["status"] for name, found in findings["ana"].items()} == {
        "ramp": "met",
        "any-image": "met",
        "flat": "met",
        "bright": "met",
        "words": "unscored",
    }


def test_a_notebook_that_is_right_on_the_public_input_only_loses_what_is_hidden(findings):
    assert {name: found["status"] for name, found in findings["bruno"].items()} == {
        "ramp": "met",
        "any-image": "missed",
        "flat": "missed",
        "bright": "missed",
        "words": "unanswered",
    }


def test_the_hidden_picture_is_each_students_own(course):
    from grader.course.course import read_course
    from grader.execute.probe_questions import make_question

    probe = read_course(course).assignment("hello").rubric.probes["noise"]
    ana, bruno = (make_question("noise", probe, student).content["arguments"]["image"] for student in ("ana", "bruno"))
    assert ana.shape == bruno.shape
    assert (ana != bruno).any()


def test_there_is_a_page_for_the_class_and_one_for_each_student(course, findings):
    pages = course / ".grader" / "reports" / "hello"
    assert sorted(path.name for path in pages.iterdir()) == ["ana.html", "bruno.html", "index.html"]
    page = (pages / "bruno.html").read_text(encoding="utf-8")
    assert "Hello, contrast" in page
    assert findings["bruno"]["bright"]["because"] == "`bright` is 5, but 3 is expected."


def test_a_self_check_leaves_out_what_is_hidden(course):
    told = grader("check", "hello", "submissions/ana.ipynb", "--json", folder=course)
    assert told.returncode == 0, told.stderr
    (entry,) = json.loads(told.stdout)["students"]
    assert [found["criterion"] for found in entry["findings"]] == ["ramp", "bright", "words"]
    assert entry["not_checked"] == 2


def test_the_rubric_is_proved_by_the_solution_and_the_deliberate_mistake_beside_it(course):
    told = grader("verify", "hello", "--mutants", 2, folder=course)
    assert told.returncode == 0, told.stdout


def test_the_reference_keeps_its_own_example(course):
    example = [sys.executable, "-m", "doctest", "hello.py"]
    told = subprocess.run(example, cwd=course / "reference", capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_both_students_filled_in_the_notebook_that_they_were_given():
    template = REPOSITORY / "grader" / "cli" / "course"
    given = nbformat.read(template / "assignments" / "hello" / "hello.ipynb", as_version=4)
    for student in ("ana", "bruno"):
        notebook = nbformat.read(template / "submissions" / f"{student}.ipynb", as_version=4)
        assert [cell.id for cell in notebook.cells] == [cell.id for cell in given.cells]
        same = [cell.id for cell, other in zip(notebook.cells, given.cells, strict=True) if cell.source == other.source]
        assert {"title", "given", "stretch-text", "count-text", "words-text"} <= set(same)


def test_a_folder_that_has_something_in_it_is_not_written_to(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    told = grader("init", tmp_path, folder=tmp_path)
    assert told.returncode == 2
    assert told.stderr == (f"grader: {tmp_path}: the folder is not empty\n  Name a new one.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    told = grader("init", tmp_path / "file" / "course", folder=tmp_path)
    assert told.returncode == 2
    assert told.stderr == (
        f"grader: {tmp_path}/file/course: the course cannot be written there: Not a directory\n"
        "  Choose another folder.\n"
    )


def test_an_installed_package_holds_every_file_that_the_grader_reads():
    package = REPOSITORY / "grader"
    patterns = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"][
        "grader"
    ]
    shipped = {path for pattern in patterns for path in package.glob(pattern)}
    read = {path for path in package.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert read - shipped == set()
    assert (package / "report" / "templates" / "base.html") in shipped
    assert (package / "cli" / "course" / "course.toml") in shipped
