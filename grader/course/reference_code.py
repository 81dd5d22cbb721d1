"""The reference's source as plain bytes, so that it can stand for a student's function wherever notebooks run."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.authoring import make_reference
from grader.authoring.student_notebook import read_solved

FOLDER = "reference"

SOLVED = "solved.ipynb"
"""The one source of an assignment that `grader new` made: students' notebook and reference are taken out of it."""


@dataclass(frozen=True)
class ReferenceCode:
    """The modules that answer, and every file of the folder. It never enters a sandbox."""

    modules: tuple[str, ...]
    files: Mapping[str, bytes]
    """by their path below reference/"""

    @functools.cached_property
    def hash(self) -> str:
        """Of everything: what an oracle said is of no use once the reference has changed."""
        digest = hashlib.sha256(json.dumps(self.modules).encode())
        for path, content in sorted(self.files.items()):
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()[:32]

    def write(self, course: Path) -> None:
        """Write the folder as a course has it."""
        for path, content in self.files.items():
            target = course / FOLDER / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def read_reference(course: Path, modules: Sequence[str]) -> ReferenceCode:
    """The course's reference, with those of the modules that a solved notebook holds.

    What Python has compiled of it is left out.
    """
    folder = course / FOLDER
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    made = {f"{name}.py": source.encode() for name, source in made_modules(course, modules).items()}
    return ReferenceCode(tuple(modules), found | made)


def made_modules(course: Path, modules: Sequence[str]) -> dict[str, str]:
    """Those of the modules that a solved notebook holds, taken out of it anew; a file in reference/ comes first."""
    solved = {module_of(path.parent.name): path for path in course.glob(f"assignments/*/{SOLVED}")}
    return {
        name: make_reference(read_solved(solved[name].read_bytes(), str(solved[name])))
        for name in modules
        if name in solved and not (course / FOLDER / f"{name}.py").exists()
    }


def module_of(assignment: str) -> str:
    """The name of the module that the assignment's solved notebook holds."""
    name = re.sub(r"\W", "_", assignment)
    return name if name.isidentifier() else f"_{name}"
