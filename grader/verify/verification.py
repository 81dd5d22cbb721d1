"""Runs the solved, the untouched and the mistaken notebooks of an assignment, and says what is not as it must be."""

from __future__ import annotations

import functools
import hashlib
import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from grader.course.course import Assignment, Course
from grader.course.needed_packages import require_packages
from grader.errors import UserError
from grader.execute.pool import Executor, Work, execute_all
from grader.execute.probe_questions import make_questions
from grader.files.config_files import line_in
from grader.files.suggestions import suggest
from grader.model import Answer, Finding, Run, Watch
from grader.rubric import Criterion, Rubric, probes_of, read_noise
from grader.score import score
from grader.store.work_folder import WorkFolder
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
from grader.verify.double_charges import PointsLost, sum_losses
from grader.verify.modules import Modules, cells_behind, home_of, reachable, read_modules
from grader.verify.mutants import SOLUTION, Kind, Mutant, make_cell_mutants, make_mutants
from grader.verify.solved import code_in, functions_of, read_given, solve, without_displays

LEAST_SHARE: Mapping[Kind, float] = {"syntactic": 0.95, "semantic": 0.9}
"""Of the mutants that do not compute the same, the rubric has to notice so many."""

STUDENT = "verify"
MUTANT_LIMIT_S = 5.0
"""A mutant that runs for ever is stopped after this time in a probe, and four times this in a cell."""

Paid = tuple[str, str | None, float | None]
"""A criterion, the mistake that was named, and what it earned."""

Effort = Literal["whole", "hurried", "quick"]
"""`hurried`: with short limits; `quick`: and without displays, helpers of the reference, and what cannot notice it."""

Notebook = Callable[[], bytes]
"""Makes a notebook's file when its turn comes: there are hundreds."""


@dataclass(frozen=True)
class MutantTally:
    """How many mutants of one kind were graded, noticed and, besides, known to compute the same."""

    mutants: int
    caught: int
    equivalent: int

    @property
    def share(self) -> float:
        """Of the mutants that do not compute the same, those that the rubric notices."""
        return self.caught / self.mutants if self.mutants else 1.0


@dataclass(frozen=True)
class Verification:
    """What came out for one assignment: `problems` is empty where all is as it must be."""

    assignment: str
    problems: tuple[str, ...]
    points: float
    mistakes: int
    tallies: Mapping[Kind, MutantTally] = field(default_factory=dict)
    survivors: tuple[Mutant, ...] = ()
    losses: PointsLost = field(default_factory=PointsLost)


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

    def solved_by(self, modules: Modules) -> Notebook:
        return functools.partial(solve, self.given, modules, self.solution)

    @property
    def asked(self) -> set[str]:
        """The names that notebooks are asked about."""
        return asked_by(self.assignment.rubric)

    def spoilt_by(self, mutant: Mutant) -> Notebook:
        if mutant.module == SOLUTION:
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
        if mutant.module == SOLUTION or not able:
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

    def is_noticed(self, effort: Effort) -> bool:
        """Whether it loses anything; what only a right helper could tell is open after a quick look."""
        counted = [finding for finding in self.lost.values() if finding.possible]
        return any(effort != "quick" or finding.status != "unscored" for finding in counted)


def verify(
    course: Course,
    work: WorkFolder,
    assignment: Assignment,
    executor: Executor,
    *,
    most_mutants: int | None,
    watch: Watch,
) -> Verification:
    """Prove the assignment's rubric; with `most_mutants`, on so many of the mutants, drawn by chance."""
    parts = read_parts(course, assignment)
    require_packages(course.root, assignment)
    expected = verbs.expected_for(course, work, assignment, [STUDENT])[STUDENT]
    mutants, equivalent = _choose_mutants(parts, most_mutants)
    bench = Bench(parts, expected, executor, watch)
    problems = [*_check_solved(bench)]
    if problems:
        # What a rubric notices is worth nothing while it takes points from the reference itself.
        stopped = "nothing else was tried: first the solved notebook has to get full marks"
        return Verification(assignment.name, (*problems, stopped), assignment.rubric.points, len(parts.mistakes))
    problems += _check_untouched(bench)
    unusual = _judge_cases(bench, "unusual right solutions", "right", parts.unusual)
    mistaken = _judge_cases(bench, "deliberate mistakes", "wrong", parts.mistakes)
    paid = {earned for judged in (*unusual.values(), *mistaken.values()) for earned in judged.paid}
    problems += [*_check_unusual(unusual), *_check_mistakes(parts, mistaken), *_check_shares(parts, paid)]
    survivors = _survivors(bench, mutants)
    known = {mutant for mutant in equivalent if mutant in mutants}
    problems += [*_check_equivalents(parts, equivalent, known - set(survivors)), *_check_noise(parts)]
    unknown = tuple(mutant for mutant in survivors if mutant not in known)
    tallies = {kind: _count(kind, mutants, known, unknown) for kind in LEAST_SHARE}
    for kind, tally in tallies.items():
        if tally.share < LEAST_SHARE[kind]:
            least = f"{LEAST_SHARE[kind]:.0%} are asked for"
            problems.append(f"the rubric notices {tally.share:.1%} of the {kind} mutants, and {least}")
    losses = sum_losses(
        assignment.rubric, ((parts.mistakes[name].names, judged.findings) for name, judged in mistaken.items())
    )
    return Verification(
        assignment.name, tuple(problems), assignment.rubric.points, len(parts.mistakes), tallies, unknown, losses
    )


def _count(
    kind: Kind, mutants: Iterable[Mutant], known: Collection[Mutant], unknown: Collection[Mutant]
) -> MutantTally:
    tried = [mutant for mutant in mutants if mutant.kind == kind]
    counted = [mutant for mutant in tried if mutant not in known]
    return MutantTally(len(counted), sum(mutant not in unknown for mutant in counted), len(tried) - len(counted))


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
    return Parts(
        assignment=assignment,
        given=given,
        modules=read_modules(course.root / "reference", assignment.rubric.reference),
        solution=solution,
        mistakes=read_mistakes(assignment.folder),
        unusual=read_right(assignment.folder),
        equivalents=read_equivalents(assignment.folder),
    )


def _require_cells(assignment: Assignment, given: bytes, solution: Mapping[str, str]) -> None:
    """Refuse a notebook that is none, and a solution of a cell that the notebook has not."""
    try:
        known = [cell.id for cell in read_given(given).cells]
    except ValueError as error:
        raise UserError(
            "this is not a notebook, or only a part of one",
            where=str(assignment.folder / str(assignment.file.notebook)),
            remedy="Save it again as .ipynb.",
        ) from error
    path = assignment.folder / "solution.yaml"
    for name in solution:
        if name not in known:
            raise UserError(
                f"the notebook has no cell `{name}`",
                where=f"{path}:{line_in(path, (name,))}",
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


def _check_solved(bench: Bench) -> Iterator[str]:
    parts = bench.parts
    judged = bench.judge("the solved notebook", {"solved": parts.solved_by(parts.modules)})["solved"]
    for cell in judged.run.cells:
        if cell.end != "ok":
            yield f"the solved notebook does not run: code cell {cell.number}, `{cell.title}`: {cell.because}"
    for criterion, finding in judged.lost.items():
        yield f"the solved notebook does not meet `{criterion}`: {finding.because}"


def _check_untouched(bench: Bench) -> Iterator[str]:
    judged = bench.judge("the untouched notebook", {"untouched": lambda: bench.parts.given})["untouched"]
    for finding in judged.findings:
        if finding.earned:
            yield f"the untouched notebook gets {finding.earned:g} points for `{finding.criterion}`: {finding.because}"


def _judge_cases(bench: Bench, what: str, folder: str, cases: Mapping[str, RightCase]) -> dict[str, JudgedNotebook]:
    """The solved notebook with each case's functions in it, by the names of the cases."""
    parts = bench.parts
    notebooks = {name: parts.solved_by(_with_case(parts, one, f"{folder}/{name}.yaml")) for name, one in cases.items()}
    return bench.judge(what, notebooks)


def _check_unusual(judged: Mapping[str, JudgedNotebook]) -> Iterator[str]:
    for name, one in judged.items():
        for criterion, finding in one.lost.items():
            yield f"the right solution `{name}` does not meet `{criterion}`: {finding.because}"


def _check_mistakes(parts: Parts, judged: Mapping[str, JudgedNotebook]) -> Iterator[str]:
    for name, mistake in parts.mistakes.items():
        yield from (f"the mistake `{name}` {problem}" for problem in _compare(mistake, judged[name]))


def _check_shares(parts: Parts, paid: Collection[Paid]) -> Iterator[str]:
    """Each share of the points is earned by some case, or it may never be earned at all."""
    for criterion in parts.assignment.rubric.criteria:
        for diagnosis, share in criterion.shares.items():
            earned = None if share == "person" else round(share * criterion.points, 6)
            if (criterion.id, diagnosis, earned) not in paid:
                where = "partly" if diagnosis in criterion.partly else "mistakes"
                yield (
                    f"no mistake in wrong/ gets the share of `{criterion.id}` for `{diagnosis}`: "
                    f"add a case that does, or take the entry out of `{where}`"
                )


def _compare(mistake: WrongCase, judged: JudgedNotebook) -> Iterator[str]:
    for criterion, pattern in mistake.loses.items():
        finding = judged.lost.get(criterion)
        if finding is None:
            yield f"does not lose `{criterion}`"
        elif not re.search(pattern, str(finding.because)):
            yield f"loses `{criterion}` with another sentence: {finding.because}"
    for criterion in judged.lost.keys() - mistake.loses.keys():
        yield f"loses `{criterion}` too: {judged.lost[criterion].because}"


def _with_case(parts: Parts, case: RightCase, file: str) -> Modules:
    """The modules with the case's functions behind the reference's, whose place they take."""
    homes = {home_of(parts.modules, function) for function in case.names}
    if len(homes) != 1 or None in homes:
        raise UserError(
            f"it defines {', '.join(case.names)}, which is not of one module of the reference",
            where=str(parts.assignment.folder / file),
            remedy="Its functions take the place of the reference's: give them their names, and one module a file.",
        )
    (home,) = homes
    return {**parts.modules, str(home): f"{parts.modules[str(home)]}\n\n{case.code}"}


def _choose_mutants(parts: Parts, most: int | None) -> tuple[list[Mutant], dict[Mutant, Equivalent]]:
    """The mutants to run, and which of all compute the same."""
    left, given = functions_of(parts.given, except_in=parts.solution)
    mutants = list(make_mutants(parts.modules, reachable(parts.modules, left, given), left))
    mutants += make_cell_mutants(cells_behind(parts.asked, code_in(parts.given, parts.solution)))
    equivalent = {
        mutant: known
        for known in parts.equivalents
        for mutant in mutants
        if mutant.function == known.function
        and _packed(mutant.was) == _packed(known.was)
        and _packed(mutant.becomes) in map(_packed, known.becomes)
    }
    if most is not None and most < len(mutants):
        mutants = random.Random(0).sample(mutants, most)
    return mutants, equivalent


def _packed(line: str) -> str:
    """The line without its spaces: versions of Python do not agree on them."""
    return "".join(line.split())


def _survivors(bench: Bench, mutants: Sequence[Mutant]) -> list[Mutant]:
    """The mutants that lose no points: a criterion that is never counted notices nothing.

    What only shows something is left out at first, and so are helpers of the reference and criteria that cannot notice
    it: most mutants lose points in any case. The others are run whole.
    """
    named = {str(number): mutant for number, mutant in enumerate(mutants)}
    for effort in ("quick", "hurried"):
        notebooks = {name: bench.parts.spoilt_by(mutant) for name, mutant in named.items()}
        own = {name: bench.parts.rubric_for(mutant) for name, mutant in named.items()} if effort == "quick" else {}
        judged = bench.judge("mutants" if effort == "quick" else "mutants, whole", notebooks, effort, own)
        named = {name: mutant for name, mutant in named.items() if not judged[name].is_noticed(effort)}
    return [*named.values()]


def _check_noise(parts: Parts) -> Iterator[str]:
    noise = read_noise(parts.assignment.rubric_path)
    if noise is not None and noise.made_from != parts.fingerprint:
        name = parts.assignment.name
        yield f"{name}.noise.yaml was measured on another solution or other probes: run `grader calibrate {name}` again"


def _check_equivalents(parts: Parts, equivalent: Mapping[Mutant, Equivalent], caught: set[Mutant]) -> Iterator[str]:
    for known in parts.equivalents:
        lines = [_packed(mutant.becomes) for mutant, entry in equivalent.items() if entry is known]
        for line in known.becomes:
            if _packed(line) not in lines:
                yield f"equivalent.yaml names a mutant of `{known.function}` that there is not: {line.strip()}"
    for mutant in caught:
        yield f"equivalent.yaml names a mutant that the rubric notices:\n{mutant.diff}"
