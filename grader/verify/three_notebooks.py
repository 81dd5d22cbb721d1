"""Shows what a rubric says of the solved, the untouched and a wrong notebook, again after each change of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.course import Course
from grader.course.reference_code import FOLDER
from grader.execute.answers import ProbeQuestion
from grader.execute.pool import Executor, Work, execute_all
from grader.execute.probe_questions import make_questions
from grader.model import Finding, Run, Watch
from grader.rubric import Criterion, noise_path
from grader.score import score
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verify.bench import STUDENT, Notebook, read_parts
from grader.verify.verification import with_case


@dataclass(frozen=True)
class TriedNotebook:
    """A notebook's name and its findings."""

    name: str
    findings: Sequence[Finding]


@dataclass
class Trying:
    """Runs what is new, and scores the rest again: a run is kept while its notebook and its questions stay."""

    course: Course
    work: WorkFolder
    name: str
    executor: Executor
    _runs: dict[str, Run] = field(default_factory=dict)

    def judge(self, probe: str | None, watch: Watch) -> tuple[Sequence[Criterion], list[TriedNotebook]]:
        """The criteria, all or those of a probe, and what each notebook gets; a UserError where a file is wrong."""
        assignment = self.course.assignment(self.name)
        parts = read_parts(self.course, assignment)
        rubric = assignment.rubric
        expected = verbs.expected_for(self.course, self.work, assignment, [STUDENT])[STUDENT]
        notebooks: dict[str, Notebook] = {"solved": parts.solved_by(parts.modules), "untouched": lambda: parts.given}
        for name, mistake in [*parts.mistakes.items()][:1]:
            notebooks[name] = parts.solved_by(*with_case(parts, mistake, f"wrong/{name}.yaml"))
        questions = make_questions(rubric, STUDENT, assignment.oracle)
        works = {name: self._work(make(), questions) for name, make in notebooks.items()}
        new = {work.key: work for work in works.values() if work.key not in self._runs}
        for done, (work, executed) in enumerate(execute_all(new.values(), self.executor), start=1):
            self._runs[work.key] = verbs.with_facts(assignment, executed)
            watch("running notebooks", done, len(new))
        chosen = [one for one in rubric.criteria if probe is None or one.probe == probe]
        kept = {one.id for one in chosen}
        return chosen, [
            TriedNotebook(name, [one for one in score(self._runs[work.key], rubric, expected) if one.criterion in kept])
            for name, work in works.items()
        ]

    def files(self) -> Mapping[Path, float]:
        """The files on which all this depends, with the times of their last change."""
        return {path: path.stat().st_mtime for path in self._paths() if path.is_file()}

    def _paths(self) -> Iterator[Path]:
        rubric = self.course.root / "rubrics" / f"{self.name}.yaml"
        yield from (rubric, noise_path(rubric))
        yield from (self.course.root / FOLDER).rglob("*.py")
        yield from (self.course.root / "assignments" / self.name).rglob("*")

    def _work(self, content: bytes, questions: Sequence[ProbeQuestion]) -> Work:
        assignment = self.course.assignment(self.name)
        sha256 = hashlib.sha256(content).hexdigest()
        limits, materials = assignment.file.limits, assignment.materials
        told = [sha256, materials.hash, repr(limits), *(question.hash for question in questions)]
        key = hashlib.sha256("\0".join(told).encode()).hexdigest()
        return Work(key, sha256, content, questions, limits, materials, assignment.oracle)
