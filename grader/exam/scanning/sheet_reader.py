"""Reads one picture: which sheet it shows, and how its boxes were left; or why it is none that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.identity import Identity
from grader.exam.paper.readings import PageQuality
from grader.exam.paper.sheet import SIZES_MM, Copy, Field, Page, PaperName, Print
from grader.exam.scanning.boxes import Measures, measure
from grader.exam.scanning.joined_boxes import find_clear, find_joined
from grader.exam.scanning.page_quality import judge_quality, see_tones
from grader.exam.scanning.registration import (
    PX_PER_MM,
    FlatSheet,
    Marks,
    coarsen,
    darkest_colour,
    find_marks,
    fit_sheet,
    flatten,
    lay_flat,
    read_identity,
)
from grader.exam.scanning.stray_ink import find_unprinted

FIELD_EDGE_MM = 1.5
LABEL_MM = (15.0, 4.0)
"""Within a place to write in: its frame, and the label in its corner."""
EMPTY_PEAK = 0.16
"""No point of an untouched place is darker than what an eraser leaves."""
SPECKS_PX = 12
"""Dark points that are dirt: a stroke of one millimetre has more."""
INK_OF_A_PAGE = 0.0005
"""A sheet with a smaller share of dark points is blank: specks, and what shows through from its back."""


@dataclass(frozen=True)
class SheetRead:
    """A sheet that was read."""

    print_: Print
    copy: Copy
    page: Page
    measures: Measures | None
    """None where the page has no boxes."""
    joined: tuple[tuple[int, int], ...]
    """Pairs of boxes that a stroke joins."""
    quality: PageQuality
    blank_fields: tuple[str, ...]
    """Questions whose place to write in has no ink at all."""
    written_beside: tuple[str, ...]
    """Questions without a clear tick that have ink beside their boxes."""
    flat: NDArray[np.uint8]
    """The sheet as a person looks at it: grey, or in colour."""


@dataclass(frozen=True)
class Unreadable:
    """Why a picture cannot be read, in a sentence."""

    because: str
    blank: bool = False


def read_picture(
    picture: NDArray[np.uint8], prints: Mapping[str, Print], *, drawn: bool = False
) -> SheetRead | Unreadable:
    """What is on a sheet in a picture.

    Parameters
    ----------
    picture : (height, width) or (height, width, 3) uint8, grey or red green blue, row column
        A scan or a photograph, upside down or not.
    prints : mapping of str to Print
        The prints that the sheet may belong to, by their ids.
    drawn : bool
        Whether it was never scanned, so that all that is on it is in the picture.

    Returns
    -------
    sheet : SheetRead or Unreadable

    Examples
    --------
    >>> read_picture(np.full((600, 400), 250, np.uint8), {})
    Unreadable(because='It is a blank sheet.', blank=True)
    """
    plane = darkest_colour(picture)
    marks = find_marks(plane)
    if marks.twice:
        return Unreadable("There are two sheets in one picture: scan each by itself.")
    if not marks.found and _is_blank(plane):
        return Unreadable("It is a blank sheet.", blank=True)
    papers: list[PaperName] = sorted({print_.paper for print_ in prints.values()})
    fitted = {paper: homography for paper in papers if (homography := fit_sheet(marks, paper)) is not None}
    if not fitted:
        return Unreadable(_why_no_sheet(marks))
    for paper, fine in fitted.items():
        coarse, homography = coarsen(plane, fine)
        identity = read_identity(coarse, homography, paper)
        if identity is not None:
            known = _look_up(identity, prints)
            if isinstance(known, Unreadable):
                return known
            print_, copy, page = known
            flat = flatten(coarse, homography, paper)
            blank = tuple(field.question for field in page.fields if _is_untouched(flat, field))
            measures = measure(flat, page.boxes) if page.boxes else None
            quality = judge_quality("grey" if drawn else see_tones(picture), measures)
            joined: tuple[tuple[int, int], ...] = ()
            beside: tuple[str, ...] = ()
            if measures is not None:
                ticked = find_clear(measures)
                joined = tuple(find_joined(measures, ticked, flat.darkness))
                beside = tuple(find_unprinted(flat.darkness, page, ticked, measures.places_xy))
            seen = flat.flat if picture.ndim == 2 else _in_colour(picture, fine, paper)
            return SheetRead(print_, copy, page, measures, joined, quality, blank, beside, seen)
    return Unreadable("Its code cannot be read: it is covered, torn or too blurred. Scan the sheet again.")


def cut_out(flat: NDArray[np.uint8], place_mm: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """A part of a flat sheet, for a person to look at.

    Parameters
    ----------
    flat : (height, width) or (height, width, 3) uint8, grey or in colour, row column
        8 pixels to the millimetre.
    place_mm : (4,) float, millimetres
        Left, top, width, height.

    Returns
    -------
    cut : (height, width) uint8, grey, row column

    Examples
    --------
    >>> cut_out(np.zeros((800, 800), np.uint8), (20.0, 20.0, 50.0, 14.0)).shape
    (112, 400)
    """
    left, top, width, height = (max(0, round(value * PX_PER_MM)) for value in place_mm)
    return flat[top : top + height, left : left + width]


def _in_colour(picture: NDArray[np.uint8], homography: NDArray[np.float64], paper: PaperName) -> NDArray[np.uint8]:
    return lay_flat(*coarsen(picture, homography), (0.0, 0.0), SIZES_MM[paper])


def _is_untouched(flat: FlatSheet, field: Field) -> bool:
    """Whether nothing was written in a place: not a point that an eraser would not leave, but for its printed label."""
    x, y, width, height = (value * PX_PER_MM for value in (field.x_mm, field.y_mm, field.width_mm, field.height_mm))
    edge = round(FIELD_EDGE_MM * PX_PER_MM)
    inside = cv2.blur(flat.darkness, (3, 3))[
        round(y) + edge : round(y + height) - edge, round(x) + edge : round(x + width) - edge
    ]
    dark = np.asarray(inside > EMPTY_PEAK, np.uint8)
    dark[: round(LABEL_MM[1] * PX_PER_MM), : round(LABEL_MM[0] * PX_PER_MM)] = 0
    return int(dark.sum()) <= SPECKS_PX


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
