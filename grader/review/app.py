"""The local page: each view takes the session and the request, and answers with a page or the way to the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answered

from grader.course.course import Assignment
from grader.errors import UserError
from grader.exam.exam import ExamOnDisk
from grader.exam.scanning.marks_review import Pending
from grader.language import Code, _, language
from grader.report.render import make_environment
from grader.review.comments import find_mistakes
from grader.review.decisions import read_points
from grader.review.guard import HEADERS, Guard
from grader.review.late import BACK, RULINGS, find_disputed, read_ruling, show_late
from grader.review.marks import find_marks, show_mark
from grader.review.page import show_item, show_queue
from grader.review.queue import ClassQueue, ReviewItem
from grader.review.session import Given, ReviewSession
from grader.review.trial import keep_points, read_new_points, try_points

View = Callable[..., "str | Answered | tuple[str, int]"]


def make_app(session: ReviewSession, guard: Guard) -> Flask:
    """The page of a session, which answers only to whom the guard lets in."""
    app = Flask("grader.review")
    app.before_request(partial(_let_in, guard))
    app.after_request(_harden)
    app.register_error_handler(UserError, _tell)
    app.register_error_handler(HTTPException, _tell_http)
    views: list[tuple[str, str, View]] = [
        ("GET", "/", _queue),
        ("GET", "/style.css", _style),
        ("GET", "/item/<key>", _item),
        ("POST", "/item/<key>", _decide),
        ("POST", "/undo", _undo),
        ("POST", "/again", _read_again),
        ("GET", "/late/<name>/<path:student>", _late),
        ("POST", "/late/<name>/<path:student>", _rule),
        ("GET", "/class/<name>", _class),
        ("GET", "/mistakes/<name>", _mistakes),
        ("POST", "/mistakes/<name>", _comment),
        ("GET", "/marks/<name>", _mark),
        ("POST", "/marks/<name>", _say_mark),
        ("GET", "/points/<name>", _points),
        ("POST", "/points/<name>", _keep),
    ]
    for method, path, view in views:
        bound = partial(view, session) if view is not _style else view
        app.add_url_rule(path, endpoint=view.__name__.strip("_"), view_func=bound, methods=[method])
    app.config["FORM_TOKEN"] = guard.form_token
    app.wsgi_app = _speak(app.wsgi_app, session.course.file.language)  # type: ignore[method-assign]
    return app


def _speak(answer: Callable[..., Any], code: Code) -> Callable[..., Any]:
    """The same, so that each page, and each refusal, is in this language, whichever thread makes it."""

    def speaking(*request: Any) -> Any:
        with language(code):
            return answer(*request)

    return speaking


def _let_in(guard: Guard) -> Answered | tuple[str, int] | None:
    if guard.brings_token(request):
        return guard.admit(Response(status=303, headers={"Location": "/"}))
    refused = guard.refuse(request)
    return (_render("message.html", title=_("Access refused"), message=refused, remedy=""), 403) if refused else None


def _harden(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


def _render(template: str, **values: Any) -> str:
    values |= {"url_for": url_for, "form_token": current_app.config["FORM_TOKEN"]}
    return make_environment("grader.review").get_template(template).render(**values)


def _tell(error: UserError) -> tuple[str, int]:
    where = f"{error.where}: " if error.where else ""
    return _render("message.html", title=_("That did not work"), message=where + error.what, remedy=error.remedy), 400


def _tell_http(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    if code == 404:
        told = _("There is nothing at this address. It may have changed: begin at the queue again.")
    elif code < 500:
        told = _("The browser sent something that this page does not expect: begin at the queue again.")
    else:
        told = _("The grader failed on this page. Every decision that was kept is kept.")
    return _render("message.html", title=_("That did not work"), message=told, remedy=""), code


def _style() -> Response:
    return Response(_render("review.css"), content_type="text/css; charset=utf-8")


# ---- the queue ------------------------------------------------------------------------------------------------------


def _queue(session: ReviewSession) -> str:
    standings = session.standings()
    parts = show_queue(session, standings)
    first = session.next_waiting("", standings)
    return _render(
        "queue.html",
        session=session,
        parts_of_queue=parts,
        first=first,
        marks=session.find_marks(),
        rulings=session.rulings(),
        rulings_words=RULINGS,
    )


def _read_again(session: ReviewSession) -> Answered:
    with session.lock:
        session.read()
    return redirect(url_for("queue"), 303)


def _find_item(session: ReviewSession, key: str) -> ReviewItem:
    return session.items.get(key) or abort(404)


def _find_queue(session: ReviewSession, name: str) -> ClassQueue:
    return next((queue for queue in session.queues if queue.name == name), None) or abort(404)


# ---- an item --------------------------------------------------------------------------------------------------------


def _item(session: ReviewSession, key: str) -> str:
    return _render_item(session, _find_item(session, key))


def _render_item(session: ReviewSession, item: ReviewItem, refused: UserError | None = None) -> str:
    page = show_item(session, item, session.standings())
    last = session.history[-1][1] if session.history else None
    return _render("item.html", session=session, page=page, last=last, refused=refused, form=request.form)


def _decide(session: ReviewSession, key: str) -> Answered | tuple[str, int]:
    item = _find_item(session, key)
    try:
        given = _read_given(item)
        students = [student for student in item.students if student in request.form.getlist("student")]
        if not students:
            raise UserError(_("no student is chosen"), remedy=_("Tick those who get these points."))
    except UserError as error:
        return _render_item(session, item, error), 400
    session.decide(item, students, given)
    following = session.next_waiting(key, session.standings())
    return redirect(url_for("item", key=following.key) if following else url_for("queue"), 303)


def _read_given(item: ReviewItem) -> list[Given]:
    """The points that were filled in, criterion by criterion; a blank one stays as it was."""
    comment, why = (request.form.get(name, "").strip() for name in ("comment", "why"))
    filled = [(part, request.form.get(f"points-{part.criterion}", "").strip()) for part in item.parts]
    given = [Given(part.criterion, read_points(text, part.possible), comment, why) for part, text in filled if text]
    if not given:
        remedy = _("Give a number from 0 to {most}.", most=item.parts[0].possible)
        raise UserError(_("no points are given"), remedy=remedy)
    return given


def _undo(session: ReviewSession) -> Answered:
    return redirect(url_for("item", key=session.undo()), 303)


# ---- marks on paper -------------------------------------------------------------------------------------------------


def _mark(session: ReviewSession, name: str) -> str | Answered:
    exam = _find_exam(session, name)
    waiting = find_marks(session.work, exam)
    said = [mark for exam_name, mark in session.marks if exam_name == name]
    again = said[-1:] if "back" in request.args else []
    if not waiting and not again:
        return redirect(url_for("queue"), 303)
    return _render_mark(session, exam, [*again, *waiting][0], waiting)


def _render_mark(
    session: ReviewSession,
    exam: ExamOnDisk,
    mark: Pending,
    waiting: Sequence[Pending],
    refused: UserError | None = None,
) -> str:
    page = show_mark(session.work, exam, mark, waiting)
    can_go_back = any(name == exam.name for name, _ in session.marks)
    return _render("mark.html", page=page, refused=refused, form=request.form, can_go_back=can_go_back)


def _say_mark(session: ReviewSession, name: str) -> Answered | tuple[str, int]:
    exam = _find_exam(session, name)
    waiting = find_marks(session.work, exam)
    wanted = request.form.get("sheet", ""), request.form.get("item", "")
    known = [*waiting, *(mark for exam_name, mark in session.marks if exam_name == name)]
    mark = next((one for one in known if (one.waiting.sheet, one.waiting.item) == wanted), None) or abort(404)
    try:
        session.say_mark(exam, mark, request.form.get("value", "").strip())
    except UserError as error:
        return _render_mark(session, exam, mark, waiting, error), 400
    return redirect(url_for("mark", name=name), 303)


def _find_exam(session: ReviewSession, name: str) -> ExamOnDisk:
    return next((exam for exam in session.exams if exam.name == name), None) or abort(404)


# ---- lateness -------------------------------------------------------------------------------------------------------


def _late(session: ReviewSession, name: str, student: str) -> str:
    return _render_late(session, name, student)


def _render_late(session: ReviewSession, name: str, student: str, refused: UserError | None = None) -> str:
    disputed = find_disputed(session, name, student) or abort(404)
    return _render("late.html", page=show_late(session, disputed), refused=refused, form=request.form)


def _rule(session: ReviewSession, name: str, student: str) -> Answered | tuple[str, int]:
    told = {field: request.form.get(field, "").strip() for field in ("sha256", "counts", "handed_in", "why")}
    try:
        session.rule(read_ruling(session, name, student, **told))
    except UserError as error:
        return _render_late(session, name, student, error), 400
    following = session.disputed[0].grade if session.disputed else None
    if following is None or told["counts"] == BACK:
        return redirect(url_for("queue"), 303)
    return redirect(url_for("late", name=following.assignment, student=following.student), 303)


# ---- a class, and the points of its criteria ------------------------------------------------------------------------


def _class(session: ReviewSession, name: str) -> str:
    queue = _find_queue(session, name)
    standings = session.standings()[name]
    return _render("class-of-review.html", queue=queue, standings=standings, places=queue.places)


def _mistakes(session: ReviewSession, name: str) -> str:
    return _render_mistakes(session, _find_queue(session, name))


def _render_mistakes(session: ReviewSession, queue: ClassQueue, refused: UserError | None = None) -> str:
    criteria = find_mistakes(session.work.gradebook, queue.name)
    kept = "kept" in request.args
    return _render(
        "mistakes.html",
        queue=queue,
        criteria=criteria,
        places=queue.places,
        refused=refused,
        kept=kept,
        form=request.form,
    )


def _comment(session: ReviewSession, name: str) -> Answered | tuple[str, int]:
    queue = _find_queue(session, name)
    told = {field: request.form.get(field, "").strip() for field in ("criterion", "mistake", "text")}
    takes_back = request.form.get("say") == "back"
    try:
        if not takes_back and not told["text"]:
            raise UserError(_("no comment is written"), remedy=_("Write what all of them shall read."))
        session.comment(name, told["criterion"], told["mistake"], "" if takes_back else told["text"])
    except UserError as error:
        return _render_mistakes(session, queue, error), 400
    return redirect(url_for("mistakes", name=name, kept=""), 303)


def _points(session: ReviewSession, name: str) -> str:
    assignment = _find_assignment(session, name)
    criterion, text = request.args.get("criterion", ""), request.args.get("points", "")
    trial, refused = None, None
    if criterion:
        try:
            trial = try_points(session.course, session.work, assignment, criterion, read_new_points(text))
        except UserError as error:
            refused = error
    return _render("points.html", assignment=assignment, trial=trial, refused=refused, tried=criterion, points=text)


def _keep(session: ReviewSession, name: str) -> Answered:
    assignment = _find_assignment(session, name)
    points = read_new_points(request.form.get("points", ""))
    criterion, sha256 = request.form.get("criterion", ""), request.form.get("sha256", "")
    with session.lock:
        keep_points(session.course, session.work, assignment, criterion, points, sha256)
        session.read()
    return redirect(url_for("points", name=name), 303)


def _find_assignment(session: ReviewSession, name: str) -> Assignment:
    """Read anew each time: the rubric is the instructor's, who may be writing it at the same moment."""
    if _find_queue(session, name).kind != "assignment":
        abort(404)
    return session.course.assignment(name)
