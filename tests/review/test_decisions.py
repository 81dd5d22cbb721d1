"""A decision is points that were checked, appended; taking it back is one more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.errors import UserError
from grader.review.decisions import decide, find_finding, read_points, read_standings, take_back
from grader.review.session import Given, ReviewSession
from grader.store.gradebook import Gradebook
from tests.review.conftest import Find

NOW = datetime(2024, 8, 13, tzinfo=UTC)


@pytest.mark.parametrize(("text", "points"), [("1.5", 1.5), (" 2 ", 2.0), ("0", 0.0), ("0,25", 0.25), ("4", 4.0)])
def test_points_are_read_as_people_write_them(text: str, points: float) -> None:
    assert read_points(text, 4) == points


@pytest.mark.parametrize("text", ["4.01", "-1", "", "two", "nan", "inf", "1e9"])
def test_points_that_a_criterion_is_not_worth_are_refused(text: str) -> None:
    with pytest.raises(UserError) as refused:
        read_points(text, 4)
    assert str(refused.value) == f"“{text}” is no number of points here\n  Give a number from 0 to 4."


def decided(session: ReviewSession, student: str, criterion: str) -> float | None:
    standing, _ = find_finding(session.work.gradebook, "noise", student, criterion)
    (finding,) = (one for one in standing.folded if one.criterion == criterion)
    return finding.earned


def test_one_decision_counts_for_all_who_gave_the_answer(session: ReviewSession, find: Find) -> None:
    item = find("words", "ana")
    session.decide(item, item.students, [Given("words", 3.0, "Nearly.", "As in class.")])
    assert [decided(session, student, "words") for student in ("ana", "bruno", "carla")] == [3.0, 3.0, None]
    override = session.work.gradebook.overrides("noise")[0]
    assert (override.who, override.comment, override.why) == ("prof", "Nearly.", "As in class.")


def test_what_is_taken_back_is_appended_and_leaves_what_was_before(session: ReviewSession, find: Find) -> None:
    item = find("words", "ana")
    session.decide(item, ["ana"], [Given("words", 1.0, "First.")])
    session.decide(item, ["ana", "bruno"], [Given("words", 4.0, "Second.")])
    assert session.undo() == item.key
    assert [decided(session, student, "words") for student in ("ana", "bruno")] == [1.0, None]
    session.undo()
    assert decided(session, "ana", "words") is None
    told = [(one.student, one.earned, one.comment, one.why) for one in session.work.gradebook.overrides("noise")]
    assert told == [
        ("ana", 1.0, "First.", ""),
        ("ana", 4.0, "Second.", ""),
        ("bruno", 4.0, "Second.", ""),
        ("ana", 1.0, "First.", "Taken back: 4 points by prof."),
        ("bruno", None, "", "Taken back: 4 points by prof."),
        ("ana", None, "", "Taken back: 1 point by prof."),
    ]


def test_there_is_nothing_to_take_back_before_the_first_decision(session: ReviewSession) -> None:
    with pytest.raises(UserError, match="there is nothing to take back in this session"):
        session.undo()


def test_what_somebody_else_decided_since_is_not_taken_back(session: ReviewSession, find: Find) -> None:
    gradebook: Gradebook = session.work.gradebook
    decision = session.decide(find("words", "ana"), ["ana"], [Given("words", 1.0)])
    decide(gradebook, [decision.made[0].model_copy(update={"earned": 2.0, "who": "tutor"})])
    with pytest.raises(UserError) as refused:
        take_back(gradebook, decision, who="prof", when=NOW)
    assert str(refused.value) == (
        "`words` of ana has been decided again since, by tutor\n  Open it, and decide what counts."
    )
    assert decided(session, "ana", "words") == 2.0


def test_every_student_stands_with_their_own_decisions(session: ReviewSession, find: Find) -> None:
    session.decide(find("words", "carla"), ["carla"], [Given("words", 2.0)])
    standings = {one.student: one for one in read_standings(session.work.gradebook, "noise")}
    assert {student: len(one.overrides) for student, one in standings.items() if one.overrides} == {"carla": 1}


@pytest.mark.parametrize(
    ("name", "student", "criterion", "told"),
    [
        ("other", "ana", "words", "nothing of `other` has been scored\n  Score it first: grader score other"),
        ("noise", "anna", "words", "`anna` has no score in `noise`\n  Did you mean `ana`?"),
        ("noise", "ana", "word", "`noise` has no criterion `word`\n  Did you mean `words`?"),
        (
            "noise",
            "ana",
            "xyz",
            "`noise` has no criterion `xyz`\n  There are: bright, words, table, plot.",
        ),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(
    session: ReviewSession, name: str, student: str, criterion: str, told: str
) -> None:
    with pytest.raises(UserError) as refused:
        find_finding(session.work.gradebook, name, student, criterion)
    assert str(refused.value) == told
