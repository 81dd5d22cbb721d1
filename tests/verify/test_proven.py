"""A rubric counts as proven for just the content that `grader verify` passed, and else it is said."""

import subprocess
import sys

import pytest

from grader.course.course import read_course
from grader.verify import explain_unproven


def explain(bench):
    course = read_course(bench.root)
    return explain_unproven(course, course.assignment("doubling"))


def run(bench, *words):
    line = [sys.executable, "-m", "grader", "--course", str(bench.root), *words]
    return subprocess.run(line, capture_output=True, text=True, check=False)


NOT_PROVEN = "The rubric of `doubling` is not proven: grader verify doubling"
CHANGED = "The rubric of `doubling` has changed since it was proven: grader verify doubling"


@pytest.fixture
def proven(bench):
    assert run(bench, "verify", "doubling").returncode == 0
    return bench


def test_a_rubric_is_proven_once_verify_has_passed_with_every_mutant(bench):
    assert explain(bench) == NOT_PROVEN
    assert run(bench, "verify", "doubling", "--mutants", "1").returncode == 0
    assert explain(bench) == NOT_PROVEN
    assert run(bench, "verify", "doubling").returncode == 0
    assert explain(bench) == ""


@pytest.mark.parametrize(
    "path",
    [
        "rubrics/doubling.yaml",
        "reference/doubling.py",
        "reference/steps.py",
        "assignments/doubling/doubling.ipynb",
        "assignments/doubling/wrong/new.yaml",
    ],
)
def test_a_change_of_what_was_proven_is_told(proven, path):
    with (proven.root / path).open("a") as file:
        file.write("\n")
    assert explain(proven) == CHANGED


@pytest.mark.parametrize("path", ["assignments/doubling/assignment.toml", "course.toml"])
def test_a_change_of_a_deadline_leaves_it_proven(proven, path):
    with (proven.root / path).open("a") as file:
        file.write("\n")
    assert explain(proven) == ""


def test_a_verification_with_problems_takes_the_proof_back(proven):
    proven.write_rubric(double={"value": 9})
    assert run(proven, "verify", "doubling").returncode == 1
    assert not (proven.folder / "proven.yaml").exists()


def test_grade_and_release_say_that_a_rubric_is_not_proven(bench):
    (bench.root / "class").mkdir()
    (bench.root / "class" / "ana.ipynb").write_bytes((bench.folder / "doubling.ipynb").read_bytes())
    commands = [
        ("grade", "doubling", str(bench.root / "class")),
        ("release", "doubling", "--out", str(bench.root / "out")),
    ]
    for command in commands:
        assert NOT_PROVEN in run(bench, *command).stdout
    assert run(bench, "verify", "doubling").returncode == 0
    for command in commands:
        assert "proven" not in run(bench, *command).stdout
