"""An assignment of Moodle's, over its web services. Errors come as JSON with the status 200."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from grader.errors import UserError
from grader.platforms.grade_site import PlatformStanding
from grader.platforms.handed_in import AttachedFile, PlatformSubmission
from grader.platforms.platform_http import PlatformWeb

_TAG = re.compile(r"<[^>]*>")
_REFUSED = {
    "invalidtoken": ("Moodle does not accept the token", "Ask the site's administrator for a token of a web service."),
    "accessexception": (
        "the token's web service lacks a function that this needs",
        "The functions are named in: grader guide grades-by-api",
    ),
    "nopermissions": ("Moodle does not allow this with your token", "Ask for the role of a teacher in that course."),
}


class MoodleSite:
    """One assignment of one course; `module` is the id in the assignment's address there."""

    overwrites = True

    def __init__(self, web: PlatformWeb, token: str, course: int, module: int) -> None:
        self._web = web
        self._token = token
        self._course = course
        self._module = module

    @functools.cached_property
    def _assignment(self) -> Mapping[str, Any]:
        told = self._call("mod_assign_get_assignments", {"courseids[0]": self._course})
        assignments = [one for course in told["courses"] for one in course["assignments"]]
        found = next((one for one in assignments if one["cmid"] == self._module), None)
        if found is None:
            raise UserError(
                f"Moodle's course {self._course} has no assignment {self._module}, or does not show it to you",
                where=self._web.url,
                remedy="Take both numbers from the addresses there: course/view.php?id=…, mod/assign/view.php?id=….",
            )
        return dict(found)

    @property
    def possible(self) -> float | None:
        most = float(self._assignment["grade"])
        return most if most > 0 else None  # a scale has a negative number

    def students(self) -> Mapping[int, Sequence[str]]:
        people = self._call("core_enrol_get_enrolled_users", {"courseid": self._course})
        names = ("email", "username", "idnumber", "fullname")
        return {
            int(one["id"]): [str(one[name]) for name in names if one.get(name)]
            for one in people
            if any(role.get("shortname") == "student" for role in one.get("roles", []))
        }

    def submissions(self) -> Iterator[PlatformSubmission]:
        told = self._call("mod_assign_get_submissions", {"assignmentids[0]": self._assignment["id"]})
        for one in (one for assignment in told["assignments"] for one in assignment["submissions"]):
            plugins = {plugin["type"]: plugin for plugin in one.get("plugins") or []}
            files = [
                AttachedFile(
                    str(file["filename"]),
                    int(file.get("filesize") or 0),
                    functools.partial(self._download, str(file["fileurl"])),
                )
                for area in plugins.get("file", {}).get("fileareas", [])
                for file in area.get("files", [])
            ]
            text = "\n".join(field["text"] for field in plugins.get("onlinetext", {}).get("editorfields", []))
            if not files and not text.strip():
                continue  # Moodle has a row for each student who looked at the assignment
            moment = datetime.fromtimestamp(int(one["timemodified"]), UTC)
            yield PlatformSubmission(int(one["userid"]), moment, one["status"] != "submitted", tuple(files), text)

    def _download(self, address: str) -> bytes:
        """The file's bytes. The token goes in the form: in the address it would stand in logs."""
        if not self._web.is_own(address):
            raise UserError(f"Moodle keeps a file on {urlsplit(address).hostname}", where=self._web.url)
        fields = {"token": self._token}
        answer = self._web.ask("POST", address, repeatable=True, fields=fields, encode_multipart=False)
        if answer.headers.get("content-type", "").startswith("application/json") and b'"errorcode"' in answer.content:
            self._read(answer.status, answer.json("Moodle"))
        if answer.status != 200:
            self._read(answer.status, None)
        return answer.content

    def standing(self, key: int) -> PlatformStanding:
        fields = {"assignid": self._assignment["id"], "userid": key}
        feedback = self._call("mod_assign_get_submission_status", fields).get("feedback") or {}
        grade = (feedback.get("grade") or {}).get("grade")
        plugins = {plugin["type"]: plugin for plugin in feedback.get("plugins") or []}
        texts = [field["text"] for field in plugins.get("comments", {}).get("editorfields", [])]
        areas = plugins.get("file", {}).get("fileareas", [])
        points = float(grade) if grade not in (None, "") else None
        return PlatformStanding(
            None if points is not None and points < 0 else points,  # -1 is Moodle's word for none
            tuple(text for text in map(_as_text, texts) if text),
            tuple(str(file["filename"]) for area in areas for file in area.get("files", [])),
        )

    def grade(self, key: int, points: float, comment: str, page: tuple[str, bytes]) -> None:
        text = html.escape(comment).replace("\n", "<br>")
        fields = {
            "assignmentid": self._assignment["id"],
            "userid": key,
            "grade": f"{round(points, 6):.10g}",
            "attemptnumber": -1,  # the last one
            "addattempt": 0,
            "workflowstate": "",
            "applytoall": 0,
            "plugindata[assignfeedbackcomments_editor][text]": text,
            "plugindata[assignfeedbackcomments_editor][format]": 1,
            "plugindata[files_filemanager]": self._upload(*page),
        }
        self._call("mod_assign_save_grade", fields, repeatable=False)

    def _upload(self, name: str, content: bytes) -> int:
        """Into the draft area, from where saving the grade takes it."""
        fields = {"token": self._token, "filearea": "draft", "itemid": "0", "file_1": (name, content, "text/html")}
        address = f"{self._web.url}/webservice/upload.php"
        answer = self._web.ask("POST", address, repeatable=True, fields=fields)
        return int(self._read(answer.status, answer.json("Moodle"))[0]["itemid"])

    def _call(self, function: str, told: Mapping[str, object], *, repeatable: bool = True) -> Any:
        fields = {"wstoken": self._token, "wsfunction": function, "moodlewsrestformat": "json"}
        fields |= {name: str(value) for name, value in told.items()}
        address = f"{self._web.url}/webservice/rest/server.php"
        answer = self._web.ask("POST", address, repeatable=repeatable, fields=fields, encode_multipart=False)
        return self._read(answer.status, answer.json("Moodle") if answer.status == 200 else None)

    def _read(self, status: int, told: Any) -> Any:
        if status == 200 and not (isinstance(told, dict) and ("exception" in told or "error" in told)):
            return told
        code = str(told.get("errorcode", "")) if isinstance(told, dict) else str(status)
        known = re.sub(r"[^\w-]", "", code)[:40]  # never the message: it may repeat what was sent
        advice = (f"Moodle refuses ({known})", "Is the url in course.toml that of Moodle itself?")
        what, remedy = _REFUSED.get(known, advice)
        raise UserError(what, where=self._web.url, remedy=remedy)


def _as_text(told: str) -> str:
    """Moodle gives HTML, and may have cleaned it up."""
    lines = html.unescape(_TAG.sub("", re.sub(r"<br\s*/?>|</p>", "\n", told))).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()
