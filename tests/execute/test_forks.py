"""Forks of one server are strangers to each other, and nothing of them stays."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.course.materials import Materials
from grader.execute import cgroups, forks
from grader.execute.forked_kernel import ServerError
from grader.execute.forks import ForkServer
from grader.execute.pool import Servers, execute_one
from tests.execute.conftest import HELD, below, let_go, make_work, name_of, printed
from tests.waiting import PATIENCE_S, wait_until

SEEN = "import subprocess; subprocess.Popen(['sleep', '600'])"
"""A cell that can be seen from outside: it has been run when there is a process of this name."""
LEAVE = "for folder in ('/content', '/tmp', '/dev/shm'):\n    open(folder + '/left', 'w').write('secret')"
LOOK = "import os\nprint([os.path.exists(folder + '/left') for folder in ('/content', '/tmp', '/dev/shm')])"


def test_what_one_submission_writes_another_does_not_find(servers):
    with servers.lend() as server, ThreadPoolExecutor(1) as pool:
        leaving = pool.submit(execute_one, make_work(LEAVE, SEEN, HELD, LOOK), servers)
        wait_until(lambda: "sleep" in map(name_of, below(server._process.result().pid)), "it has written")
        assert printed(execute_one(make_work(LOOK), servers)) == "[False, False, False]\n"
        (left,) = let_go(leaving)
    assert printed(left) == "[True, True, True]\n"
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
    wait_until(lambda: not _find(home), "the last process of a sandbox ends, some moments after its first")


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


def test_a_server_that_is_killed_costs_no_run(caplog):
    with Servers("bubblewrap") as servers:
        with servers.lend() as server, ThreadPoolExecutor(2) as pool:
            works = [make_work(f"{HELD}print('through')", key=f"key-{n}") for n in range(2)]
            running = [pool.submit(execute_one, work, servers) for work in works]
            wait_until(lambda: len([*server.home.glob("spool/*/kernel/k-1")]) == 2, "both kernels start")
            server._process.result().kill()
            assert [printed(executed) for executed in let_go(*running)] == ["through\n", "through\n"]
        assert printed(execute_one(make_work("print('next')"), servers)) == "next\n"
        assert not server.is_alive
    assert not server.home.exists()
    assert sorted(_failures(caplog)) == ["run key-0 failed, attempt 1 of 2", "run key-1 failed, attempt 1 of 2"]


def test_a_run_is_not_tried_again_once_the_grader_was_stopped(caplog):
    servers = Servers("bubblewrap")
    with servers.lend() as server, ThreadPoolExecutor(1) as pool:
        running = pool.submit(execute_one, make_work(HELD), servers)
        _wait_for_a_kernel(server)
        servers.close()
        assert running.result(timeout=PATIENCE_S).run.end == "failed"
    assert _failures(caplog) == ["run key failed, attempt 1 of 2"]


def test_a_failure_tells_what_the_server_said(servers):
    """Whoever reads the log the next day finds no server that could be asked."""
    with servers.lend() as server:
        with (server.home / "server.log").open("a") as log:
            log.write("the last word")
        fork = server.prepare(Materials())
        assert fork.last_words().endswith("the last word")
        with pytest.raises(ServerError, match=r"^the kernel was never started$"):
            server.end(fork)


def test_graders_that_sweep_at_the_same_time_do_not_stumble_over_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr(forks, "HOMES", tmp_path)
    for number in range(300):
        (tmp_path / f"grader-99999999-{number}" / "spool").mkdir(parents=True)
    with ThreadPoolExecutor(4) as pool:
        for sweeping in [pool.submit(forks.sweep) for _ in range(4)]:
            sweeping.result()
    assert not [*tmp_path.iterdir()]


def test_two_servers_of_one_grader_hold_their_kernels_in_groups_of_their_own():
    with Servers("bubblewrap") as one, Servers("bubblewrap") as other, ThreadPoolExecutor(2) as pool:
        both = [one, other]
        running = [pool.submit(execute_one, make_work(HELD), servers) for servers in both]
        held = []
        for servers in both:
            with servers.lend() as server:
                _wait_for_a_kernel(server)
                held.append(_groups_of(server))
        assert not set(held[0]) & set(held[1])
        assert len(held[0]) == len(held[1])
        assert {executed.run.end for executed in let_go(*running)} == {"finished"}


def _groups_of(server: ForkServer) -> list[Path]:
    """The folders of its first kernel's group; none on a machine that lets no group be made."""
    wait_until(lambda: "s0" in server._watchdog._watched, "the kernel is held to its limits")
    return [folder for group in server._groups.values() for folder in group.folders]


def test_no_thread_of_a_kernel_may_still_bind_a_socket_when_its_folder_is_closed(execute):
    """The system refuses to close a folder at the moment in which somebody writes there."""
    executed = execute(
        "import glob, threading\n"
        "print(sorted(glob.glob('/run/kernel/k-*')))\n"
        "print([thread.name for thread in threading.enumerate() if thread.name == 'Heartbeat'])"
    )
    assert printed(executed) == "['/run/kernel/k-1', '/run/kernel/k-2', '/run/kernel/k-3', '/run/kernel/k-4']\n[]\n"


def test_a_machine_that_can_start_no_more_processes_costs_the_run_that_asked_and_no_other(caplog):
    with Servers("bubblewrap") as servers, servers.lend() as server, ThreadPoolExecutor(1) as pool:
        running = pool.submit(execute_one, make_work(f"{HELD}print('through')"), servers)
        _wait_for_a_kernel(server)
        inner = next(pid for pid in below(server._process.result().pid) if name_of(pid) != "bwrap")
        soft, hard = resource.prlimit(inner, resource.RLIMIT_NPROC)
        resource.prlimit(inner, resource.RLIMIT_NPROC, (0, hard))
        refused = execute_one(make_work("print(1)"), servers)
        resource.prlimit(inner, resource.RLIMIT_NPROC, (soft, hard))
        assert (refused.run.end, refused.run.cells) == ("failed", ())
        assert str(refused.run.because) == (
            "The grader failed on this notebook (ServerError); this is not the student's fault."
        )
        assert _failures(caplog) == ["run key failed, attempt 1 of 2", "run key failed, attempt 2 of 2"]
        assert "no kernel could be forked" in caplog.text
        assert [printed(executed) for executed in let_go(running)] == ["through\n"]
        assert printed(execute_one(make_work("print('next')"), servers)) == "next\n"


def _failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "grader.execute.pool"]


def test_a_kernel_that_died_of_what_nobody_can_explain_is_run_again_before_a_cell_is_blamed():
    with Servers("bubblewrap") as servers, servers.lend() as server, ThreadPoolExecutor(1) as pool:
        running = pool.submit(execute_one, make_work("print(1)", f"{SEEN}\n{HELD}print(2)"), servers)
        pid = server._process.result().pid
        wait_until(lambda: "sleep" in map(name_of, below(pid)), "the second cell runs")
        server.kill(server._forks["s0"])
        (executed,) = let_go(running)
    assert (executed.run.end, printed(executed)) == ("finished", "1\n2\n")
    assert str(executed.run.because) == (
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


@pytest.mark.parametrize("after_s", [0, 0.001, 0.002, 0.003, 0.005, 0.008, 0.013, 0.02, 0.03, 0.05])
def test_a_server_that_is_closed_as_it_starts_leaves_no_process(after_s: float):
    """Where its first process is killed before the second was told to go on, that one would wait for ever."""
    server = ForkServer("bubblewrap")
    time.sleep(after_s)
    server.close()
    wait_until(lambda: not _find(server.home), "the sandbox ends", limit_s=30)


def test_an_interrupt_whose_waiter_gave_up_ends_neither_the_server_nor_its_other_runs(servers):
    """asyncio passes a cancellation on to the future that it waits for; the server settles that future later."""
    with servers.lend() as server:
        fork = server.prepare(Materials())
        server.start(fork, make_work("").limits)
        sent = server.interrupt(fork)
        sent.cancel()
        assert printed(execute_one(make_work("print('through')"), servers)) == "through\n"
        assert server.is_alive
        assert server._thread.is_alive()
        server.end(fork)


def test_a_server_that_no_longer_answers_is_replaced_and_costs_no_run(monkeypatch, caplog):
    monkeypatch.setattr(forks, "ANSWER_S", 1.0)
    with Servers("bubblewrap") as servers:
        with servers.lend() as stopped:
            assert printed(execute_one(make_work("print('warm')"), servers)) == "warm\n"
        pid = next(pid for pid in below(stopped._process.result().pid) if name_of(pid).startswith("python"))
        os.kill(pid, signal.SIGSTOP)
        monkeypatch.setattr(forks, "START_S", 2.0)
        give_up = ForkServer.give_up

        def give_up_and_wait_longer(server: ForkServer) -> None:
            # Before the next one starts: it needs more than the two seconds.
            monkeypatch.setattr(forks, "START_S", 120.0)
            give_up(server)

        monkeypatch.setattr(ForkServer, "give_up", give_up_and_wait_longer)
        assert printed(execute_one(make_work("print('through')"), servers)) == "through\n"
        assert not stopped.is_alive
