"""Exams on paper as the tests print them: a small exam with every kind, and the pages of a PDF as pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2

from grader.exam.exam import Exam, ExamOnDisk
from grader.exam.paper.sheet import Print
from grader.exam.printing.drawing import draw_copies
from grader.exam.printing.planning import Enrolled, plan_print
from tests.exam.making import BELIEF, make_exam, multiple, question, rows, single

STEPS = {name: f"Step {name}" for name in ("first", "second", "third")}
PAIRS = {name: {"left": f"Left {name}", "right": f"Right {name}"} for name in ("p", "q", "r")}
NUMBER = {
    "answer": "12.5",
    "tolerance": 0.1,
    "decimals": 1,
    "unit": "px",
    "mistakes": {"sign": {"value": -12.5, "misconception": BELIEF}},
}
OUTPUT = {"prints": "(2, 3)", "mistakes": {}}
CRITERIA = {
    "criteria": {"way": {"says": "The way is right.", "points": 2}, "result": {"says": "So is $x^2$.", "points": 1}}
}


def every_kind(**more: object) -> Exam:
    """An exam with one question of each kind."""
    return make_exam(
        single("edge"),
        multiple("corner"),
        rows("truths"),
        question("numeric", NUMBER, "width"),
        question("matching", {"pairs": PAIRS, "extra": {"s": "Right s"}}, "names"),
        question("ordering", {"steps": STEPS}, "order"),
        question("text", {"accept": ["homography"]}, "word"),
        question("output", OUTPUT, "shape", code="print(x.shape)"),
        question("practical", CRITERIA, "work", points=3),
        **more,
    )


def plan(exam: Exam, *students: str, blank: int = 0, name: str = "midterm", **more: object) -> Print:
    """A print for these students; `more` as for plan_print."""
    options: dict = {"paper": "a4", "language": "en", "digits": 4, **more}
    on_disk = ExamOnDisk(name, exam, Path(f"{name}/exam.yaml"))
    return plan_print(on_disk, [Enrolled(student) for student in students], blank=blank, **options)


def render(pdf: bytes, dpi: float = 200.0) -> list[np.ndarray]:
    """The pages of a PDF, (height, width) uint8 grey."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=dpi / 72, grayscale=True).to_numpy().squeeze().copy() for page in document]
    document.close()
    return pages


def text_of(pdf: bytes) -> list[str]:
    """What can be read on each page of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return texts


def pictures_of(print_: Print, dpi: float = 200.0) -> dict[str, np.ndarray]:
    """sheet -> its picture, as it comes from the printer."""
    names = [f"{print_.id}-{copy.number}-{page.number}" for copy in print_.copies for page in copy.pages]
    return dict(zip(names, render(draw_copies(print_, Path()), dpi), strict=True))
