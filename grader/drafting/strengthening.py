"""Finds, for each mutant that a rubric does not notice, a criterion that would."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from grader.drafting.candidate_trial import Kept, rubric_of
from grader.drafting.candidates import make_more_candidates
from grader.drafting.drafted import DraftedCriterion
from grader.drafting.rubric_draft import Material, criterion_for
from grader.drafting.solution_code import helpers_of
from grader.execute.answers import ProbeQuestion
from grader.execute.pool import Work, execute_all
from grader.execute.probe_questions import make_question
from grader.execute.reference import try_reference
from grader.model import Watch
from grader.rubric import Probe, Rubric
from grader.score import score
from grader.verify.bench import MUTANT_LIMIT_S, Parts
from grader.verify.mutants import Mutant
from grader.verify.solved import without_displays

STUDENT = "verify"

MOST_PRESUMED = 0.25
"""Of the mutants: where more than these cannot be told apart, too little of the solution is asked for."""

_EQUIVALENT_HEAD = """\
# Mutants that compute the same, or that are as good: they do not count as unnoticed. Where `presumed` stands, nobody
# has looked yet: take the word out where it is right, and the entry where it is not."""


@dataclass(frozen=True)
class Strengthening:
    """The criteria to be added, and which mutants each of them notices."""

    criteria: Sequence[DraftedCriterion]
    noticed: Mapping[Mutant, DraftedCriterion]
    alike: Sequence[Mutant]
    """mutants that answer all that was asked as the solution does"""
    asked: int
    """so many candidates"""


def strengthen(
    parts: Parts, material: Material, survivors: Sequence[Mutant], watch: Watch, points: float = 0.5
) -> Strengthening:
    """As few criteria as notice all the mutants that any candidate notices; starts kernels."""
    known = [dict(probe.model_dump(exclude_defaults=True)) for probe in parts.assignment.rubric.probes.values()]
    candidates = [
        one
        for one in make_more_candidates(material.solution, material.recording)
        if Probe.model_validate(dict(one.probe)).model_dump(exclude_defaults=True) not in known
    ]
    kept = material.trial.keep(candidates, all_of_them=True) if candidates and survivors else []
    noticing = _find_noticing(parts, material, survivors, kept, watch) if kept else {}
    taken = [one.id for one in parts.assignment.rubric.criteria] + [*parts.assignment.rubric.probes]
    chosen: dict[int, DraftedCriterion] = {}
    noticed: dict[Mutant, DraftedCriterion] = {}
    for place, mutants in _cover(noticing):
        helpers = helpers_of(material.solution, kept[place].candidate.of)
        chosen[place] = criterion_for(kept[place], [*taken, *(one.id for one in chosen.values())], points, helpers)
        noticed |= dict.fromkeys(mutants, chosen[place])
    alike = [mutant for mutant in survivors if mutant not in noticed]
    return Strengthening([*chosen.values()], noticed, alike, len(kept))


def _cover(noticing: Mapping[int, set[Mutant]]) -> Iterator[tuple[int, set[Mutant]]]:
    """Candidates, by their places, until nothing more is noticed: the one that notices most comes first."""
    left = {mutant for mutants in noticing.values() for mutant in mutants}
    while left:
        place = max(noticing, key=lambda one: len(noticing[one] & left))
        yield place, noticing[place] & left
        left -= noticing[place]


def _find_noticing(
    parts: Parts, material: Material, survivors: Sequence[Mutant], kept: Sequence[Kept], watch: Watch
) -> dict[int, set[Mutant]]:
    """By candidate, the mutants that do not meet it."""
    rubrics = [rubric_of(f"c{place}", one.candidate.probe, one.expect) for place, one in enumerate(kept)]
    whole = Rubric(
        points=len(rubrics),
        probes={name: probe for rubric in rubrics for name, probe in rubric.probes.items()},
        criteria=[one for rubric in rubrics for one in rubric.criteria],
    )
    questions = [make_question(name, probe, STUDENT) for name, probe in whole.probes.items()]
    trial = material.trial
    expected = try_reference(trial.course.root, [trial.module], questions)
    noticing: dict[int, set[Mutant]] = {place: set() for place in range(len(kept))}
    works = (_work(parts, number, mutant, questions) for number, mutant in enumerate(survivors))
    for done, (work, executed) in enumerate(execute_all(works, trial.executor), start=1):
        for place, finding in enumerate(score(executed.run, whole, expected)):
            if finding.status in ("missed", "partly", "unanswered"):
                noticing[place].add(survivors[int(work.key)])
        watch("mutants that nothing noticed", done, len(survivors))
    return {place: mutants for place, mutants in noticing.items() if mutants}


def _work(parts: Parts, number: int, mutant: Mutant, questions: Sequence[ProbeQuestion]) -> Work:
    asked = {name for question in questions for name in question.names}
    content = without_displays(parts.spoilt_by(mutant)(), asked)
    limits = parts.assignment.file.limits.model_copy(update={"cell_s": 4 * MUTANT_LIMIT_S})
    short = [replace(one, limit_s=MUTANT_LIMIT_S) for one in questions]
    sha256 = hashlib.sha256(content).hexdigest()
    return Work(str(number), sha256, content, short, limits, parts.assignment.materials)


def presume_equivalent(text: str, alike: Sequence[Mutant], asked: int) -> str:
    """equivalent.yaml with these mutants, each marked as presumed; what stands in it stays as it is."""
    entries: dict[tuple[str, str], list[str]] = {}
    for mutant in alike:
        entries.setdefault((mutant.function, mutant.was.strip()), []).append(mutant.becomes.strip())
    because = f"it answers all {asked} probes that could be drafted as the solution does: look at it"
    told = [
        {"function": function, "was": was, "becomes": becomes, "presumed": True, "because": because}
        for (function, was), becomes in entries.items()
    ]
    head = text.rstrip("\n") or _EQUIVALENT_HEAD
    return f"{head}\n\n{yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=120)}" if told else text
