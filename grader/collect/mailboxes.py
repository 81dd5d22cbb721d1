"""Mails in files: a mailbox as Takeout, Thunderbird, Apple Mail and Outlook export it (.mbox), and single mails (.eml).

Nothing but what the files say is known of a mail. When it came is taken from the line that the last server wrote on
top, and whom that server vouched for from its `Authentication-Results`.
"""

from __future__ import annotations

import hashlib
import mailbox
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from grader.collect.collected import printable
from grader.collect.mail import Letter, Postmark, header_of, parse_mail, read_mail
from grader.errors import UserError
from grader.files.parsing import UNREADABLE, parsing
from grader.language import Reason, _

MOST_BYTES = 100 << 20
"""Of one mail: servers take 25 to 150 MB, and a notebook of 20 MiB makes a mail of 27."""

_DELETED = 0x0008
"""X-Mozilla-Status: Thunderbird keeps a deleted mail in its file until the folder is compacted."""

_OWN_LABELS = re.compile(r"\b(Sent|Drafts?|Chat)\b")
"""X-Gmail-Labels of Takeout: what we wrote ourselves, where the account's language is English."""

UNSURE = _("No server vouches for it that the mail comes from the address that it names.")
OWN_TIME = _("No server noted when the mail came: the time is the sender’s own.")
NO_TIME = _("Nothing says when the mail came: the time is that of the file.")


def is_mailbox(path: Path) -> bool:
    """Whether a path is a mailbox, a mail, or a folder of mails and no notebooks."""
    if path.is_dir():
        if (path / "mbox").is_file():
            return True  # as Apple Mail exports a mailbox
        return any(path.rglob("*.eml")) and not any(path.rglob("*.ipynb"))
    if path.suffix.lower() in (".mbox", ".eml"):
        return True
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(5) == b"From "  # Thunderbird's own files have no suffix


def read_mailbox(path: Path) -> Iterator[Letter | str]:
    """Each mail, or what a mail is called that is left out; once, however often an export holds it."""
    seen: set[str] = set()
    for place, content in _mails_in(path):
        known = hashlib.sha256(content).hexdigest()
        if known in seen:
            continue
        seen.add(known)
        if len(content) > MOST_BYTES:
            yield f"{place} (more than {MOST_BYTES >> 20} MiB)"
            continue
        moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        letter = _read(content, known[:16], moment)
        if letter is not None:
            yield letter


def call(letter: Letter) -> str:
    """A mail as people find it again in their mailbox."""
    return printable(f"“{letter.subject[:60] or 'no subject'}” of {letter.address or 'nobody'}")


def _mails_in(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir() and not (path / "mbox").is_file():
        for file in sorted(path.rglob("*.eml")):
            yield file.name, file.read_bytes()
    elif path.suffix.lower() == ".eml":
        yield path.name, path.read_bytes()
    else:
        yield from _split(path / "mbox" if path.is_dir() else path)


def _split(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        start = file.read(5)
    if start not in (b"", b"From "):
        raise UserError(
            "this is no mailbox: its first line does not begin with `From `",
            where=str(path),
            remedy="Export the folder as .mbox again, or save each mail as an .eml file.",
        )
    with (
        parsing(path, "this mailbox cannot be read", "Export the folder as .mbox again."),
        closing(mailbox.mbox(path, create=False)) as box,
    ):
        for number, key in enumerate(box.iterkeys(), start=1):
            yield f"mail {number} of {path.name}", box.get_bytes(key)


def read_kept_mail(content: bytes, name: str, received: datetime) -> Letter | None:
    """The letter in a mail of which a server tells when it came; None for what we wrote ourselves."""
    server = ""
    try:
        message = parse_mail(content)
        if _is_left(message):
            return None
        server = _server_of(message)
    except UNREADABLE:
        pass  # read_mail says so of the mail
    return read_mail(content, Postmark(id=name, received=received, server=server, unsure=UNSURE))


def _read(content: bytes, known: str, moment: datetime) -> Letter | None:
    """The letter; None for what was deleted, or we wrote ourselves."""
    server = ""
    flags: tuple[Reason, ...] = ()
    try:
        message = parse_mail(content)
        if _is_left(message):
            return None
        server = _server_of(message)
        received = _when(message.get_all("Received") or [])
        if received is None:
            received, flags = _when([f";{header_of(message, 'Date')}"]), (OWN_TIME,)
        if received is None:
            received, flags = moment, (NO_TIME,)
    except UNREADABLE:  # read_mail says so of the mail
        received = moment
    return read_mail(content, Postmark(id=known, received=received, server=server, unsure=UNSURE, flags=flags))


def _is_left(message: EmailMessage) -> bool:
    status = re.fullmatch(r"[0-9a-fA-F]{1,4}", header_of(message, "X-Mozilla-Status"))
    deleted = status is not None and bool(int(status[0], 16) & _DELETED)
    return deleted or _OWN_LABELS.search(header_of(message, "X-Gmail-Labels")) is not None


def _server_of(message: EmailMessage) -> str:
    """The host that took the mail in, where it is the one that speaks in the topmost Authentication-Results.

    A server says its name, or that of its domain, in both; Gmail has its own way.
    """
    named = str((message.get_all("Authentication-Results") or [""])[0]).partition(";")[0].split()
    host = named[0].casefold() if named else ""
    received = " ".join(str((message.get_all("Received") or [""])[0]).split())
    by = re.search(r"\bby ([\w.:-]+)", received)
    if by is None or not host:
        return ""
    if host == "mx.google.com":
        is_gmails = header_of(message, "X-GM-THRID") or re.match(r"by 2002:[\da-f:]+ with SMTP id \w+;", received)
        return host if is_gmails else ""
    taker = by[1].casefold()
    return host if taker == host or taker.endswith(f".{host}") else ""


def _when(received: list[str]) -> datetime | None:
    """The moment behind the last semicolon of the topmost line."""
    if not received:
        return None
    try:
        moment = parsedate_to_datetime(" ".join(str(received[0]).rpartition(";")[2].split()))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
