"""A notebook's time is what it ran and slept; what it waited for a processor does not count, up to an outer bound."""

from __future__ import annotations

import asyncio
import os
import time

import nbformat
import pytest

from grader.execute import fair_time, pool
from grader.execute.answers import ProbeQuestion
from grader.execute.fair_time import OUTER, FairTimer
from grader.execute.forks import ForkServer
from grader.execute.pool import Executed, Servers, Work, execute_all, execute_one
from grader.execute.watchdog import waited_s
from grader.model import Cause, Limits, Run

LONG_S = 0.4


def wait(timer, limit_s):
    async def never():
        return await timer.wait({asyncio.get_running_loop().create_future()}, limit_s)

    return asyncio.run(never())


def test_who_waits_for_a_processor_gets_so_much_longer_and_no_more_than_the_outer_bound():
    started = time.monotonic()
    idle = FairTimer(lambda: 0.0)
    assert not wait(idle, LONG_S)
    assert idle.wall_s >= LONG_S
    assert not idle.was_held_up(LONG_S)
    half = FairTimer(lambda: (time.monotonic() - started) / 2)
    assert not wait(half, LONG_S)
    assert half.wall_s >= 2 * LONG_S
    assert not half.was_held_up(LONG_S)
    starved = FairTimer(lambda: time.monotonic())
    assert not wait(starved, LONG_S)
    assert starved.wall_s >= OUTER * LONG_S
    assert starved.was_held_up(LONG_S)


def test_what_a_process_waited_is_not_forgotten_when_it_has_ended():
    told = iter([0.0, 5.0, 0.0, 0.0])
    timer = FairTimer(lambda: next(told))
    assert timer.spent_s == 0.0
    assert timer.spent_s == 0.0


def test_the_system_tells_how_long_a_process_waited():
    assert waited_s(os.getpid()) >= 0.0
    assert waited_s(1 << 30) == 0.0


def notebook(*cells):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return nbformat.writes(made).encode()


def variable(name):
    content = {"kind": "variable", "names": [name], "arguments": {}}
    return ProbeQuestion(name=name, content=content, names=(name,), hidden=False, limit_s=20)


@pytest.fixture
def starving(monkeypatch):
    """Every notebook waits for a processor all the time."""
    monkeypatch.setattr(fair_time, "OUTER", 2.0)
    monkeypatch.setattr(ForkServer, "waited_s", lambda *_: time.monotonic())


def test_a_cell_that_got_no_processor_is_nobodys_fault_and_what_it_makes_is_lost(starving):
    work = Work("k", "s", notebook("import time\ntime.sleep(60)\nx = 1", "y = 2"), [variable("y")], Limits(cell_s=1))
    with Servers("bubblewrap") as servers:
        executed = execute_one(work, servers)
    cause = Cause(kind="grader", what="time", cell=1)
    assert executed.was_held_up
    assert [cell.cause for cell in executed.run.cells] == [cause, None]
    assert executed.run.lost["x"] == cause
    assert executed.run.answers["y"].value == 2


def test_a_cell_that_sleeps_too_long_is_its_own_fault():
    work = Work("k", "s", notebook("import time\ntime.sleep(60)\nx = 1"), (), Limits(cell_s=1))
    with Servers("bubblewrap") as servers:
        executed = execute_one(work, servers)
    assert not executed.was_held_up
    assert [cell.cause for cell in executed.run.cells] == [Cause(kind="limit", what="time", cell=1)]
    assert executed.run.lost == {}


class Busy:
    """An executor on which each work is held up for so many tries."""

    room = 2

    def __init__(self, tries):
        self.tries = dict(tries)
        self.log = []

    def submit(self, work):
        self.log.append(work.key)
        self.tries[work.key] -= 1
        future = pool.Future()
        run = Run(key=work.key, sha256="", end="finished", because="")
        future.set_result(Executed(run, None, None, was_held_up=self.tries[work.key] >= 0))
        return future


def test_what_was_held_up_is_run_once_more_when_the_class_has_ended_within_a_time(monkeypatch):
    works = [Work(key, "", b"", (), Limits()) for key in "abc"]
    busy = Busy({"a": 1, "b": 0, "c": 5})
    ended = [(work.key, executed.was_held_up) for work, executed in execute_all(works, busy)]
    assert sorted(busy.log[:3]) == ["a", "b", "c"]
    assert busy.log[3:] == ["a", "c"]
    assert ended == [("b", False), ("a", False), ("c", True)]
    monkeypatch.setattr(pool, "ALONE_S", -1.0)
    busy = Busy({"a": 1, "b": 0, "c": 5})
    assert sorted(work.key for work, _ in execute_all(works, busy)) == ["a", "b", "c"]
    assert len(busy.log) == 3
