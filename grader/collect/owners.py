"""Whose a file is, in folders and zips: by the file's own name, or by the folder that it lies in."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.collect.collected import name_student, printable
from grader.course.roster import Roster
from grader.language import _
from grader.model import Problem

LARGEST_MIB = 200
"""Of one file, unpacked: an archive of kilobytes may claim to hold gigabytes."""

DOWNLOAD = _("In Colab: File, Download, Download .ipynb. Hand in that file.")
_TEXT_ENDINGS = (".json", ".txt")
"""Browsers that take a notebook for a text save `hw.ipynb` as `hw.ipynb.txt` or `hw.json`."""


def is_notebook_name(path: str) -> bool:
    return path.casefold().endswith(".ipynb")


def call_by_place(paths: Sequence[str], assignment: str, roster: Roster | None = None) -> dict[str, str]:
    """path -> what its student is called, for the notebooks among these paths; others belong to nobody.

    A notebook is called by its file's name, or by the folder of its student, where each has one. Folders are students'
    where the roster knows them, or where several hold files of one name. Of nbgrader's STUDENT/ASSIGNMENT/NOTEBOOK
    only those of this assignment are taken.

    >>> call_by_place(["ana/hw.ipynb", "bruno/hw.ipynb"], "hw")
    {'ana/hw.ipynb': 'ana', 'bruno/hw.ipynb': 'bruno'}
    >>> call_by_place(["class/ana.ipynb", "class/bruno.ipynb"], "hw")
    {'class/ana.ipynb': 'ana', 'class/bruno.ipynb': 'bruno'}
    """
    parts = {path: PurePosixPath(path).parts for path in paths if is_notebook_name(path)}
    stems = {path: PurePosixPath(path).stem for path in parts}
    depth = _depth_of_students(list(parts.values()), roster)
    if depth is None:
        return stems
    by_assignment = {path for path, names in parts.items() if names[depth + 1 : depth + 2] == (assignment,)}
    chosen = by_assignment or parts.keys()
    return {path: names[depth] for path, names in parts.items() if path in chosen}


def _depth_of_students(paths: Sequence[tuple[str, ...]], roster: Roster | None) -> int | None:
    """At which depth the folders are the students'; None where the files' own names say whose they are."""
    shortest = min((len(path) for path in paths), default=0)
    for depth in range(shortest - 1):
        folders = {path[depth] for path in paths}
        if 2 * sum(roster is not None and roster.find(name) is not None for name in folders) > len(folders):
            return depth
        if len(folders) > 1:
            names = [path[-1] for path in paths]
            return depth if len(set(names)) < len(names) else None
    return None


def student_called(called: str, roster: Roster | None) -> str:
    """The student's name in the roster, or else the name as it stands there."""
    return (roster.find(called) if roster is not None else None) or name_student(called)


@dataclass(frozen=True)
class HandedFile:
    """A file that a student handed in."""

    path: str
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


def find_notebooks(files: Sequence[HandedFile]) -> list[tuple[HandedFile, bytes]]:
    """The notebooks among one student's files, with their bytes; one in a zip of its own, or saved as text, counts."""
    found = [(file, file.read()) for file in files if is_notebook_name(file.path)]
    if found:
        return found
    others: list[tuple[HandedFile, bytes]] = []
    for file in files:
        if file.path.casefold().endswith(_TEXT_ENDINGS) and _is_notebook(content := file.read()):
            others.append((file, content))
        elif file.path.casefold().endswith(".zip"):
            others += [(file, content) for content in _notebooks_in_zip(file.read())]
    return others


def _is_notebook(content: bytes) -> bool:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "cells" in told and "nbformat" in told


def _notebooks_in_zip(content: bytes) -> list[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if is_notebook_name(name) and not is_hidden(name)]
            return [archive.open(name).read(LARGEST_MIB << 20) for name in names[-2:]]  # two say that one is not alone
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        return []


def is_hidden(name: str) -> bool:
    """What systems leave beside files: Mac's __MACOSX, Jupyter's checkpoints, folders of version control."""
    return any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in PurePosixPath(name).parts)


def say_no_notebook(student: str, files: Sequence[HandedFile], place: str) -> Problem:
    """The problem of a student who handed in, but no notebook: what there was, and what to send."""
    if not files:
        return Problem(student, student, _("Your submission there is empty."), DOWNLOAD, place)
    named = ", ".join(f"`{printable(file.name)}`" for file in files[:3]) + (" …" if files[3:] else "")
    what = _("You handed in {files}, and no notebook (.ipynb).", files=named)
    return Problem(student, student, what, DOWNLOAD, place)


def tell_others(
    paths: Sequence[str], handed_in: Collection[str], roster: Roster | None, place: str
) -> tuple[list[str], list[Problem]]:
    """Of files that are no notebooks: those of nobody, and a problem for each student who handed in nothing else."""
    own: dict[str, list[HandedFile]] = {}
    left_out = []
    for path in paths:
        student = _owner_of(path, roster) if roster is not None else None
        if student is None or student in handed_in:
            left_out.append(printable(path))
        else:
            own.setdefault(student, []).append(HandedFile(path, bytes))
    return left_out, [say_no_notebook(student, files, place) for student, files in own.items()]


def _owner_of(path: str, roster: Roster) -> str | None:
    """Whom the roster knows by the file's name, without any ending, or by a folder above it."""
    parts = PurePosixPath(path)
    return roster.find(parts.stem, parts.name.partition(".")[0], *reversed(parts.parts[:-1]))
