"""What was sent as a link becomes a submission: a copy of the shared notebook, with the evidence of when."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath

from nbformat import NotebookNode

from grader.collect.collected import Collected, name_student, printable
from grader.collect.drive import Drive
from grader.collect.links import HOW_TO_SHARE, BadLink, DriveFile, WebFile, read_link
from grader.collect.shared_copy import SharedCopy
from grader.collect.web import Web
from grader.course.roster import Roster
from grader.files.notebook_file import UnreadableError, code_cells, read_notebook
from grader.language import Reason, _
from grader.model import HandInEvidence, Problem, Submission


@dataclass(frozen=True)
class SentLink:
    """A link as it was sent: by whom, when, and with what."""

    student: str
    """Empty where only the file itself can say whose it is."""
    called: str
    link: str | DriveFile | WebFile
    place: str
    sent: datetime | None = None
    message: str = ""
    flags: tuple[Reason, ...] = ()
    superseded: bool = False
    """A later mail of the same student brought another notebook: this one counts as of its own time."""


@dataclass(frozen=True)
class Taking:
    """What it needs to know to take links in."""

    assignment: str
    drive: Drive | None
    """Where somebody has signed in or gave a key; else a shared file is fetched as anybody may."""
    web: Web
    roster: Roster | None
    closes: Callable[[str], datetime | None]
    """student -> the last moment that is in time"""
    given: tuple[str, ...] = ()
    """The code of what students were given; a link to just that is one to the assignment, and not to their work."""
    known: Mapping[tuple[str, str], Sequence[Submission]] = field(default_factory=dict)
    """(student, file) -> its copies that were collected before, oldest first"""


def take_link(sent: SentLink, taking: Taking) -> Collected:
    """The notebook that a link leads to, or the problem that there is with it."""
    file = read_link(sent.link) if isinstance(sent.link, str) else sent.link
    if isinstance(file, BadLink):
        return _fail(sent, sent.student, file)
    known = taking.known.get((sent.student, file.id), ())
    states = {copy.evidence.revision for copy in known if copy.evidence and copy.evidence.revision}
    by_drive = taking.drive if isinstance(file, DriveFile) else None
    copy = by_drive.look(file, states) if by_drive and isinstance(file, DriveFile) else taking.web.look(file, states)
    if isinstance(copy, BadLink):
        return _fail(sent, sent.student, copy)
    if copy.content is None:
        same = [one for one in known if one.evidence and one.evidence.revision == copy.revision]
        return Collected((), unchanged=(same[-1],))
    student = sent.student or _find_owner(copy, taking.roster)
    if not student:
        name = printable(copy.name)
        return _fail(
            replace(sent, called=name), "", BadLink(_("Whose `{name}` is, is not known.", name=name), _ADD), ours=True
        )
    try:
        notebook = read_notebook(copy.content, limit_mib=float("inf"))
    except UnreadableError as error:
        return _fail(
            sent,
            student,
            BadLink(_("The link leads to no notebook.") + error.reason, _("Send the notebook’s own link.")),
        )
    if taking.given and _code_of(notebook) == taking.given:
        return _fail(sent, student, UNSAVED)
    head = _make(sent, student, taking, copy, file.id)
    taken = [(head, copy.content)]
    closes = taking.closes(student)
    if by_drive and _is_too_new(head, closes, known) and copy.shows_revisions and closes is not None:
        key = file.resource_key if isinstance(file, DriveFile) else ""
        earlier = by_drive.find_revision(DriveFile(copy.id, key), closes)
        if earlier is not None:
            revision, moment, content = earlier
            evidence = HandInEvidence(kind="revision", sent=sent.sent, modified=moment, file=file.id, revision=revision)
            received = max(moment, sent.sent) if sent.sent else moment
            told = {"sha256": _hash(content), "received": received, "evidence": evidence}
            taken.insert(0, (head.model_copy(update=told), content))
    return Collected(tuple(taken))


UNSAVED = BadLink(
    _(
        "The link opens the assignment as it was given out: your own copy was not saved, or is not what the link "
        "leads to."
    ),
    HOW_TO_SHARE,
)


def _code_of(notebook: NotebookNode) -> tuple[str, ...]:
    """The code cells without the space around them, which programs change as they save."""
    return tuple(cell.source.strip() for _place, cell in code_cells(notebook) if cell.source.strip())


def given_code(content: bytes | None) -> tuple[str, ...]:
    """The code of the notebook that students were given; nothing where there is none."""
    return _code_of(read_notebook(content, limit_mib=float("inf"))) if content is not None else ()


_ADD = _("Add the owner’s address to the roster, and collect again.")


def _is_too_new(head: Submission, closes: datetime | None, known: Iterable[Submission]) -> bool:
    """Changed after the deadline though sent in time, and no earlier copy was taken."""
    if closes is None or head.evidence is None or head.evidence.modified is None or head.evidence.modified <= closes:
        return False
    if head.evidence.sent and head.evidence.sent > closes:
        return False
    return not any(copy.received and copy.received <= closes for copy in known)


def _when(sent: SentLink, copy: SharedCopy, closes: datetime | None) -> datetime | None:
    """When it counts as handed in; None where nobody says."""
    if sent.superseded and sent.sent:
        return sent.sent
    if copy.modified is not None:
        return max(copy.modified, sent.sent) if sent.sent else copy.modified
    # Without an account nobody says when it was changed: what we saw in time was there in time, and that is all.
    is_in_time = copy.looked is not None and (closes is None or copy.looked <= closes)
    return sent.sent or (copy.looked if is_in_time else None)


def _make(sent: SentLink, student: str, taking: Taking, copy: SharedCopy, file: str) -> Submission:
    flags = [*sent.flags]
    if copy.trashed:
        flags.append(
            _(
                "The notebook is in its owner’s bin on Drive: if that was by mistake, it has to be restored.",
            )
        )
    received = _when(sent, copy, taking.closes(student))
    evidence = HandInEvidence(
        kind="link",
        sent=sent.sent,
        looked=copy.looked,
        modified=copy.modified,
        file=file,
        revision=copy.revision,
        message=sent.message,
        flags=tuple(flags),
    )
    return Submission(
        student=student,
        assignment=taking.assignment,
        sha256=_hash(copy.content or b""),
        source=f"{sent.place}: shared notebook {printable(copy.name)}",
        received=received,
        evidence=evidence,
    )


def _find_owner(copy: SharedCopy, roster: Roster | None) -> str:
    if roster is None:
        return name_student(PurePosixPath(copy.name).stem)
    return roster.find(*copy.owners, PurePosixPath(copy.name).stem) or ""


def _fail(sent: SentLink, student: str, bad: BadLink, *, ours: bool = False) -> Collected:
    if sent.superseded:  # the student has sent something else since then, which speaks for itself
        return Collected(())
    problem = Problem(student, sent.called, bad.what, bad.remedy, sent.place, message=sent.message, ours=ours)
    return Collected((), problems=(problem,))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
