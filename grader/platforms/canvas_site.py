"""An assignment of Canvas's, over its REST API."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from grader.errors import UserError
from grader.platforms.grade_site import PlatformStanding
from grader.platforms.handed_in import AttachedFile, PlatformSubmission
from grader.platforms.platform_http import HttpAnswer, PlatformWeb, UnsureError

_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')
_MOST_PAGES = 1000
_MOST_TURNS = 5
_MOVED = (301, 302, 303, 307, 308)
_FILE_HOSTS = (".instructure.com", ".inscloudgate.net", ".amazonaws.com")
"""Where Canvas keeps files: they are asked without our token."""
_REFUSED = {
    401: ("Canvas does not accept the token", "Make a new one in Canvas: Account, Settings, New Access Token."),
    403: ("Canvas does not allow this with your token", "Ask for the role of a teacher in that course."),
    404: (
        "Canvas has no such course or assignment, or does not show it to you",
        "Compare --at with the address there.",
    ),
}


class CanvasSite:
    """One assignment of one course."""

    overwrites = False

    def __init__(self, web: PlatformWeb, token: str, course: int, assignment: int) -> None:
        self._web = web
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._course = f"{web.url}/api/v1/courses/{course}"
        self._assignment = f"{self._course}/assignments/{assignment}"

    @functools.cached_property
    def possible(self) -> float | None:
        told = self._get(self._assignment).json("Canvas").get("points_possible")
        return float(told) if told is not None else None

    def students(self) -> Mapping[int, Sequence[str]]:
        names = ("email", "login_id", "sis_user_id", "name", "sortable_name")
        people = self._get_all(f"{self._course}/users?enrollment_type[]=student&include[]=email&per_page=100")
        return {int(one["id"]): [str(one[name]) for name in names if one.get(name)] for one in people}

    def submissions(self) -> Iterator[PlatformSubmission]:
        told = self._get_all(f"{self._assignment}/submissions?include[]=submission_history&per_page=100")
        for one in told:
            for attempt in one.get("submission_history") or [one]:
                sent = attempt.get("submitted_at")
                if sent is None:
                    continue  # Canvas has a row for each student, also for who handed in nothing
                files = [
                    AttachedFile(
                        str(file.get("display_name") or file.get("filename") or "file"),
                        int(file.get("size") or 0),
                        functools.partial(self._download, str(file["url"])),
                    )
                    for file in attempt.get("attachments") or []
                ]
                text = "\n".join(str(attempt[name]) for name in ("url", "body") if attempt.get(name))
                moment = datetime.fromisoformat(str(sent))
                yield PlatformSubmission(int(one["user_id"]), moment, False, tuple(files), text)

    def _download(self, address: str) -> bytes:
        """The file's bytes: the first host gets the token, where it is our own, and none that it sends us on to."""
        for _turn in range(_MOST_TURNS):
            headers = self._headers if self._web.is_own(address) else {}
            if not headers and not _is_file_host(address):
                host = urlsplit(address).hostname
                raise UserError(f"Canvas keeps a file on {host}, which is none of its hosts", where=self._web.url)
            answer = self._web.ask("GET", address, repeatable=True, headers=headers)
            if answer.status not in _MOVED:
                return self._refuse(answer).content
            address = urljoin(address, answer.headers.get("location", ""))
        raise UserError("Canvas sends us on and on for a file", where=self._web.url)

    def standing(self, key: int) -> PlatformStanding:
        told = self._get(f"{self._assignment}/submissions/{key}?include[]=submission_comments").json("Canvas")
        comments = told.get("submission_comments") or []
        files = [file["filename"] for one in comments for file in one.get("attachments") or []]
        score = told.get("score")
        return PlatformStanding(
            float(score) if score is not None else None,
            tuple(str(one.get("comment") or "") for one in comments),
            tuple(map(str, files)),
        )

    def grade(self, key: int, points: float, comment: str, page: tuple[str, bytes]) -> None:
        """Points, comment and page in one request, so that none of them is there without the others."""
        file = self._upload(key, *page)
        fields = [
            ("submission[posted_grade]", f"{round(points, 6):.10g}"),
            ("comment[text_comment]", comment),
            ("comment[file_ids][]", str(file)),
        ]
        address = f"{self._assignment}/submissions/{key}"
        answer = self._web.ask(
            "PUT", address, repeatable=False, fields=fields, encode_multipart=True, headers=self._headers
        )
        self._refuse(answer)

    def _upload(self, key: int, name: str, content: bytes) -> int:
        """In three steps, as Canvas has it; a file that no comment names is seen by nobody."""
        address = f"{self._assignment}/submissions/{key}/comments/files"
        fields = {"name": name, "size": str(len(content)), "content_type": "text/html"}
        begun = self._web.ask("POST", address, repeatable=True, fields=fields, headers=self._headers)
        told = self._refuse(begun).json("Canvas")
        where = str(told["upload_url"])
        if not self._web.is_own(where) and not _is_file_host(where):
            host = urlsplit(where).hostname
            raise UserError(
                f"Canvas wants the page to be uploaded to {host}, which is none of its hosts", where=self._web.url
            )
        parts = [*told.get("upload_params", {}).items(), ("file", (name, content, "text/html"))]
        try:
            stored = self._web.ask("POST", where, repeatable=False, fields=parts)
        except UnsureError:
            # Not yet in any comment: it is begun again with a new place.
            raise UnsureError from None
        if stored.status in (*_MOVED, 201) and (location := stored.headers.get("location", "")):
            stored = self._get(location)
        return int(self._refuse(stored).json("Canvas")["id"])

    def _get(self, address: str) -> HttpAnswer:
        if not self._web.is_own(address):
            host = urlsplit(address).hostname
            raise UserError(f"Canvas sends us on to {host}, which does not get the token", where=self._web.url)
        return self._refuse(self._web.ask("GET", address, repeatable=True, headers=self._headers))

    def _get_all(self, address: str) -> list[Any]:
        """All pages of a list; the next is named in the header Link."""
        found: list[Any] = []
        for _page in range(_MOST_PAGES):
            answer = self._get(address)
            found += answer.json("Canvas")
            following = _NEXT.search(answer.headers.get("link", ""))
            if following is None:
                return found
            address = following[1]
        raise UserError(f"Canvas gives more than {_MOST_PAGES} pages of one list", where=self._web.url)

    def _refuse(self, answer: HttpAnswer) -> HttpAnswer:
        if 200 <= answer.status < 300:
            return answer
        what, remedy = _REFUSED.get(
            answer.status, (f"Canvas refuses ({answer.status})", "Is the url in course.toml that of Canvas itself?")
        )
        raise UserError(what, where=self._web.url, remedy=remedy)


def _is_file_host(address: str) -> bool:
    return address.startswith("https://") and (urlsplit(address).hostname or "").endswith(_FILE_HOSTS)
