"""Known ways for an array to be wrong: each is recognised, true, and silent where the array is merely wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.score.diagnosis import diagnose

RANDOM = np.random.default_rng(0)
IMAGE = RANDOM.normal(size=(12, 16))
ROW = RANDOM.normal(size=40)
SQUARE = RANDOM.normal(size=(9, 9))
COLOURS = RANDOM.normal(size=(8, 10, 3))
COUNTS = np.arange(0.0, 4000.0, 37.0)
POINTS = RANDOM.uniform(0, 100, size=(20, 2))
KERNEL = np.exp(-(np.arange(-4.0, 5.0) ** 2) / 6) / np.exp(-(np.arange(-4.0, 5.0) ** 2) / 6).sum()
DIRECTION = ROW / np.linalg.norm(ROW)
HISTOGRAMS = RANDOM.uniform(1, 9, size=(10, 8))
SHARES = HISTOGRAMS / HISTOGRAMS.sum(axis=1, keepdims=True)
DESCRIPTORS = HISTOGRAMS / np.linalg.norm(HISTOGRAMS, axis=1, keepdims=True)


def with_border(width: int) -> np.ndarray:
    wrong = np.zeros_like(IMAGE)
    wrong[width:-width, width:-width] = IMAGE[width:-width, width:-width]
    return wrong


NOT_A_NUMBER = ROW.copy()
NOT_A_NUMBER[3:5] = np.nan, np.inf
CURE = "Look for a division by zero, a logarithm or root of a negative number, or steps that are too large."
FACTOR = "a constant factor is missing, or one too many."
WRAPPED = "The values have wrapped round at 256, as `uint8` does: convert to float before you calculate."
SWAPPED = "The two columns have changed places, as x and y do where [row, column] is taken for (x, y)."
CUT = "The values are cut to whole numbers: calculate with floats, and look for `//`, `int` and integer arrays."


@pytest.mark.parametrize(
    ("answer", "target", "name", "sentence"),
    [
        (2.5 * IMAGE, IMAGE, "up-to-scale", f"Every value is 2.5 times the expected one: {FACTOR}"),
        (-0.5 * ROW, ROW, "up-to-scale", f"Every value is -0.5 times the expected one: {FACTOR}"),
        (-IMAGE, IMAGE, "sign", "The sign is the wrong way round; the size is right."),
        (-3.0, 3.0, "sign", "The sign is the wrong way round; the size is right."),
        (ROW + 1.5, ROW, "offset", "Every value differs from the expected one by the same 1.5."),
        (IMAGE.T, IMAGE, "transposed",
         "It is the transpose of what is expected: rows and columns have changed places."),
        (SQUARE.T, SQUARE, "transposed",
         "It is the transpose of what is expected: rows and columns have changed places."),
        (IMAGE[None], IMAGE, "wrong-shape", "The numbers are right and only the shape is not: `reshape` mends it."),
        (np.roll(ROW, 2), ROW, "shifted", "The values are right, but shifted by 2 places forward."),
        (np.roll(ROW, -1), ROW, "shifted", "The values are right, but shifted by 1 place back."),
        (np.roll(IMAGE, (1, -2), (0, 1)), IMAGE, "shifted",
         "The values are right, but shifted by 1 row down and 2 columns left."),
        (np.roll(COLOURS, 1, 1), COLOURS, "shifted", "The values are right, but shifted by 1 column right."),
        (ROW[::-1], ROW, "reversed", "The values are right, but in reverse order along axis 0."),
        (IMAGE[:, ::-1], IMAGE, "reversed", "The values are right, but in reverse order along axis 1."),
        (COLOURS[..., ::-1], COLOURS, "channels-reversed",
         "The three channels are in reverse order: OpenCV reads BGR, most others RGB."),
        (with_border(1), IMAGE, "border", "Only the border of 1 pixel is not as expected: check how you pad it."),
        (with_border(3), IMAGE, "border", "Only the border of 3 pixels is not as expected: check how you pad it."),
        (np.trunc(9 * IMAGE), 9 * IMAGE, "rounded", CUT),
        (np.rint(9 * IMAGE), 9 * IMAGE, "rounded", CUT),
        (np.full(40, 0.5), ROW, "constant", "All values are 0.5, but the expected ones differ."),
        (np.mod(COUNTS, 256), COUNTS, "overflow-uint8", WRAPPED),
        (np.rad2deg(ROW), ROW, "degrees-for-radians",
         "It is in degrees where radians are expected: `np.deg2rad` converts."),
        (np.deg2rad(ROW), ROW, "radians-for-degrees",
         "It is in radians where degrees are expected: `np.rad2deg` converts."),
        (45.0, np.pi / 4, "degrees-for-radians", "It is in degrees where radians are expected: `np.deg2rad` converts."),
        (NOT_A_NUMBER, ROW, "nan", f"2 of 40 values are NaN and infinite. {CURE}"),
        (POINTS[:, ::-1], POINTS, "swapped", SWAPPED),
        (np.swapaxes(COLOURS, 0, 1), COLOURS, "transposed",
         "It is the transpose of what is expected: rows and columns have changed places."),
        (np.swapaxes(COLOURS[:, :8], 0, 1), COLOURS[:, :8], "transposed",
         "It is the transpose of what is expected: rows and columns have changed places."),
        (6.5 * KERNEL, KERNEL, "up-to-scale",
         "Every value is 6.5 times the expected one: together they should add up to 1."),
        (3 * DIRECTION, DIRECTION, "up-to-scale",
         "Every value is 3 times the expected one: together they should have the length 1."),
        (HISTOGRAMS, SHARES, "not-normalised",
         "It is not normalised: the numbers along the last axis should add up to 1, and do not."),
        (HISTOGRAMS, DESCRIPTORS, "not-normalised",
         "It is not normalised: the numbers along the last axis should have the length 1, and do not."),
        (np.nan, 1.0, "nan", CURE),
    ],
)  # fmt: skip
def test_a_known_way_to_be_wrong_is_recognised_and_said(answer, target, name, sentence):
    found = diagnose(np.asarray(answer, float), np.asarray(target, float))
    assert found is not None
    assert (found.name, found.sentence) == (name, sentence)
    without_names = re.sub("256|uint8|2|up to 1|length 1", "", found.plain)
    assert not any(char.isdigit() for char in without_names)


@pytest.mark.parametrize("make", [RANDOM.normal, RANDOM.uniform, RANDOM.standard_cauchy, RANDOM.exponential])
@pytest.mark.parametrize("shape", [(1,), (2,), (6,), (50,), (3, 4), (8, 8), (9, 7, 3)])
def test_a_thousand_random_wrong_arrays_have_no_diagnosis(make, shape):
    for _ in range(1000 // 28 + 1):
        assert diagnose(make(size=shape), make(size=shape)) is None


def pictures(random):
    return random.uniform(0, 255, size=(12, 16))


def points(random):
    return random.uniform(0, 100, size=(20, 2))


def unit_vectors(random):
    vectors = random.normal(size=(10, 8))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def shares(random):
    return random.dirichlet(np.ones(6), size=9)


def colours(random):
    return random.uniform(0, 1, size=(7, 9, 3))


def noisy(random, target):
    return target + random.uniform(0.01, 1) * target.std() * random.normal(size=target.shape)


def shuffled(random, target):
    return random.permutation(target.ravel()).reshape(target.shape)


def spoilt_in_the_middle(random, target):
    answer = target.copy()
    middle = tuple(size // 2 for size in target.shape)
    answer[middle] += target.std() * random.uniform(0.1, 3)
    return answer


def bent(random, target):
    return np.sign(target) * np.abs(target) ** random.choice([0.5, 1.5, 2.0])


@pytest.mark.parametrize("spoil", [noisy, shuffled, spoilt_in_the_middle, bent])
@pytest.mark.parametrize("make", [pictures, points, unit_vectors, shares, colours])
def test_a_thousand_answers_that_are_wrong_in_no_known_way_have_no_diagnosis(make, spoil):
    for seed in range(50):
        random = np.random.default_rng(seed)
        target = make(random)
        assert diagnose(spoil(random, target), target) is None, seed


@pytest.mark.parametrize("high", [256, 4000])
def test_random_whole_numbers_have_no_diagnosis(high):
    for _ in range(500):
        answer, target = RANDOM.integers(0, high, (2, 30)).astype(float)
        assert diagnose(answer, target) is None


@pytest.mark.parametrize("answer", [IMAGE, IMAGE + 1e-9])
def test_a_right_array_has_no_diagnosis(answer):
    assert diagnose(answer, IMAGE) is None


def test_few_values_are_never_up_to_scale():
    assert diagnose(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0])) is None


def test_a_smooth_signal_is_not_taken_for_its_shift():
    smooth = np.sin(np.linspace(0.0, 3.0, 5000))
    assert diagnose(smooth + 2e-4 * RANDOM.normal(size=5000), smooth, rtol=1e-3) is None


any_floats = arrays.arrays(np.float64, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=9))


@given(any_floats, any_floats.map(np.nan_to_num), st.floats(0.0, 10.0))
@settings(deadline=None)
def test_whatever_the_numbers_a_diagnosis_never_fails(answer, target, rtol):
    diagnose(answer, target, rtol)


@given(st.floats(-100, 100).filter(lambda k: abs(k) > 0.01 and abs(abs(k) - 1) > 0.01), st.integers(0, 99))
@settings(deadline=None)
def test_the_factor_that_is_told_is_the_factor(factor, seed):
    target = np.random.default_rng(seed).normal(size=20)
    found = diagnose(factor * target, target)
    assert found is not None
    if found.name == "up-to-scale":
        told = float(found.sentence.removeprefix("Every value is ").split(" times")[0])
        assert told == pytest.approx(factor, rel=0.01)
