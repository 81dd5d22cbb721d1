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
PLACES = RANDOM.permutation(300)[:45].reshape(15, 3).astype(float)
KERNEL = np.exp(-(np.arange(-4.0, 5.0) ** 2) / 6) / np.exp(-(np.arange(-4.0, 5.0) ** 2) / 6).sum()
DIRECTION = ROW / np.linalg.norm(ROW)
HISTOGRAMS = RANDOM.uniform(1, 9, size=(10, 8))
SHARES = HISTOGRAMS / HISTOGRAMS.sum(axis=1, keepdims=True)
DESCRIPTORS = HISTOGRAMS / np.linalg.norm(HISTOGRAMS, axis=1, keepdims=True)

DIRECTIONS = np.array([-179.0, -90.0, -12.5, 0.0, 33.0, 91.0, 160.0, 180.0])
ANGLES = np.arange(0.0, 180.0, 7.0)


def with_border(width: int) -> np.ndarray:
    wrong = np.zeros_like(IMAGE)
    wrong[width:-width, width:-width] = IMAGE[width:-width, width:-width]
    return wrong


def sorted_rows(rows: np.ndarray) -> np.ndarray:
    return rows[np.lexsort(rows.T[::-1])]


NOT_A_NUMBER = ROW.copy()
NOT_A_NUMBER[3:5] = np.nan, np.inf
ORDER = "but in another order: look at what they are sorted by."
CURE = "Look for a division by zero, a logarithm or root of a negative number, or steps that are too large."
FACTOR = "a constant factor is missing, or one too many."
WRAPPED = "The values have wrapped round at 256, as `uint8` does: convert to float before you calculate."
SWAPPED = "The two columns have changed places, as x and y do where [row, column] is taken for (x, y)."
FROM_ZERO = "The angle is right except for a whole turn: 0 to 360 is expected, not -180 to 180. `angle % 360` converts."
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
        (IMAGE[None], IMAGE, "wrong-shape", "The numbers are right and only the shape is not: `reshape` fixes it."),
        (np.roll(ROW, 2), ROW, "shifted", "The values are right, but shifted by 2 places forward."),
        (np.roll(ROW, -1), ROW, "shifted", "The values are right, but shifted by 1 place back."),
        (np.roll(IMAGE, (1, -2), (0, 1)), IMAGE, "shifted",
         "The values are right, but shifted by 1 row down and 2 columns left."),
        (np.roll(COLOURS, 1, 1), COLOURS, "shifted", "The values are right, but shifted by 1 column right."),
        ([[1.0], [2.0]], [1.0, 2.0], "wrong-shape",
         "The numbers are right and only the shape is not: `reshape` fixes it."),
        (np.zeros(24), np.zeros((2, 3, 4)), "wrong-shape",
         "The numbers are right and only the shape is not: `reshape` fixes it."),
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
        (NOT_A_NUMBER, ROW, "nan", f"2 of 40 values are NaN and infinite. The first is at [3]. {CURE}"),
        (np.where(np.arange(40) < 7, ROW, np.inf), ROW, "nan",
         f"33 of 40 values are infinite. From [7] on, all are. {CURE}"),
        (np.full((9, 9), np.nan), SQUARE, "nan", f"81 of 81 values are NaN. {CURE}"),
        ([-3.0, 2.0], [3.0, -2.0], "sign", "The sign is the wrong way round; the size is right."),
        (np.deg2rad([15.0, 200.0, 331.0]), [15.0, 200.0, 331.0], "radians-for-degrees",
         "It is in radians where degrees are expected: `np.rad2deg` converts."),
        (1.001 * (IMAGE + 90), IMAGE + 90, "up-to-scale", f"Every value is 1.001 times the expected one: {FACTOR}"),
        (PLACES[:, [0, 2, 1]], PLACES, "swapped", "Columns 1 and 2 have changed places."),
        (sorted_rows(POINTS[:, ::-1]), sorted_rows(POINTS), "swapped", SWAPPED),
        (sorted_rows(PLACES[:, [1, 0, 2]]), sorted_rows(PLACES), "swapped", "Columns 0 and 1 have changed places."),
        (sorted_rows(POINTS), POINTS, "reordered", f"The rows are right, {ORDER}"),
        (np.sort(ROW), ROW, "reordered", f"The values are right, {ORDER}"),
        (PLACES, PLACES[[3, 1, 9, 2]], "extra-rows", "All that is expected is there, and 11 rows more."),
        (PLACES[1:], PLACES[::-1], "missing-rows", "Its rows are right, but 1 is missing."),
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
        (np.where(np.arange(40) == 7, np.nan, ROW), ROW, "nan", f"1 of 40 values is NaN. {CURE}"),
        (np.where(IMAGE > 1, np.inf, IMAGE), IMAGE, "nan",
         f"{np.count_nonzero(IMAGE > 1)} of 192 values are infinite. The first is at [0, 6]. {CURE}"),
        (-1.0, 1.0, "sign", "The sign is the wrong way round; the size is right."),
        (0.05 * HISTOGRAMS, SHARES, "not-normalised",
         "It is not normalised: the numbers along the last axis should add up to 1, and do not."),
        (np.mod(COUNTS + 0.5, 256) // 1, COUNTS + 0.5, "overflow-uint8", WRAPPED),
        (np.mod(-COUNTS, 256), -COUNTS, "overflow-uint8", WRAPPED),
        ([0.5, 1.5], [1.5, 0.5], "swapped",
         "The two numbers have changed places, as x and y do where [row, column] is taken for (x, y)."),
        ([6.0, 11.0], [11.0, 6.0], "swapped",
         "The two numbers have changed places, as x and y do where [row, column] is taken for (x, y)."),
        ([[6.0, 11.0]], [[11.0, 6.0]], "swapped",
         "The two numbers have changed places, as x and y do where [row, column] is taken for (x, y)."),
        ([[4.0], [0.5]], [[4.0, 0.5]], "transposed",
         "It is the transpose of what is expected: rows and columns have changed places."),
        (np.stack([with_border(1), with_border(2)]), np.stack([IMAGE, IMAGE]), "border",
         "Only the border of 2 pixels is not as expected: check how you pad it."),
        (-60.0, 300.0, "whole-turns", FROM_ZERO),
        ([90.0, -60.0, -0.5], [90.0, 300.0, 359.5], "whole-turns", FROM_ZERO),
        (DIRECTIONS, DIRECTIONS % 360, "whole-turns", FROM_ZERO),
        (-ANGLES[:9] - 1, 359 - ANGLES[:9], "whole-turns", FROM_ZERO),
        (DIRECTIONS % 360, DIRECTIONS, "whole-turns",
         "The angle is right except for a whole turn: -180 to 180 is expected, not 0 to 360. "
         "`(angle + 180) % 360 - 180` converts."),
        (np.deg2rad(DIRECTIONS), np.deg2rad(DIRECTIONS) % (2 * np.pi), "whole-turns",
         "The angle is right except for a whole turn: 0 to 2π is expected, not -π to π. "
         "`angle % (2 * np.pi)` converts."),
        (4.0, 4.0 - 2 * np.pi, "whole-turns",
         "The angle is right except for a whole turn: -π to π is expected, not 0 to 2π. "
         "`(angle + np.pi) % (2 * np.pi) - np.pi` converts."),
    ],
)  # fmt: skip
def test_a_known_way_to_be_wrong_is_recognised_and_said(answer, target, name, sentence):
    found = diagnose(np.asarray(answer, float), np.asarray(target, float))
    assert found is not None
    assert (found.name, str(found.sentence)) == (name, sentence)
    assert re.fullmatch(r"[A-Z].*\.", str(found.plain))
    without_names = re.sub("180|256|360|uint8|0 to|2|up to 1|length 1", "", str(found.plain))
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


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        (-60.0, 299.0),
        (300.0, 660.0),
        (-300.0, 60.0),
        (-60.0 + 180.0, 300.0),
        ([90.0, -60.0], [91.0, 300.0]),
        ([-90.0, -60.0], [270.0, -60.0]),
        ([400.0, 40.0, 41.0], [40.0, 400.0, 401.0]),
        (DIRECTIONS % 180, DIRECTIONS % 360),
        (-DIRECTIONS, DIRECTIONS % 360),
        (IMAGE - 360, IMAGE + 90),
        (COUNTS - 360, COUNTS),
    ],
)
def test_what_is_no_angle_in_another_range_is_not_told_as_whole_turns(answer, target):
    found = diagnose(np.asarray(answer, float), np.asarray(target, float))
    assert found is None or found.name != "whole-turns"


def directions(random):
    """Directions in degrees or radians, of either range, some of them nearly a turn apart."""
    half = random.choice([180.0, np.pi])
    return random.uniform(-half, half, size=random.integers(1, 30)) % random.choice([2 * half, 1e9])


def test_a_thousand_wrong_directions_are_not_told_as_whole_turns():
    for seed in range(1000):
        random = np.random.default_rng(seed)
        target = directions(random)
        answer = target + random.choice([-1, 0, 1], target.size) * random.choice([90.0, 180.0, np.pi, 359.0, 1.0])
        found = diagnose(answer, target)
        assert found is None or found.name != "whole-turns", (answer, target)


@pytest.mark.parametrize("answer", [IMAGE, IMAGE + 1e-9])
def test_a_right_array_has_no_diagnosis(answer):
    assert diagnose(answer, IMAGE) is None


@pytest.mark.parametrize("number", [0.0, 0.5, 1.0, -90.0, np.pi])
def test_a_right_number_has_no_diagnosis(number):
    assert diagnose(np.array(number), np.array(number)) is None


@pytest.mark.parametrize("answer", [2.0, -2.0, np.pi])
def test_nothing_is_known_of_a_number_that_should_be_0(answer):
    assert diagnose(np.array(answer), np.array(0.0)) is None


@pytest.mark.parametrize("scale", [1e-3, 0.03, 40.0, 1e4])
@pytest.mark.parametrize(
    ("answer", "target", "name"),
    [
        (2.5 * IMAGE, IMAGE, "up-to-scale"),
        ([-3.0, 2.0], [3.0, -2.0], "sign"),
        (ROW + 1.5, ROW, "offset"),
        (SQUARE.T, SQUARE, "transposed"),
        (POINTS[:, ::-1], POINTS, "swapped"),
        (sorted_rows(POINTS), POINTS, "reordered"),
        (PLACES, PLACES[[3, 1, 9, 2]], "extra-rows"),
        (PLACES[1:], PLACES, "missing-rows"),
        (ROW[::-1], ROW, "reversed"),
        (np.roll(ROW, 2), ROW, "shifted"),
        (with_border(2), IMAGE, "border"),
    ],
)
def test_a_known_mistake_is_seen_in_whatever_unit_the_numbers_are(answer, target, name, scale):
    assert diagnose(scale * np.asarray(answer), scale * np.asarray(target)).name == name


def test_beside_a_zero_a_single_number_of_the_other_sign_is_merely_wrong():
    assert diagnose(np.array([-3.0, 0.0]), np.array([3.0, 0.0])) is None


def test_a_factor_that_no_float_holds_is_not_told():
    assert diagnose(1e150 * ROW, 1e-200 * ROW) is None


@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_a_factor_between_the_units_of_atoms_and_of_planets_is_told(factor):
    assert diagnose(factor * ROW, ROW).name == "up-to-scale"


@pytest.mark.parametrize(("rows", "name"), [(4_000_000 // 8, "up-to-scale"), (4_000_000 // 8 + 1, None)])
def test_more_than_four_million_numbers_are_not_looked_through(rows, name):
    target = np.resize(ROW, (rows, 8))
    found = diagnose(2 * target, target)
    assert (found.name if found else None) == name


def test_rows_that_are_the_same_in_either_order_of_columns_are_not_told_as_swapped():
    corners = np.array([[2.0, 2.0], [2.0, 9.0], [5.0, 5.0], [9.0, 2.0], [9.0, 9.0]])
    found = diagnose(corners[[1, 4, 0, 2, 3]], corners)
    assert found is not None
    assert found.name == "reordered"


def test_weights_whose_biases_alone_are_wrong_have_no_wrong_border():
    weights = RANDOM.normal(size=(6, 7))
    answer = weights.copy()
    answer[:, 0] = 0
    assert diagnose(answer, weights) is None
    answer[[0, -1]] = answer[:, -1:] = 0
    assert diagnose(answer, weights).name == "border"


def test_labels_in_another_order_are_merely_wrong():
    labels = np.array([0.0, 1, 2, 1, 0, 2, 2])
    assert diagnose(labels[[3, 1, 0, 4, 2, 6, 5]], labels) is None


def few_whole_numbers(random):
    return random.integers(0, 4, (random.integers(2, 9), random.integers(1, 4))).astype(float)


def tied(random):
    return np.sort(random.integers(0, 9, 12)).astype(float)


def symmetric(random):
    half = random.normal(size=(7, 7))
    return half + half.T


def points_of_a_grid(random):
    return random.integers(0, 60, (random.integers(3, 40), 2)).astype(float)


@pytest.mark.parametrize("make", [few_whole_numbers, tied, symmetric, points_of_a_grid])
def test_a_thousand_answers_of_a_kind_that_resembles_itself_are_told_nothing_false(make):
    """What is told of them is checked by doing it: arrays with ties or symmetries are like others in several ways."""
    undone = {
        "sign": lambda answer, target: np.array_equal(-answer, target),
        "transposed": lambda answer, target: np.array_equal(answer.T, target),
        "swapped": lambda answer, target: sorted(map(sorted, answer.tolist())) == sorted(map(sorted, target.tolist())),
        "reordered": lambda answer, target: sorted(answer.tolist()) == sorted(target.tolist()),
        "reversed": lambda answer, target: any(
            np.array_equal(np.flip(answer, axis), target) for axis in range(answer.ndim)
        ),
        "extra-rows": lambda answer, target: all(row in answer.tolist() for row in target.tolist()),
        "missing-rows": lambda answer, target: all(row in target.tolist() for row in answer.tolist()),
        "constant": lambda answer, target: len(np.unique(answer)) == 1,
        "offset": lambda answer, target: len(np.unique(answer - target)) == 1,
        "up-to-scale": lambda answer, target: np.linalg.matrix_rank(np.stack([answer.ravel(), target.ravel()])) == 1,
        "wrong-shape": lambda answer, target: np.array_equal(answer.ravel(), target.ravel()),
        "shifted": lambda answer, target: any(
            np.array_equal(one[n:], other[:-n])
            for n in (1, 2, 3)
            for one, other in [(answer, target), (target, answer)]
        ),
    }
    for seed in range(1000):
        random = np.random.default_rng(seed)
        answer, target = make(random), make(random)
        found = diagnose(answer, target)
        assert found is None or undone[found.name](answer, target), (seed, found)


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        ([0.0, 1.0], [1.0, 0.0]),
        ([6.0, 11.0], [11.0, 7.0]),
        ([6.0, 11.0, 2.0], [2.0, 11.0, 6.0]),
        ([5.0, 5.0], [5.0, 6.0]),
    ],
)
def test_two_numbers_that_are_not_one_place_have_not_changed_places(answer, target):
    assert diagnose(np.array(answer), np.array(target)) is None


@pytest.mark.parametrize(
    ("answer", "target"),
    [([[1.0], [3.0]], [1.0, 2.0]), (np.zeros(24), np.ones((2, 3, 4))), ([[1.0, 2.0]], [1.0, 2.0, 3.0])],
)
def test_wrong_numbers_in_a_wrong_shape_have_no_diagnosis(answer, target):
    assert diagnose(np.array(answer), np.array(target)) is None


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
        told = float(str(found.sentence).removeprefix("Every value is ").split(" times")[0])
        assert told == pytest.approx(factor, rel=0.01)
