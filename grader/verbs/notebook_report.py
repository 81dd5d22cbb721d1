"""The verb report over a class of notebooks: a page for each student and one for the class."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import Assignment, Course, in_its_language
from grader.files.durable import write_file
from grader.files.notebook_file import read_notebook
from grader.model import Answer, Watch
from grader.report import (
    ClassPage,
    SimilarPage,
    StudentPage,
    StudentRow,
    page_name,
    pictures_of,
    render_class,
    render_similar,
    render_student,
)
from grader.store.work_folder import WorkFolder
from grader.verbs.comparison import find_noted, find_similar
from grader.verbs.everybody import find_ungraded
from grader.verbs.notebooks import Executions, ScoredStudent, expected_for

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reported:
    """The class page, and the students whose own page could not be written."""

    index: Path
    without_page: tuple[str, ...]


@in_its_language
def report(
    course: Course,
    work: WorkFolder,
    assignment: Assignment,
    graded: Sequence[ScoredStudent],
    executions: Executions,
    *,
    wall_s: float,
    watch: Watch,
) -> Reported:
    """Write a page for each student and one for the class."""
    folder = work.reports(assignment.name)
    folder.mkdir(parents=True, exist_ok=True)
    expected = expected_for(course, work, assignment, [scored.submission.student for scored in graded])
    without_page = []
    for done, scored in enumerate(graded):
        watch("writing pages", done, len(graded))
        student = scored.submission.student
        path = folder / page_name(student)
        try:
            write_file(path, _student_page(course, work, assignment, scored, expected[student]))
        except OSError:
            raise  # a disk that is full is nobody's in particular
        except Exception:
            log.exception("the page of %s failed", student)
            path.unlink(missing_ok=True)  # one from before would say what no longer holds
            without_page.append(student)
    watch("writing pages", len(graded), len(graded))
    names = course.roster.names if course.roster is not None else {}
    rows = tuple(
        StudentRow(scored.submission, scored.run, scored.grade, names.get(scored.grade.student, ""))
        for scored in graded
    )
    pairs = find_similar(work, assignment, rows)
    overview = ClassPage(
        course=course.file.title,
        assignment=assignment.name,
        title=assignment.file.title,
        students=rows,
        rubric=assignment.rubric,
        executed=executions.executed,
        reused=executions.reused,
        wall_s=wall_s,
        pairs=pairs,
        hints=find_noted(course, work, assignment, rows),
        ungraded=find_ungraded(course, work, assignment.name, {row.grade.student for row in rows}),
        undated=sum(row.submission.received is None for row in rows) if assignment.file.has_deadline_rule else 0,
    )
    write_file(folder / "index.html", render_class(overview))
    if pairs:
        write_file(
            folder / "similar.html", render_similar(SimilarPage(course.file.title, assignment.file.title, pairs))
        )
    else:
        (folder / "similar.html").unlink(missing_ok=True)
    return Reported(folder / "index.html", tuple(without_page))


def _student_page(
    course: Course, work: WorkFolder, assignment: Assignment, scored: ScoredStudent, expected: Mapping[str, Answer]
) -> str:
    executed = None if scored.trouble else work.runs.load_executed(scored.run.key)
    page = StudentPage(
        course=course.file.title,
        assignment=assignment.name,
        title=assignment.file.title,
        name=course.roster.names.get(scored.grade.student, "") if course.roster is not None else "",
        submission=scored.submission,
        run=scored.run,
        rubric=assignment.rubric,
        grade=scored.grade,
        expected=expected,
        pictures=pictures_of(read_notebook(executed, limit_mib=float("inf"))) if executed else (),
    )
    return render_student(page)
