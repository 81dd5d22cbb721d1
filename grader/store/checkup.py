"""Reads everything in a work folder, and says what is damaged, and what to do."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import DamagedError, UserError
from grader.files.durable import DRAFT, read_sealed
from grader.store.work_folder import WorkFolder


@dataclass(frozen=True)
class Checkup:
    """What was read, in words, and what of it is damaged."""

    read: str
    damaged: tuple[UserError, ...]
    unverified: int = 0
    """Runs of earlier versions, which have no hashes: only what cannot be read is noticed in them."""


def check_folder(work: WorkFolder) -> Checkup:
    """Compare everything that is kept with its hash. Nothing is changed."""
    damaged: list[UserError] = []
    try:
        log = work.gradebook.log
        log.check()
        noted = {event.data["sha256"] for event in log.read_all("submission")}
        keys = {event.data["run_key"] for event in log.read_all("run")}
    except UserError as error:
        damaged.append(error)
        noted, keys = set(), set()
    noted, keys = noted | set(work.kept), keys | set(work.runs.keys)
    damaged += [*_check_each(noted, work.submission), *_check_each(keys, work.runs.load)]
    unverified = sum(work.runs.is_without_hashes(key) for key in keys)
    files = [path for path in _sealed(work) if not path.name.startswith(DRAFT)]
    for path in files:
        try:
            answers = path.suffix == ".answers"
            read_sealed(path, path.stem if answers else "", older=not answers)
        except DamagedError as error:
            damaged.append(DamagedError(error.what, where=error.where, remedy=_remedy(path)))
    read = f"{len(noted)} submissions, {len(keys)} runs, {len(files)} other files"
    return Checkup(read, tuple(damaged), unverified)


def _check_each(names: Iterable[str], read: Callable[[str], object]) -> Iterator[DamagedError]:
    for name in sorted(names):
        try:
            read(name)
        except DamagedError as error:
            yield error


def _sealed(work: WorkFolder) -> list[Path]:
    """Files that end with their own hash."""
    exams, messages = work.root / "exams", work.root / "messages"
    own = (exams.glob("*/prints/*.json"), exams.glob("*/sheets/*"), messages.glob("*.json"))
    return sorted([*work.expected.glob("*.answers"), *itertools.chain(*own)])


def _remedy(path: Path) -> str:
    if path.suffix == ".answers":
        return "Delete it: the reference is asked again."
    if path.parent.name == "messages":
        return "Nothing needs to be done: the next `grader collect` fetches this mail again."
    backup = "Restore a backup: grader restore FILE."
    return backup if path.parent.name == "prints" else f"{backup} Or delete this file, and scan the sheet again."
