"""Works go through an executor: as many at once as it has room for, each back with what came of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.execute.gpu import Gpu, GpuShare
from grader.execute.pool import LocalExecutor, Work, execute_all
from grader.model import Limits


def unreadable(number: int) -> Work:
    """A work that needs no kernel."""
    return Work(f"key-{number}", "sha", b"no notebook", (), Limits())


def test_every_work_comes_back_with_its_own_run():
    with LocalExecutor("none", jobs=3) as executor:
        ended = {work.key: executed.run for work, executed in execute_all(map(unreadable, range(20)), executor)}
    assert {key: run.key for key, run in ended.items()} == {f"key-{n}": f"key-{n}" for n in range(20)}
    assert {run.end for run in ended.values()} == {"unreadable"}


def test_no_more_works_are_taken_than_there_is_room_for():
    """Each holds a submission's bytes, and a class need not fit into memory."""
    taken = 0

    def works() -> Iterator[Work]:
        nonlocal taken
        for number in range(50):
            taken += 1
            yield unreadable(number)

    with LocalExecutor("none", jobs=3) as executor:
        for given_back, _ in enumerate(execute_all(works(), executor)):
            assert taken - given_back <= 3 + 1  # the one that has ended
    assert taken == 50


@pytest.mark.parametrize(("jobs", "room"), [(1, 1), (2, 2), (8, 3)])
def test_an_executor_has_room_for_as_many_as_fit_on_its_gpus(jobs: int, room: int):
    share = GpuShare((Gpu(0, "NVIDIA T4", 15360),), 4096, 3)
    with LocalExecutor("none", jobs, share) as executor:
        assert executor.room == room
