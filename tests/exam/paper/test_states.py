"""Each number by which a box is read, on both sides of it."""

from __future__ import annotations

import numpy as np
import pytest

from grader.exam.paper.sheet import BOX_MM, Box
from grader.exam.scanning.boxes import Measures, measure
from grader.exam.scanning.registration import PX_PER_MM, FlatSheet
from grader.exam.scanning.states import decide_states

PAPER = np.zeros((800, 800), np.float32)
TICK = {"cover": 0.2, "core": 0.2, "peak": 0.9, "trace": 0.5, "span": 0.9}
CLEAN = {"cover": 0.0, "core": 0.0, "peak": 0.0, "trace": 0.0, "span": 0.0}


def box(name: str, x_mm: float = 20.0, y_mm: float = 20.0, part: str = "") -> Box:
    return Box(id=f"q.{part}{name}", question="q", part=part, value=name, x_mm=x_mm, y_mm=y_mm)


def measures(*boxes: dict) -> Measures:
    """What was measured of boxes; `beside` is left, right, upper, lower, and `at` the middle in millimetres."""
    whole = [
        {"gap": True, "sides": 4, "beside": (0, 0, 0, 0), "seen": True, "at": (25.0, 25.0), **one} for one in boxes
    ]

    def column(name):
        return np.array([one[name] for one in whole])

    return Measures(
        **{name: column(name) for name in (*TICK, "gap", "sides", "beside", "seen")},
        places_xy=column("at") * PX_PER_MM,
    )


def state(base: dict, **changed) -> str:
    (reading,) = decide_states([box("a")], measures({**base, **changed}), PAPER)
    return reading.state


# ---- one box alone --------------------------------------------------------------------------------------------------


def test_three_sides_of_an_outline_are_enough_and_two_are_not():
    assert [state(TICK, sides=sides) for sides in range(5)] == ["unsure", "unsure", "unsure", "marked", "marked"]
    assert [state(CLEAN, sides=sides) for sides in (2, 3)] == ["unsure", "empty"]


def test_what_lies_outside_the_picture_is_unsure():
    assert [state(base, seen=False) for base in (TICK, CLEAN)] == ["unsure", "unsure"]


@pytest.mark.parametrize(
    ("base", "changed", "below", "above"),
    [
        # an empty box: darkness of its darkest points, and of a thin stroke
        ({**CLEAN, "cover": 0.05, "span": 0.5}, "peak", (0.159, "empty"), (0.161, "unsure")),
        (CLEAN, "trace", (0.059, "empty"), (0.061, "unsure")),
        # a mark: ink, ink in the middle, darkness, length
        (TICK, "cover", (0.079, "unsure"), (0.081, "marked")),
        (TICK, "core", (0.059, "unsure"), (0.061, "marked")),
        (TICK, "peak", (0.339, "unsure"), (0.341, "marked")),
        (TICK, "span", (0.449, "unsure"), (0.451, "marked")),
        # too much ink for a tick
        (TICK, "cover", (0.779, "marked"), (0.781, "unsure")),
    ],
)
def test_a_threshold_is_where_it_is_said_to_be(base, changed, below, above):
    for value, expected in (below, above):
        assert state(base, **{changed: value}) == expected, (changed, value)


@pytest.mark.parametrize(
    ("cover", "span", "read"), [(0.029, 0.19, "empty"), (0.031, 0.19, "unsure"), (0.029, 0.21, "unsure")]
)
def test_a_dark_speck_leaves_a_box_empty_as_long_as_it_is_small(cover, span, read):
    speck = {"cover": cover, "core": 0.0, "peak": 0.9, "trace": 0.05, "span": span}
    assert state(speck) == read
    assert state(speck, trace=0.061) == "unsure"


def test_each_edge_belongs_to_the_side_that_is_named():
    written = {**CLEAN, "cover": 0.05, "span": 0.5}
    assert state(written, peak=0.16, trace=0.06) == "empty"
    assert state({"cover": 0.03, "core": 0.0, "peak": 0.9, "trace": 0.06, "span": 0.2}) == "empty"
    assert state(TICK, cover=0.08, core=0.06, peak=0.34, span=0.45) == "marked"
    assert state(TICK, cover=0.78) == "marked"
    assert state(TICK, peak=0.5, beside=(0.08, 0.08, 0, 0)) == "marked"
    assert state(TICK, peak=0.4, beside=(0.07, 0.07, 0, 0)) == "marked"
    assert read_two({**TICK, "cover": 0.93}, TICK, (6.0, 0.0)) == ["cancelled", "marked"]


@pytest.mark.parametrize(
    ("base", "changed", "confidence"),
    [
        (CLEAN, {}, 1.0),
        (CLEAN, {"peak": 0.08, "trace": 0.015}, 0.5),
        (CLEAN, {"peak": 0.04, "trace": 0.03}, 0.5),
        ({**CLEAN, "peak": 0.9}, {"cover": 0.015, "span": 0.05}, 0.5),
        ({**CLEAN, "peak": 0.9}, {"cover": 0.003, "span": 0.15}, 0.25),
        (TICK, {"cover": 0.12}, 0.5),
        (TICK, {"cover": 0.68}, 0.5),
        (TICK, {"peak": 0.51}, 0.5),
        (TICK, {"core": 0.09}, 0.5),
        (TICK, {"span": 0.9}, 1.0),
        (TICK, {"span": 0.45}, 0.0),
    ],
)
def test_a_reading_is_as_sure_as_it_is_far_from_its_edge(base, changed, confidence):
    (reading,) = decide_states([box("a")], measures({**base, **changed}), PAPER)
    assert reading.confidence == pytest.approx(confidence, abs=2e-3)


def test_a_filling_is_surer_the_fuller_it_is():
    for cover, confidence in ((0.93, 0.0), (0.965, 0.5), (1.0, 1.0)):
        found = measures({**TICK, "cover": cover}, {**TICK, "at": (31.0, 25.0)})
        assert decide_states([box("a"), box("b", 26.0)], found, PAPER)[0].confidence == confidence


def test_a_tick_leaves_a_gap_and_a_filling_does_not():
    assert (state(TICK, gap=True), state(TICK, gap=False)) == ("marked", "unsure")


@pytest.mark.parametrize(("peak", "beside", "read"), [
    (0.49, (0.071, 0.071, 0, 0), "unsure"),
    (0.51, (0.071, 0.071, 0, 0), "marked"),
    (0.49, (0.071, 0.069, 0, 0), "marked"),
    (0.49, (0.071, 0.071, 0.071, 0.071), "unsure"),
])  # fmt: skip
def test_a_faint_mark_that_runs_on_beyond_two_sides_may_be_a_stain(peak, beside, read):
    assert state(TICK, peak=peak, beside=beside) == read


# ---- boxes beside each other ----------------------------------------------------------------------------------------


def read_two(one: dict, other: dict, apart_mm: tuple[float, float], darkness=PAPER, parts=("", "")) -> list[str]:
    at = (25.0, 25.0)
    boxes = [box("a", part=parts[0]), box("b", 20.0 + apart_mm[0], 20.0 + apart_mm[1], part=parts[1])]
    places = [{**one, "at": at}, {**other, "at": (at[0] + apart_mm[0], at[1] + apart_mm[1])}]
    return [reading.state for reading in decide_states(boxes, measures(*places), darkness)]


@pytest.mark.parametrize(("apart", "read"), [(12.9, ["marked", "empty"]), (13.1, ["marked", "unsure"])])
def test_ink_beside_an_empty_box_is_explained_by_a_tick_on_that_side_within_13_mm(apart, read):
    left = {**CLEAN, "beside": (0.08, 0, 0, 0)}
    boxes = [box("a"), box("b", 20.0 + apart)]
    found = measures({**TICK, "at": (25.0, 25.0)}, {**left, "at": (25.0 + apart, 25.0)})
    assert [one.state for one in decide_states(boxes, found, PAPER)] == read


def test_ink_beside_an_empty_box_needs_seven_hundredths_and_a_tick_on_the_same_side():
    assert [state(CLEAN, beside=(share, 0, 0, 0)) for share in (0.069, 0.071)] == ["empty", "unsure"]
    right = {**CLEAN, "beside": (0, 0.08, 0, 0)}
    assert read_two(TICK, right, (6.0, 0.0)) == ["marked", "unsure"]


def joined(until_mm: float = 99.0) -> np.ndarray:
    """Paper with a stroke from the middle of the first box to the right."""
    darkness = PAPER.copy()
    row, start = round(25 * PX_PER_MM), round(25 * PX_PER_MM)
    darkness[row - 2 : row + 3, start : start + round(until_mm * PX_PER_MM)] = 0.8
    return darkness


@pytest.mark.parametrize(("apart", "read"), [(8.9, ["marked", "unsure"]), (9.1, ["marked", "marked"])])
def test_of_two_ticks_that_a_stroke_joins_the_one_with_less_ink_is_unsure_within_9_mm(apart, read):
    less = {**TICK, "cover": 0.15}
    assert read_two(TICK, less, (apart, 0.0), joined()) == read
    assert read_two(less, TICK, (apart, 0.0), joined()) == read[::-1]


def test_two_ticks_with_clean_paper_between_them_are_two_ticks():
    less = {**TICK, "cover": 0.15}
    assert read_two(TICK, less, (7.0, 0.0)) == ["marked", "marked"]
    assert read_two(TICK, less, (7.0, 0.0), joined(until_mm=3.3)) == ["marked", "marked"]
    faint = np.where(joined() > 0, 0.29, 0.0).astype(np.float32)
    assert read_two(TICK, less, (7.0, 0.0), faint) == ["marked", "marked"]
    assert read_two(TICK, less, (7.0, 0.0), np.where(faint > 0, 0.31, 0.0).astype(np.float32)) == ["marked", "unsure"]


def stroke(apart_xy: tuple[float, float], hole: float | None = None, broad: int = 1) -> np.ndarray:
    """Paper with a stroke from the middle of the first box to that of another, and perhaps a hole of two pixels."""
    darkness = PAPER.copy()
    start, way = np.array([200.0, 200.0]), np.array(apart_xy)
    for step in np.arange(0, np.abs(way).max() + 0.1, 0.5):
        x, y = np.rint(start + way / np.abs(way).max() * step).astype(int)
        if hole is None or not hole <= step <= hole + 2:
            darkness[y - broad : y + broad + 1, x - broad : x + broad + 1] = 0.8
    return darkness


GAP = (BOX_MM * PX_PER_MM / 2 + 3, 56 - BOX_MM * PX_PER_MM / 2 - 3)
"""Where the gap between two boxes begins and ends whose middles are 56 pixels apart, from the middle of the first."""


def second_of_two(apart_px: tuple[float, float], darkness: np.ndarray) -> str:
    """How the second of two ticked boxes is read, which has less ink than the first."""
    apart = (apart_px[0] / PX_PER_MM, apart_px[1] / PX_PER_MM)
    return read_two(TICK, {**TICK, "cover": 0.15}, apart, darkness)[1]


@pytest.mark.parametrize("way", [(56.0, 0.0), (0.0, 56.0), (-56.0, 0.0), (0.0, -56.0)])
def test_a_stroke_joins_boxes_on_every_side_and_one_hole_anywhere_in_the_gap_parts_them(way):
    assert second_of_two(way, stroke(way)) == "unsure"
    first, last = GAP
    for hole in np.arange(first - 0.5, last - 0.5, 1.0):
        assert second_of_two(way, stroke(way, hole, broad=0)) == "marked", hole
    for outside in (first - 5.0, last + 3.0):
        assert second_of_two(way, stroke(way, outside, broad=0)) == "unsure", outside


@pytest.mark.parametrize(
    ("across", "read"), [(0, "unsure"), (10, "unsure"), (-10, "unsure"), (19, "marked"), (-19, "marked")]
)
def test_only_boxes_that_face_each_other_are_joined(across, read):
    assert second_of_two((56.0, across), stroke((56.0, across))) == read


@pytest.mark.parametrize(
    ("row", "read"), [(0, "unsure"), (15, "unsure"), (-15, "unsure"), (30, "marked"), (-30, "marked")]
)
def test_ink_in_the_gap_counts_as_far_as_the_boxes_reach(row, read):
    darkness = PAPER.copy()
    darkness[200 + row - 1 : 200 + row + 2, 200:260] = 0.8
    assert second_of_two((56.0, 0.0), darkness) == read


@pytest.mark.parametrize(
    ("column", "read"), [(0, "unsure"), (20, "unsure"), (-20, "unsure"), (30, "marked"), (-30, "marked")]
)
def test_so_does_ink_between_boxes_one_above_the_other_on_paper_that_is_not_square(column, read):
    darkness = np.zeros((800, 300), np.float32)
    darkness[200:260, 200 + column - 1 : 200 + column + 2] = 0.8
    assert second_of_two((0.0, 56.0), darkness) == read


def test_boxes_that_touch_have_no_gap_to_be_joined_in():
    assert second_of_two((38.0, 0.0), stroke((38.0, 0.0))) == "marked"


def test_a_filled_box_is_cancelled_where_its_row_has_a_tick_and_unsure_where_it_has_none():
    filled = {**TICK, "cover": 0.931}
    assert read_two({**filled, "cover": 0.929}, TICK, (6.0, 0.0)) == ["unsure", "marked"]
    assert read_two(filled, TICK, (6.0, 0.0)) == ["cancelled", "marked"]
    assert read_two(filled, CLEAN, (6.0, 0.0)) == ["unsure", "empty"]
    assert read_two(filled, TICK, (6.0, 0.0), parts=("p", "r")) == ["unsure", "marked"]


# ---- where boxes are ------------------------------------------------------------------------------------------------


def sheet_of(outlines: list[tuple[float, float]]) -> FlatSheet:
    """A sheet on which outlines are drawn with their middles at these places, x y, in pixels."""
    darkness = np.zeros((1600, 800), np.float32)
    half = round(BOX_MM * PX_PER_MM / 2)
    for x, y in outlines:
        column, row = round(x), round(y)
        outer = darkness[row - half - 1 : row + half + 2, column - half - 1 : column + half + 2]
        outer[:] = 1.0
        outer[3:-3, 3:-3] = 0.0
    return FlatSheet(darkness, np.zeros((1600, 800), np.uint8), np.ones((200, 100), bool))


@pytest.mark.parametrize("count", [10, 20, 40])
def test_boxes_that_seem_to_lie_elsewhere_than_their_neighbours_are_where_these_say(count):
    boxes = [box(f"b{n}", 20.0 + 12 * (n % 2), 12.0 + 8 * (n // 2)) for n in range(count)]
    printed = np.array([(one.x_mm + BOX_MM / 2, one.y_mm + BOX_MM / 2) for one in boxes]) * PX_PER_MM - 0.5
    # The paper was fed 4 pixels too far; of every five boxes, something else than its outline was found of one.
    drawn = printed + np.array([4.0, -4.0])
    strange = np.arange(count) % 5 == 2
    drawn[strange] += np.array([11.0, 11.0])
    found = measure(sheet_of([tuple(place) for place in drawn]), boxes).places_xy - printed
    assert np.abs(found - np.array([4.0, -4.0])).max() <= 1.0


def test_a_box_that_lies_half_a_millimetre_off_its_neighbours_is_where_it_is():
    boxes = [box(f"b{n}", 20.0, 12.0 + 8 * n) for n in range(10)]
    printed = np.array([(one.x_mm + BOX_MM / 2, one.y_mm + BOX_MM / 2) for one in boxes]) * PX_PER_MM - 0.5
    for off, moved in ((3.0, 3.0), (6.0, 0.0)):
        drawn = printed.copy()
        drawn[4, 0] += off
        found = measure(sheet_of([tuple(place) for place in drawn]), boxes).places_xy - printed
        assert abs(found[4, 0] - moved) <= 1.0
