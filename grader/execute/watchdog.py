"""Looks at each kernel's whole tree of processes several times a second, and ends the one that passes a limit.

The system keeps the limits of single processes; those of a tree need a cgroup, which not every user may make, or this.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.language import N_, NOTHING, Reason, _
from grader.model import Limits

INTERVAL_S = 0.2


@dataclass(frozen=True)
class Usage:
    """What a tree of processes uses now."""

    processes: int
    memory_mib: float

    def less(self, memory_mib: float) -> Usage:
        """Without what was there before the first cell."""
        return Usage(self.processes, self.memory_mib - memory_mib)


@dataclass(frozen=True)
class Watched:
    """One kernel: its first process as numbered here, its memory before its first cell, and whom to tell."""

    pid: int
    limits: Limits
    estimated_mib: float
    measured_mib: float
    overran: Callable[[Reason], None]


class Watchdog:
    """One thread for all kernels of a fork server."""

    def __init__(self) -> None:
        self._watched: dict[str, Watched] = {}
        self._peaks: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def add(self, name: str, pid: int, limits: Limits, overran: Callable[[Reason], None]) -> None:
        """Watch the tree below this process; `overran` is called once, with the reason."""
        estimated_mib, measured_mib = estimate_usage(pid).memory_mib, measure_usage(pid).memory_mib
        with self._lock:
            self._watched[name] = Watched(pid, limits, estimated_mib, measured_mib, overran)
            self._peaks[name] = 0.0

    def measure(self, name: str) -> tuple[float, float]:
        """Processor seconds of the tree until now, and the most memory in MiB, beyond what it had at first."""
        with self._lock:
            watched, peak = self._watched.get(name), self._peaks.get(name, 0.0)
        if watched is None:
            return 0.0, peak
        now = estimate_usage(watched.pid).less(watched.estimated_mib).memory_mib
        return sum(map(_cpu_s, _tree(watched.pid))), max(peak, now)

    def waited_s(self, name: str) -> float:
        """How long the tree has waited for a processor until now: its process that waited longest, as others wait for
        that one."""
        with self._lock:
            watched = self._watched.get(name)
        return max(map(waited_s, _tree(watched.pid))) if watched is not None else 0.0

    def memory_mib(self, name: str) -> float:
        """Memory of the tree now, in MiB, beyond what it had at first; what its copies share with it counts once."""
        with self._lock:
            watched = self._watched.get(name)
        return measure_usage(watched.pid).less(watched.measured_mib).memory_mib if watched is not None else 0.0

    def remove(self, name: str) -> float:
        """No longer watch it; returns the most memory that was seen, in MiB, beyond what it had at first."""
        with self._lock:
            self._watched.pop(name, None)
            return self._peaks.pop(name, 0.0)

    def stop(self) -> None:
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(INTERVAL_S):
            with self._lock:
                watched = dict(self._watched)
            for name, one in watched.items():
                estimated = estimate_usage(one.pid).less(one.estimated_mib)
                with self._lock:
                    if name in self._peaks:
                        self._peaks[name] = max(self._peaks[name], estimated.memory_mib)
                told = _say_overrun(estimated, one.limits)
                if told:
                    told = _say_overrun(measure_usage(one.pid).less(one.measured_mib), one.limits)
                if told:
                    with self._lock:
                        self._watched.pop(name, None)
                    one.overran(told)


PAST_MEMORY = N_("all its processes together used more memory than the limit of {limit} MiB")


def _say_overrun(usage: Usage, limits: Limits) -> Reason:
    if usage.memory_mib > limits.memory_mib:
        return _(PAST_MEMORY, limit=limits.memory_mib)
    if usage.processes > limits.processes:
        return _("it started more processes than the limit of {limit}", limit=limits.processes)
    return NOTHING


def estimate_usage(pid: int) -> Usage:
    """Processes and memory of the tree, at most: a page that two processes share counts twice. It costs little."""
    pids = list(_tree(pid))
    return Usage(len(pids), sum(_resident_kib(one) for one in pids) / 1024)


def measure_usage(pid: int) -> Usage:
    """Processes and memory of the tree: proportional, so that a page shared by two processes counts once.

    The system walks through all the process's pages for that: some milliseconds in which the process cannot map memory.
    """
    pids = list(_tree(pid))
    return Usage(len(pids), sum(_memory_kib(one) for one in pids) / 1024)


def _tree(pid: int) -> Iterator[int]:
    """The process and all below it; orphans hang below the first process of their namespace."""
    yield pid
    with contextlib.suppress(OSError):  # it has ended meanwhile
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                for child in children.read_text().split():
                    yield from _tree(int(child))


_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def _cpu_s(pid: int) -> float:
    """Processor seconds of one process and of the children that it has waited for; 0 once it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS_A_SECOND  # utime, stime, cutime, cstime: proc(5)


def _memory_kib(pid: int) -> int:
    """Memory of one process that is no file's, in KiB, its part of what is shared; 0 once it has ended."""
    return _sum_of(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:", "SwapPss:"))


def _resident_kib(pid: int) -> int:
    """Memory of one process that is no file's, in KiB, with all that is shared; 0 once it has ended."""
    return _sum_of(f"/proc/{pid}/status", ("RssAnon:", "RssShmem:", "VmSwap:"))


def _sum_of(path: str, names: tuple[str, ...]) -> int:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(names))


def waited_s(pid: int) -> float:
    """How long a process was ready to run and had no processor; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
