"""collect, sign-in: what was handed in is taken into the work folder, and whom to contact is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli import show
from grader.cli.place import Place
from grader.course.course import Assignment, Course
from grader.deadlines.due_dates import make_terms, read_handed_in, zone_of
from grader.deadlines.lateness import tell_moment
from grader.deadlines.roster_status import RosterStatus, State, stand
from grader.deadlines.watching import plan_next
from grader.errors import PassingError, UserError
from grader.language import join
from grader.store.work_folder import WorkFolder
from grader.verbs.collection import collect as collect_class
from grader.verbs.collection import leave_drafts

ASSIGNMENT = typer.Argument(metavar="ASSIGNMENT", help="The assignment's name: its folder in assignments/.")
SOURCES = typer.Argument(
    None,
    metavar="SOURCE",
    help="A folder, a notebook, a zip (also Moodle's or Canvas's), a list of links (.txt, .csv, .tsv), one link, "
    "drive:ID, gmail:SEARCH, imap:FOLDER?SEARCH, canvas:COURSE/ID, moodle:COURSE/ID, or mails (.mbox, .eml).",
)
DRAFT_REPLIES = typer.Option(
    False, "--draft-replies", help="Leave a draft in Gmail for everybody whom you have to contact. Nothing is sent."
)
WATCH = typer.Option(False, "--watch", help="Collect again and again until the deadline, and once at it.")
EVERY = typer.Option(10.0, "--every", min=1.0, metavar="MINUTES", help="With --watch: how often.")
NEEDS_A_PERSON = 1
COLOURS: dict[State, str] = {"in": "green", "late": "yellow", "to contact": "red"}


def add_to(app: typer.Typer) -> None:
    app.command()(collect)
    app.command("sign-in")(sign_in)


def collect(
    context: typer.Context,
    assignment: str = ASSIGNMENT,
    sources: list[str] = SOURCES,
    draft_replies: bool = DRAFT_REPLIES,
    watch: bool = WATCH,
    every_min: float = EVERY,
) -> None:
    """Copy submissions into the work folder, and show who is in, who is late, and whom to contact.

    Exit code 1 if you have to contact somebody, or to decide whether a submission was late.
    """
    place: Place = context.obj
    course = place.course()
    chosen, work = course.assignment(assignment), place.work(course)
    if not sources:
        raise UserError("there is nothing to collect from", remedy=f"Name a folder: grader collect {assignment} FOLDER")
    out = show.console()
    if watch:
        _watch(lambda: _collect(course, work, chosen, sources, out), chosen, every_min, out)
    else:
        _collect(course, work, chosen, sources, out)
    with work.locked():
        rows = _stand(course, work, chosen)
        print_standing(out, rows)
        if draft_replies:
            left = leave_drafts(course, work, chosen, rows, tell=tell_wait)
            out.print(f"{show.counted(left, 'new draft')} in Gmail: read them, and send what you like.")
    if any(row.needs_a_person for row in rows):
        raise typer.Exit(NEEDS_A_PERSON)


def _collect(course: Course, work: WorkFolder, assignment: Assignment, sources: list[str], out: Console) -> None:
    with work.locked(), show.progress() as bars:
        before = len(work.gradebook.submissions(assignment.name))
        found = collect_class(course, work, assignment, sources, watch=bars, tell=tell_wait)
        new = len(work.gradebook.submissions(assignment.name)) - before
    out.print(f"{sum(len(piece.submissions) + len(piece.unchanged) for piece in found)} collected, {new} of them new.")
    show.print_left_out(out, found)


def _watch(collect_once: Callable[[], None], assignment: Assignment, every_min: float, out: Console) -> None:
    """Collect until the deadline; a network that is gone for long is tried again at the next turn."""
    closes = make_terms(assignment.file).closes
    if closes is None:
        raise UserError(
            f"the assignment `{assignment.name}` has no deadline to watch for",
            where=str(assignment.folder / "assignment.toml"),
            remedy="Write one there: deadline = 2024-08-11T00:00:00-03:00",
        )
    while True:
        started = datetime.now(UTC)
        try:
            collect_once()
        except PassingError as error:
            out.print(f"grader: {error}", markup=False)
        turn = plan_next(started, datetime.now(UTC), closes, every_min * 60)
        if turn is None:
            return
        out.print(f"Next at {tell_moment(turn, zone_of(assignment.file))}.", markup=False)
        time.sleep(max(0.0, (turn - datetime.now(UTC)).total_seconds()))


def sign_in(
    drafts: bool = typer.Option(False, "--drafts", help="Also for leaving drafts in Gmail."),
    browser: bool = typer.Option(True, "--browser/--no-browser", help="Open it, or only print the address to open."),
) -> None:
    """Sign in to the course's Google account, in your browser. The right is kept in your configuration folder."""
    from grader.collect import google_account
    from grader.collect.private_files import config_folder

    folder = config_folder()
    google_account.sign_in(folder, drafts=drafts, open_browser=browser)
    show.console().print(f"Signed in. The right is in {folder / 'token.json'}, which only you can read.", markup=False)


def _stand(course: Course, work: WorkFolder, assignment: Assignment) -> list[RosterStatus]:
    handed_in = read_handed_in(course, work.gradebook, assignment)
    return stand(handed_in, course.roster, work.gradebook.problems(assignment.name))


def print_standing(out: Console, rows: list[RosterStatus]) -> None:
    """A row for everybody, those to contact first, and how many of each there are."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("student", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("what is known, and what to do", overflow="fold")
    for row in rows:
        table.add_row(Text(row.student), Text(row.state, COLOURS[row.state]), Text(str(join(row.notes))))
    out.print(table, soft_wrap=False)
    counts = {state: sum(row.state == state for row in rows) for state in COLOURS}
    out.print("\n" + ", ".join(f"{state}: {count}" for state, count in counts.items()))


def tell_wait(what: str) -> None:
    """Say why nothing happens for a while, where it is in nobody's way."""
    show.console(quiet=True).print(what, markup=False)
