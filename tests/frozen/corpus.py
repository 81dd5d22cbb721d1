"""What is compared: stored runs scored again, responses and scans read again, and notebooks run again.

Everything goes through the commands that people use, so that a rebuilt house needs no change here.
"""

from __future__ import annotations

import csv
import functools
import io
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hostile.corpus import read_cases, write_case
from tests.small_course import Ended, run_grader

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
STORED = HERE / "stored"

EXERCISES = ("camera", "networks", "features", "matching")
RESPONSES = ("exam-2024", "quiz", "ex", "prac", "rules", "rules-revised")
"""Exams whose responses came from a file."""
SCANS = ("midterm", "short")
"""Exams whose responses were scanned; the print of `short` is of an older layout, and has to be read for ever."""

TOTAL = "(total)"
COURSE = "(course)"


@dataclass(frozen=True)
class Outcome:
    """What one student got for one criterion or question; numbers as text, so that a table holds them exactly."""

    status: str
    earned: str
    possible: str

    def __str__(self) -> str:
        worth = f" of {self.possible}" if self.possible else ""
        return f"{self.status} {self.earned or '-'}{worth}"


Place = tuple[str, str, str]
"""(class, student, criterion or question)"""

Outcomes = Mapping[Place, Outcome]

Command = Callable[..., Ended]
"""Runs `grader` on a course, a work folder and what else its line says."""
Grader = Command
"""The same, but what ends badly is an error."""


@dataclass(frozen=True)
class Part:
    """One thing to compare: a class, or an exam, and how its outcomes are made now."""

    name: str
    table: str
    """The file in `outcomes/`: scored, read or run."""
    make: Callable[[Grader, Path], Iterator[tuple[Place, Outcome]]]

    def outcomes(self, run: Command = run_grader) -> Outcomes:
        """What everybody gets now; `run` is the command, by default in a process of its own."""

        def grader(course: Path, work: Path, *arguments: object) -> Ended:
            ended = run(course, work, *arguments)
            if ended.code not in (0, 1):  # 1: something waits for a person
                raise RuntimeError(f"grader {' '.join(map(str, arguments))} ended with {ended.code}\n{ended.err}")
            return ended

        with tempfile.TemporaryDirectory(prefix="frozen-") as folder:
            return dict(self.make(grader, Path(folder)))


def unpack(archive: str, folder: Path) -> Path:
    """A folder with what an archive holds: mostly a course, and its work folder."""
    with tarfile.open(STORED / f"{archive}.tar.xz") as file:
        file.extractall(folder, filter="data")
    return folder


def told(name: str, ended: Ended) -> Iterator[tuple[Place, Outcome]]:
    """What `--json` says of a class."""
    for student in ended.told["students"]:
        for finding in student["findings"]:
            worth = (finding["earned"], finding["possible"])
            yield (name, student["student"], finding["criterion"]), Outcome(finding["status"], *map(_number, worth))
        status = "waits" if student["needs_review"] else student.get("grade") or "settled"
        yield (name, student["student"], TOTAL), Outcome(status, _number(student["earned"]), "")


def _number(value: Any) -> str:
    # Six decimals are what a finding keeps; networks are trained in single precision, so no more would be stable.
    return "" if value is None else f"{round(value, 6):g}"


# ---- scored: runs and responses of the past, by the code of today ---------------------------------------------------


def _score(archive: str, name: str, exam: bool, grader: Grader, folder: Path) -> Iterator[tuple[Place, Outcome]]:
    unpack(archive, folder)
    verb = ("exam", "score") if exam else ("score",)
    yield from told(name, grader(folder / "course", folder / "work", *verb, name, "--json"))


def _grade_course(grader: Grader, folder: Path) -> Iterator[tuple[Place, Outcome]]:
    unpack("small-course", folder)
    table = grader(folder / "course", folder / "work", "export", "--to", "csv").out
    for row in csv.DictReader(io.StringIO(table)):
        yield (COURSE, row["student"], TOTAL), Outcome(row["grade"] or "waits", row["percent"], "")


# ---- read: responses and scans, taken in again ----------------------------------------------------------------------


def _read(exam: str, grader: Grader, folder: Path) -> Iterator[tuple[Place, Outcome]]:
    unpack("exams", folder)
    course, work = folder / "course", folder / "fresh"
    if exam in SCANS:
        prints = Path("exams", exam, "prints")
        shutil.copytree(folder / "work" / prints, work / prints)
        grader(course, work, "exam", "scan", exam, course / "scans" / exam)
    else:
        grader(course, work, "exam", "import", exam, course / "responses" / f"{exam}.csv")
    yield from told(exam, grader(course, work, "exam", "score", exam, "--json"))


# ---- run: notebooks, from the beginning -----------------------------------------------------------------------------


def _run_demo(grader: Grader, folder: Path) -> Iterator[tuple[Place, Outcome]]:
    yield from told("demo", grader(REPOSITORY, folder, "demo", "--json"))


def _run_exercise(name: str, grader: Grader, folder: Path) -> Iterator[tuple[Place, Outcome]]:
    notebooks = unpack("notebooks", folder / "notebooks") / name
    yield from told(name, grader(REPOSITORY, folder / "work", "grade", name, notebooks, "--json"))


def _run_hostile(grader: Grader, folder: Path) -> Iterator[tuple[Place, Outcome]]:
    (folder / "handed-in").mkdir()
    for case in read_cases():
        if not case.pending:
            write_case(case, folder / "handed-in", {"HOST_PORT": "9", "HOST_NAME": "grader-answer-key-0"})
    course = shutil.copytree(HERE.parent / "hostile" / "course", folder / "course")
    graded = grader(course, folder / "work", "grade", "hostile", folder / "handed-in", "--json")
    # What a cell printed before it ended badly is a matter of luck, and so is whether it is reproduced.
    lucky = {case.who for case in read_cases() if case.ends}
    for place, outcome in told("hostile", graded):
        if place[1] not in lucky or place[2] not in ("reproduced", TOTAL):
            yield place, outcome


def _run_hello(grader: Grader, folder: Path) -> Iterator[tuple[Place, Outcome]]:
    unpack("small-course", folder)
    grader(folder / "course", folder / "work", "execute", "hello", "--again")
    scored = told("hello", grader(folder / "course", folder / "work", "score", "hello", "--json"))
    # Its kernel ends some moments after the cell that ends it, so what it still answers is a matter of luck.
    yield from ((place, outcome) for place, outcome in scored if place[1] != "restart-kernel")


def _run_init(grader: Grader, folder: Path) -> Iterator[tuple[Place, Outcome]]:
    course, work = folder / "course", folder / "work"
    grader(REPOSITORY, work, "init", course)
    yield from told("init", grader(course, work, "grade", "hello", course / "submissions", "--json"))


def _run_exam(grader: Grader, folder: Path) -> Iterator[tuple[Place, Outcome]]:
    """Responses to the course's exam, by the exam as it is today; a quarter of them is enough."""
    lines = (unpack("exams", folder) / "course/responses/exam-2024.csv").read_text(encoding="utf-8").splitlines(True)
    (folder / "some.csv").write_text("".join(lines[:11]), encoding="utf-8")
    grader(REPOSITORY, folder / "fresh", "exam", "import", "exam-2024", folder / "some.csv")
    yield from told("exam-2024", grader(REPOSITORY, folder / "fresh", "exam", "score", "exam-2024", "--json"))


def _scored(archive: str, name: str, *, exam: bool = False) -> Part:
    return Part(name, "scored", functools.partial(_score, archive, name, exam))


SCORED = (
    _scored("demo", "regression"),
    *(_scored("exercises", name) for name in EXERCISES),
    _scored("hostile", "hostile"),
    _scored("small-course", "hello"),
    _scored("small-course", "quiz", exam=True),
    Part(COURSE, "scored", _grade_course),
    *(_scored("exams", name, exam=True) for name in (*RESPONSES, *SCANS) if name != "quiz"),
)
READ = tuple(Part(name, "read", functools.partial(_read, name)) for name in ("ex", "prac", *SCANS))
RUN = (
    Part("init", "run", _run_init),
    Part("exam-2024", "run", _run_exam),
    Part("hello", "run", _run_hello),
    Part("demo", "run", _run_demo),
    *(Part(name, "run", functools.partial(_run_exercise, name)) for name in EXERCISES),
    Part("hostile", "run", _run_hostile),
)
"""The quick ones first."""
