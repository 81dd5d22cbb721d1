"""--watch looks every so often, shortly before the deadline, and once at it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from grader.deadlines.watching import plan_next

CLOSES = datetime(2024, 8, 11, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def turns(start, every_min, takes=timedelta(seconds=20)):
    """When it looks, each look taking some time."""
    found = [start]
    while True:
        turn = plan_next(found[-1], found[-1] + takes, CLOSES, every_min * 60)
        if turn is None:
            return found
        found.append(turn)


def test_it_looks_every_so_often_a_minute_before_the_deadline_and_at_it():
    assert turns(CLOSES - 25 * MINUTE, 10) == [
        CLOSES - 25 * MINUTE,
        CLOSES - 15 * MINUTE,
        CLOSES - 5 * MINUTE,
        CLOSES - MINUTE,
        CLOSES,
    ]


def test_a_look_that_takes_longer_than_the_turn_is_followed_at_once():
    assert turns(CLOSES - 5 * MINUTE, 1, takes=3 * MINUTE)[1] == CLOSES - 2 * MINUTE


def test_after_the_deadline_it_looks_once():
    assert turns(CLOSES + MINUTE, 10) == [CLOSES + MINUTE]


@given(st.floats(0.1, 3000), st.floats(1, 60), st.floats(0, 600))
def test_it_always_ends_with_one_look_at_or_after_the_deadline(before_min, every_min, takes_s):
    takes = timedelta(seconds=takes_s)
    found = turns(CLOSES - before_min * MINUTE, every_min, takes)
    assert [turn >= CLOSES for turn in found].index(True) == len(found) - 1
    assert found == sorted(found)
    assert found[-1] == max(CLOSES, found[-2] + takes)
