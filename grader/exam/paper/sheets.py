"""Reads one picture: which sheet it shows, and how its boxes were left; or why it is none that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.boxes import measure
from grader.exam.paper.identity import Identity
from grader.exam.paper.readings import BoxReading
from grader.exam.paper.registration import (
    PX_PER_MM,
    FlatSheet,
    Marks,
    coarsen,
    find_marks,
    fit_sheet,
    flatten,
    read_identity,
)
from grader.exam.paper.sheet import BOX_MM, Box, Copy, Field, Page, PaperName, Print
from grader.exam.paper.states import decide_states

CUT_MM = 5.0
"""Round a box, in the picture that a person looks at."""
INK_OF_A_PAGE = 0.0005
"""A sheet with a smaller share of dark points is blank: specks, and what shows through from its back."""


@dataclass(frozen=True)
class SheetRead:
    """A sheet that was read."""

    print_: Print
    copy: Copy
    page: Page
    boxes: tuple[BoxReading, ...]
    flat: FlatSheet


@dataclass(frozen=True)
class Unreadable:
    """Why a picture cannot be read, in a sentence."""

    because: str
    blank: bool = False


def read_picture(picture: NDArray[np.uint8], prints: Mapping[str, Print]) -> SheetRead | Unreadable:
    """What is on a sheet in a picture.

    Parameters
    ----------
    picture : (height, width) uint8, grey, row column
        A scan or a photograph, upside down or not.
    prints : mapping of str to Print
        The prints that the sheet may belong to, by their ids.

    Returns
    -------
    sheet : SheetRead or Unreadable

    Examples
    --------
    >>> read_picture(np.full((600, 400), 250, np.uint8), {})
    Unreadable(because='It is a blank sheet.', blank=True)
    """
    marks = find_marks(picture)
    if marks.twice:
        return Unreadable("There are two sheets in one picture: scan each by itself.")
    if not marks.found and _is_blank(picture):
        return Unreadable("It is a blank sheet.", blank=True)
    papers: list[PaperName] = sorted({print_.paper for print_ in prints.values()})
    fitted = {paper: homography for paper in papers if (homography := fit_sheet(marks, paper)) is not None}
    if not fitted:
        return Unreadable(_why_no_sheet(marks))
    for paper, fine in fitted.items():
        coarse, homography = coarsen(picture, fine)
        identity = read_identity(coarse, homography, paper)
        if identity is not None:
            known = _look_up(identity, prints)
            if isinstance(known, Unreadable):
                return known
            print_, copy, page = known
            flat = flatten(coarse, homography, paper)
            return SheetRead(print_, copy, page, _read_boxes(flat, page), flat)
    return Unreadable("Its code cannot be read: it is covered, torn or too blurred. Scan the sheet again.")


def cut_out(flat: FlatSheet, place: Box | Field) -> NDArray[np.uint8]:
    """The picture of a box with what is round it, or of a place that was written in.

    Parameters
    ----------
    flat : FlatSheet
    place : Box or Field

    Returns
    -------
    cut : (height, width) uint8, grey, row column
        8 pixels to the millimetre.

    Examples
    --------
    >>> flat = FlatSheet(np.zeros((400, 400), np.float32), np.zeros((400, 400), np.uint8), np.ones((50, 50), bool))
    >>> cut_out(flat, Box(id="q.a", question="q", value="a", x_mm=20.0, y_mm=20.0)).shape
    (114, 394)
    """
    if isinstance(place, Box):
        # To the right stands what the box says.
        left, top = place.x_mm - CUT_MM, place.y_mm - CUT_MM
        width, height = BOX_MM + 9 * CUT_MM, BOX_MM + 2 * CUT_MM
    else:
        left, top, width, height = place.x_mm - 1.0, place.y_mm - 1.0, place.width_mm + 2.0, place.height_mm + 2.0
    x, y = (max(0, round(value * PX_PER_MM)) for value in (left, top))
    return flat.flat[y : y + round(height * PX_PER_MM), x : x + round(width * PX_PER_MM)]


def _read_boxes(flat: FlatSheet, page: Page) -> tuple[BoxReading, ...]:
    if not page.boxes:
        return ()
    return decide_states(page.boxes, measure(flat, page.boxes), flat.darkness)


def _look_up(identity: Identity, prints: Mapping[str, Print]) -> tuple[Print, Copy, Page] | Unreadable:
    print_ = prints.get(identity.print_id)
    if print_ is None:
        return Unreadable(f"It is a sheet of another exam, or of a print that is not in this work folder: {identity}.")
    copy = next((one for one in print_.copies if one.number == identity.copy), None)
    if copy is None:
        return Unreadable(f"The print {print_.id} has no copy {identity.copy}.")
    page = next((one for one in copy.pages if one.number == identity.page), None)
    if page is None:
        return Unreadable(f"Copy {copy.number} of the print {print_.id} has no page {identity.page}.")
    return print_, copy, page


def _why_no_sheet(marks: Marks) -> str:
    count = len(marks.found)
    if count == 0:
        return "It is no sheet of an exam: it has no registration marks at its corners."
    if count < 3:
        return f"Only {count} of the 4 marks at its corners can be seen: scan the whole sheet, flat."
    return "The marks at its corners do not lie as on a sheet of this exam: it is bent or folded, or another paper."


def _is_blank(picture: NDArray[np.uint8]) -> bool:
    """Whether hardly a point is darker than the paper round it."""
    small = cv2.resize(picture, (210, 297), interpolation=cv2.INTER_AREA)
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    return float((small < 0.75 * ground).mean()) < INK_OF_A_PAGE
