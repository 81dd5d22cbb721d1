"""The command `grader`, ended at once should it start any process: so that a kernel cannot be started unseen."""

from __future__ import annotations

import os
import sys

from grader.cli import main

STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system"}


def _refuse(event: str, _: object) -> None:
    if event in STARTS:
        os.write(2, f"a process was started ({event})\n".encode())
        os._exit(70)


if __name__ == "__main__":
    sys.addaudithook(_refuse)
    main()
