"""A submission of which nobody knows whether it was late: what is known of it, and what a person says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from grader.deadlines.due_dates import read_moment, zone_of
from grader.deadlines.lateness import tell_moment
from grader.errors import UserError
from grader.language import Reason, _, pgettext
from grader.model import LateRuling
from grader.review.evidence import ShownNotebook
from grader.review.page import look_at
from grader.review.session import ReviewSession
from grader.verbs.notebooks import ScoredStudent

RULINGS: Mapping[str, Reason] = {
    "in time": _("In time"),
    "late": pgettext("a ruling", "Late"),
    "refused": _("Not accepted: no points"),
}
BACK = "back"
"""What a form says that takes back what was said."""


@dataclass(frozen=True)
class LatePage:
    """Everything that the page of one such submission shows."""

    disputed: ScoredStudent
    title: str
    facts: tuple[tuple[Reason, str], ...]
    """what is known, and when it was"""
    changed: str
    """when it was last changed, as a person would write it"""
    notebook: ShownNotebook | None
    raw: str
    left: int


def find_disputed(session: ReviewSession, name: str, student: str) -> ScoredStudent | None:
    """The submission of this student that waits."""
    return next((one for one in session.disputed if (one.grade.assignment, one.grade.student) == (name, student)), None)


def show_late(session: ReviewSession, disputed: ScoredStudent) -> LatePage:
    """What there is to decide by: the times that are known, and the notebook as executed."""
    file = session.course.assignment(disputed.grade.assignment).file
    zone = zone_of(file)
    evidence = disputed.submission.evidence
    known = [
        (_("The deadline"), file.deadline),
        (_("The link came"), evidence.sent if evidence else None),
        (_("It was copied"), evidence.looked if evidence else None),
        (_("Last changed before that"), evidence.modified if evidence else None),
    ]
    notebook, raw = look_at(session, disputed.grade.assignment, disputed.run)
    changed = disputed.submission.received
    return LatePage(
        disputed=disputed,
        title=file.title,
        facts=tuple((what, str(tell_moment(when, zone))) for what, when in known if when is not None),
        changed=changed.astimezone(zone).isoformat(sep=" ", timespec="seconds") if changed else "",
        notebook=notebook,
        raw=raw,
        left=len(session.disputed),
    )


def read_ruling(
    session: ReviewSession, name: str, student: str, *, sha256: str, counts: str, handed_in: str, why: str
) -> LateRuling:
    """What a person said on the page; UserError says what is missing."""
    said: dict[str, Any] = {"in time": "in time", "late": "late", "refused": "refused", BACK: None}
    known = {(one.grade.assignment, one.grade.student): one.submission.sha256 for one in session.disputed}
    known |= {(one.assignment, one.student): one.sha256 for one in session.rulings()}
    if counts not in said:
        raise UserError(_("nothing is decided yet"), remedy=_("Choose one of the three: in time, late, not accepted."))
    if known.get((name, student)) != sha256:
        raise UserError(_("this no longer waits as it did"), remedy=_("Begin at the queue again."))
    moment: datetime | None = None
    if counts == "late":
        file = session.course.assignment(name).file
        moment = read_moment(handed_in, file)
        if file.deadline is not None and moment <= file.deadline:
            told = tell_moment(file.deadline, zone_of(file))
            raise UserError(
                _("{moment} is not after the deadline, {deadline}", moment=handed_in, deadline=told),
                remedy=_("What was handed in by then is in time."),
            )
    return LateRuling(
        student=student,
        assignment=name,
        sha256=sha256,
        counts=said[counts],
        handed_in=moment,
        who=session.who,
        when=datetime.now(UTC),
        why=why,
    )
