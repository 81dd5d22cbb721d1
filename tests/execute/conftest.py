"""Notebooks made of a few lines, run for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import nbformat
import pytest

from grader.execute.answers import Question
from grader.execute.pool import Executed, Servers, Work, execute_one
from grader.model import Limits

LIMITS = Limits(cell_s=60, notebook_s=120, memory_mib=400, disk_mib=20, processes=60)
"""Of time there is plenty: a machine may be busy. Tests of those limits set their own."""
Execute = Callable[..., Executed]


def make_work(*cells: str, questions: Sequence[Question] = (), limits: Limits = LIMITS, key: str = "key") -> Work:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return Work(key, "sha", nbformat.writes(notebook).encode(), questions, limits)


def printed(executed: Executed) -> str:
    """Everything that the cells printed."""
    assert executed.fresh is not None
    return "".join(output.get("text", "") for cell in executed.fresh.cells for output in cell.outputs)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with Servers("bubblewrap") as servers:
        yield servers


@pytest.fixture
def execute(servers: Servers) -> Execute:
    return lambda *cells, **options: execute_one(make_work(*cells, **options), servers)
