"""The work folder: everything that the grader writes, and one grader at a time that writes it."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from grader.errors import DamagedError, UserError
from grader.files.durable import DRAFT, hash_of, make_folder, write_file
from grader.language import _
from grader.store.gradebook import Gradebook
from grader.store.migrations import is_begun
from grader.store.runs import RunStore

_COLLECT = _("Collect it again from where it came, with `grader collect`; or restore a backup with `grader restore`.")
_LOST = (
    "Put your copy of it there, or move this folder away and restore a backup: grader restore FILE\n"
    "  Without one, `grader restore --rebuild` begins a new one. Then collect again: the runs are used again, and what "
    "persons decided is lost."
)


GRADEBOOK = "gradebook.sqlite"


class WorkFolder:
    """By default `.grader` in the course: the gradebook, submissions, runs, expected values and pages."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            for name in ("submissions", "runs", "expected", "reports"):
                make_folder(root / name)
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
        self._held = self._count_stored()
        """When it was opened: what comes later is not held against a gradebook that is begun later still."""

    @functools.cached_property
    def gradebook(self) -> Gradebook:
        """What is kept of this folder; refused where it is gone, though the folder holds work."""
        path = self.root / GRADEBOOK
        if self._held and not is_begun(path):
            raise UserError(
                f"the gradebook is missing, although {self._held} are kept here", where=str(path), remedy=_LOST
            )
        gradebook = Gradebook(path)
        # Submissions alone are what a collection leaves that was killed before it noted anything.
        if self._held and gradebook.log.is_empty and self.runs.keys:
            raise UserError(
                f"the gradebook is empty, although {self._held} are kept here", where=str(path), remedy=_LOST
            )
        return gradebook

    def _count_stored(self) -> str:
        """How much work is kept here, in words; empty where there is none."""
        submissions, runs = len(self.kept), len(self.runs.keys)
        return f"submissions ({submissions}) and runs ({runs})" if submissions or runs else ""

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
        """Keep what was handed in as it came; what is kept already stays, unless it is damaged."""
        try:
            self.submission(sha256)
        except DamagedError:
            write_file(self._submission(sha256), content, mode=0o444)

    @property
    def kept(self) -> list[str]:
        """The hashes of all that was handed in."""
        return sorted(path.stem for path in (self.root / "submissions").glob("*.ipynb"))

    def submission(self, sha256: str) -> bytes:
        """What was handed in; DamagedError where it is gone, or is not what came."""
        path = self._submission(sha256)
        try:
            content = path.read_bytes()
        except OSError as error:
            what = _("this submission cannot be read: {why}", why=error.strerror or "")
            raise DamagedError(what, where=str(path), remedy=_COLLECT) from error
        if hash_of(content) != sha256:
            what = _("this submission is damaged: its content does not match its hash")
            raise DamagedError(what, where=str(path), remedy=_COLLECT)
        return content

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
            self._sweep()
            with self.logged():
                yield

    def _sweep(self) -> None:
        """Take away what a killed grader had not finished writing."""
        self.runs.sweep()
        for folder in (self.root / "submissions", self.expected):
            for draft in folder.glob(f"{DRAFT}*"):
                draft.unlink()
