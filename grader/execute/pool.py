"""Executes works: an executor takes them, with the interface of concurrent.futures, and each ends as a run.

The one place through which runs go. Nothing beyond it knows where notebooks run.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from nbformat import NotebookNode

from grader.course.materials import Materials
from grader.course.reference_code import ReferenceCode
from grader.execute.answers import ProbeQuestion
from grader.execute.attempts import Attempts
from grader.execute.causes import RunSetting, read_stored
from grader.execute.forked_kernel import ServerError
from grader.execute.gpu import GpuShare, Wanted, choose_share
from grader.execute.notebook_run import NotebookDriver
from grader.execute.oracles import Oracles
from grader.execute.processes import KernelServer, start_server
from grader.execute.run_key import describe_environment
from grader.execute.sandbox import Sandbox
from grader.files.notebook_file import UnreadableError, code_cells, foreign_language, read_notebook
from grader.inside.colab_packages import COLAB
from grader.language import Reason, _
from grader.model import ANY_NAME, Cause, Limits, Run

log = logging.getLogger(__name__)

TRIES = 2
"""How often a notebook is run where the grader itself fails: one hiccup need not cost a person a second command."""

ALONE_S = 3600.0
"""How long a class may take to run those once more, alone, that were ended because the machine was too busy."""

REFILL_S = 2.0
"""How often it is looked whether an executor has got more room, although nothing has ended."""


@dataclass(frozen=True)
class Work:
    """One submission to run: its bytes, the questions, the limits, and what the assignment brings. Nothing of what is
    expected."""

    key: str
    sha256: str
    content: bytes
    questions: Sequence[ProbeQuestion]
    limits: Limits
    materials: Materials = field(default_factory=Materials)
    oracle: ReferenceCode | None = None
    """what stands for helpers of the student's, where a question says so; outside of the sandbox"""


@dataclass(frozen=True)
class Executed:
    """A run, the notebook as handed in and as executed."""

    run: Run
    stored: NotebookNode | None
    fresh: NotebookNode | None
    was_held_up: bool = False
    """It was ended because the machine was too busy for it."""


class Executor(Protocol):
    """Where works are executed: on this machine or on others."""

    sandbox: Sandbox
    gpu: GpuShare | None
    """what notebooks get of a GPU: a run's key speaks of it"""

    @property
    def room(self) -> int:
        """How many works it is good to have submitted at once; it may change."""

    def warm_up(self) -> None:
        """Make ready now, in the background, while other things are made ready."""

    def submit(self, work: Work) -> Future[Executed]:
        """Take a work; whatever goes wrong with it is a run that `failed`, and no error of the future."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it; what is still running is given up."""


@dataclass(frozen=True)
class Requirements:
    """What an assignment's notebooks have to run in and on."""

    sandbox: Sandbox
    gpu: Wanted
    gpu_memory_mib: int
    gpu_jobs: int | None = None
    """how many at once on the GPUs of a machine; by default as many as fit"""
    modules: tuple[str, ...] = ()
    """what the course's notebooks import beside the usual: imported once, before any of them"""


@dataclass(frozen=True)
class Resources:
    """What the user lets notebooks run in and on: the sandbox, how many at once, and the cluster, if it is on one."""

    sandbox: Sandbox
    jobs: int
    gpu_jobs: int | None = None
    cluster: Callable[[Requirements], Executor] | None = None

    def executor(self, wanted: Wanted, limits: Limits, modules: tuple[str, ...] = ()) -> Executor:
        """What executes an assignment's notebooks; a UserError where they cannot be run so."""
        if self.cluster is not None:
            return self.cluster(Requirements(self.sandbox, wanted, limits.gpu_memory_mib, self.gpu_jobs, modules))
        share = choose_share(wanted, limits.gpu_memory_mib, at_once=self.gpu_jobs)
        return LocalExecutor(self.sandbox, self.jobs, share, modules)


class LocalExecutor:
    """This machine: so many threads, each of which drives a kernel of the fork server that they share."""

    def __init__(self, sandbox: Sandbox, jobs: int, gpu: GpuShare | None = None, modules: tuple[str, ...] = ()) -> None:
        self.sandbox = sandbox
        self.gpu = gpu
        self.room = min(jobs, gpu.jobs) if gpu else jobs
        self._servers = Servers(sandbox, gpu=gpu, modules=modules)
        self._threads = ThreadPoolExecutor(self.room, thread_name_prefix="run")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._servers.close()

    def warm_up(self) -> None:
        self._servers.warm_up()

    def submit(self, work: Work) -> Future[Executed]:
        return self._threads.submit(execute_one, work, self._servers)


class Servers:
    """The fork servers of one class: one that all share or, where forks cannot be isolated, one for each submission."""

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        shared: bool = True,
        gpu: GpuShare | None = None,
        modules: tuple[str, ...] = (),
    ) -> None:
        self.sandbox = sandbox
        self.gpu = gpu
        self.modules = modules
        self.may_share = shared
        self.oracles = Oracles()
        self.have_ended = False
        self._shared: KernelServer | None = None
        self._gone: list[KernelServer] = []
        """died, and were replaced"""
        self._lock = threading.Lock()

    def __enter__(self) -> Servers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End them, and every kernel."""
        self.have_ended = True
        self.oracles.close()
        with self._lock:  # a server that is just starting is closed too
            for server in (*self._gone, self._shared):
                if server is not None:
                    server.close()

    def warm_up(self) -> None:
        """Start the server now, in the background, while other things are made ready."""
        threading.Thread(target=self._warm_up, name="warm-up").start()

    def _warm_up(self) -> None:
        # What goes wrong here goes wrong again, and is told, when the first submission asks for the server.
        with contextlib.suppress(ServerError), self.lend():
            pass

    @contextlib.contextmanager
    def lend(self) -> Iterator[KernelServer]:
        """A server that is warm."""
        with self._lock:
            if self.have_ended:
                raise ServerError("the grader was stopped")  # a thread that is still at work starts nothing new
            if self._shared is not None and not self._shared.is_alive:
                self._gone.append(self._shared)
                self._shared = None
            if self.may_share and self._shared is None:
                self._shared = start_server(self.sandbox, gpu=self.gpu, modules=self.modules)
                self.may_share = self._shared.is_shared
        if self.may_share and self._shared is not None:
            yield self._shared
        else:
            with start_server(self.sandbox, nested=False, gpu=self.gpu, modules=self.modules) as own:
                yield own


def execute_all(works: Iterable[Work], executor: Executor) -> Iterator[tuple[Work, Executed]]:
    """Every work with what came of it, in the order in which they end.

    No more works are taken than the executor has room for: a class need not fit into memory.
    """
    left = iter(works)
    running: dict[Future[Executed], Work] = {}
    ended: queue.SimpleQueue[Future[Executed]] = queue.SimpleQueue()

    def fill() -> None:
        for work in itertools.islice(left, max(0, executor.room - len(running))):
            future = executor.submit(work)
            running[future] = work
            future.add_done_callback(ended.put)

    fill()
    held_up: list[tuple[Work, Executed]] = []
    while running:
        try:
            future = ended.get(timeout=REFILL_S)
        except queue.Empty:
            fill()  # meanwhile, there may be more room
            continue
        work = running.pop(future)
        fill()  # before the caller stores what came of this one
        executed = future.result()
        if executed.was_held_up:
            held_up.append((work, executed))
        else:
            yield work, executed
    yield from _run_alone(held_up, executor)


def _run_alone(held_up: Sequence[tuple[Work, Executed]], executor: Executor) -> Iterator[tuple[Work, Executed]]:
    """Once more, one after the other, what the class itself left no processor for; what there is no time for waits."""
    deadline = time.monotonic() + ALONE_S
    for work, executed in held_up:
        yield work, executor.submit(work).result() if time.monotonic() < deadline else executed


def execute_one(work: Work, servers: Servers) -> Executed:
    """Run one submission. Where we fail, twice in a row, it becomes a run that `failed`, and waits for a person."""
    try:
        stored = read_notebook(work.content, limit_mib=work.limits.notebook_mib)
    except UnreadableError as error:
        return Executed(
            make_run(work, servers.sandbox, servers.gpu, end="unreadable", because=error.reason), None, None
        )
    if language := foreign_language(work.content):
        because = _("The notebook is written in {what}, which does not run here.", what=f"`{language}`")
        run = make_run(work, servers.sandbox, servers.gpu, end="unreadable", because=because)
        lost = {ANY_NAME: Cause(kind="kernel", what=language)}
        return Executed(run.model_copy(update={"lost": lost}), stored, None)
    failure = ""
    for tried in range(1, TRIES + 1):
        try:
            return _execute(work, stored, servers)
        except Exception as error:
            log.exception("run %s failed, attempt %d of %d", work.key, tried, TRIES)
            failure = type(error).__name__
            if servers.have_ended:
                break
    because = _("The grader failed on this notebook ({error}); this is not the student's fault.", error=failure)
    return Executed(make_run(work, servers.sandbox, servers.gpu, end="failed", because=because), stored, None)


def _execute(work: Work, stored: NotebookNode, servers: Servers) -> Executed:
    attempts, started = Attempts(), time.monotonic()
    around = _around(work, stored, servers.gpu)
    oracle = functools.partial(servers.oracles.exchange, code=work.oracle) if work.oracle else None
    while attempts.may_go_on:
        fresh = copy.deepcopy(stored)
        for _place, cell in code_cells(fresh):
            cell.outputs, cell.execution_count = [], None
        with servers.lend() as server:
            fork = server.prepare(work.materials)
            questions = [question for question in work.questions if question.name not in attempts.killers]
            driver = NotebookDriver(
                server,
                fork,
                fresh,
                work.limits,
                questions,
                around,
                may_copy=attempts.may_copy,
                may_record=attempts.may_record,
                oracle=oracle,
            )
            try:
                # Windows' own kind of loop does not know the sockets of kernels.
                with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                    progress = runner.run(driver.drive(attempts.deaths))
            finally:
                attempts.endings.append(server.end(fork))
                attempts.asked_in_vain += driver.progress.asked_in_vain
        if not attempts.needs_another(progress):
            break
    end, because = attempts.say_end(progress)
    run = make_run(work, servers.sandbox, servers.gpu, end=end, because=because)
    told = attempts.as_fields(progress, work.questions)
    told["took_s"] = round(time.monotonic() - started, 1)
    return Executed(run.model_copy(update=told), stored, fresh, was_held_up=progress.was_held_up)


def _around(work: Work, stored: NotebookNode, gpu: GpuShare | None) -> RunSetting:
    return RunSetting(
        packages=COLAB | set(work.materials.packages),
        files=tuple(work.materials.files),
        has_gpu=gpu is not None,
        stored={index: read_stored(cell) for index, cell in code_cells(stored)},
    )


def make_run(work: Work, sandbox: Sandbox, gpu: GpuShare | None, *, end: str, because: Reason) -> Run:
    """A run of which nothing else is known."""
    told = {"key": work.key, "sha256": work.sha256, "end": end, "because": because, "sandbox": sandbox}
    asked = {question.name: question.hash for question in work.questions}
    return Run.model_validate({**told, "asked": asked, "environment": describe_environment(gpu)})
