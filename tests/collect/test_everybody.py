"""Whoever handed in anything, in whatever form, is accounted for by the name that the roster has for them."""

from __future__ import annotations

import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.collect.archive import collect_archive
from grader.collect.folder import collect_folder
from grader.collect.moodle_worksheet import read_worksheet
from grader.course.roster import read_roster
from grader.errors import UserError
from tests.collect.conftest import colab
from tests.small_course import RIGHT, notebook_of, run_grader, write_course

DATA = Path(__file__).parent / "data"
HEAD = "Identifier,Full name,Email address,Status,Last modified (submission)\n"


@pytest.fixture(scope="module")
def roster():
    return read_roster(DATA / "class.csv")


def students(collected):
    return sorted(submission.student for submission, _ in collected.submissions)


def problems(collected):
    return {problem.student or problem.called: str(problem.what) for problem in collected.problems}


@pytest.mark.parametrize("name", ["moodle-mixed", "moodle-mixed-nolink"])
def test_everybody_in_moodles_zip_is_a_submission_or_a_problem_with_what_they_sent(roster, name):
    collected, links = collect_archive("hello", DATA / f"{name}.zip", roster)
    typed = ["gus"] if name == "moodle-mixed" else []
    assert students(collected) == ["ana", "dani", "eva", "jose", "lukasz", "sinead"]
    assert [link.student for link in links] == typed
    told = problems(collected)
    assert {*students(collected), *told, *typed} == set(roster.names)
    assert told["carla"] == "You handed in `hello.pdf`, and no notebook (.ipynb)."
    assert told["bruno"] == "You handed in `hello.zip`, and no notebook (.ipynb)."
    assert told["fin"].startswith("There are 2 notebooks of yours")
    assert told.get("gus", "Your submission there is empty.") == "Your submission there is empty."
    assert collected.left_out == ("Eva Mar_19_assignsubmission_file_/data.csv",)


def test_a_stray_file_beside_moodles_folders_does_not_make_it_another_zip(roster):
    collected, _ = collect_archive("hello", DATA / "moodle-stray.zip", roster)
    assert (students(collected), collected.left_out) == (["ana", "bruno"], ("grades.csv",))


def test_two_people_of_one_name_are_asked_about_and_never_merged(roster):
    collected, _ = collect_archive("hello", DATA / "moodle-samename.zip", roster)
    assert students(collected) == ["bruno"]
    assert [problem.called for problem in collected.problems] == ["Ana Paz (12)", "Ana Paz (34)"]
    assert str(collected.problems[0].what) == (
        "2 people are called `Ana Paz` there (numbers 12, 34): who is who is not known."
    )
    assert collected.problems[0].ours


def test_two_people_of_one_name_are_two_students_where_there_is_no_roster():
    collected, _ = collect_archive("hello", DATA / "moodle-samename.zip", None)
    assert students(collected) == ["Ana Paz (12)", "Ana Paz (34)", "Bruno Gil"]


def test_the_worksheet_beside_the_zip_tells_namesakes_apart_and_says_when_they_handed_in(tmp_path, roster):
    (tmp_path / "grades.csv").write_text(
        HEAD
        + 'Participant 12,Ana Paz,ana@example.org,Submitted,"Sunday, 11 August 2024, 2:59 AM"\n'
        + 'Participant 34,Ana Paz,carla@example.org,Submitted,"domingo, 11 de agosto de 2024, 14:59"\n'
        + "Participant 35,Bruno Gil,bruno@example.org,No submission,-\n"
    )
    worksheet = read_worksheet(tmp_path / "grades.csv", roster, UTC)
    collected, _ = collect_archive("hello", DATA / "moodle-samename.zip", roster, worksheet)
    received = {submission.student: submission.received for submission, _ in collected.submissions}
    assert received == {
        "ana": datetime(2024, 8, 11, 2, 59, tzinfo=UTC),
        "carla": datetime(2024, 8, 11, 14, 59, tzinfo=UTC),
        "bruno": None,
    }


def test_a_time_in_a_language_that_is_not_known_is_refused_with_its_row(tmp_path, roster):
    (tmp_path / "grades.csv").write_text(f'{HEAD}Participant 12,Ana Paz,a@b.org,Submitted,"søndag 11. augustus"\n')
    with pytest.raises(UserError, match=r"grades\.csv.*2: `søndag 11. augustus` is not a time"):
        read_worksheet(tmp_path / "grades.csv", roster, UTC)


def test_another_table_is_no_worksheet(tmp_path, roster):
    (tmp_path / "links.csv").write_text(f"student,link\nana,{colab(1)}\n")
    assert read_worksheet(tmp_path / "links.csv", roster, UTC) is None


def test_names_in_a_zip_from_a_mac_are_read_as_they_were_written():
    collected, _ = collect_archive("hello", DATA / "plain-utf8-noflag.zip", None)
    assert students(collected) == ["Daniël", "José Núñez", "ana"]


def test_the_roster_knows_files_that_are_named_by_the_full_name(roster):
    collected = collect_folder("hello", DATA / "fullnames", roster)
    assert students(collected) == ["ana", "bruno", "carla", "dani", "eva"]


def test_a_folder_for_each_student_is_theirs_and_of_nbgraders_only_this_assignment(tmp_path, roster):
    shutil.copytree(DATA / "nbgrader", tmp_path / "submitted")
    shutil.copytree(tmp_path / "submitted/ana/hello", tmp_path / "submitted/ana/other")
    for known in (roster, None):
        collected = collect_folder("hello", tmp_path / "submitted", known)
        assert (students(collected), collected.left_out) == (["ana", "bruno"], ("ana/other/hello.ipynb",))


def test_a_notebook_in_a_zip_of_its_own_or_saved_as_text_counts(tmp_path, roster):
    content = notebook_of(*RIGHT)
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as own:
        own.writestr("hw/hello.ipynb", content)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("Ana Paz_12_assignsubmission_file_/own.zip", (tmp_path / "own.zip").read_bytes())
        archive.writestr("Bruno Gil_13_assignsubmission_file_/hello.json", content)
        archive.writestr("Carla Sol_14_assignsubmission_file_/hello.txt", "My work is done.")
    collected, _ = collect_archive("hello", tmp_path / "all.zip", roster)
    assert students(collected) == ["ana", "bruno"]
    assert list(problems(collected)) == ["carla"]


def test_a_deadline_that_cannot_be_applied_is_said_and_applied_with_the_worksheet(tmp_path):
    course = write_course(tmp_path / "course")
    (course / "assignments/hello/assignment.toml").write_text(
        'title = "Hello"\ndeadline = 2020-01-01T00:00:00+00:00\n[late]\nrule = "refuse"\n'
    )
    zipped = DATA / "moodle-zip-deadline-long-past.zip"
    ended = run_grader(course, tmp_path / "one", "grade", "hello", zipped, "--json")
    assert "The deadline was not applied to 2 of 2 submissions: nothing says when they came." in ended.err
    (tmp_path / "grades.csv").write_text(
        HEAD
        + 'Participant 123,Ana Paz,ana@example.org,Submitted,"Sunday, 11 August 2024, 2:59 AM"\n'
        + 'Participant 124,Bruno Ruiz,bruno@example.org,Submitted,"Tuesday, 31 December 2019, 2:59 AM"\n'
    )
    ended = run_grader(course, tmp_path / "two", "grade", "hello", zipped, tmp_path / "grades.csv", "--json")
    assert "not applied" not in ended.err
    late = {student: told["late_by_s"] > 0 for student, told in ended.students.items()}
    assert late == {"Ana Paz": True, "Bruno Ruiz": False}
    assert ended.students["Ana Paz"]["earned"] == 0


def test_the_class_page_names_everybody_and_the_numbers_add_up(tmp_path, roster):
    course = write_course(tmp_path / "course")
    (course / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
    shutil.copy(DATA / "class.csv", course / "roster.csv")
    ended = run_grader(course, tmp_path / "work", "grade", "hello", DATA / "moodle-mixed-nolink.zip", "--json")
    page = (tmp_path / "work/reports/hello/index.html").read_text()
    ungraded = page.split('id="ungraded"')[1].split("</section>")[0]
    students = page.split('id="students"')[1].split("</section>")[0]
    assert set(ended.students) == {"ana", "dani", "eva", "jose", "lukasz", "sinead"}
    for student, name in roster.names.items():
        place = students if student in ended.students else ungraded
        assert f"<bdi>{name}</bdi>" in place
    assert "You handed in `hello.pdf`, and no notebook (.ipynb)." in ungraded.replace("<code>", "`").replace(
        "</code>", "`"
    )
    own = (tmp_path / "work/reports/hello/sinead.html").read_text()
    assert "<bdi>Sinéad O’Connor</bdi>" in own


def test_who_handed_in_nothing_is_named_on_the_class_page(tmp_path):
    course = write_course(tmp_path / "course")
    (course / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
    shutil.copy(DATA / "class.csv", course / "roster.csv")
    run_grader(course, tmp_path / "work", "grade", "hello", DATA / "fullnames", "--json")
    page = (tmp_path / "work/reports/hello/index.html").read_text()
    assert page.count("Nothing has been handed in.") == 5
