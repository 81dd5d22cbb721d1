"""Before a class is run: what this machine lacks for it, in a sentence each."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import UserError
from grader.store.work_folder import WorkFolder

OPEN_FILES = 1024
"""Of the grader's own process. Each notebook that runs takes some 15: sockets, pipes, the server's log."""
_MIB_AT_LEAST = 300
_MIB_A_RUN = 2
"""A run's folder with pictures; the median of the course's exercises has 0.4."""
_INODES_A_RUN = 8
"""A run is a folder of four files, and its draft has as many."""
_FILE_MIB = 256
"""The largest file that the grader writes: the gradebook of some ten thousand submissions has 44 MiB."""
_NOT_BEFORE = datetime(2024, 1, 1, tzinfo=UTC)
"""A clock that was never set says 1970, or when its board was made."""


def require_room(work: WorkFolder, runs: int) -> None:
    """A UserError that names everything that is lacking for so many runs."""
    lacking = [*_limits(), *_space(work.root, runs), *_space(Path(tempfile.gettempdir()), 0), *_clock()]
    if lacking:
        raise UserError("this machine is not ready for a class", remedy="\n  ".join(dict.fromkeys(lacking)))


def _limits() -> Iterator[str]:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < OPEN_FILES:
        yield f"It allows {hard} open files, and {OPEN_FILES} are required: ulimit -n {OPEN_FILES}"
    size = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if size != resource.RLIM_INFINITY and size < _FILE_MIB << 20:
        yield f"It limits files to {size >> 20} MiB, and {_FILE_MIB} are required: ulimit -f unlimited"


def _space(folder: Path, runs: int) -> Iterator[str]:
    if not hasattr(os, "statvfs"):
        return
    found = os.statvfs(folder)
    free_mib, wanted_mib = found.f_bavail * found.f_frsize >> 20, _MIB_AT_LEAST + _MIB_A_RUN * runs
    if free_mib < wanted_mib:
        yield f"{folder} has {free_mib} MiB free, and {wanted_mib} are required: make room, or choose --work DIR."
    wanted = _INODES_A_RUN * (runs + 100)
    if found.f_files and found.f_favail < wanted:  # some file systems count none
        yield f"{folder} has room for {found.f_favail} more files, and {wanted} are required: delete some."


def _clock() -> Iterator[str]:
    now = datetime.now(UTC)
    if now < _NOT_BEFORE:
        yield f"Its clock says {now:%Y-%m-%d}: set it, since it decides who was late."
