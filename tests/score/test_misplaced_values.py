"""Right values in the wrong places: how many, how far, and how few may be out of place for it to be told."""

from __future__ import annotations

import numpy as np
import pytest

from grader.score.diagnosis import diagnose

RANDOM = np.random.default_rng(5)
ROW = RANDOM.normal(size=40)
POINTS = RANDOM.uniform(0, 100, size=(20, 2))
COLOURS = RANDOM.normal(size=(12, 16, 3))
WEIGHTS = RANDOM.normal(size=(6, 7))


def told(answer: np.ndarray, target: np.ndarray, rtol: float = 1e-5) -> str | None:
    found = diagnose(answer, target, rtol)
    return str(found.sentence) if found else None


def name_of(answer: np.ndarray, target: np.ndarray, rtol: float = 1e-5) -> str | None:
    found = diagnose(answer, target, rtol)
    return found.name if found else None


@pytest.mark.parametrize(("columns", "name"), [(3, "swapped"), (4, "swapped"), (5, None)])
def test_points_have_up_to_four_coordinates_that_may_be_exchanged(columns, name):
    rows = RANDOM.normal(size=(9, columns))
    exchanged = rows[:, [1, 0, *range(2, columns)]]
    assert name_of(exchanged, rows) == name


@pytest.mark.parametrize(("count", "name"), [(20_000, "reordered"), (20_001, None)])
def test_the_order_of_up_to_twenty_thousand_rows_is_looked_at(count, name):
    rows = RANDOM.normal(size=(count, 2))
    assert name_of(RANDOM.permutation(rows), rows) == name


@pytest.mark.parametrize(("count", "name"), [(20_000, "missing-rows"), (20_001, None)])
def test_up_to_twenty_thousand_rows_are_looked_through_for_those_that_are_missing(count, name):
    rows = RANDOM.normal(size=(count, 2))
    assert name_of(rows[1:], rows) == name
    assert name_of(rows, rows[1:]) == (name and "extra-rows")


@pytest.mark.parametrize(("labels", "name"), [([0, 1, 2, 0, 1, 2], None), ([0, 1, 2, 3, 1, 2], "reordered")])
def test_another_order_shows_where_more_than_half_of_the_numbers_differ(labels, name):
    target = np.array(labels, float)
    assert name_of(target[[1, 3, 0, 5, 2, 4]], target) == name


def test_rows_that_begin_alike_are_still_the_same_in_another_order():
    corners = np.array([[row, column] for row in (0.0, 9.0) for column in (0.0, 3.0, 5.0, 9.0)])
    assert name_of(corners[[6, 1, 7, 0, 3, 5, 2, 4]], corners) == "reordered"
    assert name_of(corners[[6, 1, 7, 0, 3, 5, 2, 2]], corners) is None


def test_pictures_in_another_order_are_no_rows():
    assert name_of(COLOURS[RANDOM.permutation(12)], COLOURS) is None


# ---- too many or too few --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "columns", "name"),
    [(2, 2, None), (3, 2, "missing-rows"), (2, 3, "missing-rows"), (1, 8, None), (1, 3, None)],
)
def test_two_rows_and_six_numbers_have_to_be_there_for_others_to_be_missing(kept, columns, name):
    rows = RANDOM.normal(size=(9, columns))
    assert name_of(rows[:kept], rows) == name


def test_rows_are_not_called_right_where_one_of_them_is_wrong():
    wrong = np.vstack([POINTS[:9], [[-50.0, -50.0]]])
    assert name_of(wrong, POINTS) is None
    assert name_of(POINTS, wrong) is None


def test_a_row_is_the_expected_one_up_to_the_tolerance():
    spread = np.ptp(POINTS)
    whole = np.rint(POINTS / spread * 1e3) * spread * 1e-3
    off = whole[1:].copy()
    off[0, 0] += 0.4e-3 * spread * np.ptp(whole) / spread
    assert name_of(off, whole, 1e-3) == "missing-rows"
    off[0, 0] += 2e-3 * spread
    assert name_of(off, whole, 1e-3) is None


@pytest.mark.parametrize(
    ("answer", "target"), [(POINTS.ravel()[:30], POINTS), (POINTS, POINTS.ravel()[:30]), (COLOURS[1:], COLOURS)]
)
def test_only_lists_of_points_have_too_many_or_too_few(answer, target):
    assert name_of(answer, target) is None


def test_pairs_of_0_and_1_may_be_there_by_chance():
    pairs = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert name_of(np.vstack([pairs, [[0.0, 0.0]]]), pairs) is None


# ---- reversed and shifted -------------------------------------------------------------------------------------------


def test_only_three_channels_at_the_end_are_colours():
    assert told(COLOURS[::-1], COLOURS) == "The values are right, but in reverse order along axis 0."
    four = RANDOM.normal(size=(9, 10, 4))
    assert told(four[..., ::-1], four) == "The values are right, but in reverse order along axis 2."


def moved(array: np.ndarray, steps: int, axis: int = 0) -> np.ndarray:
    """The array some places further, and other numbers where nothing came from."""
    answer = np.moveaxis(np.roll(array, steps, axis), axis, 0).copy()
    answer[slice(0, steps) if steps > 0 else slice(steps, None)] = 7.0
    return np.moveaxis(answer, 0, axis)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (1, "1 place forward"),
        (3, "3 places forward"),
        (4, None),
        (-1, "1 place back"),
        (-3, "3 places back"),
        (-4, None),
    ],
)
def test_a_shift_of_up_to_three_places_is_told(steps, words):
    assert told(moved(ROW, steps), ROW) == (words and f"The values are right, but shifted by {words}.")


def test_of_two_shifts_that_fit_the_shorter_one_is_told():
    repeated = np.resize([0.0, 3.0, 5.0, 1.0], 40)
    assert told(np.roll(repeated, 1), repeated) == "The values are right, but shifted by 1 place forward."


@pytest.mark.parametrize(("rows", "name"), [(5, None), (6, "shifted")])
def test_a_shift_leaves_at_least_half_of_the_rows(rows, name):
    picture = RANDOM.normal(size=(rows, 12))
    assert name_of(moved(picture, 3, 0), picture) == name
    assert told(moved(picture, 3, 1), picture) == "The values are right, but shifted by 3 columns right."


@pytest.mark.parametrize(("share", "name"), [(0.09, None), (0.11, "shifted")])
def test_what_is_left_of_a_shift_varies_by_a_tenth_of_what_is_expected(share, name):
    target = np.append(100.0, share * 100 * np.random.default_rng(1).permutation(39) / 38)
    assert name_of(moved(target, -1), target) == name


# ---- borders --------------------------------------------------------------------------------------------------------


def wrong_border(picture: np.ndarray, width: int) -> np.ndarray:
    answer = np.full_like(picture, 7.0)
    answer[width:-width, width:-width] = picture[width:-width, width:-width]
    return answer


@pytest.mark.parametrize(
    ("side", "width", "name"), [(12, 3, "border"), (12, 4, None), (40, 8, "border"), (40, 9, None)]
)
def test_a_border_is_a_quarter_of_the_picture_and_eight_pixels_at_most(side, width, name):
    picture = RANDOM.normal(size=(side, side))
    assert name_of(wrong_border(picture, width), picture) == name


def test_a_picture_in_colours_has_a_border_too():
    assert name_of(wrong_border(COLOURS, 2), COLOURS) == "border"


@pytest.mark.parametrize(("shape", "name"), [((8, 9), "border"), ((7, 9), None), ((12, 16, 3), "border")])
def test_of_a_picture_from_eight_rows_on_one_wrong_side_is_a_wrong_border(shape, name):
    picture = RANDOM.normal(size=shape)
    answer = picture.copy()
    answer[0] += 1 + np.arange(shape[1] if len(shape) == 2 else 3)
    assert name_of(answer, picture) == name


@pytest.mark.parametrize("right", [(0, slice(None)), (-1, slice(None)), (slice(None), 0), (slice(None), -1)])
def test_of_fewer_numbers_all_four_sides_have_to_be_wrong(right):
    answer = wrong_border(WEIGHTS, 1)
    assert name_of(answer, WEIGHTS) == "border"
    answer[right] = WEIGHTS[right] + 0.5e-5 * np.ptp(WEIGHTS)
    assert name_of(answer, WEIGHTS) is None
