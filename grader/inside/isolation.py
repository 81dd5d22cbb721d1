"""Gives a forked kernel namespaces, limits and no privileges, so that each submission sees only itself.

Linux system calls through libc: Python 3.11 has neither `unshare` nor `mount`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Mapping, Sequence

from grader.inside import seccomp

_libc = ctypes.CDLL(None, use_errno=True)

_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_MS_READONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT = 1, 2, 4, 8, 32
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
_LAST_CAPABILITY = 63


CONTENT_FOLDER = "/content"
KERNEL_FOLDER = "/run/kernel"


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def enter_namespaces() -> None:
    """Namespaces of its own for users, mounts, network, IPC, host name; the next fork is process 1 of a new PID one."""
    uid, gid = os.getuid(), os.getgid()
    _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable")  # or its own maps are not its to write
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWUTS
    _check(_libc.unshare(flags), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)


def _mount(source: str, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [None if text is None else text.encode() for text in (source, target, kind)]
    _check(
        _libc.mount(*encoded, ctypes.c_ulong(flags), None if options is None else options.encode()), f"mount {target}"
    )


def enter_folders(kernel: str, spool: str, disk_mib: int, kept: Sequence[str]) -> None:
    """The submission's own /run/kernel and terminals; an empty /content, /tmp and /dev/shm; nothing of its neighbours'.

    The three empty folders share one file system, so that what all of them hold is limited together.
    `kept` are folders that stay what they are, also below /tmp: Python's own, where somebody has installed it there.
    """
    held = {path: os.open(path, os.O_PATH) for path in kept if path.startswith("/tmp/")}
    _mount(kernel, KERNEL_FOLDER, None, _MS_BIND)
    _mount("tmpfs", spool, "tmpfs", _MS_NOSUID | _MS_NODEV, f"size={disk_mib}m,nr_inodes=20000,mode=0755")
    for target in (CONTENT_FOLDER, "/tmp", "/dev/shm"):
        source = os.path.join(spool, target.rpartition("/")[2])
        os.mkdir(source)
        os.chmod(source, 0o1777)  # not by mkdir, which the umask cuts
        _mount(source, target, None, _MS_BIND)
    _mount("tmpfs", spool, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=4k,nr_inodes=2,mode=0555")
    _mount("devpts", "/dev/pts", "devpts", _MS_NOSUID | _MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
    for path, descriptor in held.items():
        os.makedirs(path, exist_ok=True)
        _mount(f"/proc/self/fd/{descriptor}", path, None, _MS_BIND | _MS_REC)
        os.close(descriptor)


def enter_processes(outer_proc: str) -> None:
    """A /proc, read-only, that shows only its own processes, where the system lets one be mounted; else the old one.

    The old one shows that there are others, but not into them: they cannot be traced.
    """
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC | _MS_READONLY
    with contextlib.suppress(OSError):
        _mount("proc", "/proc", "proc", flags)
    _mount("tmpfs", outer_proc, "tmpfs", flags, "size=4k,nr_inodes=2,mode=0555")


def become(uid: int) -> None:
    """Root of the namespace no longer, but the user that notebooks run as; nothing where it is that user already."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def hide() -> None:
    """Let nobody trace this process or read its descriptors, also not a process of the same user."""
    if hasattr(_libc, "prctl"):
        _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")


def close_kernel_folder() -> None:
    """The kernel's sockets are bound: from now on nobody adds a file there."""
    _mount("none", KERNEL_FOLDER, None, _MS_REMOUNT | _MS_BIND | _MS_READONLY | _MS_NOSUID | _MS_NODEV)


def drop_privileges() -> None:
    """No capability, now or after an exec, and no system call that a notebook has no use for."""
    for capability in range(_LAST_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # past the last capability that this kernel knows
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    seccomp.install(_libc)


def die_with_parent() -> None:
    """When the parent dies, so does this process (Linux; elsewhere the parent ends its children itself)."""
    if hasattr(_libc, "prctl"):
        _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "pdeathsig")


def set_limits(limits: Mapping[str, int]) -> None:
    """Resource limits of the process, inherited by all that it starts: memory, file size, open files, processes."""
    mib = 1 << 20
    wanted = {
        # On top of what the fork shares with its server.
        resource.RLIMIT_DATA: limits["memory_mib"] * mib + data_bytes(),
        resource.RLIMIT_FSIZE: limits["disk_mib"] * mib,
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: limits["processes"],
        resource.RLIMIT_CPU: limits["cpu_s"],
    }
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY and hard < value:
            continue  # whoever started the grader allows less, which nobody may raise
        # Past the soft limit of processor time the signal says why; past the hard one nothing does.
        resource.setrlimit(kind, (value, value + 5 if kind == resource.RLIMIT_CPU else value))


def data_bytes() -> int:
    """The size of this process's data, as RLIMIT_DATA counts it."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmData:"):
                return int(line.split()[1]) << 10
    raise OSError("/proc/self/status has no VmData")
