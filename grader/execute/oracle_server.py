"""Run as a process of its own: the reference, loaded once; for each question a fork of it stands for the helpers."""

from __future__ import annotations

import contextlib
import copy
import os
import resource
import signal
import socket
import sys
from collections.abc import Mapping
from typing import Any

from grader.execute.answer_reference import load_reference
from grader.inside import answering, channel, isolation, oracle_stubs, plain

DATA_MIB = 1024
"""Memory beyond what the reference has as it is loaded."""


def main() -> None:
    """Arguments: the descriptor over which connections come until it is closed, the seconds of processor time for each,
    the course, the names of modules."""
    descriptor, cpu_s, course, *modules = sys.argv[1:]
    namespace = load_reference(course, modules)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=int(descriptor)) as commands:
        commands.sendall(b"!")
        while True:
            told, descriptors, *_rest = socket.recv_fds(commands, 1, 1)
            if not told:
                return
            with socket.socket(fileno=descriptors[0]) as connection:
                if os.fork() == 0:
                    with contextlib.suppress(BaseException):
                        commands.close()
                        _serve(connection, namespace, int(cpu_s))
                    os._exit(0)


def _serve(connection: socket.socket, namespace: Mapping[str, Any], cpu_s: int) -> None:
    isolation.die_with_parent()
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    most = (DATA_MIB << 20) + isolation.data_bytes()
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    answering.set_seeds()
    while True:
        arguments, notes = plain.loads(channel.receive(connection, channel.ANSWER_BYTES))
        channel.send(connection, _call(namespace[notes["name"]], arguments))


def _call(function: Any, arguments: dict[str, Any]) -> bytes:
    before = copy.deepcopy(arguments)
    try:
        value = answering.call(function, arguments)
        return plain.dumps({"value": value, "changed": oracle_stubs.changed_arrays(before, arguments)})
    except Exception as error:  # noqa: BLE001  (the reference refuses: so does the stub)
        return plain.dumps(None, {"error": type(error).__name__, "detail": str(error)[:200]})


if __name__ == "__main__":
    main()
