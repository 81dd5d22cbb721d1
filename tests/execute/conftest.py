"""Notebooks made of a few lines, run for real."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest

from grader.execute import forks
from grader.execute.answers import ProbeQuestion
from grader.execute.pool import Executed, Servers, Work, execute_one
from grader.model import Limits
from tests.waiting import wait_until

LIMITS = Limits(cell_s=60, notebook_s=120, memory_mib=400, disk_mib=20, processes=60)
"""Of time there is plenty: a machine may be busy. Tests of those limits set their own."""
Execute = Callable[..., Executed]

HELD = "import os, time\nwhile not os.path.exists(os.environ['GRADER_MATERIALS'] + '/go'): time.sleep(0.01)\n"
"""The begin of a cell that goes on once the test lets it: `let_go`."""


def make_work(*cells: str, questions: Sequence[ProbeQuestion] = (), limits: Limits = LIMITS, key: str = "key") -> Work:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return Work(key, "sha", nbformat.writes(notebook).encode(), questions, limits)


def printed(executed: Executed) -> str:
    """Everything that the cells printed."""
    assert executed.fresh is not None
    return "".join(output.get("text", "") for cell in executed.fresh.cells for output in cell.outputs)


def let_go(*running: Future[Executed]) -> list[Executed]:
    """Let every held cell of this process's kernels go on until these have ended, also those that are run again."""

    def ended() -> bool:
        for folder in forks.HOMES.glob(f"grader-{os.getpid()}-*/spool/*/kernel/materials"):
            with suppress(FileNotFoundError):  # its kernel has ended meanwhile
                (folder / "go").touch()
        return all(future.done() for future in running)

    wait_until(ended, "the kernels that were held end")
    return [future.result() for future in running]


def below(pid: int) -> list[int]:
    """The processes that it started, and they, in the order in which they were started."""
    own = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it has ended meanwhile
            own += [int(told) for told in path.read_text().split()]
    return [each for child in own for each in (child, *below(child))]


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "ended"


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with Servers("bubblewrap") as servers:
        yield servers


@pytest.fixture
def execute(servers: Servers) -> Execute:
    return lambda *cells, **options: execute_one(make_work(*cells, **options), servers)
