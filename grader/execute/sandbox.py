"""The sandbox: bubblewrap round the fork server, with nothing in it but Python, the system's libraries and a spool."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Literal

import grader.inside
from grader.errors import UserError
from grader.execute import unprivileged
from grader.execute.gpu import GpuShare
from grader.language import _

Sandbox = Literal["bubblewrap", "none"]

INSIDE = Path(grader.inside.__file__).parent
SPOOL = "/spool"
_CODE = "/opt/grader"
OUTER_PROC = "/run/proc"

_INSTALL = _(
    "Install bubblewrap (Debian, Ubuntu: sudo apt-get install bubblewrap) and try `grader doctor`; "
    "or, for code that you trust, ask for no sandbox: --sandbox none."
)
_NAMESPACES = _(
    "User namespaces seem to be forbidden here (a container, or a hardened kernel: see "
    "/proc/sys/kernel/unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns); "
    "allow them, or, for code that you trust, ask for no sandbox: --sandbox none."
)

ENVIRONMENT = {
    "HOME": "/tmp",
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # A notebook that keeps a small array of each of its steps (`losses.append(loss.detach().numpy())`) cuts a hole into
    # each large block that glibc takes back: 0.27 MB a step. Blocks from 64 KiB that find no room go back to the
    # system instead; a heap that grows by 256 MiB at once has room for most, so that they are not slower.
    "MALLOC_MMAP_THRESHOLD_": str(64 << 10),
    "MALLOC_TOP_PAD_": str(256 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(512 << 20),
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "IPYTHONDIR": "/tmp/ipython",
    # `pip install` of what is there says so and does nothing; of what is missing it fails at once, not after minutes.
    "PIP_NO_INDEX": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_RETRIES": "0",
    "PIP_NO_COLOR": "1",
    # As in Colab.
    "SHELL": "/bin/bash",
    "COLAB_GPU": "",
}
"""The whole environment of a submission: one thread, a fixed hash seed, and nothing of the user's own."""


@functools.cache
def why_no_sandbox() -> UserError | None:
    """None where bubblewrap works here, tried for real; otherwise what is wrong and how to fix it."""
    if sys.platform != "linux":
        return UserError(
            _("the sandbox needs Linux"), remedy=_("For code that you trust, ask for no sandbox: --sandbox none.")
        )
    if shutil.which("bwrap") is None:
        return UserError(_("there is no sandbox on this machine: `bwrap` was not found"), remedy=_INSTALL)
    trial = ["bwrap", *_user(), *_namespaces(), "--ro-bind", "/", "/", "true"]
    ended = subprocess.run(trial, capture_output=True, text=True, check=False, pass_fds=descriptors())
    if ended.returncode != 0:
        return UserError(_("the sandbox does not start here: {why}", why=ended.stderr.strip()), remedy=_NAMESPACES)
    return None


def require(sandbox: Sandbox) -> None:
    """Refuse to run a student's code without the sandbox that was asked for."""
    problem = why_no_sandbox() if sandbox == "bubblewrap" else None
    if problem is not None:
        raise problem


def descriptors() -> tuple[int, ...]:
    """What bubblewrap has to inherit."""
    descriptor = unprivileged.user_namespace()
    return () if descriptor is None else (descriptor,)


def command(
    sandbox: Sandbox, spool: Path, arguments: list[str], *, nested: bool = True, gpu: GpuShare | None = None
) -> tuple[list[str], dict[str, str]]:
    """The command line that starts the fork server, and its environment; `arguments` are the server's own.

    `nested`: its forks will have namespaces of their own. Otherwise it serves one submission only.
    """
    server = ["-m", "grader.inside.server", *arguments]
    if sandbox == "none":
        return [sys.executable, *server], own_environment(gpu)
    line = ["bwrap", *_user(), *_namespaces(), "--hostname", "colab", "--clearenv"]
    environment = {
        **ENVIRONMENT,
        "PATH": f"{_CODE}/grader/inside/commands:{sys.prefix}/bin:/usr/bin:/bin",
        "PYTHONPATH": _path(Path(_CODE)),
    }
    environment |= gpu.environment if gpu else {}
    for name, value in environment.items():
        line += ["--setenv", name, value]
    line += [*_system(), *(_gpu(gpu) if gpu else [])]
    line += [*_parents(f"{_CODE}/grader/inside"), "--ro-bind", str(INSIDE), f"{_CODE}/grader/inside"]
    line += ["--bind", str(spool), SPOOL]
    line += ["--dir", "/run", "--dir", "/content", "--dir", "/run/kernel"]
    if nested:
        # A fork may mount a /proc of its own only where it sees one that nothing covers; it then hides this one.
        line += ["--ro-bind", "/proc", OUTER_PROC]
    # All submissions share this root and /dev: what one could write there, the others would read.
    line += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/content", sys.executable, *server]
    # Bubblewrap stays as the first process in there, with the environment that it was started with.
    return line, {"PATH": os.environ.get("PATH", os.defpath)}


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill bubblewrap, and wait for it.

    Its child is the first process of the sandbox, with which all others end. It waits to be told to go on: where its
    parent is killed before that, it would wait for ever. So the parent is stopped first, and starts none meanwhile.
    """
    children: list[int] = []
    with contextlib.suppress(OSError):  # it has ended by itself
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        told = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        children = [int(pid) for pid in told.split()]
    process.kill()
    for pid in children:
        with contextlib.suppress(OSError):  # it has ended, too
            os.kill(pid, signal.SIGKILL)
    process.wait()


def _user() -> list[str]:
    """The sandbox's user: of a namespace of bubblewrap's or, where root grades, of one made for that."""
    descriptor = unprivileged.user_namespace()
    if descriptor is None:
        uid = str(unprivileged.INSIDE_UID)
        return ["--unshare-user", "--uid", uid, "--gid", uid, "--cap-drop", "ALL"]
    return ["--userns", str(descriptor), "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]


def _namespaces() -> list[str]:
    unshared = [f"--unshare-{kind}" for kind in ("pid", "net", "ipc", "uts")]
    return [*unshared, "--unshare-cgroup-try", "--die-with-parent", "--new-session"]


def _system() -> list[str]:
    """Read-only: /usr, the few files of /etc that libraries read, and the Python environment. Nothing of /home."""
    line = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib64", "lib32"):
        root = Path("/", name)
        if root.is_symlink():
            line += ["--symlink", os.readlink(root), str(root)]
        elif root.is_dir():
            line += ["--ro-bind", str(root), str(root)]
    line += ["--dir", "/etc"]
    for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types"):
        line += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    line += ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm"):
        line += ["--perms", "1777", "--tmpfs", folder]
    for prefix in sorted({sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent)}):
        if not prefix.startswith("/usr"):
            line += [*_parents(prefix), "--ro-bind", prefix, prefix]
    return line


def _gpu(share: GpuShare) -> list[str]:
    """Its device files, and /sys, without which CUDA finds no device. The driver's libraries lie in /usr."""
    line = [part for device in share.devices for part in ("--dev-bind-try", device, device)]
    return [*line, "--ro-bind", "/sys", "/sys"]


def _parents(path: str) -> list[str]:
    """The folders above a mount, for all to pass: those that bubblewrap makes by itself are for root only."""
    return [part for parent in reversed(Path(path).parents[:-1]) for part in ("--dir", str(parent))]


def _path(root: Path) -> str:
    """Where `grader.inside` and the stand-ins for Colab's own packages are found."""
    return os.pathsep.join([str(root), str(root / "grader" / "inside" / "stand_ins")])


def own_environment(gpu: GpuShare | None, temporary: Path | None = None) -> dict[str, str]:
    """Without a sandbox: the user's own environment and folders, and what a submission's run depends on.

    `temporary` is the folder for what libraries keep for themselves, where it is not /tmp.
    """
    kept = {name: value for name, value in ENVIRONMENT.items() if name not in ("HOME", "USER", "LOGNAME")}
    if temporary is not None:
        kept |= {name: str(temporary / Path(kept[name]).name) for name in ("MPLCONFIGDIR", "IPYTHONDIR")}
    path = [_path(INSIDE.parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    paths = {
        "PATH": os.pathsep.join([str(INSIDE / "commands"), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join(path),
    }
    return {**os.environ, **kept, **(gpu.environment if gpu else {}), **paths}
