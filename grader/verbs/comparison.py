"""Compares the notebooks of a class with each other, for its page: reads what `similarity` looks at."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from grader.course.course import Assignment, Course
from grader.deadlines.due_dates import read_handed_in
from grader.errors import DamagedError
from grader.files.notebook_file import UnreadableError, code_cells, read_notebook
from grader.release import LAST_LINE
from grader.report import StudentRow
from grader.similarity import Hint, SimilarPair, find_hints, find_pairs, read_code, read_given, read_trace
from grader.store.work_folder import WorkFolder


def find_similar(work: WorkFolder, assignment: Assignment, students: Sequence[StudentRow]) -> tuple[SimilarPair, ...]:
    """Students who share much of the code that they wrote themselves; those with the same file are told elsewhere."""
    everybodys = assignment.given_notebook
    given = read_given([cell.source for _, cell in code_cells(everybodys)] if everybodys else [], LAST_LINE)
    codes, files = [], {}
    for row in students:
        submission = row.submission
        files[submission.student] = submission.sha256
        try:
            notebook = read_notebook(work.submission(submission.sha256), limit_mib=assignment.file.limits.notebook_mib)
        except (UnreadableError, DamagedError):
            continue  # the run, or the score, says so
        cells = [cell.source for _, cell in code_cells(notebook)]
        codes.append(read_code(submission.student, cells, given))
    return tuple(pair for pair in find_pairs(codes) if files[pair.left] != files[pair.right])


def find_noted(
    course: Course, work: WorkFolder, assignment: Assignment, students: Sequence[StudentRow]
) -> tuple[Hint, ...]:
    """What Colab has noted in the class's notebooks, where it is worth a look."""
    handed_in = read_handed_in(course, work.gradebook, assignment)
    traces = []
    for row in students:
        student = row.submission.student
        own = handed_in.submissions[student]
        files = frozenset(one.evidence.file for one in own if one.evidence and one.evidence.file)
        closes = None if row.grade.late_by_s else handed_in.terms[student].closes
        with suppress(DamagedError):  # the score says so
            traces.append(read_trace(student, work.submission(row.submission.sha256), files, closes))
    return find_hints(traces, read_trace("", assignment.given or b""))
