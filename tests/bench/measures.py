"""What is measured, group by group; each figure says in words what it is."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import cluster, growth, memory, peers, recording, sheets, stored
from .commands import ROOT, Grader
from .floor import measure_floor
from .notebooks import write_regression_class, write_trivial_course
from .table import Figure


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    jobs: int
    notebooks: int = 40
    rounds: int = 3
    peer_notebooks: int = 4
    kernels: int = 5
    stored: int = 1000
    pages: int = 200
    sheets: int = 2400
    sizes: tuple[int, ...] = (10, 100, 1000)
    repeats: int = 3
    workers: tuple[int, ...] = (1, 2, 4)
    simulated: int = 10_000
    places: int = 1000


@dataclass(frozen=True)
class Round:
    """The floor and the command that it is compared with, one right after the other."""

    floor_s: float
    side_by_side_s: float
    grade_s: float
    unsynced_s: float
    """The command where nothing is brought to the disk before it says so."""


def measure_all(plan: Plan, root: Path) -> Iterator[Figure]:
    """Every figure, each as soon as it is known."""
    notebooks = write_regression_class(root / "class", plan.notebooks)
    rounds = [_measure_round(notebooks, root / f"work-{number}", plan) for number in range(plan.rounds)]
    yield from _speed_figures(rounds, plan)
    grade_s = statistics.median(one.grade_s for one in rounds) / plan.notebooks
    floor_s = statistics.median(one.floor_s for one in rounds) / plan.notebooks
    yield from _peer_figures(notebooks[: plan.peer_notebooks], root, grade_s, floor_s)
    if os.geteuid() == 0:  # the frames of pages are told to root alone
        memory_mib = memory.measure_private_mib(plan.kernels)
        yield Figure("private memory of a waiting submission with its copies, MiB", memory_mib, "{:.0f}", at_most=60)
    copies = recording.measure_copies(notebooks[: max(4, plan.notebooks // 2)])
    yield Figure("processor time of a class with copies of kernels ÷ without", copies, at_most=1.08)
    watching = recording.measure_watching(16 * plan.rounds)
    yield Figure("a training loop that is watched ÷ one that is not", watching, at_most=1.05)
    yield from _stored_figures(plan, root)
    yield from sheets.measure_sheets(plan.sheets, plan.jobs, root / "sheets")
    yield from _growth_figures(plan, root / "trivial")
    yield from _cluster_figures(notebooks, plan, root)
    starts_s = [Grader(ROOT, root / "none").time("--help")[0] for _ in range(plan.repeats)]
    yield Figure("`grader --help`, what every command takes to start; seconds", statistics.median(starts_s))


def _measure_round(notebooks: Sequence[Path], work: Path, plan: Plan) -> Round:
    return Round(
        floor_s=measure_floor(notebooks) / plan.jobs,
        side_by_side_s=measure_floor(notebooks, plan.jobs),
        grade_s=Grader(ROOT, work).grade("regression", notebooks[0].parent, plan.jobs),
        unsynced_s=Grader(ROOT, work.with_name(f"{work.name}-unsynced"), "tests.bench.no_sync").grade(
            "regression", notebooks[0].parent, plan.jobs
        ),
    )


def _speed_figures(rounds: Sequence[Round], plan: Plan) -> Iterator[Figure]:
    floor_s, grade_s = (
        statistics.median(times) for times in zip(*((r.floor_s, r.grade_s) for r in rounds), strict=True)
    )
    side_by_side = statistics.median(one.side_by_side_s / one.floor_s for one in rounds)
    ratio = statistics.median(one.grade_s / one.floor_s for one in rounds)
    yield Figure(f"floor: the cells alone, one thread, divided by {plan.jobs} cores; seconds a notebook",
                 floor_s / plan.notebooks)  # fmt: skip
    yield Figure(f"the cells alone in {plan.jobs} warm processes at once ÷ floor", side_by_side)
    yield Figure("`grader grade`, the whole command; seconds a notebook", grade_s / plan.notebooks)
    yield Figure("`grader grade` ÷ floor", ratio, at_most=1.5)
    durable = statistics.median(one.grade_s / one.unsynced_s for one in rounds)
    yield Figure("`grader grade` ÷ the same without syncing the disk", durable, at_most=1.05)


def _peer_figures(notebooks: Sequence[Path], root: Path, grade_s: float, floor_s: float) -> Iterator[Figure]:
    """Each as its users run it: one notebook after the other, which is all that it does on one machine."""
    if not notebooks:
        return
    for name, measure in (("nbgrader autograde", peers.measure_nbgrader), ("otter run", peers.measure_otter)):
        peer_s = measure(notebooks, root / name.partition(" ")[0])
        yield Figure(f"`{name}`, one after the other, {len(notebooks)} of the notebooks; seconds a notebook", peer_s)
        yield Figure(f"`{name}` ÷ `grader grade`", peer_s / grade_s, "{:.1f}", at_least=10)
        yield Figure(f"`{name}` ÷ floor: the most that is to be had, were grading free", peer_s / floor_s, "{:.1f}")


def _stored_figures(plan: Plan, root: Path) -> Iterator[Figure]:
    """On copies of the class's runs; a score that started a process would have ended in an error."""
    stored.store_copies(root / "work-0", root / "stored", "regression", plan.stored)
    silent = Grader(ROOT, root / "stored", "tests.bench.no_process")
    first_s, _ = silent.time("score", "regression")
    again_s = statistics.median(silent.time("score", "regression")[0] for _ in range(plan.repeats))
    what = f"`grader score` of {plan.stored} stored runs, no kernel; seconds"
    yield Figure(f"{what}, for the first time", first_s)
    yield Figure(f"{what}, again", again_s, at_most=5)
    stored.store_copies(root / "work-0", root / "pages", "regression", plan.pages)
    wall_s, _ = Grader(ROOT, root / "pages").time("report", "regression")
    yield Figure(
        "`grader report` with pictures, the whole command; pages a second", plan.pages / wall_s, "{:.1f}", at_least=5
    )


def _growth_figures(plan: Plan, root: Path) -> Iterator[Figure]:
    write_trivial_course(root / "course")
    costs = growth.measure_growth(root / "course", root, plan.sizes, jobs=plan.jobs, repeats=plan.repeats)
    for size, cost_s in costs.items():
        yield Figure(
            f"`grader grade` of {size} trivial notebooks, without its start; seconds a notebook", cost_s, "{:.3f}"
        )
    least, most = plan.sizes[0], plan.sizes[-1]
    yield Figure(f"a trivial notebook among {most} ÷ among {least}", costs[most] / costs[least], at_most=1.2)
    wall_s, _ = Grader(root / "course", root / f"work-{most}-0").time("report", "trivial")
    yield Figure(
        "`grader report` without pictures, the whole command; pages a second", most / wall_s, "{:.1f}", at_least=20
    )


def _cluster_figures(notebooks: Sequence[Path], plan: Plan, root: Path) -> Iterator[Figure]:
    for workers in plan.workers:
        overhead = cluster.measure_overhead(notebooks, root / f"cluster-{workers}", workers)
        what = f"`grader grade` on a cluster here, workers: {workers}; beyond as many local jobs, %"
        yield Figure(what, overhead, "{:.0f}", at_most=10)
    told = cluster.simulate(root / "simulated", submissions=plan.simulated, places=plan.places)
    who = f"{told.submissions} submissions on {told.places} places that sleep, in {told.processes} processes"
    per_ms = 1000 * told.cpu_s / told.submissions
    yield Figure(f"{who}; the coordinator's processor time a submission, ms", per_ms, "{:.1f}")
    yield Figure(f"{who}; wall time, s", told.wall_s, "{:.0f}")
    yield Figure(
        f"{who}; the coordinator's memory beyond its start, MiB", told.memory_mib - told.first_memory_mib, "{:.0f}"
    )
    yield Figure(f"{told.submissions} submissions; gradebook, MiB", told.gradebook_mib, "{:.0f}")
    yield Figure(f"{told.submissions} submissions; stored runs on disk, MiB", told.runs_mib, "{:.0f}")
    yield Figure(f"{told.submissions} submissions; `grader score`, s", told.score_s, "{:.0f}")
    yield Figure(f"{told.submissions} submissions; `grader report`, s", told.report_s, "{:.0f}")
