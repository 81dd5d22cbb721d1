"""The warm fork server of a worker ends where nobody needs it, and not before."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.execute import forks
from grader.execute.cluster import worker
from grader.execute.cluster.offers import make_offer
from grader.execute.cluster.worker import IdleServers
from grader.execute.pool import Requirements
from tests.execute.conftest import HELD, let_go, make_work, printed
from tests.waiting import wait_until

Started = Callable[[], set[Path]]


@pytest.fixture
def started() -> Started:
    """The folders of the fork servers that were started since, and have not ended."""
    before = set(forks.HOMES.glob(f"grader-{os.getpid()}-*"))
    return lambda: set(forks.HOMES.glob(f"grader-{os.getpid()}-*")) - before


@pytest.fixture
def servers() -> Iterator[IdleServers]:
    required = Requirements("bubblewrap", "none", 4096)
    servers = IdleServers(required, make_offer(required))
    yield servers
    servers.close()


def test_a_fork_server_that_nobody_has_used_for_a_while_is_ended_and_the_next_work_starts_another(
    servers: IdleServers, started: Started, monkeypatch: pytest.MonkeyPatch
):
    servers.execute(make_work("print('one')"))
    (first,) = started()
    monkeypatch.setattr(worker, "IDLE_S", 0.1)
    servers.execute(make_work("print('two')"))
    wait_until(lambda: not started(), "the idle fork server is ended")
    monkeypatch.undo()
    assert printed(servers.execute(make_work("print('three')"))) == "three\n"
    (second,) = started()
    assert second != first


def test_a_fork_server_is_not_ended_while_a_notebook_runs(servers: IdleServers, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker, "IDLE_S", 0.1)
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(servers.execute, make_work(f"{HELD}print('long')"))
        wait_until(lambda: servers._running, "a notebook runs")
        servers.execute(make_work("print('short')"))
        time.sleep(0.5)  # five times as long as a server may be idle
        (executed,) = let_go(long)
    assert (executed.run.end, printed(executed)) == ("finished", "long\n")


def test_a_worker_that_ends_takes_its_fork_server_along(servers: IdleServers, started: Started):
    servers.warm_up()
    wait_until(started, "a fork server starts")
    servers.close()
    assert not started()
