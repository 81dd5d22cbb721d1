"""Finds boxes that one stroke joins: it may be the tick of one of them, and only pass through the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.sheet import BOX_MM
from grader.exam.scanning.boxes import INKY, Measures
from grader.exam.scanning.registration import PX_PER_MM

NEAR_MM = 9.0
"""Boxes whose middles are no further apart may have got each other's strokes."""
CLEAR_PEAK, CLEAR_COVER = 0.3, 0.05
"""What has less ink is no clear mark."""


def find_clear(measures: Measures) -> NDArray[np.bool_]:
    """Which boxes clearly have a mark of some kind, (n,)."""
    return np.asarray((measures.peak >= CLEAR_PEAK) & (measures.cover >= CLEAR_COVER))


def find_joined(
    measures: Measures, clear: NDArray[np.bool_], darkness: NDArray[np.float32]
) -> Iterator[tuple[int, int]]:
    """Pairs of marked boxes near each other with a stroke from one to the other.

    Parameters
    ----------
    measures : Measures
    clear : (n,) bool
        Which boxes have a mark.
    darkness : (height, width) float32, 0 to 1, row column
        The flat sheet, in 8 pixels to the millimetre.

    Yields
    ------
    one, other : int
        Places in the boxes' order.
    """
    places = measures.places_xy
    for one, other in combinations(np.flatnonzero(clear).tolist(), 2):
        apart = places[other] - places[one]
        if np.hypot(*apart) <= NEAR_MM * PX_PER_MM and _joined(darkness, places[one], apart):
            yield one, other


def _joined(darkness: NDArray[np.float32], start_xy: NDArray[np.float64], apart_xy: NDArray[np.float64]) -> bool:
    """Whether every line across the gap between two boxes has ink."""
    half = BOX_MM * PX_PER_MM / 2
    along = int(np.argmax(np.abs(apart_xy)))  # 0: side by side, 1: one above the other
    sign = float(np.sign(apart_xy[along]))
    distance = abs(float(apart_xy[along]))
    first, last = half + 3.0, distance - half - 3.0
    if last <= first or abs(apart_xy[1 - along]) > half:
        return False
    across = np.arange(-half - 6, half + 7)
    for step in np.arange(first, last + 1.0):
        middle = start_xy + apart_xy / distance * step if distance else start_xy
        x = middle[0] + (across if along == 1 else 0 * across)
        y = middle[1] + (across if along == 0 else 0 * across)
        rows = np.clip(np.rint(y).astype(int), 0, darkness.shape[0] - 1)
        columns = np.clip(np.rint(x).astype(int), 0, darkness.shape[1] - 1)
        if darkness[rows, columns].max() < INKY:
            return False
    return sign != 0
