"""What is written beside the boxes of a question that nobody ticked: it is seen, and a person is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from grader.exam.paper.readings import MarkDecision
from grader.exam.paper.sheet import BOX_MM, Area, Box, Field, Page
from grader.exam.scanning.intake import take_scans
from grader.exam.scanning.marks_review import waiting_in
from grader.exam.scanning.paper_answers import answers_of, copies_read
from grader.exam.scanning.print_store import PaperStore
from grader.exam.scanning.scan_files import ScannedPage
from grader.exam.scanning.stray_ink import find_unprinted
from grader.language import Reason
from grader.model import Answer
from grader.store.gradebook import Gradebook
from grader.store.work_folder import WorkFolder
from tests.exam.making import make_exam, multiple, question, single

from .filling import PX_PER_MM
from .printing import NUMBER, pictures_of, plan
from .reading import read_sheet
from .scanners import DEVICES, Scan, some_scan, take

PRINT = plan(make_exam(single("edge"), multiple("corner"), question("numeric", NUMBER, "width")), "ana")
PRINTS = {PRINT.id: PRINT}
(PAGE,) = PRINT.copies[0].pages
((SHEET, PRINTED),) = pictures_of(PRINT).items()
BOXES = {box.id: box for box in PAGE.boxes}
LETTER_MM, WORDS_MM, CELL_MM = 8.1, 15.0, -8.5
"""From the left of a box to the letter of an option, to its words, and to the cell for a digit."""


def at(box, x_mm, y_mm=BOX_MM / 2):
    return round((BOXES[box].x_mm + x_mm) * PX_PER_MM), round((BOXES[box].y_mm + y_mm) * PX_PER_MM)


def circle(picture, box, x_mm, wide_mm):
    cv2.ellipse(picture, at(box, x_mm), (round(wide_mm * PX_PER_MM), round(2.6 * PX_PER_MM)), 0, 0, 360, 40, 3)


def write(picture, box, x_mm, words):
    cv2.putText(picture, words, at(box, x_mm, 3.8), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.1, 40, 2, cv2.LINE_AA)


def tick(picture, box):
    cv2.line(picture, at(box, 0.6, 0.6), at(box, 3.6, 3.6), 30, 4)
    cv2.line(picture, at(box, 0.6, 3.6), at(box, 3.6, 0.6), 30, 4)


def read(draw, how=None):
    picture = PRINTED.copy()
    draw(picture)
    chance = np.random.default_rng(7)
    return read_sheet(take(picture.astype(np.float32) / 255, PX_PER_MM, how or Scan(), chance), PRINTS)


@pytest.mark.parametrize(
    ("draw", "about"),
    [
        (lambda picture: circle(picture, "edge.b", LETTER_MM, 2.1), "edge"),
        (lambda picture: circle(picture, "edge.b", WORDS_MM + 5, 10.0), "edge"),
        (lambda picture: cv2.line(picture, at("corner.c", 12.0, 5.0), at("corner.c", 27.0, 5.0), 40, 3), "corner"),
        (lambda picture: write(picture, "edge.a", 60.0, "b"), "edge"),
        (lambda picture: write(picture, "width.1.0", CELL_MM - 2.0, "1"), "width"),
    ],
    ids=["a circled letter", "circled words", "underlined words", "a letter at the right", "a digit in its cell alone"],
)
def test_what_is_written_beside_the_boxes_of_an_open_question_is_seen(draw, about):
    found = read(draw)
    assert {reading.state for reading in found.boxes} == {"empty"}
    assert found.written_beside == (about,)


def test_who_has_ticked_may_write_beside():
    def draw(picture):
        tick(picture, "edge.b")
        write(picture, "edge.a", 60.0, "b")

    assert read(draw).written_beside == ()


@pytest.mark.parametrize("device", DEVICES)
def test_an_untouched_sheet_is_not_doubted_whatever_took_it(device):
    for seed in range(3):
        found = read(lambda picture: None, some_scan(device, np.random.default_rng(seed)))
        assert found.written_beside == ()


def test_it_waits_for_a_person_who_sees_the_whole_question(tmp_path):
    """By way of the store, as a scan leaves it there."""
    picture = PRINTED.copy()
    circle(picture, "edge.b", LETTER_MM, 2.1)
    picture = take(picture.astype(np.float32) / 255, PX_PER_MM, Scan(), np.random.default_rng(7))
    store = PaperStore(WorkFolder(tmp_path), "midterm")
    store.add_print(PRINT)
    gradebook = Gradebook(tmp_path / "gradebook.sqlite")
    (page,) = take_scans(store, gradebook, "midterm", [ScannedPage("a.png, page 1", "0", picture)]).pages
    assert page.fate == "needs review"
    (copy,) = copies_read(store.prints(), store.scans(), {})
    because = "No box of it is ticked, but something is written beside them: was it meant?"
    assert answers_of(copy)["edge"] == Answer(status="unusable", because=Reason(because))
    assert answers_of(copy)["corner"].status == "missing"
    assert not copy.is_blank
    (waiting,) = waiting_in(copy)
    assert (waiting.item, waiting.kind, str(waiting.because)) == ("edge", "question", because)
    left, top, width, height = waiting.place_mm
    assert left <= BOXES["edge.b"].x_mm - 6
    assert left + width >= BOXES["edge.b"].x_mm + 150
    assert top + height >= max(box.y_mm for box in PAGE.boxes if box.question == "edge") + BOX_MM
    said = {(SHEET, "edge"): _decision("b")}
    (copy,) = copies_read(store.prints(), store.scans(), said)
    assert answers_of(copy)["edge"].value == ["b"]
    assert not list(waiting_in(copy))


def _decision(value):
    return MarkDecision(sheet=SHEET, item="edge", value=value, who="tester", when=datetime(2024, 8, 3, tzinfo=UTC))


# ---- how much ink, and where, on a small sheet that is drawn here ---------------------------------------------------

BOX = Box(id="q.a", question="q", value="a", x_mm=40.0, y_mm=20.0)
TEXT = (60.0, 30.0, 40.0, 5.0)
"""Left, top, width and height of what is printed in the question, in millimetres."""
AREA = Area(question="q", top_mm=10.0, bottom_mm=50.0, printed=(TEXT,))


def sheet(*inked_mm, moved_mm=(0.0, 0.0), darkness=1.0):
    """A sheet of 150 by 100 mm, its paper moved, with ink in rectangles: left, top, width, height."""
    drawn = np.zeros((800, 1200), np.float32)
    for left, top, width, height in inked_mm:
        x, y = (np.array([left, top]) + moved_mm) * 8
        drawn[max(round(y), 0) : round(y + height * 8), max(round(x), 0) : round(x + width * 8)] = darkness
    return drawn


def about(drawn, *, moved_mm=(0.0, 0.0), ticked=(False,), boxes=(BOX,), areas=(AREA,), fields=()):
    """The questions that have ink beside their boxes."""
    page = Page(number=1, boxes=boxes, fields=fields, areas=areas)
    middles = np.array([(box.x_mm + BOX_MM / 2, box.y_mm + BOX_MM / 2) for box in boxes])
    places = (middles + moved_mm) * 8 - 0.5
    return list(find_unprinted(drawn, page, np.array(ticked), places))


@pytest.mark.parametrize(
    ("width", "height", "seen"), [(2.6, 0.4, True), (0.4, 2.6, True), (2.1, 0.4, False), (2.1, 2.1, False)]
)
def test_what_is_written_is_two_and_a_half_millimetres_long(width, height, seen):
    assert about(sheet((110.0, 40.0, width, height))) == ["q"] * seen


def test_a_hair_has_too_little_ink_and_is_no_writing_beside_a_blot_either():
    hair = sheet((110.0, 20.0, 1.0, 1.0))
    for step in range(24):
        hair[300 + step, 600 + step] = 1.0
    assert about(hair) == []
    hair[300:326, 601:627] += np.eye(26, dtype=np.float32)
    assert about(hair) == ["q"]


@pytest.mark.parametrize(("darkness", "seen"), [(0.29, False), (0.31, True)])
def test_what_is_written_is_darker_than_three_tenths(darkness, seen):
    assert about(sheet((110.0, 40.0, 5.0, 2.0), darkness=darkness)) == ["q"] * seen


@pytest.mark.parametrize("moved", [(0.0, 0.0), (2.0, -3.0), (-3.0, 2.0)])
def test_what_is_printed_may_lie_a_millimetre_from_where_it_should_on_paper_that_lies_elsewhere(moved):
    left, top, width, height = TEXT
    for sideways, down in ((0.7, 0.0), (-0.7, 0.0), (0.0, 0.7), (0.0, -0.7)):
        printed = (left + sideways, top + down, width, height)
        assert about(sheet(printed, moved_mm=moved), moved_mm=moved) == []
    right, bottom = left + width, top + height
    for beside in (
        (left - 1.8, top, 0.6, height),
        (right + 1.2, top, 0.6, height),
        (left, top - 1.8, width, 0.6),
        (left, bottom + 1.2, width, 0.6),
    ):
        assert about(sheet(TEXT, beside, moved_mm=moved), moved_mm=moved) == ["q"]


def test_ink_around_a_box_is_looked_at_with_the_box():
    for gap, seen in ((0.7, False), (1.6, True)):
        assert about(sheet((BOX.x_mm, BOX.y_mm - gap - 0.4, BOX_MM, 0.4))) == ["q"] * seen
        assert about(sheet((BOX.x_mm + BOX_MM + gap, BOX.y_mm, 0.4, BOX_MM))) == ["q"] * seen


@pytest.mark.parametrize("moved", [(0.0, 0.0), (0.0, -3.0), (0.0, 2.0)])
def test_only_what_lies_in_the_questions_part_of_the_page_is_its(moved):
    for top, seen in ((8.0, False), (10.5, True), (48.5, True), (51.0, False)):
        assert about(sheet((110.0, top, 10.0, 0.8), moved_mm=moved), moved_mm=moved) == ["q"] * seen


@pytest.mark.parametrize(("left", "seen"), [(10.0, False), (20.0, True), (125.0, True), (135.0, False)])
def test_ink_in_the_margins_is_the_papers(left, seen):
    assert about(sheet((left, 35.0, 5.0, 2.0))) == ["q"] * seen


def test_what_is_printed_into_the_corner_of_a_questions_part_is_printed():
    area = Area(question="q", top_mm=10.0, bottom_mm=50.0, printed=((14.0, 8.0, 30.0, 6.0),))
    assert about(sheet((14.0, 8.0, 30.0, 6.0)), areas=(area,)) == []


def test_a_page_may_begin_in_the_middle_of_a_part():
    area = Area(question="q", top_mm=1.0, bottom_mm=50.0, printed=())
    assert about(sheet((60.0, 30.0, 5.0, 5.0), moved_mm=(0.0, -3.0)), moved_mm=(0.0, -3.0), areas=(area,)) == ["q"]


def test_what_is_written_for_a_person_to_read_is_not_asked_about():
    ink = sheet((110.0, 40.0, 5.0, 2.0))
    field = Field(question="q", x_mm=100.0, y_mm=38.0, width_mm=20.0, height_mm=8.0)
    assert about(ink, fields=(field,)) == []
    assert about(ink, areas=(AREA.model_copy(update={"question": "words"}),)) == []


def test_a_question_that_is_ticked_hides_nothing_of_the_next_one():
    other = Box(id="r.a", question="r", value="a", x_mm=40.0, y_mm=60.0)
    areas = (AREA, Area(question="r", top_mm=50.0, bottom_mm=90.0, printed=()))
    ink = sheet((110.0, 40.0, 5.0, 2.0), (110.0, 70.0, 5.0, 2.0))
    for ticked, found in (((True, False), ["r"]), ((False, True), ["q"]), ((False, False), ["q", "r"])):
        assert about(ink, ticked=ticked, boxes=(BOX, other), areas=areas) == found
