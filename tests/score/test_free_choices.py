"""`close` with something free: a factor, signs, turns. What is right up to it is met, and all else is not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from .making import find

HOMOGRAPHY = np.array([[1.2, -0.1, 30.0], [0.05, 0.9, -12.0], [1e-4, -2e-4, 1.0]])
SCALE = {"close": {"up_to": "scale"}}
EIGENVECTORS = np.linalg.eigh(np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 1.0]]))[1]
LINE = {"close": {"to": 170.0, "atol": 0.5, "rtol": 0.0, "up_to": "half-turn", "unit": "degrees"}}
FREE = "Any factor but 0 is as right: the one that fits best is taken."

factors = st.floats(1e-200, 1e200) | st.floats(-1e200, -1e-200)
values = st.floats(-1e3, 1e3, width=32)
noises = arrays.arrays(np.float64, (3, 3), elements=st.floats(-0.012, 0.012) | st.just(0.0))
matrices = arrays.arrays(np.float64, (3, 3), elements=values)


# ---- a factor -------------------------------------------------------------------------------------------------------


@given(target=matrices, factor=factors)
def test_any_factor_of_the_target_but_0_is_met(target, factor):
    assume((np.abs(target) > 1e-3).any())
    assert find(SCALE, factor * target, target).status == "met"


@given(target=matrices, noise=noises, factor=st.sampled_from([-3.0, 0.01, 500.0]))
def test_what_no_factor_brings_within_the_tolerance_is_missed_and_all_else_is_met(target, noise, factor):
    answer = factor * target * (1 + noise)
    assume((np.abs(target) > 1e-3).any() and answer.any())
    room = 1e-8 + 0.01 * np.abs(target)
    told = answer != 0
    ends = np.stack([(target - room)[told] / answer[told], (target + room)[told] / answer[told]])
    width = ends.min(axis=0).max() - ends.max(axis=0).min()
    assume(abs(width) > 1e-9 * np.abs(ends).max())
    fits = width < 0 and (np.abs(target[~told]) <= room[~told]).all()
    status = find({"close": {"up_to": "scale", "rtol": 0.01}}, answer, target).status
    assert status == ("met" if fits else "missed")


def test_rounding_within_the_tolerance_is_allowed_whatever_the_factor():
    rounded = (-7.0 * HOMOGRAPHY).astype(np.float32)
    assert find(SCALE, rounded, HOMOGRAPHY).status == "met"
    off = HOMOGRAPHY.copy()
    off[0, 2] *= 1.000015  # by itself too far off; the factor takes half of it
    assert find(SCALE, 3 * off, HOMOGRAPHY).status == "met"
    off[0, 2] *= 1.000015
    assert find(SCALE, 3 * off, HOMOGRAPHY).status == "missed"


def test_the_sentence_says_that_the_factor_is_free_and_has_the_students_own_numbers():
    right = find(SCALE, 2 * HOMOGRAPHY, HOMOGRAPHY, probe={"variable": "H"})
    assert str(right.because) == f"`H` is as expected: 9 values compared. {FREE}"
    wrong = 2 * HOMOGRAPHY
    wrong[0, 2] = 50.0
    finding = find(SCALE, wrong, HOMOGRAPHY, probe={"variable": "H"})
    assert (finding.status, finding.diagnosis) == ("missed", None)
    assert str(finding.because) == (
        "`H` is not as expected in 1 of 9 values, most of all at [0, 2]: there it is 50, but 60 is expected. " + FREE
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (np.zeros((3, 3)), "`H` is 0 everywhere, and no factor makes that right."),
        (np.where(HOMOGRAPHY == 1.0, np.nan, 2 * HOMOGRAPHY),
         "`H` is not as expected in 1 of 9 values, most of all at [2, 2]: there it is NaN, but 2 is expected. "
         f"{FREE} 1 of 9 values is NaN. Look for a division by zero, a logarithm or root of a negative number, or "
         "steps that are too large."),
        (HOMOGRAPHY.ravel(), "`H` has the shape (9,), but the shape (3, 3) is expected. "
         "The numbers are right and only the shape is not: `reshape` fixes it."),
        ("H", "`H` is text, not a number."),
    ],
)  # fmt: skip
def test_what_is_no_factor_of_the_target_is_missed_with_a_true_sentence(answer, sentence):
    finding = find(SCALE, answer, HOMOGRAPHY, probe={"variable": "H"})
    assert (finding.status, str(finding.because)) == ("missed", sentence)


def test_values_in_wrong_places_are_recognised_whatever_their_factor():
    finding = find(SCALE, -3 * HOMOGRAPHY.T, HOMOGRAPHY, partly={"transposed": 0.5})
    assert (finding.diagnosis, finding.earned) == ("transposed", 2.0)


@given(answer=matrices, factor=factors)
def test_no_sentence_contradicts_that_the_factor_is_free(answer, factor):
    for wrong in (answer, factor * HOMOGRAPHY + 1, np.outer([1, 2, 3], [1, 1, 1]) * HOMOGRAPHY):
        finding = find(SCALE, wrong, HOMOGRAPHY)
        assert finding.diagnosis not in ("up-to-scale", "sign", "not-normalised", "offset", "rounded")


def test_where_every_answer_would_be_right_the_rubric_is_at_fault():
    for target in (2.0, [0.0, 0.0], np.zeros((3, 3))):
        finding = find(SCALE, np.ones_like(target), target)
        assert finding.status == "unscored"
        assert "the instructor has to fix the rubric" in str(finding.because)
    assert find(SCALE, 1j * np.ones(3), np.array([1j, 2j, 3j])).status == "unscored"


def test_of_a_hidden_input_no_number_is_said():
    hidden = {"call": "fit", "with": {"x": 7391}, "hidden": True}
    told = str(find(SCALE, HOMOGRAPHY + 1, HOMOGRAPHY, probe=hidden).because)
    assert told == f"The value of `fit` on a hidden input is not as expected: most of the values are wrong. {FREE}"


# ---- signs ----------------------------------------------------------------------------------------------------------


@given(target=matrices, sign=st.sampled_from([-1, 1]))
def test_the_opposite_sign_of_the_whole_is_met(target, sign):
    assert find({"close": {"up_to": "sign"}}, sign * target, target).status == "met"


@given(target=matrices, signs=arrays.arrays(np.float64, 3, elements=st.sampled_from([-1.0, 1.0])))
def test_the_opposite_sign_of_a_column_is_met(target, signs):
    assert find({"close": {"up_to": "column-signs"}}, target * signs, target).status == "met"


@pytest.mark.parametrize(
    ("up_to", "answer"),
    [
        ("sign", EIGENVECTORS * [1, -1, 1]),
        ("sign", 2 * EIGENVECTORS),
        ("column-signs", EIGENVECTORS * [[1], [-1], [1]]),
        ("column-signs", EIGENVECTORS[:, ::-1]),
        ("column-signs", EIGENVECTORS.T),
        ("column-signs", np.full((3, 3), np.nan)),
        ("column-signs", np.zeros((3, 3))),
    ],
)
def test_other_signs_and_other_values_are_missed(up_to, answer):
    finding = find({"close": {"up_to": up_to}}, answer, EIGENVECTORS)
    assert (finding.status, finding.diagnosis != "sign") == ("missed", True)
    assert "as right" in str(finding.because)


def test_an_eigenvector_by_itself_has_one_sign():
    vector = EIGENVECTORS[:, 0]
    assert find({"close": {"up_to": "column-signs"}}, -vector, vector).status == "met"
    assert find({"close": {"up_to": "column-signs"}}, vector * [1, -1, 1], vector).status == "missed"


def test_each_array_of_a_dictionary_has_a_sign_of_its_own():
    target = {"normal": [0.6, 0.8], "direction": [0.8, -0.6]}
    assert (
        find({"close": {"up_to": "sign"}}, {"normal": [-0.6, -0.8], "direction": [0.8, -0.6]}, target).status == "met"
    )


# ---- turns ----------------------------------------------------------------------------------------------------------


@given(angle=st.floats(-720, 720), turns=st.integers(-5, 5))
def test_half_turns_of_an_angle_are_met_and_a_quarter_is_not(angle, turns):
    close = {"to": angle, "atol": 1e-6, "rtol": 0.0, "up_to": "half-turn", "unit": "degrees"}
    assert find({"close": close}, angle + 180 * turns).status == "met"
    assert find({"close": close}, angle + 180 * turns + 90).status == "missed"
    assert find({"close": {**close, "up_to": "turn"}}, angle + 360 * turns).status == "met"
    assert find({"close": {**close, "up_to": "turn"}}, angle + 360 * turns + 180).status == "missed"


@given(angle=st.floats(-7, 7), turns=st.integers(-5, 5))
def test_turns_in_radians_are_met(angle, turns):
    close = {"to": angle, "atol": 1e-6, "rtol": 0.0, "up_to": "half-turn", "unit": "radians"}
    assert find({"close": close}, angle + math.pi * turns).status == "met"
    assert find({"close": close}, angle + math.pi * (turns + 0.5)).status == "missed"


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (-10.0, "met", "`angle` is -10, as expected. Half a turn"),
        (350.4, "met", "`angle` is 350, as expected. Half a turn"),
        (5.0, "missed", "`angle` is 5, but -10 is expected. Half a turn more or less is as right: the nearest"),
        (float("nan"), "missed", "`angle` is NaN, but 170 is expected."),
        (float("inf"), "missed", "`angle` is infinity, but 170 is expected."),
        (math.radians(170), "missed", "`angle` is 2.97, but -10 is expected."),
    ],
)
def test_the_sentence_on_an_angle_names_the_nearest_right_one(answer, status, said):
    finding = find(LINE, answer, probe={"variable": "angle"})
    assert (finding.status, finding.diagnosis in (None, "nan")) == (status, True)
    assert said in str(finding.because)


def test_angles_in_an_array_are_turned_one_by_one():
    close = {"to": [10.0, 170.0, 90.0], "atol": 0.5, "rtol": 0.0, "up_to": "half-turn", "unit": "degrees"}
    assert find({"close": close}, [190.2, -10.2, 90.0]).status == "met"
    assert find({"close": close}, [190.2, -10.2, 0.0]).status == "missed"
