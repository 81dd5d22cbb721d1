"""Forks of one server are strangers to each other, and nothing of them stays."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.execute import cgroups, forks
from grader.execute.forks import ForkServer, ServerError
from grader.execute.pool import Servers, execute_one
from tests.execute.conftest import make_work, printed
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.xdist_group("forks")

LEAVE = (
    "import time\nfor folder in ('/content', '/tmp', '/dev/shm'):\n"
    "    open(folder + '/left', 'w').write('secret')\ntime.sleep(1)"
)
LOOK = (
    "import os, time\ntime.sleep(0.5)\nprint([os.path.exists(f + '/left') for f in ('/content', '/tmp', '/dev/shm')])"
)


def test_what_one_submission_writes_another_does_not_find(servers):
    with ThreadPoolExecutor(2) as pool:
        leaving = pool.submit(execute_one, make_work(LEAVE), servers)
        looking = pool.submit(execute_one, make_work(LOOK), servers)
        leaving.result()
        assert printed(looking.result()) == "[False, False, False]\n"
    assert printed(execute_one(make_work(LOOK), servers)) == "[False, False, False]\n"


def test_a_submission_sees_no_process_but_its_own(execute):
    executed = execute("import os\nprint(sorted(int(name) for name in os.listdir('/proc') if name.isdigit()))")
    assert printed(executed) == "[1]\n"


def test_what_a_submission_starts_is_gone_when_it_ends(execute):
    name = f"left-{os.getpid()}"
    execute(f"import subprocess\nsubprocess.Popen(['bash', '-c', 'exec -a {name} sleep 60'], start_new_session=True)")
    assert _find(name) == b""


def test_a_class_leaves_no_folder_no_process_and_no_cgroup_behind():
    before = set(forks.HOMES.glob("grader-*"))
    with Servers("bubblewrap") as servers:
        execute_one(make_work("print(1)"), servers)
        (home,) = set(forks.HOMES.glob(f"grader-{os.getpid()}-*")) - before
    assert not home.exists()
    assert not [*cgroups.ROOT.glob(f"grader-{os.getpid()}-*"), *cgroups.ROOT.glob(f"*/grader-{os.getpid()}-*")]
    assert _find(home) == b""


def test_a_killed_grader_takes_its_sandbox_with_it_and_the_next_one_sweeps_its_folder():
    code = (
        "import time\nfrom grader.execute.forks import ForkServer\n"
        "server = ForkServer('bubblewrap')\nserver.greeting\nprint(server.home, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        home = Path(grader.stdout.readline().strip())
        assert home.exists()
        grader.send_signal(signal.SIGKILL)
    wait_until(lambda: not _find(home), "the sandbox ends with its grader")
    forks.sweep()
    assert not home.exists()


def test_a_server_that_is_killed_fails_its_run_and_a_new_one_takes_the_next():
    with Servers("bubblewrap") as servers:
        with servers.lend() as server, ThreadPoolExecutor(1) as pool:
            running = pool.submit(execute_one, make_work("import time; time.sleep(3)"), servers)
            _wait_for_a_kernel(server)
            server._process.result().kill()
            failed = running.result(timeout=PATIENCE_S)
        assert failed.run.end == "failed"
        assert (
            failed.run.because == "The grader failed on this notebook (ServerError); this is not the student's fault."
        )
        assert printed(execute_one(make_work("print('next')"), servers)) == "next\n"


def test_a_machine_that_can_start_no_more_processes_costs_the_run_that_asked_and_no_other():
    with Servers("bubblewrap") as servers, servers.lend() as server, ThreadPoolExecutor(1) as pool:
        running = pool.submit(execute_one, make_work("import time; time.sleep(2); print('through')"), servers)
        _wait_for_a_kernel(server)
        inner = next(pid for pid in _below(server._process.result().pid) if _name_of(pid) != "bwrap")
        soft, hard = resource.prlimit(inner, resource.RLIMIT_NPROC)
        resource.prlimit(inner, resource.RLIMIT_NPROC, (0, hard))
        refused = execute_one(make_work("print(1)"), servers)
        resource.prlimit(inner, resource.RLIMIT_NPROC, (soft, hard))
        assert (refused.run.end, refused.run.cells) == ("failed", ())
        assert printed(running.result(timeout=PATIENCE_S)) == "through\n"
        assert printed(execute_one(make_work("print('next')"), servers)) == "next\n"


def _below(pid: int) -> list[int]:
    """The processes that it started, and they, in the order in which they were started."""
    own = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            own += [int(told) for told in path.read_text().split()]
    return [each for child in own for each in (child, *_below(child))]


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "ended"


def test_a_kernel_that_died_of_what_nobody_can_explain_is_run_again_before_a_cell_is_blamed():
    with Servers("bubblewrap") as servers, servers.lend() as server, ThreadPoolExecutor(1) as pool:
        in_its_second_cell = "import subprocess; subprocess.run(['sleep', '2']); print(2)"
        running = pool.submit(execute_one, make_work("print(1)", in_its_second_cell), servers)
        pid = server._process.result().pid
        wait_until(lambda: "sleep" in map(_name_of, _below(pid)), "the second cell runs")
        server.kill(server._forks["s0"])
        executed = running.result(timeout=PATIENCE_S)
    assert (executed.run.end, printed(executed)) == ("finished", "1\n2\n")
    assert executed.run.because == (
        "Every cell was run without an error. Its kernel had died once in code cell 2 "
        "(its kernel was killed by signal 9 (usually: out of memory)), and did not when all was run again."
    )


def _wait_for_a_kernel(server: ForkServer) -> None:
    wait_until(lambda: any(server.home.glob("spool/*/kernel/k-1")), "a kernel starts")


def _find(words: object) -> bytes:
    """The processes in whose command lines this stands."""
    return subprocess.run(["pgrep", "-f", str(words)], capture_output=True, check=False, timeout=PATIENCE_S).stdout


def test_whoever_waits_for_a_server_that_is_closed_as_it_starts_is_told_at_once():
    server = ForkServer("bubblewrap")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: server.greeting)
        server.close()
        with pytest.raises(ServerError, match=r"^the fork server did not start: "):
            waiting.result(timeout=PATIENCE_S)
