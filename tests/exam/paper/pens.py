"""Simulated students: what each means by a box, and the strokes that they draw for it on the page's picture.

`some_pen` and TUNING draw pens with straight strokes, on which thresholds may be chosen. MEASURING draws other hands,
with bent strokes that change their pressure: on them the reader is measured, and nothing is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np

from grader.exam.paper.sheet import BOX_MM, Box, Field

Meaning = Literal["marked", "cancelled", "erased", "empty"]
Style = Literal["cross", "tick", "slash", "scribble", "fill", "strike"]
SUBPIXEL = 4  # bits
LUMINANCE = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Pen:
    """A hand with something to write with."""

    style: Style = "cross"
    darkness: float = 0.9
    width_mm: float = 0.5
    wobble_mm: float = 0.2
    overshoot_mm: float = 0.0
    """How far strokes leave the box."""
    size: float = 0.9
    """Of a mark, as a share of the box."""
    astray_mm: float = 0.0
    """How far its middle is from the box's."""
    grain: float = 0.0
    """Of a pencil: the share of its darkness that varies from point to point."""
    colour: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """What of red, green and blue it leaves where it is darkest."""
    cancels: Literal["fill", "scribble"] = "fill"
    """How a tick is taken back: as the sheet asks for it, or by a scribble over it."""
    scribble_mm: float = 0.6
    """Between the lines of such a scribble."""
    bend_mm: float = 0.0
    """How far the middle of a stroke is from a straight line."""
    pressure: float = 0.0
    """The share of darkness and width that varies from mark to mark."""

    def pressed(self, chance: np.random.Generator) -> Pen:
        """As it writes one mark."""
        if not self.pressure:
            return self
        press = 1 - self.pressure * float(chance.random())
        return replace(self, darkness=self.darkness * press, width_mm=self.width_mm * (0.5 + 0.5 * press))


def some_pen(chance: np.random.Generator) -> Pen:
    """A pen as it is found in a class: mostly crosses in ink, many ticks, some pencils, and a few who fill boxes."""
    pencil = chance.random() < 0.35
    style = str(chance.choice(["cross", "tick", "slash", "scribble", "fill"], p=[0.6, 0.26, 0.06, 0.07, 0.01]))
    return Pen(
        style=style,
        darkness=float(chance.uniform(0.4, 0.8) if pencil else chance.uniform(0.7, 1.0)),
        width_mm=float(chance.uniform(0.3, 0.6) if pencil else chance.uniform(0.25, 0.8)),
        wobble_mm=float(chance.uniform(0.05, 0.35)),
        overshoot_mm=float(max(0.0, chance.normal(0.1, 0.7)) if style != "tick" else chance.uniform(0.0, 3.5)),
        size=float(chance.uniform(0.6, 1.0)),
        astray_mm=float(min(abs(chance.normal(0, 0.3)), 0.6)),
        grain=0.35 if pencil else 0.05,
    )


Kind = Literal["ink", "marker", "soft pencil", "scribbled-out", "filled by habit", "highlighter", "pale pencil"]
KINDS: tuple[Kind, ...] = (
    "ink", "marker", "soft pencil", "scribbled-out", "filled by habit", "highlighter", "pale pencil",
)  # fmt: skip
AS_ASKED: tuple[Kind, ...] = ("ink", "marker", "soft pencil")
"""A cross in dark ink or a soft pencil, and a box filled to take one back: what the sheet asks for."""
_BLUE, _RED, _GREEN = (0.1, 0.15, 0.6), (0.75, 0.1, 0.1), (0.1, 0.55, 0.2)
_HIGHLIGHTERS = ((1.0, 0.98, 0.35), (0.65, 0.98, 0.45), (1.0, 0.7, 0.8), (1.0, 0.8, 0.4))


def _tuning(kind: Kind, chance: np.random.Generator) -> Pen:
    draw = lambda low, high: float(chance.uniform(low, high))  # noqa: E731
    ink = Pen(
        style=str(chance.choice(["cross", "tick", "slash", "scribble"], p=[0.7, 0.2, 0.05, 0.05])),
        darkness=draw(0.7, 1.0),
        width_mm=draw(0.25, 0.8),
        wobble_mm=draw(0.05, 0.35),
        overshoot_mm=max(0.0, float(chance.normal(0.1, 0.5))),
        size=draw(0.6, 1.0),
        astray_mm=draw(0.0, 0.35),
        grain=0.05,
        colour=((0.0, 0.0, 0.0), _BLUE)[int(chance.integers(2))],
    )
    match kind:
        case "marker":
            return replace(
                ink, style="cross", darkness=draw(0.85, 1.0), width_mm=draw(0.9, 1.7), colour=(0.0, 0.0, 0.0)
            )
        case "soft pencil":
            return replace(ink, darkness=draw(0.4, 0.8), width_mm=draw(0.3, 0.6), grain=0.35, colour=(0.0, 0.0, 0.0))
        case "scribbled-out":
            return replace(ink, style="cross", cancels="scribble", scribble_mm=draw(0.4, 1.0), width_mm=draw(0.25, 0.6))
        case "filled by habit":
            return replace(ink, style="fill", pressure=draw(0.0, 0.3), darkness=draw(0.5, 1.0))
        case "highlighter":
            colour = _HIGHLIGHTERS[int(chance.integers(len(_HIGHLIGHTERS)))]
            return replace(ink, style="slash", darkness=1.0, width_mm=draw(2.5, 4.5), colour=colour)
        case "pale pencil":
            return replace(ink, darkness=draw(0.15, 0.4), width_mm=draw(0.35, 0.6), grain=0.35, colour=(0.0, 0.0, 0.0))
    return ink


def _measuring(kind: Kind, chance: np.random.Generator) -> Pen:
    draw = lambda low, high: float(chance.triangular(low, (low + high) / 2, high))  # noqa: E731
    ink = Pen(
        style=str(chance.choice(["cross", "tick"], p=[0.85, 0.15])),
        darkness=draw(0.75, 1.0),
        width_mm=draw(0.3, 0.7),
        wobble_mm=draw(0.1, 0.3),
        overshoot_mm=abs(float(chance.normal(0.0, 0.45))),
        size=draw(0.65, 1.0),
        astray_mm=draw(0.0, 0.3),
        grain=0.1,
        colour=((0.0, 0.0, 0.0), _BLUE, _RED, _GREEN)[int(chance.integers(4))],
        bend_mm=draw(0.1, 0.6),
        pressure=draw(0.05, 0.3),
    )
    match kind:
        case "marker":
            return replace(ink, style="cross", darkness=0.95, width_mm=draw(1.0, 1.6), colour=(0.0, 0.0, 0.0))
        case "soft pencil":
            return replace(ink, darkness=draw(0.45, 0.75), width_mm=draw(0.35, 0.6), grain=0.45, colour=(0.0, 0.0, 0.0))
        case "scribbled-out":
            return replace(ink, cancels="scribble", scribble_mm=draw(0.45, 0.9))
        case "filled by habit":
            return replace(ink, style="fill", darkness=draw(0.6, 1.0))
        case "highlighter":
            colour = _HIGHLIGHTERS[int(chance.integers(len(_HIGHLIGHTERS)))]
            return replace(ink, style="slash", darkness=0.9, width_mm=draw(3.0, 4.0), colour=colour, pressure=0.1)
        case "pale pencil":
            return replace(ink, darkness=draw(0.2, 0.4), grain=0.45, colour=(0.0, 0.0, 0.0))
    return ink


Hands = Callable[[Kind, np.random.Generator], Pen]
TUNING: Hands = _tuning
MEASURING: Hands = _measuring


class Paper:
    """A printed page, on which pens write; 0 is black, `px_per_mm` fine; grey, or (height, width, 3) in colour."""

    def __init__(self, picture: np.ndarray, px_per_mm: float, *, coloured: bool = False) -> None:
        self.picture = picture.astype(np.float32) / 255
        if coloured:
            self.picture = np.repeat(self.picture[:, :, None], 3, axis=2)
        self.px_per_mm = px_per_mm

    def write(self, box: Box, meaning: Meaning, pen: Pen, chance: np.random.Generator) -> None:
        """Leave a box as it is meant."""
        if meaning == "empty":
            return
        if meaning == "erased":
            self._ink(box, pen.style, pen, chance, strength=float(chance.uniform(0.03, 0.3)))
            self._smear(box, chance)
            return
        self._ink(box, pen.style, pen.pressed(chance), chance)
        if meaning == "cancelled":
            self._ink(box, "fill" if pen.cancels == "fill" else "strike", pen.pressed(chance), chance)

    def _ink(self, box: Box, style: Style, pen: Pen, chance: np.random.Generator, strength: float = 1.0) -> None:
        half = round((BOX_MM / 2 + 5) * self.px_per_mm)
        middle = np.array([box.x_mm + BOX_MM / 2, box.y_mm + BOX_MM / 2]) * self.px_per_mm
        corner = np.rint(middle).astype(int) - half
        ink = np.zeros((2 * half, 2 * half), np.uint8)
        for stroke in strokes_of(style, pen, chance):
            points = (_bend(stroke, pen, chance) * self.px_per_mm + middle - corner) * 2**SUBPIXEL
            thick = max(1, round(pen.width_mm * self.px_per_mm))
            cv2.polylines(ink, [np.rint(points).astype(np.int32)], False, 255, thick, cv2.LINE_AA, SUBPIXEL)
        if style == "fill" and chance.random() < 0.7:
            reach = BOX_MM / 2 * chance.uniform(0.97, 1.1, (4, 1))
            square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * reach
            points = (square * self.px_per_mm + middle - corner) * 2**SUBPIXEL
            cv2.fillPoly(ink, [np.rint(points).astype(np.int32)], 255, cv2.LINE_AA, SUBPIXEL)
        layer = ink.astype(np.float32) / 255 * pen.darkness * strength
        layer *= 1 - pen.grain * chance.random(layer.shape, np.float32)
        x, y = np.maximum(corner, 0)
        part = self.picture[y : y + 2 * half, x : x + 2 * half]
        layer = layer[y - corner[1] :, x - corner[0] :][: part.shape[0], : part.shape[1]]
        part *= self._left(layer, pen)

    def _left(self, layer: np.ndarray, pen: Pen) -> np.ndarray:
        """What of the light a layer of ink leaves, in each colour or in all of them together."""
        if self.picture.ndim == 3:
            return 1 - layer[:, :, None] * (1 - np.array(pen.colour, np.float32))
        return 1 - layer * (1 - float(np.dot(pen.colour, LUMINANCE)))

    def write_words(self, field: Field, words: str, pen: Pen, chance: np.random.Generator) -> None:
        """Write by hand into a place for it."""
        x, y = (field.x_mm + chance.uniform(4, 9)) * self.px_per_mm, (field.y_mm + 7.5) * self.px_per_mm
        ink = np.zeros(self.picture.shape[:2], np.uint8)
        thick = max(1, round(pen.width_mm * self.px_per_mm))
        font, size = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 0.16 * self.px_per_mm
        cv2.putText(ink, words[:40], (round(x), round(y)), font, size, 255, thick, cv2.LINE_AA)
        self.picture *= self._left(ink.astype(np.float32) / 255 * pen.darkness, pen)

    def _smear(self, box: Box, chance: np.random.Generator) -> None:
        """What an eraser leaves: a grey cloud over the box, and a paler outline."""
        x, y = (round(value * self.px_per_mm) for value in (box.x_mm - 1, box.y_mm - 1))
        side = round((BOX_MM + 2) * self.px_per_mm)
        part = self.picture[y : y + side, x : x + side]
        cloud = cv2.GaussianBlur(chance.random(part.shape[:2], np.float32), (0, 0), 0.4 * self.px_per_mm)
        smear = 1 - float(chance.uniform(0.0, 0.06)) * cloud
        part *= smear[:, :, None] if part.ndim == 3 else smear


def _bend(stroke: np.ndarray, pen: Pen, chance: np.random.Generator) -> np.ndarray:
    """A stroke as a curve through its points: each piece leaves its straight line by some of the pen's bend."""
    if not pen.bend_mm:
        return stroke
    t = np.linspace(0, 1, 9)[:, None]
    pieces = []
    for start, end in pairwise(stroke):
        along = end - start
        aside = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 0.1)
        bent = 4 * t * (1 - t) * aside * float(chance.normal(0, pen.bend_mm / 2))
        pieces.append(start + t * along + bent)
    return np.concatenate(pieces)


def strokes_of(style: Style, pen: Pen, chance: np.random.Generator) -> list[np.ndarray]:
    """Lines from the middle of a box, (points, 2), millimetres, x y."""
    inner, out = BOX_MM / 2 * 0.9 * pen.size, pen.overshoot_mm
    away = chance.normal(0, pen.astray_mm, 2) if style != "fill" else np.zeros(2)

    def line(*points: tuple[float, float]) -> np.ndarray:
        return np.array(points) + away + chance.normal(0, pen.wobble_mm, (len(points), 2))

    r = inner + out
    match style:
        case "cross":
            return [line((-r, -r), (0, 0), (r, r)), line((-r, r), (0, 0), (r, -r))]
        case "tick":
            return [line((-0.8 * inner, -0.1), (-0.2, 0.7 * inner), (0.7 * inner + 0.7 * out, -0.8 * inner - out))]
        case "slash":
            return [line((-r, r), (0, 0), (r, -r))]
        case "scribble":
            steps = np.linspace(-inner, inner, int(chance.integers(4, 6)))
            return [line(*((x, inner * (-1) ** n) for n, x in enumerate(steps)))]
        case "strike":
            # To and fro over a part of the box, and a little beyond it, slanting.
            half = BOX_MM / 2 * float(chance.uniform(0.75, 1.2))
            first = float(chance.uniform(-1.0, -0.4)) * half
            lines = np.arange(first, half * float(chance.uniform(0.5, 1.0)), max(pen.scribble_mm, 0.2))
            slant = float(chance.uniform(-0.3, 0.3))
            points = [(half * (-1) ** n, y + slant * half * (-1) ** n) for n, y in enumerate(lines)]
            return [line(*points)] if len(points) > 1 else [line((-half, 0.0), (half, 0.0))]
    rows = np.arange(-BOX_MM / 2, BOX_MM / 2 + 0.01, pen.width_mm * float(chance.uniform(0.6, 0.95)))
    return [line(*((BOX_MM / 2 * 0.98 * (-1) ** n, y) for n, y in enumerate(rows)))]
