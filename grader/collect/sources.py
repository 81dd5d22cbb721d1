"""What each kind of source holds, and what it is opened with."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from grader.collect.archive import collect_archive
from grader.collect.collected import Collected
from grader.collect.folder import collect_folder
from grader.collect.link_list import LinkRow, read_link_list
from grader.collect.links import HOW_TO_SHARE, SEND_THE_FILE, BadLink, DriveFile, WebFile, read_link
from grader.collect.mailboxes import call, read_mailbox
from grader.collect.moodle_worksheet import Worksheet, read_worksheet
from grader.collect.source_names import (
    ArchiveSource,
    DriveSource,
    FolderSource,
    GmailSource,
    ImapSource,
    LinkSource,
    ListSource,
    MailboxSource,
    PlatformSource,
    Source,
)
from grader.course.course import MailAccount
from grader.course.roster import Roster
from grader.errors import UserError
from grader.language import _
from grader.model import Problem, Submission, Watch

if TYPE_CHECKING:  # Google's client takes half a second to load: only a source that needs it waits for it
    from grader.collect.drive import Drive
    from grader.collect.gmail import Gmail
    from grader.collect.google_account import Account, ApiKey
    from grader.collect.imap_mailbox import ImapMailbox
    from grader.collect.mail import Letter
    from grader.collect.shared_links import SentLink
    from grader.collect.web import Web
    from grader.platforms import SubmissionSite


def split_off_worksheet(
    sources: Mapping[str, Source], roster: Roster | None, zone: tzinfo
) -> tuple[Mapping[str, Source], Worksheet | None]:
    """The sources without Moodle's grading worksheet, which tells of what a zip holds, and that worksheet."""
    if not any(isinstance(source, ArchiveSource) for source in sources.values()):
        return sources, None
    left: dict[str, Source] = {}
    worksheet: Worksheet | None = None
    for name, source in sources.items():
        found = read_worksheet(source.path, roster, zone) if isinstance(source, ListSource) else None
        if found is None:
            left[name] = source
        else:
            worksheet = Worksheet({**worksheet.participants, **found.participants}) if worksheet else found
    return left, worksheet


@dataclass(frozen=True)
class Opening:
    """All that sources are opened with."""

    assignment: str
    limit_mib: float
    roster: Roster | None
    zone: tzinfo
    closes: Callable[[str], datetime | None]
    """student -> the last moment that is in time"""
    history: Sequence[Submission]
    """What was collected before."""
    worksheet: Worksheet | None
    """Moodle's, where it was named beside the zip."""
    given: bytes | None
    """The notebook that students were given."""
    messages: Path
    """Where mails are kept as they came."""
    account: Callable[[], Account]
    """Of mails in Gmail; a UserError where nobody has signed in."""
    mail: MailAccount | None
    """Of mails elsewhere."""
    site: Callable[[str, str], SubmissionSite]
    """(platform, course/assignment) -> the assignment there"""
    access: Callable[[], Account | ApiKey | None]
    """Of Drive; None where there is neither a sign-in nor a key, and shared links are fetched as anybody may."""
    tell: Callable[[str], None]
    watch: Watch = field(default=lambda *_: None)

    @functools.cached_property
    def web(self) -> Web:
        from grader.collect.retrying import Patience
        from grader.collect.web import Web

        return Web(limit_mib=self.limit_mib, patience=Patience(), tell=self.tell)

    @functools.cached_property
    def drive(self) -> Drive | None:
        access = self.access()
        if access is None:
            return None
        from grader.collect.drive import Drive
        from grader.collect.retrying import Patience

        service = access.service("drive", "v3")
        return Drive(service, limit_mib=self.limit_mib, patience=Patience(), tell=self.tell)

    @functools.cached_property
    def gmail(self) -> Gmail:
        from grader.collect.gmail import Gmail
        from grader.collect.retrying import Patience

        service = self._account.service("gmail", "v1")
        return Gmail(service, self.messages, patience=Patience(), tell=self.tell)

    @functools.cached_property
    def imap(self) -> ImapMailbox:
        if self.mail is None:
            raise UserError(
                "course.toml does not name the mailbox that `imap:` reads",
                remedy='Write there: [mail], and below it imap = "imap.example.org" and user = "you@example.org".',
            )
        from grader.collect.imap_mailbox import ImapMailbox, load_password
        from grader.collect.private_files import config_folder
        from grader.collect.retrying import Patience

        password = load_password(config_folder())
        return ImapMailbox(self.mail, password, self.messages, patience=Patience(), tell=self.tell)

    @functools.cached_property
    def _account(self) -> Account:
        return self.account()

    def close(self) -> None:
        """Let the connections go."""
        for service in ("drive", "gmail", "imap"):
            if self.__dict__.get(service) is not None:
                self.__dict__[service].close()


def collect_source(source: Source, opening: Opening) -> Iterator[Collected]:
    """What a source holds, piece by piece: each can be kept before the next one is fetched."""
    match source:
        case FolderSource(path):
            yield collect_folder(opening.assignment, path, opening.roster)
        case ArchiveSource(path):
            collected, typed = collect_archive(opening.assignment, path, opening.roster, opening.worksheet)
            yield collected
            if typed:
                from grader.collect.shared_links import SentLink

                links = [SentLink(one.student, one.called, one.link, one.place) for one in typed]
                yield from _follow(links, opening)
        case ListSource(path):
            yield from _collect_rows(read_link_list(path, opening.roster, opening.zone), opening)
        case DriveSource(file):
            yield from _collect_drive(file, opening)
        case LinkSource(web_file):
            from grader.collect.shared_links import SentLink

            yield from _follow([SentLink("", web_file.id, web_file, "link")], opening)
        case GmailSource(query):
            roster = _require_roster(opening)
            letters = opening.gmail.find_letters(query, functools.partial(opening.watch, "reading mails"))
            yield from _collect_letters(letters, roster, opening)
        case MailboxSource(path):
            yield from _collect_mailbox(read_mailbox(path), _require_roster(opening), opening)
        case PlatformSource(platform, at):
            yield from _collect_platform(platform, at, opening)
        case ImapSource(folder, criteria):
            from grader.collect.imap_mailbox import ImapSearch

            roster = _require_roster(opening)
            watch = functools.partial(opening.watch, "reading mails")
            yield from _collect_mailbox(opening.imap.find_letters(ImapSearch(folder, criteria), watch), roster, opening)


def _collect_platform(platform: str, at: str, opening: Opening) -> Iterator[Collected]:
    from grader.collect.platform_submissions import read_platform
    from grader.collect.shared_links import SentLink

    site, links, read = opening.site(platform, at), list[SentLink](), 0

    def count() -> None:
        nonlocal read
        read += 1
        opening.watch("fetching submissions", read, read)

    pieces = read_platform(opening.assignment, site, f"{platform}:{at}", opening.roster, opening.limit_mib, count)
    for piece in pieces:
        if isinstance(piece, Collected):
            yield piece
        else:
            links.append(piece)
    yield from _follow(links, opening)


def _collect_rows(rows: Iterable[LinkRow], opening: Opening) -> Iterator[Collected]:
    from grader.collect.shared_links import SentLink

    links = []
    for row in rows:
        if not row.links:
            what = _("There is no link in this answer.")
            problem = Problem(row.student, row.called, what, HOW_TO_SHARE + SEND_THE_FILE, row.place)
            yield Collected((), problems=(problem,))
        links += [SentLink(row.student, row.called, link, row.place, sent=row.sent) for link in row.links]
    yield from _follow(links, opening)


def _collect_drive(file: DriveFile, opening: Opening) -> Iterator[Collected]:
    from grader.collect.shared_links import SentLink

    # Without a sign-in or a key nobody lists a folder: then the id can only be that of a notebook.
    files = opening.drive.list_folder(file.id) if opening.drive else None
    place = "drive folder" if files is not None else "drive"
    yield from _follow([SentLink("", one.id, one, place) for one in ([file] if files is None else files)], opening)


def _require_roster(opening: Opening) -> Roster:
    if opening.roster is None:
        raise UserError(
            "mails are matched with students by the roster, and course.toml names none",
            remedy='Write roster = "roster.csv" there; the file: student,name,addresses',
        )
    return opening.roster


def _collect_mailbox(mails: Iterable[Letter | str], roster: Roster, opening: Opening) -> Iterator[Collected]:
    """A mailbox also holds what has nothing to do with the class: that is named, and nobody is asked about it."""
    letters, left_out = [], []
    for found in mails:
        if isinstance(found, str):
            left_out.append(found)
        elif found.notebooks or found.links or roster.find(found.address):
            letters.append(found)
        else:
            left_out.append(call(found))
    yield Collected((), left_out=tuple(left_out))
    letters.sort(key=lambda letter: (letter.received, letter.id))
    yield from _collect_letters(letters, roster, opening)


def _collect_letters(letters: Sequence[Letter], roster: Roster, opening: Opening) -> Iterator[Collected]:
    from grader.collect.notices import read_letters

    links = []
    for piece in read_letters(opening.assignment, letters, roster, opening.closes):
        if isinstance(piece, Collected):
            yield piece
        else:
            links.append(piece)
    yield from _follow(links, opening)


def _follow(links: Sequence[SentLink], opening: Opening) -> Iterator[Collected]:
    """Each link once for each student: a link that is sent again is the same notebook, handed in when it first came."""
    from grader.collect.shared_links import Taking, given_code, take_link

    history = _group(opening.history)
    taking = Taking(
        assignment=opening.assignment,
        drive=opening.drive,
        web=opening.web,
        roster=opening.roster,
        closes=opening.closes,
        given=given_code(opening.given),
        known=history,
    )
    seen: set[tuple[str, DriveFile | WebFile]] = set()
    for done, sent in enumerate(links, start=1):
        file = read_link(sent.link) if isinstance(sent.link, str) else sent.link
        if isinstance(file, BadLink) or (sent.student, file) not in seen:
            yield take_link(sent, taking)
        if not isinstance(file, BadLink):
            seen.add((sent.student, file))
        opening.watch("fetching notebooks", done, len(links))


def _group(history: Iterable[Submission]) -> Mapping[tuple[str, str], list[Submission]]:
    grouped: dict[tuple[str, str], list[Submission]] = {}
    for submission in history:
        if submission.evidence and submission.evidence.file:
            for student in (submission.student, ""):  # where only the file says whose it is, its id alone names it
                grouped.setdefault((student, submission.evidence.file), []).append(submission)
    return grouped
