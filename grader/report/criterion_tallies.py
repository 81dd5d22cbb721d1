"""How a class did on each criterion: who met it, how well it discriminates, and which named mistake how many made."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from grader.exam.analysis.statistics import correlate, correlation_interval
from grader.language import Reason
from grader.model import Finding, Grade, MistakeComment, Status


@dataclass(frozen=True)
class SharedMistake:
    """A known mistake in one criterion, and who made it."""

    criterion: str
    diagnosis: str
    students: tuple[str, ...]
    because: Reason
    """What most of them read."""
    example: str
    """The first of those, where others read something else; empty where all read the same."""
    comment: MistakeComment | None = None
    """What a person says to all of them."""


@dataclass(frozen=True)
class Tally:
    """How a class did on one criterion."""

    criterion: str
    says: str
    possible: float
    counts: Mapping[str, int]
    total: int
    mistakes: tuple[SharedMistake, ...]
    """The most frequent first."""
    discrimination: tuple[float, float, float] | None
    """How its points go with those for the rest, and the interval of that; None where one of both is alike for all."""

    @property
    def judged(self) -> int:
        """Findings that do not wait for a person."""
        return self.total - self.counts["unscored"]


def tallies_of(grades: Sequence[Grade]) -> tuple[Tally, ...]:
    """Every criterion that somebody has a finding for, in the order of the findings."""
    found = by_criterion((grade.student, grade.findings) for grade in grades)
    comments = {(one.criterion, one.diagnosis): one for grade in grades for one in grade.comments}
    return tuple(_tally(findings, grades, comments) for findings in found.values())


def by_criterion(findings: Iterable[tuple[str, Iterable[Finding]]]) -> dict[str, dict[str, Finding]]:
    """criterion -> student -> finding, of the findings of each student."""
    found: defaultdict[str, dict[str, Finding]] = defaultdict(dict)
    for student, own in findings:
        for finding in own:
            found[finding.criterion][student] = finding
    return dict(found)


def _tally(
    findings: Mapping[str, Finding], grades: Sequence[Grade], comments: Mapping[tuple[str, str], MistakeComment]
) -> Tally:
    first = next(iter(findings.values()))
    counts = Counter(finding.status for finding in findings.values())
    return Tally(
        criterion=first.criterion,
        says=first.says,
        possible=first.possible,
        counts={status: counts[status] for status in get_args(Status)},
        total=len(findings),
        mistakes=mistakes_of(findings.items(), comments),
        discrimination=_discrimination(first.criterion, grades),
    )


def mistakes_of(
    findings: Iterable[tuple[str, Finding]], comments: Mapping[tuple[str, str], MistakeComment]
) -> tuple[SharedMistake, ...]:
    """The known mistakes among (student, finding) of one criterion, the most frequent first."""
    made: defaultdict[str, list[tuple[str, Finding]]] = defaultdict(list)
    for student, finding in findings:
        if finding.mistake is not None:
            made[finding.mistake].append((student, finding))
    mistakes = []
    for diagnosis, group in made.items():
        reasons = Counter(finding.because for _, finding in group)
        ((because, count),) = reasons.most_common(1)
        example = next(student for student, finding in group if finding.because == because)
        students = tuple(student for student, _ in group)
        criterion = group[0][1].criterion
        mistakes.append(
            SharedMistake(
                criterion=criterion,
                diagnosis=diagnosis,
                students=students,
                because=because,
                example="" if count == len(group) else example,
                comment=comments.get((criterion, diagnosis)),
            )
        )
    return tuple(sorted(mistakes, key=lambda mistake: -len(mistake.students)))


def _discrimination(criterion: str, grades: Sequence[Grade]) -> tuple[float, float, float] | None:
    """Pearson's correlation of a criterion's points with the share of all others that are settled."""
    pairs = []
    for grade in grades:
        settled = [finding for finding in grade.findings if finding.earned is not None]
        mine = [finding.earned for finding in settled if finding.criterion == criterion]
        others = [finding for finding in settled if finding.criterion != criterion]
        worth = sum(finding.possible for finding in others)
        if mine and worth:
            pairs.append((mine[0], sum(one.earned or 0.0 for one in others) / worth))
    one, other = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    r = correlate(one, other)
    low, high = correlation_interval(r, len(pairs))
    return None if math.isnan(low) else (r, low, high)
