"""What is written beside the boxes of a question that nobody ticked: it is seen, and a person is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from grader.exam.paper.readings import MarkDecision
from grader.exam.paper.sheet import BOX_MM
from grader.exam.scanning.intake import take_scans
from grader.exam.scanning.marks_review import waiting_in
from grader.exam.scanning.paper_answers import answers_of, copies_read
from grader.exam.scanning.print_store import PaperStore
from grader.exam.scanning.scan_files import ScannedPage
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
