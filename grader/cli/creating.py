"""new: a solved notebook becomes an assignment."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import typer

from grader.authoring import StudentNotebook, make_student_notebook
from grader.authoring.student_notebook import read_solved
from grader.cli import show
from grader.cli.place import Place
from grader.cli.resources import JOBS, SANDBOX, find_resources
from grader.cli.verifying import NOT_AS_IT_MUST_BE, print_verification
from grader.course.course import Assignment, Course
from grader.course.reference_code import SOLVED
from grader.course.student_copy import make_notebook_of, refresh_notebook
from grader.drafting.proving import ProvenDraft, draft_and_prove
from grader.drafting.rubric_text import line_for
from grader.errors import UserError
from grader.files.durable import write_file
from grader.language import language

_NAME = re.compile(r"[A-Za-z0-9][\w-]{0,39}")


def add_to(app: typer.Typer) -> None:
    app.command()(new)


def new(
    context: typer.Context,
    name: str = typer.Argument(metavar="NAME", help="Of the assignment: week-3."),
    solved: Path | None = typer.Argument(
        None, metavar="SOLVED.ipynb", help="The solved notebook, with the solutions marked in it."
    ),
    functions: str = typer.Option(
        "", "--functions", metavar="A,B", help="Functions that students write, besides those that are marked."
    ),
    again: bool = typer.Option(
        False, "--again", help="Write the students' notebook again, from another solved notebook where one is named."
    ),
    stronger: bool = typer.Option(
        False,
        "--strengthen",
        help="Add criteria for the mistakes that no criterion notices, and prove the rubric again.",
    ),
    jobs: int = JOBS,
    sandbox: str = SANDBOX,
) -> None:
    """Make an assignment of a solved notebook: what students get, a drafted rubric, and its proof.

    Solutions are where `### BEGIN SOLUTION` and `### END SOLUTION`, `# SOLUTION`, a cell's tag `solution` or `# TODO`
    above a function's body say so. The rubric is drafted once, and is yours from then on. Exit code 1 if the rubric
    does not notice enough.
    """
    place: Place = context.obj
    course = place.course()
    with language(course.file.language):
        if stronger and solved is not None:
            raise UserError("--strengthen takes no notebook", remedy=f"Write: grader new {name} --strengthen")
        if not (again or stronger):
            _write_sources(course, name, solved, _listed(functions))
        elif solved is not None or functions:
            _replace_source(course, name, solved, _listed(functions))
        assignment = course.assignment(name)
        notebook = _refresh(assignment, again=again)
        work = place.work(course, "verify")
        with (
            find_resources(course, sandbox, jobs, None, None, any_environment=False) as resources,
            work.locked(),
            show.progress() as watch,
            resources.executor(assignment.file.gpu, assignment.file.limits) as executor,
        ):
            made = draft_and_prove(course, work, assignment, notebook, executor, watch, stronger=stronger)
        _print(course.assignment(name), notebook, made)
    if made.verification.problems:
        raise typer.Exit(NOT_AS_IT_MUST_BE)


def _listed(functions: str) -> list[str]:
    return [name for one in functions.split(",") if (name := one.strip())]


def _write_sources(course: Course, name: str, solved: Path | None, functions: Sequence[str]) -> None:
    """The assignment's folder with the solved notebook; nothing is written where something is wrong with it."""
    folder = course.root / "assignments" / name
    if not _NAME.fullmatch(name):
        raise UserError(f"`{name}` is no name for a folder", remedy="Use letters, digits, - and _: week-3")
    if folder.exists():
        raise UserError(
            f"there is an assignment `{name}` already",
            where=str(folder),
            remedy=f"To write its notebook again: grader new {name} --again",
        )
    if solved is None:
        raise UserError("the solved notebook is missing", remedy=f"Write: grader new {name} SOLVED.ipynb")
    content = _read(solved)
    make_student_notebook(content, str(solved), functions)  # says what is wrong before anything is written
    title = _title_of(content, str(solved)) or name
    told = f"title = {json.dumps(title, ensure_ascii=False)}\nnotebook = {json.dumps(f'{name}.ipynb')}\n"
    if functions:
        told += f"functions = {json.dumps(list(functions))}\n"
    folder.mkdir(parents=True)
    write_file(folder / "assignment.toml", told)
    write_file(folder / SOLVED, content)


def _replace_source(course: Course, name: str, solved: Path | None, functions: Sequence[str]) -> None:
    assignment = course.assignment(name)
    if functions:
        raise UserError(
            "--functions goes with a new assignment",
            remedy=f'This one names them in its assignment.toml: functions = ["{functions[0]}"]',
            where=str(assignment.folder / "assignment.toml"),
        )
    assert solved is not None
    content = _read(solved)
    make_student_notebook(content, str(solved), assignment.file.functions)
    write_file(assignment.folder / SOLVED, content)


def _read(solved: Path) -> bytes:
    try:
        return solved.read_bytes()
    except OSError as error:
        raise UserError(
            f"the solved notebook cannot be read: {error.strerror}", where=str(solved), remedy="Name an .ipynb file."
        ) from error


def _title_of(content: bytes, file: str) -> str:
    """The first heading of the notebook."""
    for cell in read_solved(content, file).cells:
        if cell.cell_type == "markdown" and (found := re.search(r"^#+\s+(.+)$", cell.source, re.MULTILINE)):
            return found[1].strip().strip("*_")
    return ""


def _refresh(assignment: Assignment, *, again: bool) -> StudentNotebook:
    refresh_notebook(assignment, again=again)
    made = make_notebook_of(assignment)
    if made is None:
        raise UserError(
            f"`{assignment.name}` is not made of a solved notebook",
            where=str(assignment.folder),
            remedy=f"Lay the solved notebook there as {SOLVED}.",
        )
    return made


def _print(assignment: Assignment, notebook: StudentNotebook, made: ProvenDraft) -> None:
    out = show.console()
    cells = show.counted(len(notebook.cells), "code cell")
    texts = f" and {show.counted(len(notebook.texts), 'text')}" if notebook.texts else ""
    out.print(f"{assignment.file.title}: two files to look at", style="bold", markup=False)
    told = (
        f"  {assignment.folder / str(assignment.file.notebook)}: what students get; {cells}{texts} are theirs to write"
    )
    out.print(told, markup=False, soft_wrap=True)
    criteria = show.counted(len(assignment.rubric.criteria), "criterion", "criteria")
    how = f", {len(made.added)} of them added now" if made.added else ", drafted now" if made.drafted else ""
    out.print(f"  {assignment.rubric_path}: {criteria}{how}", markup=False, soft_wrap=True)
    for one in made.drafted:
        if one.probe is None and one.of != "words":
            out.print(f"  {one.why}", markup=False, soft_wrap=True)
    print_verification(out, made.verification)
    noticed = made.proposed.noticed
    if noticed:
        out.print("What would notice them, below `probes:` and below `criteria:`:")
        for criterion in made.proposed.criteria:
            count = sum(one is criterion for one in noticed.values())
            out.print(f"  # notices {show.counted(count, 'mistake')} of these", style="dim")
            out.print(line_for(criterion), markup=False, soft_wrap=True)
        out.print(f"To add them: grader new {assignment.name} --strengthen", markup=False)
    if not made.verification.problems:
        out.print(f"Next: grader release {assignment.name} --out DIR", markup=False)
