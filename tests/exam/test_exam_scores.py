"""From responses to grades, and a key that changes after the exam."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.errors import UserError
from grader.exam.exam import Exam, ExamOnDisk
from grader.exam.exam_scores import score_exam, take_in
from grader.exam.exchange.importing import read_responses
from grader.exam.variants import draw
from grader.language import verbatim
from grader.model import Finding, Override, Submission
from grader.store.gradebook import Gradebook, Score

from .making import exam_of, multiple, question, single

BANDS = [{"grade": "A", "at_least": 75}, {"grade": "B", "at_least": 50}, {"grade": "C", "at_least": 0}]
CLASS = """\
student,one,two,three
ana,b,b,ace
bruno,c,b,ac
carla,c,c,
"""


def exam_with(*revisions, **more) -> ExamOnDisk:
    told = exam_of(single("one"), single("two"), multiple("three", points=3), bands=BANDS, **more)
    dated = [{"when": "2024-08-05", "why": "As was said in class.", **revision} for revision in revisions]
    return ExamOnDisk("midterm", Exam.model_validate({**told, "revisions": dated}), Path("exam.yaml"))


@pytest.fixture
def gradebook(tmp_path):
    return Gradebook(tmp_path / "gradebook.sqlite")


def bring(gradebook, tmp_path, text=CLASS, exam=None, seed=7):
    path = tmp_path / "class.csv"
    path.write_text(text.replace("ace", "a;c;e").replace(",ac\n", ",a;c\n"))
    return take_in(gradebook, read_responses(path, exam or exam_with(), seed=seed))


def earned(scored) -> dict[str, float]:
    return {graded.grade.student: graded.earned for graded in scored.grades}


def test_a_class_is_scored_by_its_rules_and_bands(gradebook, tmp_path):
    bring(gradebook, tmp_path)
    scored = score_exam(gradebook, exam_with())
    assert earned(scored) == {"ana": 7, "bruno": 4, "carla": 0}
    assert {graded.grade.student: graded.band for graded in scored.grades} == {"ana": "A", "bruno": "B", "carla": "C"}
    assert [graded.before for graded in scored.grades] == [None] * 3


@pytest.mark.parametrize(("edge", "grade"), [(100 * 4 / 7, "A"), (100 * 4 / 7 + 0.1, "B")])
def test_the_edge_of_a_band_belongs_to_the_better_grade(gradebook, tmp_path, edge, grade):
    exam = exam_with()
    bands = [{"grade": "A", "at_least": edge}, {"grade": "B", "at_least": 0}]
    edged = ExamOnDisk("midterm", Exam.model_validate({**exam.exam.model_dump(), "bands": bands}), exam.path)
    bring(gradebook, tmp_path)
    assert next(g.band for g in score_exam(gradebook, edged).grades if g.grade.student == "bruno") == grade


def test_nothing_is_rounded_but_the_total(gradebook, tmp_path):
    exam = ExamOnDisk(
        "thirds",
        Exam.model_validate(exam_of(*(multiple(f"q{n}", points=1) for n in range(3)), rules={"step": 0.5})),
        Path("x"),
    )
    path = tmp_path / "thirds.csv"
    path.write_text("student,q0,q1,q2\nana,a,c,a;c\n")
    take_in(gradebook, read_responses(path, exam, seed=1))
    (graded,) = score_exam(gradebook, exam).grades
    assert [finding.earned for finding in graded.grade.findings] == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert graded.earned == 1.5  # 4/3 lies nearer to 1.5 than to 1


@pytest.mark.parametrize(("floor", "total"), [(0.0, 0.0), (-1.0, -1.0), (-10.0, -1.33)])
def test_the_floor_of_the_exam_bounds_the_total_and_not_the_questions(gradebook, tmp_path, floor, total):
    exam = exam_with(rules={"single": "formula", "floor": floor})
    bring(gradebook, tmp_path)
    assert earned(score_exam(gradebook, exam))["carla"] == total


def test_the_cap_of_the_exam_bounds_the_total(gradebook, tmp_path):
    bring(gradebook, tmp_path)
    assert earned(score_exam(gradebook, exam_with(rules={"cap": 6})))["ana"] == 6


def test_an_import_counts_what_is_new_changed_and_known(gradebook, tmp_path):
    first = bring(gradebook, tmp_path)
    again = bring(gradebook, tmp_path)
    changed = bring(gradebook, tmp_path, CLASS.replace("carla,c,c,", "carla,b,c,") + "diego,a,a,\n")
    assert [(taken.new, taken.changed, taken.known) for taken in (first, again, changed)] == [
        (3, 0, 0),
        (0, 0, 3),
        (1, 1, 2),
    ]
    assert earned(score_exam(gradebook, exam_with()))["carla"] == 2


def test_a_second_file_adds_questions_and_keeps_the_others(gradebook, tmp_path):
    bring(gradebook, tmp_path, "student,one,two\nana,b,c\n")
    bring(gradebook, tmp_path, "student,two,three\nana,b,ace\n")
    assert earned(score_exam(gradebook, exam_with()))["ana"] == 7


def test_responses_stay_with_the_seed_that_their_numbers_were_drawn_from(gradebook, tmp_path):
    told = question("numeric", {"answer": "x"}, "x", parameters={"x": {"choose": list(range(1, 100))}}, asks="{{x}}?")
    exam = ExamOnDisk("drawn", Exam.model_validate(exam_of(told)), Path("x"))
    for student, seed in (("ana", 1), ("bruno", 2)):
        drawn = draw(exam.exam.questions[0], seed)["x"]
        bring(gradebook, tmp_path, f"student,x\n{student},{drawn:g}\n", exam, seed)
    assert draw(exam.exam.questions[0], 1) != draw(exam.exam.questions[0], 2)
    assert earned(score_exam(gradebook, exam)) == {"ana": 2, "bruno": 2}


def test_numbers_stay_as_they_were_asked_though_the_list_that_they_came_from_changes(gradebook, tmp_path):
    def drawing_from(values: list[int]) -> ExamOnDisk:
        told = question("numeric", {"answer": "2 * x"}, "x", parameters={"x": {"choose": values}}, asks="Twice {{x}}?")
        return ExamOnDisk("drawn", Exam.model_validate(exam_of(told)), Path("x"))

    bring(gradebook, tmp_path, "student,x\nana,6\n", drawing_from([3, 3, 3]), 1)
    (graded,) = score_exam(gradebook, drawing_from([50, 170, 240])).grades
    assert graded.earned == 2
    assert graded.grade.findings[0].says == "Twice 3?"


# ---- revisions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("revision", "before_and_after", "told"),
    [
        (
            {"question": "one", "accept": ["c"]},
            {"ana": (7, 7), "bruno": (4, 6), "carla": (0, 2)},
            "`one`: `c` counts as right, too (As was said in class.)",
        ),
        (
            {"question": "one", "void": "full"},
            {"ana": (7, 7), "bruno": (4, 6), "carla": (0, 2)},
            "`one`: everybody gets its points (As was said in class.)",
        ),
        (
            {"question": "two", "void": "remove"},
            {"ana": (7, 5), "bruno": (4, 2), "carla": (0, 0)},
            "`two`: it counts for nobody (As was said in class.)",
        ),
        (
            {"question": "two", "points": 5},
            {"ana": (7, 10), "bruno": (4, 7), "carla": (0, 0)},
            "`two`: it is worth 5 points (As was said in class.)",
        ),
    ],
)
def test_a_revision_of_the_key_shows_before_and_after(gradebook, tmp_path, revision, before_and_after, told):
    bring(gradebook, tmp_path)
    score_exam(gradebook, exam_with())
    scored = score_exam(gradebook, exam_with(revision))
    assert {g.grade.student: (g.before, g.earned) for g in scored.grades} == before_and_after
    assert scored.changes == (told,)
    assert scored.since is not None


def test_a_void_question_is_worth_nothing_in_the_possible_points(gradebook, tmp_path):
    bring(gradebook, tmp_path)
    (ana, *_) = score_exam(gradebook, exam_with({"question": "two", "void": "remove"})).grades
    assert (ana.earned, ana.grade.possible, ana.band) == (5, 5, "A")


def test_every_version_of_the_key_stays_on_record_with_its_scores(gradebook, tmp_path):
    bring(gradebook, tmp_path)
    versions = [exam_with(), exam_with({"question": "one", "void": "full"}), exam_with()]
    for exam in versions:
        score_exam(gradebook, exam)
        score_exam(gradebook, exam)
    keys = gradebook.keys("midterm")
    assert [key.sha256 for key in keys] == [exam.exam.sha256 for exam in versions]
    assert json.loads(keys[1].exam)["revisions"][0]["void"] == "full"
    scored = [event.data["run_key"] for event in gradebook.log.read("score", "midterm", "bruno")]
    assert [run_key.split("-")[0] for run_key in scored] == [exam.exam.sha256[:16] for exam in versions]


def test_a_revision_that_is_taken_back_is_told(gradebook, tmp_path):
    bring(gradebook, tmp_path)
    score_exam(gradebook, exam_with({"question": "one", "void": "full"}))
    assert score_exam(gradebook, exam_with()).changes == ("a revision of `one` was taken back",)


def test_a_change_of_the_exam_itself_is_told_question_by_question(gradebook, tmp_path):
    bring(gradebook, tmp_path)
    score_exam(gradebook, exam_with())
    told = exam_of(single("one", right="c"), multiple("three", points=3), single("four"), bands=BANDS)
    other = ExamOnDisk("midterm", Exam.model_validate({**told, "rules": {"step": 1}}), Path("x"))
    assert score_exam(gradebook, other).changes == (
        "the question `two` is gone",
        "the question `four` is new",
        "the question `one`: single",
        "the rules of the exam",
    )


def test_an_unchanged_exam_has_no_changes(gradebook, tmp_path):
    bring(gradebook, tmp_path)
    score_exam(gradebook, exam_with())
    assert score_exam(gradebook, exam_with()).changes == ()


# ---- people, notebooks, nothing -------------------------------------------------------------------------------------


def test_what_a_person_decided_outlives_a_revision(gradebook, tmp_path):
    bring(gradebook, tmp_path)
    gradebook.add_override(
        Override(
            student="carla",
            assignment="midterm",
            criterion="three",
            earned=1.5,
            who="instructor",
            when=datetime.now(UTC),
        )
    )
    assert earned(score_exam(gradebook, exam_with()))["carla"] == 1.5
    assert earned(score_exam(gradebook, exam_with({"question": "one", "void": "full"})))["carla"] == 3.5


def test_points_that_wait_leave_the_grade_open(gradebook, tmp_path):
    bring(gradebook, tmp_path, CLASS.replace("carla,c,c,", "carla,c,c,?"))
    carla = next(g for g in score_exam(gradebook, exam_with()).grades if g.grade.student == "carla")
    assert (carla.grade.needs_review, carla.grade.waiting, carla.band) == (True, 3, None)


def finding(earned: float | None) -> Finding:
    status = "unscored" if earned is None else "met"
    return Finding(
        criterion="c", says="It works.", status=status, earned=earned, possible=4, because=verbatim("So it is.")
    )


@pytest.mark.parametrize(("points", "share"), [((4.0, 2.0), 7.5), ((4.0, None), None)])
def test_a_notebook_gives_its_share_once_it_is_graded(gradebook, tmp_path, points, share):
    told = exam_of(single("one"), question("practical", {"assignment": "camera"}, "work", points=10))
    exam = ExamOnDisk("midterm", Exam.model_validate(told), Path("x"))
    bring(gradebook, tmp_path, "student,one\nana,b\n", exam)
    notebook = Submission(student="ana", assignment="camera", sha256="0", source="ana.ipynb", received=None)
    gradebook.add_scores("camera", [(notebook, Score("ana", "run", tuple(finding(one) for one in points)))])
    (graded,) = score_exam(gradebook, exam).grades
    assert graded.grade.findings[1].earned == share


def test_what_a_person_decided_on_a_notebook_counts_for_that_student_alone(gradebook, tmp_path):
    told = exam_of(question("practical", {"assignment": "camera"}, "work", points=10), single("one"))
    exam = ExamOnDisk("midterm", Exam.model_validate(told), Path("x"))
    bring(gradebook, tmp_path, "student,one\nana,b\nbruno,b\n", exam)
    for student in ("ana", "bruno"):
        notebook = Submission(student=student, assignment="camera", sha256="0", source="x", received=None)
        gradebook.add_scores("camera", [(notebook, Score(student, "run", (finding(4.0),)))])
    now = datetime.now(UTC)
    decided = {"student": "bruno", "assignment": "camera", "criterion": "c", "who": "instructor", "when": now}
    gradebook.add_override(Override(earned=2, **decided))
    shares = {g.grade.student: g.grade.findings[0].earned for g in score_exam(gradebook, exam).grades}
    assert shares == {"ana": 10, "bruno": 5}


def test_an_exam_without_responses_is_told_how_to_get_them(gradebook):
    with pytest.raises(
        UserError, match="there are no responses to `midterm` yet\n  From files: grader exam import midterm FILE; from "
    ):
        score_exam(gradebook, replace(exam_with()))
