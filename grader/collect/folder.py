"""A folder of notebooks: the student is the file's stem."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UserError
from grader.model import Submission


@dataclass(frozen=True)
class Collected:
    """What a source holds: submissions with their bytes, and the names of files that are none."""

    submissions: tuple[tuple[Submission, bytes], ...]
    left_out: tuple[str, ...] = ()


def collect_folder(assignment: str, source: Path) -> Collected:
    """Every .ipynb file in the folder and below it; a single file is a class of one.

    A folder does not tell when a file was handed in (its times are those of copying), so `received` stays unknown.
    """
    if not source.exists():
        raise UserError(
            "there is no such file or folder", where=str(source), remedy="Name the folder with the notebooks."
        )
    root = source if source.is_dir() else source.parent
    files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    found: dict[str, Path] = {}
    submissions: list[tuple[Submission, bytes]] = []
    left_out: list[str] = []
    for path in files:
        place = str(path.relative_to(root))
        if any(part.startswith(".") for part in path.relative_to(root).parts):
            continue  # hidden: Jupyter's checkpoints, the folders of version control
        if path.suffix.lower() != ".ipynb":
            left_out.append(place)
        else:
            submissions.append(_read(assignment, path, place))
            _refuse_duplicate(found, path)
    if not submissions:
        raise UserError(
            "there is no .ipynb file in it",
            where=str(source),
            remedy="Put one notebook a student there: ana.ipynb, bruno.ipynb, …",
        )
    return Collected(tuple(submissions), tuple(left_out))


def _read(assignment: str, path: Path, place: str) -> tuple[Submission, bytes]:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Submission(
        student=path.stem, assignment=assignment, sha256=digest, source=f"folder: {place}", received=None
    ), content


def _refuse_duplicate(found: dict[str, Path], path: Path) -> None:
    """Which of two files of one name counts is not ours to decide."""
    student = path.stem
    if student in found:
        raise UserError(
            f"two files are handed in as `{student}`: {found[student]} and {path}",
            remedy="The student is the file's name without .ipynb: rename one, or move it away. Nothing was collected.",
        )
    found[student] = path
