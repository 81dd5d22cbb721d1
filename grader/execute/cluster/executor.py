"""Works go out to a cluster and runs come back, whatever happens to workers and scheduler meanwhile."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import logging
import math
import threading
import time
import uuid
import warnings
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from distributed import Client, KilledWorker
from distributed.client import FutureCancelledError

from grader.course.materials import Materials
from grader.errors import PassingError
from grader.execute.cluster.offers import WorkerChoice, settle
from grader.execute.cluster.wire import unpack
from grader.execute.cluster.worker import NotebookRunner, count_places, hold, run_work
from grader.execute.pool import Executed, Requirements, Work, make_run
from grader.language import Reason, _

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""How often the scheduler is asked how many places there are."""

PATIENCE_S = 600.0
"""How long a scheduler may be gone before the grader gives up: time to start it again."""

RETRY_S = 1.0


@dataclass(eq=False)
class Task:
    """A work that was submitted. It is answered once, however often it has to be sent."""

    work: Work
    answer: Future[Executed] = field(default_factory=Future)
    sent: Any = None
    """Dask's future; held here, for Dask gives up what nobody holds"""
    alone: bool = False
    """whether it runs by itself, because it is suspected of what happened to its workers"""


class ClusterExecutor:
    """The workers of a Dask cluster that have what these notebooks require."""

    runner: type[NotebookRunner] = NotebookRunner

    def __init__(self, connect: Callable[[], Client], required: Requirements, choice: WorkerChoice) -> None:
        self.sandbox = required.sandbox
        self.gpu = choice.gpu
        self._connect = connect
        self._required = settle(required, choice)
        self._expected = choice.expected
        # The same for every grader that requires the same: one that is started again meets warm workers.
        facts = json.dumps([asdict(self._required), choice.expected], sort_keys=True)
        self._resource = f"grader-{hashlib.sha256(facts.encode()).hexdigest()[:12]}"
        self._lock = threading.RLock()
        self._running: set[Task] = set()
        self._suspects: deque[Task] = deque()
        self._materials: dict[str, Any] = {}
        self._lost = threading.Event()
        self._ended = False
        self._places, self._looked = 1, -math.inf

    def __enter__(self) -> Self:
        self._client = self._open()
        threading.Thread(target=self._reconnect, name="reconnect", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ended = True
        self._lost.set()
        self._client.close()

    @property
    def places(self) -> int:
        """How many notebooks can run at once now."""
        if time.monotonic() - self._looked > LOOK_S and not self._lost.is_set():
            self._looked = time.monotonic()
            with contextlib.suppress(OSError):  # the connection was lost, and `_reconnect` makes a new one
                self._places = self._client.run_on_scheduler(count_places, self._resource)
        return self._places

    @property
    def room(self) -> int:
        """Somewhat more than there are places, so that no worker waits for this machine."""
        return self.places + max(1, self.places // 4)

    def warm_up(self) -> None:
        """Nothing: workers get warm with their first work, and stay so."""

    def submit(self, work: Work) -> Future[Executed]:
        task = Task(work)
        with self._lock:
            self._running.add(task)
            self._send(task)
        return task.answer

    def _open(self) -> Client:
        client = self._connect()
        runner = self.runner(self._resource, self._required, self._expected)
        try:
            client.register_plugin(runner, name=self._resource)
        except OSError:  # a worker was lost just now; the scheduler has it, and gives it to the others
            client.register_plugin(runner, name=self._resource)
        return client

    def _send(self, task: Task) -> None:
        """Each time under another key, so that a late answer to what was sent before is nobody's."""
        if self._lost.is_set():
            return  # once there is a connection again, everything that is running is sent
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            task.sent = self._client.submit(
                run_work,
                self._resource,
                replace(task.work, materials=Materials()),
                self._share(task.work.materials),
                key=f"grader-run-{uuid.uuid4().hex}",
                resources={self._resource: 1},
                pure=False,
            )
        task.sent.add_done_callback(functools.partial(self._settle, task))

    def _share(self, materials: Materials) -> Any:
        """What an assignment brings, sent once: workers pass it on among themselves."""
        if materials.hash not in self._materials:
            key = f"grader-materials-{uuid.uuid4().hex}"
            self._materials[materials.hash] = self._client.submit(
                hold, materials, key=key, resources={self._resource: 0}
            )
        return self._materials[materials.hash]

    def _settle(self, task: Task, sent: Any) -> None:
        """Dask has done with it: it ran, or its worker was lost too often, or the scheduler is gone."""
        if self._ended or sent is not task.sent:
            return
        try:
            error = sent.exception()
            packed = sent.result() if error is None else ("", b"", None)
        except (FutureCancelledError, OSError):
            with self._lock:
                if sent is task.sent:
                    self._lost.set()
            return
        if isinstance(error, KilledWorker):
            self._suspect(task)
            return
        if error is None:
            try:
                self._answer(task, unpack(task.work, packed))
                return
            except (
                ValueError,
                KeyError,
                TypeError,
            ) as unreadable:  # a worker with another grader, where that is allowed
                error = unreadable
        log.error("run %s failed", task.work.key, exc_info=error)
        told = _(
            "The grader failed on this notebook ({error}); this is not the student's fault.",
            error=type(error).__name__,
        )
        self._answer(task, self._failed(task, told))

    def _suspect(self, task: Task) -> None:
        """Workers were lost while it ran, and whatever ran beside it is suspected, too: so it is tried by itself."""
        if task.alone:
            told = _(
                "The worker that ran this notebook was lost again and again, also while it ran nothing else, so that "
                "it is not tried any more; this need not be the student's fault.",
            )
            self._answer(task, self._failed(task, told))
            return
        with self._lock:
            self._running.discard(task)
            self._suspects.append(task)
            self._try_suspect()

    def _try_suspect(self) -> None:
        if not self._running and self._suspects:
            task = self._suspects.popleft()
            task.alone = True
            self._running.add(task)
            self._send(task)

    def _failed(self, task: Task, because: Reason) -> Executed:
        return Executed(make_run(task.work, self.sandbox, self.gpu, end="failed", because=because), None, None)

    def _answer(self, task: Task, executed: Executed) -> None:
        with self._lock:
            self._running.discard(task)
            task.sent = None
            self._try_suspect()
        task.answer.set_result(executed)

    def _reconnect(self) -> None:
        """Connect again whenever the scheduler was lost, and send again what was running."""
        while True:
            self._lost.wait()
            if self._ended:
                return
            self._client.close()
            client = self._wait_for_scheduler()
            with self._lock:
                if client is None:
                    self._give_up()
                    return
                self._client = client
                if self._ended:
                    client.close()
                    return
                self._lost.clear()
                self._materials.clear()
                for task in self._running:
                    self._send(task)

    def _wait_for_scheduler(self) -> Client | None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and not self._ended:
            try:
                return self._open()
            except (OSError, PassingError):
                time.sleep(RETRY_S)
        return None

    def _give_up(self) -> None:
        error = PassingError(
            f"the scheduler is gone, and did not come back within {PATIENCE_S / 60:g} minutes",
            remedy="Start it and its workers, and then the same command again: what is done stays done.",
        )
        for task in (*self._running, *self._suspects):
            task.answer.set_exception(error)
