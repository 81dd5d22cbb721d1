"""Drives one notebook through one kernel: every cell within its limits, then every probe."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from grader.execute import redaction
from grader.execute.answers import ProbeQuestion
from grader.execute.asking import NotebookAsker
from grader.execute.cell_client import GRACE_S, CellClient
from grader.execute.forks import CPU_LIMIT, KILL, Fork
from grader.execute.printed import join_streams
from grader.execute.processes import KernelServer
from grader.execute.provisioner import make_kernel_manager
from grader.files.notebook_file import code_cells, title_of
from grader.language import kept
from grader.model import Answer, CellRun, Limits


@dataclass
class Progress:
    """What one kernel has done so far; complete or not, it is what the run is made of."""

    cells: dict[int, CellRun] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    died_in: int | None = None
    is_unexplained: bool = False
    """It died of something that is no limit of ours and no end that the notebook chose: perhaps not its fault."""
    out_of_time: bool = False


class NotebookDriver:
    """One kernel, from its fork to its end. `drive` does everything; the fields say how far it got."""

    def __init__(self, server: KernelServer, fork: Fork, notebook: NotebookNode, limits: Limits) -> None:
        self.server = server
        self.fork = fork
        self.limits = limits
        self.progress = Progress()
        self.words = redaction.words_of(cell.source for _, cell in code_cells(notebook))
        self.client = CellClient(notebook, limits, km=make_kernel_manager(server, fork, limits))
        self.notebook = notebook

    async def drive(self, questions: Sequence[ProbeQuestion], skip: Mapping[int, CellRun]) -> Progress:
        """Run every cell but those to skip, then ask every question. A kernel that dies ends it early."""
        context = self.client.km.context
        try:
            async with self.client.async_setup_kernel(cleanup_kc=True):
                # nbclient's own watch looks once a second; this one hears it at once.
                dead = self.fork.death()
                with self.client.connection:
                    self.server.watch(self.fork, self.client.connection, self.limits)
                    await self._run_cells(skip, dead)
                    if self.progress.died_in is None:
                        self.client.kc.iopub_channel.stop()  # what a probe prints goes nowhere
                        await NotebookAsker(self.client, self.words, dead, self.progress.answers).ask(questions)
                # nbclient asks a kernel to end, and looks ten times a second whether it has.
                self.server.kill(self.fork)
                await dead
        finally:
            # The manager closes only a context that it made itself; this one, with a limit on messages, is ours.
            context.destroy(linger=0)
        return self.progress

    async def _run_cells(self, skip: Mapping[int, CellRun], dead: asyncio.Future[None]) -> None:
        deadline = time.monotonic() + self.limits.notebook_s
        for number, (index, cell) in enumerate(code_cells(self.notebook), start=1):
            known = CellRun(index=index, number=number, title=title_of(cell), end="skipped")
            left = deadline - time.monotonic()
            if index in skip:
                self.progress.cells[index] = skip[index]
            elif self.progress.died_in is not None:
                self.progress.cells[index] = known
            elif left <= 0:
                self.progress.out_of_time = True
                seconds = f"{self.limits.notebook_s:g}"
                limit = kept("run", "the notebook's {limit} s were used up before this cell", limit=seconds)
                self.progress.cells[index] = known.model_copy(update={"because": limit})
            else:
                self.progress.cells[index] = await self._run_cell(known, cell, left, dead)
                cell.outputs = join_streams(cell.outputs)

    async def _run_cell(self, known: CellRun, cell: NotebookNode, left: float, dead: asyncio.Future[None]) -> CellRun:
        limit_s = min(self.limits.cell_s, left)
        self.client.timeout = limit_s
        self.client.reply = {}
        printed = self.client.output_bytes
        started = time.monotonic()
        task = asyncio.ensure_future(self.client.async_execute_cell(cell, known.index))
        await asyncio.wait({task, dead}, timeout=limit_s + GRACE_S, return_when=asyncio.FIRST_COMPLETED)
        wall_s = time.monotonic() - started
        known = known.model_copy(update={"wall_s": round(wall_s, 3)})
        if not task.done() or isinstance(task.exception(), DeadKernelError):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.progress.died_in = known.index
            return known.model_copy(update={"end": "died", "because": self._why_dead(dead, limit_s)})
        task.result()
        if self.client.interrupting is not None:
            await self.client.interrupting  # else it would hit the next cell, or a question
        if printed <= self.client.limit_bytes < self.client.output_bytes:
            because = kept(
                "run",
                "it printed more than the {limit} MiB that a notebook may, and was interrupted",
                limit=f"{self.limits.output_mib:g}",
            )
            return known.model_copy(update={"end": "interrupted", "because": because})
        if wall_s >= limit_s:
            return known.model_copy(update={"end": "interrupted", "because": self._why_too_long(limit_s)})
        if self.client.reply.get("status") == "ok":
            return known.model_copy(update={"end": "ok"})
        return known.model_copy(update={"end": "error", "because": self._why_error()})

    def _why_too_long(self, limit_s: float) -> str:
        if limit_s == self.limits.cell_s:
            return kept(
                "run",
                "it ran longer than the {limit} s that a cell may take, and was interrupted",
                limit=f"{limit_s:g}",
            )
        return kept(
            "run",
            "it ran longer than the {limit} s that a notebook may take, and was interrupted",
            limit=f"{self.limits.notebook_s:g}",
        )

    def _why_dead(self, dead: asyncio.Future[None], limit_s: float) -> str:
        if not dead.done():
            return kept(
                "run",
                "it ran longer than {limit} s and did not stop when it was interrupted, so its kernel was ended",
                limit=f"{limit_s:.3g}",
            )
        if self.fork.overran.done():
            return self.fork.overran.result()
        if self.server.killed_for_memory(self.fork):
            return kept(
                "run",
                "all its processes together used more memory than the limit of {limit} MiB",
                limit=self.limits.memory_mib,
            )
        status = self.fork.ended.result().status
        if status >= 0:
            return kept("run", "it ended its own kernel (exit status {status})", status=status)
        if status == -CPU_LIMIT:
            return kept("run", "it used more processor time than a notebook may")
        self.progress.is_unexplained = True
        if status == -KILL:
            return kept("run", "its kernel was killed by signal {signal} (usually: out of memory)", signal=-status)
        return kept("run", "its kernel was killed by signal {signal}", signal=-status)

    def _why_error(self) -> str:
        name, value = (_clean(self.client.reply.get(key)) for key in ("ename", "evalue"))
        limit = _name_limit(name, value, self.limits)
        if limit:
            return limit
        return f"{name}: {value}" if value else name


def _name_limit(name: str, value: str, limits: Limits) -> str:
    """The limit that an error stems from, in a sentence; an empty one where it stems from none."""
    if name == "OutOfMemoryError" and "CUDA" in value:
        return kept("run", "it asked for more GPU memory than the limit of {limit} MiB", limit=limits.gpu_memory_mib)
    if name == "MemoryError" or "not enough memory" in value:
        return kept("run", "it asked for more memory than the limit of {limit} MiB", limit=limits.memory_mib)
    if name == "OSError" and value.startswith(("[Errno 28]", "[Errno 27]")):
        return kept(
            "run", "it wrote more to files than the limit of {limit} MiB ({error})", limit=limits.disk_mib, error=value
        )
    if name == "OSError" and value.startswith("[Errno 24]"):
        return kept(
            "run", "it had more files open than the limit of {limit} ({error})", limit=limits.open_files, error=value
        )
    if (name == "BlockingIOError" and value.startswith("[Errno 11]")) or "can't start new thread" in value:
        return kept(
            "run",
            "it started more processes and threads than the limit of {limit} ({error})",
            limit=limits.processes,
            error=value,
        )
    return ""


_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def _clean(text: Any) -> str:
    """A message of the student's code on one line, without terminal colours, of bounded length."""
    line = " ".join(_ANSI.sub("", str(text or "")[:2000]).split())
    return line if len(line) <= 300 else f"{line[:297]}…"
