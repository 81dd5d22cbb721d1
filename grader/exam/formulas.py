"""Formulas between $ signs: the part of LaTeX that the grader sets on paper and on screen."""

from __future__ import annotations

import re

from matplotlib.mathtext import MathTextParser

_DOLLAR = re.compile(r"(?<!\\)\$")


def formulas_in(text: str) -> list[str]:
    """The formulas of a text, without their dollar signs; a ValueError where one of those stands alone.

    >>> formulas_in("With $f = 800$ px and $z$ in metres, for 5 \\\\$")
    ['f = 800', 'z']
    """
    parts = _DOLLAR.split(text)
    if len(parts) % 2 == 0:
        raise ValueError("a $ is never closed; for the sign itself write \\$")
    return parts[1::2]


def why_no_formula(text: str) -> str | None:
    """Why one of the text's formulas cannot be set, or None where all can.

    >>> why_no_formula(r"$\\frac{f x}{z}$") is None, why_no_formula(r"$\\frac{f x}{z$") is None
    (True, False)
    """
    try:
        formulas = formulas_in(text)
    except ValueError as error:
        return str(error)
    for formula in formulas:
        try:
            MathTextParser("path").parse(f"${formula}$")
        except ValueError as error:
            return f"`{formula}`: {str(error).strip().splitlines()[-1]}"
    return None
