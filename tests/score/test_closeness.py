"""The expectation `close` on answers of several parts, and which of many wrong values is told."""

from __future__ import annotations

import numpy as np
import pytest

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


@pytest.mark.parametrize(("off", "earned"), [(0.0009, 2), (0.0011, 0)])
def test_what_the_rubric_calls_close_is_close_enough_for_a_known_mistake(off, earned):
    points = 10 * RANDOM.normal(size=(9, 2))
    answer = points[:, ::-1] + off * np.eye(9, 2)
    finding = find({"close": {"rtol": 0, "atol": 0.001}}, answer, points, partly={"swapped": 0.5})
    assert finding.earned == earned


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


def test_complex_numbers_are_compared_by_both_their_parts():
    expected = np.array([1 + 2j, -3 + 0.5j])
    assert find(CLOSE, expected, expected).status == "met"
    assert find(CLOSE, expected + 1e-3, expected).status == "missed"
    assert find(CLOSE, expected + 1e-3j, expected).status == "missed"


def test_a_single_number_may_come_in_any_shape_and_several_only_in_theirs():
    assert find(CLOSE, np.array([[2.0]]), 2.0).status == find(CLOSE, 2.0, np.array([2.0])).status == "met"
    assert find(CLOSE, np.full((2, 3), 2.0), np.full((3, 2), 2.0)).status == "missed"
    single, several = find(CLOSE, 2.0, np.full(3, 2.0)), find(CLOSE, np.full(3, 2.0), 2.0)
    assert str(single.because).startswith("`slope` is a single number, but the shape (3,) is expected.")
    assert str(several.because).startswith("`slope` has the shape (3,), but a single number is expected.")


def test_what_is_not_made_of_numbers_is_missed_and_named():
    words = find(CLOSE, "two", 2.0)
    assert (words.status, words.earned) == ("missed", 0)
    assert "`slope`" in str(words.because)


def test_an_entry_that_is_not_there_is_named():
    assert "has no entry `wide`" in str(find(CLOSE, {"usual": 1.0}, {"usual": 1.0, "wide": 2.0}).because)


def test_what_is_right_is_told_by_its_value_or_by_how_many_were_compared():
    assert str(find(CLOSE, 2.0, 2.0).because) == "`slope` is 2, as expected."
    assert str(find({"close": {"rtol": 0.1}}, 2.1, 2.0).because) == "`slope` is 2.1, close to the expected 2."
    assert str(find(CLOSE, np.arange(3.0), np.arange(3.0)).because) == "`slope` is as expected: 3 values compared."


HIDDEN = {"variable": "slope", "hidden": True}


@pytest.mark.parametrize(("wrong", "says"), [(1, "some"), (2, "some"), (3, "most"), (4, "all")])
def test_of_hidden_values_it_is_told_whether_some_most_or_all_are_wrong(wrong, says):
    expected = np.array([1.0, 5.0, -2.0, 8.0])
    answer = np.where(np.arange(4) < wrong, np.add(expected, [0.3, -0.9, 2.0, 0.1]), expected)
    assert f"{says} of the values are wrong" in str(find(CLOSE, answer, expected, probe=HIDDEN).because)


def test_the_worst_place_is_the_one_that_is_no_number_or_else_the_farthest_off():
    expected = np.array([[1.0, -50.0], [3.0, 4.0]])
    off = np.add(expected, [[0.5, 0.0], [2.0, 0.1]])
    assert "most of all at [1, 0]: there it is 5, but 3 is expected" in str(find(CLOSE, off, expected).because)
    off[1, 1] = np.nan
    assert "most of all at [1, 1]" in str(find(CLOSE, off, expected).because)
