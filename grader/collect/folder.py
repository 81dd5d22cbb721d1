"""A folder of notebooks: the student is the file's stem, the folder's name, or whom the roster knows by either."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from grader.collect.collected import Collected, printable
from grader.collect.owners import call_by_place, student_called, tell_others
from grader.course.roster import Roster
from grader.errors import UserError
from grader.model import Submission


def collect_folder(assignment: str, source: Path, roster: Roster | None = None) -> Collected:
    """Every .ipynb file in the folder and below it; a single file is a class of one.

    A folder does not tell when a file was handed in (its times are those of copying), so `received` stays unknown.
    """
    if not source.exists():
        raise UserError(
            "there is no such file or folder", where=str(source), remedy="Name the folder with the notebooks."
        )
    root = source if source.is_dir() else source.parent
    if source.is_dir():
        _refuse_closed(source)
    notebooks: list[Path] = []
    left_out: list[str] = []
    for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
        if any(part.startswith(".") for part in path.relative_to(root).parts):
            continue  # hidden: Jupyter's checkpoints, the folders of version control
        if path.is_dir() and not path.is_symlink():
            _refuse_closed(path)
            continue
        # Anything else is told of: a link that leads nowhere may have been somebody's work.
        if path.suffix.lower() != ".ipynb" or not path.is_file():
            left_out.append(path.relative_to(root).as_posix())
            continue
        notebooks.append(path)
    found = _find_students(assignment, root, notebooks, roster, left_out)
    if not found:
        raise UserError(
            "there is no .ipynb file in it",
            where=str(source),
            remedy="Put one notebook a student there: ana.ipynb, bruno.ipynb, …",
        )
    submissions = [_read(assignment, student, path, str(path.relative_to(root))) for student, path in found.items()]
    nobodys, problems = tell_others(left_out, found, roster, str(source))
    return Collected(tuple(submissions), tuple(nobodys), tuple(problems))


def _find_students(
    assignment: str, root: Path, notebooks: Sequence[Path], roster: Roster | None, left_out: list[str]
) -> dict[str, Path]:
    """student -> their notebook; what is another assignment's is left out."""
    places = {path.relative_to(root).as_posix(): path for path in notebooks}
    called = call_by_place(list(places), assignment, roster)
    found: dict[str, Path] = {}
    for place, path in places.items():
        if place not in called:
            left_out.append(place)
            continue
        student = student_called(_printable_name(called[place], path), roster)
        _refuse_duplicate(student, found, path)
        found[student] = path
    return found


def _refuse_closed(folder: Path) -> None:
    """A folder that may not be listed looks empty, and whoever handed in there would be lost."""
    if not os.access(folder, os.R_OK | os.X_OK):
        raise UserError(
            "this folder may not be looked into",
            where=str(folder),
            remedy="Give yourself the right to read it, or move it away. Nothing was collected.",
        )


def _printable_name(called: str, path: Path) -> str:
    """A name in the one form of its accents that all systems agree on."""
    student = unicodedata.normalize("NFC", called)
    if not student.isprintable():
        raise UserError(
            "the file's name has a character that cannot be shown, so its student is unknown",
            where=printable(str(path)),
            remedy="Rename it: the student is the file's name without .ipynb. Nothing was collected.",
        )
    return student


def _read(assignment: str, student: str, path: Path, place: str) -> tuple[Submission, bytes]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"this file cannot be read: {error.strerror}",
            where=str(path),
            remedy="Give yourself the right to read it, or move it away. Nothing was collected.",
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    return Submission(
        student=student, assignment=assignment, sha256=digest, source=f"folder: {printable(place)}", received=None
    ), content


def _refuse_duplicate(student: str, found: dict[str, Path], path: Path) -> None:
    """Which of two files of one name counts is not ours to decide."""
    if student in found:
        raise UserError(
            f"two files are handed in as `{student}`: {found[student]} and {path}",
            remedy="The student is the file's name without .ipynb: rename one, or move it away. Nothing was collected.",
        )
