"""How much of what deliberate mistakes cost falls on functions that are right, and only call a wrong one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.execute.probe_questions import make_questions
from grader.model import Finding
from grader.rubric import Rubric


@dataclass(frozen=True)
class PointsLost:
    """Points that mistakes lost, and how many of them in criteria that ask for none of the wrong functions."""

    points: float = 0.0
    elsewhere: float = 0.0

    @property
    def share(self) -> float:
        return self.elsewhere / self.points if self.points else 0.0


def sum_losses(rubric: Rubric, mistakes: Iterable[tuple[Sequence[str], Sequence[Finding]]]) -> PointsLost:
    """Over mistakes, each as the functions that are wrong and what their notebook got.

    A mistake in a function that no probe asks for is left out: there every loss is of a caller.
    """
    asked = {question.name: set(question.names) for question in make_questions(rubric, "")}
    asked_by = {criterion.id: asked.get(criterion.probe or "", set()) for criterion in rubric.criteria}
    every_name = set().union(*asked_by.values())
    points = elsewhere = 0.0
    for wrong, findings in mistakes:
        if not every_name & set(wrong):
            continue
        for finding in findings:
            lost = 0.0 if finding.earned is None else finding.possible - finding.earned
            points += lost
            if asked_by[finding.criterion] and not asked_by[finding.criterion] & set(wrong):
                elsewhere += lost
    return PointsLost(points, elsewhere)
