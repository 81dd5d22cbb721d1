"""A filter of system calls: what no notebook needs, and what attacks on the kernel begin with, answers EPERM.

Classic BPF, built by hand: four kinds of instruction, one table of numbers for each machine.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32_BIT = 0x40000000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

_NEW_NAMESPACES = 0x7E020080
"""CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET and TIME."""

_FAMILIES = (1, 2, 10, 16)
"""Sockets: unix, IPv4, IPv6 and netlink; the network namespace has none but its own loopback."""

# inotify would tell one submission when another opens a file that both can read. Memory that belongs to no process
# (memfd, System V segments and queues) is seen by no watchdog, only by a cgroup, which not every user may make.
_REFUSED: dict[str, dict[str, int]] = {
    "x86_64": {
        "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "pidfd_getfd": 438,
        "process_madvise": 440, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272,
        "setns": 308, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
        "fspick": 433,
        "mount_setattr": 442, "open_tree_attr": 467, "add_key": 248, "request_key": 249, "keyctl": 250, "bpf": 321,
        "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "init_module": 175, "finit_module": 313, "delete_module": 176, "kexec_load": 246,
        "kexec_file_load": 320, "reboot": 169, "swapon": 167, "swapoff": 168, "acct": 163, "quotactl": 179,
        "quotactl_fd": 443, "name_to_handle_at": 303, "open_by_handle_at": 304, "settimeofday": 164,
        "clock_settime": 227, "clock_adjtime": 305, "adjtimex": 159, "syslog": 103, "iopl": 172, "ioperm": 173,
        "lookup_dcookie": 212, "fanotify_init": 300, "vhangup": 153, "nfsservctl": 180, "uselib": 134, "ustat": 136,
        "sysfs": 139, "vmsplice": 278,
        "inotify_init": 253, "inotify_init1": 294, "memfd_create": 319, "memfd_secret": 447, "shmget": 29, "msgget": 68,
    },
    "aarch64": {
        "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "pidfd_getfd": 438,
        "process_madvise": 440, "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268,
        "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
        "mount_setattr": 442, "open_tree_attr": 467, "add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280,
        "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "init_module": 105, "finit_module": 273, "delete_module": 106, "kexec_load": 104,
        "kexec_file_load": 294, "reboot": 142, "swapon": 224, "swapoff": 225, "acct": 89, "quotactl": 60,
        "quotactl_fd": 443, "name_to_handle_at": 264, "open_by_handle_at": 265, "settimeofday": 170,
        "clock_settime": 112, "clock_adjtime": 266, "adjtimex": 171, "syslog": 116, "lookup_dcookie": 18,
        "fanotify_init": 262, "vhangup": 58, "nfsservctl": 42, "vmsplice": 75,
        "inotify_init1": 26, "memfd_create": 279, "memfd_secret": 447, "shmget": 194, "msgget": 186,
    },
}  # fmt: skip
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_CLONE3 = 435


def is_known(machine: str = platform.machine()) -> bool:
    """Whether there is a filter for this machine; elsewhere namespaces and capabilities stand alone."""
    return machine in _REFUSED


def build_filter(machine: str) -> bytes:
    """The program: the architecture, then each refused call, then the two calls that are refused by an argument."""
    steps = [_step(_LOAD, _ARCHITECTURE), _step(_JUMP_IF_EQUAL, _ARCHITECTURES[machine], yes=1), _step(_RETURN, _KILL)]
    steps.append(_step(_LOAD, _NUMBER))
    if machine == "x86_64":  # the same calls by other numbers
        steps += [_step(_JUMP_IF_ANY_BIT, _X32_BIT, no=1), _step(_RETURN, _ERRNO | errno.ENOSYS)]
    for number in sorted(_REFUSED[machine].values()):
        steps += [_step(_JUMP_IF_EQUAL, number, no=1), _step(_RETURN, _ERRNO | errno.EPERM)]
    # The C library falls back to clone, whose flags can be looked at; those of clone3 lie in memory.
    steps += [_step(_JUMP_IF_EQUAL, _CLONE3, no=1), _step(_RETURN, _ERRNO | errno.ENOSYS)]
    steps += [
        _step(_JUMP_IF_EQUAL, _CLONE[machine], no=4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_JUMP_IF_ANY_BIT, _NEW_NAMESPACES, no=1),
        _step(_RETURN, _ERRNO | errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]
    steps += [_step(_JUMP_IF_EQUAL, _SOCKET[machine], yes=1), _step(_RETURN, _ALLOW), _step(_LOAD, _FIRST_ARGUMENT)]
    for family in _FAMILIES:
        steps += [_step(_JUMP_IF_EQUAL, family, no=1), _step(_RETURN, _ALLOW)]
    steps.append(_step(_RETURN, _ERRNO | errno.EAFNOSUPPORT))
    return b"".join(steps)


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def install(libc: ctypes.CDLL) -> None:
    """Filter this process and all that it starts, for good. Needs no_new_privs; nothing happens on other machines."""
    machine = platform.machine()
    if not is_known(machine):
        return
    program = build_filter(machine)
    code = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    held = Program(len(program) // 8, ctypes.cast(code, ctypes.c_void_p))
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(held), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, "seccomp: the filter was refused")
