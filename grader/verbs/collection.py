"""The verb collect over a whole class: sources -> Submissions, each kept as soon as it is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from grader.collect.collected import Collected
from grader.collect.private_files import config_folder
from grader.collect.source_names import ArchiveSource, FolderSource, Source, parse_source
from grader.collect.sources import Opening, collect_source, split_off_worksheet
from grader.course.course import Assignment, Course, in_its_language
from grader.deadlines.due_dates import make_terms, zone_of
from grader.deadlines.lateness import tell_moment
from grader.deadlines.roster_status import RosterStatus
from grader.errors import UserError
from grader.language import NOTHING, _, language, pgettext
from grader.model import Extension, Problem, Submission, Watch
from grader.store.work_folder import WorkFolder

if TYPE_CHECKING:
    from grader.collect.gmail import Gmail
    from grader.collect.google_account import Account, ApiKey
    from grader.platforms import SubmissionSite

Tell = Callable[[str], None]


def collect(
    course: Course,
    work: WorkFolder,
    assignment: Assignment,
    sources: Sequence[str],
    *,
    watch: Watch = lambda *_: None,
    tell: Tell = lambda _: None,
) -> list[Collected]:
    """Take what the sources hold into the work folder. Stopped in the middle, it goes on where it was."""
    named = {source: parse_source(source) for source in sources}
    parsed, worksheet = split_off_worksheet(named, course.roster, zone_of(assignment.file))
    made = make_opening(course, work, assignment, watch=watch, tell=tell)
    with closing(replace(made, worksheet=worksheet)) as opening:
        return _collect(work, assignment, parsed, opening)


def _collect(
    work: WorkFolder, assignment: Assignment, sources: Mapping[str, Source], opening: Opening
) -> list[Collected]:
    # What lies on this disk is read whole first, so that a doubt about it changes nothing.
    local = {
        name: list(collect_source(source, opening))
        for name, source in sources.items()
        if isinstance(source, FolderSource | ArchiveSource)
    }
    _refuse_two_sources([piece for pieces in local.values() for piece in pieces])
    found: list[Collected] = []
    for name, source in sources.items():
        taken = []
        for piece in local.get(name) or collect_source(source, opening):
            _keep(work, piece)
            taken.append(piece)
        problems = [problem for piece in taken for problem in piece.problems]
        work.gradebook.add_collection(assignment.name, name, problems)
        found += taken
    return found


def make_opening(course: Course, work: WorkFolder, assignment: Assignment, *, watch: Watch, tell: Tell) -> Opening:
    """What the sources of an assignment are opened with."""
    extensions: dict[str, list[Extension]] = defaultdict(list)
    for extension in work.gradebook.extensions(assignment.name):
        extensions[extension.student].append(extension)

    def closes(student: str) -> datetime | None:
        return make_terms(assignment.file, extensions[student]).closes

    return Opening(
        assignment=assignment.name,
        limit_mib=assignment.file.limits.notebook_mib,
        roster=course.roster,
        zone=zone_of(assignment.file),
        closes=closes,
        history=work.gradebook.submissions(assignment.name),
        worksheet=None,
        given=assignment.given,
        messages=work.root / "messages",
        account=load,
        mail=course.file.mail,
        site=partial(_open_site, course, tell),
        access=find,
        tell=tell,
        watch=watch,
    )


def _open_site(course: Course, tell: Tell, platform: str, at: str) -> SubmissionSite:
    from grader.platforms import open_site

    return open_site(course, platform, at, tell)


def find() -> Account | ApiKey | None:
    """What Drive is asked with; None: shared notebooks are fetched without an account."""
    from grader.collect.google_account import find_access

    return find_access(config_folder())


def load(*, drafts: bool = False) -> Account:
    """The Google account that is signed in."""
    from grader.collect.google_account import load_account

    return load_account(config_folder(), drafts=drafts)


@in_its_language
def leave_drafts(
    course: Course, work: WorkFolder, assignment: Assignment, rows: Iterable[RosterStatus], *, tell: Tell
) -> int:
    """Leave a draft for everybody who is to contact and can be written to; returns how many are new."""
    made = make_opening(course, work, assignment, watch=lambda *_: None, tell=tell)
    with closing(replace(made, account=partial(load, drafts=True))) as opening:
        return _leave_drafts(course, work, assignment, rows, opening.gmail)


def _leave_drafts(
    course: Course, work: WorkFolder, assignment: Assignment, rows: Iterable[RosterStatus], gmail: Gmail
) -> int:
    known = work.gradebook.drafts(assignment.name)
    count = 0
    for row in rows:
        for problem in row.problems if row.state == "to contact" else ():
            letter = gmail.read_kept(problem.message)
            to = letter.address if letter else (course.roster.addresses.get(row.student, "") if course.roster else "")
            if problem.ours or not to or (to, _about(problem)) in known:
                continue
            draft = write_reply(assignment, problem, course.roster.names.get(row.student, "") if course.roster else "")
            subject = f"Re: {letter.subject}" if letter else assignment.file.title
            gmail.leave_draft(to, subject, draft, letter)
            work.gradebook.add_draft(assignment.name, to, _about(problem))
            count += 1
    return count


def _about(problem: Problem) -> str:
    """What a draft is known by, so that it is not left twice, whatever language it is in."""
    with language("en"):
        return str(problem.what)


def write_reply(assignment: Assignment, problem: Problem, name: str) -> str:
    """What a polite answer says."""
    terms = make_terms(assignment.file)
    parts = (
        pgettext("a greeting", "Hello {name},", name=name) if name else pgettext("a greeting", "Hello,"),
        _("this is about your work for “{title}”.", title=assignment.file.title) + problem.what,
        problem.remedy,
        _("The deadline is {when}.", when=tell_moment(terms.due, terms.zone)) if terms.due else NOTHING,
        _("If you have done so already, never mind."),
        _("Kind regards"),
    )
    return "\n\n".join(str(part) for part in parts if part) + "\n"


def _keep(work: WorkFolder, collected: Collected) -> None:
    for submission, content in collected.submissions:
        work.keep(submission.sha256, content)
    work.gradebook.add_submissions([submission for submission, _content in collected.submissions])


def _refuse_two_sources(found: Iterable[Collected]) -> None:
    """One student's notebook in two sources at once: which counts is not ours to decide."""
    places: dict[str, Submission] = {}
    for submission in (submission for collected in found for submission, _content in collected.submissions):
        other = places.setdefault(submission.student, submission)
        if other is not submission and other.sha256 != submission.sha256:
            raise UserError(
                f"`{submission.student}` is in two sources with different files: {other.source}, {submission.source}",
                remedy="Collect the one that counts, or collect them one after the other: the last one counts.",
            )
