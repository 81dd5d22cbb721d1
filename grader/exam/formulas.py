"""Formulas between $ signs: the part of LaTeX that the grader sets, on paper and on screen by the same outlines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# matplotlib is loaded where a formula is set, and not before: every command would wait for it.

EM = 100.0
"""Units of an outline in one em, the size of the type."""
_DOLLAR = re.compile(r"(?<!\\)\$")
_LETTER = {1: "M", 2: "L", 3: "Q", 4: "C", 79: "Z"}
"""The codes of matplotlib's paths, as SVG has them."""
_POINTS = {3: 2, 4: 3}
"""Vertices of a curve, of which each has the curve's code."""


@dataclass(frozen=True)
class Outline:
    """A formula's shape, in units of EM: the `d` of an SVG path, y downwards from the baseline, and its size."""

    path: str
    width: float
    ascent: float
    descent: float


def split_formulas(text: str) -> list[str]:
    """The text in pieces, words and formulas in turn; a ValueError where a dollar sign is never closed.

    >>> split_formulas("With $f = 800$ px, for 5 \\\\$")
    ['With ', 'f = 800', ' px, for 5 $']
    """
    parts = _DOLLAR.split(text)
    if len(parts) % 2 == 0:
        raise ValueError("a $ is never closed; for the sign itself write \\$")
    return [part if place % 2 else part.replace("\\$", "$") for place, part in enumerate(parts)]


def why_no_formula(text: str) -> str | None:
    """Why one of the text's formulas cannot be set, or None where all can.

    >>> why_no_formula(r"$\\frac{f x}{z}$") is None, why_no_formula(r"$\\frac{f x}{z$") is None
    (True, False)
    """
    from matplotlib.mathtext import MathTextParser

    try:
        pieces = split_formulas(text)
    except ValueError as error:
        return str(error)
    for formula in pieces[1::2]:
        try:
            MathTextParser("path").parse(f"${formula}$")
        except ValueError as error:
            return f"`{formula}`: {str(error).strip().splitlines()[-1]}"
    return None


@lru_cache(maxsize=1024)
def outline(formula: str) -> Outline:
    """The shape of a formula, or a ValueError where it cannot be set.

    >>> shape = outline("x")
    >>> shape.path[0], 40 < shape.width < 80, shape.descent < 5
    ('M', True, True)
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=EM)
    width, height, descent = text_to_path.get_text_width_height_descent(f"${formula}$", font, True)
    vertices, codes = text_to_path.get_text_path(font, f"${formula}$", ismath=True)
    pieces: list[str] = []
    left = 0
    for (x, y), code in zip(vertices, codes, strict=True):
        # A curve's first vertex brings the letter, and the others follow it.
        letter = "" if left else _LETTER[int(code)]
        left = (left or _POINTS.get(int(code), 1)) - 1
        pieces.append(letter if letter == "Z" else f"{letter or ' '}{x:.4g} {-y:.4g}")
    return Outline("".join(pieces), float(width), float(height - descent), float(descent))
