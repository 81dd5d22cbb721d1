"""A zip of notebooks: plain, or as Moodle and Canvas make one for a whole assignment."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from grader.collect.collected import Collected, name_student, printable
from grader.collect.links import find_links
from grader.course.roster import Roster
from grader.errors import UserError
from grader.files.name_matching import split_name
from grader.language import kept
from grader.model import HandInEvidence, Problem, Submission

LARGEST_MIB = 200
"""Of one file, unpacked: an archive of kilobytes may claim to hold gigabytes."""

Layout = Literal["plain", "moodle", "canvas"]
_MOODLE = re.compile(r"^(?P<who>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)_?(?:/|$)?(?P<name>.*)$")
_CANVAS = re.compile(r"^(?P<who>[^_]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<name>.+)$")


@dataclass(frozen=True)
class Entry:
    """A file of the archive, and whose it is: by the platform's own words, or by its name."""

    path: str
    called: str
    platform_late: bool = False
    online_text: bool = False


@dataclass(frozen=True)
class TypedLink:
    """A link that a student typed instead of handing in a file."""

    student: str
    called: str
    link: str
    place: str


def collect_archive(assignment: str, source: Path, roster: Roster | None) -> tuple[Collected, list[TypedLink]]:
    """Every notebook in the zip, and the links that students typed into Moodle's text field instead of a file.

    Neither platform writes into its zip when a file came, so `received` stays unknown.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            return _collect(assignment, source, archive, roster)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise UserError(
            f"this is not a zip that can be read: {error}",
            where=str(source),
            remedy="Download it again; it may have been cut off.",
        ) from error
    except RuntimeError as error:  # what zipfile raises for an encrypted file
        raise UserError(
            "the zip has a password", where=str(source), remedy="Unpack it, and name the folder instead."
        ) from error
    except OSError as error:
        raise UserError(
            f"the zip cannot be read: {error.strerror}", where=str(source), remedy="Give yourself the right to read it."
        ) from error


def _collect(
    assignment: str, source: Path, archive: zipfile.ZipFile, roster: Roster | None
) -> tuple[Collected, list[TypedLink]]:
    names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    layout = find_layout(names)
    left_out: list[str] = []
    problems: list[Problem] = []
    links: list[TypedLink] = []
    own: dict[str, list[Entry]] = {}
    for entry in _entries(names, layout):
        place = f"{source.name}: {printable(entry.path)}"
        student = _student_of(entry, layout, roster)
        if student is None:
            problems.append(
                Problem(
                    "",
                    printable(entry.called),
                    f"`{printable(entry.called)}` is not in the roster.",
                    "Add the name to the roster, and collect again.",
                    place,
                    ours=True,
                )
            )
        elif entry.online_text:
            text = _read(archive, entry.path).decode("utf-8", "replace")
            links += [TypedLink(student, entry.called, link, place) for link in find_links(text)]
        elif entry.path.casefold().endswith(".ipynb"):
            own.setdefault(student, []).append(entry)
        else:
            left_out.append(printable(entry.path))
    submissions = []
    for student, entries in own.items():
        if len(entries) > 1:
            problems.append(_tell_several(source, student, entries))
            continue
        content = _read(archive, entries[0].path)
        submissions.append((_make(assignment, student, source, entries[0], content), content))
    if not submissions and not problems and not links:
        raise UserError(
            "there is no notebook in it", where=str(source), remedy="Download all submissions, and name that zip."
        )
    return Collected(tuple(submissions), tuple(left_out), tuple(problems)), links


def find_layout(names: list[str]) -> Layout:
    """Which program made the zip, told from the names of its files.

    >>> find_layout(["Ana Paz_12_assignsubmission_file_/hw.ipynb"]), find_layout(["pazana_12_34_hw.ipynb"])
    ('moodle', 'canvas')
    """
    shown = [name for name in names if not _is_hidden(name)]
    if shown and all(_MOODLE.match(name) for name in shown):
        return "moodle"
    if shown and all("/" not in name and _CANVAS.match(name) for name in shown):
        return "canvas"
    return "plain"


def _entries(names: list[str], layout: Layout) -> Iterator[Entry]:
    for name in sorted(names):
        if _is_hidden(name):
            continue
        if layout == "moodle" and (found := _MOODLE.match(name)):
            yield Entry(name, found["who"], online_text=found["kind"] == "onlinetext")
        elif layout == "canvas" and (found := _CANVAS.match(name)):
            yield Entry(name, found["who"], platform_late=bool(found["late"]))
        else:
            yield Entry(name, PurePosixPath(name).stem)


def _is_hidden(name: str) -> bool:
    return any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in PurePosixPath(name).parts)


def _student_of(entry: Entry, layout: Layout, roster: Roster | None) -> str | None:
    if roster is None or layout == "plain":
        return name_student(entry.called)
    return roster.find(entry.called) or (_find_canvas(entry.called, roster.names) if layout == "canvas" else None)


def _find_canvas(called: str, names: Mapping[str, str]) -> str | None:
    """Canvas writes a name as one small word, the last name first; the words are tried in every turn of their order."""
    for student, name in names.items():
        words = split_name(name)
        if "".join(split_name(called)) in {"".join(words[place:] + words[:place]) for place in range(len(words))}:
            return student
    return None


def _tell_several(source: Path, student: str, entries: list[Entry]) -> Problem:
    named = ", ".join(printable(PurePosixPath(entry.path).name) for entry in entries)
    return Problem(
        student,
        student,
        f"There are {len(entries)} notebooks of yours, and which one is meant is not ours to guess: {named}.",
        "Hand in one notebook.",
        source.name,
    )


def _make(assignment: str, student: str, source: Path, entry: Entry, content: bytes) -> Submission:
    flags = (kept("evidence", "Canvas marks it as late."),) if entry.platform_late else ()
    return Submission(
        student=student,
        assignment=assignment,
        sha256=hashlib.sha256(content).hexdigest(),
        source=f"zip: {source.name}: {printable(entry.path)}",
        evidence=HandInEvidence(kind="upload", flags=flags) if flags else None,
    )


def _read(archive: zipfile.ZipFile, path: str) -> bytes:
    """The file's bytes; what is too large is cut off, and then is no notebook, which the run says."""
    with archive.open(path) as file:
        return file.read(LARGEST_MIB << 20)
