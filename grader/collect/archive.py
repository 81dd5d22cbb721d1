"""A zip of notebooks: plain, or as Moodle and Canvas make one for a whole assignment."""

from __future__ import annotations

import functools
import hashlib
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from grader.collect.collected import Collected, name_student, printable
from grader.collect.links import find_links
from grader.collect.moodle_worksheet import Participant, Worksheet
from grader.collect.owners import (
    LARGEST_MIB,
    HandedFile,
    call_by_place,
    find_notebooks,
    is_hidden,
    is_notebook_name,
    say_no_notebook,
    student_called,
    tell_others,
)
from grader.course.roster import Roster
from grader.errors import UserError
from grader.files.name_matching import split_name
from grader.files.parsing import UNREADABLE, parsing
from grader.language import _, ngettext
from grader.model import HandInEvidence, Problem, Submission

_ENCRYPTED = 1
"""The bit of a zip entry's flags that says so (PKWARE's APPNOTE, 4.4.4)."""
Layout = Literal["plain", "moodle", "canvas"]
_MOODLE = re.compile(r"^(?P<who>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)_?(?:/|$)?(?P<name>.*)$")
_CANVAS = re.compile(r"^(?P<who>[^_]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<file>\d+)_(?P<name>.+)$")
_UTF8 = 0x800
"""The flag of a zip's entry that says that its name is UTF-8."""


@dataclass(frozen=True)
class Sender:
    """Somebody who handed in, as the zip tells them apart: by a name and, on a platform, a number of their own."""

    called: str
    number: str = ""


@dataclass(frozen=True)
class Entry:
    """A file of the archive, and whose it is; without a path it only says that somebody handed in nothing."""

    path: str
    person: Sender
    platform_late: bool = False
    online_text: bool = False


@dataclass(frozen=True)
class TypedLink:
    """A link that a student typed instead of handing in a file."""

    student: str
    called: str
    link: str
    place: str


def collect_archive(
    assignment: str, source: Path, roster: Roster | None, worksheet: Worksheet | None = None
) -> tuple[Collected, list[TypedLink]]:
    """Every notebook in the zip, and the links that students typed into Moodle's text field instead of a file.

    Neither platform writes into its zip when a file came: Moodle's grading worksheet says it, if it is there.
    """
    try:
        again = "Download it again; it may have been cut off or damaged."
        with parsing(source, "this is not a zip that can be read", again), zipfile.ZipFile(source) as archive:
            if any(entry.flag_bits & _ENCRYPTED for entry in archive.infolist()):
                remedy = "Unpack it, and name the folder instead."
                raise UserError("the zip has a password", where=str(source), remedy=remedy)
            return _Archive(assignment, source, archive, roster, worksheet).collect()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            f"the zip cannot be read: {reason}", where=str(source), remedy="Give yourself the right to read it."
        ) from error


class _Archive:
    """One zip, while it is read."""

    def __init__(
        self,
        assignment: str,
        source: Path,
        archive: zipfile.ZipFile,
        roster: Roster | None,
        worksheet: Worksheet | None,
    ) -> None:
        self.assignment = assignment
        self.source = source
        self.archive = archive
        self.roster = roster
        self.worksheet = worksheet
        self.infos = {_name_of(info): info for info in archive.infolist()}
        self.layout = find_layout([name for name, info in self.infos.items() if not info.is_dir()])
        self.submissions: list[tuple[Submission, bytes]] = []
        self.problems: list[Problem] = []
        self.links: list[TypedLink] = []
        self.left_out: list[str] = []

    def collect(self) -> tuple[Collected, list[TypedLink]]:
        own: dict[Sender, list[Entry]] = {}
        for entry in self._entries():
            own.setdefault(entry.person, []).append(entry)
        students = {person: self._student_of(person) for person in own}
        twice = self._tell_namesakes(students)
        for person, entries in own.items():
            student = students[person]
            if student is None:
                self.problems.append(self._tell_stranger(person, entries))
            elif person not in twice:
                try:
                    self._take(person, student, entries)
                except UNREADABLE as error:
                    # Each file of a zip is packed by itself: what is damaged in one of them costs nobody else.
                    self.problems.append(self._tell_damage(person, student, error))
        if not self.submissions and not self.problems and not self.links:
            raise UserError(
                "there is no notebook in it",
                where=str(self.source),
                remedy="Download all submissions, and name that zip.",
            )
        handed_in = {submission.student for submission, _content in self.submissions}
        left_out, problems = tell_others(self.left_out, handed_in, self.roster, self.source.name)
        return Collected(tuple(self.submissions), tuple(left_out), (*self.problems, *problems)), self.links

    def _entries(self) -> list[Entry]:
        names = sorted(name for name in self.infos if not is_hidden(name))
        files = [name for name in names if not self.infos[name].is_dir()]
        called = call_by_place(files, self.assignment, self.roster) if self.layout == "plain" else {}
        found = []
        for name in names:
            is_folder = self.infos[name].is_dir()
            if self.layout == "moodle" and (told := _MOODLE.match(name)):
                online = told["kind"] == "onlinetext"
                found.append(Entry("" if is_folder else name, Sender(told["who"], told["number"]), online_text=online))
            elif self.layout == "canvas" and (told := _CANVAS.match(name)) and not is_folder:
                found.append(Entry(name, Sender(told["who"], told["user"]), platform_late=bool(told["late"])))
            elif name in called:
                found.append(Entry(name, Sender(called[name])))
            elif not is_folder:
                self.left_out.append(name)
        return found

    def _participant(self, person: Sender) -> Participant | None:
        return self.worksheet.participants.get(person.number) if self.worksheet and self.layout == "moodle" else None

    def _student_of(self, person: Sender) -> str | None:
        participant = self._participant(person)
        if participant is not None and participant.student:
            return participant.student
        if self.roster is None or self.layout == "plain":
            return student_called(person.called, self.roster)
        by_word = _find_canvas(person.called, self.roster.names) if self.layout == "canvas" else None
        return self.roster.find(person.called) or by_word

    def _tell_namesakes(self, students: dict[Sender, str | None]) -> set[Sender]:
        """Two people of one name, whom only their numbers tell apart: who of them is who is not ours to guess."""
        of_student: dict[str, list[Sender]] = {}
        for person, student in students.items():
            if student is not None and person.number:
                of_student.setdefault(student, []).append(person)
        twice = {student: people for student, people in of_student.items() if len(people) > 1}
        if self.roster is None:
            for people in twice.values():
                students.update({one: f"{name_student(one.called)} ({one.number})" for one in people})
            return set()
        for student, people in twice.items():
            called = name_student(people[0].called)
            what = _(
                "{n} people are called `{name}` there (numbers {numbers}): who is who is not known.",
                n=len(people),
                name=called,
                numbers=", ".join(person.number for person in people),
            )
            if self.layout == "moodle":
                remedy = _("Name Moodle’s grading worksheet beside the zip: it has their addresses.")
            else:
                remedy = _("Unpack the zip, rename their notebooks, and name the folder instead.")
            self.problems += [
                Problem(student, f"{called} ({person.number})", what, remedy, self.source.name, ours=True)
                for person in people
            ]
        return {person for people in twice.values() for person in people}

    def _tell_stranger(self, person: Sender, entries: Sequence[Entry]) -> Problem:
        called = printable(person.called)
        place = f"{self.source.name}: {printable(entries[0].path)}"
        what = _("`{name}` is not in the roster.", name=called)
        remedy = _("Add the name to the roster, and collect again.")
        return Problem("", called, what, remedy, place, ours=True)

    def _tell_damage(self, person: Sender, student: str, error: Exception) -> Problem:
        what = _("A file of yours is damaged in the zip ({error}).", error=str(error))
        remedy = _("Download the zip again, and collect it again.")
        return Problem(student, printable(person.called), what, remedy, self.source.name, ours=True)

    def _take(self, person: Sender, student: str, entries: Sequence[Entry]) -> None:
        files = [
            HandedFile(entry.path, functools.partial(self._read, entry.path))
            for entry in entries
            if entry.path and not entry.online_text
        ]
        typed = self._typed_links(person, student, entries)
        notebooks = find_notebooks(files)
        if len(notebooks) > 1:
            self.problems.append(_tell_several(self.source, student, [file for file, _content in notebooks]))
        elif notebooks:
            file, content = notebooks[0]
            late = any(entry.platform_late for entry in entries if entry.path == file.path)
            self.submissions.append((self._make(person, student, file.path, content, late=late), content))
            self.left_out += [other.path for other in files if other is not file]
        elif typed:
            self.links += typed
        elif self.layout != "plain":
            self.problems.append(say_no_notebook(student, files, self.source.name))

    def _typed_links(self, person: Sender, student: str, entries: Sequence[Entry]) -> list[TypedLink]:
        found = []
        for entry in entries:
            if entry.online_text and entry.path:
                place = f"{self.source.name}: {printable(entry.path)}"
                text = self._read(entry.path).decode("utf-8", "replace")
                found += [TypedLink(student, person.called, link, place) for link in find_links(text)]
        return found

    def _make(self, person: Sender, student: str, path: str, content: bytes, *, late: bool) -> Submission:
        flags = (_("Canvas marks it as late."),) if late else ()
        participant = self._participant(person)
        received = participant.received if participant else None
        return Submission(
            student=student,
            assignment=self.assignment,
            sha256=hashlib.sha256(content).hexdigest(),
            source=f"zip: {self.source.name}: {printable(path)}",
            received=received,
            evidence=HandInEvidence(kind="upload", sent=received, flags=flags) if flags or received else None,
        )

    def _read(self, path: str) -> bytes:
        """The file's bytes; what is too large is cut off, and then is no notebook, which the run says."""
        with self.archive.open(self.infos[path]) as file:
            return file.read(LARGEST_MIB << 20)


def _name_of(info: zipfile.ZipInfo) -> str:
    """An entry's name: a Mac writes UTF-8 without the flag that says so, and Python reads it in the old code page."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def find_layout(names: list[str]) -> Layout:
    """Which program made the zip, told from the names of its files; a stray file beside them changes nothing.

    >>> find_layout(["Ana Paz_12_assignsubmission_file_/hw.ipynb"]), find_layout(["pazana_12_34_hw.ipynb"])
    ('moodle', 'canvas')
    """
    shown = [name for name in names if not is_hidden(name)]
    layouts: list[tuple[Layout, list[bool]]] = [
        ("moodle", [bool(_MOODLE.match(name)) for name in shown]),
        ("canvas", ["/" not in name and bool(_CANVAS.match(name)) for name in shown]),
    ]
    for layout, fits in layouts:
        strays = [name for name, is_fit in zip(shown, fits, strict=True) if not is_fit]
        if any(fits) and not any(map(is_notebook_name, strays)):
            return layout
    return "plain"


def _find_canvas(called: str, names: Mapping[str, str]) -> str | None:
    """Canvas writes a name as one small word, the last name first; the words are tried in every turn of their order."""
    for student, name in names.items():
        words = split_name(name)
        if "".join(split_name(called)) in {"".join(words[place:] + words[:place]) for place in range(len(words))}:
            return student
    return None


def _tell_several(source: Path, student: str, files: Sequence[HandedFile]) -> Problem:
    named = ", ".join(printable(PurePosixPath(file.path).name) for file in files)
    return Problem(
        student,
        student,
        ngettext(
            "There is {n} notebook of yours: {files}.",
            "There are {n} notebooks of yours, and which one is meant is not ours to guess: {files}.",
            len(files),
            files=named,
        ),
        _("Hand in one notebook."),
        source.name,
    )
