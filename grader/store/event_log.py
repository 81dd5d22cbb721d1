"""The file of the gradebook: one table of events in SQLite, which are appended and never changed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from grader.errors import DamagedError, UserError
from grader.language import _

VERSION = 1
"""Of the layout, in SQLite's `user_version`. 0 is a file from before there were events: see `migrations`."""

Kind = Literal[
    "submission", "run", "score", "decision", "extension", "late-ruling", "mark", "comment", "collection", "draft",
    "response", "exam-key", "course-grade", "pushed", "begun",
]  # fmt: skip
"""
submission, run, score     what was handed in; which run was made of it; what its findings were
decision, extension,       what a person said: of a criterion, a deadline, lateness, a mark on a scanned sheet, a known
late-ruling, mark, comment mistake
collection, draft          a source was collected to its end, with its problems; a draft was left in the mailbox
response, exam-key         what was read of a student's exam; the version of the exam that it was scored by
course-grade               a grade of the course, as it was reported
pushed                     a grade was sent to a platform and is there: the receipt
begun                      a gradebook was begun in the place of one that was lost
"""

_LAYOUT = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL,
    assignment TEXT NOT NULL, student TEXT NOT NULL, data TEXT NOT NULL, sha256 TEXT NOT NULL
);
CREATE INDEX events_by_owner ON events (kind, assignment, student);
"""
_COLUMNS = "id, at, who, kind, assignment, student, data, sha256"
_BUSY_S = 60.0
"""How long to wait for another process: it may be bringing a large transaction to a slow disk."""

RESTORE = _("Restore a backup: grader restore FILE; or put your copy of the file there.")


@dataclass(frozen=True)
class Event:
    """Something that a person said, or that the grader noted."""

    kind: Kind
    assignment: str
    student: str
    data: Any
    """Plain data: what JSON can hold."""
    who: str = ""
    """The person; empty where it was the grader."""
    at: str = ""
    """In UTC; by default the moment at which it is appended."""


class EventLog:
    """The events of a work folder. What `append` returned from is on the disk, wherever the power goes."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()
        self.close = weakref.finalize(self, connection.close)

    def append(self, events: Sequence[Event]) -> None:
        """Append events: all of them or none."""
        with self.writing():
            append(self._connection, events)

    def read(self, kind: Kind, assignment: str = "", student: str | None = None) -> list[Event]:
        """All events of a kind, or only those of one student; oldest first."""
        if student is not None:
            return self._select("kind = ? AND assignment = ? AND student = ? ORDER BY id", kind, assignment, student)
        return self._select("kind = ? AND assignment = ? ORDER BY id", kind, assignment)

    def read_all(self, kind: Kind) -> list[Event]:
        """All events of a kind, of whatever assignment; oldest first."""
        return self._select("kind = ? ORDER BY id", kind)

    def read_last(self, kind: Kind, assignment: str = "") -> list[Event]:
        """Of each student the last event of a kind, by their names."""
        last = "SELECT max(id) FROM events WHERE kind = ? AND assignment = ? GROUP BY student"
        return self._select(f"id IN ({last}) ORDER BY student", kind, assignment)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has ever been noted."""
        with self._lock, telling(self.path):
            return self._connection.execute("SELECT id FROM events LIMIT 1").fetchone() is None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """What is read and appended within is one transaction, which no other process comes between."""
        with self._lock, telling(self.path):
            if self._connection.in_transaction:
                yield
                return
            with transaction(self._connection):
                yield

    def copy_to(self, target: Path) -> None:
        """The whole file as it is at one moment, also while others write."""
        with self._lock, telling(self.path):
            copy = sqlite3.connect(target)
            try:
                self._connection.backup(copy)
                # A copy in one file: without this, opening it would need the right to write beside it.
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()

    def check(self) -> None:
        """Read everything: DamagedError where an event is not what was appended."""
        self._select("true ORDER BY id")

    def _select(self, condition: str, *values: str) -> list[Event]:
        with self._lock, telling(self.path):
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM events WHERE {condition}", values).fetchall()
        return [self._as_event(row) for row in rows]

    def _as_event(self, row: tuple[Any, ...]) -> Event:
        number, at, who, kind, assignment, student, data, sha256 = row
        if sha256 != _hash(row[:-1]):
            raise DamagedError(
                _("the gradebook is damaged: event {number} is not what was kept", number=number),
                where=str(self.path),
                remedy=RESTORE,
            )
        return Event(kind, assignment, student, json.loads(data), who, at)


def begin(connection: sqlite3.Connection) -> None:
    """Make the table in an empty file."""
    for statement in _LAYOUT.strip().split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def append(connection: sqlite3.Connection, events: Sequence[Event]) -> None:
    """Append events within a transaction."""
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
    rows = []
    for number, event in enumerate(events, start=last + 1):
        data = json.dumps(event.data)
        at = event.at or datetime.now(UTC).isoformat()
        row = (number, at, event.who, event.kind, event.assignment, event.student, data)
        rows.append((*row, _hash(row)))
    connection.executemany(f"INSERT INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _hash(row: Sequence[Any]) -> str:
    """Of all that an event says, so that a flipped bit in the file is noticed."""
    return hashlib.sha256(json.dumps(row, default=repr).encode()).hexdigest()[:16]


def connect(path: Path) -> sqlite3.Connection:
    """The file, in which nothing has been changed yet."""
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    # Text that is damaged comes out as some text, and then does not match its hash.
    connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
    return connection


def make_durable(connection: sqlite3.Connection) -> None:
    """What was committed is in the one file, survives a power cut, and is noticed where it is damaged."""
    # Not WAL: SQLite passes over a damaged log in silence, and with it over the last decisions. A journal that is
    # damaged can spoil only what was never committed. TRUNCATE syncs twice less than DELETE does.
    connection.execute("PRAGMA journal_mode = TRUNCATE")
    # The default of some builds (NORMAL) does not sync the end of a transaction.
    connection.execute("PRAGMA synchronous = FULL")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; other writers wait."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """What is wrong with the file is the user's to fix; what is wrong with a statement is ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise UserError(
            _("the gradebook cannot be used: {why}", why=str(error)),
            where=str(path),
            remedy=_("Check that this user may write there, and that there is space left."),
        ) from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:
            raise
        raise DamagedError(
            _("the gradebook cannot be read: {why}", why=str(error)), where=str(path), remedy=RESTORE
        ) from error
    except UnicodeError as error:  # SQLite's own message quotes what is damaged
        raise DamagedError(_("the gradebook cannot be read: it is damaged"), where=str(path), remedy=RESTORE) from error
