"""Runs stored submissions once more, beside their runs: the same file has to get the same findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.course.course import Assignment, Course, in_its_language
from grader.deadlines.due_dates import read_handed_in
from grader.errors import UserError
from grader.execute.pool import Resources, Work, execute_all
from grader.execute.probe_questions import make_questions_for_each
from grader.model import Answer, Finding, Run, Submission, Watch
from grader.score import score
from grader.store.work_folder import WorkFolder
from grader.verbs.notebooks import expected_for, with_facts, without_old_answers


@dataclass(frozen=True)
class ChangedFinding:
    """A criterion on which the stored run and a fresh one of the same file differ."""

    student: str
    criterion: str
    was: str
    now: str


@in_its_language
def repeat(
    course: Course, work: WorkFolder, assignment: Assignment, resources: Resources, most: int, *, watch: Watch
) -> tuple[int, list[ChangedFinding]]:
    """How many were run again, and each finding that differs. Nothing is stored."""
    keys = work.gradebook.run_keys(assignment.name)
    candidates = read_handed_in(course, work.gradebook, assignment).candidates
    finished = {keys[one.student, one.sha256]: one for one in candidates if (one.student, one.sha256) in keys}
    # By their hashes: any sample of the class, and the same one each time.
    chosen = dict(sorted(finished.items(), key=lambda named: named[1].sha256)[:most])
    if not chosen:
        raise UserError(
            f"no notebook of `{assignment.name}` has a run yet", remedy=f"Run them: grader execute {assignment.name}"
        )
    expected = expected_for(course, work, assignment, [one.student for one in chosen.values()])
    works = _works(work, assignment, chosen)
    changed: list[ChangedFinding] = []
    with resources.executor(assignment.file.gpu, assignment.file.limits, assignment.environment.imports) as executor:
        watch("running notebooks", 0, len(chosen))
        for done, (made, executed) in enumerate(execute_all(works.values(), executor), start=1):
            submission = chosen[made.key]
            stored = without_old_answers(work.runs.load(made.key), made.questions)
            fresh = with_facts(assignment, executed)
            changed += _compare(submission.student, assignment, stored, fresh, expected[submission.student])
            watch("running notebooks", done, len(chosen))
    return len(chosen), sorted(changed, key=lambda one: (one.student, one.criterion))


def _works(work: WorkFolder, assignment: Assignment, chosen: Mapping[str, Submission]) -> dict[str, Work]:
    asked = make_questions_for_each(assignment.rubric, (one.student for one in chosen.values()), assignment.oracle)
    limits, materials = assignment.file.limits, assignment.materials
    return {
        key: Work(key, one.sha256, work.submission(one.sha256), questions, limits, materials, assignment.oracle)
        for (key, one), questions in zip(chosen.items(), asked, strict=True)
    }


def _compare(
    student: str, assignment: Assignment, stored: Run, fresh: Run, expected: Mapping[str, Answer]
) -> Iterator[ChangedFinding]:
    before, after = (score(run, assignment.rubric, expected) for run in (stored, fresh))
    for was, now in zip(before, after, strict=True):
        if _say(was) != _say(now):
            yield ChangedFinding(student, was.criterion, _say(was), _say(now))


def _say(finding: Finding) -> str:
    """Status and points; what the sentence says may differ by a digit."""
    points = "–" if finding.earned is None else f"{finding.earned:g}"
    return f"{finding.status} {points} of {finding.possible:g}"
