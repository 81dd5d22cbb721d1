"""Doubles of Canvas and Moodle: real servers on loopback that behave as the public API documentation says."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "7~secret-of-the-teacher"
COURSE, ASSIGNMENT = 12, 345


@dataclass
class Attempt:
    """What a student handed in at once: name -> bytes of each file, or a text."""

    sent: datetime
    files: dict[str, bytes] = field(default_factory=dict)
    text: str = ""
    status: str = "submitted"


@dataclass
class Platform:
    """What a double holds, and what goes wrong: a list of faults, each taken by the next request that fits it."""

    kind: str
    people: list[str]
    possible: float = 10
    scores: dict[int, float] = field(default_factory=dict)
    comments: dict[int, list[tuple[str, list[str]]]] = field(default_factory=dict)
    files: dict[int, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    """(method or Moodle's function, fault)"""
    writes: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    upload_host: str = ""
    handed_in: dict[int, list[Attempt]] = field(default_factory=dict)
    blobs: dict[int, bytes] = field(default_factory=dict)
    refused: bytes = b""
    """A file that is not given out."""
    file_host: str = ""
    """Where Canvas sends on whoever wants a file; by default nowhere."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def key(self, student: str) -> int:
        return 100 + self.people.index(student)

    def hand_in(self, student: str, sent: datetime, text: str = "", status: str = "submitted", **files: bytes) -> None:
        """`hw_ipynb` stands for hw.ipynb."""
        named = {name.replace("_", "."): content for name, content in files.items()}
        self.handed_in.setdefault(self.key(student), []).append(Attempt(sent, named, text, status))

    def store(self, content: bytes) -> int:
        number = next((known for known, held in self.blobs.items() if held == content), len(self.blobs) + 1)
        self.blobs[number] = content
        return number

    @contextmanager
    def serve(self) -> Iterator[Platform]:
        handler = type("Answering", (_CANVAS_OR_MOODLE[self.kind],), {"held": self})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
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


class _Answers(BaseHTTPRequestHandler):
    held: Platform
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one packet: in two, each answer waits for an acknowledgement

    def log_message(self, *_: object) -> None:
        pass

    def fields(self) -> list[tuple[str, Any]]:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type", "")
        if not kind.startswith("multipart/"):
            return list(parse_qsl(content.decode(), keep_blank_values=True))
        mail = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + content)
        found = []
        for part in mail.get_payload():
            name = part.get_param("name", header="content-disposition")
            told = part.get_payload(decode=True)
            found.append((name, (part.get_filename(), told) if part.get_filename() else told.decode()))
        return found

    def give(self, told: Any, status: int = 200, *, cut: bool = False, **headers: str) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if cut:
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
        else:
            self.wfile.write(content)

    def fault(self, *fits: str) -> str:
        for place, (what, fault) in enumerate(self.held.faults):
            if what in fits:
                del self.held.faults[place]
                return fault
        return ""

    def give_bytes(self, content: bytes, *, cut: bool = False) -> None:
        if content == self.held.refused:
            self.give({"errors": [{"message": "no"}]}, 404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = cut

    def turn_away(self, fault: str) -> bool:
        """Whether a fault ended the request before anything was done."""
        if fault == "429":
            self.give({"errors": []}, 429, Retry_After="0")
        elif fault == "throttled":
            self.give("403 Forbidden (Rate Limit Exceeded)", 403)
        elif fault == "500":
            self.give({"errors": [{"message": "internal"}]}, 500)
        elif fault.isdigit():
            self.give({"errors": [{"message": "no"}]}, int(fault))
        else:
            return False
        return True


class _Canvas(_Answers):
    def do_GET(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        fields = self.fields()
        parts = urlsplit(self.path)
        self.held.asked.append(f"{self.command} {self.path}")
        fault = self.fault(self.command)
        if self.turn_away(fault):
            return
        if parts.path == "/upload":
            told = dict(fields)
            number = len(self.held.files) + 1
            self.held.files[number] = told["file"][0]
            self.give({}, 201, Location=f"{self.held.url}/api/v1/files/{number}")
            return
        if found := re.fullmatch(r"/files/(\d+)/download", parts.path):
            if self.held.file_host:
                self.give({}, 302, Location=f"{self.held.file_host}/{found[1]}")
            else:
                self.give_bytes(self.held.blobs[int(found[1])], cut=fault == "cut")
            return
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.give({"errors": [{"message": "Invalid access token."}]}, 401)
            return
        if found := re.fullmatch(r"/api/v1/files/(\d+)", parts.path):
            self.give({"id": int(found[1])})
            return
        if not parts.path.startswith(f"/api/v1/courses/{COURSE}/"):
            self.give({"errors": [{"message": "The specified resource does not exist."}]}, 404)
        elif parts.path.endswith("/submissions"):
            self._submissions(dict(parse_qsl(parts.query)), fault)
        elif parts.path.endswith("/users"):
            self._users(dict(parse_qsl(parts.query)))
        elif parts.path.endswith("/comments/files"):
            self.give({"upload_url": f"{self.held.upload_host or self.held.url}/upload", "upload_params": {"a": "b"}})
        elif found := re.search(r"/submissions/(\d+)$", parts.path):
            self._submission(int(found[1]), fields, fault)
        else:
            self.give({"id": ASSIGNMENT, "points_possible": self.held.possible}, cut=fault == "cut")

    def _users(self, query: dict[str, str]) -> None:
        page, size = int(query.get("page", 1)), 2 if len(self.held.people) < 10 else 100
        shown = self.held.people[(page - 1) * size : page * size]
        users = [{"id": self.held.key(one), "name": one.title(), "login_id": one} for one in shown]
        address = f"{self.held.url}{urlsplit(self.path).path}?page={page + 1}"
        more = {"Link": f'<{address}>; rel="next"'} if page * size < len(self.held.people) else {}
        self.give(users, **more)

    def _submissions(self, query: dict[str, str], fault: str) -> None:
        page, size = int(query.get("page", 1)), 2 if len(self.held.people) < 10 else 100
        shown = self.held.people[(page - 1) * size : page * size]
        rows = []
        for key in map(self.held.key, shown):
            history = [
                {
                    "user_id": key,
                    "submitted_at": attempt.sent.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "url": attempt.text if attempt.text.startswith("http") else None,
                    "body": None if attempt.text.startswith("http") else attempt.text or None,
                    "attachments": [
                        {
                            "display_name": name,
                            "size": len(content),
                            "url": f"{self.held.url}/files/{self.held.store(content)}/download?verifier=x",
                        }
                        for name, content in attempt.files.items()
                    ],
                }
                for attempt in self.held.handed_in.get(key, [])
            ]
            nothing = {"user_id": key, "submitted_at": None, "workflow_state": "unsubmitted"}
            rows.append({**(history[-1] if history else nothing), "submission_history": history or [nothing]})
        address = f"{self.held.url}{urlsplit(self.path).path}?page={page + 1}"
        more = {"Link": f'<{address}>; rel="next"'} if page * size < len(self.held.people) else {}
        self.give(rows, cut=fault == "cut", **more)

    def _submission(self, key: int, fields: list[tuple[str, Any]], fault: str) -> None:
        if self.command == "PUT":
            told = dict(fields)
            self.held.writes.append(key)
            self.held.scores[key] = float(told["submission[posted_grade]"])
            files = [self.held.files[int(told["comment[file_ids][]"])]]
            self.held.comments.setdefault(key, []).append((told["comment[text_comment]"], files))
            if fault == "done, then 500":
                self.give({"errors": []}, 500)
                return
        comments = [
            {"comment": text, "attachments": [{"filename": name} for name in files]}
            for text, files in self.held.comments.get(key, [])
        ]
        told = {"user_id": key, "score": self.held.scores.get(key), "submission_comments": comments}
        self.give(told, cut=fault == "cut")


class _Moodle(_Answers):
    """Everything with the status 200, errors too; a grade and its feedback take the place of what was there."""

    def do_POST(self) -> None:
        fields = dict(self.fields())
        function = fields.get("wsfunction", "file" if "pluginfile" in self.path else "upload")
        self.held.asked.append(f"{function} {self.path}")
        fault = self.fault(function)
        if self.turn_away(fault):
            return
        if fields.get("token", fields.get("wstoken")) != TOKEN:
            self.refuse("invalidtoken", f"Invalid token {fields.get('wstoken')}")
        elif fault == "denied":
            self.refuse("accessexception", "Access control exception")
        elif function == "file":
            self.give_bytes(self.held.blobs[int(self.path.rpartition("/")[2])], cut=fault == "cut")
        elif function == "mod_assign_get_submissions":
            rows = [self._handed_in(key) for key in map(self.held.key, self.held.people)]
            told = {"assignments": [{"assignmentid": 9, "submissions": [row for one in rows for row in one]}]}
            self.give(told, cut=fault == "cut")
        elif function == "upload":
            number = len(self.held.files) + 1
            self.held.files[number] = fields["file_1"][0]
            self.give([{"itemid": number}])
        elif function == "core_enrol_get_enrolled_users":
            people = [
                {"id": self.held.key(one), "username": one, "fullname": one.title(), "roles": [{"shortname": role}]}
                for role, one in (("student", each) for each in self.held.people)
            ]
            self.give([*people, {"id": 1, "username": "ana", "roles": [{"shortname": "editingteacher"}]}])
        elif function == "mod_assign_get_assignments":
            there = [{"id": 9, "cmid": ASSIGNMENT, "grade": self.held.possible}]
            self.give({"courses": [{"assignments": there if fields["courseids[0]"] == str(COURSE) else []}]})
        elif function == "mod_assign_get_submission_status":
            self.give(self._status(int(fields["userid"])), cut=fault == "cut")
        else:
            key = int(fields["userid"])
            self.held.writes.append(key)
            self.held.scores[key] = float(fields["grade"])
            text = f"<p>{fields['plugindata[assignfeedbackcomments_editor][text]']}</p>"
            self.held.comments[key] = [(text, [self.held.files[int(fields["plugindata[files_filemanager]"])]])]
            self.give(None, 500 if fault == "done, then 500" else 200)

    def _handed_in(self, key: int) -> list[dict[str, Any]]:
        address = f"{self.held.url}/webservice/pluginfile.php"
        attempts = self.held.handed_in.get(key, [])
        looked = [{"userid": key, "status": "new", "timemodified": 1, "plugins": [{"type": "file", "fileareas": []}]}]
        return [
            {
                "userid": key,
                "status": attempt.status,
                "timemodified": int(attempt.sent.timestamp()),
                "plugins": [
                    {
                        "type": "file",
                        "fileareas": [
                            {
                                "area": "submission_files",
                                "files": [
                                    {
                                        "filename": name,
                                        "filesize": len(content),
                                        "fileurl": f"{address}/{self.held.store(content)}",
                                    }
                                    for name, content in attempt.files.items()
                                ],
                            }
                        ],
                    },
                    {"type": "onlinetext", "editorfields": [{"name": "onlinetext", "text": attempt.text}]},
                ],
            }
            for attempt in attempts
        ] or looked

    def refuse(self, code: str, message: str) -> None:
        self.give({"exception": "moodle_exception", "errorcode": code, "message": message})

    def _status(self, key: int) -> dict[str, Any]:
        if key not in self.held.scores and key not in self.held.comments:
            return {"warnings": []}
        text, files = self.held.comments.get(key, [("", [])])[0]
        plugins = [
            {"type": "comments", "editorfields": [{"name": "comments", "text": text}]},
            {"type": "file", "fileareas": [{"files": [{"filename": name} for name in files]}]},
        ]
        return {"feedback": {"grade": {"grade": f"{self.held.scores.get(key, -1):.5f}"}, "plugins": plugins}}


_CANVAS_OR_MOODLE = {"canvas": _Canvas, "moodle": _Moodle}
