"""What a verification runs and scores: an assignment's parts, the notebooks made of them, and how these are judged."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from grader.course.course import Assignment, Course
from grader.errors import UserError
from grader.execute.pool import Executor, Work, execute_all
from grader.execute.probe_questions import make_questions
from grader.files.config_files import line_in
from grader.files.notebook_ids import read_with_ids
from grader.files.suggestions import suggest
from grader.model import Answer, Finding, Run, Watch
from grader.rubric import Criterion, Rubric, probes_of
from grader.score import score
from grader.verbs import notebooks as verbs
from grader.verify.cases import (
    Equivalent,
    RightCase,
    WrongCase,
    read_equivalents,
    read_mistakes,
    read_right,
    read_solution,
)
from grader.verify.modules import Modules, home_of, reachable, read_modules
from grader.verify.mutants import Mutant
from grader.verify.solved import changed_cells, functions_of, solve, without_displays

STUDENT = "verify"
MUTANT_LIMIT_S = 5.0
"""A mutant that runs for ever is stopped after this time in a probe, and four times this in a cell."""

Paid = tuple[str, str | None, float | None]
"""A criterion, the mistake that was named, and what it earned."""

Effort = Literal["whole", "hurried", "quick"]
"""`hurried`: with short limits; `quick`: and without displays, helpers of the reference, and what cannot notice it."""

Notebook = Callable[[], bytes]
"""Makes a notebook's file when its turn comes: there are hundreds."""


def asked_by(rubric: Rubric) -> set[str]:
    """The names that notebooks are asked about."""
    named = {name for question in make_questions(rubric, "") for name in question.names}
    own = (probe.held_out for probe in rubric.probes.values())
    return named | {name for names in own if names for name in names}


@dataclass(frozen=True)
class Parts:
    """An assignment beside all that proves it."""

    assignment: Assignment
    given: bytes
    modules: Modules
    solution: Mapping[str, str]
    mistakes: Mapping[str, WrongCase]
    unusual: Mapping[str, RightCase]
    equivalents: Sequence[Equivalent]

    def solved_by(self, modules: Modules, cells: Mapping[str, str] = MappingProxyType({})) -> Notebook:
        return functools.partial(solve, self.given, modules, {**self.solution, **cells})

    @property
    def cells(self) -> list[str]:
        """The ids of the notebook's cells."""
        return [cell.id for cell in read_with_ids(self.given).cells]

    @property
    def given_cells(self) -> dict[str, str]:
        """The sources of the notebook's cells as students get them, by their ids."""
        return {cell.id: cell.source for cell in read_with_ids(self.given).cells}

    @property
    def asked(self) -> set[str]:
        """The names that notebooks are asked about."""
        return asked_by(self.assignment.rubric)

    def spoilt_by(self, mutant: Mutant) -> Notebook:
        if mutant.is_of_cell:
            return functools.partial(solve, self.given, self.modules, {**self.solution, mutant.function: mutant.source})
        return self.solved_by({**self.modules, mutant.module: mutant.source})

    def rubric_for(self, mutant: Mutant) -> Rubric:
        """The criteria that may notice this mutant: their answers come from what it spoils, as far as names tell.

        They are asked with right helpers only where the mutant is in one of these: else it spoils that answer, too.
        """
        whole = self.assignment.rubric
        place = (mutant.module, mutant.function)

        def may_notice(criterion: Criterion) -> bool:
            behind = [self._reached[name] for name in probes_of(criterion) if name in self._reached]
            return any(one is None or place in one for one in behind)

        able = [
            one if place in reachable(self.modules, one.given) else one.model_copy(update={"given": []})
            for one in whole.criteria
            if may_notice(one)
        ]
        if mutant.is_of_cell or not able:
            return whole
        needed = {name for one in able for name in probes_of(one)}
        probes = {name: probe for name, probe in whole.probes.items() if name in needed}
        return whole.model_copy(update={"criteria": able, "probes": probes})

    @functools.cached_property
    def _reached(self) -> dict[str, Collection[tuple[str, str]] | None]:
        """By probe, the (module, definition) on which its answer depends; None where a name is of no module."""
        return {
            question.name: None
            if not question.names or any(home_of(self.modules, name) is None for name in question.names)
            else reachable(self.modules, question.names)
            for question in make_questions(self.assignment.rubric, "")
        }

    @property
    def fingerprint(self) -> str:
        """Hash of the solved notebook, without modules that it does not use, and of what it is asked."""
        left, _ = functions_of(self.given, except_in=self.solution)
        used = {module for module, _ in reachable(self.modules, left)}
        solved = solve(self.given, {name: self.modules[name] for name in self.modules if name in used}, self.solution)
        asked = "".join(question.hash for question in make_questions(self.assignment.rubric, ""))
        return hashlib.sha256(solved + asked.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Bench:
    """What runs and scores the notebooks."""

    parts: Parts
    expected: Mapping[str, Answer]
    executor: Executor
    watch: Watch

    def judge(
        self,
        what: str,
        notebooks: Mapping[str, Notebook],
        effort: Effort = "whole",
        rubrics: Mapping[str, Rubric] = MappingProxyType({}),
    ) -> dict[str, JudgedNotebook]:
        """Every notebook by its name, run and scored, by its own rubric where it has one."""
        assignment, judged = self.parts.assignment, dict[str, JudgedNotebook]()
        by = {name: rubrics.get(name, assignment.rubric) for name in notebooks}
        works = (_make_work(self.parts, name, make(), effort, by[name]) for name, make in notebooks.items())
        for done, (work, executed) in enumerate(execute_all(works, self.executor), start=1):
            run = verbs.with_facts(assignment, executed)
            if run.end == "failed":
                raise RuntimeError(f"{assignment.name}, {work.key}: {run.because}")
            judged[work.key] = JudgedNotebook(run, score(run, by[work.key], self.expected), by[work.key])
            self.watch(what, done, len(notebooks))
        return judged


@dataclass(frozen=True)
class JudgedNotebook:
    """A notebook's run and findings."""

    run: Run
    findings: Sequence[Finding]
    rubric: Rubric

    @property
    def paid(self) -> set[Paid]:
        """What each mistake that was named earned."""
        return {(finding.criterion, finding.diagnosis, finding.earned) for finding in self.findings}

    @property
    def lost(self) -> dict[str, Finding]:
        """The criteria that are not met, but for what a person decides and for stored outputs: there are none."""
        waits = {one.id for one in self.rubric.criteria if one.expect.kind in ("person", "reproduced")}
        return {
            finding.criterion: finding
            for finding in self.findings
            if finding.status != "met" and finding.criterion not in waits
        }

    def is_noticed(self, effort: Effort, besides: Collection[str]) -> bool:
        """Whether it loses anything besides these criteria, which the solved notebook loses as well.

        What only a right helper could tell is open after a quick look.
        """
        counted = [one for name, one in self.lost.items() if one.possible and name not in besides]
        return any(effort != "quick" or finding.status != "unscored" for finding in counted)


def read_parts(course: Course, assignment: Assignment) -> Parts:
    """Everything that proves the assignment; a UserError where something is missing."""
    given = assignment.given
    if given is None:
        raise UserError(
            f"the assignment `{assignment.name}` gives no notebook, so there is nothing to fill in",
            where=str(assignment.folder / "assignment.toml"),
            remedy='Name one there: notebook = "….ipynb".',
        )
    solution = read_solution(assignment.folder)
    _require_cells(assignment, given, solution)
    modules = read_modules(course.root, assignment.rubric.reference)
    if assignment.solved is not None:
        # The cells as they are solved, where the reference's functions would have other globals than the notebook's.
        solution = {**changed_cells(assignment.solved, given), **solution}
        modules = {}
    mistakes = read_mistakes(assignment.folder)
    _require_criteria(assignment, mistakes)
    return Parts(
        assignment=assignment,
        given=given,
        modules=modules,
        solution=solution,
        mistakes=mistakes,
        unusual=read_right(assignment.folder),
        equivalents=read_equivalents(assignment.folder),
    )


def _require_cells(assignment: Assignment, given: bytes, solution: Mapping[str, str]) -> None:
    """Refuse a notebook that is none, and a solution of a cell that the notebook has not."""
    try:
        known = [cell.id for cell in read_with_ids(given).cells]
    except ValueError as error:
        raise UserError(
            "this is not a notebook, or only a part of one",
            where=str(assignment.folder / str(assignment.file.notebook)),
            remedy="Save it again as .ipynb.",
        ) from error
    require_cells(known, solution, assignment.folder / "solution.yaml")


def _require_criteria(assignment: Assignment, mistakes: Mapping[str, WrongCase]) -> None:
    """Refuse a mistake that loses a criterion which the rubric has not."""
    known = [one.id for one in assignment.rubric.criteria]
    for name, mistake in mistakes.items():
        for criterion in mistake.loses:
            if criterion not in known:
                path = assignment.folder / "wrong" / f"{name}.yaml"
                raise UserError(
                    f"the rubric has no criterion `{criterion}`",
                    where=f"{path}:{line_in(path, ('loses', criterion))}",
                    remedy=suggest(criterion, known, f"Its criteria are: {', '.join(known)}."),
                )


def require_cells(known: Sequence[str], named: Collection[str], path: Path, *above: str) -> None:
    """Refuse a file that names a cell, below these keys, which is not one of those that are known."""
    for name in named:
        if name not in known:
            raise UserError(
                f"the notebook has no cell `{name}`",
                where=f"{path}:{line_in(path, (*above, name))}",
                remedy=suggest(name, known, f"Its cells are: {', '.join(known)}."),
            )


def _make_work(parts: Parts, name: str, content: bytes, effort: Effort, rubric: Rubric) -> Work:
    assignment = parts.assignment
    questions = make_questions(rubric, STUDENT, assignment.oracle)
    limits = assignment.file.limits
    if effort == "quick":
        content = without_displays(content, asked_by(rubric))
        questions = tuple(question for question in questions if not question.oracle)
    if effort != "whole":
        questions = tuple(replace(q, limit_s=min(q.limit_s, MUTANT_LIMIT_S)) for q in questions)
        limits = limits.model_copy(update={"cell_s": min(limits.cell_s, 4 * MUTANT_LIMIT_S)})
    sha256 = hashlib.sha256(content).hexdigest()
    return Work(name, sha256, content, questions, limits, assignment.materials, assignment.oracle)
