"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own that can be killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import wait_until


class Machines:
    """Starts them, and ends what is left of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.started: list[subprocess.Popen[bytes]] = []

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start_scheduler(self, **environment: str) -> subprocess.Popen[bytes]:
        """On a port that is free; once more, on the same one."""
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"]
        process, address = self._start("scheduler", options, r"Scheduler at: +tcp://\S+:(\d+)", **environment)
        self.port = int(address)
        return process

    def start_worker(self, name: str, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """One that is not started again when it dies."""
        line = [self.address, "--name", name, "--nthreads", "1", "--no-nanny", "--no-dashboard", *options]
        return self._start("worker", line, r"(Registered to):", **environment)[0]

    def _start(
        self, what: str, options: list[str], sign: str, **environment: str
    ) -> tuple[subprocess.Popen[bytes], str]:
        """The process, and what it said of itself: the group of the sign."""
        log = self.folder / f"{what}-{len(self.started)}.log"
        settings = {"DASK_TEMPORARY_DIRECTORY": str(self.folder), **environment}
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{what}", *options],
                cwd=self.folder,
                env={**os.environ, **settings},
                stdout=file,
                stderr=file,
            )
        self.started.append(process)
        wait_until(lambda: process.poll() is not None or re.search(sign, log.read_text()), f"the {what} starts")
        said = re.search(sign, log.read_text())
        assert said, log.read_text()
        return process, said[1]

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
