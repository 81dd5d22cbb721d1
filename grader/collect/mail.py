"""A mail, from whatever mailbox: who sent it, and the notebooks and links in it. Reads no network."""

from __future__ import annotations

import email
import email.errors
import email.policy
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
from email.utils import parseaddr
from html.parser import HTMLParser

from grader.collect.collected import printable
from grader.collect.links import DriveFile, find_links, read_link
from grader.collect.owners import HandedFile, find_notebooks
from grader.files.parsing import UNREADABLE
from grader.language import Reason, _

_SHARE_NOTICE = re.compile(r"drive-shares(-dm)?-noreply@google\.com", re.IGNORECASE)
_QUOTE_BEGINS = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:Original Message|Mensaje original|Forwarded message|Mensaje reenviado)[ \t]*-{2,}"
    r"|_{20,}\s+(?:From|De):.*)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""Outlook and Gmail put this above a mail that is answered or forwarded, and no `>` before its lines."""
_QUOTES = frozenset({"gmail_quote", "yahoo_quoted", "moz-forward-container"})
_QUOTES_THE_REST = frozenset({"divRplyFwdMsg", "appendonsend"})
"""Outlook's: what stands behind such an element is quoted, to the end of the mail."""
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
    others: tuple[str, ...] = ()
    """What the attached files are called that are no notebooks."""
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
    notebooks, others, authors = _find_files(message)
    strangers = sorted({author for author in authors if author.casefold() != address.casefold()})
    if strangers:
        names = printable(", ".join(strangers))
        flags.append(_("The notebook is in a forwarded mail of {address}.", address=names))
    return Letter(
        id=postmark.id,
        thread=postmark.thread,
        message_id=header_of(message, "Message-ID"),
        received=postmark.received,
        address=address,
        name=name,
        subject=header_of(message, "Subject"),
        notebooks=notebooks,
        links=tuple(links),
        flags=tuple(flags),
        others=others,
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


def _find_files(message: EmailMessage) -> tuple[tuple[tuple[str, bytes], ...], tuple[str, ...], set[str]]:
    """(attached notebooks, what other attached files are called, who wrote the forwarded mails that notebooks are in).

    Where no file has a notebook's name or type, one in a zip counts, and one that was saved as text.
    """
    found: list[tuple[str, bytes]] = []
    others: list[HandedFile] = []
    author_of: dict[str, str] = {}
    authors: set[str] = set()
    for part, author in _parts_of(message, ""):
        name = part.get_filename() or ""
        if name.casefold().endswith(".ipynb") or part.get_content_type() in _NOTEBOOK_TYPES:
            found.append((name or "notebook.ipynb", _bytes_of(part)))
            authors.add(author)
        elif name and part.get_content_disposition() == "attachment":
            others.append(HandedFile(name, functools.partial(_bytes_of, part)))
            author_of[name] = author
    if not found:
        hidden = find_notebooks(others)
        found = [(file.name, content) for file, content in hidden]
        authors = {author_of[file.path] for file, _content in hidden}
    return tuple(found), tuple(file.name for file in others), authors - {""}


def _parts_of(message: Message, author: str) -> Iterator[tuple[Message, str]]:
    """The parts that hold something, each with who wrote the forwarded mail around it; empty for the mail itself."""
    if not message.is_multipart():
        yield message, author
        return
    for part in message.get_payload():
        if not isinstance(part, Message):
            continue
        is_forwarded = message.get_content_type() == "message/rfc822"
        yield from _parts_of(part, parseaddr(header_of(part, "From"))[1] if is_forwarded else author)


def _bytes_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


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
    charset = part.get_content_charset("utf-8")
    data = _bytes_of(part)
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _split_plain(text: str) -> tuple[str, str]:
    begins = _QUOTE_BEGINS.search(text)
    text, rest = (text[: begins.start()], text[begins.start() :]) if begins else (text, "")
    lines = text.splitlines()
    own = [line for line in lines if not line.lstrip().startswith(">")]
    quoted = [line for line in lines if line.lstrip().startswith(">")] + rest.splitlines()
    return "\n".join(own), "\n".join(line.lstrip("> ") for line in quoted)


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
        self._is_rest_quoted = False

    @property
    def _target(self) -> list[str]:
        return self.quoted if self._is_rest_quoted or any(quotes for _tag, quotes in self._open) else self.own

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._is_rest_quoted |= told.get("id", "") in _QUOTES_THE_REST
        if tag not in self._VOID:
            self._open.append((tag, tag == "blockquote" or not _QUOTES.isdisjoint(told.get("class", "").split())))
        if tag == "a" and told.get("href"):
            self._target.append(told["href"])

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        self._target.append(data)


def header_of(message: Message, name: str) -> str:
    """The header's text in one line; an empty text where there is none."""
    return " ".join(str(message.get(name, "")).split())
