"""calibrate: how far does chance alone move the reference?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli import show
from grader.cli.grading import JSON
from grader.cli.place import Place
from grader.cli.resources import ANY_ENVIRONMENT, CLUSTER, JOBS, SANDBOX, find_resources
from grader.rubric import LEVELS, OfReference, write_noise
from grader.verify.calibration import FEWEST_RUNS, Calibration, calibrate

CHANCE_TAKES_POINTS = 1


def add_to(app: typer.Typer) -> None:
    app.command(name="calibrate")(calibrate_command)


def calibrate_command(
    context: typer.Context,
    assignment: str = typer.Argument(metavar="ASSIGNMENT", help="The assignment's name: its folder in assignments/."),
    runs: int = typer.Option(199, min=FEWEST_RUNS, help="How often the reference is run; 99 in 100 take 99 runs."),
    jobs: int = JOBS,
    cluster: str | None = CLUSTER,
    any_environment: bool = ANY_ENVIRONMENT,
    sandbox: str = SANDBOX,
    as_json: bool = JSON,
) -> None:
    """Run the solved notebook with many seeds, and write what chance does to each error beside the rubric.

    A threshold may then say {reference: 99}: the error that 99 in 100 runs do not exceed. Exit code 1 where chance
    takes a criterion from the reference in more than 1 of 100 runs.
    """
    place: Place = context.obj
    course = place.course()
    chosen = course.assignment(assignment)
    work = place.work(course, "calibrate")
    with (
        find_resources(course, sandbox, jobs, None, cluster, any_environment) as resources,
        work.locked(),
        show.progress() as watch,
        resources.executor(chosen.file.gpu, chosen.file.limits) as executor,
    ):
        found = calibrate(course, work, chosen, executor, runs=runs, watch=watch)
    written = write_noise(chosen.rubric_path, found.noise) if found.noise.criteria else None
    if as_json:
        _print_json(found, written)
    else:
        _print(show.console(), found, written)
    if found.lost_too_often:
        raise typer.Exit(CHANCE_TAKES_POINTS)


def _print_json(found: Calibration, written: Path | None) -> None:
    told = {
        "assignment": found.assignment,
        "runs": found.noise.runs,
        "criteria": [
            {
                "criterion": criterion.id,
                "lost": found.lost.get(criterion.id, 0),
                "not_above": found.noise.criteria[criterion.id].not_above if criterion.expect.metric else None,
            }
            for criterion in found.rubric.criteria
        ],
        "lost_any": found.lost_any,
        "at_most": round(found.at_most, 4),
        "written": str(written) if written else None,
    }
    json.dump(told, sys.stdout)
    sys.stdout.write("\n")


def _print(out: Console, found: Calibration, written: Path | None) -> None:
    runs = show.counted(found.noise.runs, "run")
    out.print(f"{found.assignment}: {runs} of the reference, each with other seeds", style="bold")
    if found.noise.criteria:
        out.print(_bands(found), soft_wrap=False)
    for criterion, count in found.lost.items():
        too_often = criterion in found.lost_too_often
        text = f"  `{criterion}` is lost in {count} of {runs}{': more than 1 in 100' if too_often else ''}"
        out.print(text, style="red" if too_often else None, markup=False)
    out.print(
        f"  Chance takes something from it in {found.lost_any} of {runs}: with a confidence of 95 %, "
        f"from no more than {100 * found.at_most:.1f} % of work that is as good."
    )
    if found.lost_too_often:
        out.print("  Widen their thresholds in the rubric; no run has to be made again.")
    if written:
        out.print(f"The band: {written}", markup=False)


def _bands(found: Calibration) -> Table:
    """The errors that so many of 100 runs do not exceed, beside the thresholds."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("  criterion", "error", *(f"{level} in 100" for level in LEVELS), "full", "none"):
        table.add_column(title, no_wrap=True, justify="left" if title.endswith(("criterion", "error")) else "right")
    for criterion in found.rubric.criteria:
        metric = criterion.expect.metric
        if metric:
            band = found.noise.criteria[criterion.id].not_above
            errors = [f"{band[level]:.3g}" if level in band else "" for level in LEVELS]
            stated = ["" if isinstance(one, OfReference) else f"{one:.3g}" for one in (metric.full, metric.none)]
            table.add_row(*map(Text, (f"  {criterion.id}", metric.name, *errors, *stated)))
    return table
