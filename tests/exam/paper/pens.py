"""Simulated students: what each means by a box, and the strokes that they draw for it on the page's picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from grader.exam.paper.sheet import BOX_MM, Box, Field

Meaning = Literal["marked", "cancelled", "erased", "empty"]
Style = Literal["cross", "tick", "slash", "scribble", "fill"]
SUBPIXEL = 4  # bits


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


class Paper:
    """A printed page, on which pens write; grey, 0 is black, `px_per_mm` fine."""

    def __init__(self, picture: np.ndarray, px_per_mm: float) -> None:
        self.picture = picture.astype(np.float32) / 255
        self.px_per_mm = px_per_mm

    def write(self, box: Box, meaning: Meaning, pen: Pen, chance: np.random.Generator) -> None:
        """Leave a box as it is meant."""
        if meaning == "empty":
            return
        if meaning == "erased":
            self._ink(box, pen.style, pen, chance, strength=float(chance.uniform(0.03, 0.3)))
            self._smear(box, chance)
            return
        self._ink(box, pen.style, pen, chance)
        if meaning == "cancelled":
            self._ink(box, "fill", pen, chance)

    def _ink(self, box: Box, style: Style, pen: Pen, chance: np.random.Generator, strength: float = 1.0) -> None:
        half = round((BOX_MM / 2 + 5) * self.px_per_mm)
        middle = np.array([box.x_mm + BOX_MM / 2, box.y_mm + BOX_MM / 2]) * self.px_per_mm
        corner = np.rint(middle).astype(int) - half
        ink = np.zeros((2 * half, 2 * half), np.uint8)
        for stroke in strokes_of(style, pen, chance):
            points = (stroke * self.px_per_mm + middle - corner) * 2**SUBPIXEL
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
        part *= 1 - layer

    def write_words(self, field: Field, words: str, pen: Pen, chance: np.random.Generator) -> None:
        """Write by hand into a place for it."""
        x, y = (field.x_mm + chance.uniform(4, 9)) * self.px_per_mm, (field.y_mm + 7.5) * self.px_per_mm
        ink = np.zeros(self.picture.shape, np.uint8)
        thick = max(1, round(pen.width_mm * self.px_per_mm))
        font, size = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 0.16 * self.px_per_mm
        cv2.putText(ink, words[:40], (round(x), round(y)), font, size, 255, thick, cv2.LINE_AA)
        self.picture *= 1 - ink.astype(np.float32) / 255 * pen.darkness

    def _smear(self, box: Box, chance: np.random.Generator) -> None:
        """What an eraser leaves: a grey cloud over the box, and a paler outline."""
        x, y = (round(value * self.px_per_mm) for value in (box.x_mm - 1, box.y_mm - 1))
        side = round((BOX_MM + 2) * self.px_per_mm)
        part = self.picture[y : y + side, x : x + side]
        cloud = cv2.GaussianBlur(chance.random(part.shape, np.float32), (0, 0), 0.4 * self.px_per_mm)
        part *= 1 - float(chance.uniform(0.0, 0.06)) * cloud


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
    rows = np.arange(-BOX_MM / 2, BOX_MM / 2 + 0.01, pen.width_mm * float(chance.uniform(0.6, 0.95)))
    return [line(*((BOX_MM / 2 * 0.98 * (-1) ** n, y) for n, y in enumerate(rows)))]
