"""A shared file on Google Drive: a copy of it, with all that is known of when it was changed, or why there is none."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from googleapiclient.http import MediaIoBaseDownload

from grader.collect.links import SEND_THE_FILE, BadLink, DriveFile
from grader.collect.retrying import Patience, RefusedError, ask
from grader.collect.shared_copy import NOT_SHARED, REFUSALS, SharedCopy, too_large
from grader.language import _

FIELDS = (
    "id,name,mimeType,size,modifiedTime,headRevisionId,md5Checksum,trashed,owners(emailAddress),"
    "shortcutDetails(targetId,targetResourceKey),capabilities(canDownload,canReadRevisions)"
)
CHUNK = 4 << 20
_MOST_LOOKS = 6
"""At a notebook that is being changed while it is fetched."""
_FOLDER = "application/vnd.google-apps.folder"
_SHORTCUT = "application/vnd.google-apps.shortcut"


class Drive:
    """Google Drive, asked patiently."""

    def __init__(self, service: Any, *, limit_mib: float, patience: Patience, tell: Callable[[str], None]) -> None:
        self._service = service
        self._limit_mib = limit_mib
        self._patience = patience
        self._tell = tell

    def close(self) -> None:
        """Let the connection go."""
        self._service.close()

    def look(self, file: DriveFile, known: Collection[str] = ()) -> SharedCopy | BadLink:
        """A copy that is whole: its bytes belong to one state of the file. `known` are states that need no bytes."""
        try:
            return self._look(file, known)
        except RefusedError as refused:
            return _tell_refusal(refused)

    def _look(self, file: DriveFile, known: Collection[str]) -> SharedCopy | BadLink:
        told, looked = self._describe(file)
        if told["mimeType"] == _SHORTCUT:
            details = told.get("shortcutDetails", {})
            file = DriveFile(details.get("targetId", ""), details.get("targetResourceKey", ""))
            told, looked = self._describe(file)
        for _time in range(_MOST_LOOKS):
            refusal = self._refuse(told)
            if refusal:
                return refusal
            if told.get("headRevisionId", "") in known:
                return _make_copy(told, looked, None)
            content = self._download(self._get_media(file))
            if told.get("md5Checksum") == hashlib.md5(content, usedforsecurity=False).hexdigest():
                return _make_copy(told, looked, content)
            again, later = self._describe(file)
            if "md5Checksum" not in told and again.get("headRevisionId") == told.get("headRevisionId"):
                return _make_copy(told, looked, content)
            told, looked = again, later
        return BadLink(
            _("The notebook was changed again and again while we fetched it."), _("Save it, close it, and tell us.")
        )

    def _describe(self, file: DriveFile) -> tuple[dict[str, Any], datetime | None]:
        """What Drive says of a file, and the time on Drive's own clock."""
        dates: list[str] = []
        request = self._service.files().get(fileId=file.id, fields=FIELDS, supportsAllDrives=True)
        request.add_response_callback(lambda response: dates.append(response.get("date", "")))
        told = ask(_with_key(request, file).execute, self._patience, self._tell)
        return told, parsedate_to_datetime(dates[-1]) if dates and dates[-1] else None

    def _get_media(self, file: DriveFile) -> Any:
        return _with_key(self._service.files().get_media(fileId=file.id, supportsAllDrives=True), file)

    def _refuse(self, told: dict[str, Any]) -> BadLink | None:
        if told["mimeType"] == _FOLDER:
            return BadLink(
                _("The link leads to a folder, and which of its files is meant is not ours to guess."),
                _("Open the notebook itself, and send the link that its Share button copies."),
            )
        if told["mimeType"].startswith("application/vnd.google-apps."):
            return REFUSALS["fileNotDownloadable"]
        if not told.get("capabilities", {}).get("canDownload", True):
            return REFUSALS["cannotDownloadFile"]
        size_mib = int(told.get("size", 0)) / (1 << 20)
        if size_mib > self._limit_mib:
            return too_large(self._limit_mib, size_mib)
        return None

    def _download(self, request: Any) -> bytes:
        """The bytes, in pieces; a piece that fails is asked for again, and those before it are kept."""
        buffer = io.BytesIO()
        download = MediaIoBaseDownload(buffer, request, chunksize=CHUNK)
        done = False
        while not done:
            start = buffer.tell()

            def fetch(start: int = start) -> bool:
                buffer.seek(start)
                buffer.truncate()
                return bool(download.next_chunk()[1])

            done = ask(fetch, self._patience, self._tell)
            if buffer.tell() > self._limit_mib * (1 << 20) + CHUNK:
                break  # it has grown since it was described: the next look says how large it is
        return buffer.getvalue()

    def find_revision(self, file: DriveFile, closes: datetime) -> tuple[str, datetime, bytes] | None:
        """The last state of a file before a moment, where Drive still has it and lets us see it."""
        try:
            found = [(moment, told) for told in self._revisions(file) if (moment := _time(told)) <= closes]
            if not found:
                return None
            moment, told = max(found, key=lambda one: one[0])
            request = self._service.revisions().get_media(fileId=file.id, revisionId=told["id"])
            content = self._download(_with_key(request, file))
        except RefusedError:
            return None  # readers may not see revisions, and one that is not pinned may be gone
        expected = told.get("md5Checksum")
        if expected and hashlib.md5(content, usedforsecurity=False).hexdigest() != expected:
            return None
        return str(told["id"]), moment, content

    def _revisions(self, file: DriveFile) -> Iterator[dict[str, Any]]:
        fields = "nextPageToken,revisions(id,modifiedTime,md5Checksum)"
        request = self._service.revisions().list(fileId=file.id, pageSize=1000, fields=fields)
        while request is not None:
            told = ask(_with_key(request, file).execute, self._patience, self._tell)
            yield from told.get("revisions", ())
            request = self._service.revisions().list_next(request, told)

    def list_folder(self, folder: str) -> list[DriveFile] | None:
        """The files in a folder; None where the id is not that of a folder that we can see."""
        try:
            told, _looked = self._describe(DriveFile(folder))
        except RefusedError:
            return None
        if told["mimeType"] != _FOLDER:
            return None
        found: list[DriveFile] = []
        query = f"'{folder}' in parents and trashed = false"
        request = self._service.files().list(
            q=query,
            pageSize=200,
            fields="nextPageToken,files(id,mimeType,resourceKey)",
            supportsAllDrives=True,
            includeItemsFromAllDrives=True,
            orderBy="name",
        )
        while request is not None:
            page = ask(request.execute, self._patience, self._tell)
            files = (file for file in page.get("files", ()) if file["mimeType"] != _FOLDER)
            found += [DriveFile(file["id"], file.get("resourceKey", "")) for file in files]
            request = self._service.files().list_next(request, page)
        return found


def _with_key(request: Any, file: DriveFile) -> Any:
    if file.resource_key:
        request.headers["X-Goog-Drive-Resource-Keys"] = f"{file.id}/{file.resource_key}"
    return request


def _make_copy(told: dict[str, Any], looked: datetime | None, content: bytes | None) -> SharedCopy:
    return SharedCopy(
        id=told["id"],
        name=told.get("name", ""),
        revision=told.get("headRevisionId", ""),
        modified=_time(told),
        looked=looked,
        content=content,
        owners=tuple(owner["emailAddress"] for owner in told.get("owners", ()) if owner.get("emailAddress")),
        shows_revisions=bool(told.get("capabilities", {}).get("canReadRevisions")),
        trashed=bool(told.get("trashed")),
    )


def _time(told: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(told["modifiedTime"])


def _tell_refusal(refused: RefusedError) -> BadLink:
    if refused.status == 404:
        return NOT_SHARED
    if refused.status >= 500:
        return BadLink(
            _("Google itself failed on this file again and again."), _("Collect again later.") + SEND_THE_FILE
        )
    return REFUSALS.get(
        refused.reason,
        BadLink(
            _("Google does not give the file out ({error}).", error=refused.reason or refused.status), SEND_THE_FILE
        ),
    )
