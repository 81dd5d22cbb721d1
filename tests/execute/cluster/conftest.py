"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own that can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TTL_S = 5
"""How long the scheduler waits for a word of a worker; 300 by default."""


class Machines:
    """Starts them, and ends what is left of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.started: list[subprocess.Popen[bytes]] = []

    def start_scheduler(self, **environment: str) -> subprocess.Popen[bytes]:
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        return self._start("scheduler", options, "Scheduler at:", **environment)

    def start_worker(self, name: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """One that is not started again when it dies."""
        line = [self.address, "--name", name, "--nthreads", "1", "--no-nanny", "--no-dashboard", *options]
        return self._start("worker", line, "Registered to:", **environment)

    def _start(self, what: str, options: list[str], sign: str, **environment: str) -> subprocess.Popen[bytes]:
        log = self.folder / f"{what}-{len(self.started)}.log"
        settings = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": f"{TTL_S}s", **environment}
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", *options],
                cwd=self.folder,
                env={**os.environ, **settings},
                stdout=file,
                stderr=file,
            )
        self.started.append(process)
        while sign not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        return process

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    folder = tmp_path / "machines"
    folder.mkdir()
    started = Machines(folder)
    try:
        yield started
    finally:
        started.end()


def wait_until(condition: Callable[[], bool], limit_s: float = 120.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.02)
