"""Arrays as small pictures: gray where no value is negative, blue to orange through white where some are."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from grader.report.charts import LARGEST, short

Values = NDArray[np.float64]

LARGEST_SIDE = 256
"""Pixels of a picture; larger arrays are thinned."""
SMALLEST_SIDE_PX = 192
"""A smaller array is drawn with so large squares that its longer side has as many pixels."""
MOST_NUMBERED = 6
"""Rows and columns up to which each number is written into its square."""
CELL = 40
"""The side of a square in units of the SVG, where numbers are written into it."""

_NOT_A_NUMBER = 255
"""The colour of NaN and infinity: a pink that no value has."""
_PINK = (230, 60, 200)
_DIVERGING = ((8, 64, 129), (67, 147, 195), (247, 247, 247), (244, 165, 88), (166, 72, 4))
_GRAY = ((0, 0, 0), (255, 255, 255))


@dataclass(frozen=True)
class Number:
    """A number that is written into its square."""

    x: int
    y: int
    text: str
    size: float
    dark: bool
    """Dark on a light square."""


@dataclass(frozen=True)
class Map:
    """An array as a picture in an SVG of `width` times `height` units."""

    source: str
    """A `data:` address."""
    width: int
    height: int
    numbers: tuple[Number, ...]
    low: str
    high: str
    """Its least and largest finite number; empty where there is none."""


def colours_for(values: Values) -> tuple[float, float]:
    """The values that get the first and the last colour: about zero where some are negative.

    Parameters
    ----------
    values : *any shape float64*, in the data's unit, NaN and infinities allowed

    Returns
    -------
    low, high : float, in the data's unit, low < high, both finite

    Examples
    --------
    >>> colours_for(np.array([0.0, 8.0])), colours_for(np.array([-1.0, 8.0])), colours_for(np.array([np.nan]))
    ((0.0, 8.0), (-8.0, 8.0), (0.0, 1.0))
    """
    finite = np.clip(values[np.isfinite(values)], -LARGEST, LARGEST)
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if low < 0:
        limit = max(-low, high)
        return -limit, limit
    return (low, high) if high > low else (min(low, 0.0), max(high, 1.0))


def draw_map(values: Values, low: float, high: float) -> Map:
    """An array in the colours from `low` to `high`; what lies beyond gets the last colour.

    Parameters
    ----------
    values : (rows, columns) float64, in the data's unit, NaN and infinities allowed, not empty
    low, high : float, in the data's unit, low < high; blue to orange where `low` is negative

    Returns
    -------
    Map

    Examples
    --------
    >>> drawn = draw_map(np.array([[0.0, 1.0], [2.5, np.nan]]), 0.0, 2.5)
    >>> drawn.width, drawn.height, drawn.low, drawn.high, [number.text for number in drawn.numbers]
    (80, 80, '0', '2.5', ['0', '1', '2.5', 'nan'])
    """
    rows, columns = values.shape
    thinned = values[:: -(-rows // LARGEST_SIDE), :: -(-columns // LARGEST_SIDE)]
    finite = np.isfinite(thinned)
    share = (np.clip(np.where(finite, thinned, low), low, high) - low) / (high - low)
    index = np.where(finite, np.rint(share * (_NOT_A_NUMBER - 1)), _NOT_A_NUMBER).astype(np.uint8)
    palette = _palette(_DIVERGING if low < 0 else _GRAY)
    numbered = max(rows, columns) <= MOST_NUMBERED
    seen = values[np.isfinite(values)]
    return Map(
        source=_png(index, palette),
        width=columns * CELL,
        height=rows * CELL,
        numbers=_numbers(values, palette[index]) if numbered else (),
        low=short(float(seen.min()), 3) if seen.size else "",
        high=short(float(seen.max()), 3) if seen.size else "",
    )


def largest_in_blocks(values: Values) -> Values:
    """The array no larger than a picture, each block by its value furthest from zero: one wrong pixel stays seen.

    Parameters
    ----------
    values : (rows, columns) float64, in the data's unit; NaN counts as the furthest

    Returns
    -------
    (k, m) float64, in the data's unit, neither more than LARGEST_SIDE

    Examples
    --------
    >>> wrong = np.zeros((600, 4)); wrong[401, 2] = -3.0
    >>> largest_in_blocks(wrong).shape, largest_in_blocks(wrong).min()
    ((200, 4), np.float64(-3.0))
    """
    for axis in (0, 1):
        block = -(-values.shape[axis] // LARGEST_SIDE)
        if block > 1:
            padding = [(0, 0), (0, 0)]
            padding[axis] = (0, -values.shape[axis] % block)
            padded = np.moveaxis(np.pad(values, padding), axis, 0)
            blocks = padded.reshape(-1, block, padded.shape[1])
            distance = np.where(np.isnan(blocks), np.inf, np.abs(blocks))
            furthest = distance.argmax(axis=1, keepdims=True)
            values = np.moveaxis(np.take_along_axis(blocks, furthest, axis=1)[:, 0], 0, axis)
    return values


def _palette(anchors: tuple[tuple[int, int, int], ...]) -> NDArray[np.uint8]:
    """256 colours, (256, 3) uint8, red green blue: all between the anchors but the last, which is for no number."""
    places = np.linspace(0, _NOT_A_NUMBER - 1, len(anchors))
    steps = np.arange(_NOT_A_NUMBER)
    mixed = [np.interp(steps, places, [anchor[channel] for anchor in anchors]) for channel in range(3)]
    return np.vstack([np.rint(np.stack(mixed, axis=1)), _PINK]).astype(np.uint8)


def _png(index: NDArray[np.uint8], palette: NDArray[np.uint8]) -> str:
    side = max(1, SMALLEST_SIDE_PX // max(index.shape))
    image = Image.fromarray(np.kron(index, np.ones((side, side), np.uint8)), "P")
    image.putpalette(palette.tobytes())
    written = io.BytesIO()
    image.save(written, "PNG")
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode("ascii")


def _numbers(values: Values, colours: NDArray[np.uint8]) -> tuple[Number, ...]:
    brightness = colours @ np.array([0.299, 0.587, 0.114])
    return tuple(
        Number(
            x=column * CELL + CELL // 2,
            y=row * CELL + CELL // 2,
            text=(text := short(float(value), 3)),
            size=round(min(0.36 * CELL, 1.5 * CELL / len(text)), 1),
            dark=bool(brightness[row, column] > 140),
        )
        for (row, column), value in np.ndenumerate(values)
    )
