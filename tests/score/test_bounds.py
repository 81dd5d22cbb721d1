"""One number within bounds, such as an accuracy of at least 0.9."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .making import find, rubric_of

ACCURACY = {"variable": "accuracy"}
SHARE = {"at_least": 0.9, "at_most": 1}
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@pytest.mark.parametrize(
    ("bounds", "answer", "sentence"),
    [
        ({"at_least": 0.9}, 0.93, "`accuracy` is 0.93, as expected: at least 0.9."),
        ({"at_least": 0.9}, 0.9, "`accuracy` is 0.9, as expected: at least 0.9."),
        ({"at_most": 3}, 3, "`accuracy` is 3, as expected: at most 3."),
        (SHARE, np.array(0.95), "`accuracy` is 0.95, as expected: from 0.9 to 1."),
        (SHARE, np.array([[1.0]]), "`accuracy` is 1, as expected: from 0.9 to 1."),
        (SHARE, [0.95], "`accuracy` is 0.95, as expected: from 0.9 to 1."),
        (SHARE, float(np.float32(0.9)), "`accuracy` is 0.9, as expected: from 0.9 to 1."),
        ({"at_least": 0}, -0.0, "`accuracy` is -0, as expected: at least 0."),
    ],
)
def test_a_number_within_its_bounds_is_met(bounds, answer, sentence):
    finding = find({"number": bounds}, answer, probe=ACCURACY)
    assert (finding.status, str(finding.because)) == ("met", sentence)


CURE = "Look for a division by zero, a logarithm or root of a negative number, or steps that are too large."


@pytest.mark.parametrize(
    ("bounds", "answer", "sentence"),
    [
        ({"at_least": 0.9}, 0.85, "`accuracy` is 0.85, but it should be at least 0.9."),
        ({"at_least": 0.9}, 0.89998, "`accuracy` is 0.89998, but it should be at least 0.9."),
        ({"at_most": 3}, 4, "`accuracy` is 4, but it should be at most 3."),
        (SHARE, 93, "`accuracy` is 93, but it should be from 0.9 to 1. "
         "It may be in percent where a share of 1 is expected: then divide it by 100."),
        (SHARE, 85.0, "`accuracy` is 85, but it should be from 0.9 to 1."),
        (SHARE, 1.5, "`accuracy` is 1.5, but it should be from 0.9 to 1."),
        ({"at_least": 90, "at_most": 100}, 9300, "`accuracy` is 9300, but it should be from 90 to 100."),
        (SHARE, float("nan"), f"`accuracy` is NaN, but a finite number is expected. {CURE}"),
        ({"at_least": 0.9}, float("inf"), f"`accuracy` is infinity, but a finite number is expected. {CURE}"),
        (SHARE, "0.93", "`accuracy` is text, not a number."),
        (SHARE, True, "`accuracy` is true or false, not a number."),
        (SHARE, np.array([True]), "`accuracy` is true or false, not a number."),
        (SHARE, None, "`accuracy` is None: a function may lack its `return`."),
        (SHARE, [0.9, 0.95], "`accuracy` has the shape (2,), but a single number is expected."),
        (SHARE, np.empty((0, 3)), "`accuracy` has the shape (0, 3), but a single number is expected."),
        (SHARE, {"test": 0.95}, "`accuracy` is a dictionary, not an array of numbers."),
        (SHARE, 0.95 + 1j, "`accuracy` holds complex numbers where real ones are expected."),
        (SHARE, 10**400, "`accuracy` holds a number that is too large."),
    ],
)  # fmt: skip
def test_what_is_no_number_within_the_bounds_is_missed_with_a_sentence(bounds, answer, sentence):
    finding = find({"number": bounds}, answer, probe=ACCURACY)
    assert (finding.status, str(finding.because)) == ("missed", sentence)


def test_nan_earns_the_share_that_a_rubric_gives_for_it():
    assert find({"number": SHARE}, float("nan"), partly={"nan": 0.25}).earned == 1.0


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (0.95, "The value of `score` on a hidden input is as expected."),
        (0.5, "The value of `score` on a hidden input is smaller than expected."),
        (93, "The value of `score` on a hidden input is larger than expected."),
        ([1, 2, 3], "The value of `score` on a hidden input is an array, but a single number is expected."),
    ],
)
def test_of_a_hidden_input_neither_number_nor_bounds_are_said(answer, sentence):
    hidden = {"call": "score", "with": {"x": 7391}, "hidden": True}
    assert str(find({"number": SHARE}, answer, probe=hidden).because) == sentence


@given(value=numbers, low=numbers, high=numbers)
def test_a_number_is_met_just_where_it_is_between_its_bounds(value, low, high):
    low, high = min(low, high), max(low, high)
    finding = find({"number": {"at_least": low, "at_most": high}}, value)
    assert (finding.status == "met") == (low <= value <= high)


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({}, "it needs `at_least` or `at_most`"),
        ({"at_least": 2, "at_most": 1}, "no number is at least 2 and at most 1"),
        ({"at_least": float("nan")}, "finite number"),
        ({"at_most": float("inf")}, "finite number"),
        ({"at_least": "much"}, "valid number"),
    ],
)
def test_bounds_that_no_number_can_meet_are_refused(bounds, said):
    with pytest.raises(ValueError, match=said):
        rubric_of({"number": bounds})
