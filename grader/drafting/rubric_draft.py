"""Drafts the rubric of an assignment: records its solved notebook, asks what may be asked, and keeps what holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.authoring.student_notebook import StudentNotebook
from grader.course.course import Assignment, Course
from grader.drafting.candidate_trial import CandidateTrial, Kept
from grader.drafting.candidates import make_candidates
from grader.drafting.drafted import DraftedCriterion, name_for
from grader.drafting.others import draft_others
from grader.drafting.solution_code import SolutionCode, helpers_of, read_solution_code
from grader.drafting.solved_recording import Recording, record
from grader.execute.pool import Executor
from grader.files.notebook_ids import read_with_ids
from grader.language import _
from grader.model import Watch
from grader.verify.solved import changed_cells

CHANGED_ARGUMENT = 0.75
"""The share for right numbers of a function that changes what it was given."""


@dataclass(frozen=True)
class RubricDraft:
    """The criteria of a draft, and what it could not draft."""

    criteria: Sequence[DraftedCriterion]
    left: Sequence[str]
    """functions for which nothing could be asked: a person looks at them until somebody writes a probe"""


@dataclass(frozen=True)
class Material:
    """All that a draft is made of: what students write, what was recorded of it, and what tries candidates."""

    notebook: StudentNotebook
    solution: SolutionCode
    recording: Recording
    trial: CandidateTrial


def gather(
    course: Course, assignment: Assignment, notebook: StudentNotebook, executor: Executor, watch: Watch
) -> Material:
    """Record the solved notebook of an assignment; starts kernels."""
    solved = assignment.solved
    assert solved is not None
    cells = changed_cells(solved, notebook.content)
    changed = {id_: source for id_, source in cells.items() if id_ in notebook.cells}
    given = {cell.id: cell.source for cell in read_with_ids(notebook.content).cells}
    solution = read_solution_code(changed, given)
    return Material(
        notebook=notebook,
        solution=solution,
        recording=record(assignment, solution, executor, watch),
        trial=CandidateTrial(course, assignment, solved, notebook.content, executor),
    )


def draft(material: Material, watch: Watch) -> RubricDraft:
    """The criteria that hold; starts kernels."""
    watch("asking the solved notebook", 0, 2)
    asked = material.trial.keep([*make_candidates(material.solution, material.recording)])
    watch("asking the solved notebook", 1, 2)
    functions = [*_criteria_of_functions(material.solution, asked)]
    taken = [one.id for one in functions]
    others = [*draft_others(material.notebook, material.recording, material.trial, taken)]
    watch("asking the solved notebook", 2, 2)
    left = [name for name in material.solution.functions if not any(one.of == name and one.probe for one in functions)]
    return RubricDraft([*functions, *others], left)


def _criteria_of_functions(solution: SolutionCode, kept: Sequence[Kept]) -> Iterator[DraftedCriterion]:
    taken: list[str] = []
    helpers = {name: helpers_of(solution, name) for name in solution.functions}
    used = {each for own in helpers.values() for each in own}
    for name in solution.functions:
        own = [one for one in kept if one.candidate.of == name]
        others = sum(one.candidate.role == "other" for one in own)
        is_open = True  # whether nothing has asked yet for arguments that stay as they were
        for one in own:
            criterion = criterion_for(one, taken, _points_of(one.candidate.role, others), helpers[name])
            if is_open and _may_change_arguments(one):
                criterion, is_open = replace(criterion, partly={"changed-argument": CHANGED_ARGUMENT}), False
            taken.append(criterion.id)
            yield criterion
        if not own and name not in used:
            why = f"`{name}` is not called here with what a rubric can write: write a probe, and prove it."
            says = str(_("{name} does what the text asks for.", name=name))
            id_ = name_for(name, taken)
            taken.append(id_)
            yield DraftedCriterion(id_, says, 2, {"person": {"shows": "notebook"}}, why, name)


def _may_change_arguments(kept: Kept) -> bool:
    """Whether it gives arrays, which a function can change in place, and compares numbers."""
    is_numbers = kept.candidate.role == "other" and "close" in kept.expect
    return is_numbers and any(isinstance(one, dict) for one in kept.candidate.probe.get("with", {}).values())


def _points_of(role: str, others: int) -> float:
    """What a criterion of a function is worth: 1 for the example, 2 for other numbers, half a point for an error."""
    share = {1: 2.0, 2: 1.0}.get(others, 0.5)
    return {"example": 1.0, "refuses": 0.5}.get(role, share)


def criterion_for(kept: Kept, taken: Sequence[str], points: float, helpers: Sequence[str]) -> DraftedCriterion:
    """The criterion of a candidate that is kept."""
    one = kept.candidate
    words = {"example": one.of, "other": f"{one.of}-any", "refuses": f"{one.of}-refuses"}.get(one.role, one.of)
    hidden_call = bool(one.probe.get("hidden")) and one.role == "other" and "close" in kept.expect
    return DraftedCriterion(
        id=name_for(words, taken),
        says=one.says,
        points=points,
        expect=kept.expect,
        why=one.why,
        of=one.of,
        probe=one.probe,
        given=tuple(helpers) if hidden_call else (),
    )
