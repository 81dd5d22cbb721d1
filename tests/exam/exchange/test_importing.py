"""Responses from files: options by their text, rows that add up, and what does not match waits for a person."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.roster import read_roster
from grader.errors import UserError
from grader.exam.exam import ExamOnDisk
from grader.exam.exchange.importing import Imported, read_responses
from grader.exam.option_search import find_options
from grader.exam.reading import read_cell

from ..making import make_exam, make_question, multiple, option, question, rows, single

COMMAS = {
    "both": option("Smooth, then derive", right=True),
    "smooth": option("Smooth"),
    "bits": option("Compare pixels; keep bits", right=True),
    "code": option("Call `nn.Conv2d(3, 16, 5)`."),
}
STEPS = {name: f"Step {name}" for name in "abc"}
PAIRS = {"relu": {"left": "ReLU", "right": "max(0, x)"}, "tanh": {"left": "tanh", "right": "an odd function."}}
CRITERIA = {"way": {"says": "The way.", "points": 3}, "sum": {"says": "The sum.", "points": 1}}
EXAM = make_exam(
    single("edge", asks="What is an $edge$?"),
    question("multiple", {"options": COMMAS, "none": "None of these."}, "many", asks="Which, if any?"),
    rows("truths", asks="True or false?"),
    question("numeric", {"answer": 4}, "four"),
    question("ordering", {"steps": STEPS}, "steps"),
    question("matching", {"pairs": PAIRS}, "pairs"),
    question("practical", {"criteria": CRITERIA}, "work", points=4),
)
ON_DISK = ExamOnDisk("midterm", EXAM, Path("exam.yaml"))


def write(tmp_path, *records, name="class.csv", delimiter=",", encoding="utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(records)
    path = tmp_path / name
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def read(path: Path, **more) -> Imported:
    return read_responses(path, ON_DISK, seed=7, **more)


def answers(imported: Imported) -> dict[str, dict[str, object]]:
    """student -> question -> the value, or the status where there is none."""
    return {
        submission.student: {
            name: answer.value if answer.status == "answered" else answer.status for name, answer in run.answers.items()
        }
        for submission, run in imported.responses
    }


# ---- options in a cell ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "ticked"),
    [
        ("Smooth, then derive", ["both"]),
        ("Smooth", ["smooth"]),
        ("Smooth, Smooth, then derive", ["smooth", "both"]),
        ("Compare pixels; keep bits; Smooth", ["bits", "smooth"]),
        ("smooth;COMPARE  pixels; keep bits", ["smooth", "bits"]),
        ("Call nn.Conv2d(3, 16, 5)., Smooth", ["code", "smooth"]),
        ("Smooth\nCall `nn.Conv2d(3, 16, 5)`", ["smooth", "code"]),
        ("None of these.", []),
    ],
)
def test_options_are_found_by_their_text_though_they_contain_the_separator(cell, ticked):
    answer = read_cell(
        make_question(question("multiple", {"options": COMMAS, "none": "None of these."})), cell, names=False
    )
    assert (answer.status, answer.value) == ("answered", ticked)


@given(st.permutations(sorted(COMMAS)), st.integers(1, 4), st.sampled_from([", ", ";", "; ", " | ", "\n"]))
def test_whatever_is_ticked_is_read_back(order, size, separator):
    told = make_question(question("multiple", {"options": COMMAS}))
    cell = separator.join(told.multiple.options[name].says.say("en") for name in order[:size])
    answer = read_cell(told, cell, names=False)
    if separator.strip() == "," and {"smooth"} <= set(order[:size]):
        # “Smooth, then derive” is never read as “Smooth” and a rest.
        assert answer.status == "answered"
    assert sorted(answer.value) == sorted(order[:size])


def test_options_that_contain_each_other_are_not_guessed():
    known = {"a": ["A"], "b": ["B"], "both": ["A, B"]}
    assert find_options("A, B", known).ambiguous
    assert find_options("A", known).names == ("a",)


def test_a_single_choice_that_says_just_what_an_option_says_is_that_option():
    options = {"a": option("A"), "b": option("B"), "both": option("A, B", right=True)}
    told = make_question(question("single", {"options": options}))
    assert read_cell(told, "A, B", names=False).value == ["both"]
    assert read_cell(told, "B, A", names=False).status == "unusable"


@pytest.mark.parametrize(
    ("cell", "because"),
    [
        ("Smooth, Blur", "“blur” is none of the known options: a person decides."),
        ("Smoothly", "“smoothly” is none of the known options: a person decides."),
        (
            "None of these., Smooth",
            "“None of these., Smooth” says that none applies, and that some do: a person decides.",
        ),
        ("?", "“?” is none of the known options: a person decides."),
    ],
)
def test_what_does_not_match_waits_for_a_person(cell, because):
    told = make_question(question("multiple", {"options": COMMAS, "none": "None of these."}))
    answer = read_cell(told, cell, names=False)
    assert (answer.status, str(answer.because)) == ("unusable", because)


def test_a_statement_that_is_called_both_waits_for_a_person():
    answer = read_cell(make_question(rows()), "Statement a: True; Statement a: False", names=False)
    assert str(answer.because) == ("“Statement a: True; Statement a: False” is more than one answer: a person decides.")


def test_a_long_cell_is_told_by_its_beginning():
    answer = read_cell(make_question(single()), "word " * 100, names=False)
    assert str(answer.because).startswith("“word word word")
    assert "…” is none of the known options" in str(answer.because)
    assert len(str(answer.because)) < 200


def test_two_ticks_in_a_single_choice_wait_for_a_person():
    answer = read_cell(make_question(single()), "Option a, Option b", names=False)
    assert str(answer.because) == "“Option a, Option b” is more than one answer: a person decides."


def test_another_wording_that_the_exam_names_is_known():
    told = single()
    told["single"]["options"]["c"]["also"] = ["The old wording"]
    assert read_cell(make_question(told), "the old wording.", names=False).value == ["c"]


def test_names_of_options_are_read_from_plain_files_only():
    assert read_cell(make_question(multiple()), "a;c", names=True).value == ["a", "c"]
    assert read_cell(make_question(multiple()), "a;c", names=False).status == "unusable"


# ---- layouts --------------------------------------------------------------------------------------------------------


def test_a_file_of_google_forms_is_read(tmp_path):
    path = write(
        tmp_path,
        [
            *("Timestamp", "Username", "Total score", "1. What is an edge?", "1. What is an edge? [Score]"),
            *("Which, if any?", "True or false? [Statement a]", "True or false? [Statement b]"),
            *("What of steps?", "What of pairs? [ReLU]"),
        ],
        [
            *("2024/08/02 9:31:02", "ana@x.org", "3 / 8", "Option b", "2 / 2", "Smooth;Smooth, then derive"),
            *("True", "", "Step a, Step c, Step b", "max(0, x)"),
        ],
        encoding="utf-8-sig",
    )
    imported = read(path)
    assert imported.layout == "google"
    assert answers(imported) == {
        "ana@x.org": {
            "edge": ["b"],
            "many": ["smooth", "both"],
            "truths": {"a": True, "b": None},
            "steps": ["a", "c", "b"],
            "pairs": {"relu": "relu"},
        }
    }
    assert imported.unused == ("Timestamp", "Total score")
    assert imported.without == ("four", "work")


def moodle(tmp_path, *rows, extra=(), name="quiz.csv"):
    head = ["Surname", "First name", "Email address", "State", "Grade/8.00"]
    return write(tmp_path, [*head, *extra], *rows, name=name)


def test_a_file_of_moodle_is_read_by_the_numbers_of_its_responses(tmp_path):
    six = [f"Response {number}" for number in range(1, 7)]
    path = moodle(
        tmp_path,
        [
            *("P", "Ana", "ana@x.org", "Finished", "5.00", "Option b", "Smooth; Compare pixels; keep bits"),
            *("Statement a: True; Statement c: False", "4", "Step a; Step b; Step c"),
            "ReLU -> max(0, x); tanh -> an odd function.",
        ],
        ["P", "Bruno", "bruno@x.org", "Finished", "0.00", *"------"],
        ["P", "Carla", "carla@x.org", "In progress", "-", *"------"],
        ["Overall average", "", "", "", "2.50", "", "", "", "", "", ""],
        extra=six,
    )
    imported = read(path)
    assert imported.layout == "moodle"
    assert Counter(row.fate for row in imported.rows) == {"read": 2, "unfinished": 1, "summary": 1}
    assert answers(imported)["ana@x.org"] == {
        "edge": ["b"],
        "many": ["smooth", "bits"],
        "truths": {"a": True, "b": None, "c": False, "d": None},
        "four": "4",
        "steps": ["a", "b", "c"],
        "pairs": {"relu": "relu", "tanh": "tanh"},
    }
    assert set(answers(imported)["bruno@x.org"].values()) == {"missing"}


def test_a_file_of_moodle_with_the_questions_text_may_have_another_order(tmp_path):
    path = moodle(
        tmp_path,
        [
            "P",
            "Ana",
            "ana@x.org",
            "Finished",
            "5.00",
            "What of four?",
            "4",
            "What is an edge?: Option a; Option b",
            "Option b",
        ],
        extra=["Question 1", "Response 1", "Question 2", "Response 2"],
    )
    assert answers(read(path)) == {"ana@x.org": {"edge": ["b"], "four": "4"}}


def test_a_file_of_moodle_whose_numbers_tell_nothing_is_refused(tmp_path):
    path = moodle(tmp_path, ["P", "Ana", "a@x.org", "Finished", "5", "Option b"], extra=["Response 1"])
    with pytest.raises(UserError) as caught:
        read(path)
    assert caught.value.what == (
        "the file has 1 response, but the exam 7 questions: the numbers alone do not identify the questions"
    )
    assert caught.value.remedy == "Download the responses with the question text: Moodle has a tick for it."


def test_a_moodle_question_that_the_exam_does_not_know_is_refused(tmp_path):
    row = ["P", "Ana", "a@x.org", "Finished", "5", "What is love?", "Option b"]
    with pytest.raises(UserError) as caught:
        read(moodle(tmp_path, row, extra=["Question 1", "Response 1"]))
    assert caught.value.what == ("the text of question 1 is that of none of this exam's questions, or of more than one")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_plain_file_is_read_whatever_parts_its_cells(tmp_path, delimiter):
    path = write(
        tmp_path,
        ["student", "edge", "many", "truths-a", "What of four?", "steps", "work-way", "work-sum"],
        ["ana", "b", "both|bits", "verdadero", "4,0", "a > b > c", "2,5", ""],
        delimiter=delimiter,
    )
    imported = read(path)
    assert imported.layout == "plain"
    assert answers(imported)["ana"] == {
        "edge": ["b"],
        "many": ["both", "bits"],
        "truths": {"a": True},
        "four": "4,0",
        "steps": ["a", "b", "c"],
        "work": {"way": 2.5},
    }


def test_points_beyond_a_criterion_wait_for_a_person(tmp_path):
    imported = read(write(tmp_path, ["student", "work-way"], ["ana", "5"]))
    (waiting,) = imported.waiting
    assert str(waiting.because) == "“5” is no number of points from 0 to 3 for `way`."


def test_points_that_are_not_given_yet_are_no_zero(tmp_path):
    imported = read(write(tmp_path, ["student", "work-way", "work-sum"], ["ana", "", ""]))
    assert answers(imported) == {"ana": {"work": {}}}


# ---- rows -----------------------------------------------------------------------------------------------------------


def test_every_row_ends_as_one_thing_and_the_last_of_a_student_counts(tmp_path):
    path = write(
        tmp_path,
        ["student", "edge"],
        ["ana", "a"],
        ["bruno", "b"],
        ["", "c"],
        ["ana", "b"],
        ["carla"],
        ["ana", "c"],
    )
    imported = read(path)
    assert [(row.number, row.fate, row.student) for row in imported.rows] == [
        (2, "replaced", "ana"),
        (3, "read", "bruno"),
        (4, "refused", ""),
        (5, "replaced", "ana"),
        (6, "refused", "carla"),
        (7, "read", "ana"),
    ]
    assert str(imported.rows[0].because) == "row 5 is from `ana`, too: the last one counts"
    assert str(imported.rows[2].because) == "it does not say who it is from"
    assert str(imported.rows[4].because) == "it has 1 cell, but the head has 2"
    assert answers(imported) == {"bruno": {"edge": ["b"]}, "ana": {"edge": ["c"]}}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["ana", "bruno", "", " "]), st.sampled_from(["a", "b", "?", ""]), st.booleans()))
)
def test_no_row_is_lost_or_counted_twice(tmp_path_factory, drawn):
    records = [[student, cell, "more"] if longer else [student, cell] for student, cell, longer in drawn]
    path = write(tmp_path_factory.mktemp("rows"), ["student", "edge"], *records)
    imported = read(path)
    kept = [record for record in records if any(map(str.strip, record))]
    assert len(imported.rows) == len(kept)
    assert imported.count("read") == len(imported.responses) == len({s.student for s, _ in imported.responses})
    assert sum(imported.count(fate) for fate in ("read", "replaced", "unfinished", "summary", "refused")) == len(kept)


def test_a_cell_with_a_line_break_is_one_cell(tmp_path):
    path = write(tmp_path, ["student", "four"], ["ana", "4\n\n= 4"], ["bruno", "5"])
    assert answers(read(path)) == {"ana": {"four": "4\n\n= 4"}, "bruno": {"four": "5"}}


def test_what_waits_is_listed_with_its_row_and_student(tmp_path):
    imported = read(write(tmp_path, ["student", "edge"], ["ana", "b"], ["bruno", "Option z"]))
    (waiting,) = imported.waiting
    assert (waiting.row, waiting.student, waiting.question) == (3, "bruno", "edge")
    assert str(waiting.because) == "“option z” is none of the known options: a person decides."


# ---- files that are wrong -------------------------------------------------------------------------------------------


def refused(path: Path, **more) -> UserError:
    with pytest.raises(UserError) as caught:
        read(path, **more)
    return caught.value


def test_a_file_without_a_column_for_the_student_is_refused(tmp_path):
    error = refused(write(tmp_path, ["who", "edge"], ["ana", "a"]))
    assert error.what == "no column identifies the student"
    assert error.remedy == "Name the one that does with --student; there are: who, edge."
    assert answers(read(tmp_path / "class.csv", student_head="Who")) == {"ana": {"edge": ["a"]}}


def test_a_student_column_that_is_not_there_is_told(tmp_path):
    assert refused(write(tmp_path, ["who", "edge"]), student_head="name").what == "no column is headed `name`"


def test_two_columns_that_could_both_say_who_a_row_is_from_are_asked_about(tmp_path):
    path = write(tmp_path, ["email", "edge", "correo electrónico"], ["a@x.org", "a", "b@x.org"])
    assert str(refused(path)) == (
        f"{path}:1: more than one column gives the addresses: "
        "`email` and `correo electrónico`\n"
        "  Name the one that does with --student; there are: email, edge, correo electrónico."
    )
    assert answers(read(path, student_head="email")) == {"a@x.org": {"edge": ["a"]}}


def test_a_column_that_is_named_and_stands_twice_is_told(tmp_path):
    path = write(tmp_path, ["who", "edge", "Who"], ["ana", "a", "bruno"])
    assert str(refused(path, student_head="who")) == (f"{path}:1: 2 columns are headed `who`\n  Rename one of them.")


def test_a_file_about_another_exam_is_refused(tmp_path):
    error = refused(write(tmp_path, ["student", "What is love?"], ["ana", "a"]))
    assert error.what == "no column belongs to a question of this exam"


def test_two_columns_about_one_question_are_refused(tmp_path):
    error = refused(write(tmp_path, ["student", "edge", "What is an edge?"], ["ana", "a", "b"]))
    assert error.what == "two columns are about `edge`: What is an edge?"


def test_a_head_that_two_questions_share_is_refused(tmp_path):
    twins = make_exam(single("one", asks="Which?"), single("two", asks="Which?"))
    with pytest.raises(UserError, match="`Which\\?` is what `one` and `two` ask"):
        read_responses(write(tmp_path, ["student", "Which?"], ["ana", "a"]), ExamOnDisk("t", twins, Path("x")), seed=1)


def test_rows_are_numbered_as_in_a_spreadsheet_though_some_are_empty(tmp_path):
    path = tmp_path / "gaps.csv"
    path.write_text('student,four\n\nana,"4\n"\n,5\nana,6\n')
    assert [(row.number, row.fate) for row in read(path).rows] == [(3, "replaced"), (4, "refused"), (5, "read")]


# ---- who it is from -------------------------------------------------------------------------------------------------


def test_an_address_is_the_same_in_large_letters(tmp_path):
    imported = read(write(tmp_path, ["email", "edge"], ["Ana@x.org", "a"], ["ana@x.org", "b"]))
    assert answers(imported) == {"ana@x.org": {"edge": ["b"]}}
    assert str(imported.rows[0].because) == "row 3 is from `ana@x.org`, too: the last one counts"


def test_whom_the_roster_knows_by_an_address_is_called_as_in_the_roster(tmp_path):
    (tmp_path / "roster.csv").write_text("student,name,addresses\nana,Ana Ejemplo,a.ejemplo@x.org\n")
    path = write(tmp_path, ["email", "edge"], ["A.Ejemplo@x.org", "a"], ["dora@x.org", "b"])
    imported = read(path, roster=read_roster(tmp_path / "roster.csv"))
    assert set(answers(imported)) == {"ana", "dora@x.org"}
    assert imported.strangers == ("dora@x.org",)
