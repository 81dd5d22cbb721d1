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
from grader.work import WorkFolder

if TYPE_CHECKING:
    from grader.exam.paper.sheet import Print

# What draws and reads sheets is loaded where it is used, and not before: OpenCV would let every command wait.

NEEDS_A_PERSON = 1


class Paper(StrEnum):
    """Sizes of paper."""

    a4 = "a4"
    letter = "letter"


EXAM = typer.Argument(metavar="EXAM", help="The exam's name: its folder in assignments/.")
CLASS = typer.Option(
    None, "--class", metavar="CSV", help="The class list: a column `student`, and maybe `name` and `number`."
)
BLANK = typer.Option(0, "--blank", min=0, metavar="N", help="Copies without a name, on which a number is ticked.")
DIGITS = typer.Option(6, "--digits", min=1, max=12, help="Digits of a student's number, on copies without a name.")
OUT = typer.Option(..., "--out", metavar="DIR", help="Where copies.pdf and key.pdf are written.")
PAPER = typer.Option(Paper.a4, "--paper", help="The paper's size.")
LANGUAGE = typer.Option(None, "--language", metavar="CODE", help="One of the exam's languages; by default its first.")
DUPLEX = typer.Option(False, "--duplex", help="An even number of pages for each copy, to print on both sides.")


def add_to(group: typer.Typer) -> None:
    group.command(name="print")(print_copies)


def _open(context: typer.Context, name: str) -> tuple[ExamOnDisk, WorkFolder]:
    place: Place = context.obj
    course = place.course()
    return find_exam(course.root, name), place.work(course)


# ---- print ----------------------------------------------------------------------------------------------------------


def print_copies(
    context: typer.Context,
    exam: str = EXAM,
    out: Path = OUT,
    class_list: Path | None = CLASS,
    blank: int = BLANK,
    digits: int = DIGITS,
    paper: Paper = PAPER,
    language: str | None = LANGUAGE,
    duplex: bool = DUPLEX,
) -> None:
    """Make a PDF with a copy for each student, each in an order of its own, and a PDF with the key."""
    from grader.exam.paper.drawing import draw_copies
    from grader.exam.paper.key import draw_key
    from grader.exam.paper.planning import plan_print, read_class
    from grader.exam.paper.store import PaperStore

    chosen, work = _open(context, exam)
    enrolled = read_class(class_list) if class_list is not None else []
    spoken = language or chosen.exam.languages[0]
    planned = plan_print(chosen, enrolled, blank=blank, paper=paper.value, language=spoken, digits=digits)
    with work.locked():
        # Kept before anything is written that could be handed out: a sheet whose print is lost cannot be read.
        PaperStore(work.root, exam).add_print(planned)
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
    told = f"{pages[0]}" if len(pages) == 1 else f"{pages[0]} to {pages[-1]}"
    copies = f"{len(planned.copies)} {'copy' if len(planned.copies) == 1 else 'copies'}"
    out.print(f"{copies} of {told} pages: {folder / 'copies.pdf'}", markup=False)
    out.print(f"The key, for you alone: {folder / 'key.pdf'}", markup=False)
    out.print(
        f"The print {planned.id} is kept in {work.root}: its sheets can be read as long as that is.", markup=False
    )
