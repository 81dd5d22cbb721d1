"""Fetches a notebook that anyone with the link may read, without an account: from Drive, GitHub, Gist and the like.

What comes back proves what the notebook was when we looked, and nothing of when it was written. The addresses come
from students, so an address is followed only to hosts of its own kind, and never to one inside a private network.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import re
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urljoin, urlsplit

import certifi
import urllib3
from urllib3.exceptions import HTTPError, LocationParseError

from grader.collect.collected import printable
from grader.collect.links import HOW_TO_SHARE, SEND_THE_FILE, BadLink, DriveFile, WebFile
from grader.collect.retrying import AskAgainError, Patience, ask
from grader.collect.shared_copy import NOT_SHARED, REFUSALS, SharedCopy, too_large
from grader.language import _, pgettext

ENDPOINT = "GRADER_WEB_ENDPOINT"
"""An environment variable with the address of a server on this machine that stands for all hosts, as tests have one."""

_TIMEOUT_S = 60
_MOST_REDIRECTS = 5
_PIECE = 1 << 18
_HEADERS = {"User-Agent": "dl4cv-grader (collects notebooks that students shared)", "Accept-Encoding": "identity"}

_GOOGLE = ("drive.google.com", "drive.usercontent.google.com", ".googleusercontent.com")
_GITHUB = ("github.com", "raw.githubusercontent.com", "media.githubusercontent.com", "gist.githubusercontent.com")
_KINDS = {
    "drive.usercontent.google.com": _GOOGLE,
    "raw.githubusercontent.com": _GITHUB,
    "gist.githubusercontent.com": _GITHUB,
    "gist.github.com": (*_GITHUB, "gist.github.com"),
    "huggingface.co": ("huggingface.co", ".huggingface.co", ".hf.co"),
}
"""host -> the hosts to which it may send us on; any other host may send us on to itself only."""

_ALWAYS_THERE = frozenset({*_KINDS, "www.kaggle.com"})
"""If one of these cannot be reached, our network is gone; with any other host, it may be that host alone."""
_CARRIERS = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96")))

_SIGN_IN = re.compile(r"accounts\.google\.com|ServiceLogin|/login\b|signin", re.IGNORECASE)
_QUOTA = re.compile(r"too many users|quota exceeded|download quota", re.IGNORECASE)
_CONFIRM = re.compile(r'name="(confirm|uuid)"\s+value="([\w.-]+)"')


@dataclass(frozen=True)
class _Fetched:
    """What a server answered, after all redirects."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    is_cut: bool
    """It is longer than what is read."""
    host: str


class UnknownHostError(Exception):
    """There is no host of this name."""


class Web:
    """Hosts that give a notebook to anyone with its link, asked one after the other."""

    def __init__(
        self,
        *,
        limit_mib: float,
        patience: Patience,
        tell: Callable[[str], None],
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._limit_mib = limit_mib
        self._patience = patience
        self._tell = tell
        self._double = environment.get(ENDPOINT, "").rstrip("/")

    def look(self, file: DriveFile | WebFile, known: Collection[str] = ()) -> SharedCopy | BadLink:
        """A copy of the notebook as it is now; `known` are states (hashes) whose bytes are not needed again."""
        address = _drive_address(file) if isinstance(file, DriveFile) else file.address
        fetched = self._fetch(address)
        if isinstance(fetched, _Fetched) and isinstance(file, DriveFile) and not _is_json(fetched.content):
            # A file that is too large for Google's virus scan comes with a page that asks whether we really want it.
            fields = dict(_CONFIRM.findall(fetched.content[:200_000].decode("utf-8", "replace")))
            if fields.get("confirm") and fields.get("uuid"):
                fetched = self._fetch(f"{address}&uuid={fields['uuid']}&confirm={fields['confirm']}")
        if isinstance(fetched, BadLink):
            return fetched
        refusal = self._refuse(fetched, file)
        if refusal is not None:
            return refusal
        content = _notebook_of(fetched.content)
        revision = hashlib.sha256(content).hexdigest()
        return SharedCopy(
            id=file.id,
            name=_name_of(fetched, address),
            revision=revision,
            modified=None,
            looked=_date_of(fetched),
            content=None if revision in known else content,
            owners=(),
            shows_revisions=False,
            trashed=False,
        )

    def _refuse(self, fetched: _Fetched, file: DriveFile | WebFile) -> BadLink | None:
        """Why what came is not the notebook, where that can be seen; a notebook that is none is seen later."""
        if fetched.is_cut:
            return too_large(self._limit_mib)
        is_page = not _is_json(fetched.content)
        words = fetched.content[:200_000].decode("utf-8", "replace") if is_page else ""
        if _QUOTA.search(words):
            return REFUSALS["downloadQuotaExceeded"]
        if fetched.status in (401, 403) or (is_page and _SIGN_IN.search(words)):
            return NOT_SHARED if isinstance(file, DriveFile) else _not_public(fetched.host)
        if fetched.status in (404, 410):
            return NOT_SHARED if isinstance(file, DriveFile) else _gone(fetched.host)
        if fetched.status >= 400:
            what = _("{host} answers with an error ({status}).", host=fetched.host, status=fetched.status)
            return BadLink(what, _OPEN_IT + SEND_THE_FILE)
        if is_page:
            return BadLink(
                _("The link leads to a page of {host}, not to a notebook's file.", host=fetched.host),
                _("Send the link of the file itself, which ends with .ipynb.") + SEND_THE_FILE,
            )
        return None

    def _fetch(self, address: str) -> _Fetched | BadLink:
        allowed = _KINDS.get(urlsplit(address).hostname or "")
        first = (urlsplit(address).hostname or "").casefold()
        for _time in range(_MOST_REDIRECTS):
            host = (urlsplit(address).hostname or "").casefold()
            if host == "accounts.google.com":
                return NOT_SHARED
            if host != first and not _is_among(host, allowed or (first,)):
                return BadLink(
                    _("{first} sends us on to {host}, which is not followed.", first=first, host=host), SEND_THE_FILE
                )
            refusal = self._look_before(address)
            if refusal is not None:
                return refusal
            try:
                fetched = ask(lambda address=address: self._get(address), self._patience, self._tell)  # type: ignore[misc]
            except AskAgainError as error:
                if not error.status:
                    return _unreachable(host)
                return BadLink(
                    _("{host} failed on this file again and again ({status}).", host=host, status=error.status),
                    _("Collect again later.") + SEND_THE_FILE,
                )
            if fetched.status not in (301, 302, 303, 307, 308):
                return fetched
            location = fetched.headers.get("location", "")
            try:
                address = urljoin(address, location)
                urlsplit(address).port  # noqa: B018  # raises where it is no number
            except ValueError:
                return BadLink(
                    _(
                        "{first} sends us on to {host}, which is not followed.",
                        first=first,
                        host=printable(location[:60]),
                    ),
                    SEND_THE_FILE,
                )
        return BadLink(_("{first} sends us on and on.", first=first), SEND_THE_FILE)

    def _look_before(self, address: str) -> BadLink | None:
        """Whether an address may be asked at all: https, and every address of its host in the public internet."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.scheme != "https" or parts.username is not None or parts.port not in (None, 443):
            return BadLink(
                _(
                    "The link leads to {place}, not to an https address.",
                    place=host or pgettext("a link", "no place at all"),
                ),
                SEND_THE_FILE,
            )
        try:
            addresses = [host] if self._double else [host, *_addresses(host)]
        except UnknownHostError:
            return _unreachable(host)
        if any(map(_is_private, addresses)):
            return BadLink(_("The link leads into a private network, where nobody else can open it."), SEND_THE_FILE)
        return None

    def _get(self, address: str) -> _Fetched:
        """One answer; AskAgainError or OSError where the same request may have another one later."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            with self._connect(host) as pool:
                path = f"/{host}{path}" if self._double else path
                headers = {**_HEADERS, "Host": host}
                response = pool.urlopen(
                    "GET", path, headers=headers, redirect=False, retries=False, preload_content=False
                )
                limit = int(self._limit_mib * (1 << 20))
                content = bytearray()
                for piece in response.stream(_PIECE):
                    content += piece
                    if len(content) > limit:
                        break
                is_cut = len(content) > limit
                response.close()
        except (HTTPError, LocationParseError, OSError) as error:
            if host in _ALWAYS_THERE:
                raise ConnectionError(str(error)) from error
            raise AskAgainError(0) from error  # the host's fault, or a student's typing error: never the class's
        if response.status == 429 or response.status >= 500:
            raise AskAgainError(response.status, response.headers.get("retry-after", ""))
        lower = {name.casefold(): value for name, value in response.headers.items()}
        return _Fetched(response.status, lower, bytes(content), is_cut, host)

    def _connect(self, host: str) -> urllib3.HTTPConnectionPool:
        """A connection to the very address that was looked at: a name may be another one a moment later."""
        timeout = urllib3.Timeout(_TIMEOUT_S)
        if self._double:
            parts = urlsplit(self._double)
            return urllib3.HTTPConnectionPool(parts.hostname or "", parts.port, timeout=timeout)
        address = next(iter(_addresses(host)), "")
        if not address or _is_private(address):
            raise ConnectionError(f"{host} has no address")
        return urllib3.HTTPSConnectionPool(
            address, 443, timeout=timeout, server_hostname=host, assert_hostname=host, ca_certs=certifi.where()
        )


def _drive_address(file: DriveFile) -> str:
    key = f"&resourcekey={file.resource_key}" if file.resource_key else ""
    return f"https://drive.usercontent.google.com/download?id={file.id}&export=download{key}"


def _addresses(host: str) -> list[str]:
    """Where a host is: each address once; none where nobody can be asked. UnknownHostError where there is no host."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise UnknownHostError(host) from error
    except OSError as error:
        if host not in _ALWAYS_THERE and error.errno == socket.EAI_NONAME:
            raise UnknownHostError(host) from error
        return []
    return list(dict.fromkeys(str(told[4][0]) for told in found))


def _is_private(host: str) -> bool:
    """Whether this is an address (or a name) that is not one of the public internet."""
    name = host.casefold().rstrip(".")
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    meant = [mapped] if mapped else [address, *_carried_in(address)]
    return any(one.is_multicast or not one.is_global for one in meant)


def _carried_in(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 address that a router takes out of one of IPv6: compatible, 6to4, NAT64 (RFC 4291, 3056, 6052)."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    if address.sixtofour is not None:
        return [address.sixtofour]
    carries = any(address in network for network in _CARRIERS)
    return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)] if carries else []


def _is_among(host: str, allowed: Collection[str]) -> bool:
    return any(host == one or (one.startswith(".") and host.endswith(one)) for one in allowed)


def _is_json(content: bytes) -> bool:
    return content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _notebook_of(content: bytes) -> bytes:
    """The notebook's bytes; Kaggle gives it as a text inside a table of what it knows of it."""
    if b'"blob"' not in content[:100_000] and b'"blob"' not in content[-2000:]:
        return content
    try:
        told = json.loads(content)
        source = told["blob"]["source"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return content
    return source.encode() if isinstance(source, str) and _is_json(source.encode()) else content


def _name_of(fetched: _Fetched, address: str) -> str:
    told = fetched.headers.get("content-disposition", "")
    if found := re.search(r"filename\*=(?:UTF-8|utf-8)''([^;]+)", told):
        return unquote(found[1])
    if found := re.search(r'filename="?([^";]+)"?', told):
        return found[1]
    return unquote(urlsplit(address).path.rpartition("/")[2])


def _date_of(fetched: _Fetched) -> datetime | None:
    """The moment by the server's own clock."""
    try:
        return parsedate_to_datetime(fetched.headers.get("date", ""))
    except ValueError:
        return None


_OPEN_IT = _("Open the link in a private window, and send the one that opens.")


def _unreachable(host: str) -> BadLink:
    return BadLink(_("{host} does not answer, or there is no such host.", host=host), _OPEN_IT + SEND_THE_FILE)


def _not_public(host: str) -> BadLink:
    return BadLink(
        _("{host} gives the notebook only to whom it knows: it is not public.", host=host),
        _("Make it public, and send the link again.") + SEND_THE_FILE,
    )


def _gone(host: str) -> BadLink:
    return BadLink(
        _("{host} has nothing at this address, or does not show it to everybody.", host=host),
        _OPEN_IT + HOW_TO_SHARE,
    )
