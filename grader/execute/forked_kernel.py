"""One forked kernel as it is seen from here: where its sockets are, what it asked for in vain, how it ended."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.language import Reason

ACCEPT_S = 60.0

_RECORD_BYTES = 1 << 16
_MOST_MISSING, _LONGEST_MISSING = 50, 300

KILL, CPU_LIMIT = 9, 24
"""Signals as Linux numbers them, where kernels are forked: Windows has no names for them."""

PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
"""Over unix sockets a port is the last part of a file's name."""


class ServerError(RuntimeError):
    """The fork server did not do what it was asked: the grader's failure."""


@dataclass(frozen=True)
class Ending:
    """How a kernel's process ended, and what it used. `status` as of subprocess: negative for a signal."""

    status: int
    cpu_s: float
    memory_mib: float


@dataclass(frozen=True)
class Used:
    """What a kernel and all that it started have used so far."""

    cpu_s: float
    memory_mib: float


@dataclass(frozen=True)
class Fork:
    """One kernel: its folder, where its sockets are from here and as it sees them, and how it ended once it has."""

    name: str
    folder: Path
    address: Mapping[str, Any]
    inner_address: Mapping[str, Any]
    listener: socket.socket
    record: int
    """the end of a pipe at which it notes what it asked for in vain"""
    server_log: Path | None = None
    gpu: int | None = None
    accept_s: float = ACCEPT_S
    ended: concurrent.futures.Future[Ending] = field(default_factory=concurrent.futures.Future)
    started: concurrent.futures.Future[str] = field(default_factory=concurrent.futures.Future)
    overran: concurrent.futures.Future[Reason] = field(default_factory=concurrent.futures.Future)
    """A sentence that names the limit, once its processes together passed one."""
    used: concurrent.futures.Future[Used] = field(default_factory=concurrent.futures.Future)
    """What it had used when the gate was closed: what is measured later could tell what a hidden question held."""

    @property
    def sockets(self) -> Path:
        """The folder of what is between the kernel and us: its sockets, its connection file, its log."""
        return self.folder / "kernel"

    def accept(self) -> socket.socket:
        """The connection over which the kernel is asked probes; it made one, and no other is let in."""
        deadline = time.monotonic() + self.accept_s
        self.listener.settimeout(0.1)
        while time.monotonic() < deadline and not self.ended.done():
            with contextlib.suppress(TimeoutError):
                connection, _ = self.listener.accept()
                self.listener.close()
                return connection
        raise ServerError(f"the kernel did not start: {self.last_words()}")

    def read_asked(self) -> tuple[str, ...]:
        """What its notebook has asked for in vain since this was last read, each once. The pipe holds 64 KiB.

        Read after each cell and never once a question was asked: what is noted then could tell what a hidden one held.
        """
        try:
            content = os.read(self.record, _RECORD_BYTES)
        except BlockingIOError:  # nothing, and something that it started still holds the other end
            content = b""
        lines = (" ".join(line[:_LONGEST_MISSING].split()) for line in content.decode(errors="replace").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))[:_MOST_MISSING]

    def last_words(self) -> str:
        """What a kernel that did not start has left behind."""
        logs = [log for log in (self.sockets / "kernel.log", self.server_log) if log is not None and log.exists()]
        words = [log.read_text(encoding="utf-8", errors="replace").strip()[-2000:] for log in logs]
        return "\n".join(filter(None, words)) or "it left no word"

    def death(self) -> asyncio.Future[None]:
        """A future of the running loop that is done once the kernel has ended; cancelling it cancels nothing else."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def finish() -> None:
            if not future.done():
                future.set_result(None)

        def tell(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(finish)

        self.ended.add_done_callback(tell)
        return future
