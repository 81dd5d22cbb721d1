"""Drafts a rubric where there is none, verifies it, and adds what notices more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.authoring import StudentNotebook
from grader.course.course import Assignment, Course
from grader.course.reference_code import module_of
from grader.drafting.drafted import DraftedCriterion
from grader.drafting.rubric_draft import Material, draft, gather
from grader.drafting.rubric_text import add_to_rubric, write_rubric
from grader.drafting.strengthening import MOST_PRESUMED, Strengthening, presume_equivalent, strengthen
from grader.execute.pool import Executor
from grader.files.durable import write_file
from grader.model import Watch
from grader.rubric.schema import rubric_schema
from grader.store.work_folder import WorkFolder
from grader.verify import Verification, note_proof, verify
from grader.verify.bench import read_parts
from grader.verify.verification import without_unpaid


@dataclass(frozen=True)
class ProvenDraft:
    """What came of it: the rubric's proof, what was drafted or added, and what would notice the rest."""

    verification: Verification
    drafted: Sequence[DraftedCriterion]
    added: Sequence[DraftedCriterion]
    proposed: Strengthening


def draft_and_prove(
    course: Course,
    work: WorkFolder,
    assignment: Assignment,
    notebook: StudentNotebook,
    executor: Executor,
    watch: Watch,
    *,
    stronger: bool,
) -> ProvenDraft:
    """RubricDraft the rubric where there is none, verify it, and find what would notice the rest."""
    drafted: Sequence[DraftedCriterion] = ()
    material = gather(course, assignment, notebook, executor, watch)
    if not assignment.rubric_path.exists():
        drafted = draft(material, watch).criteria
        _write_draft(assignment, drafted)
    found, proposed = _verify(course, work, assignment, executor, watch, material)
    if drafted and found.unpaid:
        # Where the answer is a part of the argument, no change of that leaves the answer right.
        unpaid = {criterion for criterion, _ in found.unpaid}
        drafted = [replace(one, partly={}) if one.id in unpaid else one for one in drafted]
        _write_draft(assignment, drafted)
        assignment, found = course.assignment(assignment.name), without_unpaid(found)
    added: Sequence[DraftedCriterion] = ()
    if stronger and found.survivors:
        added = proposed.criteria
        _add(assignment, found, proposed)
        assignment = course.assignment(assignment.name)
        found, proposed = _verify(course, work, assignment, executor, watch, material)
    note_proof(course, assignment, found)
    return ProvenDraft(found, drafted, added, proposed)


def _write_draft(assignment: Assignment, drafted: Sequence[DraftedCriterion]) -> None:
    modules = [module_of(assignment.name)] if any("reference" in repr(one.expect) for one in drafted) else []
    text = write_rubric(assignment.name, assignment.file.title, drafted, modules=modules)
    assignment.rubric_path.parent.mkdir(exist_ok=True)
    write_file(assignment.rubric_path, text)
    write_file(assignment.rubric_path.parent / "rubric.schema.json", rubric_schema())


def _add(assignment: Assignment, found: Verification, proposed: Strengthening) -> None:
    """Write what notices more into the rubric, and what nothing tells apart into equivalent.yaml."""
    if proposed.criteria:
        total = assignment.rubric.points + sum(one.points for one in proposed.criteria)
        text = add_to_rubric(assignment.rubric_path.read_text(encoding="utf-8"), proposed.criteria, total)
        write_file(assignment.rubric_path, text)
    mutants = sum(tally.mutants + tally.equivalent for tally in found.tallies.values())
    if found.presumed + len(proposed.alike) <= MOST_PRESUMED * mutants:
        path = assignment.folder / "equivalent.yaml"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        write_file(path, presume_equivalent(text, proposed.alike, proposed.asked))


def _verify(
    course: Course, work: WorkFolder, assignment: Assignment, executor: Executor, watch: Watch, material: Material
) -> tuple[Verification, Strengthening]:
    found = verify(course, work, assignment, executor, most_mutants=None, watch=watch)
    proposed = strengthen(read_parts(course, assignment), material, found.survivors, watch)
    return found, proposed
