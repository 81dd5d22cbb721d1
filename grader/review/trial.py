"""Tries out the points of a criterion on the whole class: what would change, before it is kept. No notebook is run."""

from __future__ import annotations

import hashlib
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course.course import Assignment, Course
from grader.errors import UserError
from grader.files.durable import write_file
from grader.language import _
from grader.review.decisions import read_standings
from grader.review.rubric_points import LineChange, change_points, compare_lines
from grader.rubric import Criterion
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs


@dataclass(frozen=True)
class PointsChange:
    """A student's points, before and after."""

    student: str
    before: float
    after: float


@dataclass(frozen=True)
class Trial:
    """What other points for a criterion would change."""

    criterion: Criterion
    points: float
    whole_before: float
    whole_after: float
    students: tuple[PointsChange, ...]
    """All of them; most changed first."""
    decided: tuple[str, ...]
    """Students whose points on this criterion a person gave: these stay, as long as they are not above the new ones."""
    lines: tuple[LineChange, ...]
    sha256: str
    """The rubric's, as it was read: what is kept is what was shown."""

    @property
    def changed(self) -> tuple[PointsChange, ...]:
        return tuple(one for one in self.students if one.before != one.after)

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(one.before for one in self.students), statistics.median(
            one.after for one in self.students
        )


def read_new_points(text: str) -> float:
    """The points that a criterion is to be worth."""
    try:
        points = float(text.strip().replace(",", "."))
    except ValueError:
        points = 0.0
    if not 0 < points <= 10_000:  # also where they are no number
        raise UserError(_("“{text}” is no number of points", text=text.strip()), remedy=_("Give a number above 0."))
    return points


def try_points(course: Course, work: WorkFolder, assignment: Assignment, criterion: str, points: float) -> Trial:
    """The class by the rubric as it is, and by the rubric with other points for one criterion; nothing is written."""
    whole_before = assignment.rubric.points  # a rubric that is wrong by now is told here
    text, sha256 = _read(assignment.rubric_path)
    changed = change_points(text, criterion, points, where=str(assignment.rubric_path))
    before = verbs.score_class(course, work, assignment, keep=False)
    with _written(work, changed) as path:
        tried = replace(assignment, rubric_path=path)
        after = {one.grade.student: one.grade for one in verbs.score_class(course, work, tried, keep=False)}
        whole_after = tried.rubric.points
    changes = [PointsChange(one.grade.student, one.grade.earned, after[one.grade.student].earned) for one in before]
    standings = read_standings(work.gradebook, assignment.name)
    return Trial(
        criterion=next(one for one in assignment.rubric.criteria if one.id == criterion),
        points=points,
        whole_before=whole_before,
        whole_after=whole_after,
        students=tuple(sorted(changes, key=lambda one: (-abs(one.after - one.before), one.student))),
        decided=tuple(standing.student for standing in standings if criterion in standing.decided),
        lines=compare_lines(text, changed),
        sha256=sha256,
    )


def keep_points(
    course: Course, work: WorkFolder, assignment: Assignment, criterion: str, points: float, sha256: str
) -> None:
    """Write the two numbers into the rubric, and score the class by it."""
    with work.locked():
        text, now = _read(assignment.rubric_path)
        if now != sha256:
            raise UserError(
                _("the rubric has changed since this was tried out, so nothing was written"),
                where=str(assignment.rubric_path),
                remedy=_("Try it out again."),
            )
        path = assignment.rubric_path
        mode = path.stat().st_mode & 0o777
        write_file(path, change_points(text, criterion, points, where=str(path)), mode=mode)
        verbs.score_class(course, work, course.assignment(assignment.name))


def _read(path: Path) -> tuple[str, str]:
    content = path.read_bytes()
    return content.decode("utf-8"), hashlib.sha256(content).hexdigest()


@contextmanager
def _written(work: WorkFolder, text: str) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(dir=work.root, prefix="trial-", suffix=".yaml") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        yield Path(file.name)
