"""A mail, from whatever mailbox: who sent it, and the notebooks and links in it. Reads no network."""

from __future__ import annotations

import email
import email.errors
import email.policy
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
from email.utils import parseaddr
from html.parser import HTMLParser

from grader.collect.links import DriveFile, find_links, read_link
from grader.files.parsing import UNREADABLE
from grader.language import Reason, _

_SHARE_NOTICE = re.compile(r"drive-shares(-dm)?-noreply@google\.com", re.IGNORECASE)
_NOTEBOOK_TYPES = frozenset({"application/x-ipynb+json", "application/vnd.google.colaboratory"})


@dataclass(frozen=True)
class Postmark:
    """What is known of a mail beside what is written in it."""

    id: str
    received: datetime
    """When a server took it in: the sender's own date proves nothing."""
    server: str
    """The host whose word on the sender is believed; empty where none is known."""
    unsure: Reason
    """What is said where it did not vouch for the sender."""
    thread: str = ""
    flags: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A mail, as far as handing in goes."""

    id: str
    thread: str
    message_id: str
    """The mail's own, which an answer names."""
    received: datetime
    address: str
    name: str
    subject: str
    notebooks: tuple[tuple[str, bytes], ...]
    links: tuple[str, ...]
    flags: tuple[Reason, ...]
    damaged: bool = False
    """Nothing of it can be read but who sent it."""


def read_mail(content: bytes, postmark: Postmark) -> Letter:
    """The letter in the bytes of a mail."""
    try:
        return _read(parse_mail(content), postmark)
    except (*UNREADABLE, email.errors.MessageError):
        return _unreadable(content, postmark)


def parse_mail(content: bytes) -> EmailMessage:
    """The mail as the standard library reads it: a header may still raise when it is looked at."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _unreadable(content: bytes, postmark: Postmark) -> Letter:
    """A mail that the standard library stumbles over: its sender is somebody to contact, and the others are read."""
    sender = re.search(rb"^From:.{0,998}?([\w.+-]{1,64}@[\w.-]{1,255})", content, re.MULTILINE | re.IGNORECASE)
    return Letter(
        id=postmark.id,
        thread=postmark.thread,
        message_id="",
        received=postmark.received,
        address=sender[1].decode() if sender else "",
        name="",
        subject="",
        notebooks=(),
        links=(),
        flags=(),
        damaged=True,
    )


def _read(message: EmailMessage, postmark: Postmark) -> Letter:
    name, address = parseaddr(header_of(message, "From"))
    is_notice = _SHARE_NOTICE.fullmatch(address) is not None
    authentic = is_authentic(message, address, postmark.server)
    if is_notice:
        # Google writes the notice; the student who shared is the one to whom an answer would go.
        name, address = parseaddr(header_of(message, "Reply-To"))
    flags = [*([] if authentic else [postmark.unsure]), *postmark.flags]
    links, quoted = _find_links(message)
    if is_notice:
        links = _links_of_notice(links)
    elif not links and quoted:
        links = quoted
        flags.append(_("The link stands only in a quoted part of the mail."))
    return Letter(
        id=postmark.id,
        thread=postmark.thread,
        message_id=header_of(message, "Message-ID"),
        received=postmark.received,
        address=address,
        name=name,
        subject=header_of(message, "Subject"),
        notebooks=tuple(_find_notebooks(message)),
        links=tuple(links),
        flags=tuple(flags),
    )


def is_authentic(message: EmailMessage, address: str, server: str) -> bool:
    """Whether the server that took the mail in found that it comes from the address's domain (RFC 8601).

    Only the topmost header is the server's: a sender can write others below it.
    """
    found = message.get_all("Authentication-Results") or [""]
    first = " ".join(str(found[0]).split())
    host, _rest, results = first.partition(";")
    if not server or host.strip().partition(" ")[0].casefold() != server:
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


def header_of(message: EmailMessage, name: str) -> str:
    """The header's text in one line; an empty text where there is none."""
    return " ".join(str(message.get(name, "")).split())
