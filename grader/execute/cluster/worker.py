"""What happens in a worker process: a warm fork server, and what the scheduler is told of it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from distributed import Scheduler, Worker, WorkerPlugin, get_worker

from grader.course.materials import Materials
from grader.execute.cluster.offers import Offer, make_offer, tell_difference
from grader.execute.cluster.wire import Packed, pack
from grader.execute.pool import Executed, Requirements, Servers, Work, execute_one

log = logging.getLogger(__name__)

IDLE_S = 600.0
"""A fork server that nobody has used for so long is ended; the next work starts another one."""


class NotebookRunner(WorkerPlugin):
    """Goes to every worker, also to those that come later, and offers places there for works: a resource of Dask's.

    A worker that differs from what is expected offers none, so that no work gets there.
    """

    idempotent = True
    """A grader that is started again leaves the warm ones as they are."""

    def __init__(self, resource: str, required: Requirements, expected: Mapping[str, str] | None) -> None:
        self.name = resource
        self.resource = resource
        self.required = required
        self.expected = expected

    async def setup(self, worker: Worker) -> None:
        """Look at what this worker has, and offer it."""
        offer = await asyncio.to_thread(make_offer, self.required)
        difference = tell_difference(offer, self.expected)
        if difference:
            log.warning("this worker gets no notebooks: %s", difference)
            return
        self.servers = IdleServers(self.required, offer)
        places = min(worker.state.nthreads, offer.gpu.jobs) if offer.gpu else worker.state.nthreads
        await worker.set_resources(**{self.resource: places})
        self.servers.warm_up()

    def teardown(self, worker: Worker) -> None:
        """End the fork server with the worker."""
        if hasattr(self, "servers"):
            self.servers.close()


class IdleServers:
    """The fork servers of a worker, ended where nobody has needed them for a while: the grader may be gone."""

    def __init__(self, required: Requirements, offer: Offer) -> None:
        self._start = functools.partial(Servers, required.sandbox, gpu=offer.gpu, modules=required.modules)
        self._servers: Servers | None = None
        self._running = 0
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def warm_up(self) -> None:
        """Start one now, in the background."""
        with self._lend() as servers:
            servers.warm_up()

    def execute(self, work: Work) -> Executed:
        with self._lend() as servers:
            return execute_one(work, servers)

    @contextlib.contextmanager
    def _lend(self) -> Iterator[Servers]:
        with self._lock:
            self._running += 1
            if self._servers is None:
                self._servers = self._start()
            servers = self._servers
        try:
            yield servers
        finally:
            with self._lock:
                self._running -= 1
                if self._timer is not None:
                    self._timer.cancel()
                self._timer = threading.Timer(IDLE_S, self._close_if_idle)
                self._timer.daemon = True
                self._timer.start()

    def _close_if_idle(self) -> None:
        with self._lock:
            if self._running == 0:
                self._close()

    def close(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._close()

    def _close(self) -> None:
        if self._servers is not None:
            self._servers.close()
            self._servers = None


def run_work(resource: str, work: Work, materials: Materials) -> Packed:
    """A task of Dask's: one submission, on the worker that it is started on."""
    runner: NotebookRunner = get_worker().plugins[resource]
    return pack(runner.servers.execute(replace(work, materials=materials)))


def hold(materials: Materials) -> Materials:
    """A task of Dask's, so that what is lost with a worker is made again."""
    return materials


def count_places(resource: str, dask_scheduler: Scheduler) -> int:
    """On the scheduler: how many notebooks can run at once.

    Also, works that wait because there was no place at all get one: Dask looks for such when a worker joins, and it has
    told what it offers only after that.
    """
    places = int(sum(worker.resources.get(resource, 0) for worker in dask_scheduler.workers.values()))
    waiting = [task.key for task in dask_scheduler.unrunnable if resource in (task.resource_restrictions or ())]
    if places and waiting:
        dask_scheduler.transitions(dict.fromkeys(waiting, "processing"), stimulus_id=f"places-{time.time()}")
    return places


async def run_beside(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function beside what the worker is doing, in a thread of its own."""
    return await asyncio.to_thread(function, *arguments)
