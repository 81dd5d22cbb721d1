"""What the page of a class says, worked out before a template sets it."""

from __future__ import annotations

import math
import shlex
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.language import Reason, _
from grader.model import Finding
from grader.report.charts import round_step
from grader.report.class_lacks import ClassLack, lacks_of
from grader.report.criterion_tallies import Tally, tallies_of
from grader.report.names import page_name
from grader.report.pages import ClassPage, StudentRow

LATENESS = "-lateness"
"""Stands for no criterion of a rubric, whose names begin with a letter; the student's page has a place of that name."""
BARS = 10
"""Bars of a histogram, at most."""


@dataclass(frozen=True)
class WaitingCriteria:
    """Criteria that wait for a person, and for each reason the students to whom it applies."""

    findings: tuple[Finding, ...]
    """One of each criterion; several where the same students wait with all of them for the same reason."""
    reasons: tuple[tuple[Reason, tuple[StudentRow, ...]], ...]

    @property
    def possible(self) -> float:
        return sum(finding.possible for finding in self.findings)


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: grades from `low` to below `high`, the last one with its end."""

    low: float
    high: float
    settled: int
    waiting: int


@dataclass(frozen=True)
class ClassView:
    """All that the template needs beside the page's own data."""

    rows: tuple[StudentRow, ...]
    pages: Mapping[str, str]
    """student -> file name"""
    names: Mapping[str, str]
    """student -> what the roster calls them; empty where it does not"""
    review: tuple[WaitingCriteria, ...]
    review_students: int
    lacks: tuple[tuple[ClassLack, tuple[StudentRow, ...]], ...]
    """What the grader lacked, with the rows that wait for it."""
    ended: tuple[StudentRow, ...]
    alike: tuple[tuple[StudentRow, ...], ...]
    flagged: tuple[tuple[StudentRow, tuple[Reason, ...]], ...]
    """Submissions of which a person should know something, such as a sender whom Gmail could not verify."""
    late: int
    tallies: tuple[Tally, ...]
    bars: tuple[Bar, ...]
    tallest: int
    median: float | None
    sandboxes: tuple[tuple[str, int], ...]
    unsandboxed: int
    environments: int
    environment: tuple[tuple[str, str], ...]
    """The most frequent one."""


def view_of(page: ClassPage) -> ClassView:
    """The class, worked out: who needs a person comes first."""
    rows = sorted(page.students, key=lambda row: (not row.grade.needs_review, row.grade.student.casefold()))
    by_student = {row.grade.student: row for row in rows}
    lacks = lacks_of([row.grade for row in rows])
    environments = Counter(tuple(sorted(row.run.environment.items())) for row in rows)
    bars = histogram(rows, page.rubric.points)
    return ClassView(
        rows=tuple(rows),
        pages={row.grade.student: page_name(row.grade.student) for row in rows},
        names={row.grade.student: row.name for row in rows},
        review=waiting_of(rows),
        review_students=sum(row.grade.needs_review for row in rows),
        lacks=tuple((lack, tuple(by_student[student] for student in lack.students)) for lack in lacks),
        ended=tuple(row for row in rows if row.run.end != "finished"),
        alike=alike_of(rows),
        flagged=tuple((row, found.flags) for row in rows if (found := row.submission.evidence) and found.flags),
        late=sum(row.grade.late_by_s > 0 for row in rows),
        tallies=tallies_of([row.grade for row in rows]),
        bars=bars,
        tallest=max((bar.settled + bar.waiting for bar in bars), default=0),
        median=statistics.median(row.grade.earned for row in rows) if rows else None,
        sandboxes=tuple(Counter(row.run.sandbox for row in rows).most_common()),
        unsandboxed=sum(row.run.sandbox == "none" for row in rows),
        environments=len(environments),
        environment=environments.most_common(1)[0][0] if environments else (),
    )


def waiting_of(rows: Sequence[StudentRow]) -> tuple[WaitingCriteria, ...]:
    """What waits for a person: criterion by criterion, or at once where a whole run waits for one reason."""
    students: dict[tuple[str, Reason], list[StudentRow]] = defaultdict(list)
    findings: dict[str, Finding] = {}
    for row in rows:
        for finding in (*row.grade.findings, *_disputed_deadline(row)):
            if finding.status == "unscored":
                students[finding.criterion, finding.because].append(row)
                findings.setdefault(finding.criterion, finding)
    together: dict[tuple[Reason, tuple[str, ...]], list[str]] = defaultdict(list)
    for (criterion, because), waiting in students.items():
        together[because, tuple(row.grade.student for row in waiting)].append(criterion)
    reasons: dict[tuple[str, ...], list[tuple[Reason, tuple[StudentRow, ...]]]] = defaultdict(list)
    for (because, _students), criteria in together.items():
        reasons[tuple(criteria)].append((because, tuple(students[criteria[0], because])))
    return tuple(
        WaitingCriteria(tuple(findings[criterion] for criterion in criteria), tuple(reasons[criteria]))
        for criteria in reasons
    )


def _disputed_deadline(row: StudentRow) -> tuple[Finding, ...]:
    """Lateness of which a person has to say whether it counts, as what waits is shown."""
    lateness = row.grade.lateness
    if lateness is None or not lateness.waits:
        return ()
    command = f"grader extend {row.grade.assignment} {shlex.quote(row.grade.student)}"
    decide = _(
        "Decide it on the page of {review}; or {in_time} takes it as in time, {as_late} as late.",
        review="`grader review`",
        in_time=f"`{command} --until TIME`",
        as_late=f"`{command} --stands`",
    )
    finding = Finding(
        criterion=LATENESS,
        says=str(_("It was handed in before the deadline.")),
        status="unscored",
        earned=None,
        possible=row.grade.penalty,
        because=lateness.because + decide,
    )
    return (finding,)


def alike_of(rows: Sequence[StudentRow]) -> tuple[tuple[StudentRow, ...], ...]:
    """The students who handed in the same bytes, group by group."""
    grouped: dict[str, list[StudentRow]] = defaultdict(list)
    for row in rows:
        grouped[row.submission.sha256].append(row)
    return tuple(tuple(group) for group in grouped.values() if len({row.grade.student for row in group}) > 1)


def histogram(rows: Sequence[StudentRow], possible: float) -> tuple[Bar, ...]:
    """The grades in bars of a round width, from 0 to all points; those that still wait are counted apart."""
    if not rows:
        return ()
    width = round_step(possible / BARS) if possible else 1.0
    count = max(1, math.ceil(possible / width - 1e-9))
    settled, waiting = Counter[int](), Counter[int]()
    for row in rows:
        place = min(count - 1, max(0, int(row.grade.earned / width + 1e-9)))
        (waiting if row.grade.needs_review else settled)[place] += 1
    edges = [*(place * width for place in range(count)), possible]
    return tuple(Bar(edges[place], edges[place + 1], settled[place], waiting[place]) for place in range(count))
