"""Old marks come from nbgrader itself, in this run, on its own example course.

It takes minutes, and the package: so it runs only where `make bench` has installed it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.bench.peers import ENVIRONMENTS, NBGRADER

PLACES = {package: ENVIRONMENTS / package.replace("==", "-") / "bin" for package in (NBGRADER,)}
needs_others = pytest.mark.skipif(
    not all(path.is_dir() for path in PLACES.values()), reason="nbgrader is not installed: make bench"
)

SQUARES = {
    "right": "    if n < 1:\n        raise ValueError(n)\n    return [i ** 2 for i in range(1, n + 1)]",
    "no-error": "    return [i ** 2 for i in range(1, n + 1)]",
    "other-error": "    assert n >= 1\n    return [i ** 2 for i in range(1, n + 1)]",
    "from-zero": "    if n < 1:\n        raise ValueError(n)\n    return [i ** 2 for i in range(n)]",
    "floats": "    if n < 1:\n        raise ValueError(n)\n    return [float(i) ** 2 for i in range(1, n + 1)]",
    "tuple": "    if n < 1:\n        raise ValueError(n)\n    return tuple(i ** 2 for i in range(1, n + 1))",
    "numpy": "    import numpy as np\n    return np.arange(1, n + 1) ** 2",
    "hard-coded": "    return [1, 4, 9, 16, 25, 36, 49, 64, 81, 100][:n]",
    "printed": "    print([i ** 2 for i in range(1, n + 1)])",
    "syntax": "    return [i ** 2 for i in range(1, n + 1)",
}
SUMS = {
    "calls": "    return sum(squares(n))",
    "alone": "    return sum(i * i for i in range(1, n + 1))",
    "formula": "    return n * (n + 1) * (2 * n + 1) / 6",
}


def call(place, *arguments, folder):
    """A command of another grader, with its own programs on the path."""
    path = f"{place}{os.pathsep}{os.environ['PATH']}"
    line = [place / arguments[0], *arguments[1:]]
    ended = subprocess.run(line, cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert ended.returncode == 0, ended.stderr[-2000:]


def migrate(grader, folder):
    """The parity of a course that comes over."""
    command = [sys.executable, "-m", "grader", "migrate", grader, str(folder), "--to", str(folder.parent / "new")]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode in (0, 1), ended.stderr
    return json.loads((folder.parent / "new/parity.json").read_text())


@needs_others
def test_nbgraders_own_example_course_gives_its_marks_again(tmp_path):
    place = PLACES[NBGRADER]
    call(place, "nbgrader", "quickstart", "old", folder=tmp_path)
    call(place, "nbgrader", "generate_assignment", "ps1", folder=tmp_path / "old")
    for squares, body in SQUARES.items():
        for sums, other in SUMS.items():
            for name in ("problem1", "problem2"):
                work = nbformat.read(tmp_path / f"old/release/ps1/{name}.ipynb", 4)
                for cell in work.cells:
                    told = cell.metadata.get("nbgrader", {}).get("grade_id")
                    written = {
                        "squares": f"def squares(n):\n{body}",
                        "sum_of_squares": f"def sum_of_squares(n):\n{other}",
                    }
                    cell.source = written.get(told, cell.source)
                _write(tmp_path / f"old/submitted/{squares}-{sums}/ps1/{name}.ipynb", work)
    call(place, "nbgrader", "autograde", "ps1", folder=tmp_path / "old")
    told = migrate("nbgrader", tmp_path / "old")
    assert told["verdicts"] >= 100
    _require_parity(told)


def _require_parity(told):
    assert told["equal"] >= 0.95 * told["verdicts"]
    assert all(one["why"] and one["right"] for one in told["all"] if not one["equal"])


def _write(path: Path, notebook):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
