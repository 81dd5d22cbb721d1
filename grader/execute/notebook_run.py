"""Drives one notebook through one kernel: every cell within its limits, then every probe."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from grader.execute import redaction
from grader.execute.answers import ProbeQuestion
from grader.execute.asking import NotebookAsker, OracleAsk
from grader.execute.causes import CellError, RunSetting, StoredOutcome, read_error, short
from grader.execute.cell_client import CellClient
from grader.execute.earlier_states import CHANGED, ROOM, WATCH_FIGURES, EarlierStates
from grader.execute.fair_time import FairTimer
from grader.execute.forked_kernel import CPU_LIMIT, KILL, Fork
from grader.execute.losses import Losses, Outcome
from grader.execute.printed import join_streams
from grader.execute.processes import KernelServer
from grader.execute.provisioner import make_kernel_manager
from grader.execute.watchdog import PAST_MEMORY
from grader.files.cell_names import CellCode, read_code, without_capture
from grader.files.notebook_file import code_cells, title_of
from grader.files.terminal_codes import without_codes
from grader.language import NOTHING, Reason, _, error
from grader.language.stand_in_words import recognise
from grader.model import Answer, Cause, CauseKind, CellRun, Limits, TrainedNetwork

MOST_NAMES = 200
"""Names made by one cell that a run keeps."""


@dataclass
class Progress:
    """What one kernel has done so far; complete or not, it is what the run is made of."""

    cells: dict[int, CellRun] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    died_in: int | None = None
    is_unexplained: bool = False
    """It died of something that is no limit of ours and no end that the notebook chose: perhaps not its fault."""
    out_of_time: bool = False
    killed_by: str | None = None
    """the question during which it died, or the first that found it dead"""
    was_held_up: bool = False
    """It was ended because the machine was too busy for it."""
    lost: Mapping[str, Cause] = field(default_factory=dict)
    """names that are not there, or not as the notebook makes them, for a cause of ours"""
    asked_in_vain: list[str] = field(default_factory=list)
    had_copies: bool = False
    """There were copies of the kernel beside it: what it died of may be theirs."""
    no_copies: Reason = NOTHING
    """why copies of the kernel were wanted and not made"""
    watched: bool = False
    trained: tuple[TrainedNetwork, ...] = ()


class NotebookDriver:
    """One kernel, from its fork to its end. `drive` does everything; the fields say how far it got."""

    def __init__(
        self,
        server: KernelServer,
        fork: Fork,
        notebook: NotebookNode,
        limits: Limits,
        questions: Sequence[ProbeQuestion] = (),
        around: RunSetting | None = None,
        *,
        may_copy: bool = True,
        may_record: bool = True,
        oracle: OracleAsk | None = None,
    ) -> None:
        self.server = server
        self.fork = fork
        self.limits = limits
        self.progress = Progress()
        self.losses = Losses(around)
        self.words = redaction.words_of(cell.source for _place, cell in code_cells(notebook))
        self.client = CellClient(notebook, limits, km=make_kernel_manager(server, fork, limits))
        self.states = EarlierStates(self.client, questions if may_copy else (), self.words)
        self.questions = questions
        self.may_record = may_record
        self.oracle = oracle
        self.notebook = notebook

    async def drive(self, skip: Mapping[int, CellRun]) -> Progress:
        """Run every cell but those to skip, then ask every question. A kernel that dies ends it early."""
        context = self.client.km.context
        try:
            async with self.client.async_setup_kernel(cleanup_kc=True):
                # nbclient's own watch looks once a second; this one hears it at once.
                dead = self.fork.death()
                with self.client.connection:
                    self.server.watch(self.fork, self.client.connection, self.limits)
                    asker = NotebookAsker(
                        self.client, self.words, dead, self.progress.answers, self._explain, self.states, self.oracle
                    )
                    if any(question.content["kind"] == "figures" for question in self.questions):
                        await asker.answer(WATCH_FIGURES)
                    await self._run_cells(skip, dead, asker)
                    self.progress.lost = self.losses.all_lost()
                    if self.progress.died_in is None:
                        self.client.kc.iopub_channel.stop()  # what a probe prints goes nowhere
                        if self.may_record:
                            self.progress.watched, self.progress.trained = await asker.recording()
                        if any(question.oracle or self.states.is_stateful(question) for question in self.questions):
                            await self.states.keep_end(self.server.memory_mib(self.fork), self.limits, dead)
                        await asker.ask(self.questions)
                        self.progress.killed_by = asker.killed_by
                        self.progress.is_unexplained = dead.done() and self._is_unexplained()
                    self.progress.was_held_up = self.client.was_held_up
                self.progress.no_copies = self.states.refused
                self.states.drop()
                # nbclient asks a kernel to end, and looks ten times a second whether it has.
                self.server.kill(self.fork)
                await dead
        finally:
            # The manager closes only a context that it made itself; this one, with a limit on messages, is ours.
            context.destroy(linger=0)
        return self.progress

    def _explain(self, question: ProbeQuestion, name: str, value: str) -> Cause | None:
        cause = self.losses.explain_answer(question.names, CellError(name, value))
        if cause is None or not question.hidden:
            return cause
        # Which of several things it wanted could tell what a hidden question held.
        return next(iter(self.progress.lost.values()), Cause(kind=cause.kind))

    async def _run_cells(self, skip: Mapping[int, CellRun], dead: asyncio.Future[None], asker: NotebookAsker) -> None:
        timer = self.client.timer()
        for number, (index, cell) in enumerate(code_cells(self.notebook), start=1):
            known = CellRun(index=index, number=number, title=title_of(cell), end="skipped")
            if index in skip:
                self.progress.cells[index] = skip[index]
            elif self.progress.died_in is not None:
                self.progress.cells[index] = known
            elif timer.left_s(self.limits.notebook_s) <= 0:
                self.progress.out_of_time = True
                self.client.was_held_up |= timer.was_held_up(self.limits.notebook_s)
                seconds = f"{self.limits.notebook_s:g}"
                because = _("the notebook's {limit} s were used up before this cell", limit=seconds)
                known = known.model_copy(update=self._out_of_time(known, because))
                self.losses.not_run(read_code(cell.source), known.cause)
                self.progress.cells[index] = known
            else:
                left_s = timer.left_s(self.limits.notebook_s)
                self.progress.cells[index] = await self._run_cell(known, cell, left_s, dead, asker)
                cell.outputs = join_streams(cell.outputs)

    async def _keep(self, number: int, line: int, code: CellCode, dead: asyncio.Future[None]) -> bool:
        """Whether the kernel was copied before a cell, or a part of one, that may change an asked name."""
        names = self.states.at_risk(code)
        if not names:
            return False
        if self.server.memory_mib(self.fork) * ROOM > self.limits.memory_mib:
            self.states.give_up(_("the notebook uses too much memory for copies of it"))
            return False
        return await self.states.keep(number, line, names, dead)

    async def _run_cell(
        self, known: CellRun, cell: NotebookNode, left_s: float, dead: asyncio.Future[None], asker: NotebookAsker
    ) -> CellRun:
        """Run a cell; where it uses an asked name again that it has made itself, part by part."""
        given = cell.source
        known = known.model_copy(update={"made": tuple(sorted(read_code(given).binds))[:MOST_NAMES]})
        bare = without_capture(given)
        limit_s = min(self.limits.cell_s, left_s)
        timer = self.client.timer()
        told: CellRun | None = None
        shown: list[NotebookNode] = []
        parts = self.states.divide(given if bare is None else bare)
        for place, (line, part) in enumerate(parts):
            code = read_code(part)
            is_kept = await self._keep(known.number, line, code, dead)
            cell.source = part
            told, goes_on = await self._run_part(known, cell, told, limit_s, timer, dead, shown)
            self.progress.had_copies = bool(self.states.kept)
            self.states.note(code)
            if is_kept and self.progress.died_in is None:
                self.states.settle(await asker.answer(CHANGED))
            if not goes_on:
                for _line, left in parts[place + 1 :] if told.end in ("interrupted", "died") else ():
                    self.losses.not_run(read_code(left), told.cause)
                break
        assert told is not None
        cell.source, cell.outputs = given, [] if bare is not None and told.end == "ok" else shown
        self.losses.end_cell(given, told.cause)
        return told

    async def _run_part(
        self,
        known: CellRun,
        cell: NotebookNode,
        told: CellRun | None,
        limit_s: float,
        timer: FairTimer,
        dead: asyncio.Future[None],
        shown: list[NotebookNode],
    ) -> tuple[CellRun, bool]:
        """Run a cell, or a part; where it stops for a cause of ours, go on after the statement that stopped.

        `told`: how the parts before it ended. Also whether what comes after it is to be run.
        """
        given, code = cell.source, read_code(cell.source)
        while True:
            ended = await self._execute(known, cell, limit_s, timer, dead, is_first=told is None)
            shown += cell.outputs
            followed = self.losses.follow(known.number, code, self._outcome_of(ended))
            told = _with_rest(told, ended, followed.cause, _line_of(given, followed.line))
            if ended.end in ("interrupted", "died"):
                self.losses.not_run(code, ended.cause)
            if not followed.rest or ended.end != "error":
                is_ours = followed.cause is not None and followed.cause.is_ours
                return told, ended.end == "ok" or (ended.end == "error" and is_ours)
            cell.source, code = followed.rest, read_code(followed.rest)

    def _outcome_of(self, ended: CellRun) -> Outcome:
        asked = self.fork.read_asked()
        self.progress.asked_in_vain += asked
        return Outcome(
            is_ok=ended.end == "ok",
            error=read_error(self.client.reply) if ended.end == "error" else None,
            stored=self.losses.around.stored.get(ended.index, StoredOutcome()),
            asked=asked,
            limit=ended.cause,
        )

    async def _execute(
        self,
        known: CellRun,
        cell: NotebookNode,
        limit_s: float,
        timer: FairTimer,
        dead: asyncio.Future[None],
        *,
        is_first: bool,
    ) -> CellRun:
        """Have the kernel run a cell, or the rest of one; `timer` was started with the cell."""
        self.client.reply = {}
        printed, count, before_s = self.client.output_bytes, cell.execution_count, timer.wall_s
        task = asyncio.ensure_future(self.client.async_execute_cell(cell, known.index, store_history=is_first))
        in_time = await self.client.wait({task, dead}, timer, limit_s)
        known = known.model_copy(update={"wall_s": round(timer.wall_s - before_s, 3)})
        if not is_first:
            cell.execution_count = count
        if not task.done() or isinstance(task.exception(), DeadKernelError):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.progress.died_in = known.index
            return known.model_copy(update={"end": "died", **self._why_dead(known, dead, limit_s)})
        task.result()
        if self.client.interrupting is not None:
            await self.client.interrupting  # else it would hit the next cell, or a question
        if printed <= self.client.limit_bytes < self.client.output_bytes:
            because = _(
                "it printed more than the {limit} MiB that a notebook may, and was interrupted",
                limit=self.limits.output_mib,
            )
            return known.model_copy(update={"end": "interrupted", **_stopped_by("limit", "output", known, because)})
        if not in_time:
            return known.model_copy(
                update={"end": "interrupted", **self._out_of_time(known, self._why_too_long(limit_s))}
            )
        if self.client.reply.get("status") == "ok":
            return known.model_copy(update={"end": "ok"})
        return known.model_copy(update={"end": "error", **self._why_error(known)})

    def _out_of_time(self, known: CellRun, because: Reason) -> Mapping[str, Any]:
        return _stopped_by("grader" if self.client.was_held_up else "limit", "time", known, because)

    def _why_too_long(self, limit_s: float) -> Reason:
        if limit_s == self.limits.cell_s:
            return _(
                "it ran longer than the {limit} s that a cell may take, and was interrupted",
                limit=limit_s,
            )
        return _(
            "it ran longer than the {limit} s that a notebook may take, and was interrupted",
            limit=self.limits.notebook_s,
        )

    def _why_dead(self, known: CellRun, dead: asyncio.Future[None], limit_s: float) -> Mapping[str, Any]:
        if not dead.done():
            because = _(
                "it ran longer than {limit} s and did not stop when it was interrupted, so its kernel was ended",
                limit=float(f"{limit_s:.3g}"),
            )
            return self._out_of_time(known, because)
        if self.fork.overran.done():
            because = self.fork.overran.result()
            return _stopped_by("memory" if because.text == PAST_MEMORY else "limit", "", known, because)
        if self.server.killed_for_memory(self.fork):
            because = _(PAST_MEMORY, limit=self.limits.memory_mib)
            return _stopped_by("memory", "", known, because)
        status = self.fork.ended.result().status
        if status >= 0:
            because = _("it ended its own kernel (exit status {status})", status=status)
            return _stopped_by("student", "exit", known, because)
        if status == -CPU_LIMIT:
            because = _("it used more processor time than a notebook may")
            return _stopped_by("limit", "processor time", known, because)
        self.progress.is_unexplained = True
        because = _("its kernel was killed by signal {signal}", signal=-status)
        if status == -KILL:
            because = _("its kernel was killed by signal {signal} (usually: out of memory)", signal=-status)
        return _stopped_by("student", f"signal {-status}", known, because)

    def _is_unexplained(self) -> bool:
        """Whether the kernel died of no limit of ours and of no end that the notebook chose."""
        status = self.fork.ended.result().status
        is_limit = self.fork.overran.done() or self.server.killed_for_memory(self.fork) or status == -CPU_LIMIT
        return status < 0 and not is_limit

    def _why_error(self, known: CellRun) -> Mapping[str, Any]:
        name, value = (_clean(self.client.reply.get(key)) for key in ("ename", "evalue"))
        kind, limit = _name_limit(name, value, self.limits)
        if limit:
            return _stopped_by(kind, name, known, limit)
        # Before it is cut: half a sentence of a stand-in is recognised by nobody.
        said = recognise(_clean(self.client.reply.get("evalue"), most=2000))
        return {"because": error(name, value if isinstance(said, str) else said)}


def _stopped_by(kind: CauseKind, what: str, known: CellRun, because: Reason) -> Mapping[str, Any]:
    return {"because": because, "cause": Cause(kind=kind, what=what, cell=known.number)}


def _line_of(source: str, number: int) -> str:
    lines = source.split("\n")
    return short(lines[number - 1]) if 0 < number <= len(lines) else ""


def _with_rest(told: CellRun | None, ended: CellRun, cause: Cause | None, line: str) -> CellRun:
    """The cell as one: the first cause is kept, and a limit or a death that came later is its end."""
    if told is None:
        return ended.model_copy(update={"cause": ended.cause or cause, "line": line})
    wall_s = round(told.wall_s + ended.wall_s, 3)
    if told.end == "ok":  # the part before it
        cause = told.cause or ended.cause or cause
        return ended.model_copy(update={"cause": cause, "line": line, "wall_s": wall_s})
    if ended.end in ("interrupted", "died"):
        return ended.model_copy(update={"cause": told.cause, "line": told.line, "wall_s": wall_s})
    return told.model_copy(update={"wall_s": wall_s})


def _name_limit(name: str, value: str, limits: Limits) -> tuple[CauseKind, Reason]:
    """The limit that an error stems from, and a sentence on it; an empty one where it stems from none."""
    if name == "OutOfMemoryError" and "CUDA" in value:
        told = _("it asked for more GPU memory than the limit of {limit} MiB", limit=limits.gpu_memory_mib)
        return "memory", told
    if name == "MemoryError" or _OUT_OF_MEMORY.search(value):
        return "memory", _("it asked for more memory than the limit of {limit} MiB", limit=limits.memory_mib)
    if name == "OSError" and value.startswith(("[Errno 28]", "[Errno 27]")):
        return "limit", _(
            "it wrote more to files than the limit of {limit} MiB ({error})", limit=limits.disk_mib, error=value
        )
    if name == "OSError" and value.startswith("[Errno 24]"):
        return "limit", _(
            "it had more files open than the limit of {limit} ({error})", limit=limits.open_files, error=value
        )
    if (name == "BlockingIOError" and value.startswith("[Errno 11]")) or "can't start new thread" in value:
        return "limit", _(
            "it started more processes and threads than the limit of {limit} ({error})",
            limit=limits.processes,
            error=value,
        )
    return "limit", NOTHING


_OUT_OF_MEMORY = re.compile(
    r"not enough memory|can't allocate memory|Unable to allocate [\d.]+ \w+ for an array|"
    r"Insufficient memory|OutOfMemoryError|Failed to allocate \d+ bytes|\[Errno 12\]"
)
"""As torch says it on Windows and on Linux, NumPy, OpenCV (twice), and the system itself."""


def _clean(text: Any, most: int = 300) -> str:
    """A message of the student's code on one line, without terminal colours, of bounded length."""
    line = " ".join(without_codes(str(text or "")[:2000]).split())
    return line if len(line) <= most else f"{line[: most - 3]}…"
