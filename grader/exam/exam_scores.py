"""An exam's verbs over a whole class: responses into the gradebook, and findings out of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from grader.course.grade_bands import round_half_up
from grader.errors import UserError
from grader.exam.analysis.items import ItemAnalysis, Response, analyse
from grader.exam.exam import Exam, ExamOnDisk, Rules
from grader.exam.exchange.importing import Imported
from grader.exam.judging import judge, not_judged
from grader.exam.responses import read_asked
from grader.exam.revisions import Asked, revise, tell_changes
from grader.exam.rules import bound
from grader.exam.variants import make_variant
from grader.model import Finding, Grade, Run, Submission
from grader.score.grade import find_comments, fold
from grader.score.judged import hash_plain
from grader.store.gradebook import Gradebook, Score


@dataclass(frozen=True)
class Taken:
    """What became of the responses of a file: the three add up to its rows that were read."""

    new: int
    changed: int
    known: int


@dataclass(frozen=True)
class ExamGrade:
    """One student's findings, and the total that follows from them."""

    grade: Grade
    earned: float
    """The total: bounded as the exam says, and rounded once."""
    band: str | None
    """None while points wait for a person, or where the exam has no bands."""
    before: float | None
    """The total before this score, where there was one, rounded in the same way."""


@dataclass(frozen=True)
class ScoredExam:
    """A class's exam, scored."""

    grades: tuple[ExamGrade, ...]
    changes: tuple[str, ...]
    """What is different in the exam since it was scored last."""
    since: datetime | None


def take_in(gradebook: Gradebook, imported: Imported) -> Taken:
    """Add a file's responses: a question that the file has no column for keeps the response that it had."""
    return take_responses(gradebook, imported.responses)


def take_responses(gradebook: Gradebook, responses: Sequence[tuple[Submission, Run]]) -> Taken:
    """Add responses, wherever they were read: a question that they leave out keeps the response that it had."""
    exam = {submission.assignment for submission, _ in responses}
    before = {submission.student: run for name in exam for submission, run in gradebook.responses(name)}
    merged = [(submission, _merge(before.get(submission.student), run)) for submission, run in responses]
    fresh = [
        (submission.model_copy(update={"sha256": run.sha256}), run)
        for submission, run in merged
        if before.get(submission.student) is None or before[submission.student].sha256 != run.sha256
    ]
    gradebook.add_responses(fresh)
    new = sum(submission.student not in before for submission, _ in merged)
    return Taken(new=new, changed=len(fresh) - new, known=len(merged) - len(fresh))


def _merge(before: Run | None, after: Run) -> Run:
    answers = {**(before.answers if before is not None else {}), **after.answers}
    asked = {**(before.asked if before is not None else {}), **after.asked}
    told = [[name, asked[name], answers[name].model_dump()] for name in sorted(answers)]
    sha256 = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return after.model_copy(update={"answers": answers, "asked": asked, "sha256": sha256, "key": sha256[:32]})


def score_exam(gradebook: Gradebook, on_disk: ExamOnDisk) -> ScoredExam:
    """Findings from the responses that there are, by the key as it is now; no mark and no file is read again."""
    responses = _responses(gradebook, on_disk.name)
    exam, asked = on_disk.exam, revise(on_disk.exam)
    keys = gradebook.keys(on_disk.name)
    before = {score.student: score for score in gradebook.scores(on_disk.name)}
    overrides, comments = gradebook.overrides(on_disk.name), gradebook.comments(on_disk.name)
    shares = _shares(gradebook, exam)
    grades: list[ExamGrade] = []
    scores: list[tuple[Submission, Score]] = []
    for submission, run in responses:
        student = submission.student
        findings = score(asked, run, exam, shares.get(student, {}))
        own = [override for override in overrides if override.student == student]
        scores.append((submission, Score(student, f"{exam.sha256[:16]}-{run.key[:16]}", findings)))
        folded = fold(findings, own)
        grade = Grade(
            student=student,
            assignment=on_disk.name,
            findings=folded,
            overrides=tuple(own),
            comments=find_comments(folded, comments),
            end="finished",
        )
        earned, known = total(grade.findings, exam.rules), before.get(student)
        old = total(fold(known.findings, own), exam.rules) if known is not None else None
        grades.append(ExamGrade(grade, earned, band(earned, grade, exam), old))
    changes = tell_changes(json.loads(keys[-1].exam), exam.model_dump(mode="json")) if keys else []
    gradebook.add_scores(on_disk.name, scores)
    gradebook.add_key(on_disk.name, exam.sha256, exam.model_dump_json())
    return ScoredExam(tuple(grades), tuple(changes), keys[-1].first_used if keys else None)


def score(asked: Sequence[Asked], run: Run, exam: Exam, shares: Mapping[str, float | None]) -> tuple[Finding, ...]:
    """The findings of one student, each question in the variant that was asked, in the exam's first language; pure."""
    findings: list[Finding] = []
    words = exam.languages[0]
    for one in asked:
        answer = run.answers.get(one.question.id)
        judged = (run.sha256, *_hash_of_response(one.question.id, run))
        try:
            found = judge(variant_of(one, run, exam), answer, exam.rules, words, shares)
        except Exception as error:  # noqa: BLE001  (one answer that cannot be judged waits, and the class goes on)
            found = not_judged(one, words, error)
        findings += [finding.model_copy(update={"judged": judged}) for finding in found]
    return tuple(findings)


def _hash_of_response(question: str, run: Run) -> Iterator[str]:
    """What a person judges who decides on a question: the response, and the numbers that were asked for."""
    answer = run.answers.get(question)
    if answer is not None:
        yield hash_plain([question, run.asked.get(question), answer.status, answer.value])


def variant_of(asked: Asked, run: Run, exam: Exam) -> Asked:
    """The question with the numbers that this student was asked for."""
    seed, drawn = read_asked(run.asked.get(asked.question.id, str(exam.seed)))
    return replace(asked, question=make_variant(asked.question, seed, drawn))


def analyse_exam(gradebook: Gradebook, on_disk: ExamOnDisk) -> ItemAnalysis:
    """What the responses say of the questions, by the key as it is now and with what people decided."""
    exam, asked = on_disk.exam, revise(on_disk.exam)
    overrides, shares = gradebook.overrides(on_disk.name), _shares(gradebook, exam)
    responses: list[Response] = []
    for submission, run in _responses(gradebook, on_disk.name):
        student = submission.student
        own = [override for override in overrides if override.student == student]
        findings = fold(score(asked, run, exam, shares.get(student, {})), own)
        variants = {one.question.id: variant_of(one, run, exam).question for one in asked}
        responses.append(Response(student, findings, run.answers, variants))
    return analyse(asked, responses, exam.languages[0])


def total(findings: Sequence[Finding], rules: Rules) -> float:
    """The points of an exam: bounded, then rounded; nothing was rounded before. What waits is not counted yet."""
    earned = sum(finding.earned or 0.0 for finding in findings)
    return round_half_up(bound(earned, rules.floor, rules.cap if rules.cap is not None else float("inf")), rules.step)


def band(earned: float, grade: Grade, exam: Exam) -> str | None:
    """The grade that follows from a total; the edge of a band belongs to the better one."""
    if grade.needs_review or not grade.possible:
        return None
    percent = 100 * earned / grade.possible
    return next((one.grade for one in exam.bands if percent >= one.at_least - 1e-9), None)


def _responses(gradebook: Gradebook, exam: str) -> list[tuple[Submission, Run]]:
    responses = gradebook.responses(exam)
    if not responses:
        raise UserError(
            f"there are no responses to `{exam}` yet",
            remedy=f"From files: grader exam import {exam} FILE; from sheets: grader exam scan {exam} FILE",
        )
    return responses


def _shares(gradebook: Gradebook, exam: Exam) -> dict[str, dict[str, float | None]]:
    """student -> assignment -> the share of its points that was earned; None where points wait for a person."""
    shares: dict[str, dict[str, float | None]] = {}
    for question in exam.questions:
        name = question.part.graded_as
        if name is None:
            continue
        overrides = gradebook.overrides(name)
        for known in gradebook.scores(name):
            own = [override for override in overrides if override.student == known.student]
            folded = fold(known.findings, own)
            earned, possible = [finding.earned for finding in folded], sum(finding.possible for finding in folded)
            share = sum(points or 0.0 for points in earned) / possible if possible and None not in earned else None
            shares.setdefault(known.student, {})[name] = share
    return shares
