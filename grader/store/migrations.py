"""Opens a gradebook, whatever version wrote it: an older one is carried over, a newer one is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.errors import DamagedError, UserError
from grader.store.event_log import (
    RESTORE,
    VERSION,
    Event,
    EventLog,
    append,
    begin,
    connect,
    make_durable,
    telling,
    transaction,
)


def open_log(path: Path) -> EventLog:
    """The events of a gradebook, in the layout of this version."""
    with telling(path):
        connection = connect(path)
        try:
            if connection.execute("PRAGMA user_version").fetchone() != (VERSION,):
                _bring_up_to_date(path, connection)
            make_durable(connection)
            _require_sound(path, connection)
        except BaseException:
            connection.close()
            raise
        return EventLog(path, connection)


def is_begun(path: Path) -> bool:
    """Whether there is a file with anything in it, of whatever version."""
    return path.exists() and path.stat().st_size > 0


def _require_sound(path: Path, connection: sqlite3.Connection) -> None:
    """A page that is damaged, or rows that are gone, before anything is believed."""
    (told,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    last, count = connection.execute("SELECT coalesce(max(id), 0), count(*) FROM events").fetchone()
    if told != "ok" or last != count:
        what = told.splitlines()[-1] if told != "ok" else f"it holds {count} of {last} events"
        raise DamagedError(f"the gradebook is damaged: {what}", where=str(path), remedy=RESTORE)


def _bring_up_to_date(path: Path, connection: sqlite3.Connection) -> None:
    with transaction(connection):
        # Read again, since another process may have done it while this one waited.
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise UserError(
                f"this gradebook was written by a later version of the grader (its layout is {version}, "
                f"and this version knows {VERSION})",
                where=str(path),
                remedy="Use that version, or a later one. Nothing was changed.",
            )
        if version == VERSION:
            return
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        events = list(_events_before(path, connection, tables)) if tables else []
        if tables:
            _keep_copy(path)
        begin(connection)
        append(connection, [*events, *marks_before(path.parent)])
        for name in tables:
            connection.execute(f'DROP TABLE "{name}"')


def _keep_copy(path: Path) -> None:
    """The file as it was, for whoever goes back to the version that wrote it."""
    before, copy = sqlite3.connect(path), sqlite3.connect(path.with_suffix(".before-events.sqlite"))
    try:
        before.backup(copy)
    finally:
        before.close()
        copy.close()


# ---- from the layout of ten tables ----------------------------------------------------------------------------------

_Row = Mapping[str, Any]


def _events_before(path: Path, connection: sqlite3.Connection, tables: set[str]) -> Iterator[Event]:
    if "submissions" not in tables or tables - _TABLES.keys():
        raise UserError(
            "this is not a gradebook, but another program's file",
            where=str(path),
            remedy="Move it away, and put your gradebook there; or choose another work folder with --work DIR.",
        )
    judged = _Judged()
    for name, as_event in _TABLES.items():
        if name in tables:
            cursor = connection.execute(f"SELECT * FROM {name} ORDER BY id")
            columns = [column[0] for column in cursor.description]
            try:
                for values in cursor:
                    row = dict(zip(columns, values, strict=True))
                    if name == "scores":
                        judged.note(row)
                    event = as_event(row)
                    yield judged.bind(event) if event.kind == "decision" else event
            except (KeyError, ValueError, TypeError) as error:
                raise DamagedError(
                    f"this gradebook cannot be carried over: `{name}` has a row that cannot be read ({error})",
                    where=str(path),
                    remedy=RESTORE,
                ) from error


class _Judged:
    """What each student's work was at a time: then, no decision said what it was made on."""

    def __init__(self) -> None:
        self._scored: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def note(self, row: _Row) -> None:
        times = self._scored.setdefault((row["assignment"], row["student"]), [])
        times.append((_utc(row["scored"]), row["sha256"]))

    def bind(self, decision: Event) -> Event:
        """The decision, on the submission that had been scored last when it was made; where none is known, on all."""
        scored = self._scored.get((decision.assignment, decision.student), [])
        before = [sha256 for at, sha256 in scored if at <= decision.at]
        return replace(decision, data={**decision.data, "judged": before[-1:]})


def _utc(text: str) -> str:
    """A time as events keep it: SQLite's columns held UTC without saying so."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _submission(row: _Row) -> Event:
    data = {name: row[name] for name in ("student", "assignment", "sha256", "source", "received")}
    evidence = row.get("evidence")
    data["evidence"] = json.loads(evidence) if evidence else None
    return Event("submission", row["assignment"], row["student"], data, at=_utc(row["collected"]))


def _run(row: _Row) -> Event:
    return Event("run", row["assignment"], row["student"], {"sha256": row["sha256"], "run_key": row["run_key"]})


def _score(row: _Row) -> Event:
    findings = [{**told, "judged": [row["sha256"]]} for told in json.loads(row["findings"])]
    data = {"sha256": row["sha256"], "run_key": row["run_key"], "findings": findings}
    return Event("score", row["assignment"], row["student"], data, at=_utc(row["scored"]))


def _said(column: str, kind: Any) -> Callable[[_Row], Event]:
    """What a person said, which holds who and when."""

    def as_event(row: _Row) -> Event:
        data = json.loads(row[column])
        return Event(kind, data["assignment"], data["student"], data, data["who"], _utc(data["when"]))

    return as_event


def _collection(row: _Row) -> Event:
    data = {"source": row["source"], "problems": json.loads(row["problems"])}
    return Event("collection", row["assignment"], "", data, at=_utc(row["ended"]))


def _draft(row: _Row) -> Event:
    data = {"called": row["called"], "what": row["what"]}
    return Event("draft", row["assignment"], "", data, at=_utc(row["left"]))


def _response(row: _Row) -> Event:
    data = {"submission": json.loads(row["submission"]), "run": json.loads(row["run"])}
    return Event("response", row["assignment"], row["student"], data, at=_utc(row["added"]))


def _exam_key(row: _Row) -> Event:
    data = {"sha256": row["sha256"], "exam": row["exam"]}
    return Event("exam-key", row["assignment"], "", data, at=_utc(row["first_used"]))


def _course_grade(row: _Row) -> Event:
    return Event("course-grade", "", row["student"], json.loads(row["grade"]), at=_utc(row["reported"]))


_TABLES: Mapping[str, Callable[[_Row], Event]] = {
    "submissions": _submission,
    "runs": _run,
    "scores": _score,
    "overrides": _said("override", "decision"),
    "extensions": _said("extension", "extension"),
    "late_rulings": _said("ruling", "late-ruling"),
    "collections": _collection,
    "drafts": _draft,
    "responses": _response,
    "keys": _exam_key,
    "course_grades": _course_grade,
}
"""Scores stand before decisions, which are bound to what was scored."""


def marks_before(work: Path) -> Iterator[Event]:
    """What persons said of marks on scanned sheets, which had a file of its own for each exam."""
    for path in sorted(work.glob("exams/*/decisions.jsonl")):
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
            if line.strip():
                try:
                    data = json.loads(line)
                    yield Event("mark", path.parent.name, "", data, data["who"], _utc(data["when"]))
                except (ValueError, KeyError, TypeError, RecursionError) as error:
                    raise DamagedError(
                        "this line is no decision, or only a part of one",
                        where=f"{path}:{number}",
                        remedy="Delete the line, and say anew what it said: grader exam resolve "
                        f"{path.parent.name} lists what then waits.",
                    ) from error
