"""exam: questions and their rules, responses from files, scores, and what the responses say of the questions."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.cli import paper_commands, show
from grader.cli.help import ListedCommands
from grader.cli.paper_commands import open_exam, tell_count
from grader.cli.place import Place
from grader.exam.analysis.flags import Flags, flag
from grader.exam.analysis.guessing import guess_exam
from grader.exam.analysis.item_tables import options_as_csv, questions_as_csv
from grader.exam.exam import find_exam
from grader.exam.exam_scores import ScoredExam, Taken, analyse_exam, score_exam, take_in
from grader.exam.exchange.importing import Imported, read_responses
from grader.exam.lint import find_remarks
from grader.files.durable import write_file
from grader.language import language, language_of
from grader.report.item_pages import ItemsPage
from grader.report.render import render_items
from grader.verbs.notebooks import Executions

TO_MEND = 1
NEEDS_A_PERSON = 1

EXAM = typer.Argument(metavar="EXAM", help="The exam's name: its folder in assignments/.")
FILES = typer.Argument(metavar="FILE", readable=False, help="CSV of Google Forms, of a Moodle quiz, or plain.")
SEED = typer.Option(None, "--seed", help="From which the file's numbers were drawn; by default the exam's.")
STUDENT = typer.Option(None, "--student", metavar="COLUMN", help="The column that says who a row is from.")
JSON = typer.Option(False, "--json", help="One JSON object on standard output, and nothing else there.")

exams = typer.Typer(
    cls=ListedCommands,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check and print an exam, scan or import its responses, score and analyse it.",
)


def add_to(app: typer.Typer) -> None:
    paper_commands.add_to(exams)
    app.add_typer(exams, name="exam")


# ---- lint -----------------------------------------------------------------------------------------------------------


@exams.command()
def lint(context: typer.Context, exam: str = EXAM) -> None:
    """Check an exam as a careful colleague would. Exit code 1 if there is something to fix."""
    place: Place = context.obj
    chosen = find_exam(place.course().root, exam)
    out = show.console()
    remarks = find_remarks(chosen.exam, chosen.folder)
    for remark in remarks:
        out.print(f"{chosen.place(remark.keys)}: {remark.what}", markup=False)
        out.print(f"  {remark.remedy}", markup=False, style="dim")
    questions, guessed = len(chosen.exam.questions), guess_exam(chosen.exam)
    out.print(
        f"{questions} questions, {chosen.exam.points:g} points, of which pure guessing earns {guessed:.1f} on average. "
        f"{len(remarks) or 'Nothing'} to fix."
    )
    raise typer.Exit(TO_MEND if remarks else 0)


# ---- import ---------------------------------------------------------------------------------------------------------


@exams.command(name="import")
def import_responses(
    context: typer.Context,
    exam: str = EXAM,
    files: list[Path] = FILES,
    seed: int | None = SEED,
    student: str | None = STUDENT,
) -> None:
    """Take responses from files. Exit code 1 if a person has to look at something."""
    chosen, work = open_exam(context, exam)
    out = show.console()
    place: Place = context.obj
    drawn, roster = chosen.exam.seed if seed is None else seed, place.course().roster
    # All files are read before any is taken: an error in the last one leaves nothing half done.
    found = [read_responses(file, chosen, seed=drawn, student_head=student, roster=roster) for file in files]
    with work.locked():
        for imported in found:
            _tell_import(out, imported, take_in(work.gradebook, imported))
    if any(imported.waiting or imported.count("refused") for imported in found):
        raise typer.Exit(NEEDS_A_PERSON)


def _tell_import(out: Console, imported: Imported, taken: Taken) -> None:
    counts = {
        "new": taken.new,
        "changed": taken.changed,
        "known already": taken.known,
        "replaced by a later row": imported.count("replaced"),
        "not finished": imported.count("unfinished"),
        "class average": imported.count("summary"),
        "refused": imported.count("refused"),
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"
    out.print(f"{imported.source} ({imported.layout}): {tell_count(len(imported.rows), 'row')} = {told}.", markup=False)
    for row in imported.rows:
        if row.fate in ("refused", "replaced", "unfinished"):
            out.print(f"  row {row.number} {row.student}: {row.fate}, {row.because}", markup=False)
    if imported.waiting:
        out.print(f"  For a person to look at: {tell_count(len(imported.waiting), 'response')}")
    for waiting in imported.waiting:
        out.print(f"    row {waiting.row}, {waiting.student}, {waiting.question}: {waiting.because}", markup=False)
    if imported.strangers:
        out.print(f"  students whom the roster does not know: {', '.join(imported.strangers)}", markup=False)
    if imported.unused:
        out.print(f"  columns that belong to no question: {', '.join(imported.unused)}", markup=False)
    if imported.without:
        out.print(f"  questions without a column: {', '.join(imported.without)}", markup=False)


# ---- score ----------------------------------------------------------------------------------------------------------


@exams.command()
def score(context: typer.Context, exam: str = EXAM, as_json: bool = JSON) -> None:
    """Score the responses by the key as it is now. Exit code 1 if points wait for a person."""
    chosen, work = open_exam(context, exam)
    with work.locked():
        scored = score_exam(work.gradebook, chosen)
    if as_json:
        with language(language_of(chosen.exam.languages[0])):
            students = [
                {**show.tell_grade(graded.grade), "earned": graded.earned, "grade": graded.band}
                for graded in scored.grades
            ]
        show.write_json(exam, students, Executions(0, len(students)))
    else:
        _print_grades(show.console(), scored)
    if any(graded.grade.needs_review for graded in scored.grades):
        raise typer.Exit(NEEDS_A_PERSON)


def _print_grades(out: Console, scored: ScoredExam) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("student", "points", "grade", "waiting", "questions"):
        table.add_column(name, justify="left" if name in ("student", "questions") else "right", no_wrap=True)
    for graded in sorted(scored.grades, key=lambda one: (not one.grade.needs_review, one.grade.student)):
        grade = graded.grade
        table.add_row(
            escape(grade.student),
            f"{graded.earned:g} of {grade.possible:g}",
            graded.band or "",
            f"{grade.waiting:g}" if grade.waiting else "",
            "".join(f"[{show.COLOURS[one.status]}]{show.MARKS[one.status]}[/]" for one in grade.findings),
        )
    out.print(table)
    if scored.changes and scored.since is not None:
        out.print(f"\nThe exam has changed since it was scored by its key of {scored.since:%Y-%m-%d %H:%M}:")
        for change in scored.changes:
            out.print(f"  {change}", markup=False)
    changed = [graded for graded in scored.grades if graded.before not in (None, graded.earned)]
    if changed:
        out.print(f"[bold]The points of {len(changed)} of {len(scored.grades)} students changed:[/]")
    for graded in changed:
        out.print(f"  {escape(graded.grade.student)}: {graded.before:g} → {graded.earned:g}")


# ---- items ----------------------------------------------------------------------------------------------------------


@exams.command()
def items(context: typer.Context, exam: str = EXAM) -> None:
    """Analyse the questions by the responses: a page and two CSV files. Exit code 1 if a key is probably wrong."""
    place: Place = context.obj
    course = place.course()
    chosen, work = find_exam(course.root, exam), place.work(course)
    with work.locked():
        analysis = analyse_exam(work.gradebook, chosen)
        flags = flag(analysis)
        title = chosen.exam.title.say(chosen.exam.languages[0])
        page = ItemsPage(course.file.title, title, exam, analysis, flags, tuple(chosen.exam.bands))
        folder = work.reports(exam)
        folder.mkdir(parents=True, exist_ok=True)
        with language(course.file.language):
            write_file(folder / "items.html", render_items(page))
        write_file(folder / "items.csv", questions_as_csv(analysis))
        write_file(folder / "options.csv", options_as_csv(analysis))
    out = show.console()
    _tell_flags(out, flags)
    whole = analysis.reliability.alpha
    told = f"undefined: {whole.why}" if whole.value is None else f"{whole.value:.2f}"
    band = f" ({whole.low:.2f} to {whole.high:.2f})" if whole.low is not None and whole.high is not None else ""
    counts = f"{tell_count(analysis.students, 'student')}, {tell_count(len(analysis.items), 'question')}"
    out.print(f"{counts}; alpha {told}{band}.")
    out.print(f"The page: {folder / 'items.html'}; tables: items.csv and options.csv beside it.", markup=False)
    raise typer.Exit(NEEDS_A_PERSON if flags.doubtful_keys else 0)


def _tell_flags(out: Console, flags: Flags) -> None:
    for title, found in (
        ("The key is probably wrong:", flags.doubtful_keys),
        ("Discriminates poorly:", flags.weak),
        ("Distracts nobody:", flags.dead),
    ):
        if found:
            out.print(title, style="bold")
        for one in found:
            out.print(f"  {one.question}: {one.because}", markup=False)
