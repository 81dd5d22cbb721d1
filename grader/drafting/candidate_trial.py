"""Asks candidates of the solved and of the untouched notebook, and of the reference: what holds is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.course.course import Assignment, Course
from grader.course.reference_code import module_of
from grader.drafting.candidates import Candidate
from grader.drafting.drafted import choose, earns, expect_of, meets
from grader.errors import UserError
from grader.execute.answers import ProbeQuestion
from grader.execute.pool import Executor, Work, execute_all
from grader.execute.probe_questions import make_question
from grader.execute.reference import try_reference
from grader.model import Run
from grader.rubric import Probe, Rubric

_STUDENT = "verify"


@dataclass(frozen=True)
class Kept:
    """A candidate that the solved notebook meets and the untouched one does not."""

    candidate: Candidate
    expect: Mapping[str, Any]


@dataclass(frozen=True)
class CandidateTrial:
    """What asks candidates of the solved and of the untouched notebook, and of the reference."""

    course: Course
    assignment: Assignment
    solved: bytes
    untouched: bytes
    executor: Executor

    @property
    def module(self) -> str:
        """The module that the solved notebook holds."""
        return module_of(self.assignment.name)

    def keep(self, candidates: Sequence[Candidate], *, all_of_them: bool = False) -> list[Kept]:
        """Those that hold, and of these the few that say most, or all of them."""
        probes = [_read_probe(one) for one in candidates]
        questions = {
            place: make_question(f"c{place}", probe, _STUDENT)
            for place, probe in enumerate(probes)
            if probe is not None
        }
        solved, untouched = self.run(self.solved, questions), self.run(self.untouched, questions)
        told = try_reference(self.course.root, [self.module], list(questions.values()))
        expects = {
            place: expect
            for place in questions
            if (expect := expect_of(candidates[place], solved.answers[f"c{place}"], told.get(f"c{place}"))) is not None
        }
        rubrics = {place: rubric_of(f"c{place}", candidates[place].probe, expect) for place, expect in expects.items()}
        met = {
            place: solved.answers[f"c{place}"]
            for place, rubric in rubrics.items()
            if [*meets(rubric, solved, told)] and not [*earns(rubric, untouched, told)]
        }
        chosen = [one for place, one in enumerate(candidates) if place in met]
        if not all_of_them:
            chosen = choose(candidates, met)
        places = {id(one): place for place, one in enumerate(candidates)}
        return [Kept(one, expects[places[id(one)]]) for one in chosen]

    def run(self, content: bytes, questions: Mapping[int, ProbeQuestion]) -> Run:
        """A notebook's answers to these questions."""
        sha256 = hashlib.sha256(content).hexdigest()
        work = Work(
            "trial", sha256, content, list(questions.values()), self.assignment.file.limits, self.assignment.materials
        )
        ((_, executed),) = execute_all([work], self.executor)
        if executed.run.end == "failed":
            raise UserError(f"the notebook could not be run: {executed.run.because}")
        return executed.run


def _read_probe(candidate: Candidate) -> Probe | None:
    try:
        return Probe.model_validate(dict(candidate.probe))
    except ValueError:
        return None  # a name or a number that a rubric cannot write: it is no candidate


def rubric_of(name: str, probe: Mapping[str, Any], expect: Mapping[str, Any]) -> Rubric:
    """A rubric of this one criterion."""
    criterion = {"id": name, "says": "It holds.", "points": 1, "probe": name, "expect": dict(expect)}
    return Rubric.model_validate({"points": 1, "probes": {name: dict(probe)}, "criteria": [criterion]})
