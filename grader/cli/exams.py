"""exam: questions and their rules, responses from files, scores, and what the responses say of the questions."""

from __future__ import annotations

import typer

from grader.cli import show
from grader.cli.place import Place
from grader.exam.exam import ExamOnDisk, find_exam
from grader.exam.guessing import guess_exam
from grader.exam.lint import find_remarks

TO_MEND = 1

EXAM = typer.Argument(metavar="EXAM", help="The exam's name: its folder in assignments/.")

exams = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="An exam: checked before it is held, then its responses imported, scored and analysed.",
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(exams, name="exam")


def _find(context: typer.Context, name: str) -> ExamOnDisk:
    place: Place = context.obj
    return find_exam(place.course().root, name)


@exams.command()
def lint(context: typer.Context, exam: str = EXAM) -> None:
    """Look for what a careful colleague would notice; exit code 1 where there is something to mend."""
    chosen = _find(context, exam)
    out = show.console()
    remarks = find_remarks(chosen.exam, chosen.folder)
    for remark in remarks:
        out.print(f"{chosen.place(remark.keys)}: {remark.what}", markup=False)
        out.print(f"  {remark.remedy}", markup=False, style="dim")
    questions = len(chosen.exam.questions)
    guessed = guess_exam(chosen.exam)
    out.print(
        f"{questions} questions, {chosen.exam.points:g} points, of which pure guessing earns {guessed:.1f} on average. "
        f"{len(remarks) or 'Nothing'} to mend."
    )
    raise typer.Exit(TO_MEND if remarks else 0)
