"""Scans that were once misread or ended the command: each page gets its fate, and its boxes what was meant.

Their sheets were printed by an earlier layout, whose print is kept beside them: it has to be read for ever. Pens and
scanners are simulated, and nobody of the class exists.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.exam.scanning.print_store import PaperStore
from grader.store.gradebook import Gradebook
from grader.store.work_folder import WorkFolder

DATA = Path(__file__).parent / "data"
PRINT = "cea832"
SCRIBBLED = ("scribbled-out-s03-page1.jpg", "scribbled-out-s03-page2.jpg")
BLACK_AND_WHITE, GREY = "r1-first-bw.png", "r1-second-grey.png"
PALE = (
    "This scan is black-and-white: a pale tick would not be seen. "
    "Scan it again in grey or colour, or look at it yourself."
)


class Office:
    """A course whose exam was printed by an earlier version."""

    def __init__(self, call, root):
        self.root, self.call = root, call
        folder = root / "course/assignments/short"
        folder.mkdir(parents=True)
        (root / "course/course.toml").write_text('title = "A course"\n')
        shutil.copy(DATA / "short.yaml", folder / "exam.yaml")
        self.store = PaperStore(WorkFolder(root / "work"), "short")
        (self.store.root / "prints").mkdir(parents=True)
        shutil.copy(DATA / f"{PRINT}.json", self.store.root / "prints")

    def scan(self, *names):
        files = [DATA / name for name in names]
        return self.call(
            "--course", self.root / "course", "--work", self.root / "work", "exam", "scan", "short", *files
        )

    def states(self, copy):
        """box -> how it was left, where it was not left empty, on all pages of a copy that came."""
        (read,) = (one for one in self.store.copies() if one.copy.number == copy)
        boxes = [box for sheet in read.sheets.values() for box in sheet.boxes]
        return {box.box: box.state for box in boxes if box.state != "empty"}

    def answers(self, student):
        responses = Gradebook(self.root / "work/gradebook.sqlite").responses("short")
        (answers,) = (run.answers for submission, run in responses if submission.student == student)
        return answers


@pytest.fixture
def office(call, tmp_path):
    return Office(call, tmp_path)


def test_a_cross_that_was_scribbled_out_is_asked_about_and_no_other_box_is(office):
    ended = office.scan(*SCRIBBLED)
    states = office.states(4)
    scribbled = {box for box, state in states.items() if state == "unsure"}
    assert scribbled == {"sq7.c", "sq1.c", "sq10.c"}
    digits = {f"{number}.{row}.0" for number in ("sq5", "sq8", "sq11") for row in range(4)}
    ticked = digits | {"sq0.b", "sq3.c"} | {f"{name}.{option}" for name in ("sq1", "sq7", "sq10") for option in "ab"}
    assert {box for box, state in states.items() if state == "marked"} == ticked
    because = "It has more ink than this student's other ticks: was it taken back?"
    assert all(f" ({box}): {because}\n" in ended.out for box in scribbled)
    assert "2 pages in 2 files = 0 read, 2 needs review, 0 rejected.\n" in ended.out
    assert ended.code == 1


def test_a_black_and_white_page_is_one_item_and_what_it_leaves_empty_is_no_answer(office):
    ended = office.scan(BLACK_AND_WHITE)
    assert "For a person to look at: 1 item\n" in ended.out
    assert f"  {PRINT}-1-1 PAGE: {PALE}\n" in ended.out
    (waiting,) = {str(answer.because) for answer in office.answers("s00").values() if answer.status == "unusable"}
    assert waiting == PALE
    assert "missing" not in {answer.status for answer in office.answers("s00").values()}


@pytest.mark.parametrize(
    "order", [(BLACK_AND_WHITE, GREY), (GREY, BLACK_AND_WHITE)], ids=["worse first", "better first"]
)
def test_a_better_scan_of_the_same_sheet_settles_it_whichever_comes_first(office, order):
    for name in order:
        ended = office.scan(name)
    assert (
        f"{order[1]}, page 1: read. It is the same sheet as {order[0]}, page 1: they are read together.\n" in ended.out
    )
    assert "1 page in 1 file = 1 read, 0 needs review, 0 rejected.\n" in ended.out
    assert office.states(1) == {"sq6.c": "marked", "sq10.d": "marked", "sq7.a": "marked"}
    assert "unusable" not in {answer.status for answer in office.answers("s00").values()}


def test_pages_of_a_damaged_file_are_read_and_what_is_lost_is_named(office):
    ended = office.scan("pdf-with-a-broken-second-page.pdf", "truncated.tif")
    assert (
        "pdf-with-a-broken-second-page.pdf, page 2: rejected. It cannot be opened: Failed to load page.\n" in ended.out
    )
    assert "truncated.tif, page 2: rejected. It cannot be opened: " in ended.out
    assert ", and so are the pages behind it, if there are any.\n" in ended.out
    assert "Copy 7 (s06): pages 2, 3 of 3 did not come.\n" in ended.out
    assert "6 pages in 2 files = 4 read, 0 needs review, 2 rejected.\n" in ended.out
    assert ended.code == 1
    assert office.states(7) == {"sq10.a": "marked", "sq6.b": "marked", "sq7.d": "marked"}
    assert len(office.answers("s08")) == 12
