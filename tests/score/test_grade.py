"""Findings folded with what persons decided: the last decision counts, and taking one back counts as well."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.language import verbatim
from grader.model import Finding, Override
from grader.score.grade import find_outdated, find_standing, fold

WAITING = Finding(
    criterion="words", says="You compare.", status="unscored", earned=None, possible=4, because=verbatim("Read it.")
)


def decide(earned: float | None, comment: str = "") -> Override:
    when = datetime(2024, 8, 13, tzinfo=UTC)
    return Override(
        student="ana", assignment="lines", criterion="words", earned=earned, comment=comment, who="eva", when=when
    )


@pytest.mark.parametrize(("earned", "status"), [(4.0, "met"), (1.5, "partly"), (0.0, "missed")])
def test_a_decision_takes_the_place_of_what_was_found(earned: float, status: str) -> None:
    (folded,) = fold([WAITING], [decide(earned)])
    assert (folded.status, folded.earned, str(folded.because)) == (status, earned, f"eva gave {earned:g} of 4 points.")


def test_the_comment_is_the_reason_that_the_student_reads() -> None:
    (folded,) = fold([WAITING], [decide(2, "Half of it.")])
    assert str(folded.because) == "Half of it."


@pytest.mark.parametrize(("earned", "diagnosis"), [(3.5, "sign"), (4, None)])
def test_who_gives_all_points_says_that_there_is_no_mistake(earned: float, diagnosis: str | None) -> None:
    (folded,) = fold([WAITING.model_copy(update={"diagnosis": "sign"})], [decide(earned)])
    assert folded.diagnosis == diagnosis


def test_the_last_decision_counts() -> None:
    (folded,) = fold([WAITING], [decide(1), decide(3)])
    assert folded.earned == 3


def test_a_decision_that_is_taken_back_leaves_the_finding_as_it_was() -> None:
    decisions = [decide(1), decide(3), decide(None)]
    assert fold([WAITING], decisions) == (WAITING,)
    assert find_standing([WAITING], decisions) == {}


def test_a_decision_after_one_that_was_taken_back_counts() -> None:
    (folded,) = fold([WAITING], [decide(1), decide(None), decide(2)])
    assert folded.earned == 2


def test_points_above_what_a_criterion_is_worth_now_wait_for_a_person() -> None:
    (folded,) = fold([WAITING], [decide(9)])
    assert (folded.status, folded.earned) == ("unscored", None)
    assert str(folded.because) == ("A person gave 9 points, and this criterion is now worth 4: a person looks again.")
    (kept,) = fold([WAITING], [decide(4)])
    assert (kept.status, kept.earned) == ("met", 4)


def on_work(earned: float | None, *judged: str) -> Override:
    return decide(earned).model_copy(update={"judged": judged})


def finding_on(*judged: str, earned: float | None = None) -> Finding:
    status = "unscored" if earned is None else "partly"
    return WAITING.model_copy(update={"judged": judged, "earned": earned, "status": status})


@pytest.mark.parametrize(
    ("decided", "now"), [((), ()), ((), ("b",)), (("a",), ()), (("a",), ("a",)), (("a", "x"), ("b", "x"))]
)
def test_a_decision_holds_where_one_of_the_things_judged_is_the_same_or_where_either_is_not_known(decided, now) -> None:
    (folded,) = fold([finding_on(*now)], [on_work(3, *decided)])
    assert (folded.status, folded.earned) == ("partly", 3)
    assert find_outdated([finding_on(*now)], [on_work(3, *decided)]) == {}
    assert list(find_standing([finding_on(*now)], [on_work(3, *decided)])) == ["words"]


@pytest.mark.parametrize("earned", [0, 3, 4])
def test_a_decision_on_other_work_waits_for_a_person_again(earned) -> None:
    decisions = [on_work(earned, "a", "x")]
    (folded,) = fold([finding_on("b", "y")], decisions)
    assert (folded.status, folded.earned) == ("unscored", None)
    assert str(folded.because) == (
        f"A person decided on earlier work: {earned} of 4 points. This work differs, so a person looks again."
    )
    assert find_standing([finding_on("b", "y")], decisions) == {}


def test_a_decision_on_other_work_that_gave_the_same_points_waits_for_nobody() -> None:
    now = finding_on("b", earned=3)
    assert fold([now], [on_work(3, "a")]) == (now,)
    assert fold([now], [on_work(2, "a")])[0].status == "unscored"
    assert fold([now], [on_work(None, "a")]) == (now,)


def test_a_decision_on_a_criterion_that_is_gone_stands_and_changes_no_finding() -> None:
    gone = decide(2).model_copy(update={"criterion": "gone"})
    assert find_standing([WAITING], [gone]) == {"gone": gone}
    assert find_outdated([WAITING], [gone]) == {}
    assert fold([WAITING], [gone]) == (WAITING,)


def test_points_below_zero_count_as_zero() -> None:
    (folded,) = fold([WAITING], [decide(-1)])
    assert (folded.status, folded.earned) == ("missed", 0)


@pytest.mark.parametrize(("status", "after"), [("met", "met"), ("missed", "missed"), ("unscored", "met")])
def test_a_decision_on_a_criterion_of_no_points_keeps_what_was_found(status: str, after: str) -> None:
    earned = None if status == "unscored" else 0.0
    (folded,) = fold([WAITING.model_copy(update={"status": status, "earned": earned, "possible": 0.0})], [decide(0)])
    assert (folded.status, folded.earned, str(folded.because)) == (after, 0.0, "eva looked at this.")


def test_points_for_a_criterion_that_now_has_none_wait_for_a_person() -> None:
    (folded,) = fold([WAITING.model_copy(update={"status": "met", "earned": 0.0, "possible": 0.0})], [decide(2)])
    assert folded.status == "unscored"
