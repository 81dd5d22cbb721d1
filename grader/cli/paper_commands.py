"""exam on paper: copies printed, scans read, and what was unsure decided by a person."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from grader.cli import show
from grader.cli.place import Place
from grader.errors import UserError
from grader.exam.exam import ExamOnDisk, find_exam
from grader.store.work_folder import WorkFolder

if TYPE_CHECKING:
    from grader.exam.paper.sheet import Print
    from grader.exam.scanning.intake import Intake
    from grader.exam.scanning.marks_review import Pending

# What draws and reads sheets is loaded where it is used, and not before: OpenCV would let every command wait.

NEEDS_A_PERSON = 1


class Paper(StrEnum):
    """Sizes of paper."""

    a4 = "a4"
    letter = "letter"


EXAM = typer.Argument(metavar="EXAM", help="The exam's name: its folder in assignments/.")
CLASS = typer.Option(
    None,
    "--class",
    metavar="CSV",
    readable=False,
    help="The class list: a column `student`, and maybe `name` and `number`.",
)
BLANK = typer.Option(0, "--blank", min=0, metavar="N", help="Copies without a name, on which a number is ticked.")
DIGITS = typer.Option(6, "--digits", min=1, max=12, help="Digits of a student's number, on copies without a name.")
OUT = typer.Option(None, "--out", metavar="DIR", help="Where copies.pdf and key.pdf are written; has to be given.")
PAPER = typer.Option(Paper.a4, "--paper", help="The paper's size.")
LANGUAGE = typer.Option(None, "--language", metavar="CODE", help="One of the exam's languages; by default its first.")
DUPLEX = typer.Option(False, "--duplex", help="An even number of pages for each copy, to print on both sides.")


FILES = typer.Argument(metavar="FILE", help="Scans: PDF, PNG, JPEG, TIFF, HEIC, or folders of them.")
REPLACE = typer.Option(
    False, "--replace", help="These scans count in the place of earlier ones of their sheets; what people said stays."
)
MOST_NAMED = 30
SHEET = typer.Argument(None, metavar="SHEET", help="A sheet's name: it is printed at its upper right.")
ITEM = typer.Argument(None, metavar="ITEM", help="A box, a question, STUDENT, or PAGE.")
VALUE = typer.Argument(
    None,
    metavar="VALUE",
    help="marked or empty; the answer as a file would hold it; the student, or - for nobody; as read or by hand.",
)
WHO = typer.Option(None, "--who", help="Who decides; by default the user who is logged in.")


def add_to(group: typer.Typer) -> None:
    group.command(name="print")(print_copies)
    group.command()(scan)
    group.command()(resolve)


def open_exam(context: typer.Context, name: str) -> tuple[ExamOnDisk, WorkFolder]:
    """The exam of that name, and the work folder."""
    place: Place = context.obj
    course = place.course()
    return find_exam(course.root, name), place.work(course)


# ---- print ----------------------------------------------------------------------------------------------------------


def print_copies(
    context: typer.Context,
    exam: str = EXAM,
    out: Path | None = OUT,
    class_list: Path | None = CLASS,
    blank: int = BLANK,
    digits: int = DIGITS,
    paper: Paper = PAPER,
    language: str | None = LANGUAGE,
    duplex: bool = DUPLEX,
) -> None:
    """Make a PDF with a copy for each student, each in an order of its own, and a PDF with the key."""
    from grader.exam.printing.drawing import draw_copies
    from grader.exam.printing.key import draw_key
    from grader.exam.printing.planning import plan_print, read_class
    from grader.exam.scanning.print_store import PaperStore

    chosen, work = open_exam(context, exam)
    if out is None:
        raise UserError("no folder is named for the PDFs", remedy=f"Name one: grader exam print {exam} --out DIR")
    enrolled = read_class(class_list) if class_list is not None else []
    spoken = language or chosen.exam.languages[0]
    planned = plan_print(chosen, enrolled, blank=blank, paper=paper.value, language=spoken, digits=digits)
    with work.locked():
        # Kept before anything is written that could be handed out: a sheet whose print is lost cannot be read.
        PaperStore(work, exam).add_print(planned)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "copies.pdf").write_bytes(draw_copies(planned, chosen.folder, duplex=duplex))
        (out / "key.pdf").write_bytes(draw_key(planned))
    except OSError as error:
        remedy = "Choose another folder with --out DIR."
        raise UserError(f"the PDF cannot be written: {error.strerror}", where=str(out), remedy=remedy) from error
    _tell_print(show.console(), planned, out, work)


def _tell_print(out: Console, planned: Print, folder: Path, work: WorkFolder) -> None:
    pages = sorted({len(copy.pages) for copy in planned.copies})
    told = tell_count(pages[0], "page") if len(pages) == 1 else f"{pages[0]} to {pages[-1]} pages"
    copies = f"{len(planned.copies)} {'copy' if len(planned.copies) == 1 else 'copies'}"
    out.print(f"{copies} of {told} each: {folder / 'copies.pdf'}", markup=False)
    out.print(f"The key, for you alone: {folder / 'key.pdf'}", markup=False)
    out.print(
        f"The print {planned.id} is kept in {work.root}: its sheets can be read as long as that is.", markup=False
    )


# ---- scan -----------------------------------------------------------------------------------------------------------


def scan(context: typer.Context, exam: str = EXAM, files: list[Path] = FILES, replace: bool = REPLACE) -> None:
    """Read scanned sheets. Exit code 1 if a person has to look at something."""
    from grader.exam.scanning.intake import take_scans
    from grader.exam.scanning.marks_review import pending
    from grader.exam.scanning.print_store import PaperStore
    from grader.exam.scanning.scan_files import PageOpener, find_files

    chosen, work = open_exam(context, exam)
    store = PaperStore(work, exam)
    found = find_files(files)
    with work.locked(), PageOpener() as opener:
        pictures = (picture for file in found.scans for picture in opener.open(file))
        intake = take_scans(store, work.gradebook, chosen.name, pictures, replace=replace)
        waiting = pending(store)
    out = show.console()
    _tell_others(out, found.others)
    _tell_scan(out, intake, len(found.scans))
    _tell_pending(out, waiting, exam)
    if waiting or intake.remarks or intake.count("rejected"):
        raise typer.Exit(NEEDS_A_PERSON)


def _tell_others(out: Console, others: tuple[Path, ...]) -> None:
    """Name the files that were passed over."""
    if others:
        noun = "file is" if len(others) == 1 else "files are"
        named = ", ".join(path.name for path in others[:MOST_NAMED]) + ("…" if len(others) > MOST_NAMED else "")
        out.print(f"{len(others)} {noun} neither PDF nor picture, and not read: {named}.", markup=False)


def _tell_scan(out: Console, intake: Intake, files: int) -> None:
    from grader.exam.scanning.intake import FATES

    for page in intake.pages:
        if page.because and page.fate != "blank":
            out.print(f"{page.source}: {page.fate}. {page.because}", markup=False)
    for remark in (*intake.remarks, *filter(None, (intake.absent, intake.blank))):
        out.print(remark, markup=False)
    told = ", ".join(f"{intake.count(fate)} {fate}" for fate in FATES if fate != "blank" or intake.blank)
    out.print(f"{tell_count(len(intake.pages), 'page')} in {tell_count(files, 'file')} = {told}.", markup=False)
    taken = intake.taken
    out.print(f"Responses: {taken.new} new, {taken.changed} changed, {taken.known} known already.")


def _tell_pending(out: Console, waiting: list[Pending], exam: str) -> None:
    if not waiting:
        return
    out.print(f"For a person to look at: {tell_count(len(waiting), 'item')}")
    for item in waiting:
        one = item.waiting
        boxes = f" ({', '.join(one.unsure)})" if one.unsure else ""
        out.print(f"  {one.sheet} {one.item}{boxes}: {one.because}", markup=False)
        out.print(f"    {item.picture}", markup=False, style="dim")
    first = waiting[0].waiting
    value = {"page": '"as read"', "student": "NAME"}.get(first.kind, "marked" if first.unsure else '"ANSWER"')
    named = first.unsure[0] if first.unsure else first.item
    out.print(f"Say what you see: grader exam resolve {exam} {first.sheet} {named} {value}", markup=False)


def tell_count(count: int, noun: str) -> str:
    """So many of something, as in `1 page` and `2 pages`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


# ---- resolve --------------------------------------------------------------------------------------------------------


def resolve(
    context: typer.Context,
    exam: str = EXAM,
    sheet: str | None = SHEET,
    item: str | None = ITEM,
    value: str | None = VALUE,
    who: str | None = WHO,
) -> None:
    """Decide what a box, a written answer or a student's number is. Without SHEET, list what waits."""
    from grader.exam.scanning.intake import take_copies
    from grader.exam.scanning.marks_review import decide, pending
    from grader.exam.scanning.print_store import PaperStore
    from grader.review.decisions import find_user

    _, work = open_exam(context, exam)
    store, out = PaperStore(work, exam), show.console()
    with work.locked():
        if sheet is not None:
            if item is None or value is None:
                remedy = f"For example: grader exam resolve {exam} {sheet} edge.b marked"
                raise UserError("say which item of the sheet, and what it is", remedy=remedy)
            decide(store, sheet, item, value, who=who or find_user())
            take_copies(work.gradebook, exam, store.copies())
        waiting = pending(store)
    if sheet is None:
        _tell_pending(out, waiting, exam)
    out.print(f"{tell_count(len(waiting), 'item')} to look at." if waiting else "Nothing waits for a person.")
    if waiting:
        raise typer.Exit(NEEDS_A_PERSON)
