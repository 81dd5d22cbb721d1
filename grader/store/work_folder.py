"""The work folder: everything that the grader writes, and one grader at a time that writes it."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from grader.errors import UserError
from grader.store.gradebook import Gradebook
from grader.store.runs import RunStore


class WorkFolder:
    """By default `.grader` in the course: the gradebook, submissions, runs, expected values and pages."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            for name in ("submissions", "runs", "expected", "reports"):
                (root / name).mkdir(parents=True, exist_ok=True)
            (root / ".gitignore").write_text("*\n", encoding="utf-8")
            (root / "lock").touch()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            where = getattr(error, "filename", None) or root
            raise UserError(
                f"the work folder cannot be written to: {reason}",
                where=str(where),
                remedy="Choose another one with --work DIR.",
            ) from error

    @functools.cached_property
    def gradebook(self) -> Gradebook:
        return Gradebook(self.root / "gradebook.sqlite")

    @property
    def runs(self) -> RunStore:
        return RunStore(self.root / "runs")

    @property
    def expected(self) -> Path:
        return self.root / "expected"

    @property
    def log(self) -> Path:
        return self.root / "grader.log"

    @property
    def course_reports(self) -> Path:
        """The pages of the course; those of an assignment lie in a folder of its name in there."""
        return self.root / "reports"

    def reports(self, assignment: str) -> Path:
        return self.root / "reports" / assignment

    def keep(self, sha256: str, content: bytes) -> None:
        """Keep what was handed in as it came."""
        path = self._submission(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".draft{os.getpid()}")
            draft.write_bytes(content)
            draft.chmod(0o444)
            draft.rename(path)

    def submission(self, sha256: str) -> bytes:
        return self._submission(sha256).read_bytes()

    def _submission(self, sha256: str) -> Path:
        return self.root / "submissions" / f"{sha256}.ipynb"

    @contextmanager
    def logged(self) -> Iterator[None]:
        """What goes wrong with us, and what libraries warn of, goes to the log: a user can do nothing about it."""
        handler = logging.FileHandler(self.log, encoding="utf-8", delay=True)
        handler.setLevel(logging.WARNING)
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)
            handler.close()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one grader writes here at a time; the lock goes with the process, however it ends."""
        # Beside the lock, since Windows lets nobody read what another process has locked.
        owner = self.root / "lock.owner"
        lock = filelock.FileLock(self.root / "lock")
        try:
            acquired = lock.acquire(blocking=False)
        except filelock.Timeout as error:
            process = owner.read_text(encoding="utf-8") if owner.exists() else "unknown"
            raise UserError(
                f"another grader is at work in this folder (process {process})",
                where=str(self.root),
                remedy="Wait until it has ended, or choose another folder with --work DIR.",
            ) from error
        with acquired:
            owner.write_text(str(os.getpid()), encoding="utf-8")
            self.runs.sweep()
            with self.logged():
                yield
