"""The command `grader` in a fork of this process: it starts at once, and can be killed at any moment."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from grader.cli import main
from tests.small_course import Ended
from tests.waiting import PATIENCE_S


class Forked:
    """A function in a process group of its own, what it prints in files."""

    def __init__(self, told: Path, run: Callable[[], object]) -> None:
        told.mkdir(parents=True, exist_ok=True)
        for name in ("out", "err"):
            (told / name).write_bytes(b"")
        self._told = told
        self._code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            self._run(run)
        with suppress(ProcessLookupError, PermissionError):  # it has ended, or has done so itself
            os.setpgid(self.pid, self.pid)

    def _run(self, run: Callable[[], object]) -> None:
        code = 3
        try:
            os.setpgid(0, 0)
            for number, name in ((1, "out"), (2, "err")):
                os.dup2(os.open(self._told / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), number)
            sys.stdout, sys.stderr = (
                open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
                for number in (1, 2)
            )
            run()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        except BaseException:  # noqa: BLE001  (it ends here)
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def ended_within(self, limit_s: float) -> bool:
        """Whether it has ended by then."""
        deadline = time.monotonic() + limit_s
        while self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() >= deadline:
                return False
            else:
                time.sleep(0.001)
        return True

    def kill(self) -> Ended:
        """End it and what it started, as a power cut does; what it had printed."""
        if self._code is None:
            os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self._code = -signal.SIGKILL
        return self.wait()

    def wait(self) -> Ended:
        """How it ended."""
        assert self.ended_within(PATIENCE_S), "a command has not ended"
        assert self._code is not None
        out, err = ((self._told / name).read_text(encoding="utf-8", errors="replace") for name in ("out", "err"))
        return Ended(self._code, out, err)


def start_grader(told: Path, root: Path, *arguments: object) -> Forked:
    """The command on the course in `root`, with its work folder beside it."""
    return Forked(told, lambda: grader(root, *arguments))


def grader(root: Path, *arguments: object) -> None:
    """The command in this process, which it ends."""
    sys.argv = ["grader", "--course", str(root / "course"), "--work", str(root / "work"), *map(str, arguments)]
    main()
