"""The demo class gets the verdicts, and the sentences, that stand beside its notebooks."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

COURSE = Path(__file__).parents[1]
CLASS = COURSE / "tests" / "submissions"
CASES = sorted(path.parent.name for path in CLASS.glob("*/expected.toml"))
CRITERIA = [
    criterion["id"] for criterion in yaml.safe_load((COURSE / "rubrics" / "regression.yaml").read_text())["criteria"]
]


def read_expected(case):
    return tomllib.loads((CLASS / case / "expected.toml").read_text(encoding="utf-8"))


def student_of(case):
    (notebook,) = (CLASS / case).glob("*.ipynb")
    return notebook.stem


@pytest.fixture(scope="session")
def course_in_a_hurry(tmp_path_factory):
    """The course with the demo's short limits, so that an endless loop costs seconds."""
    root = tmp_path_factory.mktemp("course")
    for name in ("course.toml", "reference", "rubrics"):
        (root / name).symlink_to(COURSE / name)
    shutil.copytree(COURSE / "assignments" / "regression", root / "assignments" / "regression")
    limits = tomllib.loads((COURSE / "course.toml").read_text(encoding="utf-8"))["demo"]["limits"]
    path = root / "assignments" / "regression" / "assignment.toml"
    head = path.read_text(encoding="utf-8").split("[limits]")[0]
    path.write_text(head + "[limits]\n" + "".join(f"{name} = {value}\n" for name, value in limits.items()))
    return root


@pytest.fixture(scope="session")
def graded(course_in_a_hurry, tmp_path_factory):
    """What the command that people use says of the whole class, by student."""
    work = tmp_path_factory.mktemp("work")
    places = ["--course", course_in_a_hurry, "--work", work]
    command = [sys.executable, "-m", "grader", *places, "grade", "regression", CLASS, "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, f"some of the class need a person, so the exit code is 1\n{ended.stderr}"
    return {entry["student"]: entry for entry in json.loads(ended.stdout)["students"]}


@pytest.mark.parametrize("case", CASES)
def test_a_submission_gets_the_verdict_that_stands_beside_it(graded, case):
    expected, entry = read_expected(case), graded[student_of(case)]
    low, high = expected["earned"] if isinstance(expected["earned"], list) else [expected["earned"]] * 2
    assert entry["end"] == expected["end"]
    assert entry["needs_review"] == expected["needs_review"]
    assert low - 1e-6 <= entry["earned"] <= high + 1e-6
    assert entry["possible"] == 20


@pytest.mark.parametrize("case", CASES)
def test_each_criterion_has_the_status_and_the_sentence_that_stand_beside_the_submission(graded, case):
    expected = read_expected(case)["findings"]
    found = {finding["criterion"]: finding for finding in graded[student_of(case)]["findings"]}
    statuses = {name: expected.get(name, {"status": "met"})["status"] for name in CRITERIA}
    assert {name: finding["status"] for name, finding in found.items()} == statuses, found
    for name, finding in expected.items():
        assert re.search(finding["because"], found[name]["because"]), (name, found[name]["because"])


def test_the_whole_class_is_graded(graded):
    assert sorted(graded) == sorted(student_of(case) for case in CASES)


def test_expectations_name_criteria_that_the_rubric_has():
    for case in CASES:
        assert set(read_expected(case)["findings"]) <= set(CRITERIA), case


def test_every_case_has_one_notebook_and_its_expectation():
    cases = yaml.safe_load((CLASS / "cases.yaml").read_text(encoding="utf-8"))["cases"]
    assert (
        sorted(cases)
        == CASES
        == sorted(path.name for path in CLASS.iterdir() if path.is_dir() and any(path.glob("*.ipynb")))
    )
    assert {case: plan["student"] for case, plan in cases.items()} == {case: student_of(case) for case in CASES}


def test_the_notebooks_follow_the_template_that_students_get_now():
    """A change of the template calls for `python tests/submissions/make.py`."""
    template = nbformat.read(COURSE / "assignments" / "regression" / "regression.ipynb", as_version=4)
    untouched = nbformat.read(CLASS / "untouched" / "tina.ipynb", as_version=4)
    assert [cell.source for cell in untouched.cells] == [cell.source for cell in template.cells]
