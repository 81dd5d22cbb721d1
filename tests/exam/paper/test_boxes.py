"""What is measured of a box: each number on a drawing of which it is known by counting pixels."""

from __future__ import annotations

import numpy as np
import pytest

from grader.exam.paper.sheet import Box
from grader.exam.scanning.boxes import Measures, _agree, _cut, measure
from grader.exam.scanning.registration import FlatSheet

MIDDLE = 176
"""Of the box at 20 mm, which is 4.2 mm wide, in 8 pixels to the millimetre: 22.1 * 8 - 0.5, to the nearest pixel."""
HALF = 17
"""From the middle to that of the outline, which is drawn three pixels wide."""
INSIDE = 25
"""Pixels along the square in which ink counts, 3 mm: from -12 to 12."""
CORE = 17
"""Pixels along its middle, 1.9 mm: from -8 to 8."""
STEP = 0.955
"""A pixel, as OpenCV's distances over squares of 3 pixels count one along a row or a column."""
EVERYWHERE = slice(-14, 15)
"""Inside the outline, up to it."""
SIDES = ("left", "right", "upper", "lower")

Mark = tuple[slice, slice, float]


def slices(rows: slice, columns: slice, middle_xy: tuple[int, int]) -> tuple[slice, slice]:
    x, y = middle_xy
    return slice(rows.start + y, rows.stop + y), slice(columns.start + x, columns.stop + x)


def outline_of(sides: dict[str, float]) -> list[Mark]:
    near, far, along = slice(-HALF - 1, -HALF + 2), slice(HALF - 1, HALF + 2), slice(-HALF + 2, HALF - 1)
    places = {"left": (along, near), "right": (along, far), "upper": (near, along), "lower": (far, along)}
    return [(*places[side], dark) for side, dark in sides.items()]


def sheet_of(*marks: Mark, moved_xy=(0, 0), outline: float | dict[str, float] = 1.0) -> FlatSheet:
    """One box, and ink in these rows and columns from its middle."""
    sides = outline if isinstance(outline, dict) else dict.fromkeys(SIDES, outline)
    darkness = np.zeros((400, 400), np.float32)
    middle_xy = (MIDDLE + moved_xy[0], MIDDLE + moved_xy[1])
    for rows, columns, dark in (*outline_of(sides), *marks):
        darkness[slices(rows, columns, middle_xy)] = dark
    return FlatSheet(darkness, np.zeros((400, 400), np.uint8), np.ones((50, 50), bool))


def box(x_mm: float = 20.0, y_mm: float = 20.0) -> Box:
    return Box(id="q.a", question="q", value="a", x_mm=x_mm, y_mm=y_mm)


def measured(*marks: Mark, **drawn) -> Measures:
    return measure(sheet_of(*marks, **drawn), [box()])


def turned(mark: Mark, *, upright: bool) -> Mark:
    rows, columns, dark = mark
    return (columns, rows, dark) if upright else mark


def rows(first: int, last: int, dark: float = 1.0, columns: slice = EVERYWHERE) -> Mark:
    return slice(first, last + 1), columns, dark


BOTH_WAYS = pytest.mark.parametrize("upright", [False, True], ids=["lying", "upright"])


# ---- the ink inside -------------------------------------------------------------------------------------------------


def test_an_empty_box_has_no_ink_and_its_whole_inside_is_a_hole():
    empty = measured()
    for name in ("cover", "core", "peak", "trace", "wash", "span", *SIDES):
        assert getattr(empty, name).tolist() == [0.0], name
    assert empty.hole[0] == pytest.approx(13 * STEP / 8, abs=0.001)
    assert (empty.sides[0], empty.edge[0], empty.seen[0]) == (4, pytest.approx(1.0), 1)


@BOTH_WAYS
def test_ink_is_counted_to_the_pixel_in_the_inside_and_in_its_middle(upright):
    """From above the middle to just it: 13 of the 25 rows of the inside, 9 of the 17 of its middle."""
    half = measured(turned(rows(-14, 0), upright=upright))
    assert half.cover[0] == pytest.approx(13 / INSIDE)
    assert half.core[0] == pytest.approx(9 / CORE)
    assert half.wash[0] == pytest.approx(13 / INSIDE)
    assert half.span[0] == 1.0
    assert (half.peak[0], half.trace[0]) == (pytest.approx(1.0), pytest.approx(1.0))


@BOTH_WAYS
def test_the_span_is_the_longer_side_of_what_is_inked_wherever_it_is(upright):
    for first in (-11, 0, 6):
        spot = measured(turned((slice(first, first + 6), slice(-2, 1), 1.0), upright=upright))
        assert spot.span[0] == pytest.approx(6 / INSIDE)
        assert spot.cover[0] == pytest.approx(6 * 3 / INSIDE**2, abs=4.5 / INSIDE**2)  # the corners may be rounded off


@BOTH_WAYS
def test_the_hole_is_as_wide_as_the_paper_that_a_stroke_leaves(upright):
    """The frame of the inside counts as ink: 12 rows are left on one side of a stroke through the middle, or 18."""
    for stroke, far in ((rows(-14, 0), 6), (rows(-14, -6), 9)):
        assert measured(turned(stroke, upright=upright)).hole[0] == pytest.approx(far * STEP / 8, abs=0.001)


def test_half_as_dark_as_the_darkest_points_is_ink_and_less_is_not():
    for dark, cover in ((0.51, 20 / INSIDE), (0.49, 10 / INSIDE)):
        both = measured(rows(-14, -3), rows(-2, 7, dark))
        assert both.cover[0] == pytest.approx(cover, abs=1.1 / INSIDE)


def test_nothing_below_a_twentieth_of_black_is_ink():
    pale, paler = measured(rows(-14, 14, 0.051)), measured(rows(-14, 14, 0.049))
    assert (pale.cover[0], paler.cover[0]) == (1.0, 0.0)
    assert (pale.peak[0], pale.wash[0]) == (pytest.approx(0.051), pytest.approx(0.051))


@BOTH_WAYS
@pytest.mark.parametrize("wide", [1, 2, 3])
def test_a_stroke_leaves_a_trace_by_its_width_and_washes_the_inside_by_its_area(upright, wide):
    stroke = measured(turned(rows(0, wide - 1), upright=upright))
    assert stroke.trace[0] == pytest.approx(wide / 5)
    assert stroke.wash[0] == pytest.approx(wide / INSIDE)
    assert stroke.peak[0] == pytest.approx(wide / 3)


def test_the_darkest_hundredth_of_the_inside_is_its_peak():
    """A dot of one pixel darkens nine, more than a hundredth; at the edge of the inside six of them, which are less."""
    inside, edge = measured((slice(0, 1), slice(0, 1), 1.0)), measured((slice(0, 1), slice(12, 13), 1.0))
    assert inside.peak[0] == pytest.approx(1 / 9)
    assert edge.peak[0] == 0


def test_a_tenth_of_the_inside_is_its_trace():
    """A stroke over half the width darkens 3 rows of 13 pixels most: a sixteenth of the inside, so that less counts."""
    whole, half = measured(rows(-1, 1)), measured(rows(-1, 1, columns=slice(-14, 0)))
    assert whole.trace[0] == pytest.approx(0.6)
    assert half.trace[0] == pytest.approx(0.224, abs=0.005)


# ---- the outline ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", SIDES)
def test_a_side_that_is_not_there_is_not_counted(away):
    three = measured(outline={side: 1.0 for side in SIDES if side != away})
    assert three.sides[0] == 3
    assert three.edge[0] == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("pale", SIDES)
def test_a_side_counts_from_a_fifth_of_black_on(pale):
    for dark, sides in ((0.19, 3), (0.21, 4)):
        assert measured(outline=dict.fromkeys(SIDES, 1.0) | {pale: dark}).sides[0] == sides


def test_the_edge_is_the_darkness_of_the_middle_two_sides_over_the_paper_outside_them():
    sides = dict(zip(SIDES, (0.9, 0.3, 0.5, 0.7), strict=True))
    assert measured(outline=sides).edge[0] == pytest.approx(0.6, abs=0.01)
    shaded = sheet_of()
    shaded.darkness[:] = np.maximum(shaded.darkness, 0.3)
    assert measure(shaded, [box()]).edge[0] == pytest.approx(0.7, abs=0.01)


# ---- ink beside it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_ink_beside_a_box_is_the_share_of_a_strip_from_half_a_millimetre_to_13_tenths(side):
    """The strip is 7 pixels deep, from the 21st to the 27th from the middle, and 35 long."""
    sign = -1 if side in ("left", "upper") else 1
    for near, far, share in ((21, 27, 1.0), (24, 40, 5 / 7), (29, 40, 0.0), (16, 19, 0.0)):
        deep = slice(near, far + 1) if sign == 1 else slice(-far, -near + 1)
        mark = turned((slice(-30, 31), deep, 1.0), upright=side in ("upper", "lower"))
        found = measured(mark, moved_xy=(0, 0))
        assert getattr(found, side)[0] == pytest.approx(share, abs=0.01), (near, far)
        assert all(getattr(found, other)[0] <= 0.41 for other in SIDES if other != side)


@pytest.mark.parametrize("side", SIDES)
def test_ink_beside_a_box_counts_as_far_as_the_box_reaches(side):
    for first, last, share in ((-17, -1, 18 / 35), (0, 17, 19 / 35), (20, 40, 0.0), (-40, -20, 0.0)):
        deep = slice(20, 30) if side in ("right", "lower") else slice(-29, -19)
        mark = turned((slice(first, last + 1), deep, 1.0), upright=side in ("upper", "lower"))
        assert getattr(measured(mark), side)[0] == pytest.approx(share, abs=0.001)


@pytest.mark.parametrize(("dark", "share"), [(0.31, 1.0), (0.29, 0.0)])
def test_ink_beside_a_box_is_what_is_darker_than_three_tenths(dark, share):
    assert measured((slice(-30, 31), slice(20, 29), dark)).right[0] == share


def test_the_four_strips_are_given_from_left_to_right_and_from_above_to_below():
    marks = [(slice(-17, 18), slice(20, 29), 1.0), (slice(20, 29), slice(-17, 0), 1.0)]
    found = measured(*marks)
    assert found.beside.shape == (1, 4)
    assert found.beside[0].tolist() == [found.left[0], found.right[0], found.upper[0], found.lower[0]]
    assert found.right[0] == 1.0
    assert 0.4 < found.lower[0] < 0.6


# ---- the sheet round it ---------------------------------------------------------------------------------------------


def test_what_is_off_the_sheet_is_white():
    black = FlatSheet(np.ones((400, 400), np.float32), np.zeros((400, 400), np.uint8), np.ones((50, 50), bool))
    first = measure(black, [box(0.0, 0.0)])
    assert (first.left[0], first.upper[0]) == (0, 0)
    assert (first.right[0], first.lower[0], first.cover[0]) == (1, 1, 1)
    last = measure(black, [box(45.8, 45.8)])
    assert (last.right[0], last.lower[0]) == (0, 0)
    assert (last.left[0], last.upper[0], last.cover[0]) == (1, 1, 1)


def test_whether_a_box_is_seen_is_looked_up_at_its_middle():
    sheet = sheet_of()
    sheet.seen[:] = False
    sheet.seen[22, 30] = True  # row, column, in millimetres
    assert measure(sheet, [box(28.0, 20.0), box(20.0, 28.0), box(20.0, 20.0)]).seen.tolist() == [1, 0, 0]


def test_a_box_off_the_sheet_is_seen_where_the_nearest_point_of_it_is():
    seen = np.zeros((60, 50), bool)
    seen[59, 49] = True
    sheet = FlatSheet(np.zeros((480, 400), np.float32), np.zeros((480, 400), np.uint8), seen)
    assert measure(sheet, [box(60.0, 70.0), box(60.0, 20.0), box(20.0, 70.0)]).seen.tolist() == [1, 0, 0]


def test_a_square_round_a_place_is_the_sheet_with_white_round_it():
    chance = np.random.default_rng(5)
    image = chance.uniform(0.1, 1.0, (60, 45)).astype(np.float32)
    white = np.pad(image, 10)
    for column, row in ((0, 0), (44, 59), (9, 30), (10, 30), (34, 30), (35, 30), (20, 9), (20, 10), (20, 49), (20, 50)):
        (cut,) = _cut(image, np.array([[column + 0.4, row - 0.4]]), 10)
        assert np.array_equal(cut, white[row : row + 21, column : column + 21]), (column, row)


def test_what_is_measured_of_a_box_does_not_depend_on_those_that_are_measured_with_it():
    places_mm = ((4.0, 4.0), (20.0, 4.0), (4.0, 20.0), (20.0, 20.0), (36.0, 36.0))
    marks = (rows(-14, 0), (slice(-9, -5), slice(3, 9), 1.0), rows(3, 5, 0.4), (slice(-30, 31), slice(24, 40), 0.5))
    darkness = np.zeros((400, 400), np.float32)
    for (x_mm, y_mm), mark, dark in zip(places_mm, (*marks, rows(0, 0)), (1.0, 0.8, 0.15, 0.6, 0.5), strict=True):
        middle_xy = (round((x_mm + 2.1) * 8 - 0.5), round((y_mm + 2.1) * 8 - 0.5))
        for some_rows, columns, ink in (*outline_of({**dict.fromkeys(SIDES, dark), "left": 0.5}), mark):
            darkness[slices(some_rows, columns, middle_xy)] = ink
    sheet = FlatSheet(darkness, np.zeros((400, 400), np.uint8), np.ones((50, 50), bool))
    boxes = [box(*place) for place in places_mm]
    alone = [vars(measure(sheet, [one])) for one in boxes]
    for name, together in vars(measure(sheet, boxes)).items():
        assert together.tolist() == pytest.approx([one[name][0] for one in alone]), name


# ---- where it is ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moved_xy", [(0, 0), (16, -16), (-16, 16), (9, 3)])
def test_a_box_is_found_up_to_two_millimetres_off_and_measured_there(moved_xy):
    found = measured(rows(-14, 0), moved_xy=moved_xy)
    assert (found.places_xy[0] - 176.3).tolist() == pytest.approx(list(moved_xy))
    assert (found.x[0], found.y[0]) == tuple(found.places_xy[0])
    assert found.cover[0] == pytest.approx(13 / INSIDE)
    assert found.sides[0] == 4


@BOTH_WAYS
def test_a_stroke_has_no_second_side_and_moves_no_outline(upright):
    for at in (-13, -6, 0, 6, 13):
        stroke = turned((slice(-14, 15), slice(at - 1, at + 2), 1.0), upright=upright)
        assert (measured(stroke).places_xy[0] - 176.3).tolist() == pytest.approx([0, 0])


@BOTH_WAYS
def test_one_dark_stroke_beside_a_pale_outline_moves_it_nowhere(upright):
    stroke = turned((EVERYWHERE, slice(6, 9), 1.0), upright=upright)
    assert (measured(stroke, outline=0.3).places_xy[0] - 176.3).tolist() == pytest.approx([0, 0])


def test_a_filled_box_and_one_with_a_cross_are_where_their_outlines_are():
    assert (measured(rows(-14, 14), moved_xy=(5, -7)).places_xy[0] - 176.3).tolist() == pytest.approx([5, -7], abs=1)


def test_what_is_kept_is_rounded_to_four_decimals_by_name():
    kept = measured(rows(0, 0)).as_columns()
    assert set(kept) == {
        *SIDES,
        "cover",
        "core",
        "peak",
        "trace",
        "wash",
        "hole",
        "span",
        "sides",
        "edge",
        "seen",
        "x",
        "y",
    }
    assert kept["peak"] == (0.3333,)


# ---- what its neighbours say ----------------------------------------------------------------------------------------


def grid(count: int) -> np.ndarray:
    """Places on a sheet, as shares of its height: two columns, rows below each other."""
    numbers = np.arange(count)
    return np.stack([0.1 + 0.5 * (numbers % 2), 0.05 + 0.9 * (numbers // 2) / (count // 2)], axis=1)


def surface_at_a_box_that_was_not_found(count: int, told, lost: int = 3) -> float:
    """How far off the neighbours' surface one box is put, along x, whose outline was not found."""
    places = grid(count)
    found = np.stack([told(*places.T), np.zeros(count)], axis=1)
    weights = np.ones((count, 2))
    right = found[lost, 0]
    found[lost, 0], weights[lost, 0] = 15.0, 0.0
    return abs(float(_agree(places, found, weights)[lost, 0] - right))


def test_few_boxes_are_moved_alike_and_from_twelve_on_a_sheet_may_be_turned_and_bent():
    for told in (lambda x, y: 1 + 2 * x, lambda x, y: 1 + 3 * y, lambda x, y: 1 + 16 * y * y - 16 * y):
        assert surface_at_a_box_that_was_not_found(11, told) > 0.1
        assert surface_at_a_box_that_was_not_found(12, told) < 0.01


def test_from_thirty_boxes_on_a_sheet_may_be_skewed_and_wavy():
    for told in (lambda x, y: 4 * x * y, lambda x, y: 60 * y**3 - 90 * y**2 + 30 * y):
        assert surface_at_a_box_that_was_not_found(29, told) > 0.02
        assert surface_at_a_box_that_was_not_found(30, told) < 0.01


def test_a_box_is_where_it_was_found_within_half_a_millimetre_of_its_neighbours_and_else_where_they_are():
    places = grid(10)
    for off, moved in ((3.9, 3.9), (-3.9, -3.9), (4.3, 0.0), (-4.3, 0.0)):
        for axis in (0, 1):
            found = np.zeros((10, 2))
            found[4, axis] = off
            assert _agree(places, found, np.ones((10, 2)))[4, axis] == pytest.approx(moved, abs=0.25)


@pytest.mark.parametrize(("weight", "own"), [(0.16, True), (0.15, False)])
def test_a_box_whose_outline_is_hardly_there_is_where_its_neighbours_say(weight, own):
    places, found, weights = grid(10), np.zeros((10, 2)), np.ones((10, 2))
    found[4], weights[4] = 3.0, weight
    moved = _agree(places, found, weights)[4]
    assert moved.tolist() == pytest.approx([3.0, 3.0] if own else [0.0, 0.0], abs=0.1)


def test_those_far_off_the_others_pull_none_of_them():
    """Three of ten boxes were found 1.5 mm off: the others stay, to a hundredth of a pixel."""
    places, found = grid(10), np.zeros((10, 2))
    found[:3] = 12.0
    moved = _agree(places, found, np.ones((10, 2)))
    assert np.abs(moved).max() < 0.01


def test_no_box_is_moved_by_more_than_two_millimetres():
    places = grid(12)
    found = np.stack([40 * places[:, 1], -40 * places[:, 1]], axis=1)
    moved = _agree(places, found, np.ones((12, 2)))
    assert (moved[-1].tolist(), moved[0].tolist()) == ([16, -16], pytest.approx([2, -2]))
