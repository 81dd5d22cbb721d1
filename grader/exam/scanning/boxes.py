"""Measures the boxes of a flat sheet: first where each one really is, then how much ink is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.sheet import BOX_MM, Box
from grader.exam.scanning.registration import PX_PER_MM, FlatSheet

AROUND_MM = 2.9
"""How far round a box is looked at."""
FARTHEST_MM = 2.0
"""How far a box may be from where the marks say that it is: paper is fed unevenly, and lies in waves."""
LOOSE_MM = 0.5
"""How far a box may be from where its neighbours say that it is."""
INSIDE_MM = 3.0
"""The side of the square in which ink counts; the outline lies outside it."""
CORE_MM = 1.9
"""The side of its middle, which a mark that is meant for this box reaches."""
INKY = 0.3
"""What is darker than this outside the boxes is ink; black is 1."""
_LEAST_INK = 0.1
"""Inside a box, ink is what is half as dark as its darkest points, but no less than half of this."""
BESIDE_MM = (0.5, 1.3)
"""From an outline: where a mark lies that missed its box."""
TRACE_MM = 0.6
"""The side of the squares whose mean shows a very faint stroke: they are as broad as it, and noise is averaged."""
LEAST_LINE = 0.2
"""How much darker than paper a side of an outline is, at the least."""
_EDGE_PX = 5
"""From the middle of an outline to white paper."""


@dataclass(frozen=True)
class Measures:
    """Of each box, in the order in which they were given."""

    cover: NDArray[np.float64]
    """(n,), the share of the inside that has ink"""
    core: NDArray[np.float64]
    """(n,), the share of its middle that has ink"""
    peak: NDArray[np.float64]
    """(n,), the darkness that one hundredth of the inside exceeds"""
    trace: NDArray[np.float64]
    """(n,), the darkness that a tenth of the inside exceeds, in means over TRACE_MM: a thin stroke from side to side"""
    wash: NDArray[np.float64]
    """(n,), the mean darkness of the inside: what a broad and pale pen leaves, however much the picture is noisy"""
    hole: NDArray[np.float64]
    """(n,), the radius of the largest circle inside without ink, millimetres"""
    span: NDArray[np.float64]
    """(n,), the longer side of what is inked, as a share of the inside's"""
    sides: NDArray[np.float64]
    """(n,), how many sides of the outline were found, 0 to 4"""
    edge: NDArray[np.float64]
    """(n,), how dark the outline is: 1 in a sharp picture, less where a thin line is blurred"""
    left: NDArray[np.float64]
    """(n,), the share of ink in a narrow strip outside the left side"""
    right: NDArray[np.float64]
    upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    seen: NDArray[np.float64]
    """(n,), 1 where the box lies inside the picture, else 0"""
    x: NDArray[np.float64]
    """(n,), where its middle was found, pixels of the flat sheet"""
    y: NDArray[np.float64]

    def as_columns(self) -> dict[str, tuple[float, ...]]:
        """The same as it is kept: name -> values, as exactly as they say anything."""
        return {name: tuple(values.astype(np.float64).round(4).tolist()) for name, values in vars(self).items()}

    @property
    def places_xy(self) -> NDArray[np.float64]:
        """(n, 2), the middles of the boxes, pixels of the flat sheet, x y"""
        return np.stack([self.x, self.y], axis=1)

    @property
    def beside(self) -> NDArray[np.float64]:
        """(n, 4), the share of ink outside each side: left, right, upper, lower"""
        return np.stack([self.left, self.right, self.upper, self.lower], axis=1)


def measure(sheet: FlatSheet, boxes: Sequence[Box]) -> Measures:
    """Where each box is, and how much ink it has.

    Parameters
    ----------
    sheet : FlatSheet
        Darkness in 8 pixels to the millimetre.
    boxes : sequence of Box
        At least one.

    Returns
    -------
    measures : Measures
        In the boxes' order.

    Examples
    --------
    >>> darkness = np.zeros((400, 400), np.float32)
    >>> _ = cv2.rectangle(darkness, (160, 160), (194, 194), 1.0, 2)
    >>> sheet = FlatSheet(darkness, np.zeros((400, 400), np.uint8), np.ones((50, 50), bool))
    >>> empty = measure(sheet, [Box(id="q.a", question="q", value="a", x_mm=20.0, y_mm=20.0)])
    >>> empty.cover.tolist(), empty.sides.tolist(), empty.edge.round(1).tolist()
    ([0.0], [4.0], [1.0])
    """
    middles_mm = np.array([(box.x_mm + BOX_MM / 2, box.y_mm + BOX_MM / 2) for box in boxes])
    expected = middles_mm * PX_PER_MM - 0.5
    half = round((BOX_MM / 2 + AROUND_MM) * PX_PER_MM)
    found, weights = _find_outlines(_blur(_cut(sheet.darkness, expected, half), 3), half)
    places = expected + _agree(expected / sheet.darkness.shape[0], found, weights)
    sharp = _cut(sheet.darkness, places, half)
    cuts, broad = _blur(sharp, 3), _blur(sharp, round(TRACE_MM * PX_PER_MM))
    inside = _middle(cuts, INSIDE_MM)
    peak = np.percentile(inside.reshape(len(boxes), -1), 99, axis=1)
    # Half as dark as the darkest points, so that a pencil's stroke is as wide as a pen's, and blur makes neither wider.
    inked = inside > 0.5 * np.maximum(peak, _LEAST_INK)[:, None, None]
    rows, columns = middles_mm.astype(int)[:, ::-1].T
    limit = np.array(sheet.seen.shape) - 1
    sides, edge = _see_sides(cuts, half)
    left, right, upper, lower = _ink_beside(cuts, half).T
    return Measures(
        cover=inked.mean(axis=(1, 2)),
        core=_middle(inked, CORE_MM).mean(axis=(1, 2)),
        peak=peak,
        trace=np.percentile(_middle(broad, INSIDE_MM).reshape(len(boxes), -1), 90, axis=1),
        wash=inside.mean(axis=(1, 2), dtype=np.float64),
        hole=_largest_hole(inked),
        span=_span(inked),
        sides=sides,
        edge=edge,
        left=left,
        right=right,
        upper=upper,
        lower=lower,
        seen=sheet.seen[np.minimum(rows, limit[0]), np.minimum(columns, limit[1])].astype(np.float64),
        x=places[:, 0],
        y=places[:, 1],
    )


def _cut(image: NDArray[np.float32], middles: NDArray[np.float64], half: int) -> NDArray[np.float32]:
    """A square round each place, (n, 2 half + 1, 2 half + 1); what lies off the sheet is white."""
    steps = np.arange(-half, half + 1)
    corners = np.rint(middles).astype(int)
    rows, columns = corners[:, 1, None] + steps, corners[:, 0, None] + steps
    height, width = image.shape
    cuts = image[np.clip(rows, 0, height - 1)[:, :, None], np.clip(columns, 0, width - 1)[:, None, :]]
    above, beside = (rows < 0) | (rows >= height), (columns < 0) | (columns >= width)
    if above.any() or beside.any():
        cuts[above[:, :, None] | beside[:, None, :]] = 0.0
    return np.asarray(cuts, np.float32)


def _blur(cuts: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """The mean over a square round each point; at a cut's upper and lower edge, where nothing is measured, of two."""
    count, height, width = cuts.shape
    return np.asarray(cv2.blur(cuts.reshape(count * height, width), (side, side)), np.float32).reshape(cuts.shape)


def _middle(cuts: NDArray[Any], side_mm: float) -> NDArray[Any]:
    half, middle = round(side_mm * PX_PER_MM / 2), cuts.shape[1] // 2
    return cuts[:, middle - half : middle + half + 1, middle - half : middle + half + 1]


def _find_outlines(cuts: NDArray[np.float32], half: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far each box is from the middle of its cut, (n, 2) x y, and how sure that is, (n, 2).

    An outline is a line in the mean over a box's width: strokes of a pen do not run along it, and a filled inside has
    no second side.
    """
    reach = round(BOX_MM * PX_PER_MM / 2) - 2
    moved, sure = [], []
    for axis in (2, 1):  # lines that stand, then lines that lie
        bands = [cuts[:, :, half - reach : half + reach + 1], cuts[:, half - reach : half + reach + 1, :]]
        profile = bands[axis - 1].mean(axis=2 if axis == 1 else 1, dtype=np.float64)
        line = np.maximum(profile - 0.5 * (np.roll(profile, 4, axis=1) + np.roll(profile, -4, axis=1)), 0.0)
        side = BOX_MM * PX_PER_MM / 2
        farthest = round(FARTHEST_MM * PX_PER_MM)
        shifts = np.arange(-farthest, farthest + 1)
        before = np.maximum(line[:, half + shifts - int(side)], line[:, half + shifts - int(side) - 1])
        after = np.maximum(line[:, half + shifts + int(side)], line[:, half + shifts + int(side) + 1])
        # Both sides have to be there: one line alone may be a stroke.
        score = np.minimum(before, after) + 0.1 * (before + after)
        best = score.argmax(axis=1)
        moved.append(shifts[best])
        sure.append(score[np.arange(len(cuts)), best])
    return np.stack(moved, axis=1).astype(np.float64), np.stack(sure, axis=1)


def _agree(
    places: NDArray[np.float64], found: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far each box is moved, (n, 2) pixels: as far as it was found to be, unless its neighbours say otherwise.

    A low polynomial over the sheet is fitted to all boxes, by least squares that are repeated with less weight for what
    lies far off (Tukey's biweight); where a box was not found, or lies off that surface, the surface counts.
    """
    x, y = places[:, 0], places[:, 1]
    terms = [np.ones(len(x))]
    if len(x) >= 12:
        terms += [x, y, y * y]
    if len(x) >= 30:
        terms += [x * y, y**3]
    basis = np.stack(terms, axis=1)
    loose = LOOSE_MM * PX_PER_MM
    moved = np.zeros_like(found)
    for axis in range(2):
        strength = weights[:, axis].copy()
        for _ in range(4):
            root = np.sqrt(strength + 1e-6)
            surface = basis @ np.linalg.lstsq(basis * root[:, None], found[:, axis] * root, rcond=None)[0]
            off = np.abs(found[:, axis] - surface) / (2 * loose)
            strength = weights[:, axis] * np.maximum(1 - off**2, 0.0) ** 2
        own = (np.abs(found[:, axis] - surface) <= loose) & (weights[:, axis] > 0.15)
        moved[:, axis] = np.where(own, found[:, axis], surface)
    return np.clip(moved, -FARTHEST_MM * PX_PER_MM, FARTHEST_MM * PX_PER_MM)


def _see_sides(cuts: NDArray[np.float32], half: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How many sides of each outline are darker than the paper outside them, and how dark they are at the median."""
    side, reach = round(BOX_MM * PX_PER_MM / 2), round(BOX_MM * PX_PER_MM / 2) - 3
    lines = []
    for axis in (1, 2):
        band = np.moveaxis(cuts, axis, 1)[:, :, half - reach : half + reach + 1].mean(axis=2)
        for sign in (-1, 1):
            line = np.max([band[:, half + sign * (side + step)] for step in (-1, 0, 1)], axis=0)
            paper = np.min([band[:, half + sign * (side + _EDGE_PX + step)] for step in (-1, 0, 1, 2)], axis=0)
            lines.append(line - paper)
    darker = np.stack(lines, axis=1).astype(np.float64)
    return (darker > LEAST_LINE).sum(axis=1).astype(np.float64), np.median(darker, axis=1)


def _ink_beside(cuts: NDArray[np.float32], half: int) -> NDArray[np.float64]:
    """The share of ink in the strips outside the sides of each box, (n, 4): left, right, upper, lower."""
    side = BOX_MM * PX_PER_MM / 2
    near, far = round(side + BESIDE_MM[0] * PX_PER_MM), round(side + BESIDE_MM[1] * PX_PER_MM)
    along = slice(half - round(side), half + round(side) + 1)
    before, after = slice(half - far, half - near + 1), slice(half + near, half + far + 1)
    strips = (cuts[:, along, before], cuts[:, along, after], cuts[:, before, along], cuts[:, after, along])
    return np.stack([(strip > INKY).mean(axis=(1, 2)) for strip in strips], axis=1)


def _largest_hole(inked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The radius of the largest circle without ink, millimetres: all boxes one above the other, in one transform."""
    framed = np.pad(~inked, ((0, 0), (1, 1), (1, 1))).astype(np.uint8)
    count, height, width = framed.shape
    far = cv2.distanceTransform(framed.reshape(count * height, width), cv2.DIST_L2, 3)
    return np.asarray(far.reshape(count, -1).max(axis=1) / PX_PER_MM, np.float64)


def _span(inked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The longer side of the rectangle round all ink, as a share of the inside."""
    size = inked.shape[1]
    sides = []
    for axis in (1, 2):
        lines = np.asarray(inked.any(axis=axis), bool)
        first, last = lines.argmax(axis=1), size - lines[:, ::-1].argmax(axis=1)
        sides.append(np.where(lines.any(axis=1), last - first, 0))
    return np.asarray(np.maximum(*sides) / size, np.float64)
