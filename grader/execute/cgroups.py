"""Memory and process limits of a whole tree, kept by the system: a cgroup, where one can be had.

Version 2 or 1, made by root or by a user to whom a group was delegated. Elsewhere the watchdog stands alone.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

from grader.model import Limits

ROOT = Path("/sys/fs/cgroup")
_EQUAL_SHARE = "1024"
"""The system's own default. What counts is that each submission is one group, however many sessions it starts."""

_SLACK_MIB = 64
"""What the kernel's own threads and the page tables take."""


@dataclass(frozen=True)
class Cgroup:
    """The folders of one group: one in version 2, one for each controller in version 1."""

    folders: tuple[Path, ...]

    def add(self, pid: int) -> bool:
        """Put a process, and all that it will start, into the group; False where the system refuses."""
        try:
            for folder in self.folders:
                (folder / "cgroup.procs").write_text(str(pid))
        except OSError:
            return False
        return True

    def killed_for_memory(self) -> bool:
        """Whether the system ended one of its processes because of the memory limit."""
        for folder in self.folders:
            for name in ("memory.events", "memory.oom_control"):
                with contextlib.suppress(OSError):
                    counts = dict(line.split() for line in (folder / name).read_text().splitlines())
                    if int(counts.get("oom_kill", 0)):
                        return True
        return False

    def remove(self) -> None:
        """Take the group away; its processes are gone, or will be within moments."""
        for folder in self.folders:
            for _ in range(50):
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.02)
                else:
                    break


def create(name: str, limits: Limits) -> Cgroup | None:
    """A group with the limits of a submission, or None where none can be had.

    The name begins with `grader-` and the number of this process: whoever sweeps asks whether that one lives.
    """
    # The submission's files lie in memory too.
    memory = str((limits.memory_mib + limits.disk_mib + _SLACK_MIB) << 20)
    for settings in (_version_2(name, memory, limits), _version_1(name, memory, limits)):
        group = Cgroup(tuple(settings))
        if settings and _make(group, settings):
            return group
    return None


def _make(group: Cgroup, settings: dict[Path, dict[str, str]]) -> bool:
    try:
        for folder, values in settings.items():
            folder.mkdir(parents=True)
            for key, value in values.items():
                (folder / key).write_text(value)
    except OSError:
        group.remove()
        return False
    return True


def _version_2(name: str, memory: str, limits: Limits) -> dict[Path, dict[str, str]]:
    """The settings of a group beside our own: a group that has processes cannot have groups with limits in it."""
    if not (ROOT / "cgroup.controllers").exists():
        return {}
    own = Path("/proc/self/cgroup").read_text().split("0::", 1)[-1].splitlines()[0].strip("/")
    parent = (ROOT / own).parent if own else ROOT
    folder = parent / name
    values = {"memory.max": memory, "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": str(limits.processes)}
    return {folder: values}


def _version_1(name: str, memory: str, limits: Limits) -> dict[Path, dict[str, str]]:
    found = {}
    for controller, values in (
        ("memory", {"memory.limit_in_bytes": memory}),
        ("pids", {"pids.max": str(limits.processes)}),
        ("cpu", {"cpu.shares": _EQUAL_SHARE}),
    ):
        if (ROOT / controller / "cgroup.procs").exists():
            found[ROOT / controller / name] = values
    return found


def sweep() -> None:
    """Take away empty groups of graders that were killed."""
    for folder in [*ROOT.glob("grader-*"), *ROOT.glob("*/grader-*")]:
        pid = folder.name.split("-")[1]
        if pid.isdigit() and not Path("/proc", pid).exists():
            with contextlib.suppress(OSError):
                folder.rmdir()
