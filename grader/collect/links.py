"""Shared links: which file of Google Drive one leads to or, where it leads to none, why, and what to send instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

HOW_TO_SHARE = (
    "In Colab: File, Save a copy in Drive; then Share, General access, Anyone with the link; "
    "Copy link, and send that link."
)
SEND_THE_FILE = "Or send the notebook itself: File, Download, Download .ipynb."

_ID = re.compile(r"[A-Za-z0-9_-]{10,}")
"""Today's ids have 33 letters, old ones 28; names of pages such as `folders` are shorter than any."""
_COLAB = frozenset({"colab.research.google.com", "colab.google.com", "colab.google"})
_DRIVE = frozenset({"drive.google.com", "docs.google.com", "drive.usercontent.google.com"})
_GITHUB = frozenset({"github.com", "www.github.com", "raw.githubusercontent.com", "gist.github.com"})
_EDITORS = {"document": "text document", "spreadsheets": "spreadsheet", "presentation": "presentation", "forms": "form"}
_FOUND = re.compile(
    r"(?:https?://|(?<![\w./@-])(?=(?:colab(?:\.research)?\.google\.com|drive\.google\.com|docs\.google\.com)/))"
    r"[^\s<>\"'`|\\^{}\[\]]+",
    re.IGNORECASE,
)
_MOST_WRAPPED = 4


@dataclass(frozen=True)
class DriveFile:
    """A file on Google Drive; the resource key comes with some old links."""

    id: str
    resource_key: str = ""


@dataclass(frozen=True)
class BadLink:
    """A link that leads to no file on Drive: what it is, and what the student can do."""

    what: str
    remedy: str


def find_links(text: str) -> list[str]:
    """The links of a text that may lead to work, in their order, each once; others, as in a signature, are left."""
    found = (match.group().rstrip(".,;:!?)»”’*") for match in _FOUND.finditer(text.replace("&amp;", "&")))
    return list(dict.fromkeys(link for link in found if _is_meant(link)))


def read_link(link: str) -> DriveFile | BadLink:
    """The file that a link leads to.

    >>> read_link("https://colab.research.google.com/drive/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456?usp=sharing")
    DriveFile(id='1AbCdEfGhIjKlMnOpQrStUvWxYz0123456', resource_key='')
    """
    link = _unwrap(link.strip().strip("<>").replace("&amp;", "&"))
    if "://" not in link:
        link = f"https://{link}"
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").casefold()
    except ValueError:
        return BadLink("The link is damaged: it is not an address that a browser opens.", HOW_TO_SHARE)
    if parts.scheme.casefold() not in ("http", "https"):
        return BadLink("The link is not an address of the web.", HOW_TO_SHARE)
    path = [unquote(part) for part in parts.path.split("/") if part]
    query = {name.casefold(): values[-1] for name, values in parse_qs(parts.query).items()}
    if host in _COLAB:
        return _read_colab(path, query, unquote(parts.fragment))
    if host in _DRIVE:
        return _read_drive(path, query, host)
    if host in _GITHUB:
        return _not_drive("GitHub" if "gist" not in host else "a gist")
    if host in ("localhost", "127.0.0.1"):
        return BadLink(
            "The link leads to your own computer, where nobody else can open it.", f"{SEND_THE_FILE} {HOW_TO_SHARE}"
        )
    return BadLink(f"The link leads to {host or 'no place at all'}, not to Colab or Google Drive.", HOW_TO_SHARE)


def _read_colab(path: list[str], query: dict[str, str], fragment: str) -> DriveFile | BadLink:
    if "fileid=" in fragment.casefold():
        meant = re.split("fileid=", fragment, maxsplit=1, flags=re.IGNORECASE)[1]
        if "://" in meant:
            return read_link(meant)
        return _file(meant.partition("&")[0], query)
    match [part.casefold() for part in path[:1]]:
        case ["drive"] if len(path) > 1:
            return _file(path[1], query)
        case ["github"]:
            return _not_drive("GitHub", opened=True)
        case ["gist"]:
            return _not_drive("a gist", opened=True)
        case ["notebooks"]:
            return BadLink(
                "The link leads to a page that Colab shows to everybody, not to your own notebook.", HOW_TO_SHARE
            )
    return BadLink("The link leads to Colab but names no notebook: it was copied too early.", HOW_TO_SHARE)


def _read_drive(path: list[str], query: dict[str, str], host: str) -> DriveFile | BadLink:
    path = _without_account(path)
    folded = [part.casefold() for part in path]
    if "folders" in folded or folded[:1] == ["folderview"]:
        return BadLink(
            "The link leads to a folder, and which of its files is meant is not ours to guess.",
            "Open the notebook itself, and send the link that its Share button copies.",
        )
    if host == "docs.google.com" and folded[:1] and folded[0] in _EDITORS:
        return BadLink(f"The link leads to a {_EDITORS[folded[0]]}, not to a notebook.", HOW_TO_SHARE)
    if "d" in folded and folded.index("d") + 1 < len(path):
        return _file(path[folded.index("d") + 1], query)
    if "id" in query:
        return _file(query["id"], query)
    if folded[:1] == ["drive"] or not folded:
        return BadLink("The link leads to your own list of files, which nobody else can see.", HOW_TO_SHARE)
    return BadLink("The link leads to Google Drive but names no file.", HOW_TO_SHARE)


def _without_account(path: list[str]) -> list[str]:
    """The path without the account's number (`/u/1`) and the school's domain (`/a/example.org`)."""
    if len(path) > 1 and path[0] == "a":
        path = path[2:]
    for place in range(len(path) - 1):
        if path[place] == "u" and path[place + 1].isdigit():
            return path[:place] + path[place + 2 :]
    return path


def _file(identity: str, query: dict[str, str]) -> DriveFile | BadLink:
    if not _ID.fullmatch(identity):
        return BadLink("The link is cut off: the name of the notebook in it is not whole.", HOW_TO_SHARE)
    return DriveFile(identity, query.get("resourcekey", ""))


def _not_drive(where: str, *, opened: bool = False) -> BadLink:
    what = (
        f"The link opens a notebook from {where}, where everybody finds it" if opened else f"The link leads to {where}"
    )
    return BadLink(f"{what}: your own copy was not saved, or is not what the link leads to.", HOW_TO_SHARE)


def _unwrap(link: str) -> str:
    """The address inside what mail programs wrap round one: told from its form, never by asking anybody."""
    for _ in range(_MOST_WRAPPED):
        try:
            parts = urlsplit(link)
            host = (parts.hostname or "").casefold()
        except ValueError:
            return link
        query = parse_qs(parts.query)
        inside = ""
        if host in ("www.google.com", "google.com") and parts.path == "/url":
            inside = (query.get("q") or query.get("url") or [""])[0]
        elif host.endswith(".safelinks.protection.outlook.com"):
            inside = (query.get("url") or [""])[0]
        elif host == "urldefense.com" and (found := re.match(r".*?/v3/__(.+?)__;", link)):
            inside = found.group(1)
        if not inside:
            return link
        link = inside
    return link


def _is_meant(link: str) -> bool:
    """Whether a link leads where notebooks lie."""
    try:
        host = (urlsplit(_unwrap(link if "://" in link else f"https://{link}")).hostname or "").casefold()
    except ValueError:
        return False
    return host in _COLAB | _DRIVE | _GITHUB
