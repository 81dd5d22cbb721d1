"""What a trial shows is what keeping it does; until then nothing is written."""

from __future__ import annotations

import pytest

from grader.errors import UserError
from grader.review.session import Given, ReviewSession
from grader.review.trial import PointsChange, keep_points, read_new_points, try_points
from grader.verbs.notebooks import score_class
from tests.review.conftest import Find


def rubric_of(session: ReviewSession) -> str:
    return (session.course.root / "rubrics/noise.yaml").read_text()


def test_a_trial_tells_the_change_of_every_student_and_writes_nothing(session: ReviewSession) -> None:
    before, scores = rubric_of(session), session.work.gradebook.scores("noise")
    trial = try_points(session.course, session.work, session.course.assignment("noise"), "bright", 3)
    assert trial.changed == (PointsChange("ana", 2, 3), PointsChange("carla", 2, 3), PointsChange("dora", 2, 3))
    assert (trial.whole_before, trial.whole_after, trial.medians) == (10, 11, (1, 1.5))
    assert [line.number for line in trial.lines] == [2, 11]
    assert rubric_of(session) == before
    assert session.work.gradebook.scores("noise") == scores
    assert not list(session.work.root.glob("trial-*"))


def test_what_is_kept_is_what_was_shown(session: ReviewSession) -> None:
    assignment = session.course.assignment("noise")
    trial = try_points(session.course, session.work, assignment, "bright", 0.5)
    keep_points(session.course, session.work, assignment, "bright", 0.5, trial.sha256)
    assert "points: 0.5     # was 1 until May" in rubric_of(session)
    after = score_class(session.course, session.work, session.course.assignment("noise"))
    assert {one.student: one.after for one in trial.students} == {one.grade.student: one.grade.earned for one in after}


def test_points_that_a_person_gave_wait_where_they_are_too_many_and_are_named(
    session: ReviewSession, find: Find
) -> None:
    session.decide(find("words", "ana"), ["ana"], [Given("words", 3.0)])
    trial = try_points(session.course, session.work, session.course.assignment("noise"), "words", 2)
    assert trial.decided == ("ana",)
    assert trial.changed == (PointsChange("ana", 5, 2),)


def test_a_rubric_that_changed_since_is_not_written_over(session: ReviewSession) -> None:
    assignment = session.course.assignment("noise")
    trial = try_points(session.course, session.work, assignment, "bright", 3)
    path = session.course.root / "rubrics/noise.yaml"
    path.write_text(path.read_text() + "# one more thought\n")
    with pytest.raises(UserError) as refused:
        keep_points(session.course, session.work, assignment, "bright", 3, trial.sha256)
    assert str(refused.value) == (
        f"{path}: the rubric has changed since this was tried out, so nothing was written\n  Try it out again."
    )
    assert "points: 3 " not in rubric_of(session)


def test_the_file_keeps_its_permissions(session: ReviewSession) -> None:
    path = session.course.root / "rubrics/noise.yaml"
    path.chmod(0o640)
    assignment = session.course.assignment("noise")
    trial = try_points(session.course, session.work, assignment, "bright", 3)
    keep_points(session.course, session.work, assignment, "bright", 3, trial.sha256)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "", "many"])
def test_a_criterion_is_worth_something(text: str) -> None:
    with pytest.raises(UserError) as refused:
        read_new_points(text)
    assert str(refused.value) == f"“{text}” is no number of points\n  Give a number above 0."
