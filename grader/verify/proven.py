"""proven.yaml: what `grader verify` found where a rubric passed, and of which content that is true.

Deadlines and limits in assignment.toml may change: they say nothing of what is noticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import Field

from grader.course.course import Assignment, Course
from grader.files.config_files import read_yaml
from grader.files.durable import write_file
from grader.rubric import Part, noise_path
from grader.verify.modules import read_modules
from grader.verify.verification import Verification

FILE = "proven.yaml"
_HEAD = "# Written by `grader verify {name}`, which ended well on just this content: not to be edited.\n"


class ProvenTally(Part):
    """Mutants of one kind: see `MutantTally`."""

    mutants: int
    caught: int
    equivalent: int


class Proof(Part):
    """What proves a rubric, with the figures of that run."""

    of: str = Field(description="hash of all that was proven")
    mistakes: int
    points_lost: float = Field(description="by the deliberate mistakes")
    lost_elsewhere: float = Field(description="of these, in functions that are right")
    syntactic: ProvenTally
    semantic: ProvenTally


def note_proof(course: Course, assignment: Assignment, found: Verification) -> None:
    """Write the proof of a whole verification without problems; remove the one of a verification with some."""
    path = assignment.folder / FILE
    if found.problems:
        path.unlink(missing_ok=True)
        return
    proof = Proof(
        of=hash_content(course.root, assignment),
        mistakes=found.mistakes,
        points_lost=round(found.losses.points, 3),
        lost_elsewhere=round(found.losses.elsewhere, 3),
        **{kind: ProvenTally(**vars(tally)) for kind, tally in found.tallies.items()},
    )
    written = yaml.safe_dump(proof.model_dump(), sort_keys=False)
    write_file(path, _HEAD.format(name=assignment.name) + written)


def read_proof(assignment: Assignment) -> Proof | None:
    """The proof that lies beside the assignment, of whatever content."""
    path = assignment.folder / FILE
    return read_yaml(path, Proof) if path.exists() else None


def explain_unproven(course: Course, assignment: Assignment) -> str:
    """What to know before trusting this rubric; empty where it is proven, or can't be for want of a notebook."""
    if assignment.file.notebook is None:
        return ""
    proof = read_proof(assignment)
    if proof is not None and proof.of == hash_content(course.root, assignment):
        return ""
    why = "has changed since it was proven" if proof is not None else "is not proven"
    return f"The rubric of `{assignment.name}` {why}: grader verify {assignment.name}"


def hash_content(root: Path, assignment: Assignment) -> str:
    """Of the rubric, the modules of the reference that it needs, and what lies beside the assignment."""
    digest = hashlib.sha256()
    for name, content in _contents(root, assignment):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:32]


def _contents(root: Path, assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    for path in (assignment.rubric_path, noise_path(assignment.rubric_path)):
        if path.exists():
            yield path.name, path.read_bytes()
    for module, source in sorted(read_modules(root, assignment.rubric.reference).items()):
        yield f"{module}.py", source.encode()
    for path in sorted(assignment.folder.rglob("*")):
        inner = path.relative_to(assignment.folder)
        is_hidden = any(part.startswith((".", "__")) for part in inner.parts)
        if path.is_file() and not is_hidden and inner.as_posix() not in (FILE, "assignment.toml"):
            yield inner.as_posix(), path.read_bytes()
