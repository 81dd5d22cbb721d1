"""Shared links: which notebook one leads to or, where it leads to none, why, and what to send instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlsplit

from grader.language import Reason, _, pgettext

HOW_TO_SHARE = _(
    "In Colab: File, Save a copy in Drive; then Share, General access, Anyone with the link; "
    "Copy link, and send that link."
)
SEND_THE_FILE = _("Or send the notebook itself: File, Download, Download .ipynb.")

_ID = re.compile(r"[A-Za-z0-9_-]{10,}")
"""Today's ids have 33 letters, old ones 28; names of pages such as `folders` are shorter than any."""
_COLAB = frozenset({"colab.research.google.com", "colab.google.com", "colab.google"})
_DRIVE = frozenset({"drive.google.com", "docs.google.com", "drive.usercontent.google.com"})
_CODE = frozenset({"github.com", "www.github.com", "raw.githubusercontent.com"})
_GIST = frozenset({"gist.github.com", "gist.githubusercontent.com"})
_VIEWERS = frozenset({"nbviewer.org", "www.nbviewer.org", "nbviewer.jupyter.org"})
_KAGGLE = frozenset({"kaggle.com", "www.kaggle.com"})
_HUGGING_FACE = frozenset({"huggingface.co", "hf.co"})
_HOSTS = _COLAB | _DRIVE | _CODE | _GIST | _VIEWERS | _KAGGLE | _HUGGING_FACE
_EDITORS = {
    "document": _("The link leads to a text document, not to a notebook."),
    "spreadsheets": _("The link leads to a spreadsheet, not to a notebook."),
    "presentation": _("The link leads to a presentation, not to a notebook."),
    "forms": _("The link leads to a form, not to a notebook."),
}
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
class WebFile:
    """A notebook that a host gives to anyone who has its address."""

    address: str

    @property
    def id(self) -> str:
        return self.address


@dataclass(frozen=True)
class BadLink:
    """A link that leads to no notebook: what it is, and what the student can do."""

    what: Reason
    remedy: Reason


def find_links(text: str) -> list[str]:
    """The links of a text that may lead to work, in their order, each once; others, as in a signature, are left."""
    found = (match.group().rstrip(".,;:!?)»”’*") for match in _FOUND.finditer(text.replace("&amp;", "&")))
    return list(dict.fromkeys(link for link in found if _is_meant(link)))


def read_link(link: str) -> DriveFile | WebFile | BadLink:
    """The notebook that a link leads to.

    >>> read_link("https://colab.research.google.com/drive/1AbCdEfGhIjKlMnOpQrStUvWxYz0123456?usp=sharing")
    DriveFile(id='1AbCdEfGhIjKlMnOpQrStUvWxYz0123456', resource_key='')
    """
    link = _unwrap(link.strip().strip("<>").replace("&amp;", "&"))
    if "://" not in link:
        link = f"https://{link}"
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").casefold()
        parts.port  # noqa: B018  # raises where it is no number
    except ValueError:
        return BadLink(_("The link is damaged: it is not an address that a browser opens."), HOW_TO_SHARE)
    if parts.scheme.casefold() not in ("http", "https"):
        return BadLink(_("The link is not an address of the web."), HOW_TO_SHARE)
    path = [unquote(part) for part in parts.path.split("/") if part]
    query = {name.casefold(): values[-1] for name, values in parse_qs(parts.query).items()}
    if host in _COLAB:
        return _read_colab(path, query, unquote(parts.fragment))
    if host in _DRIVE:
        return _read_drive(path, query, host)
    if host in _CODE:
        return _read_github(path)
    if host in _GIST:
        return _read_gist(path)
    if host in _VIEWERS:
        return _read_viewer(path)
    if host in _KAGGLE:
        return _read_kaggle(path)
    if host in _HUGGING_FACE:
        return _read_hugging_face(path)
    if host in ("localhost", "127.0.0.1"):
        return BadLink(
            _("The link leads to your own computer, where nobody else can open it."), SEND_THE_FILE + HOW_TO_SHARE
        )
    if path and path[-1].casefold().endswith(".ipynb") and parts.scheme.casefold() == "https":
        return WebFile(parts._replace(fragment="").geturl())
    return BadLink(
        _(
            "The link leads to {place}, not to a shared notebook.",
            place=host or pgettext("a link", "no place at all"),
        ),
        HOW_TO_SHARE,
    )


def _read_colab(path: list[str], query: dict[str, str], fragment: str) -> DriveFile | WebFile | BadLink:
    if "fileid=" in fragment.casefold():
        meant = re.split("fileid=", fragment, maxsplit=1, flags=re.IGNORECASE)[1]
        if "://" in meant:
            return read_link(meant)
        return _file(meant.partition("&")[0], query)
    match [part.casefold() for part in path[:1]]:
        case ["drive"] if len(path) > 1:
            return _file(path[1], query)
        case ["github"]:
            return _read_github(path[1:])
        case ["gist"]:
            return _read_gist(path[1:])
        case ["notebooks"]:
            return BadLink(
                _("The link leads to a page that Colab shows to everybody, not to your own notebook."), HOW_TO_SHARE
            )
    return BadLink(_("The link leads to Colab but names no notebook: it was copied too early."), HOW_TO_SHARE)


def _read_drive(path: list[str], query: dict[str, str], host: str) -> DriveFile | BadLink:
    path = _without_account(path)
    folded = [part.casefold() for part in path]
    if "folders" in folded or folded[:1] == ["folderview"]:
        return BadLink(
            _("The link leads to a folder, and which of its files is meant is not ours to guess."),
            _("Open the notebook itself, and send the link that its Share button copies."),
        )
    if host == "docs.google.com" and folded[:1] and folded[0] in _EDITORS:
        return BadLink(_EDITORS[folded[0]], HOW_TO_SHARE)
    if "d" in folded and folded.index("d") + 1 < len(path):
        return _file(path[folded.index("d") + 1], query)
    if "id" in query:
        return _file(query["id"], query)
    if folded[:1] == ["drive"] or not folded:
        return BadLink(_("The link leads to your own list of files, which nobody else can see."), HOW_TO_SHARE)
    return BadLink(_("The link leads to Google Drive but names no file."), HOW_TO_SHARE)


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
        return BadLink(_("The link is cut off: the name of the notebook in it is not whole."), HOW_TO_SHARE)
    return DriveFile(identity, query.get("resourcekey", ""))


_NO_FILE = _("Open the notebook itself there, and send the address that the browser shows: it ends with .ipynb.")


def _read_github(path: list[str]) -> WebFile | BadLink:
    """github.com/OWNER/REPO/blob/REF/PATH, with or without `blob`, as raw.githubusercontent.com has it."""
    owner_and_name, rest = path[:2], path[2:]
    if rest and rest[0] in ("blob", "raw", "edit"):
        rest = rest[1:]
    if rest[:2] == ["refs", "heads"]:
        rest = rest[2:]
    if len(owner_and_name) < 2 or len(rest) < 2 or not rest[-1].casefold().endswith(".ipynb"):
        return BadLink(_("The link leads to a page of GitHub, not to a notebook."), _NO_FILE)
    return _at("raw.githubusercontent.com", [*owner_and_name, *rest])


def _read_gist(path: list[str]) -> WebFile | BadLink:
    """gist.github.com/USER/ID, or in Colab USER/ID/FILE; USER may be missing."""
    place = next((n for n, part in enumerate(path) if re.fullmatch(r"[0-9a-f]{20,40}", part)), None)
    if place is None:
        return BadLink(_("The link leads to no gist."), _NO_FILE)
    file = path[-1:] if len(path) > place + 1 and path[-1].casefold().endswith(".ipynb") else []
    if place == 0:
        return _at("gist.github.com", [path[0], "raw"])
    return _at("gist.githubusercontent.com", [path[place - 1], path[place], "raw", *file])


def _read_viewer(path: list[str]) -> DriveFile | WebFile | BadLink:
    """nbviewer.org/github/…, /gist/…, and /urls/HOST/PATH: the notebook itself lies elsewhere."""
    match path[:1]:
        case ["github"]:
            return _read_github(path[1:])
        case ["gist"]:
            return _read_gist(path[1:])
        case ["url" | "urls"] if len(path) > 2:
            return read_link(f"https://{'/'.join(quote(part) for part in path[1:])}")
    return BadLink(_("The link leads to a page of nbviewer, not to a notebook."), _NO_FILE)


def _read_kaggle(path: list[str]) -> WebFile | BadLink:
    """kaggle.com/code/USER/NOTEBOOK, in old links kaggle.com/USER/NOTEBOOK."""
    user, *names = path[1:] if path[:1] == ["code"] else path
    if not names or user in ("datasets", "competitions", "models", "c"):
        return BadLink(_("The link leads to a page of Kaggle, not to a notebook."), SEND_THE_FILE)
    found = f"user_name={quote(user)}&kernel_slug={quote(names[0])}"
    return WebFile(f"https://www.kaggle.com/api/v1/kernels/pull?{found}")


def _read_hugging_face(path: list[str]) -> WebFile | BadLink:
    """huggingface.co/USER/REPO/blob/REF/PATH, with `datasets` or `spaces` before it."""
    for word in ("blob", "resolve", "raw"):
        if word in path and path[-1].casefold().endswith(".ipynb"):
            place = path.index(word)
            return _at("huggingface.co", [*path[:place], "resolve", *path[place + 1 :]])
    return BadLink(_("The link leads to a page of Hugging Face, not to a notebook."), _NO_FILE)


def _at(host: str, path: list[str]) -> WebFile:
    return WebFile(f"https://{host}/{'/'.join(quote(part) for part in path)}")


def _unwrap(link: str) -> str:
    """The address inside what mail programs wrap round one: told from its form, never by asking anybody."""
    for _time in range(_MOST_WRAPPED):
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
        parts = urlsplit(_unwrap(link if "://" in link else f"https://{link}"))
    except ValueError:
        return False
    return (parts.hostname or "").casefold() in _HOSTS or parts.path.casefold().endswith(".ipynb")
