"""Each number by which a box is read, on both sides of it: of the box alone, of its hand, and of its neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from grader.exam.paper.readings import PageQuality, SheetScan
from grader.exam.paper.sheet import BOX_MM, Box
from grader.exam.scanning.boxes import Measures, measure
from grader.exam.scanning.hand import HandMarks, find_traces, judge_marks
from grader.exam.scanning.joined_boxes import find_clear, find_joined
from grader.exam.scanning.registration import PX_PER_MM, FlatSheet
from grader.exam.scanning.states import FilledBoxes, decide_states, gather

PAPER = np.zeros((800, 800), np.float32)
SIDES = {"left": 0.0, "right": 0.0, "upper": 0.0, "lower": 0.0}
FOUND = {"sides": 4.0, "edge": 0.9, "seen": 1.0, **SIDES}
TICK = {"cover": 0.2, "core": 0.2, "peak": 0.9, "trace": 0.5, "wash": 0.2, "hole": 0.6, "span": 0.9, **FOUND}
CLEAN = {"cover": 0.0, "core": 0.0, "peak": 0.0, "trace": 0.0, "wash": 0.0, "hole": 1.5, "span": 0.0, **FOUND}
FULL = {**TICK, "cover": 0.95, "core": 1.0, "trace": 0.55, "wash": 0.5, "hole": 0.1, "span": 1.0}
LESS = {**TICK, "trace": 0.42, "wash": 0.16, "hole": 0.7}
USUAL = 12
"""Rows of three boxes with one tick each, as the same person ticks elsewhere on the sheet."""


def box(name: str, x_mm: float = 20.0, y_mm: float = 20.0, part: str = "") -> Box:
    return Box(id=f"q.{part}{name}", question="q", part=part, value=name, x_mm=x_mm, y_mm=y_mm)


def filled_of(rows: list[list[dict]], *, usual: int = USUAL, several: bool = False, joined=(), page=1) -> FilledBoxes:
    """These rows of boxes, and behind them what the same person ticks; `at` is a middle, in millimetres."""
    boxes, told, exclusive = [], [], []
    for number, row in enumerate([*rows, *[[TICK, CLEAN, CLEAN]] * usual]):
        for place, one in enumerate(row):
            part = f"row{number}" if number < len(rows) else f"usual{number}"
            at = one.get("at", (25.0 + 60.0 * place, 25.0 + 60.0 * number))
            boxes.append(box("abcdefgh"[place], part=part))
            told.append({**one, "x": at[0] * PX_PER_MM, "y": at[1] * PX_PER_MM})
            exclusive.append(not several)
    columns = {name: np.array([one[name] for one in told], float) for name in (*TICK, "x", "y")}
    return FilledBoxes(tuple(boxes), tuple(exclusive), np.full(len(boxes), page), columns, tuple(joined))


def read_row(*row: dict, **options) -> list[str]:
    readings, _hand = decide_states(filled_of([list(row)], **options))
    return [reading.state for reading in readings[: len(row)]]


def because_of(*row: dict, **options) -> str:
    readings, _hand = decide_states(filled_of([list(row)], **options))
    return next(str(reading.because) for reading in readings if reading.because)


def state(base: dict, *, usual: int = USUAL, **changed) -> str:
    return read_row({**base, **changed}, CLEAN, CLEAN, usual=usual)[0]


# ---- one box alone --------------------------------------------------------------------------------------------------


def test_three_sides_of_an_outline_are_enough_for_an_empty_box_and_a_mark_may_hide_them():
    assert [state(CLEAN, sides=sides) for sides in (2, 3)] == ["unsure", "empty"]
    assert [state(TICK, sides=sides) for sides in (0, 4)] == ["marked", "marked"]


def test_what_lies_outside_the_picture_is_unsure():
    assert [state(base, seen=0.0) for base in (TICK, CLEAN)] == ["unsure", "unsure"]


@pytest.mark.parametrize(
    ("changed", "least"), [("cover", 0.06), ("core", 0.06), ("span", 0.45)], ids=["cover", "core", "span"]
)
def test_whoever_s_it_is_a_tick_has_some_ink_in_the_middle_and_reaches_across(changed, least):
    assert [state(TICK, **{changed: least + by}) for by in (-0.001, 0.001)] == ["unsure", "marked"]


@pytest.mark.parametrize(
    ("changed", "unlike", "like"), [("peak", 0.339, 0.341), ("cover", 0.781, 0.779), ("hole", 0.199, 0.201)]
)
def test_of_a_hand_that_is_not_known_a_mark_that_is_not_like_most_ticks_is_asked_about(changed, unlike, like):
    """One tick shows nothing of a hand; among twelve like it the same mark is one of its ticks."""
    assert [state(TICK, usual=0, **{changed: value}) for value in (unlike, like)] == ["unsure", "marked"]
    same = [[{**TICK, changed: unlike}, CLEAN, CLEAN]] * USUAL
    readings, _hand = decide_states(filled_of(same, usual=0))
    assert {reading.state for reading in readings[::3]} == {"marked"}


def test_three_ticks_make_a_hand_known():
    filling = [FULL, CLEAN, CLEAN]
    for rows, read in ((2, "unsure"), (3, "marked")):
        readings, hand = decide_states(filled_of([filling] * rows, usual=0))
        assert (hand.known, readings[0].state) == (rows, read)


# ---- beside the same person's ticks ---------------------------------------------------------------------------------


def test_what_has_more_ink_than_all_other_ticks_was_taken_back_where_its_row_has_a_tick():
    assert read_row(FULL, TICK, CLEAN) == ["cancelled", "marked", "empty"]
    assert read_row(FULL, CLEAN, CLEAN) == ["unsure", "empty", "empty"]


def test_whoever_fills_every_box_ticks_by_filling():
    rows = [[FULL, CLEAN, CLEAN] for _ in range(8)]
    readings, _hand = decide_states(filled_of(rows, usual=0))
    assert [reading.state for reading in readings[:3]] == ["marked", "empty", "empty"]


def test_a_pale_pen_is_as_good_as_a_dark_one_where_all_its_ticks_are_pale():
    pale = {**TICK, "peak": 0.2, "trace": 0.1, "wash": 0.045}
    assert state(pale) == "unsure"
    readings, _hand = decide_states(filled_of([[pale, CLEAN, CLEAN]] * USUAL, usual=0))
    assert {reading.state for reading in readings[::3]} == {"marked"}


def test_what_an_eraser_leaves_beside_a_tick_is_empty_and_alone_it_is_asked_about():
    rest = {**TICK, "cover": 0.15, "peak": 0.15, "trace": 0.06, "wash": 0.02}
    assert read_row(TICK, rest, CLEAN) == ["marked", "empty", "empty"]
    assert read_row(CLEAN, rest, CLEAN) == ["empty", "unsure", "empty"]


def test_of_two_ticks_where_one_is_asked_for_a_person_says_which_was_meant():
    assert read_row(TICK, TICK, CLEAN) == ["unsure", "unsure", "empty"]
    assert because_of(TICK, TICK) == "It is marked, and so is another box of its row: which of them was meant?"
    assert read_row(TICK, TICK, CLEAN, several=True) == ["marked", "marked", "empty"]


def test_a_scribble_among_several_ticks_of_a_row_is_asked_about():
    scribble = {**TICK, "cover": 0.5, "core": 0.5, "wash": 0.42, "trace": 0.55, "hole": 0.25}
    assert read_row(TICK, TICK, scribble, several=True)[:2] == ["marked", "marked"]
    assert read_row(TICK, TICK, scribble, several=True)[2] != "marked"
    assert because_of(scribble, CLEAN, several=True) != ""


@pytest.mark.parametrize(("name", "least"), [("trace", 0.018), ("wash", 0.012)])
def test_a_trace_is_what_exceeds_the_empty_boxes_of_the_page_by_as_much(name, least):
    def traced(value: float, noise: float = 0.0) -> bool:
        chance = np.random.default_rng(0)
        empty = np.abs(chance.normal(0, noise, 60)) if noise else np.zeros(60)
        columns = {"trace": empty.copy(), "wash": empty.copy()}
        columns[name][0] = value
        marks = HandMarks(
            **columns, hole=np.full(60, 1.5), page=np.zeros(60, int), row=np.arange(60), exclusive=np.ones(60, bool)
        )
        return bool(find_traces(marks)[0][0])

    assert [traced(least + by) for by in (-0.001, 0.001)] == [False, True]
    # On a noisy page it takes five times the spread of what its empty boxes have.
    assert (traced(0.05, noise=0.02), traced(0.3, noise=0.02)) == (False, True)


def test_of_many_marks_in_a_row_each_is_weighed_by_itself():
    wash = np.array([0.2] * 9 + [0.0, 0.2, 0.0, 0.2, 0.0, 0.2])
    marks = HandMarks(
        trace=np.where(wash > 0, 0.5, 0.0),
        wash=wash,
        hole=np.where(wash > 0, 0.6, 1.5),
        page=np.zeros(15, int),
        row=np.array([0] * 9 + [1, 1, 2, 2, 3, 3]),
        exclusive=np.array([False] * 9 + [True] * 6),
    )
    assert judge_marks(marks).tick.round(1).tolist() == [1.0] * 9 + [0.0, 1.0] * 3


def test_a_reading_says_how_probable_it_is():
    readings, _hand = decide_states(filled_of([[TICK, CLEAN, CLEAN], [FULL, CLEAN, CLEAN]]))
    assert readings[0].confidence > 0.99
    assert readings[1].confidence == 1.0
    assert readings[3].confidence == 0.0
    assert str(readings[3].because) != ""


@pytest.mark.parametrize("told", [TICK, FULL, CLEAN, {**TICK, "trace": 0.3, "wash": 0.12}])
def test_how_sure_a_reading_is_lies_between_99_in_100_and_1(told):
    readings, _hand = decide_states(filled_of([[TICK, told, CLEAN]]))
    assert all(reading.state == "unsure" or 0.99 <= reading.confidence <= 1 for reading in readings)


@pytest.mark.parametrize(
    ("changed", "beside", "told"),
    [
        ({"trace": 0.2, "wash": 0.08}, CLEAN, "It is fainter than this student's other ticks: a tick, or what"),
        ({"wash": 0.25}, TICK, "It has more ink than this student's other ticks: was it taken back?"),
        ({"wash": 0.12}, TICK, "It has less ink than this student's other ticks: a tick, or a stroke"),
        ({"wash": 0.2}, TICK, "It is marked, and so is another box of its row: which of them was meant?"),
    ],
)
def test_an_unsure_mark_is_asked_about_by_what_sets_it_apart(changed, beside, told):
    readings, _hand = decide_states(filled_of([[{**TICK, **changed}, beside, CLEAN]]))
    assert (readings[0].state, str(readings[0].because)[: len(told)]) == ("unsure", told)


def test_a_filled_box_alone_where_several_may_be_ticked_was_cancelled_or_is_the_answer():
    readings, _hand = decide_states(filled_of([[TICK, CLEAN, CLEAN], [FULL, CLEAN, CLEAN]], several=True))
    asked = "It is filled, and no other box of its row is ticked: was it cancelled, or is it the answer?"
    assert [(reading.state, str(reading.because)) for reading in readings[:4:3]] == [("marked", ""), ("unsure", asked)]


def test_a_trace_alone_in_its_row_is_almost_empty():
    trace = {**TICK, "trace": 0.06, "wash": 0.02, "cover": 0.15, "peak": 0.15}
    readings, _hand = decide_states(filled_of([[trace, CLEAN, CLEAN]]))
    assert str(readings[0].because) == "It is almost empty: a pencil that hardly wrote, or what an eraser left."


# ---- boxes beside each other ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("apart", "read"), [(12.9, "empty"), (13.1, "unsure")])
def test_ink_beside_an_empty_box_is_explained_by_a_tick_on_that_side_within_13_mm(apart, read):
    beside = {**CLEAN, "left": 0.08, "at": (25.0 + apart, 25.0)}
    assert read_row({**TICK, "at": (25.0, 25.0)}, beside, several=True) == ["marked", read]


def test_ink_beside_an_empty_box_needs_seven_hundredths_and_a_tick_on_the_same_side():
    assert [state(CLEAN, left=share) for share in (0.069, 0.071)] == ["empty", "unsure"]
    right = {**CLEAN, "right": 0.08, "at": (31.0, 25.0)}
    assert read_row({**TICK, "at": (25.0, 25.0)}, right, several=True) == ["marked", "unsure"]


def test_an_empty_box_explains_no_ink_beside_the_next_one():
    beside = {**CLEAN, "left": 0.08, "at": (31.0, 25.0)}
    assert read_row({**CLEAN, "at": (25.0, 25.0)}, beside) == ["empty", "unsure"]
    assert read_row({**TICK, "at": (25.0, 25.0)}, beside, several=True) == ["marked", "empty"]


def test_a_tick_that_leaves_its_box_is_a_tick():
    assert read_row({**TICK, "left": 0.3, "upper": 0.2}, CLEAN, several=True) == ["marked", "empty"]


def test_ink_beside_an_empty_box_says_nothing_where_the_row_has_its_one_tick():
    right = {**CLEAN, "right": 0.08, "at": (31.0, 25.0)}
    assert read_row({**TICK, "at": (25.0, 25.0)}, right) == ["marked", "empty"]


def test_of_two_marks_that_a_stroke_joins_the_one_with_less_ink_may_be_passed_through():
    row = [TICK, LESS, CLEAN]
    assert read_row(*row, several=True) == ["marked", "marked", "empty"]
    assert read_row(*row, several=True, joined=[(0, 1)]) == ["marked", "unsure", "empty"]
    told = because_of(*row, several=True, joined=[(0, 1)])
    assert told == "A stroke joins it with q.row0a, which has more ink: it may only pass through."
    row = [LESS, TICK, CLEAN]
    assert read_row(*row, several=True, joined=[(0, 1)]) == ["unsure", "marked", "empty"]
    told = because_of(*row, several=True, joined=[(0, 1)])
    assert told == "A stroke joins it with q.row0b, which has more ink: it may only pass through."


def test_two_clear_ticks_that_touch_are_ticks_and_the_rest_of_the_sheet_is_read_as_it_would_be():
    row = [TICK, {**TICK, "wash": 0.19}, CLEAN]
    joined, _hand = decide_states(filled_of([row], several=True, joined=[(0, 1)]))
    apart, _hand = decide_states(filled_of([row], several=True))
    assert [reading.state for reading in joined[:3]] == ["marked", "marked", "empty"]
    assert apart[1].confidence > joined[1].confidence >= 0.99
    assert (joined[0], joined[2:]) == (apart[0], apart[2:])


# ---- the pages of a copy --------------------------------------------------------------------------------------------


def scan(page: int, *told: dict, joined=()) -> SheetScan:
    columns = {name: tuple(one[name] for one in told) for name in TICK}
    return SheetScan(print_id="p", copy_number=1, page=page, source="a.png", sha256="0" * 64, quality=PageQuality(),
                     measures=columns, joined=joined)  # fmt: skip


def test_the_boxes_of_the_chosen_questions_are_gathered_from_all_pages():
    first = [Box(id=f"{one}.a", question=one, value="a", x_mm=20.0, y_mm=20.0) for one in ("q", "other", "r")]
    second = [Box(id=f"{one}.{way}", question=one, value=way, x_mm=20.0, y_mm=20.0) for one in "sr" for way in "bc"]
    pages = {
        1: (first, scan(1, TICK, FULL, LESS, joined=((0, 1), (1, 2), (0, 2)))),
        2: (second, scan(2, FULL, CLEAN, LESS, CLEAN, joined=((0, 1), (2, 3)))),
    }
    filled = gather(pages, {"q": True, "r": False, "s": True})
    assert filled is not None
    assert [box.id for box in filled.boxes] == ["q.a", "r.a", "s.b", "s.c", "r.b", "r.c"]
    assert filled.exclusive == (True, False, True, True, False, False)
    assert filled.pages.tolist() == [1, 1, 2, 2, 2, 2]
    assert filled.joined == ((0, 1), (2, 3), (4, 5))
    gathered = (TICK, LESS, FULL, CLEAN, LESS, CLEAN)
    assert {name: list(values) for name, values in filled.measured.items()} == {
        name: [one[name] for one in gathered] for name in TICK
    }
    assert gather(pages, {"elsewhere": True}) is None


# ---- what a stroke joins --------------------------------------------------------------------------------------------


def measured(*middles_px: tuple[float, float], **changed) -> Measures:
    """Ticked boxes with these middles, x y, in pixels."""
    columns = {name: np.full(len(middles_px), value) for name, value in {**TICK, **changed}.items()}
    x, y = np.array(middles_px, float).T
    return Measures(**columns, x=x, y=y)


def are_joined(apart_px: tuple[float, float], darkness: np.ndarray) -> bool:
    found = measured((200.0, 200.0), (200.0 + apart_px[0], 200.0 + apart_px[1]))
    pairs = list(find_joined(found, np.ones(2, bool), darkness))
    assert pairs in ([], [(0, 1)])
    return bool(pairs)


def stroke(
    apart_xy: tuple[float, float], hole: float | None = None, broad: int = 1, darkness: float = 0.8
) -> np.ndarray:
    """Paper with a stroke from the middle of the first box to that of another, and perhaps a hole of two pixels."""
    paper = PAPER.copy()
    start, way = np.array([200.0, 200.0]), np.array(apart_xy)
    for step in np.arange(0, np.abs(way).max() + 0.1, 0.5):
        x, y = np.rint(start + way / np.abs(way).max() * step).astype(int)
        if hole is None or not hole <= step <= hole + 2:
            paper[y - broad : y + broad + 1, x - broad : x + broad + 1] = darkness
    return paper


GAP = (BOX_MM * PX_PER_MM / 2 + 3, 56 - BOX_MM * PX_PER_MM / 2 - 3)
"""Where the gap between two boxes begins and ends whose middles are 56 pixels apart, from the middle of the first."""


def test_a_mark_is_clear_from_a_darkness_of_three_tenths_and_a_twentieth_of_the_inside_on():
    for name, least in (("peak", 0.3), ("cover", 0.05)):
        read = [bool(find_clear(measured((200, 200), **{name: least + by}))[0]) for by in (-0.001, 0.0)]
        assert read == [False, True]


def test_only_marked_boxes_within_9_mm_are_joined():
    for apart_mm, joined in ((8.9, True), (9.1, False)):
        way = (apart_mm * PX_PER_MM, 0.0)
        assert are_joined(way, stroke(way)) == joined
    found = measured((200, 200), (256, 200))
    assert not list(find_joined(found, np.array([True, False]), stroke((56.0, 0.0))))


def test_clean_or_pale_paper_between_two_marks_joins_nothing():
    way = (56.0, 0.0)
    assert not are_joined(way, PAPER)
    assert [are_joined(way, stroke(way, darkness=shade)) for shade in (0.29, 0.31)] == [False, True]


@pytest.mark.parametrize("way", [(56.0, 0.0), (0.0, 56.0), (-56.0, 0.0), (0.0, -56.0)])
def test_a_stroke_joins_boxes_on_every_side_and_one_hole_anywhere_in_the_gap_parts_them(way):
    assert are_joined(way, stroke(way))
    first, last = GAP
    for hole in np.arange(first - 0.5, last - 0.5, 1.0):
        assert not are_joined(way, stroke(way, hole, broad=0)), hole
    for outside in (first - 5.0, last + 3.0):
        assert are_joined(way, stroke(way, outside, broad=0)), outside


@pytest.mark.parametrize(("across", "joined"), [(0, True), (10, True), (-10, True), (19, False), (-19, False)])
def test_only_boxes_that_face_each_other_are_joined(across, joined):
    assert are_joined((56.0, across), stroke((56.0, across))) == joined


@pytest.mark.parametrize(("row", "joined"), [(0, True), (15, True), (-15, True), (30, False), (-30, False)])
def test_ink_in_the_gap_counts_as_far_as_the_boxes_reach(row, joined):
    darkness = PAPER.copy()
    darkness[200 + row - 1 : 200 + row + 2, 200:260] = 0.8
    assert are_joined((56.0, 0.0), darkness) == joined


@pytest.mark.parametrize(("column", "joined"), [(0, True), (20, True), (-20, True), (30, False), (-30, False)])
def test_so_does_ink_between_boxes_one_above_the_other_on_paper_that_is_not_square(column, joined):
    darkness = np.zeros((800, 300), np.float32)
    darkness[200:260, 200 + column - 1 : 200 + column + 2] = 0.8
    assert are_joined((0.0, 56.0), darkness) == joined


def test_boxes_that_touch_have_no_gap_to_be_joined_in():
    assert not are_joined((38.0, 0.0), stroke((38.0, 0.0)))


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
