"""From points to a grade: the one rounding, at the very end, and the bands of a scale, for exams and the course."""

from __future__ import annotations

import math

from pydantic import Field

from grader.rubric import Part


class GradeBand(Part):
    """A grade, and the share of the points, in percent, from which it is given; the edge belongs to it."""

    grade: str = Field(description="as it is shown and exported")
    at_least: float = Field(ge=0, le=100, description="from so many percent of the points")


def round_half_up(points: float, step: float) -> float:
    """The points as a multiple of `step`, halves upwards: the one rounding, at the very end.

    >>> round_half_up(17.25, 0.5), round_half_up(0.1 + 0.2, 0.1), round_half_up(2.675, 0.01)
    (17.5, 0.3, 2.68)
    """
    # The small number undoes what binary fractions leave: 2.675 is stored a little below itself.
    return round(math.floor(points / step + 0.5 + 1e-9) * step, 10)
