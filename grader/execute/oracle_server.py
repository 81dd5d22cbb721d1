"""Run as a process of its own: the reference, loaded once; for each question a fork of it stands for the helpers."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.execute.answer_reference import load_reference
from grader.inside import answering, channel, isolation, oracle_stubs, plain
from grader.inside.oracle_stubs import ANSWERED, LATE, REFUSED

DATA_MIB = 1024
"""Memory beyond what the reference has as it is loaded."""

MOST_BYTES = 512 << 20
"""What all calls of one question may send."""


def main() -> None:
    """Arguments: the descriptor over which connections come until it is closed, the seconds of processor time for each,
    the course, the names of modules."""
    descriptor, cpu_s, course, *modules = sys.argv[1:]
    namespace = load_reference(course, modules)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=int(descriptor)) as commands:
        commands.sendall(b"!")
        while True:
            told, descriptors, *_rest = socket.recv_fds(commands, 1, 2)
            if not told:
                return
            grader, kernel = (socket.socket(fileno=one) for one in descriptors)
            with grader, kernel:
                if os.fork() == 0:
                    with contextlib.suppress(BaseException):
                        commands.close()
                        _limit(int(cpu_s))
                        task = json.loads(channel.receive(grader, channel.QUESTION_BYTES))
                        channel.send(grader, _serve(kernel, task, namespace))
                    os._exit(0)


def _limit(cpu_s: int) -> None:
    isolation.die_with_parent()
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    most = (DATA_MIB << 20) + isolation.data_bytes()
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _serve(kernel: socket.socket, task: Mapping[str, Any], namespace: Mapping[str, Any]) -> bytes:
    """Answer the calls of the task's helpers, so often and so long; the last word. What comes is hostile."""
    answering.set_seeds()
    left_s, sent = task["left_s"], 0
    try:
        for _call_number in range(task["most_calls"] + 1):
            begun = time.monotonic()
            kernel.settimeout(max(left_s, 0.01))
            content = channel.receive(kernel, channel.ANSWER_BYTES)
            left_s -= time.monotonic() - begun
            if not content.startswith(oracle_stubs.ASKING):
                return ANSWERED + content
            sent += len(content)
            arguments, notes = plain.loads(content[len(oracle_stubs.ASKING) :])
            if sent > MOST_BYTES or notes.get("name") not in task["names"] or not isinstance(arguments, dict):
                return REFUSED
            channel.send(kernel, _call(namespace[notes["name"]], arguments))
        return REFUSED
    except (EOFError, OSError):
        return LATE
    except Exception:  # noqa: BLE001  (what a student's code sent is no call)
        return REFUSED


def _call(function: Any, arguments: dict[str, Any]) -> bytes:
    before = {key: value.copy() for key, value in arguments.items() if isinstance(value, np.ndarray)}
    try:
        value = answering.call(function, arguments)
        return plain.dumps({"value": value, "changed": _changed(before, arguments)})
    except Exception as error:  # noqa: BLE001  (the reference refuses: so does the stub)
        return plain.dumps(None, {"error": type(error).__name__, "detail": str(error)[:200]})


def _changed(before: Mapping[str, npt.NDArray[Any]], after: Mapping[str, Any]) -> dict[str, Any]:
    """The arrays among arguments that a call has changed in place."""
    return {
        key: after[key]
        for key, array in before.items()
        if not np.array_equal(after[key], array, equal_nan=array.dtype.kind in "fc")
    }


if __name__ == "__main__":
    main()
