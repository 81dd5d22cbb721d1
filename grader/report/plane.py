"""Points and pairs as small drawings: rings for what was expected, crosses for what came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.report.charts import Scale, window
from grader.report.maps import Map, colours_for, draw_map

Values = NDArray[np.float64]

MOST = 400
"""Points of each kind that are drawn."""
WIDTH = 320.0
HEIGHTS = (120.0, 400.0)
"""The drawing is no lower and no higher, whatever the points' own proportions."""
EDGE = 12.0
"""Between the window and the points: a ring has room there."""


@dataclass(frozen=True)
class Plane:
    """A drawing of 320 by `height` units; y goes down, as in a picture."""

    height: float
    below: Map | None
    """The picture under the points."""
    frame: tuple[float, float, float, float]
    """Where it lies: x, y, width, height."""
    expected: tuple[tuple[float, float], ...]
    came: tuple[tuple[float, float], ...]
    links: tuple[tuple[float, float, float, float], ...]
    """Lines: from where a point was expected to where it came; of pairs, all that were not expected."""
    expected_links: tuple[tuple[float, float, float, float], ...]
    outside: int
    """Points that came outside the window, or are not numbers."""


def draw_points(came: Values, expected: Values, wrong: NDArray[np.bool_] | None, below: Values | None) -> Plane:
    """Points in the plane, on the picture that they belong to where there is one.

    Parameters
    ----------
    came : (n, 2) float64, in the data's unit, x y, NaN and infinities allowed
    expected : (m, 2) float64, in the data's unit, x y
    wrong : (n,) bool or None; which rows differ, where row k of one belongs to row k of the other: they are linked
    below : (rows, columns) float64 or None, gray; pixel (0, 0) has its middle at x = y = 0

    Returns
    -------
    Plane

    Examples
    --------
    >>> plane = draw_points(np.array([[0.0, 0.0]]), np.array([[0.0, 0.0], [10.0, 10.0]]), None, None)
    >>> plane.expected, plane.came, plane.outside
    (((25.5, 25.5), (294.5, 294.5)), ((25.5, 25.5),), 0)
    """
    if below is not None:
        rows, columns = below.shape
        (left, right), (top, bottom) = (-0.5, columns - 0.5), (-0.5, rows - 0.5)
    else:
        (left, right), (top, bottom) = (window(came[:, axis], expected[:, axis]) for axis in (0, 1))
    scale = (WIDTH - 2 * EDGE) / (right - left)
    height = float(np.clip(scale * (bottom - top), HEIGHTS[0] - 2 * EDGE, HEIGHTS[1] - 2 * EDGE))
    scale = min(scale, height / (bottom - top))
    wide = scale * (right - left)
    margin = (WIDTH - wide) / 2
    across, down = Scale(left, right, margin, margin + wide), Scale(top, bottom, EDGE, EDGE + scale * (bottom - top))
    within = (came >= (left, top)) & (came <= (right, bottom))  # no for NaN
    inside = np.asarray(within.all(axis=1))
    linked = np.zeros(0, np.intp) if wrong is None else np.flatnonzero(wrong & np.isfinite(came).all(axis=1))[:MOST]
    ends = np.column_stack([_place(expected[linked], across, down), _place(came[linked], across, down)])
    return Plane(
        height=round(height + 2 * EDGE, 1),
        below=draw_map(below, *colours_for(below)) if below is not None else None,
        frame=(round(margin, 1), EDGE, round(wide, 1), round(scale * (bottom - top), 1)),
        expected=_pairs_of(_place(expected[:MOST], across, down)),
        came=_pairs_of(_place(came[inside][:MOST], across, down)),
        links=tuple((a, b, c, d) for a, b, c, d in ends.round(1).tolist()),
        expected_links=(),
        outside=int((~inside).sum()),
    )


def draw_pairs(came: Values, expected: Values) -> Plane:
    """Pairs of indices: each a line from the first's row of dots, above, to the second's, below.

    Parameters
    ----------
    came, expected : (n, 2) and (m, 2) float64, indices, first and second; what is no index is left out and counted

    Returns
    -------
    Plane

    Examples
    --------
    >>> plane = draw_pairs(np.array([[0.0, 1.0]]), np.array([[0.0, 0.0], [1.0, 1.0]]))
    >>> plane.links, plane.expected_links
    (((12.0, 30.0, 308.0, 90.0),), ((12.0, 30.0, 12.0, 90.0), (308.0, 30.0, 308.0, 90.0)))
    """
    highest = max(float(expected.max()), 1.0)
    usable = (np.isfinite(came) & (came >= 0) & (came <= 2 * highest)).all(axis=1)
    seen = came[usable][:MOST]
    last = max(highest, float(seen.max()) if seen.size else 0.0)
    across = Scale(0.0, last, EDGE, WIDTH - EDGE)
    lines = [
        tuple((round(float(a), 1), 30.0, round(float(b), 1), 90.0) for a, b in across.place(pairs))
        for pairs in (seen, expected[:MOST])
    ]
    dots = np.unique(np.concatenate([seen, expected[:MOST]]).ravel())
    ends = across.place(dots).round(1).tolist()
    return Plane(
        height=HEIGHTS[0],
        below=None,
        frame=(0.0, 0.0, WIDTH, HEIGHTS[0]),
        expected=tuple((x, y) for x in ends for y in (30.0, 90.0)),
        came=(),
        links=lines[0],
        expected_links=lines[1],
        outside=int((~usable).sum()),
    )


def _place(points_xy: Values, across: Scale, down: Scale) -> Values:
    """Where points lie in the drawing: *(n, 2) float64, units of the SVG, x y*."""
    ends = np.array([(across.low, down.low), (across.high, down.high)])
    span = ends[1] - ends[0]
    bounded = np.clip(points_xy, ends[0] - span, ends[1] + span)  # a wild point is as far outside as the eye needs
    return np.column_stack([across.place(bounded[:, 0]), down.place(bounded[:, 1])])


def _pairs_of(places: Values) -> tuple[tuple[float, float], ...]:
    return tuple((x, y) for x, y in places.round(1).tolist())
