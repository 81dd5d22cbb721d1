"""A mailbox on any server that speaks IMAP: each mail fetched once and kept as it came. Nothing there is changed.

The folder is opened for reading only, and mails are peeked at, so that none becomes read.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import shlex
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from grader.collect.mail import Letter
from grader.collect.mailboxes import MOST_BYTES, read_kept_mail
from grader.collect.private_files import refuse_readable_by_others
from grader.collect.retrying import Patience, ask
from grader.course.course import MailAccount
from grader.errors import DamagedError, UserError
from grader.files.durable import read_sealed, seal, write_file

PASSWORD = "GRADER_IMAP_PASSWORD"
"""An environment variable that stands for the file."""
PASSWORD_FILE = "imap-password"
_TIMEOUT_S = 60
_ALWAYS = "UNDELETED UNDRAFT"

Told = TypeVar("Told")


@dataclass(frozen=True)
class ImapSearch:
    """A folder of the mailbox, and what is searched there in IMAP's own words (RFC 9051, 6.4.4)."""

    folder: str
    criteria: str


def load_password(folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """The app password; a UserError where there is none, or others may read it."""
    if password := environment.get(PASSWORD, ""):
        return password
    path = folder / PASSWORD_FILE
    if not path.exists():
        raise UserError(
            "there is no password for the mailbox",
            where=str(path),
            remedy=f"Make an app password at your mail provider, and write it there: chmod 600 {path}",
        )
    refuse_readable_by_others(path)
    password = path.read_text(encoding="utf-8").strip()
    if not password:
        raise UserError("the password is empty", where=str(path), remedy="Write the app password there.")
    return password


class ImapMailbox:
    """The account's mails, asked for patiently; what is fetched stays in a folder, one file a mail."""

    def __init__(
        self, account: MailAccount, password: str, folder: Path, *, patience: Patience, tell: Callable[[str], None]
    ) -> None:
        self._account = account
        self._password = password
        self._folder = folder
        self._patience = patience
        self._tell = tell
        self._client: IMAPClient | None = None
        self._opened = ""

    def close(self) -> None:
        """Let the connection go."""
        client, self._client, self._opened = self._client, None, ""
        if client is not None:
            _hang_up(client)

    def find_letters(self, search: ImapSearch, watch: Callable[[int, int], None]) -> Iterator[Letter | str]:
        """What the search finds, or what a mail is called that is left out."""
        validity = self._open(search.folder)
        uids = self._search(search)
        for done, uid in enumerate(uids, start=1):
            # A folder that was made anew counts from 1 again: its validity is another one.
            place = f"{self._account.user}\0{self._account.imap}\0{search.folder}\0{validity}\0{uid}"
            name = f"imap-{hashlib.sha256(place.encode()).hexdigest()[:24]}"
            kept = self._recall(name) or self._fetch(search.folder, uid, name)
            if isinstance(kept, str):
                yield kept
            elif kept is not None:
                letter = read_kept_mail(base64.b64decode(kept["raw"]), name, datetime.fromisoformat(kept["received"]))
                if letter is not None:
                    yield letter
            watch(done, len(uids))

    def count(self, folder: str) -> int:
        """How many mails a folder has; none is read."""
        self._open(folder)
        return len(self._search(ImapSearch(folder, "")))

    def _open(self, folder: str) -> int:
        """Open the folder; its UIDVALIDITY."""

        def select(client: IMAPClient) -> int:
            try:
                told = client.select_folder(folder, readonly=True)
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                names = ", ".join(str(name) for _flags, _separator, name in client.list_folders())
                raise UserError(
                    f"the mailbox has no folder `{folder}`", remedy=f"Write one of these behind `imap:`: {names}."
                ) from None
            self._opened = folder
            return int(told.get(b"UIDVALIDITY", 0))

        return self._ask(select)

    def _search(self, search: ImapSearch) -> list[int]:
        criteria = f"{_ALWAYS} {search.criteria}".strip()

        def find(client: IMAPClient) -> list[int]:
            try:
                if criteria.isascii():
                    return list(client.search(criteria))
                # Other letters go as literals, one for each word.
                return list(client.search(shlex.split(criteria), "UTF-8"))
            except IMAPClientAbortError:
                raise
            except (IMAPClientError, ValueError) as error:  # ValueError: a quote that is not closed
                raise UserError(
                    f"the mailbox does not take the search `{search.criteria}`",
                    remedy="Write it in IMAP’s words, as imap:INBOX?SUBJECT hw2 SINCE 1-Aug-2024",
                ) from error

        return sorted(self._ask(find, search.folder))

    def _fetch(self, folder: str, uid: int, name: str) -> dict[str, str] | str | None:
        """The mail as it is kept; a text where it is left out, None where it is gone meanwhile."""
        told = self._ask(lambda client: client.fetch([uid], ["RFC822.SIZE"]), folder).get(uid)
        if told is None:
            return None
        if int(told.get(b"RFC822.SIZE", 0)) > MOST_BYTES:
            return f"mail {uid} of {folder} (more than {MOST_BYTES >> 20} MiB)"
        told = self._ask(lambda client: client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE"]), folder).get(uid)
        if told is None or b"BODY[]" not in told:
            return None
        received: datetime = told[b"INTERNALDATE"]
        moment = received.replace(tzinfo=UTC) if received.tzinfo is None else received.astimezone(UTC)
        kept = {"received": moment.isoformat(), "raw": base64.b64encode(told[b"BODY[]"]).decode()}
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(self._folder / f"{name}.eml.json", seal(json.dumps(kept).encode()))
        return kept

    def _recall(self, name: str) -> dict[str, str] | None:
        """A mail as it was fetched; None where it was not yet, or what is kept of it is damaged."""
        try:
            told = json.loads(read_sealed(self._folder / f"{name}.eml.json"))
        except (OSError, ValueError, DamagedError):
            return None
        return told if isinstance(told, dict) and {"raw", "received"} <= told.keys() else None

    def _ask(self, send: Callable[[IMAPClient], Told], folder: str = "") -> Told:
        """What the server answers, over a new connection where the old one is gone."""

        def try_once() -> Told:
            try:
                client = self._connect()
                if folder and self._opened != folder:
                    client.select_folder(folder, readonly=True)
                    self._opened = folder
                return send(client)
            except ssl.SSLCertVerificationError as error:
                raise UserError(
                    f"{self._account.imap} does not prove who it is: {error.verify_message}",
                    remedy="Ask whoever runs the mail server for its right name, and write it into course.toml.",
                ) from None
            except (OSError, IMAPClientAbortError) as error:
                self.close()
                raise ConnectionError(str(error)) from error

        return ask(try_once, self._patience, self._tell)

    def _connect(self) -> IMAPClient:
        if self._client is not None:
            return self._client
        account = self._account
        context = ssl.create_default_context()
        client: Any = IMAPClient(account.imap, port=account.port, ssl=True, ssl_context=context, timeout=_TIMEOUT_S)
        client.normalise_times = False
        try:
            client.login(account.user, self._password)
        except LoginError as error:
            _hang_up(client)
            if isinstance(error.__context__, IMAPClientAbortError):  # no answer is no refusal
                raise ConnectionError(str(error)) from None
            raise UserError(
                f"{account.imap} does not accept the password of {account.user}",
                remedy=f"Make an app password at your mail provider, and write it to ~/.config/grader/{PASSWORD_FILE}",
            ) from None
        except (OSError, IMAPClientAbortError):
            _hang_up(client)
            raise
        self._client = client
        return client


def _hang_up(client: IMAPClient) -> None:
    with contextlib.suppress(OSError):  # it is gone already
        client.shutdown()
