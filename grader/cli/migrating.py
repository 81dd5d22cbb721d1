"""migrate: a course of another grader comes over, and its old marks are compared with ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from grader.cli import show
from grader.cli.help import ListedCommands
from grader.cli.resources import JOBS, SANDBOX, find_resources
from grader.course.course import read_course
from grader.migrate.nbgrader_course import read_nbgrader
from grader.migrate.otter_course import read_otter
from grader.migrate.parity import Parity, compare, read_known, write_parity
from grader.migrate.taken_over import KnownScore, TakenCourse
from grader.migrate.written_course import write_course
from grader.store.work_folder import WorkFolder

NEEDS_A_PERSON = 1

TO = typer.Option(None, "--to", metavar="NEW", help="The folder of the new course; by default DIR-grader.")
KNOWN = typer.Option(
    None, "--known", metavar="FILE", help="Old marks as CSV: student, assignment, test, score.", readable=False
)

migrations = typer.Typer(
    cls=ListedCommands,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Bring over a whole course of nbgrader or otter, and compare the old marks with ours.",
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(migrations, name="migrate")


@migrations.command()
def nbgrader(
    directory: Path = typer.Argument(metavar="DIR", help="The course: source/, submitted/ and gradebook.db."),
    to: Path | None = TO,
    known: Path | None = KNOWN,
    jobs: int = JOBS,
    sandbox: str = SANDBOX,
) -> None:
    """Bring over a course of nbgrader. Exit code 1 if a verdict differs from the old mark."""
    _migrate(read_nbgrader, directory, to, known, jobs, sandbox)


@migrations.command()
def otter(
    directory: Path = typer.Argument(metavar="DIR", help="Masters of `otter assign`, or notebooks beside tests/."),
    to: Path | None = TO,
    known: Path | None = KNOWN,
    jobs: int = JOBS,
    sandbox: str = SANDBOX,
) -> None:
    """Bring over a course of otter. Exit code 1 if a verdict differs from the old mark."""
    _migrate(read_otter, directory, to, known, jobs, sandbox)


def _migrate(
    read: Callable[[Path], TakenCourse], directory: Path, to: Path | None, known: Path | None, jobs: int, sandbox: str
) -> None:
    taken = read(directory)
    marks = [*taken.known, *(read_known(known) if known is not None else [])]
    root = to or directory.resolve().with_name(f"{directory.resolve().name}-grader")
    write_course(taken, root)
    out = show.console()
    count = show.counted(len(taken.assignments), "assignment")
    out.print(f"{count} came over into {root}.", markup=False)
    for sentence in taken.left_out:
        out.print(f"  {sentence}", markup=False)
    if not marks or not any(one.submissions for one in taken.assignments):
        out.print("There are no old marks with their submissions, so nothing was compared.")
        return
    parity = _compare(taken, root, marks, jobs, sandbox)
    write_parity(parity, taken, root)
    out.print(f"{parity.equal} of {len(parity.verdicts)} verdicts are equal to the old marks: {root / 'parity.md'}")
    if parity.equal < len(parity.verdicts):
        raise typer.Exit(NEEDS_A_PERSON)


def _compare(taken: TakenCourse, root: Path, marks: Sequence[KnownScore], jobs: int, sandbox: str) -> Parity:
    course = read_course(root.resolve())
    # Apart from the course's own work, so that a class that is graded later begins with nothing.
    work = WorkFolder(course.root / ".grader" / "parity")
    with find_resources(course, sandbox, jobs) as resources, work.locked(), show.progress() as watch:
        return compare(course, work, taken, marks, resources, watch=watch)
