"""The private memory of a submission that waits: what its processes have that no other process shares."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import mmap
import os
import statistics
import threading
import time

import numpy as np
import numpy.typing as npt
import psutil

from grader.execute.pool import Servers, Work, execute_one
from grader.execute.probe_questions import make_question
from grader.model import Limits
from grader.rubric import Probe

CELLS = (
    "import cv2, numpy as np, torch\nimport matplotlib.pyplot as plt\nfrom torch import nn",
    "import time\ncalls = []\ndef wait():\n    calls.append(1)\n    time.sleep(2.5)\n    return 1",
)
"""The imports that every notebook of the course begins with, and nothing that takes memory of its own.

The function changes what later questions find, so that it is asked in a copy of a copy.
"""
QUESTION = make_question("wait", Probe.model_validate({"call": "wait", "with": {}, "limit_s": 60}), "ana")

SETTLED_S = 0.5
"""How long the figure must have stood still."""


def measure_private_mib(kernels: int) -> float:
    """Private memory in MiB of a kernel, of its copies and of what attends it; the median over several kernels."""
    with Servers("bubblewrap") as servers, servers.lend() as server:
        _ = server.environment  # waits until it is warm
        before = _descendants()
        return statistics.median(_measure_one(servers, before, number) for number in range(kernels))


def _measure_one(servers: Servers, before: set[int], number: int) -> float:
    """Start a kernel, and look at what it takes while it is asked and sleeps."""
    thread = threading.Thread(target=execute_one, args=(_waiting(number), servers))
    thread.start()
    seen: list[float] = []
    while thread.is_alive():
        seen.append(_own_mib(_descendants() - before, before | {os.getpid()}))
        time.sleep(SETTLED_S)
    thread.join()
    if max(seen) == 0:
        raise RuntimeError("no kernel was seen")
    return max(seen)


def _waiting(number: int) -> Work:
    cells = [
        {
            "cell_type": "code",
            "id": f"c{place}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for place, source in enumerate(CELLS)
    ]
    tree = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"number": number}, "cells": cells}
    content = json.dumps(tree).encode()
    return Work(f"waiting-{number}", hashlib.sha256(content).hexdigest(), content, (QUESTION,), Limits())


def _descendants() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def _own_mib(pids: set[int], others: set[int]) -> float:
    """Pages that these processes have and the others have not, each once: /proc/PID/pagemap, which root may read.

    The sum of what is private to each would leave out what a kernel shares with its copies alone.
    """
    own, known = (functools.reduce(np.union1d, map(_frames, each), _NO_FRAMES) for each in (pids, others))
    return len(np.setdiff1d(own, known)) * mmap.PAGESIZE / (1 << 20)


_NO_FRAMES = np.zeros(0, np.uint64)
_PRESENT, _FRAME = np.uint64(1 << 63), np.uint64((1 << 55) - 1)
"""Bits of an entry of pagemap: proc_pid_pagemap(5)."""


def _frames(pid: int) -> npt.NDArray[np.uint64]:
    """The page frames in which a process has something; none once it has ended."""
    found = [_NO_FRAMES]
    with contextlib.suppress(OSError), open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/pagemap", "rb") as pages:
        for line in maps:
            start, end = (int(bound, 16) // mmap.PAGESIZE for bound in line.split(maxsplit=1)[0].split("-"))
            pages.seek(start * 8)
            entries = np.frombuffer(pages.read((end - start) * 8), np.uint64)
            found.append(entries[(entries & _PRESENT) != 0] & _FRAME)
    return np.unique(np.concatenate(found))
