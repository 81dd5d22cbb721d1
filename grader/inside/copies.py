"""Paused copies of the kernel: each answers questions in the state in which it was forked, in forks of its own.

A silent request of the grader's makes a copy before a cell that may change an asked name. It holds one end of a socket
pair; the other one goes to the grader over the channel of questions. What a question does is gone with its fork.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, NoReturn

from grader.inside import answering, channel, isolation, name_marks, oracle_stubs, plain


def make_ready() -> None:
    """Import what a copy needs, once for all kernels."""
    import IPython.core.displaypub  # noqa: F401


def keep(names: list[str]) -> None:
    """Fork a copy, and note the marks of these names; where it may not or cannot be forked, say why."""
    from IPython import get_ipython

    shell = get_ipython()
    with socket.socket(fileno=socket.dup(channel.DESCRIPTOR)) as connection:
        refused = _reason_against()
        if not refused:
            ours, theirs = socket.socketpair()
            with ours, theirs:
                refused = _fork(ours, theirs, shell)
                if not refused:
                    name_marks.remember(names, shell)
                    socket.send_fds(connection, [b"kept".ljust(channel.HEAD_BYTES)], [ours.fileno()])
                    return
        connection.sendall(refused.encode()[: channel.HEAD_BYTES].ljust(channel.HEAD_BYTES))


def _reason_against() -> str:
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        return "cuda"  # a context does not survive a fork
    return "" if hasattr(os, "fork") else "no fork"


def _fork(ours: socket.socket, theirs: socket.socket, shell: Any) -> str:
    """An empty string in the kernel, with a copy that waits; or why there is none."""
    import numpy as np

    try:
        # A thread of the notebook's that draws numbers holds this lock: in the copy nobody would ever give it back.
        with np.random.mtrand._rand._bit_generator.lock:
            pid = os.fork()
    except OSError as error:
        return f"refused: {error.strerror}"
    if pid == 0:
        with contextlib.suppress(BaseException):
            ours.close()
            _pause(theirs, shell)
        os._exit(0)
    return ""


def _settle(shell: Any) -> None:
    """In the copy: nothing that it does reaches the kernel's sockets, and nothing interrupts it."""
    isolation.die_with_parent()
    gc.freeze()
    os.close(channel.DESCRIPTOR)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout = sys.__stdout__ = io.StringIO()  # type: ignore[misc, assignment]
    sys.stderr = sys.__stderr__ = io.StringIO()  # type: ignore[misc, assignment]
    from IPython.core.displaypub import CapturingDisplayPublisher

    shell.display_pub = CapturingDisplayPublisher()
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)  # its pool's threads are not in the copy


def _pause(connection: socket.socket, shell: Any) -> NoReturn:
    _settle(shell)
    while True:
        try:
            question, _ = plain.loads(channel.receive(connection, channel.QUESTION_BYTES))
        except (EOFError, OSError):
            os._exit(0)  # it is needed no more
        if answer := _answer_in_fork(question, connection, shell.user_ns):
            channel.send(connection, answer)


def _answer_in_fork(question: Mapping[str, Any], asker: socket.socket, namespace: MutableMapping[str, Any]) -> bytes:
    """The answer of a fork that is thrown away; empty where the fork has sent it itself, as one with oracles does."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            ours.close()
            isolation.die_with_parent()
            helpers = question.get("oracles", ())
            oracle_stubs.install(helpers, namespace, asker)
            # With oracles it talks over the grader's own connection: a hop less for each of thousands of calls.
            channel.send(asker if helpers else theirs, answering.answer_bytes(question, namespace))
            if helpers:
                channel.send(theirs, b"")
        os._exit(0)
    theirs.close()
    try:
        # The grader keeps the deadline that decides; this one only ends what would never be waited for.
        if not select.select([ours], [], [], float(question["limit_s"]))[0]:
            return plain.dumps(None, {"status": "stopped"})
        return channel.receive(ours, channel.ANSWER_BYTES)
    except (EOFError, OSError, ValueError):
        return plain.dumps(None, {"status": "died"})
    finally:
        ours.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
