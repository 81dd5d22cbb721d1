"""Runs `grader` without syncing anything to the disk: what that costs is the difference.

python -m tests.bench.no_sync COMMAND …
"""

from __future__ import annotations

import os
import sqlite3

from grader.cli import main
from grader.store import migrations


def _pass_over(_: int) -> None:
    pass


def _leave_to_the_system(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = OFF")


if __name__ == "__main__":
    os.fsync = _pass_over
    migrations.make_durable = _leave_to_the_system  # type: ignore[attr-defined]
    main()
