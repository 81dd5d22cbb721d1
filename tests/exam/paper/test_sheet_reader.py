"""A picture of a sheet: which one it is, how its boxes were left, or why it cannot be read."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from grader.exam.paper.sheet import BOX_MM, mark_corners_mm
from grader.exam.scanning.sheet_reader import SheetRead, Unreadable, read_picture
from tests.exam.making import make_exam, multiple, question, single

from .filling import PX_PER_MM, fill, one_in_each_row
from .pens import Paper, Pen
from .printing import every_kind, pictures_of, plan
from .reading import read_sheet
from .scanners import DEVICES, Scan, some_scan, take

PRINT = plan(every_kind(), "ana", blank=1)
PRINTS = {PRINT.id: PRINT}
PICTURES = pictures_of(PRINT)
FIRST = f"{PRINT.id}-1-1"
COPY = PRINT.copies[0]
PAGE = COPY.pages[0]
CLEAN = Scan(noise=0.005, quality=95)


def chance():
    return np.random.default_rng(7)


def scan(picture, how=CLEAN):
    return take(picture.astype(np.float32) / 255, PX_PER_MM, how, chance())


def told(picture, prints=PRINTS):
    found = read_picture(picture, prints)
    assert isinstance(found, Unreadable)
    return str(found.because)


def hide(picture, left_mm, top_mm, width_mm, height_mm, grey=255):
    hidden = picture.copy()
    x, y, width, height = (round(value * PX_PER_MM) for value in (left_mm, top_mm, width_mm, height_mm))
    hidden[y : y + height, x : x + width] = grey
    return hidden


def hide_mark(picture, *corners):
    for corner in corners:
        x, y = mark_corners_mm("a4")[corner][0]
        picture = hide(picture, x - 1, y - 1, 11, 11)
    return picture


# ---- which sheet ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", PICTURES)
def test_every_sheet_says_which_it_is_and_that_it_is_empty(sheet):
    found = read_sheet(scan(PICTURES[sheet]), PRINTS)
    copy = next(copy for copy in PRINT.copies if copy.number == found.copy_number)
    page = next(page for page in copy.pages if page.number == found.page)
    assert found.id == sheet
    assert {reading.state for reading in found.boxes} <= {"empty"}
    assert [reading.box for reading in found.boxes] == [box.id for box in page.boxes]
    assert set(found.blank_fields) == {field.question for field in page.fields}


@pytest.mark.parametrize("dpi", [150, 200, 300, 400])
@pytest.mark.parametrize("turned_deg", [-3, 1, 180, 183])
def test_it_may_lie_askew_or_upside_down_in_any_resolution(dpi, turned_deg):
    found = read_sheet(scan(PICTURES[FIRST], replace(CLEAN, dpi=dpi, turned_deg=turned_deg, margin_mm=9)), PRINTS)
    assert {reading.state for reading in found.boxes} == {"empty"}


@pytest.mark.parametrize("device", DEVICES)
def test_ticks_are_read_as_they_were_meant_from_every_device(device):
    for seed in range(6):
        random = np.random.default_rng(seed)
        meanings = one_in_each_row(PAGE, random)
        filled = fill(PICTURES[FIRST], PAGE, meanings, Pen(), random)
        found = read_sheet(take(filled, PX_PER_MM, some_scan(device, random), random), PRINTS)
        assert {one.box: one.state for one in found.boxes if one.state != "unsure"}.items() <= meanings.items()
        assert sum(one.state == "unsure" for one in found.boxes) <= 0.1 * len(found.boxes)


@pytest.mark.parametrize("feed_mm", [-1.6, -0.8, 0.8, 1.6])
def test_paper_that_was_fed_unevenly_is_followed(feed_mm):
    meanings = one_in_each_row(PAGE, chance())
    filled = fill(PICTURES[FIRST], PAGE, meanings, Pen(wobble_mm=0.05), chance())
    found = read_sheet(take(filled, PX_PER_MM, replace(CLEAN, feed_mm=feed_mm), chance()), PRINTS)
    assert {one.box: one.state for one in found.boxes} == meanings


def test_sheets_on_letter_paper_are_read_beside_those_on_a4():
    letter = plan(every_kind(), "ana", paper="letter")
    (sheet, *_), pictures = pictures_of(letter), pictures_of(letter)
    found = read_picture(scan(pictures[sheet]), {**PRINTS, letter.id: letter})
    assert (found.print_.id, found.page.number) == (letter.id, 1)


@pytest.mark.parametrize("corner", range(4))
def test_one_mark_may_be_missing(corner):
    found = read_sheet(scan(hide_mark(PICTURES[FIRST], corner)), PRINTS)
    assert {reading.state for reading in found.boxes} == {"empty"}


def test_one_of_the_two_codes_may_be_covered():
    for top_mm in (5, 278):
        assert isinstance(read_picture(scan(hide(PICTURES[FIRST], 60, top_mm, 90, 14, grey=60)), PRINTS), SheetRead)


# ---- why not --------------------------------------------------------------------------------------------------------


def test_with_two_marks_missing_it_is_rejected():
    assert told(scan(hide_mark(PICTURES[FIRST], 0, 2))) == (
        "Only 2 of the 4 marks at its corners can be seen: scan the whole sheet, flat."
    )


def test_a_sheet_whose_marks_lie_elsewhere_is_rejected():
    torn = PICTURES[FIRST].copy()
    width = torn.shape[1]
    side = round(19 * PX_PER_MM)
    torn[:side, :side], torn[:side, width - side :] = (
        PICTURES[FIRST][:side, width - side :],
        PICTURES[FIRST][:side, :side],
    )
    assert told(scan(torn)) == (
        "The marks at its corners do not lie as on a sheet of this exam: it is bent or folded, or another paper."
    )


def test_a_blank_sheet_is_named():
    blank = np.full_like(PICTURES[FIRST], 255)
    found = read_picture(scan(blank, replace(CLEAN, noise=0.02, shadow=0.3)), PRINTS)
    assert found == Unreadable("It is a blank sheet.", blank=True)


def test_a_page_of_something_else_is_named():
    letter = np.full_like(PICTURES[FIRST], 255)
    for line in range(20):
        cv2.putText(letter, "A letter to the faculty", (200, 300 + 60 * line), 0, 1.5, 0, 2)
    assert told(scan(letter)) == "It is no sheet of an exam: it has no registration marks at its corners."


def test_a_sheet_of_another_print_is_named():
    other = plan(make_exam(single("edge")), "ana")
    (picture, *_) = pictures_of(other).values()
    assert told(scan(picture)) == (
        f"It is a sheet of another exam, or of a print that is not in this work folder: {other.id}-1-1."
    )


def test_a_copy_and_a_page_that_do_not_exist_are_named():
    short = PRINT.model_copy(update={"copies": (COPY.model_copy(update={"pages": COPY.pages[:1]}),)})
    prints = {PRINT.id: short}
    assert told(scan(PICTURES[f"{PRINT.id}-2-1"]), prints) == f"The print {PRINT.id} has no copy 2."
    assert told(scan(PICTURES[f"{PRINT.id}-1-2"]), prints) == f"Copy 1 of the print {PRINT.id} has no page 2."


def test_a_code_that_cannot_be_read_is_named():
    covered = hide(hide(PICTURES[FIRST], 60, 5, 90, 14), 60, 278, 90, 14)
    assert told(scan(covered)) == ("Its code cannot be read: it is covered, torn or too blurred. Scan the sheet again.")


def test_two_sheets_in_one_picture_are_rejected():
    two = np.hstack([PICTURES[FIRST], PICTURES[f"{PRINT.id}-1-2"]])
    assert told(two) == "There are two sheets in one picture: scan each by itself."


# ---- how boxes were left --------------------------------------------------------------------------------------------


ONE = plan(make_exam(single("edge"), multiple("corner"), question("text", {"accept": ["x"]}, "word")), "ana")
SHEET, *_ = pictures_of(ONE)
PRINTED = pictures_of(ONE)[SHEET]
BOXES = {box.id: box for box in ONE.copies[0].pages[0].boxes}


def read_marks(*marks, picture=PRINTED):
    """box -> reading, after each (box, meaning, pen) was written."""
    paper, random = Paper(picture, PX_PER_MM), chance()
    for box, meaning, pen in marks:
        paper.write(BOXES[box], meaning, pen, random)
    found = read_sheet(take(paper.picture, PX_PER_MM, CLEAN, random), {ONE.id: ONE})
    return {reading.box: reading for reading in found.boxes}


@pytest.mark.parametrize("style", ["cross", "tick", "slash", "scribble"])
@pytest.mark.parametrize("darkness", [0.6, 1.0])
def test_whatever_is_drawn_in_a_box_marks_it(style, darkness):
    pen = Pen(style=style, darkness=darkness, width_mm=0.4)
    readings = read_marks(("edge.b", "marked", pen))
    assert {box for box, one in readings.items() if one.state == "marked"} == {"edge.b"}
    assert {one.state for box, one in readings.items() if box != "edge.b"} == {"empty"}


def test_a_filled_box_beside_a_ticked_one_is_cancelled():
    readings = read_marks(("edge.a", "cancelled", Pen()), ("edge.b", "marked", Pen()))
    assert (readings["edge.a"].state, readings["edge.b"].state) == ("cancelled", "marked")


def test_a_filled_box_alone_is_for_a_person_to_say():
    reading = read_marks(("edge.a", "cancelled", Pen()))["edge.a"]
    assert (reading.state, reading.confidence) == ("unsure", 0.0)
    assert str(reading.because) == (
        "It has more ink than most ticks, and no other tick of this student shows whether it is one."
    )


def test_what_an_eraser_leaves_is_no_mark():
    readings = read_marks(("edge.a", "erased", Pen(darkness=0.15)), ("edge.b", "marked", Pen()))
    assert readings["edge.a"].state == "empty"


def test_a_faint_mark_is_for_a_person_to_say():
    reading = read_marks(("edge.a", "marked", Pen(darkness=0.25, grain=0.3)))["edge.a"]
    assert (reading.state, str(reading.because)) == ("unsure", "It is faint: a soft pencil, or what an eraser left.")


@pytest.mark.parametrize("device", ["scanner", "feeder"])
def test_a_mark_that_can_hardly_be_seen_is_for_a_person_to_say(device):
    pencil = Pen(darkness=0.13, grain=0.35, width_mm=0.45)
    paper = Paper(PRINTED, PX_PER_MM)
    paper.write(BOXES["edge.a"], "marked", pencil, chance())
    for seed in range(4):
        random = np.random.default_rng(seed)
        picture = take(paper.picture, PX_PER_MM, some_scan(device, random), random)
        readings = {one.box: one for one in read_sheet(picture, {ONE.id: ONE}).boxes}
        assert (readings["edge.a"].state, str(readings["edge.a"].because)) == (
            "unsure",
            "It is faint: a soft pencil, or what an eraser left.",
        )
        assert {one.state for box, one in readings.items() if box != "edge.a"} == {"empty"}


def test_print_that_shines_through_from_the_back_is_no_mark():
    back = PICTURES[f"{PRINT.id}-1-2"][:, ::-1].astype(np.float32)
    through = 1 - 0.06 * (1 - cv2.GaussianBlur(back, (0, 0), 2) / 255)
    found = read_sheet(scan(PICTURES[FIRST] * through), PRINTS)
    assert {one.state for one in found.boxes} == {"empty"}


def test_a_dot_is_for_a_person_to_say():
    dot = Pen(style="slash", size=0.12, wobble_mm=0.0, width_mm=0.6)
    reading = read_marks(("edge.a", "marked", dot))["edge.a"]
    assert (reading.state, str(reading.because)) == ("unsure", "There is little ink in it: a small tick, or dirt.")


def test_a_box_that_is_nearly_filled_is_for_a_person_to_say():
    box = BOXES["edge.a"]
    half = hide(PRINTED, box.x_mm, box.y_mm, BOX_MM, 0.78 * BOX_MM, grey=20)
    reading = read_marks(picture=half)["edge.a"]
    assert (reading.state, str(reading.because)) == (
        "unsure",
        "It has more ink than most ticks, and no other tick of this student shows whether it is one.",
    )


def test_ink_beside_an_empty_box_is_for_a_person_to_say():
    box = BOXES["edge.a"]
    beside = hide(PRINTED, box.x_mm - 2.5, box.y_mm + 0.5, 1.9, 0.6, grey=20)
    reading = read_marks(picture=beside)["edge.a"]
    assert (reading.state, str(reading.because)) == ("unsure", "It is empty, but there is ink beside it: was it meant?")


def test_a_stroke_from_the_box_below_is_no_mark_of_its_own():
    boxes = sorted((box for box in BOXES.values() if box.question == "edge"), key=lambda box: box.y_mm)
    upper, lower = boxes[0], boxes[1]
    paper = Paper(PRINTED, PX_PER_MM)
    paper.write(lower, "marked", Pen(wobble_mm=0), chance())
    x = upper.x_mm + BOX_MM / 2
    picture = hide(paper.picture * 255, x, upper.y_mm + 0.8, 0.5, lower.y_mm - upper.y_mm + 2, grey=20)
    readings = {one.box: one for one in read_sheet(scan(picture), {ONE.id: ONE}).boxes}
    assert readings[upper.id].state == "unsure"
    assert str(readings[upper.id].because) == (
        f"A stroke joins it with {lower.id}, which has more ink: it may only pass through."
    )


def test_ink_at_the_edge_of_a_box_is_for_a_person_to_say():
    box = BOXES["edge.a"]
    edge = hide(PRINTED, box.x_mm + 0.75, box.y_mm + 0.3, 0.3, BOX_MM - 0.6, grey=20)
    reading = read_marks(picture=edge)["edge.a"]
    assert (reading.state, str(reading.because)) == (
        "unsure",
        "The ink is at its edge: it may belong to the box beside it.",
    )


def test_a_box_whose_outline_is_hidden_is_for_a_person_to_say():
    box = BOXES["edge.a"]
    reading = read_marks(picture=hide(PRINTED, box.x_mm - 1, box.y_mm - 1, 6.2, 6.2))["edge.a"]
    assert (reading.state, str(reading.because)) == ("unsure", "Its outline was not found.")


def test_a_box_beyond_the_edge_of_the_picture_is_for_a_person_to_say():
    # The corner of the sheet is cut off, with the mark there and the first boxes.
    picture = PRINTED[:, round((BOXES["edge.a"].x_mm + BOX_MM) * PX_PER_MM) :]
    found = read_picture(scan(picture), {ONE.id: ONE})
    assert isinstance(found, Unreadable)


def test_the_edge_of_a_stain_is_no_tick():
    box, picture = BOXES["edge.b"], PRINTED.astype(np.float32)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]] / PX_PER_MM
    away_mm = np.hypot(x - box.x_mm - 12, y - box.y_mm - 2) - 10
    stained = picture * (1 - 0.42 * np.exp(-(away_mm**2)))
    states = read_marks(picture=stained)
    assert {name for name, reading in states.items() if reading.state == "marked"} == set()
    assert "unsure" in {reading.state for reading in states.values()}


def test_dust_leaves_a_box_empty():
    box = BOXES["edge.a"]
    assert read_marks(picture=hide(PRINTED, box.x_mm + 2, box.y_mm + 2, 0.3, 0.3, grey=40))["edge.a"].state == "empty"


def test_a_place_with_a_word_in_it_is_not_blank():
    field = ONE.copies[0].pages[0].fields[0]
    paper = Paper(PRINTED, PX_PER_MM)
    assert read_picture(scan(PRINTED), {ONE.id: ONE}).blank_fields == ("word",)
    paper.write_words(field, "x", Pen(darkness=0.5, width_mm=0.3), chance())
    assert read_picture(scan(paper.picture * 255), {ONE.id: ONE}).blank_fields == ()
