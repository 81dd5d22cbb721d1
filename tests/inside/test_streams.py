"""What a cell prints is that cell's, by whatever way it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from grader.execute.pool import Executed, Servers, execute_one
from tests.execute.conftest import make_work


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[..., Executed]]:
    with Servers("bubblewrap") as servers:
        yield lambda *cells: execute_one(make_work(*cells), servers)


LONG = 100_000
"""More than a pipe holds."""


def printed(executed: Executed) -> list[str]:
    """For each cell."""
    assert executed.fresh is not None, executed.run.because
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in executed.fresh.cells]


def test_each_cell_has_what_it_printed_last_of_all(run):
    assert printed(run(*[f"print({number}, end='')" for number in range(8)])) == [*"01234567"]


def test_what_is_written_after_a_flush_is_sent_too(run):
    cell = "import sys\nprint('one')\nsys.stdout.flush()\nsys.stdout.flush()\nprint('two')\nprint('!', file=sys.stderr)"
    assert printed(run(cell, "print('later')")) == ["one\ntwo\n!\n", "later\n"]


def test_what_is_written_past_python_is_its_cells_own(run):
    write = "import os\nos.write(1, b'raw ')\nos.write(2, b'{0} ')"
    told = printed(run(*[write.format(number) for number in range(150)]))
    assert [sorted(text.split()) for text in told] == [[str(number), "raw"] for number in range(150)]


def test_a_letter_of_several_bytes_that_is_written_past_python_stays_whole(run):
    cell = f"import os\nfile = os.fdopen(os.dup(1), 'wb')\nfile.write(('a' + 'ñ' * {LONG}).encode())\nfile.close()"
    assert printed(run(cell)) == ["a" + "ñ" * LONG]


def test_a_process_that_prints_without_end_does_not_hold_a_cell(run):
    executed = run("import subprocess\nendless = subprocess.Popen(['yes'])", "print('over')", "endless.kill()")
    assert [cell.end for cell in executed.run.cells] == ["ok", "ok", "ok"]


def test_a_notebook_that_closes_what_is_not_its_own_still_prints(run):
    closing = "import os, sys\nos.close(sys.stdout._fid)\nprint('here')"
    assert printed(run(closing, "print('there')")) == ["here\n", "there\n"]


def test_a_kernel_that_lists_no_modules_as_it_starts_has_them_all(run):
    told = printed(
        run("import sys\nfrom ipykernel import ipkernel\nprint(ipkernel.sys is sys, 'torch' in sys.modules)")
    )
    assert told == ["True True\n"]


def test_little_of_what_is_printed_waits_to_be_sent(run):
    """A cell that prints without end would use up its memory, and be deaf to the interrupt that it gets for that."""
    waiting = "print(sum(len(one.getvalue()) for one in sys.stdout._buffers.values()), file=sys.stderr)"
    executed = run(f"import sys\nfor _ in range(1000):\n    print('x' * 1000)\n{waiting}")
    told = {output.name: output.text for output in executed.fresh.cells[0].outputs}
    assert len(told["stdout"]) == 1_001_000
    assert int(told["stderr"]) < 200_000
