"""The course on disk: course.toml, its assignments and their rubrics."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from grader.documents import read_toml
from grader.errors import UserError
from grader.model import Limits
from grader.rubric import Part, Rubric, read_rubric


class Demo(Part):
    """What `grader demo` grades."""

    assignment: str
    submissions: str = Field(description="a folder of notebooks, from the course's folder")
    limits: Limits = Field(Limits(), description="those that are set take the place of the assignment's")


class CourseFile(Part):
    """course.toml."""

    title: str
    language: Literal["en"] = "en"
    demo: Demo | None = None


class AssignmentFile(Part):
    """assignments/<name>/assignment.toml."""

    title: str
    notebook: str | None = Field(None, description="what students are given: a file beside this one")
    deadline: datetime | None = None
    limits: Limits = Limits()

    @field_validator("deadline")
    @classmethod
    def _has_a_zone(cls, deadline: datetime | None) -> datetime | None:
        if deadline is not None and deadline.tzinfo is None:
            raise ValueError("the time needs its zone, as in 2024-08-11T00:00:00-03:00")
        return deadline


@dataclass(frozen=True)
class Assignment:
    """One assignment: what its file says, and where its parts are."""

    name: str
    file: AssignmentFile
    folder: Path
    rubric_path: Path

    @functools.cached_property
    def rubric(self) -> Rubric:
        if not self.rubric_path.exists():
            raise UserError(
                f"the assignment `{self.name}` has no rubric",
                where=str(self.rubric_path),
                remedy="Write one there: probes and criteria; see the README.",
            )
        return read_rubric(self.rubric_path)

    @property
    def given(self) -> bytes | None:
        """The notebook as students get it, or None where the assignment gives none."""
        if self.file.notebook is None:
            return None
        path = self.folder / self.file.notebook
        if not path.exists():
            raise UserError(
                "the notebook that assignment.toml names is not there",
                where=str(path),
                remedy="Put it there, or take the line `notebook` out of assignment.toml.",
            )
        return path.read_bytes()


@dataclass(frozen=True)
class Course:
    """A folder with a course.toml."""

    root: Path
    file: CourseFile = field(repr=False)

    @property
    def assignments(self) -> list[str]:
        """The names of the assignments that there are."""
        return sorted(path.parent.name for path in self.root.glob("assignments/*/assignment.toml"))

    def assignment(self, name: str) -> Assignment:
        folder = self.root / "assignments" / name
        path = folder / "assignment.toml"
        if name not in self.assignments:
            known = ", ".join(self.assignments) or "none"
            raise UserError(
                f"there is no assignment `{name}` in this course", where=str(self.root), remedy=f"There are: {known}."
            )
        return Assignment(name, read_toml(path, AssignmentFile), folder, self.root / "rubrics" / f"{name}.yaml")


def read_course(root: Path) -> Course:
    """The course in this folder."""
    if not (root / "course.toml").exists():
        raise UserError(
            "this folder is no course: it has no course.toml", where=str(root), remedy="Start one: grader init DIR"
        )
    return Course(root, read_toml(root / "course.toml", CourseFile))


def find_course(start: Path) -> Course:
    """The course of the nearest folder upwards that has a course.toml."""
    for folder in (start, *start.parents):
        if (folder / "course.toml").exists():
            return read_course(folder)
    raise UserError(
        "there is no course here: neither this folder nor one above it has a course.toml",
        where=str(start),
        remedy="Go to the course's folder, name it with --course DIR, or start one: grader init DIR",
    )
