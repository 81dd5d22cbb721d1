"""A mail as Gmail keeps it: who sent it, when Gmail took it in, and the notebooks and links in it. Reads no network."""

from __future__ import annotations

import base64
import email
import email.errors
import email.policy
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any

from grader.collect.links import DriveFile, find_links, read_link
from grader.files.parsing import UNREADABLE
from grader.language import Reason, _

_SHARE_NOTICE = re.compile(r"drive-shares(-dm)?-noreply@google\.com", re.IGNORECASE)
_NOT_HANDED_IN = frozenset({"SENT", "DRAFT", "CHAT"})
_NOTEBOOK_TYPES = frozenset({"application/x-ipynb+json", "application/vnd.google.colaboratory"})


@dataclass(frozen=True)
class Letter:
    """A mail, as far as handing in goes."""

    id: str
    thread: str
    message_id: str
    """The mail's own, which an answer names."""
    received: datetime
    """When Gmail took it in: the sender's own date proves nothing."""
    address: str
    name: str
    subject: str
    notebooks: tuple[tuple[str, bytes], ...]
    links: tuple[str, ...]
    flags: tuple[Reason, ...]
    damaged: bool = False
    """Nothing of it can be read but who sent it."""


def read_letter(told: Mapping[str, Any]) -> Letter | None:
    """The letter in Gmail's answer (format=raw); None for what we wrote ourselves."""
    labels = set(told.get("labelIds", ()))
    if labels & _NOT_HANDED_IN:
        return None
    raw = str(told["raw"])
    content = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    try:
        return _read(told, labels, content)
    except (*UNREADABLE, email.errors.MessageError):
        return _unreadable(told, content)


def _unreadable(told: Mapping[str, Any], content: bytes) -> Letter:
    """A mail that the standard library stumbles over: its sender is somebody to contact, and the others are read."""
    sender = re.search(rb"^From:.{0,998}?([\w.+-]{1,64}@[\w.-]{1,255})", content, re.MULTILINE | re.IGNORECASE)
    return Letter(
        id=str(told["id"]),
        thread=str(told.get("threadId", "")),
        message_id="",
        received=datetime.fromtimestamp(int(told["internalDate"]) / 1000, UTC),
        address=sender[1].decode() if sender else "",
        name="",
        subject="",
        notebooks=(),
        links=(),
        flags=(),
        damaged=True,
    )


def _read(told: Mapping[str, Any], labels: Set[str], content: bytes) -> Letter:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    name, address = parseaddr(_header(message, "From"))
    is_notice = _SHARE_NOTICE.fullmatch(address) is not None
    authentic = is_authentic(message, address)
    flags: list[Reason] = []
    if is_notice:
        # Google writes the notice; the student who shared is the one to whom an answer would go.
        name, address = parseaddr(_header(message, "Reply-To"))
    if not authentic:
        flags.append(_("Gmail could not make sure that the mail comes from the address that it names."))
    if "SPAM" in labels:
        flags.append(_("The mail lay in the folder for spam."))
    elif "TRASH" in labels:
        flags.append(_("The mail lay in the bin."))
    links, quoted = _find_links(message)
    if is_notice:
        links = _links_of_notice(links)
    elif not links and quoted:
        links = quoted
        flags.append(_("The link stands only in a quoted part of the mail."))
    return Letter(
        id=str(told["id"]),
        thread=str(told.get("threadId", "")),
        message_id=_header(message, "Message-ID"),
        received=datetime.fromtimestamp(int(told["internalDate"]) / 1000, UTC),
        address=address,
        name=name,
        subject=_header(message, "Subject"),
        notebooks=tuple(_find_notebooks(message)),
        links=tuple(links),
        flags=tuple(flags),
    )


def is_authentic(message: EmailMessage, address: str) -> bool:
    """Whether Gmail itself found that the mail comes from the address's domain.

    Only the topmost header is Gmail's: a sender can write others below it.
    """
    found = message.get_all("Authentication-Results") or [""]
    first = " ".join(str(found[0]).split())
    host, _rest, results = first.partition(";")
    if host.strip().casefold() != "mx.google.com":
        return False
    domain = address.rpartition("@")[2].casefold()
    for result in results.split(";"):
        words = result.strip().casefold()
        named = re.search(r"header\.(?:from|i|d)=@?(?:[^\s@]+@)?([\w.-]+)", words)
        aligned = named is not None and (named[1] == domain or named[1].endswith(f".{domain}"))
        if aligned and words.startswith(("dmarc=pass", "dkim=pass")):
            return True
    return False


def _links_of_notice(links: list[str]) -> list[str]:
    """What was shared: the last link that Google's own button has; above it may stand a message with other links."""
    files = [link for link in links if isinstance(read_link(link), DriveFile)]
    buttons = [link for link in files if re.search(r"[?&]usp=sharing_e", link)]
    return (buttons or files)[-1:]


def _find_notebooks(message: EmailMessage) -> list[tuple[str, bytes]]:
    found = []
    for part in message.walk():
        name = part.get_filename() or ""
        if part.is_multipart() or not (
            name.casefold().endswith(".ipynb") or part.get_content_type() in _NOTEBOOK_TYPES
        ):
            continue
        content = part.get_payload(decode=True)
        found.append((name or "notebook.ipynb", content if isinstance(content, bytes) else b""))
    return found


def _find_links(message: EmailMessage) -> tuple[list[str], list[str]]:
    """(links that the sender wrote, links in what they quote), from the HTML or, where it has none, from the text."""
    for kind in ("html", "plain"):
        body = message.get_body((kind,))
        if body is None:
            continue
        text = _text_of(body)
        own, quoted = _split_html(text) if kind == "html" else _split_plain(text)
        links = find_links(own), [link for link in find_links(quoted) if link not in find_links(own)]
        if any(links):
            return links
    return [], []


def _text_of(part: Message) -> str:
    content = part.get_payload(decode=True)
    charset = part.get_content_charset("utf-8")
    data = content if isinstance(content, bytes) else b""
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _split_plain(text: str) -> tuple[str, str]:
    lines = text.splitlines()
    own = [line for line in lines if not line.lstrip().startswith(">")]
    return "\n".join(own), "\n".join(line.lstrip("> ") for line in lines if line.lstrip().startswith(">"))


def _split_html(text: str) -> tuple[str, str]:
    reader = _LinkReader()
    reader.feed(text)
    reader.close()
    return " \n".join(reader.own), " \n".join(reader.quoted)


class _LinkReader(HTMLParser):
    """Collects where an HTML text leads, and its words, apart for what is quoted."""

    _VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.own: list[str] = []
        self.quoted: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _target(self) -> list[str]:
        return self.quoted if any(quotes for _tag, quotes in self._open) else self.own

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag not in self._VOID:
            self._open.append((tag, tag == "blockquote" or "gmail_quote" in told.get("class", "").split()))
        if tag == "a" and told.get("href"):
            self._target.append(told["href"])

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        self._target.append(data)


def _header(message: EmailMessage, name: str) -> str:
    """The header's text in one line; an empty text where there is none."""
    return " ".join(str(message.get(name, "")).split())
