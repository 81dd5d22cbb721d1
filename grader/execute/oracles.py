"""Asks a notebook with the reference standing for some of its helpers: the one way in which what is expected gets in.

What the notebook's stubs send is hostile: only helpers that the question names are answered, so often and so long.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError

from grader.course.reference_code import ReferenceCode
from grader.execute import answers
from grader.execute.answers import ProbeQuestion
from grader.execute.cell_client import GRACE_S
from grader.execute.fair_time import OUTER
from grader.execute.reference import reference_environment
from grader.inside import channel, plain
from grader.inside.oracle_stubs import ASKING
from grader.language import _
from grader.model import Answer, Cause

MOST_CALLS = 20_000
"""For one question. A RANSAC of some thousand rounds asks twice in each."""

MOST_BYTES = 512 << 20
"""What all calls of one question may send."""

CPU_S = 30
"""Processor time of the reference for all calls of one question: a student's arguments may ask for much."""

CALL_S = 300.0
"""How long it may take to load the reference, or to answer one call. What a student's arguments may use is processor
time: past this time it is the machine that is slow."""

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

    def __init__(self, cpu_s: int = CPU_S) -> None:
        self._cpu_s = cpu_s
        self._servers: dict[str, _Server] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        with self._lock:
            for server in self._servers.values():
                server.close()
            self._servers.clear()

    def exchange(self, connection: socket.socket, question: ProbeQuestion, code: ReferenceCode) -> Answer:
        """Ask the copy behind the connection, and pass on what it asks of the reference."""
        try:
            server = self._server(code)
            ours, theirs = socket.socketpair()
            with ours, theirs:
                socket.send_fds(server.commands, [b"!"], [theirs.fileno()])
                theirs.close()
                answer = _exchange(connection, ours, question)
            if answer.status == "stopped" and server.process.poll() is not None:
                return not_asked(question)
            return answer
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
    line = [sys.executable, "-P", "-m", "grader.execute.oracle_server", str(theirs.fileno()), str(cpu_s), folder.name]
    with theirs:
        process = subprocess.Popen(
            [*line, *code.modules],
            env=reference_environment(Path(folder.name)),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # what is wrong with it was told when it answered the probes themselves
        )
    server = _Server(process, ours, folder)
    ours.settimeout(CALL_S)
    try:
        is_ready = bool(ours.recv(1))
    except OSError:
        is_ready = False
    if not is_ready:
        server.close()
        raise OracleError("the reference does not run")
    return server


def _exchange(connection: socket.socket, oracle: socket.socket, question: ProbeQuestion) -> Answer:
    names = frozenset(question.content["oracles"])
    oracle.settimeout(CALL_S)
    limit_s = OUTER * question.limit_s
    left_s, sent = limit_s + GRACE_S, 0
    try:
        channel.send(connection, plain.dumps({**question.content, "limit_s": limit_s}))
        for _call in range(MOST_CALLS + 1):
            begun = time.monotonic()
            connection.settimeout(max(left_s, 0.01))
            content = channel.receive(connection, channel.ANSWER_BYTES)
            left_s -= time.monotonic() - begun
            if not content.startswith(ASKING):
                return answers.read_answer(question, content)
            sent += len(content)
            if sent > MOST_BYTES:
                break
            channel.send(connection, _ask(oracle, content[len(ASKING) :], names))
        connection.close()
        return question.unanswered(_("it called its helpers too often"))
    except ValueError:
        connection.close()
        return question.unanswered(_("it called its helpers in a way that cannot be answered"))
    except (EOFError, OSError):
        connection.close()
        return question.unanswered(_("it took longer than {limit} s, or the kernel was gone", limit=question.limit_s))


def _ask(oracle: socket.socket, content: bytes, names: frozenset[str]) -> bytes:
    """What the reference answers to a call that was read, checked and written anew; ValueError where it is refused."""
    try:
        arguments, notes = plain.loads(content)
    except (SafetensorError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a call") from error
    if notes.get("name") not in names or not isinstance(arguments, dict):
        raise ValueError("no oracle of this question")
    try:
        channel.send(oracle, plain.dumps(arguments, {"name": notes["name"]}))
        return channel.receive(oracle, channel.QUESTION_BYTES)
    except TimeoutError as error:
        raise OracleError("the reference takes too long") from error
    except (EOFError, OSError) as error:
        raise ValueError("the arguments used up the reference's time or memory") from error


def not_asked(question: ProbeQuestion) -> Answer:
    """What there is instead of an answer, where we could not ask."""
    return question.unanswered(_("the reference was not there to help")).model_copy(update={"cause": WAITS})
