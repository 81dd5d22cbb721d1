"""A draft of a mail for each student, with their page attached, for a person to read and send. Nothing is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course.course import Course, in_its_language
from grader.course.roster import Roster
from grader.errors import UserError
from grader.language import _, pgettext
from grader.store.work_folder import WorkFolder
from grader.verbs.collection import load

if TYPE_CHECKING:
    from grader.collect.gmail import Gmail

OF_THE_COURSE = ""
"""Stands for no assignment: the page is the whole course's."""


@dataclass(frozen=True)
class Mailing:
    """One student's page, and whether it is settled: what waits for a person is no grade to write of."""

    student: str
    page: Path
    settled: bool


@dataclass(frozen=True)
class Drafted:
    """What came of it, each student once."""

    new: tuple[str, ...]
    known: tuple[str, ...]
    """for whom a draft of this very page was left before"""
    waiting: tuple[str, ...]
    unaddressed: tuple[str, ...]


@in_its_language
def draft_pages(
    course: Course, work: WorkFolder, assignment: str, mailings: Sequence[Mailing], *, tell: Callable[[str], None]
) -> Drafted:
    """Leave a draft for every student whose page is settled and who has none of this page yet."""
    from grader.collect.gmail import Gmail
    from grader.collect.retrying import Patience

    if course.roster is None:
        raise UserError(
            "nobody's address is known, since the course has no roster",
            where=str(course.root / "course.toml"),
            remedy='Name one there: roster = "roster.csv", a table with the columns student,name,addresses.',
        )
    service = load(drafts=True).service("gmail", "v1")
    with closing(Gmail(service, work.root / "messages", patience=Patience(), tell=tell)) as gmail:
        title = course.assignment(assignment).file.title if assignment in course.assignments else course.file.title
        return _draft(work, assignment, title, mailings, course.roster, gmail)


def _draft(
    work: WorkFolder, assignment: str, title: str, mailings: Sequence[Mailing], roster: Roster, gmail: Gmail
) -> Drafted:
    left = work.gradebook.drafts(assignment)
    found: dict[str, list[str]] = {"new": [], "known": [], "waiting": [], "unaddressed": []}
    for mailing in mailings:
        to = roster.addresses.get(mailing.student, "")
        content = mailing.page.read_bytes()
        what = f"page {hashlib.sha256(content).hexdigest()}"
        if not mailing.settled:
            fate = "waiting"
        elif not to:
            fate = "unaddressed"
        elif (to, what) in left:
            fate = "known"
        else:
            letter = write_letter(title, roster.names.get(mailing.student, ""))
            gmail.leave_draft(to, title, letter, page=(mailing.page.name, content))
            # At once: a draft that was left before a power cut is not left again.
            work.gradebook.add_draft(assignment, to, what)
            fate = "new"
        found[fate].append(mailing.student)
    return Drafted(**{fate: tuple(students) for fate, students in found.items()})


def write_letter(title: str, name: str) -> str:
    """What the mail says; a person may change it before sending."""
    parts = (
        pgettext("a greeting", "Hello {name},", name=name) if name else pgettext("a greeting", "Hello,"),
        _(
            "your grade for “{title}” and the reasons for it are in the attached page: open it in a browser.",
            title=title,
        ),
        _("If something in it seems wrong to you, answer this mail and say which criterion it is."),
        _("Kind regards"),
    )
    return "\n\n".join(map(str, parts)) + "\n"
