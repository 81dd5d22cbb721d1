"""A backup: all that cannot be made again, in one file, as it was at one moment; and back from it."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from grader.errors import DamagedError, UserError
from grader.files.durable import DRAFT, hash_of, make_folder, sync_file, sync_folder, write_through
from grader.files.parsing import parsing
from grader.store.event_log import Event
from grader.store.migrations import is_begun, marks_before, open_log
from grader.store.work_folder import GRADEBOOK, WorkFolder

FOLDERS = ("submissions", "runs", "expected", "exams", "messages")
"""What is copied beside the gradebook. Pages are left out: `grader report` writes them anew."""

_CONTENTS = "backup.json"
_FORMAT = 1


@dataclass(frozen=True)
class Backup:
    """What went into a backup, or came out of one."""

    files: int
    mib: float
    left_out: tuple[DamagedError, ...] = ()
    """What was damaged."""


def write_backup(work: WorkFolder, target: Path) -> Backup:
    """Write the backup; another command may be at work in the folder at the same time.

    The gradebook is copied first: whatever it names was on the disk before it was noted, and is never changed after.
    """
    if target.exists():
        raise UserError("there is a file of this name", where=str(target), remedy="Choose another name.")
    if target.resolve().is_relative_to(work.root.resolve()):
        raise UserError(
            "the backup would be inside the work folder, and lost together with it",
            where=str(target),
            remedy="Choose a folder elsewhere, best on another disk.",
        )
    if not target.parent.is_dir():
        raise UserError("there is no such folder", where=str(target.parent), remedy="Make it, or choose another.")
    left_out: list[DamagedError] = []
    hashes: dict[str, str] = {}
    size = 0
    draft = target.with_name(f"{DRAFT}{target.name}")
    draft.unlink(missing_ok=True)
    try:
        # Level 1: what notebooks hold is text and pictures, of which the pictures are compressed already.
        with zipfile.ZipFile(draft, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in _contents(work, left_out):
                archive.writestr(name, content)
                hashes[name] = hash_of(content)
                size += len(content)
            told = {"format": _FORMAT, "made": datetime.now(UTC).isoformat(), "files": hashes}
            archive.writestr(_CONTENTS, json.dumps(told, indent=1))
        sync_file(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)
    return Backup(len(hashes), size / 2**20, tuple(left_out))


def _contents(work: WorkFolder, left_out: list[DamagedError]) -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory(dir=work.root, prefix=DRAFT) as folder:
        copy = Path(folder) / GRADEBOOK
        work.gradebook.log.copy_to(copy)
        yield GRADEBOOK, copy.read_bytes()
    for sha256 in work.kept:
        try:
            yield f"submissions/{sha256}.ipynb", work.submission(sha256)
        except DamagedError as error:
            left_out.append(error)
    for key in work.runs.keys:
        try:
            files = _read_run(work, key)
        except DamagedError as error:
            left_out.append(error)
            continue
        for name, content in files:
            yield f"runs/{key}/{name}", content
    for folder_name in ("expected", "exams", "messages"):
        for path in sorted((work.root / folder_name).rglob("*")):
            if path.is_file() and not path.name.startswith(DRAFT):
                yield path.relative_to(work.root).as_posix(), path.read_bytes()


def _read_run(work: WorkFolder, key: str) -> list[tuple[str, bytes]]:
    """The files of a run; read again where another command was just storing it anew."""
    try:
        return [*work.runs.read(key).items()]
    except DamagedError:
        return [*work.runs.read(key).items()]


# ---- and back -------------------------------------------------------------------------------------------------------


def restore_backup(source: Path, root: Path) -> Backup:
    """Put what a backup holds into an empty work folder: all of it, each file compared with its hash, or nothing."""
    _require_empty(root)
    make_folder(root)
    with tempfile.TemporaryDirectory(dir=root, prefix=DRAFT) as folder:
        restored = _unpack(source, Path(folder))
        # A gradebook of a later version is refused, and an older one carried over, before it takes its place.
        open_log(Path(folder) / GRADEBOOK).close()
        # The gradebook comes last: without it, the folder is refused, and not taken for an empty one.
        for name in (*FOLDERS, GRADEBOOK):
            place, target = Path(folder) / name, root / name
            if place.exists():
                if target.is_dir():
                    target.rmdir()
                place.rename(target)
                sync_folder(root)
    return restored


def _require_empty(root: Path) -> None:
    held = [name for name in FOLDERS if (root / name).is_dir() and any((root / name).iterdir())]
    if is_begun(root / GRADEBOOK):
        held.append(GRADEBOOK)
    if held:
        raise UserError(
            f"this work folder is not empty: there is {', '.join(held)}",
            where=str(root),
            remedy="Move it away, or name an empty one: grader --work DIR restore FILE. Nothing was changed.",
        )


def _unpack(source: Path, folder: Path) -> Backup:
    if not source.is_file():
        raise UserError("there is no such file", where=str(source), remedy="Name a file of `grader backup`.")
    with parsing(source, "this is not a backup, or it is damaged", _ANOTHER), zipfile.ZipFile(source) as archive:
        told = json.loads(archive.read(_CONTENTS))
        if told["format"] != _FORMAT:
            raise UserError(
                "this backup was made by a later version of the grader",
                where=str(source),
                remedy="Use that version, or a later one.",
            )
        size = 0
        for name, sha256 in told["files"].items():
            content = archive.read(name)
            if hash_of(content) != sha256 or not _is_ours(name):
                raise UserError(f"this backup is damaged: `{name}`", where=str(source), remedy=_ANOTHER)
            size += len(content)
            make_folder((folder / name).parent)
            write_through(folder / name, content, mode=0o444 if name.startswith("submissions/") else 0o666)
    for place in {(folder / name).parent for name in told["files"]}:
        sync_folder(place)
    return Backup(len(told["files"]), size / 2**20)


def _is_ours(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name == GRADEBOOK or (len(parts) > 1 and parts[0] in FOLDERS and ".." not in parts)


_ANOTHER = "Name another file of `grader backup`. Nothing was changed."


def begin_anew(root: Path, who: str) -> None:
    """Begin a gradebook beside work whose gradebook is lost: runs are found again as soon as it is collected again."""
    path = root / GRADEBOOK
    log = open_log(path)
    try:
        if not log.is_empty:
            raise UserError("this gradebook is not lost", where=str(path), remedy="There is nothing to rebuild.")
        log.append([Event("begun", "", "", {"why": "The gradebook was lost."}, who), *marks_before(root)])
    finally:
        log.close()
