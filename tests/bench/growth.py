"""What one notebook takes in classes of different sizes, without what the command takes to start."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from .commands import Grader
from .notebooks import write_trivial_class

SMALL = 100
"""Classes below this size are graded several times: what starting takes varies by more than their notebooks take."""


def measure_growth(course: Path, root: Path, sizes: Sequence[int], *, jobs: int, repeats: int) -> dict[int, float]:
    """size of the class -> wall time in seconds of one more notebook."""

    def time_class(size: int) -> float:
        folder = root / f"class-{size}"
        write_trivial_class(folder, size)
        graders = [Grader(course, root / f"work-{size}-{turn}") for turn in range(repeats if size < SMALL else 1)]
        return statistics.median(grader.grade("trivial", folder, jobs) for grader in graders)

    start_s = time_class(1)
    return {size: (time_class(size) - start_s) / (size - 1) for size in sizes}
