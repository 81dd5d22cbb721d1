"""A course of nbgrader comes over with one command, and its old marks are set beside ours."""

import json
import subprocess
import sys

import nbformat
import pytest
import yaml

from tests.migrate.nbgrader_sample import SCORES, write_nbgrader_course


def migrate(*arguments):
    command = [sys.executable, "-m", "grader", "migrate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """The new course, and how the command ended."""
    folder = tmp_path_factory.mktemp("migrate")
    write_nbgrader_course(folder / "old")
    ended = migrate("nbgrader", folder / "old", "--to", folder / "new")
    return folder / "new", ended


def test_every_old_mark_is_given_again(migrated):
    course, ended = migrated
    told = json.loads((course / "parity.json").read_text())
    assert [one for one in told["all"] if not one["equal"]] == []
    assert ended.returncode == 0, ended.stderr
    assert told["equal"] == told["verdicts"] == sum(map(len, SCORES.values()))
    assert "20 of 20 verdicts are equal" in ended.stdout


def test_the_rubric_asks_for_values_and_keeps_the_points(migrated):
    rubric = yaml.safe_load((migrated[0] / "rubrics/ps1.yaml").read_text())
    assert rubric["points"] == 8
    assert {one["id"]: one["points"] for one in rubric["criteria"]}["loop"] == 0.5
    assert rubric["probes"]["refuses"] == {"call": "squares", "with": {"n": 0}}
    assert rubric["probes"]["unseen"]["hidden"]
    assert "squares(3)" in rubric["probes"]["list"]["evaluate"]
    assert rubric["criteria"][4]["expect"] == {"value": ["<class 'list'>", "[1, 4]", "<class 'int'>", 5]}
    assert rubric["criteria"][-1]["expect"] == {"person": {"shows": "notebook"}}


def test_a_test_that_is_run_as_it_is_has_a_comment(migrated):
    text = (migrated[0] / "rubrics/ps1.yaml").read_text()
    assert "# Run as it is" in text.split("loop:")[0].splitlines()[-2]
    assert text.count("# Run as it is") == 1


def test_what_students_get_has_no_solution_and_no_test(migrated):
    given = nbformat.read(migrated[0] / "assignments/ps1/ps1.ipynb", 4)
    text = "\n".join(cell.source for cell in given.cells)
    assert "NotImplementedError" in text
    assert "assert" not in text
    assert "i ** 2" not in text
    assert not any("nbgrader" in cell.metadata for cell in given.cells)


def test_the_solved_notebook_gets_all_points(migrated):
    command = [sys.executable, "-m", "grader", "--course", str(migrated[0]), "verify", "ps1", "--mutants", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_mark_that_differs_is_named_with_a_reason(tmp_path):
    write_nbgrader_course(tmp_path / "old", {"bruno": {**SCORES["bruno"], "refuses": 1}})
    ended = migrate("nbgrader", tmp_path / "old", "--to", tmp_path / "new")
    assert ended.returncode == 1, ended.stderr
    assert "4 of 5 verdicts are equal" in ended.stdout
    (row,) = [line for line in (tmp_path / "new/parity.md").read_text().splitlines() if line.startswith("| bruno")]
    assert "ValueError should be raised" in row.replace("`", "")


def test_a_folder_that_is_no_course_of_nbgrader_is_refused(tmp_path):
    ended = migrate("nbgrader", tmp_path)
    assert ended.returncode == 2
    assert "source/ASSIGNMENT/*.ipynb is missing" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    write_nbgrader_course(tmp_path / "old")
    ended = migrate("nbgrader", tmp_path / "old", "--to", tmp_path / "old")
    assert ended.returncode == 2
    assert "the folder is not empty" in ended.stderr


def test_a_gradebook_that_is_none_is_refused_by_its_name(tmp_path):
    write_nbgrader_course(tmp_path / "old")
    (tmp_path / "old/gradebook.db").write_text("no database")
    ended = migrate("nbgrader", tmp_path / "old", "--to", tmp_path / "new")
    assert ended.returncode == 2
    assert "gradebook.db" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_points_that_are_no_number_are_refused_with_their_cell(tmp_path):
    write_nbgrader_course(tmp_path / "old")
    path = tmp_path / "old/source/ps1/ps1.ipynb"
    path.write_text(path.read_text().replace('"points": 2', '"points": "two"'))
    ended = migrate("nbgrader", tmp_path / "old", "--to", tmp_path / "new")
    assert ended.returncode == 2
    assert "the cell `list` has the points `two`" in ended.stderr


def test_a_score_that_is_no_number_is_refused_with_its_row(tmp_path):
    write_nbgrader_course(tmp_path / "old")
    known = tmp_path / "known.csv"
    known.write_text("student,assignment,test,score\nana,ps1,list,many\n")
    ended = migrate("nbgrader", tmp_path / "old", "--to", tmp_path / "new", "--known", known)
    assert ended.returncode == 2
    assert f"{known}:2" in ended.stderr
