"""A double of Google: Drive v3, Gmail v1 and the token endpoint as a real server on loopback, for the real client.

It keeps the rules that matter: whom a file opens for, what readers may not see, and the shape of every refusal. The
error bodies follow those that the live API was seen to give.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

PROFESSOR = "prof@gmail.com"
NOTEBOOK = "application/vnd.google.colaboratory"
FOLDER = "application/vnd.google-apps.folder"
SHORTCUT = "application/vnd.google-apps.shortcut"
_KNOWN_FIELDS = set(
    re.findall(
        r"\w+",
        "kind id name mimeType size modifiedTime version headRevisionId md5Checksum sha256Checksum trashed owners "
        "emailAddress displayName shortcutDetails targetId targetMimeType targetResourceKey capabilities canDownload "
        "canReadRevisions canEdit resourceKey files revisions nextPageToken parents",
    )
)


@dataclass
class File:
    """A file on Drive; its states are (when, bytes), oldest first."""

    id: str
    owner: str
    states: list[tuple[datetime, bytes]]
    name: str = "hw.ipynb"
    mime: str = NOTEBOOK
    anyone: bool = True
    writers: frozenset[str] = frozenset()
    parents: tuple[str, ...] = ()
    resource_key: str = ""
    target: str = ""
    trashed: bool = False
    can_download: bool = True
    abusive: bool = False
    on_shared_drive: bool = False
    shows_owner: bool = True
    shows_md5: bool = True
    claims: datetime | None = None
    """A time that its owner wrote over the true one, as the API lets them."""

    @property
    def head(self) -> bytes:
        return self.states[-1][1]

    def revision(self, place: int = -1) -> str:
        moment, content = self.states[place]
        return hashlib.sha256(f"{self.id}{moment}".encode() + content).hexdigest()[:28]


@dataclass(frozen=True)
class RefusalError(Exception):
    """An answer that is no."""

    status: int
    reason: str
    message: str
    location: str = ""

    @property
    def body(self) -> bytes:
        item = {"domain": "global", "reason": self.reason, "message": self.message}
        if self.location:
            item |= {"location": self.location, "locationType": "parameter"}
        return json.dumps({"error": {"code": self.status, "message": self.message, "errors": [item]}}).encode()


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one answer: a status, or what happens to the bytes on their way."""

    kind: str  # a status as text, or: drop, truncate, html
    reason: str = ""
    retry_after: str = "0"


RATE = Fault("403", "userRateLimitExceeded")
TOO_MANY = Fault("429", "rateLimitExceeded")
BROKEN = Fault("500", "backendError")
HTML = Fault("html")
DROP = Fault("drop")
TRUNCATE = Fault("truncate")
EXPIRED = Fault("401", "authError")


@dataclass
class Google:
    """What the double holds, and what was asked of it."""

    files: dict[str, File] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    page_size: int = 500
    refresh_tokens: set[str] = field(default_factory=lambda: {"refresh-secret"})
    access_tokens: set[str] = field(default_factory=set)
    scopes: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    fault: Callable[[str], Fault | None] = lambda _: None
    before_answer: Callable[[str], None] = lambda _: None
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add_file(self, identity: str, owner: str, content: bytes, modified: datetime, **more: Any) -> File:
        self.files[identity] = File(identity, owner, [(modified, content)], **more)
        return self.files[identity]

    def add_mail(self, raw: bytes, received: datetime, *labels: str) -> str:
        name = hashlib.sha256(raw + str(received).encode()).hexdigest()[:16]
        self.messages[name] = {
            "id": name,
            "threadId": name,
            "labelIds": [*labels] or ["INBOX"],
            "internalDate": str(int(received.timestamp() * 1000)),
            "raw": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        }
        return name

    def fail(self, part: str, *faults: Fault) -> None:
        """The next requests for an address with this in it go wrong, one after the other."""
        waiting = list(faults)
        before = self.fault

        def choose(path: str) -> Fault | None:
            if part in path and waiting:
                return waiting.pop(0)
            return before(path)

        self.fault = choose

    @contextmanager
    def serve(self) -> Iterator[Google]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answering", (_Handler,), {"google": self}))
        server.daemon_threads = True
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    google: Google
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer("GET", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        method = self.headers.get("x-http-method-override", "POST")
        if method == "GET":
            self.path, body = f"{self.path}?{body.decode()}", b""
        self._answer(method, body)

    def log_message(self, *_: object) -> None:
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.google.clock().astimezone(UTC).replace(tzinfo=UTC), usegmt=True)

    def _answer(self, method: str, body: bytes) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        with self.google.lock:
            self.google.requests.append((method, self.path))
            fault = self.google.fault(self.path)
            self.google.before_answer(self.path)
            status, headers, content = self._make(method, parts.path, query, body, fault)
        if fault is not None and fault.kind == "drop":
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if fault is not None and fault.kind == "truncate" and len(content) > 1:
            content = content[: len(content) // 2]
            self.close_connection = True
        self.wfile.write(content)

    def _make(
        self, method: str, path: str, query: dict[str, str], body: bytes, fault: Fault | None
    ) -> tuple[int, dict[str, str], bytes]:
        if fault is not None and fault.kind == "html":
            return 503, {"content-type": "text/html", "retry-after": fault.retry_after}, b"<html>Error 503</html>"
        if fault is not None and fault.kind.isdigit():
            refusal = RefusalError(int(fault.kind), fault.reason, "It is so.")
            return refusal.status, {"content-type": "application/json", "retry-after": fault.retry_after}, refusal.body
        try:
            if path == "/token":
                return self._give_token(body)
            if path == "/auth":
                where = f"{query['redirect_uri']}?{urlencode({'code': 'code-secret', 'state': query['state']})}"
                return 302, {"location": where}, b""
            self._check_token()
            if path.startswith("/drive/v3/files"):
                return Drive(self.google, self.headers).answer(path.removeprefix("/drive/v3/files").strip("/"), query)
            if path.startswith("/gmail/v1/users/me/"):
                return self._answer_mail(method, path.removeprefix("/gmail/v1/users/me/"), query, body)
            raise RefusalError(404, "notFound", "Not Found")
        except RefusalError as refusal:
            return refusal.status, {"content-type": "application/json"}, refusal.body

    def _give_token(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        told = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
        given: dict[str, Any] = {"token_type": "Bearer", "expires_in": 3599}
        if told["grant_type"] == "authorization_code" and told.get("code") == "code-secret":
            given |= {"refresh_token": "refresh-secret", "scope": self.google.scopes}
        elif told.get("refresh_token") not in self.google.refresh_tokens:
            refused = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            return 400, {"content-type": "application/json"}, json.dumps(refused).encode()
        given["access_token"] = f"access-secret-{len(self.google.access_tokens)}"
        self.google.access_tokens.add(given["access_token"])
        return 200, {"content-type": "application/json"}, json.dumps(given).encode()

    def _check_token(self) -> None:
        if self.headers.get("authorization", "").removeprefix("Bearer ") not in self.google.access_tokens:
            raise RefusalError(401, "authError", "Request had invalid authentication credentials.")

    def _answer_mail(
        self, method: str, path: str, query: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if path == "drafts" and method == "POST":
            self.google.drafts.append(json.loads(body))
            return _as_json({"id": f"r{len(self.google.drafts)}", "message": {"id": "d"}})
        if method != "GET":
            raise RefusalError(403, "insufficientPermissions", "Insufficient Permission")
        if path == "messages":
            shown = [name for name, told in self.google.messages.items() if _matches(told, query)]
            start = int(query.get("pageToken", 0))
            end = start + min(int(query.get("maxResults", 100)), self.google.page_size)
            page: dict[str, Any] = {"resultSizeEstimate": len(shown)}
            if shown[start:end]:
                page["messages"] = [{"id": name, "threadId": name} for name in shown[start:end]]
            if end < len(shown):
                page["nextPageToken"] = str(end)
            return _as_json(page)
        name = path.removeprefix("messages/")
        if name not in self.google.messages:
            raise RefusalError(404, "notFound", "Requested entity was not found.")
        return _as_json(self.google.messages[name])


@dataclass(frozen=True)
class Drive:
    """The endpoints of Drive, as they look to the professor."""

    google: Google
    headers: Any

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if not path:
            return self._list(query)
        identity, _, rest = path.partition("/")
        file = self._open(identity, query)
        if rest.startswith("revisions"):
            return self._answer_revisions(file, rest.removeprefix("revisions").strip("/"), query)
        if query.get("alt") != "media":
            return _as_json(_mask(self._describe(file), query.get("fields", "kind,id,name,mimeType")))
        if file.mime.startswith("application/vnd.google-apps."):
            raise RefusalError(403, "fileNotDownloadable", "Only files with binary content can be downloaded.")
        if file.abusive:
            raise RefusalError(403, "cannotDownloadAbusiveFile", "This file has been identified as malware or spam.")
        if not file.can_download:
            raise RefusalError(403, "cannotDownloadFile", "This file cannot be downloaded by the user.")
        return self._send(file.head)

    def _open(self, identity: str, query: dict[str, str]) -> File:
        file = self.google.files.get(identity)
        missing = RefusalError(404, "notFound", f"File not found: {identity}.", "fileId")
        if file is None:
            raise missing
        if file.on_shared_drive and query.get("supportsAllDrives") != "true":
            raise missing
        direct = PROFESSOR in (file.owner, *file.writers)
        pairs = self.headers.get("x-goog-drive-resource-keys", "").split(",")
        keyed = not file.resource_key or f"{identity}/{file.resource_key}" in pairs
        if not direct and not (file.anyone and keyed):
            raise missing
        return file

    def _describe(self, file: File) -> dict[str, Any]:
        told: dict[str, Any] = {"kind": "drive#file", "id": file.id, "name": file.name, "mimeType": file.mime}
        told |= {"trashed": file.trashed, "parents": list(file.parents), "modifiedTime": _time(file.states[-1][0])}
        if file.claims:
            told["modifiedTime"] = _time(file.claims)
        if file.resource_key:
            told["resourceKey"] = file.resource_key
        if file.shows_owner:
            told["owners"] = [{"displayName": "A student", "emailAddress": file.owner}]
        writes = PROFESSOR in (file.owner, *file.writers)
        told["capabilities"] = {"canDownload": file.can_download, "canReadRevisions": writes, "canEdit": writes}
        if file.mime == SHORTCUT:
            told["shortcutDetails"] = {"targetId": file.target, "targetMimeType": NOTEBOOK}
        elif not file.mime.startswith("application/vnd.google-apps."):
            told |= {"size": str(len(file.head)), "headRevisionId": file.revision(), "version": str(len(file.states))}
            if file.shows_md5:
                told["md5Checksum"] = hashlib.md5(file.head, usedforsecurity=False).hexdigest()
        return told

    def _answer_revisions(self, file: File, name: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if PROFESSOR not in (file.owner, *file.writers):
            message = "The user does not have sufficient permissions for this file."
            raise RefusalError(403, "insufficientFilePermissions", message)
        states = [
            {
                "id": file.revision(place),
                "modifiedTime": _time(moment),
                "md5Checksum": hashlib.md5(content, usedforsecurity=False).hexdigest(),
            }
            for place, (moment, content) in enumerate(file.states)
        ]
        if not name:
            start = int(query.get("pageToken", 0))
            page: dict[str, Any] = {"revisions": states[start : start + 2]}
            if start + 2 < len(states):
                page["nextPageToken"] = str(start + 2)
            return _as_json(_mask(page, query.get("fields", "revisions")))
        places = [place for place, state in enumerate(states) if state["id"] == name]
        if not places:
            raise RefusalError(404, "notFound", f"Revision not found: {name}.")
        return self._send(file.states[places[0]][1])

    def _list(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        found = re.match(r"'([\w-]+)' in parents and trashed = false$", query.get("q", ""))
        if found is None:
            raise RefusalError(400, "invalid", "Invalid Value", "q")
        inside = [file for file in self.google.files.values() if found[1] in file.parents and not file.trashed]
        start = int(query.get("pageToken", 0))
        end = start + min(int(query.get("pageSize", 100)), self.google.page_size)
        page: dict[str, Any] = {"files": [self._describe(file) for file in inside[start:end]]}
        if end < len(inside):
            page["nextPageToken"] = str(end)
        return _as_json(_mask(page, query.get("fields", "files(kind,id,name,mimeType)")))

    def _send(self, content: bytes) -> tuple[int, dict[str, str], bytes]:
        wanted = re.match(r"bytes=(\d+)-(\d+)$", self.headers.get("range", ""))
        kind = {"content-type": "application/octet-stream"}
        if wanted is None:
            return 200, kind, content
        first, last = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
        if first >= len(content):
            return 416, {"content-range": f"bytes */{len(content)}"}, b""
        return 206, {**kind, "content-range": f"bytes {first}-{last}/{len(content)}"}, content[first : last + 1]


def _as_json(told: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {"content-type": "application/json; charset=UTF-8"}, json.dumps(told).encode()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _mask(told: Any, fields: str) -> Any:
    """Only the fields that were asked for, as `a,b(c,d)`; an unknown one is refused as Google does."""
    unknown = set(re.findall(r"\w+", fields)) - _KNOWN_FIELDS
    if unknown:
        raise RefusalError(400, "invalidParameter", f"Invalid field selection {min(unknown)}", "fields")
    if isinstance(told, list):
        return [_mask(one, fields) for one in told]
    masked = {}
    for name, inner in re.findall(r"(\w+)(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\))?", fields):
        if name in told:
            masked[name] = _mask(told[name], inner) if inner else told[name]
    return masked


def _matches(told: dict[str, Any], query: dict[str, str]) -> bool:
    """Whether a mail is one that the search finds: words, `subject:` and `from:`, all of which it must have."""
    if {"SPAM", "TRASH"} & set(told["labelIds"]) and query.get("includeSpamTrash") != "true":
        return False
    text = base64.urlsafe_b64decode(told["raw"] + "===").decode("utf-8", "replace").casefold()
    for word in query.get("q", "").casefold().split():
        head, _, wanted = word.rpartition(":")
        if head and re.search(rf"^{head}:.*{re.escape(wanted)}", text, re.MULTILINE) is None:
            return False
        if wanted not in text:
            return False
    return True
