"""Lets nbclient and jupyter_client use a kernel that the fork server forked: they need to know nothing of it."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Callable
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Type

from grader.execute.forked_kernel import KILL, Fork, ServerError
from grader.execute.forks import ANSWER_S
from grader.execute.processes import KernelServer
from grader.model import Limits

MESSAGE_BYTES = 64 << 20
"""A kernel that sends a larger message is cut off: the grader's memory is not the student's to fill."""


class ForkProvisioner(KernelProvisionerBase):
    """One submission's kernel, as jupyter_client sees a process."""

    server: KernelServer
    fork: Fork
    limits: Limits

    @property
    def has_process(self) -> bool:
        return self.fork.started.done()

    async def poll(self) -> int | None:
        return self._status() if self.fork.ended.done() else None

    async def wait(self) -> int | None:
        await self.fork.death()
        return self._status()

    def _status(self) -> int:
        """How the process ended; where its server went first, nobody can tell, but it is gone."""
        return -KILL if self.fork.ended.exception() else self.fork.ended.result().status

    async def send_signal(self, signum: int) -> None:
        """jupyter_client sends one only, to interrupt a cell; another one is an end."""
        if signum == signal.SIGINT:
            # The waiter alone may be cancelled: the future is the server's, which has yet to settle it.
            sent = asyncio.shield(asyncio.wrap_future(self.server.interrupt(self.fork)))
            try:
                await asyncio.wait_for(sent, ANSWER_S)
            except TimeoutError as error:
                await asyncio.to_thread(self.server.give_up)
                raise ServerError(f"the fork server did not answer within {ANSWER_S:.0f} s") from error
        else:
            self.server.kill(self.fork)

    async def kill(self, restart: bool = False) -> None:
        self.server.kill(self.fork)

    async def terminate(self, restart: bool = False) -> None:
        self.server.kill(self.fork)

    async def cleanup(self, restart: bool = False) -> None:
        """The fork's folder is taken away by the server's `end`, after its answers were read."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        return {**kwargs, "cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Start the kernel; returns the connection as seen from here, the kernel reads it as seen from inside."""
        session = self.parent.session
        shared = {
            "key": session.key.decode(),
            "signature_scheme": session.signature_scheme,
            "kernel_name": "",
        }
        (self.fork.sockets / "connection.json").write_text(
            json.dumps({**shared, **self.fork.inner_address}), encoding="utf-8"
        )
        await asyncio.to_thread(self.server.start, self.fork, self.limits)
        return {**shared, **self.fork.address, "key": session.key}


MOST_MESSAGES = 100_000
"""On one channel, in one run. A progress bar sends ten a second; we check a signature and parse JSON for each."""

MESSAGE_DEPTH = 64
"""Containers within containers. Figures of plotly and vega have fewer than twenty; Python's parser ends near 1000."""

SIZE = "grader_bytes"
"""The key under which a message carries the size of what it holds, as it came."""


class WaryChannel(AsyncZMQSocketChannel):
    """Hands on only what has the form of a Jupyter message: a notebook may send anything in its kernel's name."""

    left = MOST_MESSAGES
    flooded: Callable[[], object] = staticmethod(lambda: None)
    """Called when there were more messages than a notebook may send; none is handed on after that."""

    async def _recv(self, **kwargs: Any) -> dict[str, Any]:
        parts: list[bytes] = await self.socket.recv_multipart(**kwargs)
        self.left -= 1
        if self.left == 0:
            self.flooded()
        if self.left <= 0:
            raise ValueError("more messages than a notebook may send")
        _, signed = self.session.feed_identities(parts)
        message: dict[str, Any] = self.session.deserialize(signed)
        metadata, content = signed[3:5]
        message[SIZE] = len(metadata) + len(content) + sum(len(buffer) for buffer in signed[5:])
        may_be_deep = content.count(b"[") + content.count(b"{") + metadata.count(b"[") + metadata.count(b"{")
        if may_be_deep > MESSAGE_DEPTH and _is_too_deep([message["content"], message["metadata"]]):
            raise ValueError("nested too deep")
        return message

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            # What is there already is handed on without a pause, so a flood would never let the clocks of the loop run.
            await asyncio.sleep(0)
            try:
                message = await super().get_msg(left)
            except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
                continue  # a wrong signature, no JSON, or no message at all
            if _is_message(message):
                return dict(message)


def _is_too_deep(tree: Any) -> bool:
    """Whether there are containers below that depth; looks level by level, as what is deep cannot be walked down."""
    level = [tree]
    for _ in range(MESSAGE_DEPTH):
        inner = [part for one in level for part in (one.values() if isinstance(one, dict) else one)]
        level = [part for part in inner if isinstance(part, dict | list)]
        if not level:
            return False
    return True


def _is_message(message: Any) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("msg_type"), str):
        return False
    if not all(isinstance(message.get(part), dict) for part in ("header", "parent_header", "metadata", "content")):
        return False
    return message["msg_type"] != "execute_reply" or isinstance(message["content"].get("status"), str)


class WaryClient(AsyncKernelClient):
    """A client of such channels."""

    shell_channel_class = Type(WaryChannel)
    iopub_channel_class = Type(WaryChannel)


class ForkManager(AsyncKernelManager):
    """A manager that leaves the kernel's control socket alone: what it would say there, a signal says.

    The manager connects before the kernel listens, so that it gets through at some time in the first cell. A kernel
    that has no descriptor left at that moment, since its notebook has used them up, is ended by its own sockets.
    """

    def _connect_control_socket(self) -> None:
        pass


def make_kernel_manager(server: KernelServer, fork: Fork, limits: Limits) -> AsyncKernelManager:
    """A jupyter_client kernel manager for one fork."""
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
    manager = ForkManager(
        context=context,
        connection_file=str(fork.sockets / "unused.json"),
        client_factory=WaryClient,
        **fork.address,
    )
    provisioner = ForkProvisioner(parent=manager)
    provisioner.server, provisioner.fork, provisioner.limits = server, fork, limits
    manager.provisioner = provisioner
    return manager
