"""Grades old submissions by the new rubrics, and sets each verdict beside the mark that it had."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.course.course import Course
from grader.errors import UserError
from grader.execute.pool import Resources
from grader.files.csv_columns import STUDENT, Heads, require_column
from grader.files.csv_file import read_csv
from grader.files.durable import write_file
from grader.migrate.taken_over import KnownScore, TakenAssignment, TakenCourse, TakenCriterion
from grader.model import Finding, Watch
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verbs.collection import collect

_ASSIGNMENT = Heads("assignment", "names the assignment", ())
_TEST = Heads("test", "names the test", (("cell", "question"),))
_SCORE = Heads("score", "gives the score", (("points",),))

_SAME = 1e-6
"""Points that add up in another order differ by less; the smallest share of a test is far above."""


@dataclass(frozen=True)
class ParityVerdict:
    """One student's one test, there and here; `ours` is None where a person has to decide."""

    student: str
    assignment: str
    test: str
    theirs: float
    ours: float | None
    why: str = ""
    right: str = ""

    @property
    def is_equal(self) -> bool:
        return self.ours is not None and abs(self.ours - self.theirs) < _SAME


@dataclass(frozen=True)
class Parity:
    """Every verdict that both graders gave, and what only a person gives."""

    verdicts: Sequence[ParityVerdict]
    by_hand: int
    """marks of tests that a person gives, there and here: there is nothing to compare"""
    without_mark: int
    """verdicts of ours without an old mark"""

    @property
    def equal(self) -> int:
        return sum(one.is_equal for one in self.verdicts)


def read_known(path: Path) -> list[KnownScore]:
    """Marks from a table: student, assignment, test, score; a UserError names the row that is wrong."""
    table = read_csv(path)
    student, assignment, test, score = (require_column(table, one) for one in (STUDENT, _ASSIGNMENT, _TEST, _SCORE))
    found = []
    for row in table.rows:
        try:
            points = float(row.cell(score))
        except ValueError as error:
            raise UserError(
                f"the score `{row.cell(score)}` is no number", where=table.place(row), remedy="Write it as 1.5."
            ) from error
        found.append(KnownScore(row.cell(student), row.cell(assignment), row.cell(test), points))
    return found


def compare(
    course: Course,
    work: WorkFolder,
    taken: TakenCourse,
    known: Sequence[KnownScore],
    resources: Resources,
    *,
    watch: Watch,
) -> Parity:
    """Collect, execute and score the old submissions of each assignment that has any, and compare."""
    marks: defaultdict[str, dict[tuple[str, str], KnownScore]] = defaultdict(dict)
    for mark in known:
        marks[mark.assignment][mark.student, mark.title] = mark
    verdicts: list[ParityVerdict] = []
    by_hand = without_mark = 0
    for assignment in taken.assignments:
        own = {**marks[assignment.title], **marks[assignment.name]}
        if not assignment.submissions or not own:
            continue
        found = _grade(course, work, assignment.name, resources, watch)
        for student, findings in found.items():
            for title, criteria in _by_title(assignment).items():
                mark_of = own.get((student, title))
                if any(one.test is None for one in criteria):
                    by_hand += mark_of is not None
                elif mark_of is None:
                    without_mark += 1
                else:
                    verdicts.append(_judge(mark_of, assignment.name, criteria, findings))
    return Parity(verdicts, by_hand, without_mark)


def _by_title(assignment: TakenAssignment) -> Mapping[str, Sequence[TakenCriterion]]:
    found: defaultdict[str, list[TakenCriterion]] = defaultdict(list)
    for one in assignment.criteria:
        found[one.title].append(one)
    return found


def _grade(
    course: Course, work: WorkFolder, name: str, resources: Resources, watch: Watch
) -> Mapping[str, Mapping[str, Finding]]:
    """student -> criterion -> finding"""
    assignment = course.assignment(name)
    collect(course, work, assignment, [str(course.root / "submissions" / name)], watch=watch)
    verbs.execute(course, work, assignment, resources, watch=watch)
    scored = verbs.score_class(course, work, assignment)
    return {one.grade.student: {found.criterion: found for found in one.grade.findings} for one in scored}


def _judge(
    mark: KnownScore, assignment: str, criteria: Sequence[TakenCriterion], findings: Mapping[str, Finding]
) -> ParityVerdict:
    own = [findings[one.id] for one in criteria]
    earned = [one.earned for one in own]
    ours = None if None in earned else sum(points for points in earned if points is not None)
    verdict = ParityVerdict(mark.student, assignment, mark.title, mark.score, ours)
    if verdict.is_equal:
        return verdict
    told = [one for one in own if one.status != "met"] or own
    why = " ".join(str(one.because) for one in told)
    as_it_is = any(one.test is not None and one.test.is_run_as_it_is for one in criteria)
    was_text = any(one.test is not None and one.test.was_text for one in criteria)
    right = _tell_right(mark, ours, as_it_is=as_it_is, was_text=was_text)
    return ParityVerdict(mark.student, assignment, mark.title, mark.score, ours, why, right)


def _tell_right(mark: KnownScore, ours: float | None, *, as_it_is: bool, was_text: bool) -> str:
    """Which of the two is right, as far as the two runs tell it."""
    if mark.by_hand:
        return "Theirs: a person changed the mark."
    if ours is None:
        return "Open: a person decides, and the old mark is a hint."
    if ours > mark.score and was_text:
        return "Ours, if the value is meant: there its text was compared, in which 9 and 9.0 differ."
    if ours > mark.score:
        return (
            "Probably theirs: the same test was run, there in the middle of the notebook and here after its end."
            if as_it_is
            else "Probably ours: the values are those that the test states. Why did the test fail?"
        )
    return "Probably theirs: the test passed, and ours compares types and moments more strictly."


# ---- the report -----------------------------------------------------------------------------------------------------


def write_parity(parity: Parity, taken: TakenCourse, root: Path) -> None:
    """parity.md for people and parity.json for scripts, in the new course."""
    told = {
        "verdicts": len(parity.verdicts),
        "equal": parity.equal,
        "by_hand": parity.by_hand,
        "without_mark": parity.without_mark,
        "left_out": list(taken.left_out),
        "all": [{**asdict(one), "equal": one.is_equal} for one in parity.verdicts],
    }
    write_file(root / "parity.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    write_file(root / "parity.md", _as_markdown(parity, taken))


def _as_markdown(parity: Parity, taken: TakenCourse) -> str:
    differing = [one for one in parity.verdicts if not one.is_equal]
    lines = [
        "# Parity",
        "",
        f"{parity.equal} of {len(parity.verdicts)} verdicts are equal to the old marks.",
        f"{parity.by_hand} marks are given by a person, there and here.",
        f"{parity.without_mark} verdicts have no old mark.",
    ]
    if differing:
        lines += ["", "| student | assignment | test | theirs | ours | why | right |", "|---|---|---|---|---|---|---|"]
    for one in differing:
        ours = "waits" if one.ours is None else f"{one.ours:g}"
        cells = (one.student, one.assignment, one.test, f"{one.theirs:g}", ours, one.why, one.right)
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    if taken.left_out:
        lines += ["", "## Not carried over", "", *(f"- {one}" for one in taken.left_out)]
    return "\n".join(lines) + "\n"
