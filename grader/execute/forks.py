"""The grader's end of the fork server: starts it in the sandbox, asks for kernels, hears how they ended."""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import itertools
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from grader.course.materials import Materials
from grader.execute import cgroups, sandbox, unprivileged
from grader.execute.cgroups import Cgroup
from grader.execute.forked_kernel import KILL, PORTS, Ending, Fork, ServerError, Used
from grader.execute.gpu import HOST_MIB, GpuShare
from grader.execute.sandbox import Sandbox
from grader.execute.watchdog import Watchdog
from grader.language import Reason
from grader.model import Limits

START_S = 120.0
"""How long the imports may take on a cold disk."""

ANSWER_S = 60.0
"""How long the server may take to answer. One that takes longer was stopped from outside: it is replaced."""

MODULES = ("torch", "numpy", "cv2", "scipy", "matplotlib.pyplot", "torch.utils.data")
PACKAGES = ("torch", "numpy", "scipy", "opencv-python", "matplotlib", "ipykernel", "ipython")


HOMES = Path("/tmp")
"""Where the folders of fork servers lie. A short path: the name of a unix socket has at most 107 characters."""


def sweep() -> None:
    """Take away what graders that were killed have left behind."""
    cgroups.sweep()
    for folder in HOMES.glob("grader-*-*"):
        pid = folder.name.split("-")[1]
        with contextlib.suppress(FileNotFoundError):  # another grader, started just now, sweeps too
            if pid.isdigit() and folder.stat().st_uid == os.getuid() and not Path("/proc", pid).exists():
                shutil.rmtree(folder, ignore_errors=True)


_T = TypeVar("_T")


class ForkServer:
    """A warm process in the sandbox, from which kernels are forked."""

    def __init__(
        self, kind: Sandbox, modules: Iterable[str] = MODULES, *, nested: bool = True, gpu: GpuShare | None = None
    ) -> None:
        sandbox.require(kind)
        sweep()
        self.kind = kind
        self.gpu = gpu
        self.home = Path(tempfile.mkdtemp(prefix=f"grader-{os.getpid()}-", dir=HOMES))
        self._numbers = itertools.count()
        self._forks: dict[str, Fork] = {}
        self._signals: dict[int, concurrent.futures.Future[None]] = {}
        """those on their way"""
        self._groups: dict[str, Cgroup] = {}
        self._watchdog = Watchdog()
        self._is_gone = False
        self._lock = threading.Lock()
        self._ready: concurrent.futures.Future[dict[str, Any]] = concurrent.futures.Future()
        spool = self.home / "spool"
        spool.mkdir()
        unprivileged.hand_over(spool)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = {
            "modules": list(modules),
            "packages": list(PACKAGES),
            "sandboxed": kind == "bubblewrap",
            "nested": nested,
            "uid": unprivileged.INSIDE_UID,
            "outer_proc": sandbox.OUTER_PROC,
            "spool": sandbox.SPOOL if kind == "bubblewrap" else str(spool),
        }
        arguments = [str(theirs.fileno()), json.dumps(options)]
        line, environment = sandbox.command(kind, spool, arguments, nested=nested, gpu=gpu)
        self._log = (self.home / "server.log").open("wb")
        self._process: concurrent.futures.Future[subprocess.Popen[bytes]] = concurrent.futures.Future()
        # The sandbox dies with the thread that started it, so that thread is one that lives until it is gone.
        run = functools.partial(self._start_and_listen, line, environment, theirs)
        self._thread = threading.Thread(target=run, name="fork server", daemon=True)
        self._thread.start()
        self._process.result()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def greeting(self) -> dict[str, Any]:
        """What the server told once it was warm: whether forks are isolated from each other, and the environment."""
        try:
            return self._ready.result(timeout=START_S)
        except concurrent.futures.TimeoutError as error:
            raise ServerError(f"the fork server was not ready within {START_S:.0f} s") from error

    @property
    def environment(self) -> dict[str, str]:
        return dict(self.greeting["environment"])

    @property
    def is_shared(self) -> bool:
        """Whether one server may serve several submissions: only where each fork has namespaces of its own."""
        return self.kind == "none" or bool(self.greeting["isolate"])

    @property
    def is_alive(self) -> bool:
        # The sandbox's first process may outlast the server for some moments.
        return not self._is_gone and self._process.result().poll() is None

    def prepare(self, materials: Materials) -> Fork:
        """A folder for one submission, before its kernel is forked, and in it what the assignment brings."""
        shared = self.home / "materials" / materials.hash
        with self._lock:
            number = next(self._numbers)
            if not shared.exists():
                materials.write(shared)
        name = f"s{number}"
        folder = self.home / "spool" / name
        for part in ("content", "kernel"):
            (folder / part).mkdir(parents=True)
            unprivileged.hand_over(folder / part)
        # The kernel's folder is read-only from its start on, so all submissions may share the files themselves.
        shutil.copytree(shared, folder / "kernel" / "materials", copy_function=os.link)
        if self.kind == "none":
            inner = str(folder / "kernel")
        else:
            inner = "/run/kernel" if self.greeting["isolate"] else f"{sandbox.SPOOL}/{name}/kernel"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(folder / "kernel" / "probes"))
        unprivileged.hand_over(folder / "kernel" / "probes")
        listener.listen(1)
        # A pipe with a name can be written to also where its folder is read-only, and never holds much.
        os.mkfifo(folder / "kernel" / "missing")
        unprivileged.hand_over(folder / "kernel" / "missing")
        record = os.open(folder / "kernel" / "missing", os.O_RDONLY | os.O_NONBLOCK)
        here, inside = ({"transport": "ipc", "ip": f"{at}/k", **PORTS} for at in (folder / "kernel", inner))
        gpu = self.gpu.index_for(number) if self.gpu else None
        return Fork(name, folder, here, inside, listener, record, self.home / "server.log", gpu)

    def watch(self, fork: Fork, connection: socket.socket, limits: Limits) -> None:
        """Hold the kernel's whole tree of processes to its limits from now on; `connection` is the one it made."""
        # The system tells the other end's process as it is numbered here, whatever its own namespace calls it.
        pid, _, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        limits = _with_room_for_cuda(limits, fork)
        group = cgroups.create(f"{self.home.name}-{fork.name}", limits)
        if group is not None:
            self._groups[fork.name] = group
            group.add(pid)

        def overran(told: Reason) -> None:
            fork.overran.set_result(told)
            self.kill(fork)

        self._watchdog.add(fork.name, pid, limits, overran)

    def start(self, fork: Fork, limits: Limits) -> None:
        """Fork its kernel; ServerError where that fails."""
        self._forks[fork.name] = fork
        held = {"memory_mib", "disk_mib", "processes", "open_files"}
        wanted = _with_room_for_cuda(limits, fork).model_dump(include=held)
        # A process that spins in many threads at once is the CPU limit's; the clock's limits are kept from outside.
        wanted["cpu_s"] = int(4 * limits.notebook_s) + 10
        self.greeting  # noqa: B018  (waits until it is warm)
        self._send(op="fork", name=fork.name, limits=wanted, gpu=fork.gpu)
        problem = self._await(fork.started, START_S)
        if problem:
            raise ServerError(problem)

    def interrupt(self, fork: Fork) -> concurrent.futures.Future[None]:
        """Have its cell raise KeyboardInterrupt; done once it is no longer on its way to whatever runs."""
        return self._signal(fork, signal.SIGINT)

    def kill(self, fork: Fork) -> None:
        self._signal(fork, KILL)

    def _signal(self, fork: Fork, number: int) -> concurrent.futures.Future[None]:
        sent: concurrent.futures.Future[None] = concurrent.futures.Future()
        if fork.ended.done():
            sent.set_result(None)
            return sent
        known_as = next(self._numbers)
        self._signals[known_as] = sent
        self._send(op="signal", name=fork.name, signal=number, id=known_as)
        return sent

    def end(self, fork: Fork) -> Ending:
        """Kill what is left of the kernel and all that it started, and take its folder away."""
        fork.listener.close()
        os.close(fork.record)
        if not fork.started.done():
            shutil.rmtree(fork.folder, ignore_errors=True)
            raise ServerError("the kernel was never started")
        self.kill(fork)
        ending = self._await(fork.ended, ANSWER_S)
        self._forks.pop(fork.name, None)
        memory_mib = self._watchdog.remove(fork.name)
        group = self._groups.pop(fork.name, None)
        if group is not None:
            group.remove()
        shutil.rmtree(fork.folder, ignore_errors=True)
        used = fork.used.result() if fork.used.done() else Used(ending.cpu_s, memory_mib)
        return replace(ending, cpu_s=used.cpu_s, memory_mib=used.memory_mib)

    def close_gate(self, fork: Fork) -> None:
        """Before the first hidden question: from now on nothing but answers comes out of the kernel."""
        fork.used.set_result(Used(*self._watchdog.measure(fork.name)))

    def waited_s(self, fork: Fork) -> float:
        """How long it has waited for a processor until now."""
        return self._watchdog.waited_s(fork.name)

    def memory_mib(self, fork: Fork) -> float:
        """Memory that it uses now beyond what it had at first, with its copies."""
        return self._watchdog.memory_mib(fork.name)

    def killed_for_memory(self, fork: Fork) -> bool:
        """Whether the system ended the kernel, or a process of its, for want of memory."""
        group = self._groups.get(fork.name)
        return group is not None and group.killed_for_memory()

    def _await(self, future: concurrent.futures.Future[_T], limit_s: float) -> _T:
        """What the server answers; one that does not answer in time is ended, so that nobody waits for it again."""
        try:
            return future.result(timeout=limit_s)
        except concurrent.futures.TimeoutError as error:
            self.give_up()
            raise ServerError(f"the fork server did not answer within {limit_s:.0f} s") from error

    def give_up(self) -> None:
        """End a server that no longer answers: its kernels' runs fail at once, and are run again on another."""
        self._is_gone = True
        sandbox.end(self._process.result())

    def close(self) -> None:
        """End the server and every kernel, and take the folder away."""
        self._watchdog.stop()
        sandbox.end(self._process.result())
        self._control.shutdown(socket.SHUT_RDWR)
        self._thread.join()  # whoever still waits for the server is told that it is gone
        self._control.close()
        self._log.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def _send(self, **message: Any) -> None:
        try:
            with self._lock:
                self._control.send(json.dumps(message).encode())
        except OSError as error:
            self._is_gone = True
            raise ServerError(f"the fork server is gone: {self._last_words()}") from error

    def _last_words(self) -> str:
        self._log.flush()
        return (self.home / "server.log").read_text(errors="replace").strip()[-2000:]

    def _start_and_listen(self, line: list[str], environment: dict[str, str], theirs: socket.socket) -> None:
        try:
            process = subprocess.Popen(
                line,
                env=environment,
                pass_fds=[theirs.fileno(), *sandbox.descriptors()],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
            )
        except OSError as error:
            self._process.set_exception(error)
            return
        finally:
            theirs.close()
        self._process.set_result(process)
        self._listen()

    def _listen(self) -> None:
        """Hand on what the server says until it is gone. No run's error may end this thread: all runs wait for it."""
        try:
            with contextlib.suppress(OSError):
                while packet := self._control.recv(1 << 16):
                    self._hear(json.loads(packet))
        finally:
            self._fail_all()

    def _hear(self, message: dict[str, Any]) -> None:
        match message.pop("event"):
            case "ready":
                _settle(self._ready, message)
            case "forked" if message["name"] in self._forks:
                _settle(self._forks[message["name"]].started, message["problem"])
            case "signalled" if message["id"] in self._signals:
                _settle(self._signals.pop(message["id"]), None)
            case "ended" if message["name"] in self._forks:
                _settle(self._forks[message.pop("name")].ended, Ending(**message))

    def _fail_all(self) -> None:
        """The server is gone: nobody may wait for it for ever."""
        self._is_gone = True  # before anybody hears of it, and asks for another one
        if not self._ready.done():
            self._process.result().wait()
            self._ready.set_exception(ServerError(f"the fork server did not start: {self._last_words()}"))
        for sent in list(self._signals.values()):
            _settle(sent, None)  # there is nothing left that it could hit
        for fork in list(self._forks.values()):
            for future in (fork.started, fork.ended):
                if not future.done():
                    future.set_exception(ServerError("the fork server is gone"))


def _settle(future: concurrent.futures.Future[Any], value: object) -> None:
    """Give the future its value, unless whoever waited has given up and cancelled it."""
    with contextlib.suppress(concurrent.futures.InvalidStateError):
        future.set_result(value)


def _with_room_for_cuda(limits: Limits, fork: Fork) -> Limits:
    """A notebook on a GPU loads the driver and CUDA's libraries into memory of its own."""
    if fork.gpu is None:
        return limits
    return limits.model_copy(update={"memory_mib": limits.memory_mib + HOST_MIB})
