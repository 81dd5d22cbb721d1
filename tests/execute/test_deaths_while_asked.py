"""A kernel that dies while it is asked: what is asked again, and what is said of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.execute.attempts import Attempts
from grader.execute.notebook_run import Progress
from grader.execute.pool import Servers, execute_one
from grader.execute.probe_questions import make_question
from grader.language import error
from grader.model import CellRun
from grader.rubric import Probe
from tests.waiting import wait_until

from .conftest import HELD, below, let_go, make_work, name_of

WAITS = "def waits():\n" + "".join(
    f"    {line}\n"
    for line in ("import subprocess; subprocess.Popen(['sleep', '600'])", *HELD.splitlines(), "return 7")
)


def ask(name, **probe):
    return make_question(name, Probe.model_validate(probe), "ana")


def call(name, **options):
    return ask(name, call=name, **{"with": {}}, **options)


def told(executed):
    return {name: (answer.status, answer.value, str(answer.because)) for name, answer in executed.run.answers.items()}


def test_a_kernel_that_was_killed_from_outside_while_it_was_asked_is_asked_once_more():
    with Servers("bubblewrap") as servers, servers.lend() as server, ThreadPoolExecutor(1) as pool:
        questions = [call("other"), call("waits", limit_s=60), call("last")]
        cells = ["def other(): return 3", WAITS, "def last(): return 5"]
        running = pool.submit(execute_one, make_work(*cells, questions=questions), servers)
        pid = server._process.result().pid
        wait_until(lambda: "sleep" in map(name_of, below(pid)), "the question is asked")
        server.kill(server._forks["s0"])
        (executed,) = let_go(running)
    assert told(executed) == {
        "other": ("answered", 3, ""),
        "waits": ("answered", 7, ""),
        "last": ("answered", 5, ""),
    }
    assert str(executed.run.because) == (
        "Every cell was run without an error. "
        "Its kernel had died once while it was asked, and did not when all was run again."
    )


def test_a_question_that_ends_the_kernel_again_and_again_is_left_out_and_the_others_are_answered(execute):
    cells = ["import ctypes\ndef bad(): ctypes.string_at(0)\ndef good(): return 5"]
    executed = execute(*cells, questions=[call("bad"), call("good")])
    assert told(executed) == {
        "bad": ("stopped", None, "`bad` could not be asked: it ended the kernel."),
        "good": ("answered", 5, ""),
    }
    assert str(executed.run.because) == "Every cell was run without an error."


NET = """\
import ctypes, os, torch
class Net(torch.nn.Linear):
    def forward(self, x):
        END
        return super().forward(x)
net = Net(1, 1)
def good(): return 5
"""
PREDICT = {"models": {"names": ["net"]}, "predict": {"grid": [0, 1, 4]}, "hidden": True}


@pytest.mark.parametrize("end", ["os._exit(3)", "ctypes.string_at(0)"])
def test_a_network_that_ends_the_kernel_as_it_is_described_is_what_is_said_of_it(execute, end):
    executed = execute(NET.replace("END", end), questions=[ask("net", **PREDICT), call("good")])
    assert told(executed) == {
        "net": ("stopped", None, "`net` could not be asked: it took longer than 20 s, or the kernel was gone."),
        "good": ("answered", 5, ""),
    }


@pytest.mark.parametrize("module", ["recording", "name_marks"])
def test_a_notebook_that_ends_the_kernel_by_our_own_question_is_run_without_it(execute, module):
    function = {"recording": "answer", "name_marks": "changed"}[module]
    break_it = f"import os, torch\nfrom grader.inside import {module} as ours\nours.{function} = lambda *_: os._exit(3)"
    executed = execute(break_it, "value = 1", "value = 2", questions=[ask("value", variable="value")])
    assert told(executed) == {"value": ("answered", 2, "")}


def test_a_kernel_that_dies_of_what_an_earlier_question_started_still_answers_the_later_ones(execute):
    cells = [
        "import os, threading, time\n"
        "def first():\n"
        "    threading.Thread(target=lambda: (time.sleep(0.3), os._exit(3)), daemon=True).start()\n"
        "    return 1\n"
        "def second():\n    time.sleep(20)\n    return 2\n"
        "def third(): return 3"
    ]
    executed = execute(*cells, questions=[call("first"), call("second", limit_s=60), call("third")])
    assert told(executed)["first"] == ("answered", 1, "")
    assert told(executed)["third"] == ("answered", 3, "")


def test_a_question_is_asked_again_once_the_cell_whose_leftovers_ended_the_kernel_is_left_out():
    attempts, answer = Attempts(), call("f").unanswered(error("MemoryError", "of all its processes"))
    assert attempts.needs_another(Progress(answers={"f": answer}, killed_by="f"))
    assert attempts.killers == {"f": answer}
    died = CellRun(index=0, number=1, title="", end="died")
    assert attempts.needs_another(Progress(cells={0: died}, died_in=0))
    assert (attempts.killers, attempts.deaths, attempts.may_go_on) == ({}, {0: died}, True)
    assert attempts.needs_another(Progress(answers={"f": answer}, killed_by="f"))
    assert (attempts.killers, attempts.may_go_on) == ({"f": answer}, False)
