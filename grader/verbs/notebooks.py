"""The verbs over a whole class: what the commands call. Each takes what is on disk one step further, and repeats well.

collect -> execute -> score -> report
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.course.course import Assignment, Course, in_its_language
from grader.course.needed_packages import require_packages
from grader.deadlines.due_dates import HandedIn, read_handed_in, zone_of
from grader.deadlines.lateness import fix_offset, judge_lateness
from grader.deadlines.later_changes import tell_later
from grader.errors import DamagedError, UserError
from grader.execute.answers import ProbeQuestion
from grader.execute.pool import Executed, Executor, Resources, Work, execute_all
from grader.execute.probe_questions import is_personal, make_question, make_questions_for_each
from grader.execute.reference import ask_reference
from grader.execute.run_key import make_key
from grader.language import Reason, _
from grader.model import Answer, Finding, Grade, Lateness, MistakeComment, Override, Run, Submission, Watch
from grader.release import read_released
from grader.score import score
from grader.score.grade import find_comments, fold
from grader.score.judged import bind_to_work
from grader.score.reproduction import measure
from grader.store.gradebook import Score
from grader.store.work_folder import WorkFolder
from grader.verbs.forecast import foresee
from grader.verbs.preflight import require_room

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Executions:
    """What `execute` did: runs made now, and runs that stood already."""

    executed: int
    reused: int


@dataclass(frozen=True)
class ScoredStudent:
    """One student's grade, what it was made from, and the grade by the score before this one where there is one."""

    submission: Submission
    run: Run
    grade: Grade
    was: Grade | None
    trouble: str = ""
    """What broke for this student on our side, and what to do, for the instructor; the student waits."""

    @property
    def before(self) -> float | None:
        """The points by the score before."""
        return self.was.earned if self.was is not None else None


def execute(
    course: Course,
    work: WorkFolder,
    assignment: Assignment,
    resources: Resources,
    *,
    watch: Watch,
    tell: Callable[[str], None] = lambda _: None,
    again: bool = False,
    student: str | None = None,
) -> Executions:
    """Run what has no run yet under this rubric's probes; each run is stored as soon as it ends.

    `again`: also what has one, of all or of this student. `tell` is told the forecast before the first is run.
    """
    handed_in = _handed_in(course, work, assignment)
    if student is not None and student not in handed_in.submissions:
        raise UserError(
            f"`{student}` has handed in nothing for `{assignment.name}`",
            remedy="Write the student as the class page and --json do.",
        )
    with resources.executor(assignment.file.gpu, assignment.file.limits, assignment.environment.imports) as executor:
        plan = _make_plan(work, assignment, handed_in.candidates, executor, again=again, student=student)
        if plan.new:
            require_packages(course.root, assignment, runs_here=resources.cluster is None)
            require_room(work, len(plan.new))
            executor.warm_up()
        _prepare(course, work, assignment, [*handed_in.submissions], watch)
        if plan.new:  # said only where they are run: a reference may be broken
            tell(str(foresee(work, assignment, [own[0] for own in plan.new.values()], max(1, executor.room))))
        watch("running notebooks", 0, len(plan.new))
        works = _make_works(work, assignment, plan)
        failed: list[str] = []
        for done, (made, executed) in enumerate(execute_all(works, executor), start=1):
            run = _store(work, assignment, executed)
            for submission in plan.new[made.key]:
                work.gradebook.add_run(submission, made.key)
            watch("running notebooks", done, len(plan.new))
            failed += [str(run.because)] if run.end == "failed" else []
            _stop_where_nothing_works(done, failed, work)
    return Executions(executed=len(plan.new), reused=plan.reused)


_FIRST_FEW = 3
"""Where so many notebooks fail one after the other, for one reason of ours and from the first on, all of them will."""


def _stop_where_nothing_works(done: int, failed: Sequence[str], work: WorkFolder) -> None:
    """A class is not run for an hour to learn that this machine can run none of it."""
    if done == len(failed) == _FIRST_FEW and len(set(failed)) == 1:
        raise UserError(
            f"the first {_FIRST_FEW} notebooks failed for the same reason of ours: {failed[0]}",
            where=str(work.log),
            remedy="Fix what the log says, or try `grader doctor`. Then give the same command again.",
        )


@dataclass(frozen=True)
class _Plan:
    """The runs to be made, by their keys, with the submissions that each is of: equal ones are run once."""

    new: Mapping[str, Sequence[Submission]]
    reused: int


def _make_plan(
    work: WorkFolder,
    assignment: Assignment,
    submissions: Sequence[Submission],
    executor: Executor,
    *,
    again: bool,
    student: str | None,
) -> _Plan:
    """What is to be run; the runs that stand already are noted as their submissions'."""
    of_key: dict[str, list[Submission]] = defaultdict(list)
    for submission, questions in zip(submissions, _asked(assignment, submissions), strict=True):
        limits, materials = assignment.file.limits, assignment.materials
        key = make_key(submission.sha256, questions, limits, executor.sandbox, executor.gpu, materials=materials)
        of_key[key].append(submission)
    chosen = {
        key for key, own in of_key.items() if again and (student is None or any(student == s.student for s in own))
    }
    new = {key: own for key, own in of_key.items() if key in chosen or not work.runs.is_finished(key)}
    for key, own in [*new.items()]:
        damage = _damage_of(work, own[0])
        if damage is not None:
            # Nothing of it is run: what was handed in is not what lies there.
            work.runs.store(_failed_run(key, own[0]), None)
            del new[key]
    for key in of_key.keys() - new.keys():
        for submission in of_key[key]:
            work.gradebook.add_run(submission, key)
    return _Plan(new, len(of_key) - len(new))


def _damage_of(work: WorkFolder, submission: Submission) -> DamagedError | None:
    try:
        work.submission(submission.sha256)
    except DamagedError as error:
        return error
    return None


def _failed_run(key: str, submission: Submission, failure: str = "") -> Run:
    """A run of which nothing is left, or on which we failed."""
    because = _failed_on(failure) if failure else _("What the grader kept of this notebook is damaged.")
    return Run(key=key, sha256=submission.sha256, end="failed", because=because)


def _failed_on(failure: str) -> Reason:
    return _("The grader failed on this notebook ({error}); this is not the student's fault.", error=failure)


def _make_works(work: WorkFolder, assignment: Assignment, plan: _Plan) -> Iterator[Work]:
    """The works of a plan, each read when it is asked for."""
    firsts = [own[0] for own in plan.new.values()]
    for key, first, questions in zip(plan.new, firsts, _asked(assignment, firsts), strict=True):
        limits, materials = assignment.file.limits, assignment.materials
        content = work.submission(first.sha256)
        yield Work(key, first.sha256, content, questions, limits, materials, assignment.oracle)


def _asked(assignment: Assignment, submissions: Sequence[Submission]) -> Iterator[tuple[ProbeQuestion, ...]]:
    return make_questions_for_each(
        assignment.rubric, (submission.student for submission in submissions), assignment.oracle
    )


def _prepare(course: Course, work: WorkFolder, assignment: Assignment, students: Sequence[str], watch: Watch) -> None:
    """Find out what is wrong with the course itself, before a class is run for an hour."""
    _ = assignment.given_notebook  # a UserError where it cannot be read
    watch("asking the reference", 0, 1)
    expected_for(course, work, assignment, students)
    watch("asking the reference", 1, 1)


def _store(work: WorkFolder, assignment: Assignment, executed: Executed) -> Run:
    run = executed.run
    try:
        run = with_facts(assignment, executed)
    except Exception as error:
        log.exception("measuring the notebooks of run %s failed", run.key)
        run = run.model_copy(update={"end": "failed", "because": _failed_on(type(error).__name__)})
    work.runs.store(run, executed.fresh)
    return run


def with_facts(assignment: Assignment, executed: Executed) -> Run:
    """The run with what can be measured on its notebooks, once and for all."""
    if executed.stored is None or executed.fresh is None:
        return executed.run
    facts = measure(executed.stored, executed.fresh, assignment.given_notebook, executed.run.cells)
    return executed.run.model_copy(update={"facts": facts})


@in_its_language
def score_class(course: Course, work: WorkFolder, assignment: Assignment, *, keep: bool = True) -> list[ScoredStudent]:
    """Findings from the runs that there are; starts no kernel. What has no run yet is named by a UserError.

    `keep` notes the scores in the gradebook; without it, they are only tried out.
    """
    handed_in = _handed_in(course, work, assignment)
    submissions = handed_in.candidates
    keys = work.gradebook.run_keys(assignment.name)
    waiting = [one.student for one in submissions if (one.student, one.sha256) not in keys]
    if waiting:
        named = ", ".join(waiting[:5]) + (" …" if waiting[5:] else "")
        raise UserError(
            f"{len(waiting)} of {len(submissions)} submissions have no run yet: {named}",
            remedy=f"Run them: grader execute {assignment.name}",
        )
    expected = expected_for(course, work, assignment, [submission.student for submission in submissions])
    before = {known.student: known for known in work.gradebook.scores(assignment.name)}
    overrides: defaultdict[str, list[Override]] = defaultdict(list)
    for override in work.gradebook.overrides(assignment.name):
        overrides[override.student].append(override)
    comments = work.gradebook.comments(assignment.name)
    best: dict[str, tuple[ScoredStudent, Score]] = {}
    for submission, questions in zip(submissions, _asked(assignment, submissions), strict=True):
        student, key = submission.student, keys[submission.student, submission.sha256]
        scoring = _Scoring(assignment, submission, key, overrides[student], comments, before.get(student))
        try:
            run = work.runs.load(key)
            lateness = _lateness(work, assignment, submission, handed_in)
            scored, noted = scoring.score(run, without_old_answers(run, questions), expected[student], lateness)
            damage = _damage_of(work, submission) if run.end == "failed" else None
            scored = replace(scored, trouble=str(damage)) if damage is not None else scored
        except DamagedError as error:
            scored, noted = scoring.fail(str(error))
        except Exception as error:
            log.exception("scoring %s failed", student)
            scored, noted = scoring.fail(f"the grader failed: see {work.log}", type(error).__name__)
        if student not in best or scored.grade.earned > best[student][0].grade.earned:
            best[student] = scored, noted
    if keep:
        # What broke on our side is no score: the last one stays on record, and counts again when it is whole again.
        kept = [(scored.submission, noted) for scored, noted in best.values() if not scored.trouble]
        work.gradebook.add_scores(assignment.name, kept)
    return [scored for scored, _ in best.values()]


@dataclass(frozen=True)
class _Scoring:
    """One submission that is scored, and what persons and earlier scores said of its student."""

    assignment: Assignment
    submission: Submission
    key: str
    overrides: Sequence[Override]
    comments: Mapping[tuple[str, str], MistakeComment]
    known: Score | None

    def score(
        self, run: Run, current: Run, expected: Mapping[str, Answer], lateness: Lateness | None
    ) -> tuple[ScoredStudent, Score]:
        """By the rubric; `current` is the run without what was asked otherwise."""
        findings = score(current, self.assignment.rubric, expected)
        findings = bind_to_work(findings, current, self.assignment.rubric)
        scored = ScoredStudent(
            submission=_timed(self.submission, self.assignment, lateness),
            run=run,
            grade=self._grade(run, findings, lateness),
            was=self._grade(run, self.known.findings, lateness) if self.known else None,
        )
        return scored, Score(self.submission.student, self.key, findings)

    def fail(self, trouble: str, failure: str = "") -> tuple[ScoredStudent, Score]:
        """Whatever broke for this student is this student's: every criterion waits, and the class goes on."""
        run = _failed_run(self.key, self.submission, failure)
        scored, noted = self.score(run, run, {}, None)
        return replace(scored, trouble=trouble), noted

    def _grade(self, run: Run, findings: Sequence[Finding], lateness: Lateness | None) -> Grade:
        folded = fold(findings, self.overrides)
        return Grade(
            student=self.submission.student,
            assignment=self.submission.assignment,
            findings=folded,
            overrides=tuple(self.overrides),
            comments=find_comments(folded, self.comments),
            late_by_s=lateness.late_by_s if lateness else 0.0,
            lateness=lateness,
            end=run.end,
        )


def _handed_in(course: Course, work: WorkFolder, assignment: Assignment) -> HandedIn:
    handed_in = read_handed_in(course, work.gradebook, assignment)
    if not handed_in.submissions:
        raise UserError(
            f"nothing has been collected for `{assignment.name}`",
            remedy=f"Collect it: grader collect {assignment.name} FOLDER",
        )
    return handed_in


def _lateness(work: WorkFolder, assignment: Assignment, submission: Submission, handed_in: HandedIn) -> Lateness | None:
    """How late it came, by the deadline as it stands now: moving a deadline needs no new collection."""
    terms = handed_in.terms[submission.student]
    later = tell_later(submission, handed_in.submissions[submission.student], terms, work.submission)
    return judge_lateness(submission, terms, assignment.rubric.points, later=later)


def _timed(submission: Submission, assignment: Assignment, lateness: Lateness | None) -> Submission:
    """The submission with its times as the course tells them."""
    if submission.received is None or lateness is None:
        return submission
    received = fix_offset(submission.received, zone_of(assignment.file))
    return submission.model_copy(update={"received": received, "late_by_s": lateness.late_by_s})


def without_old_answers(run: Run, questions: Sequence[ProbeQuestion]) -> Run:
    """The run without answers to probes that have changed since it was asked."""
    asked = {question.name: question.hash for question in questions}
    kept = {name: answer for name, answer in run.answers.items() if run.asked.get(name) == asked.get(name)}
    return run.model_copy(update={"answers": kept})


def expected_for(
    course: Course, work: WorkFolder, assignment: Assignment, students: Sequence[str], *, public_only: bool = False
) -> Mapping[str, Mapping[str, Answer]]:
    """student -> probe -> the reference's answer; probes that are not personal are answered once.

    What `grader release` made has no reference: it carries the answers.
    """
    released = read_released(course, assignment.name)
    if released is not None:
        return dict.fromkeys(students, released.expected)
    rubric = assignment.rubric
    names = rubric.expected_probes(public_only=public_only)
    if not rubric.reference:
        return {student: {} for student in students}
    personal = [name for name in names if is_personal(rubric.probes[name])]
    shared = [make_question(name, rubric.probes[name], "") for name in names if name not in personal]
    own: dict[tuple[str, str], ProbeQuestion] = {}
    for number, student in enumerate(students):
        for name in personal:
            own[student, name] = replace(make_question(name, rubric.probes[name], student), name=f"{name}-{number}")
    common, found = ask_reference(course.root, rubric.reference, [shared, list(own.values())], work.expected)
    return {student: {**common, **{name: found[own[student, name].name] for name in personal}} for student in students}
