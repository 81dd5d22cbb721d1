"""Runs the solved notebook many times, with other seeds each time: how far does chance alone move what is measured?

A threshold that is inside this band fails correct work by chance.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import nbformat
from nbformat.v4 import new_code_cell

from grader.course.course import Assignment, Course
from grader.errors import UserError
from grader.execute.pool import Executor, Work, execute_all
from grader.execute.probe_questions import make_questions
from grader.execute.run_key import make_key
from grader.model import Answer, Run, Watch
from grader.rubric import (
    LEVELS,
    Band,
    Criterion,
    Metric,
    Noise,
    OfReference,
    Rubric,
    band_of,
    read_rubric,
    with_thresholds,
)
from grader.score import score
from grader.score.judge import judge
from grader.score.verdict import Evidence, UnansweredError, UnscoredError
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verify.bench import JudgedNotebook, Parts, read_parts
from grader.verify.solved import solve

MOST_LOST = 0.01
"""A correct solution may lose a criterion by chance in so many of its runs, and not in more."""

FEWEST_RUNS = 19
"""So many it takes to speak of 95 in 100; 99 in 100 take 99."""

_CONFIDENCE = 0.95
_SEEDS_APART = 1000

_RESEED = """\
# Every seed that this notebook sets becomes another one, and the random numbers begin elsewhere.
import random

import numpy as np
import torch

for _module, _name in ((random, "seed"), (np.random, "seed"), (torch, "manual_seed")):
    def _seed(value=None, _seed_by=getattr(_module, _name)):
        return _seed_by(value + {shift} if isinstance(value, int) else value)
    setattr(_module, _name, _seed)
    _seed(0)
del _module, _name, _seed
"""


@dataclass(frozen=True)
class Calibration:
    """What so many runs of the reference came to."""

    assignment: str
    noise: Noise
    rubric: Rubric
    lost: Mapping[str, int]
    """criterion -> in how many runs it was not met, where there are any"""
    lost_any: int
    """in how many runs at least one was not met"""

    @property
    def lost_too_often(self) -> list[str]:
        """The criteria of which chance takes more from correct work than it may."""
        return [criterion for criterion, count in self.lost.items() if count > MOST_LOST * self.noise.runs]

    @property
    def at_most(self) -> float:
        """The share of correct work that loses anything by chance: with a confidence of 95 in 100 no more than this."""
        return upper_bound(self.lost_any, self.noise.runs)


def upper_bound(count: int, total: int, confidence: float = _CONFIDENCE) -> float:
    """The largest share that still gives so few in so many with a probability of 1 - confidence (Clopper and Pearson).

    >>> round(upper_bound(0, 199), 4)
    0.0149
    """
    from scipy.special import betaincinv  # every command would wait for it

    return 1.0 if count == total else float(betaincinv(count + 1, total - count, confidence))


def calibrate(
    course: Course, work: WorkFolder, assignment: Assignment, executor: Executor, *, runs: int, watch: Watch
) -> Calibration:
    """Run the solved notebook so many times, and measure what chance does; runs that there are, are not made again."""
    parts = read_parts(course, assignment)
    stated = read_rubric(assignment.rubric_path, calibrated=False)
    _refuse_open_thresholds(assignment, with_thresholds(stated, _bands(stated, lambda *_: [1.0] * runs)), runs)
    students = [f"run-{number}" for number in range(1, runs + 1)]
    watch("asking the reference", 0, 1)
    expected = verbs.expected_for(course, work, assignment, students)
    watch("asking the reference", 1, 1)
    works = {student: _make_work(parts, student, number, executor) for number, student in enumerate(students, start=1)}
    made = {student: run for student, run in _run(work, assignment, works, executor, watch)}
    bands = _bands(stated, lambda one, metric: [_error(one, metric, made[s], stated, expected[s]) for s in students])
    rubric = with_thresholds(stated, bands)
    _refuse_open_thresholds(assignment, rubric, runs)
    lost = [JudgedNotebook(made[s], score(made[s], rubric, expected[s]), rubric).lost for s in students]
    return Calibration(
        assignment=assignment.name,
        noise=Noise(runs=runs, made_from=parts.fingerprint, criteria=bands),
        rubric=rubric,
        lost={one.id: count for one in rubric.criteria if (count := sum(one.id in run for run in lost))},
        lost_any=sum(bool(run) for run in lost),
    )


def _bands(stated: Rubric, errors_of: Callable[[Criterion, Metric], Sequence[float]]) -> dict[str, Band]:
    """The band of each criterion that has a metric."""
    metrics = [(criterion, criterion.expect.metric) for criterion in stated.criteria]
    return {criterion.id: band_of(metric.name, errors_of(criterion, metric)) for criterion, metric in metrics if metric}


def _refuse_open_thresholds(assignment: Assignment, rubric: Rubric, runs: int) -> None:
    """A threshold that still has no number: there are too few runs with an error to measure."""
    for criterion in rubric.criteria:
        metric = criterion.expect.metric
        for stated in (metric.full, metric.none) if metric else ():
            if isinstance(stated, OfReference):
                level = stated.reference
                raise UserError(
                    f"`{criterion.id}` refers to {level} in 100 runs: {runs} runs of the reference are too few",
                    where=str(assignment.rubric_path),
                    remedy=f"It takes {level / (100 - level):.0f} runs that all have an error to measure: --runs.",
                )


def _make_work(parts: Parts, student: str, number: int, executor: Executor) -> Work:
    content = reseed(solve(parts.given, parts.modules, parts.solution), number)
    sha256 = hashlib.sha256(content).hexdigest()
    questions = make_questions(parts.assignment.rubric, student, parts.assignment.oracle)
    limits, materials = parts.assignment.file.limits, parts.assignment.materials
    key = make_key(sha256, questions, limits, executor.sandbox, executor.gpu, materials=materials)
    return Work(key, sha256, content, questions, limits, materials, parts.assignment.oracle)


def reseed(content: bytes, number: int) -> bytes:
    """The notebook with all its seeds shifted: those of `random`, NumPy and torch, but for generators of its own."""
    notebook = nbformat.reads(content.decode(), as_version=4)
    notebook.cells.insert(0, new_code_cell(_RESEED.format(shift=_SEEDS_APART * number), id="other-seeds"))
    text: str = nbformat.writes(notebook)
    return text.encode()


def _run(
    folder: WorkFolder,
    assignment: Assignment,
    works: Mapping[str, Work],
    executor: Executor,
    watch: Watch,
) -> Iterator[tuple[str, Run]]:
    """Every student's run: the ones that there are, and then the others as they end."""
    students = {work.key: student for student, work in works.items()}
    new: Sequence[Work] = [work for work in works.values() if not folder.runs.is_finished(work.key)]
    yield from ((student, folder.runs.load(work.key)) for student, work in works.items() if work not in new)
    what = "running the reference"
    watch(what, len(works) - len(new), len(works))
    for done, (work, executed) in enumerate(execute_all(new, executor), start=1):
        run = verbs.with_facts(assignment, executed)
        if run.end == "failed":
            raise RuntimeError(f"{assignment.name}, {students[work.key]}: {run.because}")
        folder.runs.store(run, executed.fresh)
        watch(what, len(works) - len(new) + done, len(works))
        yield students[work.key], run


def _error(criterion: Criterion, metric: Metric, run: Run, stated: Rubric, expected: Mapping[str, Answer]) -> float:
    """The error of one run; infinite where there is none to measure."""
    # What the thresholds are is nothing to the error.
    any_band = Band(metric=metric.name, not_above=dict.fromkeys(LEVELS, 1.0))
    rubric = with_thresholds(stated, {criterion.id: any_band})
    (asked,) = (one for one in rubric.criteria if one.id == criterion.id)
    try:
        measured = judge(Evidence(asked, run, rubric, expected)).measured
    except UnansweredError:
        return math.inf
    except UnscoredError as error:
        raise UserError(f"`{criterion.id}` cannot be measured. {error}") from error
    return math.inf if measured is None else measured
