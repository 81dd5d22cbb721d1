"""An assignment of Canvas's, over its REST API."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from grader.errors import UserError
from grader.platforms.grade_site import PlatformStanding
from grader.platforms.platform_http import HttpAnswer, PlatformWeb, UnsureError

_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')
_MOST_PAGES = 1000
_FILE_HOSTS = (".instructure.com", ".inscloudgate.net", ".amazonaws.com")
"""Where Canvas has files uploaded to, without our token."""
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
        host = urlsplit(where).hostname or ""
        if not self._web.is_own(where) and not (where.startswith("https://") and host.endswith(_FILE_HOSTS)):
            raise UserError(
                f"Canvas wants the page to be uploaded to {host}, which is none of its hosts", where=self._web.url
            )
        parts = [*told.get("upload_params", {}).items(), ("file", (name, content, "text/html"))]
        try:
            stored = self._web.ask("POST", where, repeatable=False, fields=parts)
        except UnsureError:
            # Not yet in any comment: it is begun again with a new place.
            raise UnsureError from None
        if stored.status in (301, 302, 303, 307, 308, 201) and (location := stored.headers.get("location", "")):
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
