"""Draws pages as PDF: what `composing` says, and the registration marks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from grader.exam.formulas import EM, Outline, outline
from grader.exam.paper.sheet import MARK_MM, SIZES_MM, Print
from grader.exam.printing.composing import compose, frame_page, mark_origins_mm
from grader.exam.printing.ink import FormulaInk, FrameInk, Ink, LineInk, PictureInk, WordsInk
from grader.exam.printing.typesetting import FACES, MM_IN_PT, load_font

PT = 1 / MM_IN_PT
"""Points in a millimetre."""
MARK_CELLS = 6
"""Cells on a side of an ArUco mark with 4 × 4 bits: its black border is one cell wide."""
_COMMAND = re.compile(r"([MLQCZ])([^MLQCZ]*)")


def mark_cells(corner: int) -> NDArray[np.bool_]:
    """The cells of a registration mark, from OpenCV's dictionary DICT_4X4_50.

    Parameters
    ----------
    corner : int
        0 is the upper left one; clockwise.

    Returns
    -------
    cells : (6, 6) bool, row column
        Which cells are black.

    Examples
    --------
    >>> mark_cells(0)[0].all(), mark_cells(0).shape
    (np.True_, (6, 6))
    """
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    return np.asarray(cv2.aruco.generateImageMarker(dictionary, corner, MARK_CELLS) == 0, bool)


class PdfDrawing:
    """A PDF in the making. Everything is given in millimetres from the upper left corner of the page."""

    def __init__(self, width_mm: float, height_mm: float, title: str) -> None:
        self._bytes = io.BytesIO()
        self._height_mm = height_mm
        for face in FACES:
            pdfmetrics.registerFont(load_font(face))
        # invariant: the same pages are the same bytes, whenever they are drawn.
        self._canvas = Canvas(self._bytes, pagesize=(width_mm * PT, height_mm * PT), invariant=1)
        self._canvas.setTitle(title)

    def page(self, ink: Iterable[Ink]) -> None:
        """Draw a page, and turn to the next."""
        for one in ink:
            match one:
                case WordsInk():
                    self._words(one)
                case FormulaInk():
                    self._formula(one)
                case LineInk():
                    self._line(one)
                case FrameInk():
                    self._frame(one)
                case PictureInk():
                    top = self._up(one.y_mm + one.height_mm)
                    self._canvas.drawImage(
                        ImageReader(str(one.path)),
                        one.x_mm * PT,
                        top,
                        one.width_mm * PT,
                        one.height_mm * PT,
                        mask="auto",
                    )
        self._canvas.showPage()

    def done(self) -> bytes:
        """The PDF."""
        self._canvas.save()
        return self._bytes.getvalue()

    def _up(self, y_mm: float) -> float:
        """PDF counts from below."""
        return (self._height_mm - y_mm) * PT

    def _words(self, ink: WordsInk) -> None:
        self._canvas.setFillGray(ink.grey)
        self._canvas.setFont(FACES[ink.face], ink.size_pt)
        self._canvas.drawString(ink.x_mm * PT, self._up(ink.y_mm), ink.text)

    def _line(self, ink: LineInk) -> None:
        self._canvas.setStrokeGray(ink.grey)
        self._canvas.setLineWidth(ink.line_mm * PT)
        self._canvas.line(ink.x_mm * PT, self._up(ink.y_mm), ink.to_x_mm * PT, self._up(ink.to_y_mm))

    def _frame(self, ink: FrameInk) -> None:
        self._canvas.setStrokeGray(ink.grey)
        self._canvas.setLineWidth(ink.line_mm * PT)
        if ink.fill is not None:
            self._canvas.setFillGray(ink.fill)
        self._canvas.rect(
            ink.x_mm * PT,
            self._up(ink.y_mm + ink.height_mm),
            ink.width_mm * PT,
            ink.height_mm * PT,
            stroke=int(ink.line_mm > 0),
            fill=int(ink.fill is not None),
        )

    def _formula(self, ink: FormulaInk) -> None:
        """A formula as one filled path; a curve of second degree is raised to one of third, which is what PDF has."""
        path = self._canvas.beginPath()
        _trace(outline(ink.formula), path, ink.x_mm * PT, self._up(ink.y_mm), ink.size_pt / EM)
        self._canvas.setFillGray(0.0)
        self._canvas.drawPath(path, stroke=0, fill=1, fillMode=1)


def _trace(shape: Outline, path: object, x: float, y: float, unit: float) -> None:
    here = (0.0, 0.0)
    for letter, told in _COMMAND.findall(shape.path):
        numbers = [float(number) for number in told.split()]
        points = [(x + unit * a, y - unit * b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
        match letter:
            case "M":
                path.moveTo(*points[0])  # type: ignore[attr-defined]
            case "L":
                path.lineTo(*points[0])  # type: ignore[attr-defined]
            case "Q":
                (qx, qy), (tx, ty) = points
                first = (here[0] + 2 / 3 * (qx - here[0]), here[1] + 2 / 3 * (qy - here[1]))
                second = (tx + 2 / 3 * (qx - tx), ty + 2 / 3 * (qy - ty))
                path.curveTo(*first, *second, tx, ty)  # type: ignore[attr-defined]
            case "C":
                path.curveTo(*points[0], *points[1], *points[2])  # type: ignore[attr-defined]
            case "Z":
                path.close()  # type: ignore[attr-defined]
        here = points[-1] if points else here


def draw_copies(print_: Print, folder: Path, *, duplex: bool = False) -> bytes:
    """One PDF with every copy, page after page; `folder` has the exam's pictures.

    `duplex` adds an empty page to copies with an odd number of them, so that no back of a sheet is another copy's.
    """
    drawing = PdfDrawing(*SIZES_MM[print_.paper], print_.exam.title.say(print_.language))
    marks = [_mark(corner, *origin) for corner, origin in enumerate(mark_origins_mm(print_))]
    for copy in print_.copies:
        composed = compose(
            print_.exam, copy, paper=print_.paper, language=print_.language, digits=print_.digits, folder=folder
        )
        for one in composed:
            round_it = (*frame_page(print_, copy, one.page.number), *(ink for mark in marks for ink in mark))
            drawing.page((*round_it, *one.ink))
        if duplex and len(composed) % 2:
            drawing.page(())
    return drawing.done()


def _mark(corner: int, x_mm: float, y_mm: float) -> Sequence[Ink]:
    """A black square, with its white cells on it: no seam shows between black cells."""
    cell = MARK_MM / MARK_CELLS
    white = [
        FrameInk(x_mm + column * cell, y_mm + row * cell, cell, cell, fill=1.0)
        for row, column in zip(*(~mark_cells(corner)).nonzero(), strict=True)
    ]
    return [FrameInk(x_mm, y_mm, MARK_MM, MARK_MM, fill=0.0), *white]
