"""The reference's source as plain bytes, so that it can stand for a student's function wherever notebooks run."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = "reference"


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
    """The course's reference; what Python has compiled of it is left out."""
    folder = course / FOLDER
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    return ReferenceCode(tuple(modules), {path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
