"""The fork server: imports once what notebooks import, then forks one kernel for each submission.

It speaks JSON over the socket whose descriptor is its first argument, one message a packet:

    {"op": "fork", "name": …, "limits": {…}, "gpu": …}   -> {"event": "forked", "name": …}
    {"op": "signal", "name": …, "signal": 2}
                                                          -> {"event": "ended", "name": …, "status": …, "cpu_s": …, …}

Rules that keep a fork cheap and safe: import only, no thread pool, no CUDA call and no zmq context before the fork.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import importlib.metadata
import json
import os
import platform
import resource
import select
import signal
import socket
import sys
from typing import Any

from grader.inside import isolation, kernel

MESSAGE_BYTES = 1 << 16


def warm_up(modules: list[str]) -> list[str]:
    """Import what notebooks import, and what torch imports at the first optimizer; returns the missing names."""
    missing = []
    for name in modules:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if "torch" in sys.modules:
        import torch

        torch.set_num_threads(1)
        layer = torch.nn.Linear(1, 1)
        for optimizer in (torch.optim.SGD(layer.parameters(), lr=0.1), torch.optim.Adam(layer.parameters())):
            optimizer.zero_grad()
            layer(torch.zeros(1, 1)).sum().backward()
            optimizer.step()
    return missing


def describe_environment(packages: list[str]) -> dict[str, str]:
    """Versions of Python, the machine and the packages: part of a run's key, and shown in its report."""
    found = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    for package in packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


def can_isolate() -> bool:
    """Whether a fork may have namespaces of its own here; tried in a fork that is thrown away."""
    pid = os.fork()
    if pid == 0:
        try:
            isolation.enter_namespaces()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


class Server:
    """Forks kernels on request, passes signals on to them, and tells how each ended."""

    def __init__(self, control: socket.socket, *, sandboxed: bool, isolate: bool, spool: str, outer_proc: str) -> None:
        self.control = control
        self.outer_proc = outer_proc
        self.is_sandboxed = sandboxed
        self.isolate = isolate
        self.spool = spool
        self.names: dict[int, str] = {}
        """our child -> the submission's name"""
        self.kernels: dict[str, int] = {}
        """the submission's name -> the process to signal, which is a grandchild where it is isolated"""

    def serve(self, greeting: dict[str, Any]) -> None:
        """Until the grader closes its end."""
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.tell(event="ready", **greeting)
        while True:
            ready, _, _ = select.select([self.control.fileno(), wake_read], [], [])
            if wake_read in ready:
                os.read(wake_read, 512)
                self.reap()
            if self.control.fileno() in ready:
                packet = self.control.recv(MESSAGE_BYTES)
                if not packet:
                    return
                self.obey(json.loads(packet), close=(wake_read, wake_write))

    def tell(self, **message: Any) -> None:
        self.control.send(json.dumps(message).encode())

    def obey(self, message: dict[str, Any], close: tuple[int, ...]) -> None:
        name = message["name"]
        if message["op"] == "signal":
            # A kernel that has just ended has no process left to signal.
            with contextlib.suppress(KeyError, ProcessLookupError):
                os.kill(self.kernels[name], message["signal"])
            self.tell(event="signalled", id=message["id"])
            return
        report_read, report_write = os.pipe()
        try:
            pid = os.fork()
        except OSError as error:  # a machine at its limits costs this run, and not those that are under way
            os.close(report_read)
            os.close(report_write)
            self.tell(event="forked", name=name, problem=f"no kernel could be forked: {error}")
            self.tell(event="ended", name=name, status=kernel.NOT_STARTED, cpu_s=0.0, memory_mib=0.0)
            return
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.control.close()
            for descriptor in (*close, report_read):
                os.close(descriptor)
            self.become_kernel(message, report_write)
        os.close(report_write)
        with os.fdopen(report_read) as report:
            told = report.read()
        self.names[pid] = name
        self.kernels[name] = int(told) if told.isdigit() else pid
        self.tell(event="forked", name=name, problem="" if told.isdigit() else told)

    def become_kernel(self, message: dict[str, Any], report: int) -> None:
        """In the fork: namespaces and limits, then the kernel. Never returns."""
        folder = os.path.join(self.spool, message["name"])
        content, connection = os.path.join(folder, "content"), os.path.join(folder, "kernel")
        ready = Handshake()
        try:
            isolation.die_with_parent()
            if self.isolate:
                isolation.enter_namespaces()
                kept = sorted({sys.prefix, sys.base_prefix})
                isolation.enter_folders(connection, self.spool, message["limits"]["disk_mib"], kept)
                content, connection = isolation.CONTENT_FOLDER, isolation.KERNEL_FOLDER
                child = os.fork()
                if child:
                    os.write(report, str(child).encode())
                    os.close(report)
                    attend(child, ready)
                isolation.die_with_parent()
                os.setsid()  # out of the server's process group, which a kill(0) would end
                isolation.enter_processes(self.outer_proc)
            else:
                os.write(report, str(os.getpid()).encode())
            os.close(report)
            isolation.set_limits(message["limits"])
            if self.is_sandboxed:
                isolation.drop_privileges()
        except OSError as error:
            with contextlib.suppress(OSError):  # it has been told already that there is a process
                os.write(report, f"the sandbox refused: {error}".encode())
            print(f"{message['name']}: the sandbox refused: {error}", file=sys.stderr, flush=True)
            os._exit(kernel.NOT_STARTED)
        if message["gpu"] is not None:
            os.environ["CUDA_VISIBLE_DEVICES"] = str(message["gpu"])  # read as CUDA starts, which is not before here
        connect = functools.partial(kernel.open_channel, os.path.join(connection, "probes"))
        kernel.run(content, connection, connect=connect, ready=ready.wait if self.isolate else None)

    def reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            name = self.names.pop(pid)
            self.kernels.pop(name, None)
            self.tell(
                event="ended",
                name=name,
                status=os.waitstatus_to_exitcode(status),
                cpu_s=usage.ru_utime + usage.ru_stime,
                memory_mib=usage.ru_maxrss / 1024,
            )


class Handshake:
    """Between the first process of a PID namespace and the one that attends it: ready, and then go on."""

    def __init__(self) -> None:
        self._ready_read, self._ready_write = os.pipe()
        self._go_read, self._go_write = os.pipe()

    def wait(self) -> None:
        """In the kernel: say that it is ready, and wait for the word to go on."""
        os.write(self._ready_write, b".")
        os.read(self._go_read, 1)
        for descriptor in (self._ready_read, self._ready_write, self._go_read, self._go_write):
            os.close(descriptor)

    def attend(self) -> None:
        """Outside it: once it is ready, close its folder; then, with no privileges left, give the word.

        A kernel that dies first is not waited for.
        """
        os.close(self._ready_write)
        if os.read(self._ready_read, 1):
            isolation.close_kernel_folder()
        isolation.drop_privileges()
        isolation.hide()
        os.write(self._go_write, b".")


def attend(child: int, ready: Handshake) -> None:
    """The process between the server and the first process of a PID namespace: ends as that one does. Never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ready.attend()
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else 1)


def main() -> None:
    descriptor, options = int(sys.argv[1]), json.loads(sys.argv[2])
    control = socket.socket(fileno=descriptor)
    os.set_inheritable(descriptor, False)
    if options["sandboxed"]:
        isolation.become(options["uid"])
    isolation.die_with_parent()
    missing = warm_up(options["modules"])
    kernel.warm_up()
    gc.collect()
    gc.freeze()
    isolate = options["sandboxed"] and options["nested"] and can_isolate()
    isolation.hide()
    told = {name: options[name] for name in ("sandboxed", "spool", "outer_proc")}
    Server(control, isolate=isolate, **told).serve(
        {"isolate": isolate, "missing": missing, "environment": describe_environment(options["packages"])}
    )


if __name__ == "__main__":
    main()
