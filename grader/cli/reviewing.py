"""review, decide, comment: what a person decides or says, on a page or in a line."""

from __future__ import annotations

import webbrowser
from datetime import UTC, datetime

import typer

from grader.cli import show
from grader.cli.place import Place
from grader.errors import UserError
from grader.model import Override
from grader.score.grade import fold

WHO = typer.Option(None, "--who", metavar="NAME", help="Who decides; by default the name that you are logged in with.")


def add_to(app: typer.Typer) -> None:
    app.command()(review)
    # A number below 0 is no option: it is refused as points, with what there is to give.
    app.command(context_settings={"ignore_unknown_options": True})(decide)
    app.command()(comment)


def review(
    context: typer.Context,
    who: str | None = WHO,
    port: int = typer.Option(0, min=0, max=65535, help="Of 127.0.0.1; by default one that is free."),
    browser: bool = typer.Option(True, help="Open the page in a browser."),
) -> None:
    """Open a local page on which a person decides what waits. Ends with Ctrl-C; every decision is kept at once."""
    # Only this command needs a web server.
    from grader.review.decisions import find_user
    from grader.review.serving import leading_page, listening
    from grader.review.session import ReviewSession

    place: Place = context.obj
    course = place.course()
    work = place.work(course)
    session = ReviewSession(course, work, who or find_user())
    session.read()
    out = show.console()
    with listening(session, port) as (server, guard), leading_page(guard.address, work.root) as page:
        out.print(f"The page, for this browser and you alone: {guard.address}", markup=False)
        out.print("Ctrl-C ends it.")
        if browser:
            webbrowser.open(page.as_uri())
        try:
            server.serve_forever()
        finally:
            decided = {made.assignment for _, decision in session.history for made in decision.made}
            for name in sorted(decided | session.commented):
                out.print(f"Decisions on {name} are kept. Write its pages again: grader report {name}", markup=False)


def decide(
    context: typer.Context,
    assignment: str = typer.Argument(metavar="ASSIGNMENT", help="The assignment or exam."),
    student: str = typer.Argument(metavar="STUDENT", help="The student, as the class page names them."),
    criterion: str = typer.Argument(metavar="CRITERION", help="Its id in the rubric, or the question's in an exam."),
    points: str | None = typer.Argument(None, metavar="POINTS", help="From 0 to what the criterion is worth."),
    comment: str = typer.Option("", help="What the student reads in place of the grader's reason."),
    why: str = typer.Option("", help="Why this was decided."),
    who: str | None = WHO,
    take_back: bool = typer.Option(False, "--take-back", help="The grader's finding counts again; needs no POINTS."),
) -> None:
    """Give points on one criterion of one student, as on the page of `grader review`. Appended, never overwritten."""
    from grader.review.decisions import find_finding, find_user, read_points

    place: Place = context.obj
    gradebook = place.work(place.course()).gradebook
    standing, finding = find_finding(gradebook, assignment, student, criterion)
    if take_back == (points is not None):
        raise UserError(
            "give either POINTS or --take-back", remedy=f"{criterion} is worth {finding.possible:g} points."
        )
    if take_back and criterion not in standing.decided:
        raise UserError(f"nobody has decided on `{criterion}` of {student}", remedy="There is nothing to take back.")
    override = Override(
        student=student,
        assignment=assignment,
        criterion=criterion,
        earned=None if points is None else read_points(points, finding.possible),
        comment=comment,
        who=who or find_user(),
        when=datetime.now(UTC),
        why=why,
        judged=finding.judged,
    )
    gradebook.add_overrides([override])
    after = fold(standing.findings, [*standing.overrides, override])
    was, now = (next(one for one in found if one.criterion == criterion) for found in (standing.folded, after))
    told = [("waits" if one.earned is None else f"{one.earned:g}") for one in (was, now)]
    out = show.console()
    out.print(f"{student}, {criterion}: {told[0]} → {told[1]} of {finding.possible:g}", markup=False)
    out.print(f"Kept. Write the pages again: grader report {assignment}", markup=False)


def comment(
    context: typer.Context,
    assignment: str = typer.Argument(metavar="ASSIGNMENT", help="The assignment or exam."),
    criterion: str = typer.Argument(metavar="CRITERION", help="Its id in the rubric, or the question's in an exam."),
    mistake: str = typer.Argument(metavar="MISTAKE", help="The known mistake, as the class page and --json name it."),
    text: str = typer.Argument("", metavar="TEXT", help="What everybody with this mistake reads, now and later."),
    who: str | None = WHO,
    take_back: bool = typer.Option(False, "--take-back", help="Nobody reads the comment any more; needs no TEXT."),
) -> None:
    """Write one comment for everybody with the same mistake. It changes no points, and is appended like a decision."""
    from grader.review.comments import say_comment
    from grader.review.decisions import find_user

    if bool(text.strip()) == take_back:
        raise UserError("a comment needs TEXT, or --take-back", remedy="Give one of the two.")
    place: Place = context.obj
    gradebook = place.work(place.course()).gradebook
    readers = say_comment(gradebook, assignment, criterion, mistake, text.strip(), who=who or find_user())
    out = show.console()
    verb = "no longer read it" if take_back else "read it"
    out.print(
        f"{show.counted(len(readers), 'student')} {verb}: {show.some(readers)}" if readers else "Taken back.",
        markup=False,
    )
    out.print(f"Kept. Write the pages again: grader report {assignment}", markup=False)
