"""What an assignment brings for its notebooks as they run: files, files for addresses, and answers for `input()`."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grader.errors import UserError
from grader.files.config_files import line_in_toml
from grader.inside.brought import TABLE, key_of

Inputs = Sequence[str] | Mapping[str, str | Sequence[str]]
"""Answers for `input()`: in order, or by what the prompt contains."""

Tree = Mapping[str, bytes]
"""Files by their path; a single file's is empty."""

_NEVER = ("assignment.toml", "exam.yaml", "solved.ipynb", "solution.yaml", "equivalent.yaml", "wrong", "right")
"""Files and folders of an assignment that say what is right."""


@dataclass(frozen=True)
class Download:
    """What an address gives: a file or a folder, under its own name."""

    name: str
    tree: Tree


@dataclass(frozen=True)
class Materials:
    """Plain bytes, so that they travel to wherever notebooks run. Students' code can read all of it."""

    files: Tree = field(default_factory=dict)
    """by their path in /content"""
    downloads: Mapping[str, Download] = field(default_factory=dict)
    """by address"""
    inputs: Inputs = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    """those that the course states, with their versions here"""

    @functools.cached_property
    def hash(self) -> str:
        """Of everything: a run with other materials is another run."""
        digest = hashlib.sha256(json.dumps(self._table(), sort_keys=True).encode())
        for path, content in self.contents():
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()[:32]

    def write(self, folder: Path) -> None:
        """Write them as the sandbox reads them: for everybody to read, and for nobody to write."""
        for path, content in [*self.contents(), (TABLE, json.dumps(self._table()).encode())]:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o644)
        for inner in (folder, *folder.rglob("*/")):
            inner.chmod(0o755)

    def _table(self) -> dict[str, object]:
        downloads = {key_of(address): place for address, place in self.places()}
        return {"downloads": downloads, "inputs": self.inputs, "packages": dict(self.packages)}

    def places(self) -> Iterator[tuple[str, str]]:
        """Each address with the path at which its file or folder is written."""
        for number, (address, download) in enumerate(sorted(self.downloads.items())):
            yield address, f"downloads/{number}/{download.name}"

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Each file with the path at which it is written."""
        for path, content in sorted(self.files.items()):
            yield f"files/{path}", content
        for address, place in self.places():
            for path, content in sorted(self.downloads[address].tree.items()):
                yield str(PurePosixPath(place, path)), content


def read_materials(
    folder: Path,
    *,
    inputs: Inputs,
    downloads: Mapping[str, str],
    files: Mapping[str, str],
    packages: Mapping[str, str],
    disk_mib: int,
) -> Materials:
    """What assignment.toml in this folder names; a UserError says what of it cannot be brought."""
    found = Materials(
        files={
            str(_inside(folder, where, name) / path): content
            for where, name in files.items()
            for path, content in _read(folder, name, where).items()
        },
        downloads={
            address: Download(PurePosixPath(name).name, _read(folder, name, address))
            for address, name in downloads.items()
        },
        inputs=inputs,
        packages=packages,
    )
    laid_out = sum(map(len, found.files.values()))
    largest = max((sum(map(len, one.tree.values())) for one in found.downloads.values()), default=0)
    if laid_out + largest > disk_mib << 20:
        raise UserError(
            f"the assignment's files have {(laid_out + largest) >> 20} MiB, and a notebook may write {disk_mib} MiB",
            where=str(folder / "assignment.toml"),
            remedy="Use smaller files, or raise `disk_mib` in [limits].",
        )
    return found


def _inside(folder: Path, where: str, name: str) -> PurePosixPath:
    """The path of a file in /content."""
    path = PurePosixPath(where.removeprefix("/content/"))
    if path.is_absolute() or ".." in path.parts:
        raise _refusal(folder, where, f"`{where}` is not a place in /content", "Write its path there: data/faces.csv")
    return path


def _read(folder: Path, name: str, key: str) -> Tree:
    """The content of a file of the assignment, or of a folder and all that is in it."""
    path = folder / name
    if not path.exists():
        raise _refusal(folder, key, f"`{name}` is not there", "It is a file or a folder beside assignment.toml.")
    found = {file: str(file.relative_to(path)) for file in _walk(path)}
    for file, inner in found.items():
        place = file.resolve()
        if not place.is_relative_to(folder.resolve()):
            raise _refusal(
                folder, key, f"`{name}` leads out of the assignment's folder", "Copy what is needed into it."
            )
        if any(part in _NEVER for part in place.relative_to(folder.resolve()).parts):
            told = f"`{PurePosixPath(name, inner)}` is not for students, and their code can read what is brought"
            raise _refusal(folder, key, told, "Bring another file, or a folder without it.")
    return {"" if inner == "." else inner: file.read_bytes() for file, inner in found.items()}


def _walk(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(inner for inner in path.rglob("*") if inner.is_file())


def _refusal(folder: Path, key: str, what: str, remedy: str) -> UserError:
    path = folder / "assignment.toml"
    line = line_in_toml(path, (key,))
    return UserError(what, where=f"{path}:{line}" if line else str(path), remedy=remedy)
