"""The packages that a rubric and its reference import: those that are not here are named before a class is run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from grader.course.course import Assignment
from grader.course.packages_stated import distribution_of
from grader.course.reference_code import FOLDER
from grader.errors import UserError
from grader.files.config_files import line_in
from grader.files.importable import is_importable
from grader.files.python_source import parse

_STAND_INS = {"google", "gdown"}
"""Packages of Colab's that the sandbox brings itself."""


def require_packages(course: Path, assignment: Assignment, *, runs_here: bool = True) -> None:
    """A UserError where the code of the course imports a package that this machine lacks.

    Otherwise each student would be found without an answer. Only imports that run in any case are looked at: one in a
    `try` or in a function may never be reached. Notebooks that do not run here import what is there.
    """
    if runs_here:
        _require_for_probes(assignment)
    for module in assignment.rubric.reference:
        _require_for_module(course, module, set())


def _require_for_probes(assignment: Assignment) -> None:
    own = {part.removesuffix(".py") for path, _ in assignment.materials.contents() for part in path.split("/")}
    given = (assignment.given or b"").decode("utf-8", "replace")
    for name, probe in assignment.rubric.probes.items():
        for package, _ in _imports_of(parse(probe.evaluate)) if probe.evaluate is not None else ():
            # A module that the notebook itself is asked to write is not here, either.
            if not is_importable(package) and package not in own | _STAND_INS and f"{package}.py" not in given:
                line = line_in(assignment.rubric_path, ("probes", name, "evaluate"))
                _refuse(package, f"{assignment.rubric_path}:{line}", f"the probe `{name}`")


def _require_for_module(course: Path, module: str, seen: set[str]) -> None:
    path = course / FOLDER / f"{module}.py"
    if module in seen or not path.is_file():
        return
    seen.add(module)
    try:
        tree = parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return  # the reference itself says so when it is asked
    for name, line in _imports_of(tree):
        if name.startswith(f"{FOLDER}."):
            _require_for_module(course, name.split(".")[1], seen)
        elif not (
            is_importable(name) or name == FOLDER or (course / name).is_dir() or (course / f"{name}.py").is_file()
        ):
            _refuse(name, f"{path}:{line}", "the reference")


def _imports_of(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The packages that the lines of a module import, and where; of the reference's own, the modules."""
    for node in tree.body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        for name in names:
            yield name if name.startswith(f"{FOLDER}.") else name.partition(".")[0], node.lineno


def _refuse(package: str, where: str, who: str) -> None:
    raise UserError(
        f"{who} imports `{package}`, which is not installed here",
        where=where,
        remedy=f"Install it: {sys.executable} -m pip install {distribution_of(package)}. Or do without it there.",
    )
