"""Geometry of the small pictures on the pages: numbers in, places in an SVG out. The templates draw them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.language import write_decimals

LARGEST = 1e30
"""Values beyond this are drawn at this: their differences would overflow."""


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, in units of the SVG, and what it says."""

    at: float
    label: str


@dataclass(frozen=True)
class Scale:
    """Maps the values from `low` to `high` to the places from `start` to `stop`."""

    low: float
    high: float
    start: float
    stop: float

    def place(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the values lie.

        Parameters
        ----------
        values : (n,) float64, in the data's unit, any order

        Returns
        -------
        (n,) float64, in units of the SVG

        Examples
        --------
        >>> Scale(0, 10, 100, 200).place(np.array([0.0, 5.0, 10.0])).tolist()
        [100.0, 150.0, 200.0]
        """
        return self.start + (values - self.low) / (self.high - self.low) * (self.stop - self.start)

    def ticks(self, count: int = 4) -> tuple[Tick, ...]:
        """About `count` marks at round values.

        >>> [tick.label for tick in Scale(-3, 3, 0, 100).ticks()]
        ['−2', '0', '2']
        """
        step = round_step((self.high - self.low) / count)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        values = np.array([place * step for place in range(first, last + 1)])
        digits = 2 + math.ceil(math.log10(max(abs(self.low), abs(self.high), step) / step))
        places = self.place(values)
        return tuple(Tick(round(float(at), 1), short(value, digits)) for at, value in zip(places, values, strict=True))


def round_step(step: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below `step`.

    >>> round_step(1.5), round_step(0.03), round_step(7)
    (2.0, 0.05, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= step * (1 - 1e-9))


def short(value: float, digits: int = 4) -> str:
    """A number as a label: few digits, and a true minus sign.

    >>> short(-0.30000000000000004), short(0.0), short(1.5e9)
    ('−0.3', '0', '1.5e+09')
    """
    return write_decimals(f"{value:.{digits}g}".replace("-", "−")) if value else "0"


def window(values: NDArray[np.float64], around: NDArray[np.float64] | None = None) -> tuple[float, float]:
    """The range of values that a picture shows: never empty, never without end.

    Where there is something to compare with (`around`), the window stays within half its height above and below it: one
    wild value must not flatten all others. Without it, the outer 2 % of the values may lie outside.

    Parameters
    ----------
    values : (n,) float64, in the data's unit, NaN and infinities allowed
    around : (m,) float64 or None, in the data's unit, NaN and infinities allowed

    Returns
    -------
    low, high : float, in the data's unit, low < high, both finite

    Examples
    --------
    >>> window(np.array([0.0, 1e300, np.nan]), around=np.array([0.0, 20.0]))
    (-1.5, 31.5)
    """
    shown = np.clip(values[np.isfinite(values)], -LARGEST, LARGEST)
    anchor = None if around is None else np.clip(around[np.isfinite(around)], -LARGEST, LARGEST)
    if anchor is not None and anchor.size:
        half = (float(anchor.max()) - float(anchor.min())) / 2
        everything = np.concatenate([shown, anchor])
        low = max(float(everything.min()), float(anchor.min()) - half)
        high = min(float(everything.max()), float(anchor.max()) + half)
    elif shown.size:
        low, high = (float(edge) for edge in np.percentile(shown, [2, 98]))
    else:
        low, high = 0.0, 1.0
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-9):
        margin = max(abs(low), 1.0) / 2
        return low - margin, high + margin
    margin = 0.05 * (high - low)
    return low - margin, high + margin


def thin(values: NDArray[np.float64], limit: int) -> NDArray[np.intp]:
    """Which of the values to draw so that a line of at most `limit` points keeps its peaks.

    From each of `limit / 2` pieces the least and the largest value are kept.

    Parameters
    ----------
    values : (n,) float64, any unit, in the order in which they are drawn; NaN allowed
    limit : int, points, even and at least 2

    Returns
    -------
    (k,) intp, indices in rising order, k <= limit

    Examples
    --------
    >>> thin(np.array([0.0, 9.0, 0.0, 0.0, 0.0, -9.0, 0.0, 0.0]), 4).tolist()
    [0, 1, 4, 5]
    """
    if values.size <= limit:
        return np.arange(values.size)
    kept: set[int] = set()
    for piece in np.array_split(np.arange(values.size), limit // 2):
        inside = np.where(np.isfinite(values[piece]), values[piece], 0.0)
        kept |= {int(piece[inside.argmin()]), int(piece[inside.argmax()])}
    return np.array(sorted(kept), dtype=np.intp)


def line(x: NDArray[np.float64], y: NDArray[np.float64], across: Scale, up: Scale, limit: int = 400) -> str:
    """The points as the `d` of an SVG path, which stops and starts again where a value is not finite.

    Values outside the window are drawn just outside it, so that the line leaves the picture and comes back.

    Parameters
    ----------
    x : (n,) float64, in the data's unit, rising
    y : (n,) float64, in the data's unit, NaN and infinities allowed
    across, up : the scales of the two axes
    limit : int, points

    Returns
    -------
    str, empty where no value is finite

    Examples
    --------
    >>> line(np.array([0.0, 1, 2, 3]), np.array([0.0, 1, np.nan, 1]), Scale(0, 3, 0, 30), Scale(0, 1, 10, 0))
    'M0 10L10 0M30 0h.01'
    """
    kept = thin(y, limit)
    x, y = x[kept], y[kept]
    height = up.high - up.low
    seen = np.isfinite(y)
    bounded = np.clip(np.where(seen, y, up.low), up.low - height, up.high + height)
    places = np.column_stack([across.place(x), up.place(bounded)]).round(1)
    runs: list[list[str]] = [[]]
    for (px, py), drawn in zip(places.tolist(), seen.tolist(), strict=True):
        if drawn:
            runs[-1].append(f"{px:g} {py:g}")
        elif runs[-1]:
            runs.append([])
    return "".join("M" + "L".join(run) + ("h.01" if len(run) == 1 else "") for run in runs if run)
