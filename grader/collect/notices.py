"""What a class handed in by mail: each letter's notebooks and links, with the student whose they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from grader.collect.collected import Collected, printable
from grader.collect.links import HOW_TO_SHARE, SEND_THE_FILE
from grader.collect.mail import Letter
from grader.collect.owners import HandedFile, say_no_notebook
from grader.collect.shared_links import SentLink
from grader.course.roster import Roster
from grader.language import _
from grader.model import HandInEvidence, Problem, Submission

Piece = Collected | SentLink


def read_letters(
    assignment: str, letters: Sequence[Letter], roster: Roster, closes: Callable[[str], datetime | None]
) -> Iterator[Piece]:
    """Letter by letter, oldest first: what is in it already, or a link that has to be followed."""
    students = [roster.find(letter.address) for letter in letters]
    sent_work = {whose for letter, whose in zip(letters, students, strict=True) if letter.notebooks or letter.links}
    for place, (letter, student) in enumerate(zip(letters, students, strict=True)):
        if student is None:
            yield Collected((), problems=(_tell_stranger(letter, roster),))
            continue
        later = [
            other for other, whose in zip(letters[place + 1 :], students[place + 1 :], strict=True) if whose == student
        ]
        if not letter.notebooks and not letter.links:
            if letter.damaged or student not in sent_work:  # whose work came in another mail may well write without any
                yield Collected((), problems=(_tell_without_work(letter, student),))
            continue
        yield from _read(assignment, letter, student, superseded=_is_superseded(letter, later, closes(student)))


def _is_superseded(letter: Letter, later: Sequence[Letter], closes: datetime | None) -> bool:
    """Whether the student sent work again, unless what came again came too late and this did not."""
    again = [other for other in later if other.notebooks or other.links]
    if closes is not None and letter.received <= closes:
        again = [other for other in again if other.received <= closes]
    return any({*other.links} != {*letter.links} or other.notebooks for other in again)


def _read(assignment: str, letter: Letter, student: str, *, superseded: bool) -> Iterator[Piece]:
    flags = letter.flags
    if len(letter.notebooks) + len(letter.links) > 1:
        flags = (*flags, _("The mail brings more than one notebook: the last one in it counts."))
    for link in letter.links:
        yield SentLink(
            student,
            letter.address,
            link,
            "mail",
            sent=letter.received,
            message=letter.id,
            flags=flags,
            superseded=superseded,
        )
    for name, content in letter.notebooks:
        evidence = HandInEvidence(kind="attachment", sent=letter.received, message=letter.id, flags=flags)
        submission = Submission(
            student=student,
            assignment=assignment,
            sha256=hashlib.sha256(content).hexdigest(),
            source=f"mail: {printable(name)}",
            received=letter.received,
            evidence=evidence,
        )
        yield Collected(((submission, content),))


def _tell_without_work(letter: Letter, student: str) -> Problem:
    what = _("There is neither a notebook nor a link to one in your mail.")
    if letter.others:
        what = say_no_notebook(student, [HandedFile(name, bytes) for name in letter.others], "mail").what
    if letter.damaged:
        what = _("Your mail is damaged: it cannot be read.")
    return Problem(student, letter.address, what, HOW_TO_SHARE + SEND_THE_FILE, "mail", message=letter.id)


def _tell_stranger(letter: Letter, roster: Roster) -> Problem:
    called = printable(letter.address or letter.name or "somebody")
    guess = roster.find(letter.name)
    remedy = _("If you know whose it is, add the address to that row, and collect again.")
    if guess:
        remedy = _("It may be {student}.", student=guess) + remedy
    return Problem(
        "",
        called,
        _("The sender is not in the roster."),
        remedy,
        "mail",
        message=letter.id,
        ours=True,
    )
