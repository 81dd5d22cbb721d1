"""The command `grader` as its users start it: a process of its own, timed from its start to its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ACCEPTED = (0, 1)
"""Done; done, and something needs a person."""


ROOT = Path(__file__).parents[2]


def environment(commands: Path | None = None) -> dict[str, str]:
    """One thread for each process, for the grader and for those it is compared with: all are fastest so.

    `commands` is a folder whose commands come first, as when its environment is activated.
    """
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    path = os.pathsep.join([*([str(commands)] if commands else []), os.environ["PATH"]])
    return {**os.environ, **threads, "PATH": path}


def time_command(line: Sequence[str | Path], cwd: Path = ROOT, accepted: Sequence[int] = (0,)) -> tuple[float, str]:
    """Wall time in seconds, and what the command printed; an error where it did not end well."""
    command = [str(part) for part in line]
    started = time.monotonic()
    ended = subprocess.run(
        command,
        cwd=cwd,
        env=environment(Path(command[0]).parent),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    wall_s = time.monotonic() - started
    if ended.returncode not in accepted:
        raise RuntimeError(f"{' '.join(map(str, line[:6]))} … ended with {ended.returncode}:\n{ended.stderr[-3000:]}")
    return wall_s, ended.stdout


@dataclass(frozen=True)
class Grader:
    """The command on one course and one work folder; `module` is what is run."""

    course: Path
    work: Path
    module: str = "grader"

    def time(self, *arguments: str | Path) -> tuple[float, str]:
        """Wall time of a command in seconds, and what it printed."""
        line = [sys.executable, "-m", self.module, "--course", self.course, "--work", self.work, *arguments]
        return time_command(line, accepted=ACCEPTED)

    def grade(self, assignment: str, folder: Path, jobs: int, *options: str) -> float:
        """Wall time of `grader grade` in seconds; an error where a run did not finish: a fast failure is no speed."""
        wall_s, printed = self.time("grade", assignment, folder, "--jobs", str(jobs), "--json", *options)
        ends = {student["student"]: student["end"] for student in json.loads(printed)["students"]}
        if set(ends.values()) != {"finished"}:
            bad = {student: end for student, end in ends.items() if end != "finished"}
            log = self.work / "grader.log"
            told = log.read_text(encoding="utf-8")[-4000:] if log.exists() else "nothing in the log"
            raise RuntimeError(f"not every run finished: {bad}; {told}")
        return wall_s
