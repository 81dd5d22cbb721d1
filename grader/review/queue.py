"""What there is to decide: one item for each answer, for all students who gave the same one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grader.course.course import Assignment
from grader.errors import DamagedError
from grader.exam.exam import ExamOnDisk
from grader.exam.questions import Question
from grader.exam.wording import fold_words
from grader.language import NOTHING, Reason, _, verbatim
from grader.model import Answer, Finding, Run
from grader.review.decisions import Standing, read_standings
from grader.rubric import Criterion
from grader.score.judged import look_of
from grader.store.work_folder import WorkFolder

Kind = Literal["failed", "unreadable", "words", "notebook", "answer", "response", "unscored", "outdated", "settled"]
"""Why an item is there, and what a person looks at.

failed      the grader failed on the notebook: every criterion waits
unreadable  what was handed in is no notebook: nothing was found, and a person says whether that stands
words       a person reads the student's own text cells
notebook    a person looks at the notebook as executed
answer      a person looks at the answer to a probe
response    a response to a question of an exam that no rule can judge
unscored    a criterion that could not be judged
outdated    a person decided on earlier work, and something else was handed in since
settled     judged without a person; nobody waits, but a person may see it differently

A further kind needs a function that makes its items, and a `case` in `page.py` that shows what it is about.
"""


@dataclass(frozen=True)
class ItemPart:
    """One criterion of an item: what it is worth, what to look for, and what was found for each student."""

    criterion: str
    says: str
    possible: float
    guide: Reason
    findings: Mapping[str, Finding]


@dataclass(frozen=True)
class ReviewItem:
    """What is decided at once: for all of these students, who gave the same answer."""

    key: str
    assignment: str
    kind: Kind
    parts: tuple[ItemPart, ...]
    students: tuple[str, ...]
    run_key: str = ""
    """Of the first student; all have the same answer."""
    probe: str | None = None
    answer: Answer | None = None

    def waiting(self, standings: Mapping[str, Standing]) -> tuple[str, ...]:
        """The students for whom a person has not decided everything yet."""
        return tuple(student for student in self.students if self._waits(standings[student]))

    def _waits(self, standing: Standing) -> bool:
        if self.kind == "settled":
            return False
        if self.kind == "unreadable":
            return any(part.criterion not in standing.decided for part in self.parts)
        waiting = {finding.criterion for finding in standing.folded if finding.status == "unscored"}
        return any(part.criterion in waiting for part in self.parts)


@dataclass(frozen=True)
class ClassQueue:
    """What there is to decide of one assignment or exam."""

    name: str
    title: str
    kind: Literal["assignment", "exam"]
    items: tuple[ReviewItem, ...]

    @property
    def places(self) -> dict[tuple[str, str], ReviewItem]:
        """(student, criterion) -> the item that it is decided in."""
        return {(student, part.criterion): one for one in self.items for student in one.students for part in one.parts}


_Key = tuple[object, ...]


def gather_assignment(work: WorkFolder, assignment: Assignment) -> ClassQueue:
    """The items of an assignment, in the rubric's order; what concerns a whole notebook stands first."""
    standings = read_standings(work.gradebook, assignment.name)
    criteria = {criterion.id: criterion for criterion in assignment.rubric.criteria}
    groups: dict[_Key, list[Standing]] = {}
    runs: dict[_Key, Run] = {}
    for standing in standings:
        run = _load(work, standing)
        for key in _keys_of(standing, run, criteria):
            groups.setdefault(key, []).append(standing)
            runs.setdefault(key, run)
    guides = {name: verbatim(person.guide) for name, c in criteria.items() if (person := c.expect.person) is not None}
    items = [_make_item(assignment.name, key, groups[key], runs[key], guides, criteria) for key in groups]
    order = {name: place for place, name in enumerate(criteria)}
    return ClassQueue(assignment.name, assignment.file.title, "assignment", _sorted(items, order))


def _load(work: WorkFolder, standing: Standing) -> Run:
    """The run; where it is damaged, one that failed: nothing of it can be shown, and everything waits."""
    try:
        return work.runs.load(standing.run_key)
    except DamagedError:
        sha256 = next((finding.judged[0] for finding in standing.findings if finding.judged), "")
        return Run(
            key=standing.run_key,
            sha256=sha256,
            end="failed",
            because=_("What the grader kept of this notebook is damaged."),
        )


def _keys_of(standing: Standing, run: Run, criteria: Mapping[str, Criterion]) -> Iterator[_Key]:
    """What makes two students' work the same: kind, criteria, and what a person would look at."""
    names = tuple(finding.criterion for finding in standing.findings)
    if run.end in ("failed", "unreadable"):
        yield (run.end, names, run.sha256)
        return
    for finding in standing.findings:
        criterion = criteria.get(finding.criterion)
        person = criterion.expect.person if criterion is not None else None
        if finding.criterion in standing.outdated:
            yield ("outdated", (finding.criterion,), standing.student)
        elif finding.status != "unscored":
            yield ("settled", (finding.criterion,), run.sha256, finding.because)
        elif person is None or criterion is None:
            yield ("unscored", (finding.criterion,), run.sha256, finding.because)
        else:
            yield (person.shows, (finding.criterion,), look_of(criterion, run) or run.sha256)


def gather_exam(work: WorkFolder, on_disk: ExamOnDisk) -> ClassQueue:
    """The items of an exam, in its order; the same words are one item, whoever wrote them."""
    exam, language = on_disk.exam, on_disk.exam.languages[0]
    questions = {criterion: question for question in exam.questions for criterion in question.criteria}
    runs = {submission.student: run for submission, run in work.gradebook.responses(on_disk.name)}
    groups: dict[_Key, list[Standing]] = {}
    answers: dict[_Key, Answer | None] = {}
    for standing in read_standings(work.gradebook, on_disk.name):
        run = runs.get(standing.student)
        for finding in standing.findings:
            question = questions.get(finding.criterion)
            answer = run.answers.get(question.id) if run is not None and question is not None else None
            asked = run.asked.get(question.id, "") if run is not None and question is not None else ""
            kind = "response" if finding.status == "unscored" else "settled"
            kind = "outdated" if finding.criterion in standing.outdated else kind
            same = (asked, _same_words(answer)) if kind == "response" and _same_words(answer) else (standing.student,)
            key: _Key = (kind, (finding.criterion,), *same)
            groups.setdefault(key, []).append(standing)
            answers.setdefault(key, answer)
    guides = {name: _guide(question, language) for name, question in questions.items()}
    items = [_make_item(on_disk.name, key, groups[key], None, guides, {}, answers[key]) for key in groups]
    order = {name: place for place, name in enumerate(questions)}
    return ClassQueue(on_disk.name, exam.title.say(language), "exam", _sorted(items, order))


def _same_words(answer: Answer | None) -> str:
    """The response as it is compared with others; empty where there is none to compare."""
    if answer is None or not isinstance(answer.value, str | list | dict) or not answer.value:
        return ""
    return fold_words(answer.value if isinstance(answer.value, str) else json.dumps(answer.value, sort_keys=True))


def _guide(question: Question, language: str) -> Reason:
    """What the exam says of a right response."""
    return question.part.guide() + verbatim(question.explanation.say(language))


def _make_item(
    assignment: str,
    key: _Key,
    group: Sequence[Standing],
    run: Run | None,
    guides: Mapping[str, Reason],
    criteria: Mapping[str, Criterion],
    answer: Answer | None = None,
) -> ReviewItem:
    kind, names = key[0], key[1]
    found = [{finding.criterion: finding for finding in standing.findings} for standing in group]
    parts = []
    for name in names:  # type: ignore[attr-defined]
        one = found[0][name]
        findings = {standing.student: its[name] for standing, its in zip(group, found, strict=True)}
        parts.append(ItemPart(name, one.says, one.possible, guides.get(name, NOTHING), findings))
    probe = criteria[parts[0].criterion].probe if parts and parts[0].criterion in criteria else None
    told: Any = [assignment, *key]
    return ReviewItem(
        key=hashlib.sha256(json.dumps(told, default=Reason.dump).encode()).hexdigest()[:16],
        assignment=assignment,
        kind=kind,  # type: ignore[arg-type]
        parts=tuple(parts),
        students=tuple(standing.student for standing in group),
        run_key=group[0].run_key,
        probe=probe,
        answer=run.answers.get(probe) if run is not None and probe is not None else answer,
    )


def _sorted(items: Sequence[ReviewItem], order: Mapping[str, int]) -> tuple[ReviewItem, ...]:
    """Whole notebooks first, then criterion by criterion, and what most students gave first."""

    def rank(item: ReviewItem) -> tuple[bool, int, int, str]:
        whole = item.kind in ("failed", "unreadable")
        return not whole, order.get(item.parts[0].criterion, 0), -len(item.students), item.students[0].casefold()

    return tuple(sorted(items, key=rank))
