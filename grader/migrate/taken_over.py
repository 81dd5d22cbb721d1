"""What a course of another grader consists of once it is translated, whatever grader it is from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from grader.migrate.assertions import RewrittenTest


@dataclass(frozen=True)
class TakenCriterion:
    """One line of the rubric to be; `test` is None where a person decides."""

    id: str
    title: str
    """what the other grader calls it; several criteria may share it"""
    points: float
    test: RewrittenTest | None
    is_hidden: bool = False


@dataclass(frozen=True)
class TakenAssignment:
    """One notebook with its tests and its students' work."""

    name: str
    title: str
    given: NotebookNode
    solved_cells: Mapping[str, str]
    """the solution, by the cells' ids"""
    reference: str
    """the solution's code, for tests whose values only it knows; empty where there is none"""
    criteria: Sequence[TakenCriterion]
    files: Mapping[str, Path] = field(default_factory=dict)
    """what lies beside the notebook, by its name"""
    submissions: Mapping[str, bytes] = field(default_factory=dict)
    """notebooks by student"""


@dataclass(frozen=True)
class KnownScore:
    """What the other grader gave a student for one test; `by_hand` if a person did."""

    student: str
    assignment: str
    title: str
    score: float
    by_hand: bool = False


@dataclass(frozen=True)
class TakenCourse:
    """A whole course, the marks it has given, and in sentences what was left behind."""

    title: str
    assignments: Sequence[TakenAssignment]
    known: Sequence[KnownScore] = ()
    left_out: Sequence[str] = ()


_LONGEST = 40
"""What a name in a rubric may have."""


def name_of(told: str, taken: set[str]) -> str:
    """A name as rubrics and folders have it, and no other of `taken` has; it is added there."""
    plain = unicodedata.normalize("NFKD", told).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-_")[: _LONGEST - 3]
    name = name if name[:1].isalpha() else f"q{name}"
    wanted = name
    number = 2
    while wanted in taken:
        wanted, number = f"{name}-{number}", number + 1
    taken.add(wanted)
    return wanted
