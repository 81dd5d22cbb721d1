"""How long a class will take, and how much room on the disk: from earlier runs of the assignment, or from Colab."""

from __future__ import annotations

import itertools
import json
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.course.course import Assignment
from grader.errors import DamagedError
from grader.model import Submission
from grader.store.work_folder import WorkFolder

MOST_READ = 50
"""Earlier runs, or notebooks, that a forecast looks at: a class of a thousand is not read twice for it."""


@dataclass(frozen=True)
class Forecast:
    """What is known of the notebooks that are about to be run."""

    notebooks: int
    at_once: int
    seconds: float | None
    """of one notebook, at the median; None where nothing is known"""
    mib: float | None
    """of one run on the disk, at the median"""
    by: str

    def __str__(self) -> str:
        count = f"{self.notebooks} notebook{'s' * (self.notebooks != 1)} to run, {self.at_once} at once"
        if self.seconds is None:
            return f"{count}. How long they take is not known before the first has ended."
        # The last one that begins still takes its whole time.
        rounds = -(-self.notebooks // self.at_once)
        room = f" and {_say_size(self.notebooks * self.mib)} of the disk" if self.mib is not None else ""
        return f"{count}: about {_say_time(rounds * self.seconds)}{room}, by {self.by}."


def foresee(work: WorkFolder, assignment: Assignment, submissions: Sequence[Submission], at_once: int) -> Forecast:
    """What running these takes."""
    known = list(itertools.islice(_earlier(work, assignment), MOST_READ))
    if known:
        seconds, mib = (statistics.median(column) for column in zip(*known, strict=True))
        runs = f"{len(known)} earlier run{'s' * (len(known) != 1)}"
        return Forecast(len(submissions), at_once, seconds, mib, runs)
    limit_s = assignment.file.limits.notebook_s
    noted = [min(limit_s, one) for one in _noted_by_colab(work, submissions[:MOST_READ])]
    seconds = statistics.median(noted) if noted else None
    return Forecast(len(submissions), at_once, seconds, None, "the times that Colab noted in them")


def _earlier(work: WorkFolder, assignment: Assignment) -> Iterator[tuple[float, float]]:
    """Seconds and MiB of the assignment's runs, the last ones first; whatever cannot be read tells nothing."""
    for key in reversed(list(dict.fromkeys(work.gradebook.run_keys(assignment.name).values()))):
        try:
            files = work.runs.read(key)
            told = json.loads(files["run.json"])
            if told["end"] not in ("failed", "unreadable"):
                yield max(told["took_s"], told["wall_s"]), sum(map(len, files.values())) / (1 << 20)
        except (DamagedError, ValueError, KeyError, TypeError):
            continue


def _noted_by_colab(work: WorkFolder, submissions: Sequence[Submission]) -> Iterator[float]:
    """Seconds that the cells of each notebook took there, where Colab wrote them down."""
    for submission in submissions:
        try:
            cells = json.loads(work.submission(submission.sha256))["cells"]
            infos = [cell["metadata"].get("executionInfo") for cell in cells]
            elapsed_ms = sum(float(info["elapsed"]) for info in infos if isinstance(info, dict) and "elapsed" in info)
        except (DamagedError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
        if 0 < elapsed_ms < math.inf:
            yield elapsed_ms / 1000


def _say_time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} minutes" if seconds < 90 * 60 else f"{seconds / 3600:.1f} hours"


def _say_size(mib: float) -> str:
    return f"{max(1, round(mib))} MiB" if mib < 1024 else f"{mib / 1024:.1f} GiB"
