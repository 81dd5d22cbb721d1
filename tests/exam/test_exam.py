"""Reading an exam: what is wrong is told with its file, its line and a remedy."""

from __future__ import annotations

import json

import pytest
import yaml

from grader.errors import UserError
from grader.exam.exam import find_exam, read_exam

from .making import exam_of, multiple, option, question, rows, single


def error_of(tmp_path, told) -> UserError:
    """The error, with the file's lines as YAML writes them."""
    path = tmp_path / "exam.yaml"
    path.write_text(yaml.safe_dump(told, sort_keys=False, allow_unicode=True))
    with pytest.raises(UserError) as caught:
        read_exam(path)
    return caught.value


def line_of(tmp_path, error: UserError) -> str:
    number = int(error.where.rsplit(":", 1)[1])
    return (tmp_path / "exam.yaml").read_text().splitlines()[number - 1].strip()


@pytest.mark.parametrize("right", [[], ["a", "b"]])
def test_a_single_choice_has_exactly_one_right_option(tmp_path, right):
    options = {name: option(f"Option {name}", right=name in right) for name in "abc"}
    error = error_of(tmp_path, exam_of(question("single", {"options": options})))
    told = "2 are: a, b" if right else "none is"
    assert error.what == (
        f"`sections.0.questions.0.single`: exactly one option of a single choice is right; here {told}"
    )
    assert line_of(tmp_path, error) == "single:"


def test_a_question_has_exactly_one_kind(tmp_path):
    told = single()
    told["numeric"] = {"answer": 4}
    error = error_of(tmp_path, exam_of(told))
    assert error.what.endswith(
        "needs exactly one of single, multiple, rows, numeric, text, output, matching, ordering, practical; "
        "it has single and numeric"
    )
    assert line_of(tmp_path, error) == "- id: q"


def test_a_multiple_choice_without_a_right_option_needs_a_box_for_none(tmp_path):
    error = error_of(tmp_path, exam_of(multiple(right="", none=None)))
    assert "no option is right, so the question needs `none`: a box that says that none applies" in error.what


def test_points_are_said_twice_so_that_a_slip_shows(tmp_path):
    error = error_of(tmp_path, exam_of(single(), points=3))
    assert error.what == "the questions add up to 2 points, but the exam says 3"
    assert line_of(tmp_path, error) == "points: 3"


def test_a_practical_exercise_adds_up_to_its_criteria(tmp_path):
    criteria = {"way": {"says": "The way is right.", "points": 3}}
    error = error_of(tmp_path, exam_of(question("practical", {"criteria": criteria}, points=4)))
    assert error.what.endswith("its criteria add up to 3 points, but it says 4")


def test_a_practical_exercise_is_graded_in_one_way(tmp_path):
    error = error_of(tmp_path, exam_of(question("practical", {})))
    assert error.what.endswith("needs either `criteria`, for a person, or `assignment`, a notebook's")


def test_two_questions_of_one_name_are_refused_at_the_second(tmp_path):
    error = error_of(tmp_path, exam_of(single("edge"), single("corner"), single("edge")))
    assert error.what == "the question or criterion `edge` occurs twice"
    lines = (tmp_path / "exam.yaml").read_text().splitlines()
    assert int(error.where.rsplit(":", 1)[1]) - 1 == max(n for n, line in enumerate(lines) if "id: edge" in line)


def test_a_missing_translation_is_named_with_its_line(tmp_path):
    told = single("edge")
    told["single"]["options"]["c"]["says"] = {"en": "In one language"}
    error = error_of(tmp_path, exam_of(told, languages=["en", "es"]))
    assert str(error).endswith("`says` is not given in `es`, a language of this exam\n  Add `es: …` to it.")
    assert line_of(tmp_path, error) == "says:"


def test_a_decimal_number_as_a_text_has_to_be_quoted(tmp_path):
    told = single()
    told["single"]["options"]["a"]["says"] = 0.10
    assert str(error_of(tmp_path, exam_of(told))).endswith(
        "YAML takes this for the value 0.1, not for words\n"
        "  Put it in quotes, so that it stands on the exam as you write it."
    )


def test_an_unknown_name_in_an_expression_is_named(tmp_path):
    told = question("numeric", {"answer": "f * x / z"}, parameters={"f": {"choose": [1]}, "x": {"choose": [1]}})
    error = error_of(tmp_path, exam_of(told))
    assert error.what.endswith(
        "`numeric.answer` uses `z`, which is no parameter and no value above it (there are: f, x)"
    )


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("__import__('os')", "calls what is not known"),
        ("f.real", "is not arithmetic"),
        ("2 ^ 3", "is not arithmetic"),
        ("[1][0]", "is not arithmetic"),
        ("2 +", "is not arithmetic: invalid syntax"),
        ("True", "is not a number"),
        ("1" * 201, "at most 200 characters"),
    ],
)
def test_an_expression_is_arithmetic_and_nothing_else(tmp_path, expression, told):
    assert told in error_of(tmp_path, exam_of(question("numeric", {"answer": expression}))).what


def test_a_zone_that_is_not_there_is_named(tmp_path):
    error = error_of(tmp_path, exam_of(single(), time_zone="Argentina"))
    assert error.what == "`time_zone`: there is no time zone `Argentina`"
    assert error.remedy == "Write it as in America/Argentina/Buenos_Aires."


@pytest.mark.parametrize("starts", ["23/11/2026 9h", "2026-11-23", 9])
def test_the_start_is_a_day_and_a_time_of_day(tmp_path, starts):
    error = error_of(tmp_path, exam_of(single(), starts=starts))
    assert error.what == f"`starts`: this is not a day and a time of day: {starts}"
    assert error.remedy == "Write it as in 2026-03-02 09:00."


def test_the_start_is_local_time(tmp_path):
    error = error_of(tmp_path, exam_of(single(), starts="2024-08-02T09:00:00-03:00"))
    assert error.what == "`starts`: this is local time, without an offset"
    assert error.remedy == "Leave it out: `time_zone` says it."


@pytest.mark.parametrize(
    ("edges", "told"),
    [
        ([50, 90, 0], "the best grade comes first, and no two start at the same share"),
        ([90, 50], "the last grade starts at 0, so that every student has one"),
    ],
)
def test_bands_go_down_to_zero(tmp_path, edges, told):
    bands = [{"grade": str(place), "at_least": edge} for place, edge in enumerate(edges)]
    assert error_of(tmp_path, exam_of(single(), bands=bands)).what == f"`bands`: {told}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"question": "other", "void": "full"}, "there is no question `other` to revise\n  There are: q."),
        ({"accept": ["z"]}, "`q` has no `z`\n  Write it by its name in the exam: a, b, c, d."),
        (
            {"void": "full", "points": 3},
            "needs exactly one of accept, void, points; it has void and points\n  Make an entry for each change.",
        ),
    ],
)
def test_a_revision_that_makes_no_sense_is_refused(tmp_path, change, told):
    revision = {"when": "2024-08-05", "question": "q", "why": "Two options are right.", **change}
    assert str(error_of(tmp_path, exam_of(single(), revisions=[revision]))).endswith(told)


def test_a_second_right_answer_makes_no_sense_for_an_order(tmp_path):
    steps = {name: f"Step {name}" for name in "abc"}
    revision = {"when": "2024-08-05", "question": "q", "why": "It may go round.", "accept": ["a"]}
    error = error_of(tmp_path, exam_of(question("ordering", {"steps": steps}), revisions=[revision]))
    assert error.what == "a question of kind ordering has no second right answer"
    assert error.remedy == "Write `void: full` or `void: remove`, or change what is right above."


def test_known_wrong_words_are_not_right_ones_too(tmp_path):
    told = {"accept": ["Homography"], "wrong": {"w": {"says": [" homography "], "misconception": "None."}}}
    error = error_of(tmp_path, exam_of(question("text", told)))
    assert error.what.endswith("`wrong.w` says what `accept` says too")


def test_a_rule_stands_by_its_name_or_with_what_it_needs(tmp_path):
    told = exam_of(single(), rows("r"), rules={"single": {"name": "negative", "wrong": 0.25}, "rows": "kprim"})
    path = tmp_path / "exam.yaml"
    path.write_text(json.dumps(told))  # JSON is YAML
    rules = read_exam(path).rules
    assert (rules.single.name, rules.single.wrong, rules.rows.name) == ("negative", 0.25, "kprim")
    assert rules.multiple.name == "rexams-false2"


def test_an_exam_that_is_not_there_is_told_with_those_that_are(tmp_path):
    folder = tmp_path / "assignments" / "midterm"
    folder.mkdir(parents=True)
    (folder / "exam.yaml").write_text("title: x")
    with pytest.raises(UserError, match="there is no exam `final` in this course\n  There are: midterm") as caught:
        find_exam(tmp_path, "final")
    assert caught.value.where == str(tmp_path)


def test_a_course_without_an_exam_is_told_where_to_write_one(tmp_path):
    with pytest.raises(UserError, match=r"Write one: assignments/final/exam\.yaml"):
        find_exam(tmp_path, "final")
