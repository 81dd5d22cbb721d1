"""The deadline: what is known of when, which submission counts, and what lateness costs, by invented clocks only."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.course import LatePolicy
from grader.deadlines.lateness import Terms, choose, choose_candidates, find_step, judge_lateness, measure_late_s
from grader.deadlines.later_changes import tell_changes, tell_later
from grader.language import verbatim
from grader.model import Finding, Grade, HandInEvidence, LateRuling, Submission
from tests.small_course import notebook_of

DUE = datetime(2024, 8, 11, 3, 0, tzinfo=UTC)
"""The start of 11 August in Buenos Aires."""
BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PER_DAY = LatePolicy(rule="per-day", costs=0.1, at_most=0.5)


def terms(late=PER_DAY, **more):
    return Terms(DUE, late, BUENOS_AIRES, **more)


def mailed(after, sha256="a"):
    sent = DUE + after
    return submission(sha256, sent, HandInEvidence(kind="attachment", sent=sent, message="m1"))


def linked(modified, looked, sent=-DAY, sha256="a"):
    evidence = HandInEvidence(kind="link", sent=DUE + sent, looked=DUE + looked, modified=DUE + modified, file="f1")
    return submission(sha256, DUE + max(modified, sent), evidence)


def submission(sha256="a", received=None, evidence=None):
    return Submission(
        student="ana", assignment="hello", sha256=sha256, source="x", received=received, evidence=evidence
    )


@pytest.mark.parametrize(
    ("one", "step"),
    [
        (mailed(-HOUR), "attachment"),
        (mailed(HOUR), "attachment"),
        (linked(-HOUR, -MINUTE), "snapshot"),
        (linked(-HOUR, DAY), "unchanged"),
        (linked(HOUR, DAY), "changed"),
        (linked(2 * HOUR, DAY, sent=HOUR), "unchanged"),
        (submission(received=DUE), "upload"),
        (submission(received=DUE, evidence=HandInEvidence(kind="revision", modified=DUE)), "revision"),
        (submission(), "unknown"),
    ],
)
def test_each_way_of_knowing_when_has_its_step(one, step):
    assert find_step(one, DUE) == step


def test_the_last_second_is_in_time_and_the_next_one_is_late():
    assert measure_late_s(mailed(timedelta()), terms()) == 0
    assert measure_late_s(mailed(timedelta(seconds=1)), terms()) == 1


def test_a_grace_time_forgives_and_what_is_later_is_measured_from_the_deadline():
    late = PER_DAY.model_copy(update={"grace_min": 10.0})
    assert measure_late_s(mailed(10 * MINUTE), terms(late)) == 0
    assert measure_late_s(mailed(11 * MINUTE), terms(late)) == 660


@pytest.mark.parametrize(
    ("policy", "after", "free", "penalty", "costs"),
    [
        (LatePolicy(), 30 * HOUR, 0, 0, "That is 1 d 6 h after the deadline, which costs nothing in this assignment."),
        (
            LatePolicy(rule="refuse"),
            HOUR,
            0,
            10,
            "That is 1 h 0 min after the deadline. Late submissions get no points in this assignment.",
        ),
        (
            LatePolicy(rule="fixed", costs=0.25),
            50 * HOUR,
            0,
            2.5,
            "That is 2 d 2 h after the deadline, which costs 25% of the points.",
        ),
        (
            PER_DAY,
            25 * HOUR,
            0,
            2,
            "That is 1 d 1 h after the deadline: 2 days begun; each day begun costs 10% of the points, 50% at most. "
            "It costs 20% of the points.",
        ),
        (
            PER_DAY,
            25 * HOUR,
            1,
            1,
            "That is 1 d 1 h after the deadline: 2 days begun, of which your free late days cover 1; each day begun "
            "costs 10% of the points, 50% at most. It costs 10% of the points.",
        ),
        (
            PER_DAY,
            HOUR,
            3,
            0,
            "That is 1 h 0 min after the deadline: 1 day begun, of which your free late days cover 1; each day begun "
            "costs 10% of the points, 50% at most. It costs 0% of the points.",
        ),
        (
            PER_DAY,
            20 * DAY,
            0,
            5,
            "That is 20 d 0 h after the deadline: 20 days begun; each day begun costs 10% of the points, 50% at most. "
            "It costs 50% of the points.",
        ),
    ],
)
def test_each_rule_costs_what_it_says_and_tells_the_student(policy, after, free, penalty, costs):
    lateness = judge_lateness(mailed(after), terms(policy, free_days=free), 10)
    assert lateness.penalty == penalty
    assert str(lateness.because).split(". ", 1)[1] == costs
    assert not lateness.waits


@given(st.floats(0, 40), st.floats(0, 40), st.integers(0, 5))
def test_coming_later_never_costs_less_and_never_more_than_the_cap(days, more, free):
    one, other = (
        judge_lateness(mailed(timedelta(days=when)), terms(free_days=free), 10).penalty for when in (days, days + more)
    )
    assert 0 <= one <= other <= 5


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (mailed(-HOUR), "The notebook itself came with your mail, on 2024-08-10 23:00:00 UTC−03:00."),
        (submission(received=DUE - HOUR), "It was uploaded on 2024-08-10 23:00:00 UTC−03:00."),
        (
            linked(-HOUR, -MINUTE),
            "A copy of your shared notebook was taken on 2024-08-10 23:59:00 UTC−03:00, before the deadline, "
            "and that copy was graded.",
        ),
        (
            linked(-HOUR, DAY),
            "Your shared notebook was copied on 2024-08-12 00:00:00 UTC−03:00; it says that it was last changed on "
            "2024-08-10 23:00:00 UTC−03:00. The link came on 2024-08-10 00:00:00 UTC−03:00.",
        ),
        (
            submission(received=DUE - HOUR, evidence=HandInEvidence(kind="revision", modified=DUE - HOUR)),
            "Of your shared notebook’s history the last state before the deadline was graded, "
            "of 2024-08-10 23:00:00 UTC−03:00.",
        ),
    ],
)
def test_the_student_reads_how_the_time_is_known(one, sentence):
    assert str(judge_lateness(one, terms(), 10).because) == sentence


def test_a_source_without_times_says_nothing_of_lateness():
    assert judge_lateness(submission(), terms(), 10) is None


def test_a_link_changed_after_the_deadline_waits_for_a_person_with_the_points_it_would_cost():
    lateness = judge_lateness(linked(HOUR, DAY), terms(), 10)
    assert (lateness.step, lateness.waits, lateness.penalty, lateness.late_by_s) == ("changed", True, 1, 3600)
    assert str(lateness.because) == (
        "Your shared notebook was copied on 2024-08-12 00:00:00 UTC−03:00, and it was changed on "
        "2024-08-11 01:00:00 UTC−03:00, after the deadline; how it was before, nobody has kept. Whether it counts as "
        "late waits for a person; until then the points below are withheld. That is 1 h 0 min after the deadline: "
        "1 day begun; each day begun costs 10% of the points, 50% at most. It costs 10% of the points."
    )


def test_a_person_settles_it_either_way_and_an_older_decision_does_not():
    one = linked(HOUR, DAY)
    stands = terms(settled=DUE + 2 * DAY)
    assert (judge_lateness(one, stands, 10).waits, judge_lateness(one, stands, 10).penalty) == (False, 1)
    extended = Terms(DUE + 2 * HOUR, PER_DAY, BUENOS_AIRES, settled=DUE + 2 * DAY)
    assert judge_lateness(one, extended, 10).penalty == 0
    assert judge_lateness(one, terms(settled=DUE - DAY), 10).waits


def test_where_lateness_costs_nothing_there_is_nothing_to_decide():
    assert not judge_lateness(linked(HOUR, DAY), terms(LatePolicy()), 10).waits


def test_the_last_one_in_time_counts_though_a_later_one_is_late():
    first, last, late = mailed(-DAY, "a"), mailed(-HOUR, "b"), mailed(HOUR, "c")
    assert choose([late, last, first], terms()) is last


def test_if_none_was_in_time_the_last_one_counts():
    assert choose([mailed(HOUR, "a"), mailed(2 * HOUR, "b")], terms()).sha256 == "b"


def test_a_copy_taken_in_time_outlives_later_changes():
    kept, changed = linked(-DAY, -HOUR, sha256="a"), linked(HOUR, DAY, sha256="b")
    assert choose([kept, changed], terms()) is kept


def test_what_has_no_time_counts_where_it_was_collected():
    one, other = submission("a"), submission("b")
    assert choose([one, other], terms()) is other
    assert choose([one, mailed(-DAY, "b")], terms()).sha256 == "b"
    assert choose([mailed(-DAY, "b"), one], terms()) is one


def test_where_the_best_counts_each_is_graded_once():
    best = terms(PER_DAY.model_copy(update={"counts": "best"}))
    tried = [mailed(-DAY, "a"), mailed(-HOUR, "b"), mailed(-MINUTE, "a"), mailed(HOUR, "c")]
    assert [one.sha256 for one in choose_candidates(tried, best)] == ["a", "b", "c"]
    assert [one.sha256 for one in choose_candidates(tried, terms())] == ["a"]


def test_a_change_after_the_copy_that_counts_is_told_with_the_cells():
    before, after = notebook_of("x = 1", "y = 2"), notebook_of("x = 1", "y = 3", "z = 4")
    content = {"a": before.encode(), "b": after.encode()}
    kept, changed = linked(-DAY, -HOUR, sha256="a"), linked(HOUR, DAY, sha256="b")
    assert str(tell_later(kept, [kept, changed], terms(), content.__getitem__)) == (
        "It was changed after the deadline, on 2024-08-11 01:00:00 UTC−03:00, which does not count. "
        "What changed: code cell 2 (`y = 2`), code cell 3 (`z = 4`) added."
    )
    assert not tell_later(kept, [kept], terms(), content.__getitem__)


def test_what_only_ran_again_has_not_changed():
    ran = notebook_of("x = 1").replace('"outputs": []', '"outputs": [{"output_type": "stream", "text": "1"}]')
    assert str(tell_changes(notebook_of("x = 1").encode(), ran.encode())) == (
        "Its code and text are the same: it was only run or saved again."
    )
    assert str(tell_changes(b"", b"")) == "The changes are unknown: one of the two files is not a notebook."


def test_many_changes_are_named_and_counted():
    before, after = (notebook_of(*(f"x = {place + shift}" for place in range(8))) for shift in (0, 100))
    assert str(tell_changes(before.encode(), after.encode())).endswith("code cell 5 (`x = 4`), and 3 more.")


def grade(earned, lateness, status="met"):
    finding = Finding(criterion="a", says="A.", status=status, earned=earned, possible=10, because=verbatim("…"))
    return Grade(student="ana", assignment="hello", findings=(finding,), lateness=lateness, end="finished")


def test_a_penalty_is_taken_from_what_was_earned_and_never_more():
    late = judge_lateness(mailed(25 * HOUR), terms(), 10)
    assert (grade(10, late).earned, grade(10, late).penalty, grade(10, late).needs_review) == (8, 2, False)
    assert (grade(1, late).earned, grade(1, late).penalty) == (0, 1)


def test_a_disputed_penalty_waits_with_its_points():
    disputed = grade(10, judge_lateness(linked(HOUR, DAY), terms(), 10))
    assert (disputed.earned, disputed.waiting, disputed.needs_review) == (9, 1, True)


def test_times_are_told_in_the_zone_of_the_deadline():
    far = Terms(DUE, PER_DAY, timezone(timedelta(hours=5, minutes=30)))
    assert "2024-08-11 07:30:00 UTC+05:30" in str(judge_lateness(mailed(-HOUR), far, 10).because)


def ruled(counts, handed_in=None, sha256="a"):
    said = LateRuling(
        student="ana", assignment="hello", sha256=sha256, counts=counts, handed_in=handed_in, who="prof", when=DUE + DAY
    )
    return {sha256: said}


def test_a_persons_word_on_one_submission_holds_for_that_one_and_no_other():
    one, other = linked(HOUR, DAY, sha256="a"), linked(2 * HOUR, DAY, sha256="b")
    in_time = terms(rulings=ruled("in time"))
    assert (measure_late_s(one, in_time), measure_late_s(other, in_time)) == (0.0, 7200.0)
    assert judge_lateness(other, in_time, 10).waits
    assert choose([one, other], in_time) is one


@given(st.integers(1, 10 * 86_400))
def test_what_counts_as_handed_in_later_never_costs_less(seconds):
    given_time = terms(rulings=ruled("late", DUE + timedelta(seconds=seconds)))
    later = terms(rulings=ruled("late", DUE + timedelta(seconds=seconds + 3600)))
    now, then = (judge_lateness(linked(HOUR, DAY), one, 10) for one in (given_time, later))
    assert now.late_by_s == seconds
    assert 0 < now.penalty <= then.penalty <= 5
    assert not now.waits
