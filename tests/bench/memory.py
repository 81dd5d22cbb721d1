"""The private memory of a submission that waits: what its processes have that no other process shares."""

from __future__ import annotations

import hashlib
import json
import statistics
import threading
import time

import psutil

from grader.execute.pool import Servers, Work, execute_one
from grader.model import Limits

CELLS = (
    "import cv2, numpy as np, torch\nimport matplotlib.pyplot as plt\nfrom torch import nn",
    "import time\ntime.sleep(2.5)",
)
"""The imports that every notebook of the course begins with, and nothing that takes memory of its own."""

SETTLED_S = 0.5
"""How long the figure must have stood still."""


def measure_private_mib(kernels: int) -> float:
    """Private memory in MiB of a kernel and the process that attends it; the median over several kernels."""
    with Servers("bubblewrap") as servers, servers.lend() as server:
        _ = server.environment  # waits until it is warm
        before = _descendants()
        return statistics.median(_measure_one(servers, before, number) for number in range(kernels))


def _measure_one(servers: Servers, before: set[int], number: int) -> float:
    """Start a kernel, and look at what it takes while its last cell sleeps."""
    thread = threading.Thread(target=execute_one, args=(_waiting(number), servers))
    thread.start()
    seen: list[float] = []
    while thread.is_alive():
        seen.append(sum(_private_mib(pid) for pid in _descendants() - before))
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
    return Work(f"waiting-{number}", hashlib.sha256(content).hexdigest(), content, (), Limits())


def _descendants() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def _private_mib(pid: int) -> float:
    """Private_Clean + Private_Dirty of /proc/PID/smaps_rollup; nothing once it has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            lines = rollup.read().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:"))) / 1024
