"""What a class's notebooks are compared by, read from a work folder: whose code, whose files, whose deadline."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.course.course import Assignment, Course, read_course
from grader.language import verbatim
from grader.model import Extension, Grade, HandInEvidence, Run, Submission
from grader.report import StudentRow
from grader.store.work_folder import WorkFolder
from grader.verbs.comparison import find_noted, find_similar
from tests.small_course import notebook_of, write_course

CODE = (Path(__file__).parents[1] / "similarity" / "honest" / "ana.txt").read_text(encoding="utf-8")
DEADLINE = datetime(2024, 8, 11, tzinfo=UTC)


class Class:
    """A small course with a deadline and a given notebook, and what was handed in for it."""

    def __init__(self, root: Path, given: str = "") -> None:
        self.course: Course = read_course(write_course(root))
        folder = root / "assignments/hello"
        (folder / "given.ipynb").write_text(notebook_of(given), encoding="utf-8")
        told = 'title = "Hello"\nnotebook = "given.ipynb"\ndeadline = 2024-08-11T00:00:00Z\n'
        (folder / "assignment.toml").write_text(told, encoding="utf-8")
        self.work = WorkFolder(root / ".grader")
        self.rows: list[StudentRow] = []

    @property
    def assignment(self) -> Assignment:
        return self.course.assignment("hello")

    def hand_in(self, student: str, content: str, *, file: str = "", late_by_s: float = 0.0) -> None:
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        self.work.keep(sha256, content.encode())
        evidence = HandInEvidence(kind="link", file=file)
        submission = Submission(student=student, assignment="hello", sha256=sha256, source="link", evidence=evidence)
        self.work.gradebook.add_submissions([submission])
        run = Run(key="0", sha256=sha256, end="finished", because=verbatim("Every cell was run without an error."))
        grade = Grade(student=student, assignment="hello", findings=(), late_by_s=late_by_s, end="finished")
        self.rows.append(StudentRow(submission, run, grade))

    def noted(self) -> dict[tuple[str, ...], str]:
        return {
            hint.students: str(hint.says) for hint in find_noted(self.course, self.work, self.assignment, self.rows)
        }


def colab_notebook(run: datetime, *, cloned_from: str = "") -> str:
    info: dict[str, Any] = {"timestamp": int(run.timestamp() * 1000), "user": {"userId": ""}}
    cell = {"cell_type": "code", "metadata": {"executionInfo": info}, "source": "", "outputs": []}
    provenance = [{"file_id": cloned_from}] if cloned_from else []
    return json.dumps({"cells": [cell], "metadata": {"colab": {"provenance": provenance}}})


def test_code_of_another_with_other_names_is_found_and_what_is_no_notebook_is_passed_over(tmp_path: Path) -> None:
    made = Class(tmp_path)
    made.hand_in("ana", notebook_of(CODE))
    made.hand_in("bruno", notebook_of(f"# mine\n{CODE}"))
    made.hand_in("carla", "no notebook")
    (pair,) = find_similar(made.work, made.assignment, made.rows)
    assert {pair.left, pair.right} == {"ana", "bruno"}
    assert pair.share == 1.0


def test_those_who_handed_in_the_same_file_are_no_pair(tmp_path: Path) -> None:
    made = Class(tmp_path)
    made.hand_in("ana", notebook_of(CODE))
    made.hand_in("bruno", notebook_of(CODE))
    assert find_similar(made.work, made.assignment, made.rows) == ()


def test_code_that_everybody_was_given_is_nobodys_own(tmp_path: Path) -> None:
    made = Class(tmp_path, given=CODE)
    made.hand_in("ana", notebook_of(CODE))
    made.hand_in("bruno", notebook_of(f"# mine\n{CODE}"))
    assert find_similar(made.work, made.assignment, made.rows) == ()


def test_the_shared_file_that_another_handed_in_is_known_by_the_evidence(tmp_path: Path) -> None:
    made = Class(tmp_path)
    early = DEADLINE - timedelta(days=1)
    made.hand_in("ana", colab_notebook(early), file="file-of-ana")
    made.hand_in("bruno", colab_notebook(early, cloned_from="file-of-ana"), file="file-of-bruno")
    said = "The notebook of the first was cloned from the file that the second handed in."
    assert made.noted() == {("bruno", "ana"): said}


@pytest.mark.parametrize("late_by_s", [0.0, 3600.0])
def test_a_cell_run_after_the_deadline_is_told_of_those_who_are_not_known_to_be_late(
    tmp_path: Path, late_by_s: float
) -> None:
    made = Class(tmp_path)
    made.hand_in("ana", colab_notebook(DEADLINE + timedelta(hours=1)), late_by_s=late_by_s)
    said = "A cell was run after the deadline, at 2024-08-11 01:00."
    assert made.noted() == ({} if late_by_s else {("ana",): said})


def test_the_deadline_is_each_students_own(tmp_path: Path) -> None:
    made = Class(tmp_path)
    for student in ("ana", "bruno"):
        made.hand_in(student, colab_notebook(DEADLINE + timedelta(hours=1), cloned_from=student))
    until = DEADLINE + timedelta(days=1)
    made.work.gradebook.add_extension(
        Extension(student="ana", assignment="hello", until=until, who="prof", when=DEADLINE)
    )
    assert set(made.noted()) == {("bruno",)}
