"""A course of otter comes over with one command, and its old marks are set beside ours."""

import json
import subprocess
import sys

import nbformat
import pytest
import yaml

from tests.migrate.otter_sample import write_otter_course

OK = """test = {"name": "double", "points": 2, "suites": [{"type": "doctest", "cases": [
    {"code": ">>> double(2)\\n4", "hidden": False},
    {"code": ">>> double(-2)\\n-4", "hidden": True},
]}]}
"""

FUNCTIONS = """from otter.test_files import test_case
OK_FORMAT = False
name = "half"
points = 1

@test_case(points=None, hidden=False)
def test_half(half):
    assert half(4) == 2
"""


def migrate(*arguments):
    command = [sys.executable, "-m", "grader", "migrate", "otter", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def write_tests(folder, **files):
    """A notebook beside tests/."""
    (folder / "tests").mkdir(parents=True)
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("def double(x): ...")]), folder / "a.ipynb"
    )
    for name, content in files.items():
        (folder / f"tests/{name}.py").write_text(content)
    return folder


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """The new course, and how the command ended."""
    folder = tmp_path_factory.mktemp("migrate")
    write_otter_course(folder / "old")
    ended = migrate(folder / "old", "--to", folder / "new")
    return folder / "new", ended


def test_every_old_mark_but_that_of_a_value_with_another_text_is_given_again(migrated):
    course, ended = migrated
    told = json.loads((course / "parity.json").read_text())
    (other,) = [one for one in told["all"] if not one["equal"]]
    assert ended.returncode == 1, ended.stderr
    assert "11 of 12 verdicts are equal" in ended.stdout
    assert (other["student"], other["test"]) == ("carla", "square")
    assert "in which 9 and 9.0 differ" in other["right"]


def test_the_rubric_has_a_criterion_for_each_case_with_its_share_of_the_points(migrated):
    rubric = yaml.safe_load((migrated[0] / "rubrics/hw1.yaml").read_text())
    assert rubric["points"] == 8
    assert rubric["probes"]["square-1"] == {"call": "square", "with": {"x": 3}}
    assert rubric["probes"]["square-2"]["hidden"]
    assert [one["points"] for one in rubric["criteria"]] == [1, 1, 1, 1, 1, 1, 2]
    assert "person" in rubric["criteria"][-1]["expect"]


def test_the_solved_notebook_gets_all_points(migrated):
    command = [sys.executable, "-m", "grader", "--course", str(migrated[0]), "verify", "hw1", "--mutants", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_files_in_tests_come_over_in_both_forms(tmp_path):
    write_tests(tmp_path / "old", double=OK, half=FUNCTIONS)
    ended = migrate(tmp_path / "old", "--to", tmp_path / "new")
    assert ended.returncode == 0, ended.stderr
    rubric = yaml.safe_load((tmp_path / "new/rubrics/a.yaml").read_text())
    assert rubric["points"] == 3
    assert rubric["probes"]["double-2"] == {"call": "double", "with": {"x": -2}, "hidden": True}
    assert rubric["probes"]["half"] == {"evaluate": "half(4)"}


def test_a_question_that_is_all_or_nothing_is_one_criterion(tmp_path):
    write_tests(tmp_path / "old", double=OK.replace('"points": 2', '"points": 2, "all_or_nothing": True'))
    ended = migrate(tmp_path / "old", "--to", tmp_path / "new")
    assert ended.returncode == 0, ended.stderr
    rubric = yaml.safe_load((tmp_path / "new/rubrics/a.yaml").read_text())
    assert [(one["id"], one["points"]) for one in rubric["criteria"]] == [("double", 2)]
    assert ">>> double(2)" in rubric["probes"]["double"]["evaluate"]
    assert ">>> double(-2)" in rubric["probes"]["double"]["evaluate"]


def test_a_submission_loses_its_calls_of_otter_and_nothing_else(tmp_path):
    old = write_tests(tmp_path / "old", double=OK)
    (old / "submissions").mkdir()
    source = 'import numpy as np\nimport otter\ngrader = otter.Notebook("a.ipynb")\nx = 1\ngrader.check("double")'
    work = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbformat.write(work, old / "submissions/ana.ipynb")
    assert migrate(old, "--to", tmp_path / "new").returncode == 0
    (cell,) = nbformat.read(tmp_path / "new/submissions/a/ana.ipynb", 4).cells
    assert cell.source.split() == ["import", "numpy", "as", "np", "x", "=", "1"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("test = {", "double.py:1: this test of otter is no Python"),
        ("test = make()", "double.py:1: this test of otter is computed"),
        ("test = {'name': 'double'}", "has no suite of cases"),
        (OK.replace('"points": 2', '"points": "two"'), "the question `double` has the points `two`"),
        (OK.replace('"points": 2', '"points": [1]'), "are not those of its tests"),
    ],
)
def test_a_test_that_cannot_be_read_is_refused_by_its_name(tmp_path, content, said):
    write_tests(tmp_path / "old", double=content)
    ended = migrate(tmp_path / "old", "--to", tmp_path / "new")
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.split())


def test_a_folder_that_is_no_course_of_otter_is_refused(tmp_path):
    ended = migrate(tmp_path)
    assert ended.returncode == 2
    assert "there is no course of otter" in ended.stderr
