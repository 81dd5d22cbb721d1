"""What a page is made of: frozen data in, so that a page is a function of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.model import Answer, Grade, Problem, Run, Submission
from grader.rubric import Rubric
from grader.similarity import Hint, SimilarPair


@dataclass(frozen=True)
class NotebookPicture:
    """A picture that a cell drew in our run: bytes that claim to be a PNG, not yet looked into."""

    number: int
    """The cell's place among the code cells, from 1."""
    title: str
    """The cell's first line of code."""
    png: bytes
    """Empty where the output was not even base64."""


@dataclass(frozen=True)
class StudentPage:
    """Everything that the page of one student shows."""

    course: str
    assignment: str
    title: str
    submission: Submission
    run: Run
    rubric: Rubric
    grade: Grade
    expected: Mapping[str, Answer] = field(default_factory=dict)
    """What the reference answered, probe by probe; shown only where the rubric does not hide it."""
    pictures: tuple[NotebookPicture, ...] = ()
    public_only: bool = False
    """A self-check: hidden criteria are counted, not shown."""
    name: str = ""
    """What the roster calls the student."""


@dataclass(frozen=True)
class StudentRow:
    """One student of a class."""

    submission: Submission
    run: Run
    grade: Grade
    name: str = ""
    """What the roster calls the student."""


@dataclass(frozen=True)
class Ungraded:
    """Somebody of the class without a grade: with what could not be taken or, without problems, nothing handed in."""

    student: str
    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class ClassPage:
    """Everything that the page of a class shows; each student's own page lies beside it."""

    course: str
    assignment: str
    title: str
    students: tuple[StudentRow, ...]
    rubric: Rubric
    executed: int
    """Runs that were made for this page."""
    reused: int
    """Runs that stood already, and were not made again."""
    wall_s: float
    pairs: tuple[SimilarPair, ...] = ()
    """Students who share much of their own code; the parts lie on a page of their own."""
    hints: tuple[Hint, ...] = ()
    """What Colab has noted in notebooks, where it is worth a look."""
    ungraded: tuple[Ungraded, ...] = ()
    undated: int = 0
    """Submissions to which the deadline was not applied, since nothing says when they came."""


@dataclass(frozen=True)
class SimilarPage:
    """Everything that the page of similar code shows."""

    course: str
    title: str
    pairs: tuple[SimilarPair, ...]
