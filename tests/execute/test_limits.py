"""Each limit costs what passes it, and says which it was."""

from __future__ import annotations

import signal
import threading

import pytest

from grader.execute import cgroups
from grader.execute.forks import ForkServer
from grader.execute.probe_questions import make_question
from grader.rubric import Probe
from tests.execute.conftest import LIMITS, printed

SPREAD = """\
import subprocess, sys
children = [subprocess.Popen([sys.executable, "-c", "x = bytearray(150 << 20); input()"], stdin=subprocess.PIPE)
            for _ in range(6)]
import time; time.sleep(40)
"""
MANY = """\
import subprocess
children = [subprocess.Popen(["sleep", "60"]) for _ in range(100)]
import time; time.sleep(40)
"""


@pytest.fixture(params=["with a cgroup, where one can be had", "by the watchdog alone"])
def keeper(request, monkeypatch):
    if "alone" in request.param:
        monkeypatch.setattr(cgroups, "create", lambda *_: None)
    return request.param


def test_memory_spread_over_processes_ends_the_kernel_and_the_rest_is_run_without_that_cell(execute, keeper):
    executed = execute(SPREAD, "print('later')")
    assert executed.run.cells[0].end == "died"
    assert str(executed.run.cells[0].because) == (
        f"all its processes together used more memory than the limit of {LIMITS.memory_mib} MiB"
    )
    assert printed(executed) == "later\n"


def test_too_many_processes_are_an_error_or_the_end_of_the_cell(execute, keeper):
    executed = execute(MANY, "print('later')")
    assert executed.run.cells[0].end in ("error", "died")
    assert f"than the limit of {LIMITS.processes}" in str(executed.run.cells[0].because)
    assert printed(executed) == "later\n"


def test_a_loop_that_does_not_heed_the_interrupt_costs_its_kernel_and_its_cell_only(execute):
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    executed = execute("a = 1", stubborn, "print('later', a)", limits=LIMITS.model_copy(update={"cell_s": 2}))
    assert [cell.end for cell in executed.run.cells] == ["ok", "died", "ok"]
    assert str(executed.run.cells[1].because) == (
        "it ran longer than 2 s and did not stop when it was interrupted, so its kernel was ended"
    )
    assert printed(executed) == "later 1\n"


def test_a_notebook_whose_time_is_used_up_is_stopped_and_says_which_cells_were_not_run(execute):
    limits = LIMITS.model_copy(update={"notebook_s": 1.0})
    executed = execute("import time; time.sleep(30)", "print('never')", limits=limits)
    assert executed.run.end == "stopped"
    assert str(executed.run.because) == "The notebook's time was used up; the cells after that were not run."
    assert (
        str(executed.run.cells[0].because) == "it ran longer than the 1 s that a notebook may take, and was interrupted"
    )
    assert executed.run.cells[1].end == "skipped"
    assert str(executed.run.cells[1].because) == "the notebook's 1 s were used up before this cell"


def test_endless_output_is_cut_and_interrupted(execute):
    limits = LIMITS.model_copy(update={"output_mib": 0.1})
    executed = execute("while True: print('x' * 1000)", "print('later')", limits=limits)
    assert executed.run.cells[0].end == "interrupted"
    assert (
        str(executed.run.cells[0].because)
        == "it printed more than the 0.1 MiB that a notebook may, and was interrupted"
    )
    assert len(printed(executed)) < 400_000


@pytest.fixture
def slow_signals(servers, monkeypatch):
    """A machine on which a signal takes its time, as where everything is busy."""
    send = ForkServer._send

    def send_later(server, **message):
        if message.get("signal") == signal.SIGINT:
            threading.Timer(0.5, send, (server,), message).start()
        else:
            send(server, **message)

    monkeypatch.setattr(ForkServer, "_send", send_later)


def test_an_interrupt_that_takes_its_time_hits_no_later_cell(execute, slow_signals):
    limits = LIMITS.model_copy(update={"output_mib": 0.1})
    executed = execute("print('x' * 200_000)", "import time; time.sleep(1)", limits=limits)
    assert [cell.end for cell in executed.run.cells] == ["interrupted", "ok"]


def test_an_interrupt_that_takes_its_time_hits_no_question(execute, slow_signals):
    limits = LIMITS.model_copy(update={"output_mib": 0.1})
    code = "import time; time.sleep(0.3); word"
    questions = [
        make_question(name, Probe.model_validate({"evaluate": code}), "ana") for name in ("one", "two", "three")
    ]
    executed = execute("word = 'hola'", "print('x' * 200_000)", questions=questions, limits=limits)
    assert [answer.value for answer in executed.run.answers.values()] == ["hola"] * 3


BOMBARD = """\
import subprocess, sys
script = "import os, time\\nfor _ in range(3000): os.kill(os.getppid(), 2); time.sleep(0.001)"
subprocess.Popen([sys.executable, "-c", script])
"""


def test_an_interrupt_at_any_time_of_a_cell_leaves_the_kernel_with_a_reply(execute):
    executed = execute(BOMBARD, *["print('x' * 1000)"] * 300)
    assert {cell.end for cell in executed.run.cells} <= {"ok", "error"}


@pytest.mark.parametrize("place", ["/content", "/tmp", "/dev/shm"])
def test_a_file_larger_than_the_disk_is_an_error_that_names_the_limit(execute, place):
    executed = execute(f"open('{place}/x', 'wb').write(bytes({LIMITS.disk_mib + 1} << 20))")
    assert str(executed.run.cells[0].because).startswith(
        f"it wrote more to files than the limit of {LIMITS.disk_mib} MiB"
    )


HELD = """\
import time
kept = []
try:
    while True:
        kept.append(open("/dev/null"))
except OSError:
    time.sleep(0.5)
kept.clear()
"""


def test_a_kernel_whose_first_cell_holds_all_its_files_for_a_while_lives_on(execute):
    """Whoever connects to such a kernel ends it: the grader must have made its connections before, and no later one."""
    for _ in range(4):
        assert [cell.end for cell in execute(HELD, "print('later')").run.cells] == ["ok", "ok"]


def test_too_many_open_files_are_an_error_that_names_the_limit(execute):
    executed = execute("files = [open('/dev/null') for _ in range(1000)]")
    assert str(executed.run.cells[0].because).startswith("it had more files open than the limit of 512")
