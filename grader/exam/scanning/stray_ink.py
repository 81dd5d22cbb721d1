"""Finds what students wrote beside their boxes: ink that nobody printed, in a question of which no box is ticked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.sheet import BOX_MM, MARGIN_MM, Area, Box, Page
from grader.exam.scanning.boxes import INKY
from grader.exam.scanning.registration import PX_PER_MM

AROUND_PRINT_MM = 1.0
"""So far from where it should be, printed ink may lie: paper is fed unevenly."""
AROUND_BOX_MM = 1.4
"""What lies nearer to a box is looked at with the box."""
LEAST_SPAN_MM = 2.5
"""A smaller spot is dirt: the least that anybody writes is a letter."""
LEAST_INK_MM2 = 0.5


def find_unprinted(
    darkness: NDArray[np.float32], page: Page, ticked: NDArray[np.bool_], places_xy: NDArray[np.float64]
) -> Iterator[str]:
    """The questions without a clear tick, though something was written beside their boxes.

    Parameters
    ----------
    darkness : (height, width) float32, 0 to 1, row column
        The flat sheet, in 8 pixels to the millimetre.
    page : Page
    ticked : (n,) bool
        Which of the page's boxes clearly have a mark.
    places_xy : (n, 2) float64, pixels of the flat sheet, x y
        The middles of the boxes, where they were found.

    Yields
    ------
    question : str

    Examples
    --------
    >>> page = Page(
    ...     number=1,
    ...     boxes=(Box(id="q.a", question="q", value="a", x_mm=20.0, y_mm=10.0),),
    ...     fields=(),
    ...     areas=(Area(question="q", top_mm=5.0, bottom_mm=20.0, printed=()),),
    ... )
    >>> empty = np.array([False])
    >>> darkness, places_xy = np.zeros((240, 480), np.float32), np.array([[176.3, 96.3]])
    >>> list(find_unprinted(darkness, page, empty, places_xy))
    []
    >>> circled = cv2.circle(darkness, (280, 96), 20, 1.0, 3)
    >>> list(find_unprinted(circled, page, empty, places_xy))
    ['q']
    """
    written_in = {field.question for field in page.fields}
    for area in page.areas:
        own = [place for place, box in enumerate(page.boxes) if box.question == area.question]
        if not own or area.question in written_in or ticked[own].any():
            continue
        boxes = [page.boxes[place] for place in own]
        middles_mm = np.array([(box.x_mm + BOX_MM / 2, box.y_mm + BOX_MM / 2) for box in boxes])
        moved_xy = np.median(places_xy[own] - (middles_mm * PX_PER_MM - 0.5), axis=0)
        if _has_unprinted(darkness, area, boxes, moved_xy):
            yield area.question


def _has_unprinted(
    darkness: NDArray[np.float32], area: Area, boxes: Sequence[Box], moved_xy: NDArray[np.float64]
) -> bool:
    top, bottom = (max(0, round(edge * PX_PER_MM + moved_xy[1])) for edge in (area.top_mm, area.bottom_mm))
    left, right = round(MARGIN_MM * PX_PER_MM), darkness.shape[1] - round(MARGIN_MM * PX_PER_MM)
    inked = (cv2.blur(darkness[top:bottom, left:right], (3, 3)) > INKY).astype(np.uint8)
    places = [(*extent, AROUND_PRINT_MM) for extent in area.printed]
    places += [(box.x_mm, box.y_mm, BOX_MM, BOX_MM, AROUND_BOX_MM) for box in boxes]
    for x, y, width, height, around in places:
        first_x, first_y = x - around, y - around
        last_x, last_y = x + width + around, y + height + around
        columns = [round(value * PX_PER_MM + moved_xy[0]) - left for value in (first_x, last_x)]
        rows = [round(value * PX_PER_MM + moved_xy[1]) - top for value in (first_y, last_y)]
        inked[max(rows[0], 0) : max(rows[1], 0), max(columns[0], 0) : max(columns[1], 0)] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(inked)
    pieces = stats[1:]
    spans = pieces[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    is_ink = pieces[:, cv2.CC_STAT_AREA] >= LEAST_INK_MM2 * PX_PER_MM**2
    return bool(((spans >= LEAST_SPAN_MM * PX_PER_MM) & is_ink).any())
