"""Kernels where nothing can be forked, as on macOS and Windows: each is a process of its own, on the machine as it is.

For somebody's own notebook only: there is no sandbox, and no limit but the clock's. To those who drive a notebook it is
what a fork server is.
"""

from __future__ import annotations

import concurrent.futures
import itertools
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from jupyter_client.connect import write_connection_file
from jupyter_client.launcher import launch_kernel
from jupyter_client.win_interrupt import send_interrupt

from grader.course.materials import Materials
from grader.execute import sandbox
from grader.execute.forked_kernel import Ending, Fork
from grader.execute.forks import MODULES, START_S, ForkServer
from grader.execute.gpu import GpuShare
from grader.execute.sandbox import Sandbox
from grader.execute.watchdog import waited_s
from grader.model import Limits

HERE = "127.0.0.1"


def start_server(
    kind: Sandbox, *, nested: bool = True, gpu: GpuShare | None = None, modules: tuple[str, ...] = ()
) -> KernelServer:
    """What starts kernels on this machine; UserError where that cannot be in the sandbox that is asked for."""
    sandbox.require(kind)
    if sys.platform == "linux":
        return ForkServer(kind, (*MODULES, *modules), nested=nested, gpu=gpu)
    return ProcessServer(gpu=gpu)


class ProcessServer:
    """Starts a process for each kernel; it answers over TCP, on this machine's own loop."""

    is_shared = True
    is_alive = True

    def __init__(self, *, gpu: GpuShare | None = None) -> None:
        self.gpu = gpu
        # What belongs to the user may have links in its path, as macOS's folder for temporary files has.
        self.home = Path(tempfile.mkdtemp(prefix="grader-")).resolve()
        self._numbers = itertools.count()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> ProcessServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self, materials: Materials) -> Fork:
        """A folder for one submission with what the assignment brings, and where its kernel will be spoken to."""
        number = next(self._numbers)
        folder = self.home / f"s{number}"
        for part in ("content", "kernel"):
            (folder / part).mkdir(parents=True)
        materials.write(folder / "kernel" / "materials")
        (folder / "kernel" / "missing").touch()
        record = os.open(folder / "kernel" / "missing", os.O_RDONLY)
        _, told = write_connection_file(str(folder / "kernel" / "ports.json"), ip=HERE)
        address = {name: part for name, part in told.items() if name == "ip" or name.endswith("_port")}
        address["transport"] = "tcp"
        listener = socket.create_server((HERE, 0))
        gpu = self.gpu.index_for(number) if self.gpu else None
        return Fork(folder.name, folder, address, address, listener, record, gpu=gpu, accept_s=START_S)

    def start(self, fork: Fork, _: Limits) -> None:
        """Start its kernel; whether it comes up is seen when it connects."""
        line = [sys.executable, "-m", "grader.inside.alone", str(fork.sockets), str(fork.listener.getsockname()[1])]
        environment = sandbox.own_environment(self.gpu, fork.folder)
        if fork.gpu is not None:
            environment["CUDA_VISIBLE_DEVICES"] = str(fork.gpu)
        with (fork.sockets / "kernel.log").open("wb") as log:
            process = launch_kernel(
                line,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=str(fork.folder / "content"),
            )
        self._processes[fork.name] = process
        fork.started.set_result("")
        threading.Thread(target=_await_end, args=(process, fork), name="kernel", daemon=True).start()

    def watch(self, fork: Fork, connection: socket.socket, limits: Limits) -> None:
        """Memory and processes are the user's own, and nobody's to count."""

    def memory_mib(self, _: Fork) -> float:
        """Nobody counts it, so no copy of the kernel is kept."""
        return math.inf

    def interrupt(self, fork: Fork) -> concurrent.futures.Future[None]:
        """Have its cell raise KeyboardInterrupt; done once it is no longer on its way to whatever runs."""
        sent: concurrent.futures.Future[None] = concurrent.futures.Future()
        sent.set_result(None)
        if fork.ended.done():
            return sent
        process = self._processes[fork.name]
        # Windows has no signal for that: jupyter_client has given the process an event there, which its kernel awaits.
        event = getattr(process, "win32_interrupt_event", None)
        if event is None:
            process.send_signal(signal.SIGINT)
        else:
            send_interrupt(event)
        return sent

    def kill(self, fork: Fork) -> None:
        if not fork.ended.done():
            self._processes[fork.name].kill()

    def close_gate(self, fork: Fork) -> None:
        """Somebody's own notebook, on their own machine: nothing is hidden from them."""

    def give_up(self) -> None:
        """There is no server between us and a kernel that could stop answering."""

    def waited_s(self, fork: Fork) -> float:
        """How long it has waited for a processor until now, where the system tells."""
        process = self._processes.get(fork.name)
        return waited_s(process.pid) if process is not None else 0.0

    def killed_for_memory(self, _: Fork) -> bool:
        return False

    def end(self, fork: Fork) -> Ending:
        """End the kernel, and take its folder away."""
        fork.listener.close()
        os.close(fork.record)
        if fork.started.done():
            self.kill(fork)
            fork.ended.result(timeout=30)
            del self._processes[fork.name]
        shutil.rmtree(fork.folder, ignore_errors=True)
        return fork.ended.result() if fork.started.done() else Ending(0, 0.0, 0.0)

    def close(self) -> None:
        """End every kernel, and take the folder away."""
        for process in self._processes.values():
            process.kill()
            process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


def _await_end(process: subprocess.Popen[bytes], fork: Fork) -> None:
    fork.ended.set_result(Ending(process.wait(), 0.0, 0.0))


KernelServer = ForkServer | ProcessServer
"""What a notebook's kernel comes from, and is ended by."""
