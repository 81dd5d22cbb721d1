"""What every sandbox keeps: the same suite for each way in which a notebook can be run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.execute import processes
from grader.execute.pool import Servers, execute_one
from grader.execute.probe_questions import make_question
from grader.rubric import Probe
from tests.execute.conftest import LIMITS, Execute, make_work, printed

WAYS = {
    "one warm process for all": lambda: Servers("bubblewrap"),
    "a process for each": lambda: Servers("bubblewrap", shared=False),
    "no sandbox": lambda: Servers("none"),
}


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[tuple[str, Servers]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("USERS_OWN", "a token of the user's")
        if request.param == "a process for each":
            patch.setattr(processes, "MODULES", ("torch",))  # each would import them all
        with WAYS[request.param]() as servers:
            yield request.param, servers


@pytest.fixture
def run(way: tuple[str, Servers]) -> Execute:
    return lambda *cells, **options: execute_one(make_work(*cells, **options), way[1])


@pytest.fixture
def run_sandboxed(way: tuple[str, Servers], run: Execute) -> Execute:
    if way[0] == "no sandbox":
        pytest.skip("without a sandbox nothing of this is promised")
    return run


def ends(executed):
    return [cell.end for cell in executed.run.cells]


def test_cells_go_on_after_an_error_an_endless_loop_and_a_death(run):
    limits = LIMITS.model_copy(update={"cell_s": 2})
    executed = run("a = 1", "1 / 0", "import os; os._exit(3)", "while True: pass", "print('here', a)", limits=limits)
    assert ends(executed) == ["ok", "error", "died", "interrupted", "ok"]
    assert executed.run.end == "died"
    assert str(executed.run.because) == (
        "The kernel died in code cell 3: it ended its own kernel (exit status 3). "
        "The other cells were run again without it."
    )
    assert str(executed.run.cells[1].because) == "ZeroDivisionError: division by zero"
    assert str(executed.run.cells[3].because) == "it ran longer than the 2 s that a cell may take, and was interrupted"
    assert "here 1" in printed(executed)


def test_a_probe_is_answered_and_one_for_a_missing_name_says_so(run):
    questions = [
        make_question("doubled", Probe.model_validate({"call": "double", "with": {"x": {"grid": [0, 1, 3]}}}), "ana"),
        make_question("slope", Probe.model_validate({"variable": "slope"}), "ana"),
    ]
    answers = run("def double(x):\n    return 2 * x", questions=questions).run.answers
    assert answers["doubled"].status == "answered"
    assert answers["doubled"].value.tolist() == [0, 1, 2]
    assert answers["slope"].status == "missing"
    assert str(answers["slope"].because) == "The notebook has no `slope`."


def test_random_numbers_and_the_order_of_sets_come_out_again(run):
    cells = (
        "import random, numpy, torch\nprint(random.random(), numpy.random.rand(), torch.rand(1), list(set('grader')))",
    )
    assert printed(run(*cells)) == printed(run(*cells)) != ""


def test_one_process_that_takes_too_much_memory_is_an_error_in_its_cell_only(run):
    executed = run(f"block = bytearray({LIMITS.memory_mib + 50} << 20)", "print('later')")
    assert ends(executed) == ["error", "ok"]
    assert str(executed.run.cells[0].because) == f"it asked for more memory than the limit of {LIMITS.memory_mib} MiB"


def test_a_submission_has_one_thread_and_a_folder_of_its_own(run):
    executed = run("import os, torch\nprint(torch.get_num_threads(), os.listdir('.'))")
    assert printed(executed) == "1 ['sample_data']\n"


def test_there_is_no_network(run_sandboxed):
    connect = "import socket\nsocket.create_connection(('{}', 9), timeout=1)"
    executed = run_sandboxed(connect.format("127.0.0.1"), connect.format("192.0.2.1"))
    for cell in executed.run.cells:
        assert "Network is unreachable" in str(cell.because) or "Connection refused" in str(cell.because)


def test_the_environment_holds_nothing_of_the_users_own(run_sandboxed):
    environment = printed(run_sandboxed("import os\nprint(dict(os.environ))"))
    assert os.environ["USERS_OWN"] == "a token of the user's"
    assert "'HOME': '/tmp'" in environment
    assert "USERS_OWN" not in environment
    assert "token of the user" not in environment


def test_only_the_system_and_python_are_there_and_neither_can_be_written(run_sandboxed):
    executed = run_sandboxed(
        "import os, sys\nprint(sorted(os.listdir('/etc')), os.listdir('/home') if os.path.exists('/home') else [],"
        " os.path.exists('/var'))",
        "for place in ('/', '/usr', '/opt/grader', sys.prefix, '/dev', '/run'):\n"
        "    try:\n        open(os.path.join(place, 'x'), 'w')\n        print('wrote', place)\n"
        "    except OSError:\n        pass",
    )
    assert ends(executed) == ["ok", "ok"]
    assert "shadow" not in printed(executed)
    assert "passwd" not in printed(executed)
    # Where the project lies in somebody's home, only the way to its Python is there.
    own = [Path(sys.prefix).parts[2]] if sys.prefix.startswith("/home/") else []
    assert printed(executed).endswith(f"{own} False\n")


def test_a_submission_has_no_capability_and_can_gain_none(run_sandboxed):
    executed = run_sandboxed("print(open('/proc/self/status').read())")
    lines = dict(
        line.split(":\t") for line in printed(executed).splitlines() if line.startswith(("Cap", "NoNew", "Secc"))
    )
    assert {lines[name] for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")} == {"0" * 16}
    assert lines["NoNewPrivs"] == "1"
    assert lines["Seccomp"] == "2"
