"""Finds the cluster that runs at an address, or has one started by a queue that dask-jobqueue knows."""

from __future__ import annotations

import functools
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import dask_jobqueue
from distributed import Client

from grader.course.course import QueueFile
from grader.errors import PassingError, UserError
from grader.execute.cluster.executor import ClusterExecutor
from grader.execute.cluster.offers import Offer, choose, describe_here, make_offer
from grader.execute.cluster.worker import run_beside
from grader.execute.pool import Requirements

CONNECT_S = 10.0
LOOK_S = 0.5

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Cluster:
    """A scheduler and its workers."""

    name: str
    connect: Callable[[], Client]
    tell: Tell
    any_environment: bool = False

    def executor(self, required: Requirements) -> ClusterExecutor:
        """The workers that have what is required; who is left out, and why, is told."""
        choice = choose(self.ask_offers(required), required, describe_here(), any_environment=self.any_environment)
        for worker, why in choice.refused.items():
            self.tell(f"The worker {worker} gets no notebooks: {why}.")
        return ClusterExecutor(self.connect, required, choice)

    def ask_offers(self, required: Requirements) -> dict[str, Offer]:
        """worker -> what it has."""
        return {worker: _as_offer(told) for worker, told in self.ask_each(make_offer, required).items()}

    def ask_each(self, function: Callable[..., Any], *arguments: object) -> Mapping[str, Any]:
        """worker -> what the function returns there, or its error; they are asked at once, however busy they are."""
        with self.connect() as client:
            self._wait_for_worker(client)
            return dict(client.run(run_beside, function, *arguments, on_error="return"))

    def _wait_for_worker(self, client: Client) -> None:
        if not client.nthreads():
            self.tell(f"Waiting for a worker of {self.name}.")
        while not client.nthreads():
            time.sleep(LOOK_S)


def _as_offer(told: Offer | Exception) -> Offer:
    match told:
        case Offer():
            return told
        case OSError():
            return Offer({}, problem="it does not answer")
    return Offer({}, problem=f"this grader cannot be loaded there ({told})")


@contextmanager
def find_cluster(
    name: str, queues: Mapping[str, QueueFile], *, tell: Tell, any_environment: bool = False
) -> Iterator[Cluster]:
    """The cluster at this address (tcp://…), or one of the queue of this name, which ends with the context."""
    _log_as_the_grader_does()
    if "://" in name:
        _connect(name).close()  # told before anything else is done
        yield Cluster(name, functools.partial(_connect, name), tell, any_environment)
        return
    if name not in queues:
        raise UserError(
            f"course.toml does not say what to ask of the queue `{name}`",
            remedy=f"Write it there, under [cluster.{name}]: jobs, cores, memory; or name the address of a scheduler.",
        )
    with (
        tempfile.TemporaryDirectory(prefix="grader-cluster-", dir=Path.home()) as keys,
        _start(name, queues[name], Path(keys)) as started,
    ):
        yield Cluster(name, functools.partial(Client, started, set_as_default=False), tell, any_environment)


def _connect(address: str) -> Client:
    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False, name="grader")
    except (OSError, ValueError) as error:
        raise PassingError(
            f"no scheduler answers at {address}",
            remedy="Is it the address that `dask scheduler` printed when it started, and does this machine reach it?",
        ) from error


def _start(name: str, queue: QueueFile, keys: Path) -> Any:
    """Hand jobs to a queue. Scheduler and workers talk over TLS, with keys made for this one time."""
    known = {
        kind.removesuffix("Cluster").lower(): getattr(dask_jobqueue, kind)
        for kind in dir(dask_jobqueue)
        if kind.endswith("Cluster")
    }
    known.pop("jobqueue", None)
    if name not in known:
        raise UserError(f"there is no queue `{name}`", remedy=f"dask-jobqueue knows these: {', '.join(sorted(known))}.")
    command = (known[name].job_cls.submit_command or "").split(" ")[0]
    if command and shutil.which(command) is None:
        raise UserError(
            f"jobs for `{name}` cannot be handed in here: there is no command `{command}`",
            remedy="Start the grader on a machine from which jobs are handed in, such as the cluster's login node.",
        )
    secure = {"protocol": "tls://", "security": True, "shared_temp_directory": str(keys)}
    options = {**secure, "cores": queue.cores, "memory": queue.memory, **(queue.model_extra or {})}
    with dask.config.set({"distributed.scheduler.allowed-failures": 2}):
        try:
            cluster = known[name](**options)
        except (TypeError, ValueError) as error:
            raise UserError(
                f"dask-jobqueue does not take these settings: {error}", where=f"course.toml, [cluster.{name}]"
            ) from error
    cluster.scale(jobs=queue.jobs)
    return cluster


def _log_as_the_grader_does() -> None:
    """Dask prints its log on standard error; warnings belong into the grader's own."""
    for name in ("distributed", "distributed.client", "bokeh", "tornado", "tornado.application"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
