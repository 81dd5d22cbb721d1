"""verify: does a rubric notice what is wrong, and only that?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.console import Console

from grader.cli import show
from grader.cli.grading import JSON
from grader.cli.place import Place
from grader.cli.resources import ANY_ENVIRONMENT, CLUSTER, JOBS, SANDBOX, find_resources
from grader.course.student_copy import refresh_notebook
from grader.verify import Verification, note_proof, verify

NOT_AS_IT_MUST_BE = 1


def add_to(app: typer.Typer) -> None:
    app.command(name="verify")(verify_command)


def verify_command(
    context: typer.Context,
    assignment: str | None = typer.Argument(None, metavar="ASSIGNMENT", help="By default every one that can be."),
    mutants: int | None = typer.Option(None, min=0, help="So many of the mutants, drawn by chance; by default all."),
    jobs: int = JOBS,
    cluster: str | None = CLUSTER,
    any_environment: bool = ANY_ENVIRONMENT,
    sandbox: str = SANDBOX,
    as_json: bool = JSON,
) -> None:
    """Prove rubrics: right solutions get all points, the untouched notebook none, each known mistake its loss.

    Right are the reference and the unusual solutions in right/. Mutants are the reference with one slip or one
    misunderstanding each. The command prints the share that the rubric notices, and each mutant that it does not. Where
    all is met, assignments/NAME/proven.yaml notes it. Exit code 1 if something is not met.
    """
    place: Place = context.obj
    course = place.course()
    names = [assignment] if assignment else course.assignments
    chosen = [course.assignment(name) for name in names]
    for one in chosen:
        refresh_notebook(one)
    work = place.work(course, "verify")
    found = []
    with (
        find_resources(course, sandbox, jobs, None, cluster, any_environment) as resources,
        work.locked(),
        show.progress() as watch,
    ):
        for one in chosen:
            with resources.executor(one.file.gpu, one.file.limits) as executor:
                found.append(verify(course, work, one, executor, most_mutants=mutants, watch=watch))
            if mutants is None:
                note_proof(course, one, found[-1])
    if as_json:
        _print_json(found)
    else:
        for verification in found:
            print_verification(show.console(), verification)
    if any(verification.problems for verification in found):
        raise typer.Exit(NOT_AS_IT_MUST_BE)


def _print_json(found: Sequence[Verification]) -> None:
    told = [
        {
            "assignment": one.assignment,
            "problems": one.problems,
            "points": one.points,
            "mistakes": one.mistakes,
            "mutants": {kind: {**asdict(tally), "share": round(tally.share, 4)} for kind, tally in one.tallies.items()},
            "lost": {**asdict(one.losses), "share": round(one.losses.share, 4)},
            "presumed": one.presumed,
            "survivors": [mutant.diff for mutant in one.survivors],
        }
        for one in found
    ]
    json.dump({"assignments": told}, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")


def print_verification(out: Console, found: Verification) -> None:
    """What came out, and each mutant that nothing noticed."""
    out.print(f"{found.assignment}: {'as it must be' if not found.problems else 'not as it must be'}", style="bold")
    out.print(f"  {found.points:g} points, {show.counted(found.mistakes, 'deliberate mistake')}")
    if found.losses.points:
        elsewhere = f"{found.losses.elsewhere:g} of them ({found.losses.share:.1%}) in functions that are right"
        out.print(f"  {found.losses.points:g} points lost to them, {elsewhere}")
    for kind, tally in found.tallies.items():
        if tally.mutants:
            also = f"; {tally.equivalent} more compute the same" if tally.equivalent else ""
            out.print(f"  {tally.caught} of {tally.mutants} {kind} mutants noticed ({tally.share:.1%}){also}")
    if found.presumed:
        out.print(f"  {found.presumed} of those are presumed to: look at them in equivalent.yaml")
    if not any(tally.mutants for tally in found.tallies.values()):
        out.print("  no mutants were tried")
    for problem in found.problems:
        out.print(f"  {problem}", style="red", markup=False)
    if found.survivors:
        out.print("Not noticed:")
    for mutant in found.survivors:
        out.print(mutant.diff, markup=False)
