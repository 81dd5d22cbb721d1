"""The course on disk: course.toml, its assignments and their rubrics."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Concatenate, Literal, ParamSpec, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from grader.course.course_grade import GradeRule
from grader.course.materials import Materials, read_materials
from grader.course.packages_stated import Environment, find_versions
from grader.course.reference_code import SOLVED, ReferenceCode, read_reference
from grader.course.roster import Roster, read_roster
from grader.errors import UserError
from grader.files.config_files import PlacedError, read_toml
from grader.files.notebook_file import UnreadableError, read_notebook
from grader.language import Code, _, language
from grader.model import Limits
from grader.rubric import Part, Rubric, read_rubric

Told = ParamSpec("Told")
Made = TypeVar("Made")


class Demo(Part):
    """What `grader demo` grades."""

    assignment: str = Field(description="an assignment of this course")
    submissions: str = Field(description="a folder of notebooks, from the course's folder")
    limits: Limits = Field(Limits(), description="those that are set take the place of the assignment's")


class QueueFile(BaseModel):
    """[cluster.slurm], or another queue of dask-jobqueue's: how much to ask of it."""

    model_config = ConfigDict(frozen=True, extra="allow")  # its other settings are dask-jobqueue's

    jobs: int = Field(ge=1, description="so many jobs are handed to the queue")
    cores: int = Field(ge=1, description="of each job, and so many notebooks at once")
    memory: str = Field(description="of each job, as 32GB")


class MailAccount(Part):
    """[mail] of course.toml: the mailbox that submissions are sent to."""

    imap: str = Field(pattern=r"^[\w.-]+$", description="the name of the IMAP server, as imap.example.org")
    user: str = Field(min_length=1, description="who signs in there, mostly the address")
    port: int = Field(993, gt=0, lt=65536, description="of IMAP over TLS")


class PlatformFile(Part):
    """[canvas] or [moodle]: where the platform is. Its token stays outside the course."""

    url: str = Field(description="the platform's address, as https://canvas.example.edu")

    @model_validator(mode="before")
    @classmethod
    def _holds_no_token(cls, told: object) -> object:
        if isinstance(told, dict) and (secret := next((key for key in told if "token" in str(key).lower()), "")):
            raise PlacedError(
                "a token is a password and stays out of the course: grader guide grades-by-api says where it goes",
                str(secret),
            )
        return told


class CourseFile(Part):
    """course.toml."""

    title: str = Field(description="the course's name, as pages show it")
    language: Code = Field("en", description="of the pages, and of the sentences that say why")
    roster: str | None = Field(None, description="a CSV file of the students and their addresses, beside this one")
    free_late_days: int = Field(0, ge=0, description="late days that cost a student nothing, over the whole course")
    grade: GradeRule | None = Field(None, description="how the course's grade is made of the exam and the exercises")
    environment: Environment = Environment()
    mail: MailAccount | None = Field(None, description="the mailbox that `imap:` reads; the password is elsewhere")
    demo: Demo | None = None
    canvas: PlatformFile | None = Field(None, description="where grades go with --to canvas-api")
    moodle: PlatformFile | None = Field(None, description="where grades go with --to moodle-api")
    cluster: dict[str, QueueFile] = Field({}, description="queues that may start a cluster, by their names: slurm")

    @field_validator("language", mode="before")
    @classmethod
    def _is_spoken(cls, told: object) -> object:
        if told not in get_args(Code):
            raise PlacedError(f"there is no language `{told}` yet: write `{'` or `'.join(get_args(Code))}`")
        return told


class LatePolicy(Part):
    """[late] of assignment.toml: what a late submission costs, as a share of the assignment's points."""

    rule: Literal["free", "refuse", "fixed", "per-day"] = Field(
        "free", description="free: shown, and costs nothing; fixed: once; per-day: for each day that was begun"
    )
    costs: float | None = Field(None, gt=0, le=1, description="fixed and per-day only")
    at_most: float = Field(1.0, gt=0, le=1, description="per-day only: it never costs more than this")
    grace_min: float = Field(0.0, ge=0, description="minutes after the deadline that are still in time")
    counts: Literal["last", "best"] = Field(
        "last", description="of several submissions: the last one in time, or the one that gets most points"
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> LatePolicy:
        if self.rule in ("fixed", "per-day") and self.costs is None:
            raise PlacedError(f"`rule: {self.rule}` needs `costs`: 0.1 is a tenth of the points", "costs")
        if self.rule in ("free", "refuse") and self.costs is not None:
            raise PlacedError(f"`costs` says nothing where the rule is `{self.rule}`", "costs")
        if self.rule != "per-day" and "at_most" in self.model_fields_set:
            raise PlacedError("`at_most` belongs to the rule `per-day`", "at_most")
        return self


class AssignmentFile(Part):
    """assignments/<name>/assignment.toml."""

    title: str = Field(description="the assignment's name, as pages show it")
    notebook: str | None = Field(None, description="what students are given: a file beside this one")
    functions: list[str] = Field(
        [], description="functions of solved.ipynb that students write, besides those that are marked in it"
    )
    deadline: datetime | None = Field(None, description="with its offset, or local time in `time_zone`")
    time_zone: str | None = Field(None, description="as America/Argentina/Buenos_Aires; times are shown in it")
    late: LatePolicy = LatePolicy()
    gpu: Literal["none", "auto", "required"] = Field("none", description="auto: a GPU where there is one")
    limits: Limits = Limits()
    inputs: list[str] | dict[str, str | list[str]] = Field(
        [], description="answers for `input()`: in order, or by what the prompt contains"
    )
    files: dict[str, str] = Field({}, description="path in /content -> a file or folder beside this one")
    downloads: dict[str, str] = Field({}, description="address -> the file or folder beside this one that it gives")

    @property
    def has_deadline_rule(self) -> bool:
        """Whether lateness can cost anything."""
        return self.deadline is not None and self.late.rule != "free"

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError(f"there is no time zone `{name}`; one is America/Argentina/Buenos_Aires") from error
        return name

    @model_validator(mode="before")
    @classmethod
    def _deadline_has_a_zone(cls, told: object) -> object:
        """A local time gets its zone, and a time without any is refused."""
        if not isinstance(told, dict):
            return told
        if isinstance(deadline := told.get("deadline"), date) and not isinstance(deadline, datetime):
            what = f"`deadline`: {deadline} is a day, and the time is missing, as in {deadline}T23:59:00+01:00"
            raise PlacedError(what, "deadline")
        if isinstance(deadline, str) and not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", deadline):
            what = f"`deadline`: `{deadline}` is no day with a time, as 2030-03-01T23:59:00+01:00 is"
            raise PlacedError(what, "deadline", remedy="Write it without quotes.")
        if not isinstance(deadline, datetime):
            return told
        if deadline.tzinfo is not None:
            return told
        if not isinstance(name := told.get("time_zone"), str):
            raise PlacedError("`deadline`: the time needs its zone, as in 2024-08-11T00:00:00-03:00", "deadline")
        return {**told, "deadline": deadline.replace(tzinfo=ZoneInfo(cls._is_a_zone(name) or "UTC"))}


@dataclass(frozen=True)
class Assignment:
    """One assignment: what its file says, and where its parts are."""

    name: str
    file: AssignmentFile
    folder: Path
    rubric_path: Path
    environment: Environment = field(default_factory=Environment)

    @functools.cached_property
    def rubric(self) -> Rubric:
        if not self.rubric_path.exists():
            raise UserError(
                f"the assignment `{self.name}` has no rubric",
                where=str(self.rubric_path),
                remedy="Write one there, probes and criteria: grader guide write-a-rubric",
            )
        return read_rubric(self.rubric_path)

    @functools.cached_property
    def oracle(self) -> ReferenceCode | None:
        """The reference's code, where a criterion is asked with its helpers; None where none is."""
        needs_one = any(criterion.given for criterion in self.rubric.criteria)
        return read_reference(self.folder.parent.parent, self.rubric.reference) if needs_one else None

    @functools.cached_property
    def materials(self) -> Materials:
        """What the assignment brings for its notebooks as they run."""
        return read_materials(
            self.folder,
            inputs=self.file.inputs,
            files=self.file.files,
            downloads=self.file.downloads,
            packages=find_versions(self.environment.packages),
            disk_mib=self.file.limits.disk_mib,
        )

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

    @property
    def solved(self) -> bytes | None:
        """The solved notebook of which all else is made, or None where the assignment is written by hand."""
        path = self.folder / SOLVED
        return path.read_bytes() if path.exists() else None

    @functools.cached_property
    def given_notebook(self) -> NotebookNode | None:
        """The same, read; to be looked at only, since all who ask get this one."""
        content = self.given
        if content is None:
            return None
        try:
            return read_notebook(content)
        except UnreadableError as error:
            raise UserError(
                f"the notebook that students are given cannot be read. {error}",
                where=str(self.folder / str(self.file.notebook)),
            ) from error


@dataclass(frozen=True)
class Course:
    """A folder with a course.toml."""

    root: Path
    file: CourseFile = field(repr=False)

    @property
    def assignments(self) -> list[str]:
        """The names of the assignments that there are."""
        return sorted(path.parent.name for path in self.root.glob("assignments/*/assignment.toml"))

    @property
    def roster(self) -> Roster | None:
        """The students and their addresses, or None where course.toml names no roster."""
        return read_roster(self.root / self.file.roster) if self.file.roster else None

    def assignment(self, name: str) -> Assignment:
        folder = self.root / "assignments" / name
        path = folder / "assignment.toml"
        if name not in self.assignments:
            told = _("there is no assignment `{name}` in this course", name=name)
            remedy = _("There are: {names}.", names=", ".join(self.assignments) or _("none"))
            if (folder / "exam.yaml").exists():
                told = _("`{name}` is an exam, and this is done with assignments", name=name)
                remedy = _("Exams: {command}", command="grader exam --help")
            raise UserError(told, where=str(self.root), remedy=remedy)
        rubric = self.root / "rubrics" / f"{name}.yaml"
        return Assignment(name, read_toml(path, AssignmentFile), folder, rubric, self.file.environment)


def in_its_language(verb: Callable[Concatenate[Course, Told], Made]) -> Callable[Concatenate[Course, Told], Made]:
    """The verb, so that all that it tells students is in the language of the course."""

    @functools.wraps(verb)
    def told(course: Course, /, *args: Told.args, **named: Told.kwargs) -> Made:
        with language(course.file.language):
            return verb(course, *args, **named)

    return told


def read_course(root: Path) -> Course:
    """The course in this folder."""
    if not root.is_dir():
        raise UserError("there is no such folder", where=str(root), remedy="Name the folder that has the course.toml.")
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
