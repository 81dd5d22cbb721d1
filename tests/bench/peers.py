"""nbgrader and otter on the same notebooks, each in an environment of its own below .bench/; never dependencies.

Each is run as its users run it: one notebook after the other, which is all that it does without containers.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from .checks import CHECKS
from .commands import ROOT, time_command

NBGRADER = "nbgrader==0.9.6"
OTTER = "otter-grader==7.0.0"
ENVIRONMENTS = ROOT / ".bench" / "environments"


def install(package: str) -> Path:
    """The folder of the package's commands, installed on the first call; the course's packages come behind its own."""
    folder = ENVIRONMENTS / package.replace("==", "-")
    done = folder / ".installed"
    if not done.exists():
        print(f"installing {package} …", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", package], check=True)
        # Behind its own packages, so that torch, which is large, need not be installed again.
        inside = next(folder.glob("lib/python*/site-packages"))
        (inside / "course.pth").write_text(sysconfig.get_path("purelib") + "\n")
        done.touch()
    return folder / "bin"


# ---- nbgrader -------------------------------------------------------------------------------------------------------


def measure_nbgrader(notebooks: Sequence[Path], course: Path) -> float:
    """Seconds of `nbgrader autograde` for a notebook; what the command takes to start is left out."""
    command = install(NBGRADER) / "nbgrader"
    _write_with_checks(notebooks[0], course / "source" / "regression" / "regression.ipynb")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'bench'\nc.ExecutePreprocessor.timeout = 600\n"
    )
    time_command([command, "generate_assignment", "regression"], cwd=course)
    for notebook in notebooks:
        _write_with_checks(notebook, course / "submitted" / notebook.stem / "regression" / "regression.ipynb")
    start_s, _ = time_command([command, "autograde", "--version"], cwd=course)
    wall_s, _ = time_command([command, "autograde", "regression"], cwd=course)
    for notebook in notebooks:
        _refuse_errors(course / "autograded" / notebook.stem / "regression" / "regression.ipynb")
    return (wall_s - start_s) / len(notebooks)


def _write_with_checks(notebook: Path, path: Path) -> None:
    """The notebook with a locked test cell for each check, as nbgrader hands it out."""
    tree = nbformat.read(notebook, as_version=4)
    tree.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for check in CHECKS:
        told = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3}
        cell = new_code_cell(check.code, id=check.name.replace("_", "-"))
        cell.metadata["nbgrader"] = {**told, "grade_id": check.name, "points": check.points}
        tree.cells.append(cell)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(tree, path)


def _refuse_errors(path: Path) -> None:
    """A comparison with runs that failed would be none."""
    tree: NotebookNode = nbformat.read(path, as_version=4)
    for cell in tree.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise RuntimeError(f"nbgrader: {path}: {output.ename}: {output.evalue} in:\n{cell.source}")


# ---- otter ----------------------------------------------------------------------------------------------------------

_TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points}


@test_case()
def check(env):
    exec({code!r}, dict(env))
"""


def measure_otter(notebooks: Sequence[Path], work: Path) -> float:
    """Seconds of `otter run` for a notebook; it is a command for each, so that its start belongs to it."""
    command = install(OTTER) / "otter"
    tests, archive = work / "tests", work / "autograder.zip"
    tests.mkdir(parents=True)
    for check in CHECKS:
        (tests / f"{check.name}.py").write_text(_TEST.format(name=check.name, points=check.points, code=check.code))
    time_command([command, "generate", "-t", tests, "-o", archive, "--no-environment"], cwd=work)
    return sum(_run(command, archive, notebook, work) for notebook in notebooks) / len(notebooks)


def _run(command: Path, archive: Path, notebook: Path, work: Path) -> float:
    out = work / notebook.stem
    out.mkdir()
    submission = shutil.copy(notebook, out)
    wall_s, _ = time_command([command, "run", "-a", archive, "-o", out, submission], cwd=out)
    tests = json.loads((out / "results.json").read_text())["tests"]
    missed = [test for test in tests if test.get("score", 0) < test.get("max_score", 0)]
    if missed or len(tests) < len(CHECKS):
        raise RuntimeError(f"otter: {notebook.name}: {missed or tests}")
    return wall_s
