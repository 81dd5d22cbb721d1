"""What a class handed in on Canvas or Moodle, over their own web services: each attempt with its time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from grader.collect.collected import Collected, name_student, printable
from grader.collect.links import HOW_TO_SHARE, find_links
from grader.collect.owners import DOWNLOAD, HandedFile, find_notebooks, say_no_notebook
from grader.collect.shared_links import SentLink
from grader.course.roster import Roster
from grader.errors import PassingError, UserError
from grader.language import Reason, _, verbatim
from grader.model import HandInEvidence, Problem, Submission
from grader.platforms import AttachedFile, PlatformSubmission, SubmissionSite

_SEVERAL = _("Several notebooks were handed in at once: the last one counts.")


def read_platform(
    assignment: str, site: SubmissionSite, place: str, roster: Roster | None, limit_mib: float, done: Callable[[], None]
) -> Iterator[Collected | SentLink]:
    """Attempt by attempt: its notebook, or a link that has to be followed; by name what is neither."""
    called = site.students()
    for attempt in site.submissions():
        names = called.get(attempt.key, ())
        if not names:
            continue  # a teacher who tried it, or somebody who left the course there
        student = roster.find(*names) if roster is not None else name_student(names[0])
        if student is None:
            yield Collected((), problems=(_tell_stranger(names, place),))
        else:
            yield from _read(assignment, attempt, student, names[0], place, limit_mib)
        done()


def _read(
    assignment: str, attempt: PlatformSubmission, student: str, called: str, place: str, limit_mib: float
) -> Iterator[Collected | SentLink]:
    if attempt.is_draft:
        what = _("Your work there is a draft: it was saved, and not submitted.")
        remedy = _("Open the assignment there, and submit it.")
        yield Collected((), problems=(Problem(student, called, what, remedy, place),))
        return
    large = [file for file in attempt.files if file.size > limit_mib * (1 << 20)]
    if large:
        yield Collected((), problems=(_tell_large(large[0], student, called, place, limit_mib),))
        return
    files = [HandedFile(file.name, file.fetch) for file in attempt.files]
    try:
        notebooks = find_notebooks(files)
    except PassingError:
        raise
    except UserError as error:  # this file alone: the class goes on
        yield Collected((), problems=(_tell_refused(error, student, called, place),))
        return
    links = find_links(attempt.text)
    flags: tuple[Reason, ...] = (_SEVERAL,) if len(notebooks) + len(links) > 1 else ()
    for link in links:
        yield SentLink(student, called, link, place, sent=attempt.sent, flags=flags)
    for file, content in notebooks:
        submission = Submission(
            student=student,
            assignment=assignment,
            sha256=hashlib.sha256(content).hexdigest(),
            source=f"{place}: {printable(file.name)}",
            received=attempt.sent,
            evidence=HandInEvidence(kind="upload", sent=attempt.sent, flags=flags),
        )
        yield Collected(((submission, content),))
    if not notebooks and not links:
        told = say_no_notebook(student, files, place)
        if not files:
            what = _("There is neither a notebook nor a link to one in what you handed in.")
            told = Problem(student, called, what, HOW_TO_SHARE + DOWNLOAD, place)
        yield Collected((), problems=(told,))


def _tell_large(file: AttachedFile, student: str, called: str, place: str, limit_mib: float) -> Problem:
    what = _(
        "`{file}` has {size} MiB, and {most} are allowed.",
        file=printable(file.name),
        size=f"{file.size / (1 << 20):.0f}",
        most=f"{limit_mib:g}",
    )
    return Problem(student, called, what, _("Hand in the notebook alone, without large outputs."), place)


def _tell_refused(error: UserError, student: str, called: str, place: str) -> Problem:
    what = _("The file that was handed in is not given out.")
    return Problem(student, called, what, verbatim(f"{error.what}. {error.remedy}".strip()), place, ours=True)


def _tell_stranger(names: Sequence[str], place: str) -> Problem:
    remedy = _("If you know whose it is, add the address to that row, and collect again.")
    return Problem("", printable(names[0]), _("The sender is not in the roster."), remedy, place, ours=True)
