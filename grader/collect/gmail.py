"""Gmail: the mails that a search finds, each fetched once and kept as it came; and drafts of answers, never sent."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from grader.collect.mail import Letter, Postmark, read_mail
from grader.collect.retrying import Patience, RefusedError, ask
from grader.errors import DamagedError, UserError
from grader.files.durable import read_sealed, seal, write_file
from grader.language import _

_NOT_HANDED_IN = frozenset({"SENT", "DRAFT", "CHAT"})


def read_letter(told: Mapping[str, Any]) -> Letter | None:
    """The letter in Gmail's answer (format=raw); None for what we wrote ourselves."""
    labels = set(told.get("labelIds", ()))
    if labels & _NOT_HANDED_IN:
        return None
    raw = str(told["raw"])
    flags = []
    if "SPAM" in labels:
        flags.append(_("The mail lay in the folder for spam."))
    elif "TRASH" in labels:
        flags.append(_("The mail lay in the bin."))
    postmark = Postmark(
        id=str(told["id"]),
        received=datetime.fromtimestamp(int(told["internalDate"]) / 1000, UTC),
        server="mx.google.com",
        unsure=_("Gmail could not make sure that the mail comes from the address that it names."),
        thread=str(told.get("threadId", "")),
        flags=tuple(flags),
    )
    return read_mail(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)), postmark)


class Gmail:
    """The mailbox, asked patiently; what is fetched stays in a folder, one file a mail."""

    def __init__(self, service: Any, folder: Path, *, patience: Patience, tell: Callable[[str], None]) -> None:
        self._service = service
        self._users = service.users()
        self._folder = folder
        self._patience = patience
        self._tell = tell

    def close(self) -> None:
        """Let the connection go."""
        self._service.close()

    def find_letters(self, query: str, watch: Callable[[int, int], None]) -> list[Letter]:
        """What the search finds, oldest first; students' mails land among spam, too, so nothing is left unsearched."""
        names = list(self._list(query))
        letters = []
        for done, name in enumerate(names, start=1):
            told = self._fetch(name)
            letter = read_letter(told) if told else None
            if letter is not None:
                letters.append(letter)
            watch(done, len(names))
        return sorted(letters, key=lambda letter: (letter.received, letter.id))

    def _list(self, query: str) -> Iterator[str]:
        messages = self._users.messages()
        request = messages.list(userId="me", q=query, maxResults=500, includeSpamTrash=True)
        while request is not None:
            try:
                page = ask(request.execute, self._patience, self._tell)
            except RefusedError as refused:
                raise UserError(
                    f"Gmail does not take the search `{query}` ({refused.reason or refused.status})",
                    remedy="Write it as in Gmail’s own search field: gmail:'subject:hw2 has:attachment'",
                ) from refused
            yield from (message["id"] for message in page.get("messages", ()))
            request = messages.list_next(request, page)

    def _fetch(self, name: str) -> dict[str, Any] | None:
        """The mail as Gmail gives it out; None where it was deleted for good between the search and now."""
        kept = self._recall(name)
        if kept is not None:
            return kept
        request = self._users.messages().get(userId="me", id=name, format="raw")
        try:
            told: dict[str, Any] = ask(request.execute, self._patience, self._tell)
        except RefusedError as refused:
            if refused.status == 404:
                return None
            raise UserError(
                f"Gmail does not give out a mail ({refused.reason or refused.status})",
                remedy="Collect again; what is collected is kept.",
            ) from refused
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(self._folder / f"{name}.json", seal(json.dumps(told).encode()))
        return told

    def _recall(self, name: str) -> dict[str, Any] | None:
        """A mail as it was fetched; None where it was not yet, or what is kept of it is damaged."""
        try:
            told = json.loads(read_sealed(self._folder / f"{name}.json", older=True))
        except (OSError, ValueError, DamagedError):
            return None
        return told if isinstance(told, dict) and told.get("id") == name else None

    def read_kept(self, name: str) -> Letter | None:
        """A mail that was fetched before."""
        kept = self._recall(name)
        return read_letter(kept) if kept is not None else None

    def leave_draft(
        self, to: str, subject: str, text: str, answered: Letter | None = None, *, page: tuple[str, bytes] | None = None
    ) -> None:
        """Leave a draft for a person to read, change and send, with a page (its name, its HTML). Nothing is sent."""
        message = EmailMessage()
        message["To"] = to
        message["Subject"] = subject
        if answered and answered.message_id:
            message["In-Reply-To"] = message["References"] = answered.message_id
        message.set_content(text)
        if page is not None:
            message.add_attachment(page[1], maintype="text", subtype="html", filename=page[0])
        body: dict[str, Any] = {"message": {"raw": base64.urlsafe_b64encode(bytes(message)).decode("ascii")}}
        if answered and answered.thread:
            body["message"]["threadId"] = answered.thread
        try:
            ask(self._users.drafts().create(userId="me", body=body).execute, self._patience, self._tell)
        except RefusedError as refused:
            raise UserError(
                f"Gmail does not take the draft ({refused.reason or refused.status})",
                remedy="Sign in for drafts: grader sign-in --drafts",
            ) from refused
