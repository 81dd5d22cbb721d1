"""Makes a small course whose notebooks take milliseconds, and starts the command `grader` on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from tests.waiting import PATIENCE_S

RUBRIC = """\
points: 4
reference: [hello]
probes:
  doubled: {call: double, with: {x: {array: [1.0, 2.0, 3.0]}}}
  unseen: {call: double, with: {x: {random: uniform, shape: [5], seed: student}}, hidden: true}
  word: {variable: word}
criteria:
  - {id: double, says: double(x) is twice x., points: 2, probe: doubled, expect: {close: {}}}
  - {id: unseen, says: double is right on other numbers too., points: 1, probe: unseen, expect: {close: {}}}
  - {id: word, says: The variable word is hola., points: 1, probe: word, expect: {value: hola}}
"""

RIGHT = ("def double(x):\n    return 2 * x", "word = 'hola'")
"""The cells of a notebook that gets all 4 points."""
WRONG = ("def double(x):\n    return 3 * x", "word = 'hola'")
"""One that gets 1 point."""


def notebook_of(*cells: str) -> str:
    """A notebook of code cells, as a file holds it."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    for place, cell in enumerate(made.cells):
        cell["id"] = f"c{place}"
    return str(nbformat.writes(made))


def write_course(root: Path, rubric: str = RUBRIC) -> Path:
    """The small course: one assignment, `hello`, and its reference."""
    for name in ("assignments/hello", "rubrics", "reference"):
        (root / name).mkdir(parents=True)
    (root / "course.toml").write_text('title = "A small course"\n')
    (root / "assignments/hello/assignment.toml").write_text('title = "Hello"\n')
    (root / "rubrics/hello.yaml").write_text(rubric)
    (root / "reference/hello.py").write_text("def double(x):\n    return 2 * x\n")
    return root


def write_class(folder: Path, **notebooks: tuple[str, ...] | str | bytes) -> Path:
    """A folder of notebooks, student by student: the code cells of each, or the content of a file that is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for student, content in notebooks.items():
        if isinstance(content, tuple):
            content = notebook_of(*content)
        (folder / f"{student}.ipynb").write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(self.out)

    @property
    def students(self) -> dict[str, dict[str, Any]]:
        return {entry["student"]: entry for entry in self.told["students"]}

    @property
    def points(self) -> dict[str, float]:
        return {name: entry["earned"] for name, entry in self.students.items()}


def command(course: Path, work: Path, *arguments: object, change: str = "") -> list[str]:
    """The line that starts it; `change` is Python for shorter waits, run before it."""
    start = ["-c", f"{change}\nfrom grader.cli import main\nmain()"] if change else ["-m", "grader"]
    return [sys.executable, *start, "--course", str(course), "--work", str(work), *map(str, arguments)]


def run_grader(course: Path, work: Path, *arguments: object, change: str = "", **environment: str) -> Ended:
    """The command in a process of its own, as a user starts it."""
    ended = subprocess.run(
        command(course, work, *arguments, change=change),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=2 * PATIENCE_S,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)
