"""nbclient for one notebook: bounded outputs, a kernel that is believed in nothing, and lines of ours that it runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from nbclient import NotebookClient
from nbformat import NotebookNode, ValidationError
from traitlets import Float

from grader.execute.fair_time import OUTER, FairTimer
from grader.execute.forked_kernel import ServerError
from grader.execute.provisioner import MOST_MESSAGES, SIZE
from grader.language import _
from grader.model import Limits

GRACE_S = 5.0
"""How long a cell may take to obey an interrupt before its kernel is ended."""

START_S = 60.0


class CellClient(NotebookClient):
    """nbclient, with a limit on what a notebook prints and no belief in what a kernel sends."""

    timeout = Float(None, allow_none=True)
    """None: the limits are kept by whoever has a cell executed."""

    def __init__(self, notebook: NotebookNode, limits: Limits, **options: Any) -> None:
        super().__init__(
            notebook,
            allow_errors=True,
            record_timing=False,
            shutdown_kernel="immediate",  # nothing is left to ask of it, and a polite end takes it seconds
            **options,
        )
        self.limit_bytes = int(limits.output_mib * (1 << 20))
        self.output_bytes = 0
        self.reply: Mapping[str, Any] = {}
        self.interrupting: asyncio.Future[None] | None = None
        self.was_held_up = False
        """Something ended because the machine was too busy for it."""
        self.on_cell_executed = self._keep_reply

    async def _keep_reply(self, cell: NotebookNode, cell_index: int, execute_reply: Mapping[str, Any]) -> None:
        self.reply = execute_reply["content"]

    async def async_start_new_kernel_client(self) -> AsyncKernelClient:
        """Connect, and wait until both the kernel's answers and its outputs reach us.

        jupyter_client's own wait ends with a fifth of a second of silence, which would be a third of a short notebook.
        """
        assert self.km is not None
        fork = self.km.provisioner.fork
        # Sockets that connect before the kernel has bound its own try again only after a tenth of a second.
        self.connection = await asyncio.to_thread(fork.accept)
        client = self.km.client()
        client.start_channels(stdin=False, hb=False, control=False)
        client.allow_stdin = False
        for channel in (client.shell_channel, client.iopub_channel):
            channel.flooded = self._end_flood
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and await self.km.is_alive():
            request = client.kernel_info()
            if await _heard(client.shell_channel, request, 1.0) and await _heard(client.iopub_channel, request, 0.1):
                self.kc = client
                return client
        raise ServerError(f"the kernel did not start: {fork.last_words()}")

    def _end_flood(self) -> None:
        provisioner = self.km.provisioner
        if not provisioner.fork.overran.done():
            told = _("it sent more than the {limit} messages that a notebook may", limit=MOST_MESSAGES)
            provisioner.fork.overran.set_result(told)
        provisioner.server.kill(provisioner.fork)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        kind = msg["msg_type"]
        if kind.startswith("comm"):
            return None  # widgets: nothing to show them, and no limit on what they hold
        if kind in ("stream", "display_data", "execute_result", "update_display_data", "error"):
            before, self.output_bytes = self.output_bytes, self.output_bytes + msg.get(SIZE, 0)
            if self.output_bytes > self.limit_bytes:
                if before <= self.limit_bytes:
                    self.interrupting = asyncio.ensure_future(self.km.interrupt_kernel())
                return None
        try:
            return super().process_message(msg, cell, cell_index)
        except (KeyError, TypeError, AttributeError, ValueError, IndexError, ValidationError):
            return None  # an output that is not Jupyter's, forged by the notebook

    def timer(self) -> FairTimer:
        """From now on, as this notebook uses its time."""
        provisioner = self.km.provisioner
        return FairTimer(lambda: provisioner.server.waited_s(provisioner.fork))

    async def wait(self, waiting: set[asyncio.Future[Any]], timer: FairTimer, limit_s: float) -> bool:
        """Until one of them is done; where the limit comes first, the kernel is interrupted, and waited for shortly."""
        if await timer.wait(waiting, limit_s):
            return True
        self.was_held_up |= timer.was_held_up(limit_s)
        await self.km.interrupt_kernel()
        await self.timer().wait(waiting, GRACE_S)
        return False

    async def request(self, code: str, limit_s: float, dead: asyncio.Future[None]) -> bool:
        """Have the kernel run a line of ours, for so long at most; False where it had to be ended."""
        client = self.kc
        request = client.execute(code, silent=True, store_history=False, allow_stdin=False)
        heard = asyncio.ensure_future(_heard(client.shell_channel, request, OUTER * (limit_s + 2 * GRACE_S)))
        await self.wait({heard, dead}, self.timer(), limit_s)
        if dead.done() or not heard.done():
            heard.cancel()
        if not dead.done() and not (heard.done() and not heard.cancelled() and heard.result()):
            await self.km.provisioner.kill()
            await dead
            return False
        return True


async def _heard(channel: Any, request: str, timeout_s: float) -> bool:
    """Whether a message that belongs to the request came in time."""
    deadline = time.monotonic() + timeout_s
    while (left := deadline - time.monotonic()) > 0:
        try:
            message = await asyncio.wait_for(channel.get_msg(), left)
        except TimeoutError:
            return False
        if message["parent_header"].get("msg_id") == request:
            return True
    return False
