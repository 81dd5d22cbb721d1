"""Runs the solved, the untouched and the mistaken notebooks of an assignment, and says what is not as it must be."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.course.course import Assignment, Course
from grader.course.needed_packages import require_packages
from grader.errors import UserError
from grader.execute.pool import Executor
from grader.files.python_source import is_python
from grader.model import Watch
from grader.rubric import MISTAKES, read_noise
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verify.bench import STUDENT, Bench, JudgedNotebook, Paid, Parts, read_parts, require_cells
from grader.verify.cases import Equivalent, RightCase, WrongCase
from grader.verify.double_charges import PointsLost, sum_losses
from grader.verify.modules import Modules, cells_behind, home_of, reachable
from grader.verify.mutants import Kind, Mutant, make_cell_mutants, make_mutants, make_solved_mutants
from grader.verify.solved import code_in, functions_of

LEAST_SHARE: Mapping[Kind, float] = {"syntactic": 0.95, "semantic": 0.9}
"""Of the mutants that do not compute the same, the rubric has to notice so many."""


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
    unpaid: tuple[tuple[str, str], ...] = ()
    """(criterion, mistake): shares of the points that nothing earned"""
    presumed: int = 0
    """mutants among the equivalent ones that nobody has looked at"""


def without_unpaid(found: Verification) -> Verification:
    """What came out, once the shares that nothing earned are taken out of the rubric: no verdict depends on them."""
    told = {_say_unpaid(*one) for one in found.unpaid}
    return replace(found, problems=tuple(one for one in found.problems if one not in told), unpaid=())


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
    problems += [*_check_unusual(unusual), *_check_mistakes(parts, mistaken)]
    survivors, paid_by_mutants = _survivors(bench, mutants)
    unpaid = tuple(_find_unpaid(parts, paid | paid_by_mutants, is_whole=most_mutants is None))
    problems += [_say_unpaid(*one) for one in unpaid]
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
        assignment=assignment.name,
        problems=tuple(problems),
        points=assignment.rubric.points,
        mistakes=len(parts.mistakes),
        tallies=tallies,
        survivors=unknown,
        losses=losses,
        unpaid=unpaid,
        presumed=sum(equivalent[mutant].presumed for mutant in known),
    )


def _count(
    kind: Kind, mutants: Iterable[Mutant], known: Collection[Mutant], unknown: Collection[Mutant]
) -> MutantTally:
    tried = [mutant for mutant in mutants if mutant.kind == kind]
    counted = [mutant for mutant in tried if mutant not in known]
    return MutantTally(len(counted), sum(mutant not in unknown for mutant in counted), len(tried) - len(counted))


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
    notebooks = {name: parts.solved_by(*with_case(parts, one, f"{folder}/{name}.yaml")) for name, one in cases.items()}
    return bench.judge(what, notebooks)


def _check_unusual(judged: Mapping[str, JudgedNotebook]) -> Iterator[str]:
    for name, one in judged.items():
        for criterion, finding in one.lost.items():
            yield f"the right solution `{name}` does not meet `{criterion}`: {finding.because}"


def _check_mistakes(parts: Parts, judged: Mapping[str, JudgedNotebook]) -> Iterator[str]:
    for name, mistake in parts.mistakes.items():
        yield from (f"the mistake `{name}` {problem}" for problem in _compare(mistake, judged[name]))


def _find_unpaid(parts: Parts, paid: Collection[Paid], *, is_whole: bool) -> Iterator[tuple[str, str]]:
    """Each share of the points is earned by some case or mutant, or it may never be earned at all."""
    for criterion in parts.assignment.rubric.criteria:
        for diagnosis, share in criterion.shares.items():
            earned = None if share == "person" else round(share * criterion.points, 6)
            by_mutants_only = not is_whole and diagnosis == "changed-argument"
            if (criterion.id, diagnosis, earned) not in paid and not by_mutants_only:
                yield criterion.id, diagnosis


def _say_unpaid(criterion: str, diagnosis: str) -> str:
    where = "partly" if diagnosis in MISTAKES else "mistakes"
    return (
        f"no mistake in wrong/ gets the share of `{criterion}` for `{diagnosis}`: "
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


def with_case(parts: Parts, case: RightCase, file: str) -> tuple[Modules, Mapping[str, str]]:
    """The modules and the cells with the case's functions behind the reference's, whose place they take."""
    path = parts.assignment.folder / file
    require_cells(parts.cells, case.cells, path, "cells")
    if not case.code:
        return parts.modules, case.cells
    solved = code_in(parts.given, {**parts.solution, **case.cells})
    sources = parts.modules or {id_: source for id_, source in solved.items() if is_python(source)}
    homes = {home_of(sources, function) for function in case.names}
    if len(homes) != 1 or None in homes:
        of = "module of the reference" if parts.modules else "cell of the solved notebook"
        raise UserError(
            f"it defines {', '.join(case.names)}, which is not of one {of}",
            where=str(path),
            remedy=f"Its functions take the place of the reference's: give them their names, and one {of} a file.",
        )
    home = str(next(iter(homes)))
    longer = {home: f"{sources[home]}\n\n{case.code}"}
    return ({**parts.modules, **longer}, case.cells) if parts.modules else ({}, {**case.cells, **longer})


def _choose_mutants(parts: Parts, most: int | None) -> tuple[list[Mutant], dict[Mutant, Equivalent]]:
    """The mutants to run, and which of all compute the same."""
    left, given = functions_of(parts.given, except_in=parts.solution)
    mutants = list(make_mutants(parts.modules, reachable(parts.modules, left, given), left))
    cells = {id_: source for id_, source in code_in(parts.given, parts.solution).items() if is_python(source)}
    behind = cells_behind(parts.asked, cells)
    if parts.assignment.solved is None:
        mutants += make_cell_mutants(behind)
    else:
        mutants += make_solved_mutants(behind, parts.given_cells, parts.asked)
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


def _survivors(bench: Bench, mutants: Sequence[Mutant]) -> tuple[list[Mutant], set[Paid]]:
    """The mutants that lose no points, and what the others earned: a criterion that is never counted notices nothing.

    What only shows something is left out at first, and so are helpers of the reference and criteria that cannot notice
    it: most mutants lose points in any case. The others are run whole.
    """
    named = {str(number): mutant for number, mutant in enumerate(mutants)}
    paid: set[Paid] = set()
    solved = {"solved": bench.parts.solved_by(bench.parts.modules)}
    for effort in ("quick", "hurried") if named else ():
        besides = bench.judge("the solved notebook, quickly", solved, effort)["solved"].lost
        notebooks = {name: bench.parts.spoilt_by(mutant) for name, mutant in named.items()}
        own = {name: bench.parts.rubric_for(mutant) for name, mutant in named.items()} if effort == "quick" else {}
        judged = bench.judge("mutants" if effort == "quick" else "mutants, whole", notebooks, effort, own)
        paid |= {earned for one in judged.values() for earned in one.paid}
        named = {name: mutant for name, mutant in named.items() if not judged[name].is_noticed(effort, besides)}
    return [*named.values()], paid


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
