"""What is drawn on a page, as data. Millimetres from the upper left corner of the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

Face = Literal["sans", "bold", "mono"]


@dataclass(frozen=True)
class WordsInk:
    """Words on a baseline, `grey` from 0, black, to 1."""

    x_mm: float
    y_mm: float
    text: str
    face: Face
    size_pt: float
    grey: float = 0.0


@dataclass(frozen=True)
class FormulaInk:
    """A formula on a baseline."""

    x_mm: float
    y_mm: float
    formula: str
    size_pt: float


@dataclass(frozen=True)
class LineInk:
    """A straight line."""

    x_mm: float
    y_mm: float
    to_x_mm: float
    to_y_mm: float
    line_mm: float
    grey: float = 0.0


@dataclass(frozen=True)
class FrameInk:
    """A rectangle, its outline in black or none, filled with a grey or not."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    line_mm: float = 0.0
    fill: float | None = None
    grey: float = 0.0


@dataclass(frozen=True)
class PictureInk:
    """A picture file."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    path: Path


Ink: TypeAlias = WordsInk | FormulaInk | LineInk | FrameInk | PictureInk


def move(ink: Ink, x_mm: float, y_mm: float) -> Ink:
    """The same, further to the right and further down.

    >>> move(LineInk(0, 0, 1, 1, 0.3), 2, 5)
    LineInk(x_mm=2, y_mm=5, to_x_mm=3, to_y_mm=6, line_mm=0.3, grey=0.0)
    """
    if isinstance(ink, LineInk):
        return replace(
            ink, x_mm=ink.x_mm + x_mm, y_mm=ink.y_mm + y_mm, to_x_mm=ink.to_x_mm + x_mm, to_y_mm=ink.to_y_mm + y_mm
        )
    return replace(ink, x_mm=ink.x_mm + x_mm, y_mm=ink.y_mm + y_mm)
