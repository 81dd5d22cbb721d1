"""`make bench`: every figure from one run, beside its target.

python -m tests.bench [--quick] [--jobs N] [--peer-notebooks N] [--write FILE]
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import torch

from .measures import Plan, measure_all
from .table import write_table

QUICK = Plan(
    jobs=0,
    notebooks=4,
    rounds=1,
    peer_notebooks=0,
    kernels=1,
    stored=40,
    pages=8,
    sheets=24,
    sizes=(2, 4),
    repeats=1,
    workers=(1,),
    simulated=40,
    places=8,
)


def main() -> None:
    chosen = _read_options()
    plan = replace(QUICK if chosen.quick else Plan(jobs=0), jobs=chosen.jobs)
    if chosen.peer_notebooks is not None:
        plan = replace(plan, peer_notebooks=chosen.peer_notebooks)
    if chosen.simulated is not None:
        plan = replace(plan, simulated=chosen.simulated)
    started = time.monotonic()
    figures = []
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            for figure in measure_all(plan, Path(folder)):
                print(
                    f"{time.monotonic() - started:6.0f} s  {figure.what}: {figure.form.format(figure.reached)}",
                    file=sys.stderr,
                )
                figures.append(figure)
    finally:  # what was measured before an error was measured
        table = write_table(figures, _describe(plan, time.monotonic() - started))
        print(table)
        if chosen.write:
            chosen.write.write_text(table, encoding="utf-8")


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What is promised of speed and memory.")
    parser.add_argument("--quick", action="store_true", help="a few notebooks only: whether it works, not how fast")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="notebooks at once")
    parser.add_argument("--peer-notebooks", type=int, help="how many nbgrader and otter run; 0 leaves both out")
    parser.add_argument("--simulated", type=int, help="submissions that only sleep on a cluster; 100000 take an hour")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the table to this file")
    return parser.parse_args()


def _describe(plan: Plan, wall_s: float) -> str:
    return (
        f"{date.today():%-d %B %Y}, {plan.jobs} cores, no GPU used, Python {platform.python_version()}, "
        f"torch {torch.__version__}; {plan.notebooks} notebooks of the regression assignment, no two equal; "
        f"ratios are medians of {plan.rounds} rounds; all from one run of {wall_s / 60:.0f} minutes."
    )


if __name__ == "__main__":
    main()
