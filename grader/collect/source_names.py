"""What stands after `grader collect ASSIGNMENT`: which kind of source a text names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from grader.collect.links import BadLink, DriveFile, WebFile, read_link
from grader.collect.mailboxes import is_mailbox
from grader.errors import UserError

_LISTS = (".txt", ".csv", ".tsv")
_PREFIX = re.compile(r"^([a-z]{2,}):(?!//)(.*)$", re.DOTALL)


@dataclass(frozen=True)
class FolderSource:
    """A folder of notebooks, or one notebook."""

    path: Path


@dataclass(frozen=True)
class ArchiveSource:
    """A zip, plain or as a learning platform makes it."""

    path: Path


@dataclass(frozen=True)
class ListSource:
    """A text or CSV file of links."""

    path: Path


@dataclass(frozen=True)
class DriveSource:
    """A file or a folder on Google Drive."""

    file: DriveFile


@dataclass(frozen=True)
class LinkSource:
    """One notebook that a host gives to anyone with its link."""

    file: WebFile


@dataclass(frozen=True)
class GmailSource:
    """The mails that a search in Gmail finds."""

    query: str


@dataclass(frozen=True)
class MailboxSource:
    """An exported mailbox, one mail, or a folder of mails."""

    path: Path


@dataclass(frozen=True)
class ImapSource:
    """The mails of a folder that a search finds, in the mailbox that course.toml names."""

    folder: str
    criteria: str


@dataclass(frozen=True)
class PlatformSource:
    """An assignment on Canvas or Moodle, over its web services."""

    platform: str
    at: str
    """course/assignment, by their numbers there"""


Source = (
    FolderSource
    | ArchiveSource
    | ListSource
    | DriveSource
    | LinkSource
    | GmailSource
    | MailboxSource
    | ImapSource
    | PlatformSource
)


def parse_source(text: str) -> Source:
    """The source that a text names.

    >>> parse_source("gmail:subject:hw2")
    GmailSource(query='subject:hw2')
    """
    found = _PREFIX.match(text)
    match found.groups() if found and not Path(text).exists() else None:
        case ("drive", name):
            return _read_shared_name(name)
        case ("gmail", query):
            if not query.strip():
                raise UserError("the search after `gmail:` is empty", remedy="As in Gmail: gmail:'subject:hw2'")
            return GmailSource(query.strip())
        case ("imap", place):
            folder, _, criteria = place.partition("?")
            return ImapSource(folder.strip() or "INBOX", criteria.strip())
        case ("canvas" | "moodle" as platform, at):
            return PlatformSource(platform, at.strip())
        case (kind, _):
            raise UserError(
                f"there is no kind of source `{kind}:`",
                remedy="There are drive:ID, gmail:SEARCH, imap:FOLDER?SEARCH, canvas:COURSE/ID and moodle:COURSE/ID; "
                "and files and folders: a folder, a zip, a list of links, a mailbox.",
            )
    if re.match(r"https?://", text):
        return _read_shared_name(text)
    path = Path(text)
    suffix = path.suffix.lower()
    if path.exists() and is_mailbox(path):
        return MailboxSource(path)
    if path.is_dir() or not path.exists() or suffix == ".ipynb":
        return FolderSource(path)
    if suffix == ".zip":
        return ArchiveSource(path)
    if suffix in _LISTS:
        return ListSource(path)
    raise UserError(
        "this is no source of submissions",
        where=text,
        remedy="Name a folder, a notebook (.ipynb), a .zip, a list of links (.txt, .csv), or mails (.mbox, .eml).",
    )


def _read_shared_name(name: str) -> DriveSource | LinkSource:
    name = name.strip()
    if re.fullmatch(r"[A-Za-z0-9_-]{10,}", name):
        return DriveSource(DriveFile(name))
    if folder := re.search(r"/folders/([A-Za-z0-9_-]{10,})", name):
        return DriveSource(DriveFile(folder[1]))
    file = read_link(name)
    if isinstance(file, BadLink):
        raise UserError(
            str(file.what), where=name, remedy="Give the id: the long word in the link of a file or a folder."
        )
    return DriveSource(file) if isinstance(file, DriveFile) else LinkSource(file)
