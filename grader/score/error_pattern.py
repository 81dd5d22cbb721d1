"""What a diagnosis is, and when two arrays are so alike that it means something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.language import Reason
from grader.rubric import Mistake
from grader.score.arrays import FloatArray, is_constant, spread

_FEWEST = 6


@dataclass(frozen=True)
class Diagnosis:
    """A known way to be wrong; `plain` says it without a number, for hidden criteria."""

    name: Mistake
    sentence: Reason
    plain: Reason


def speaks(target: FloatArray) -> bool:
    """Whether the expected values vary enough that to resemble them means something.

    >>> speaks(np.arange(6.0)), speaks(np.arange(5.0)), speaks(np.array([0.0, 1, 0, 1, 0, 1, 1]))
    (True, False, False)
    """
    return target.size >= _FEWEST and not is_constant(target) and np.unique(target).size >= 3


def near(answer: FloatArray, target: FloatArray, tolerance: float) -> bool:
    """Whether no value lies further from the target's than this share of the target's spread.

    >>> near(np.array([1.0, 3.01]), np.array([1.0, 3.0]), 0.01)
    True
    """
    return bool(np.abs(answer - target).max() <= tolerance * spread(target))
