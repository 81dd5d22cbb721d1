"""The expectation `close` on answers of several parts, and which of many wrong values is told."""

from __future__ import annotations

import numpy as np

from .making import find

CLOSE = {"close": {"rtol": 1e-5}}
RANDOM = np.random.default_rng(4)
SMALL, LARGE = RANDOM.normal(size=(9, 9)), RANDOM.normal(size=(8, 8))
PICTURES = {"small": SMALL, "large": LARGE}
HALF_FOR_A_SIGN = {"partly": {"sign": 0.5}}


def test_the_place_that_is_told_is_that_of_a_wrong_value_and_not_of_a_larger_difference_that_is_allowed():
    expected = np.array([1e8, 2.0, -3e8, 5.0])
    finding = find(CLOSE, np.add(expected, [100.0, 0.5, 100.0, 0.0]), expected)
    assert "in 1 of 4 values, most of all at [1]: there it is 2.5, but 2 is expected." in str(finding.because)


def test_a_known_mistake_in_all_that_is_wrong_gets_its_share_of_the_points():
    finding = find(CLOSE, {"small": -SMALL, "large": -LARGE}, PICTURES, **HALF_FOR_A_SIGN)
    assert (finding.earned, finding.diagnosis) == (2, "sign")
    assert find(CLOSE, {"small": SMALL, "large": -LARGE}, PICTURES, **HALF_FOR_A_SIGN).earned == 2


def test_a_known_mistake_in_one_part_and_another_in_the_next_gets_none():
    finding = find(CLOSE, {"small": -SMALL, "large": LARGE + 1}, PICTURES, **HALF_FOR_A_SIGN)
    assert (finding.earned, finding.diagnosis) == (0, None)
    assert str(finding.because).endswith("The sign is the wrong way round; the size is right.")


def test_two_parts_that_are_the_same_and_should_not_be_are_told():
    expected = {"usual": SMALL, "wide": SMALL**2}
    finding = find(CLOSE, {"usual": SMALL, "wide": SMALL}, expected)
    assert str(finding.because).endswith("It is the same as the entry `usual` of `slope`, and should not be.")
    in_a_list = find(CLOSE, [SMALL, SMALL, 3.0], [SMALL, SMALL**2, 4.0])
    assert str(in_a_list.because).endswith("It is the same as item 0 of `slope`, and should not be.")


def test_two_wrong_parts_that_should_be_the_same_are_not_told_as_twins():
    both = find(CLOSE, {"one": SMALL**2, "other": SMALL**2}, {"one": SMALL, "other": SMALL})
    assert "should not be" not in str(both.because)
    zeros = find(CLOSE, {"one": SMALL**2, "other": np.zeros(9)}, {"one": SMALL, "other": np.zeros(9)})
    assert "should not be" not in str(zeros.because)


def test_a_twin_is_looked_for_before_and_behind_the_wrong_part():
    expected = {"usual": SMALL, "wide": SMALL**2, "other": LARGE}
    behind = find(CLOSE, {"usual": SMALL**2, "wide": SMALL**2, "other": LARGE}, expected)
    assert str(behind.because).endswith("It is the same as the entry `wide` of `slope`, and should not be.")


def test_a_list_of_another_length_is_missed_and_both_lengths_are_told_unless_they_are_hidden():
    told = find(CLOSE, [SMALL, LARGE, 1.0], [SMALL, LARGE])
    assert (told.status, told.earned) == ("missed", 0)
    assert str(told.because).startswith("`slope` has 3 items, but 2 are expected.")
    hidden = find(CLOSE, [SMALL, LARGE, 1.0], [SMALL, LARGE], probe={"variable": "slope", "hidden": True})
    assert (hidden.status, hidden.earned) == ("missed", 0)
    assert "2" not in str(hidden.because)


def nested(value: float, levels: int):
    """The value in so many dictionaries and lists."""
    told: object = [{"in": value}]
    for _ in range(levels - 2):
        told = {"in": told}
    return told


def test_parts_are_compared_eight_levels_deep_and_deeper_ones_wait_for_a_person():
    for levels, right, wrong in ((8, "met", "missed"), (9, "unscored", "unscored")):
        deep = nested(1.0, levels)
        assert find(CLOSE, deep, deep).status == right, levels
        assert find(CLOSE, nested(2.0, levels), deep).status == wrong, levels
