"""When root grades: a user namespace in which the sandbox's user is nobody outside, not root under another name."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import time
from pathlib import Path

OUTSIDE_UID = 64321
"""A user that no system gives out, and that owns nothing."""

INSIDE_UID = 1000


@functools.cache
def user_namespace() -> int | None:
    """A descriptor of a namespace with two users: root, to build the sandbox, and the one that notebooks run as.

    None where the grader is not root, or where root may not make such a namespace (in some containers).
    """
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return None
    # The namespace lives on in the descriptor once the process that made it has ended.
    with subprocess.Popen(["unshare", "--user", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as holder:
        folder = Path(f"/proc/{holder.pid}")
        try:
            if not _wait_until_apart(holder):
                return None
            users = f"0 0 1\n{INSIDE_UID} {OUTSIDE_UID} 1\n"
            for name in ("uid_map", "gid_map"):
                (folder / name).write_text(users)
            descriptor = os.open(folder / "ns" / "user", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        finally:
            holder.kill()
    return descriptor


def _wait_until_apart(holder: subprocess.Popen[bytes]) -> bool:
    """A machine on which this takes long is busy: one that refuses the namespace ends the process at once."""
    own = os.readlink("/proc/self/ns/user")
    deadline = time.monotonic() + 60
    while holder.poll() is None and time.monotonic() < deadline:
        if os.readlink(f"/proc/{holder.pid}/ns/user") != own:
            return True
        time.sleep(0.002)
    return False


def hand_over(path: Path) -> None:
    """Let the sandbox's user write here."""
    if user_namespace() is not None:
        os.chown(path, OUTSIDE_UID, OUTSIDE_UID)
