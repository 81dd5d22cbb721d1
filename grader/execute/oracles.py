"""Asks a notebook with the reference standing for some of its helpers: the one way in which what is expected gets in.

The stubs in the copy of the kernel talk with a fork of the reference; only its last word, the answer, comes here.
"""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from grader.course.reference_code import ReferenceCode
from grader.execute import answers
from grader.execute.answers import ProbeQuestion
from grader.execute.cell_client import GRACE_S
from grader.execute.fair_time import OUTER
from grader.execute.reference import start_reference
from grader.inside import channel, plain
from grader.inside.oracle_stubs import ANSWERED, REFUSED
from grader.language import _
from grader.model import Answer, Cause

MOST_CALLS = 100_000
"""For one question: some thousand rounds of a RANSAC ask twice in each. Time is what ends an honest one."""

CPU_S = 30
"""Processor time of the reference for all calls of one question: a student's arguments may ask for much."""

CALLS_S = 300.0
"""How long it may take to load the reference, or to answer all calls of one question. What a student's arguments may
use is processor time: past this time it is the machine that is slow."""

WAITS = Cause(kind="grader", what="oracle")


class OracleError(Exception):
    """The reference cannot be asked, for no fault of the student's."""


@dataclass(frozen=True)
class _Server:
    process: subprocess.Popen[bytes]
    commands: socket.socket
    folder: tempfile.TemporaryDirectory[str]

    def close(self) -> None:
        self.commands.close()
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


class Oracles:
    """The reference's process, started when it is first needed, and for each question a fork of it."""

    def __init__(self, cpu_s: int = CPU_S, most_calls: int = MOST_CALLS) -> None:
        self._cpu_s = cpu_s
        self._most_calls = most_calls
        self._servers: dict[str, _Server] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        with self._lock:
            for server in self._servers.values():
                server.close()
            self._servers.clear()

    def exchange(self, connection: socket.socket, question: ProbeQuestion, code: ReferenceCode) -> Answer:
        """Ask the copy behind the connection, and have a fork of the reference answer what it asks."""
        try:
            server = self._server(code)
            ours, theirs = socket.socketpair()
            with ours, theirs:
                socket.send_fds(server.commands, [b"!"], [theirs.fileno(), connection.fileno()])
                theirs.close()
                answer = _exchange(connection, ours, question, self._most_calls)
            return not_asked(question) if answer is None or server.process.poll() is not None else answer
        except (OracleError, OSError):
            return not_asked(question)

    def _server(self, code: ReferenceCode) -> _Server:
        with self._lock:
            server = self._servers.get(code.hash)
            if server is None or server.process.poll() is not None:
                if server is not None:
                    server.close()
                server = self._servers[code.hash] = _start(code, self._cpu_s)
        return server


def _start(code: ReferenceCode, cpu_s: int) -> _Server:
    folder = tempfile.TemporaryDirectory(prefix="grader-oracle-")
    code.write(Path(folder.name))
    ours, theirs = socket.socketpair()
    with theirs:
        # What is wrong with it was told when it answered the probes themselves.
        program, course, nowhere = "grader.execute.oracle_server", Path(folder.name), subprocess.DEVNULL
        process = start_reference(program, course, code.modules, theirs, str(cpu_s), output=nowhere)
    server = _Server(process, ours, folder)
    ours.settimeout(CALLS_S)
    try:
        is_ready = bool(ours.recv(1))
    except OSError:
        is_ready = False
    if not is_ready:
        server.close()
        raise OracleError("the reference does not run")
    return server


def _exchange(
    connection: socket.socket, fork: socket.socket, question: ProbeQuestion, most_calls: int
) -> Answer | None:
    """The answer, as the fork passes it on; None where nothing came in a time that only a busy machine can need."""
    limit_s = OUTER * question.limit_s
    task = {"names": question.content["oracles"], "left_s": limit_s + GRACE_S, "most_calls": most_calls}
    fork.settimeout(limit_s + GRACE_S + CALLS_S)
    try:
        channel.send(fork, json.dumps(task).encode())
        channel.send(connection, plain.dumps({**question.content, "limit_s": limit_s}))
        told = channel.receive(fork, 1 + channel.ANSWER_BYTES)
    except TimeoutError:
        connection.close()
        return None
    except (EOFError, OSError, ValueError):
        told = REFUSED  # the fork is gone: the arguments have used up its time or memory
    if told[:1] == ANSWERED:
        return answers.read_answer(question, told[1:])
    connection.close()
    if told == REFUSED:
        return question.unanswered(_("it called its helpers too often, or in a way that cannot be answered"))
    return question.unanswered(_("it took longer than {limit} s, or the kernel was gone", limit=question.limit_s))


def not_asked(question: ProbeQuestion) -> Answer:
    """What there is instead of an answer, where we could not ask."""
    return question.unanswered(_("the reference was not there to help")).model_copy(update={"cause": WAITS})
