"""The sheet of paper as data: its size, its registration marks, its boxes. Millimetres from the upper left corner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from grader.exam.exam import Exam
from grader.model import Noun

PaperName = Literal["a4", "letter"]
SIZES_MM: Mapping[PaperName, tuple[float, float]] = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height."""

BOX_MM = 4.2
"""The side of a box, to the middle of its outline."""
BOX_LINE_MM = 0.3
MARK_MM = 9.0
"""The side of a registration mark."""
MARK_INSET_MM = 8.0
"""From the edges of the paper to the marks: printers leave some 5 mm white."""
CODE_COLUMNS, CODE_ROWS = 32, 2
CELL_WIDTH_MM, CELL_HEIGHT_MM = 2.2, 2.6
MARGIN_MM = 18.0
"""Left and right of everything that is read."""
TOP_MM, BOTTOM_MM = 23.0, 22.0
"""Above and below it: room for the marks and the page's code."""


class Box(Noun):
    """A box to tick: where it is, and what a tick in it says."""

    id: str
    question: str
    part: str = ""
    value: str
    x_mm: float
    y_mm: float


class Field(Noun):
    """A place to write in: a person reads it."""

    question: str
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float


class Area(Noun):
    """A question's part of a page, over its whole width, and what is printed in it: other ink is a student's."""

    question: str
    top_mm: float
    bottom_mm: float
    printed: tuple[tuple[float, float, float, float], ...]
    """Left, top, width and height of what is printed, but for the boxes."""


class Page(Noun):
    """One page of a copy, as the scanner knows it."""

    number: int
    boxes: tuple[Box, ...]
    fields: tuple[Field, ...]
    areas: tuple[Area, ...] = ()
    """Of the questions on it; prints that an older version has made have none."""


class Copy(Noun):
    """One student's copy: the seed from which it was shuffled, and its pages."""

    number: int
    student: str | None
    """None where the student ticks a number on the first page."""
    name: str = ""
    """The student's name as the class list has it."""
    seed: int
    pages: tuple[Page, ...] = ()


class Print(Noun):
    """All copies that were printed at once, with the exam as it was then."""

    id: str
    """Six hexadecimal digits: a part of every page's code."""
    exam: Exam
    paper: PaperName
    language: str
    digits: int
    """Digits of a student's number, on copies without a name."""
    numbers: Mapping[str, str]
    """number -> student, where the class list has numbers."""
    copies: tuple[Copy, ...]


STUDENT = "STUDENT"
"""Stands in the place of a question where the student's number is ticked; no question's name has capitals."""


def mark_corners_mm(paper: PaperName) -> NDArray[np.float64]:
    """The corners of the four registration marks.

    Parameters
    ----------
    paper : PaperName
        The paper's name.

    Returns
    -------
    corners_xy : (4, 4, 2) float64, millimetres, x y
        Marks from the upper left one, clockwise; corners of each likewise. The order is ArUco's own.

    Examples
    --------
    >>> mark_corners_mm("a4")[0].tolist()
    [[8.0, 8.0], [17.0, 8.0], [17.0, 17.0], [8.0, 17.0]]
    """
    width, height = SIZES_MM[paper]
    left, right = MARK_INSET_MM, width - MARK_INSET_MM - MARK_MM
    top, bottom = MARK_INSET_MM, height - MARK_INSET_MM - MARK_MM
    origins = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    square = MARK_MM * np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    return origins[:, None, :] + square[None, :, :]


def code_origins_mm(paper: PaperName) -> tuple[tuple[float, float], tuple[float, float]]:
    """The upper left corners of the page's code, which stands above and below.

    >>> code_origins_mm("a4")
    ((69.8, 9.9), (69.8, 281.9))
    """
    width, height = SIZES_MM[paper]
    x = round((width - CODE_COLUMNS * CELL_WIDTH_MM) / 2, 3)
    middle = MARK_INSET_MM + MARK_MM / 2
    half = CODE_ROWS * CELL_HEIGHT_MM / 2
    return (x, round(middle - half, 3)), (x, round(height - middle - half, 3))


def fold_number(number: str) -> str:
    """A student's number without the zeros before it, which a row of the sheet may need and the class list not have.

    >>> fold_number("0077"), fold_number("000"), fold_number("")
    ('77', '0', '')
    """
    return number.lstrip("0") or number[:1]
