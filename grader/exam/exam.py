"""The exam on disk: assignments/<name>/exam.yaml, read and checked like a rubric."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, Field, create_model, field_validator, model_validator

from grader.course.grade_bands import GradeBand
from grader.errors import UserError
from grader.exam.kinds import EVERY_KIND
from grader.exam.kinds.question_kind import Rule
from grader.exam.questions import Question
from grader.exam.wording import LocalizedText
from grader.files.config_files import Keys, PlacedError, line_in, read_yaml
from grader.files.config_hints import LANGUAGE
from grader.files.suggestions import suggest
from grader.rubric import Name, Part

if TYPE_CHECKING:
    _RuleOfKinds = Part
else:
    # A field for each kind that has a choice of rules, so that adding a kind changes nothing here.
    _forms = {kind.name: kind.rule_form() for kind in EVERY_KIND}
    _fields = {name: (form, form()) for name, form in _forms.items() if form is not None}
    _RuleOfKinds = create_model("RuleOfKinds", __base__=Part, **_fields)


class Rules(_RuleOfKinds):
    """How responses are scored where a question does not say otherwise."""

    floor: float = Field(0.0, description="the least that the whole exam can earn, in points")
    cap: float | None = Field(None, gt=0, description="the most that it can earn, in points")
    step: float = Field(0.01, gt=0, description="the total is rounded to a multiple of this, once, halves upwards")

    def of(self, kind: str) -> Rule | None:
        """The rule of a kind of question; None where there is nothing to choose."""
        return getattr(self, kind, None)


class Section(Part):
    """A part of the exam, with its questions."""

    id: Name = Field(description="its name in reports")
    title: LocalizedText = Field(description="printed above its questions")
    intro: LocalizedText | None = Field(None, description="printed below its title")
    questions: list[Question] = Field(min_length=1)


class Revision(Part):
    """A change of the key after the exam: what was changed, when, and why."""

    when: date = Field(description="the day of the change")
    question: Name = Field(description="the `id` of the question")
    why: str = Field(min_length=10, description="the reason, as students may read it")
    accept: list[str] | None = Field(
        None,
        min_length=1,
        description="also right from now on: options of a choice, rows of true/false, words or numbers of the others",
    )
    void: Literal["full", "remove"] | None = Field(
        None, description="full: everybody gets the points; remove: the question counts for nobody"
    )
    points: float | None = Field(None, gt=0, description="what the question is worth from now on")

    @model_validator(mode="after")
    def _changes_one_thing(self) -> Revision:
        given = [name for name in ("accept", "void", "points") if getattr(self, name) is not None]
        if len(given) != 1:
            remedy = (
                "Make an entry for each change." if given else "Write one: `void: full` gives everybody the points."
            )
            told = f"needs exactly one of accept, void, points; it has {' and '.join(given) or 'none'}"
            raise PlacedError(told, remedy=remedy)
        return self


class Exam(Part):
    """An exam: its sections and questions, how they are scored, and which grade follows."""

    title: LocalizedText = Field(description="the exam's name, on its sheets and pages")
    starts: datetime = Field(description="local time, in `time_zone`")
    minutes: int = Field(gt=0, description="how long it takes, as its sheets say")
    time_zone: str = Field(description="as in America/Argentina/Buenos_Aires")
    languages: list[Annotated[str, Field(pattern=LANGUAGE)]] = Field(
        min_length=1, description="in which it is written, as in en; reports are in the first"
    )
    seed: int = Field(description="from which parameters are drawn and copies are shuffled")
    points: float = Field(description="what the questions add up to: said twice, so that a slip shows")
    intro: LocalizedText | None = Field(None, description="what the sheets say before the first question")
    rules: Rules = Rules()
    bands: list[GradeBand] = Field(default_factory=list, description="grades, the best one first")
    sections: list[Section] = Field(min_length=1)
    revisions: list[Revision] = Field(default_factory=list)

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            near = sorted(zone for zone in available_timezones() if zone.lower().endswith(f"/{name.lower()}"))
            remedy = f"Did you mean `{near[0]}`?" if near else "Write it as in America/Argentina/Buenos_Aires."
            raise PlacedError(f"there is no time zone `{name}`", remedy=remedy) from error
        return name

    @field_validator("starts", mode="before")
    @classmethod
    def _is_a_moment(cls, starts: Any) -> Any:
        told = starts
        if isinstance(starts, str) and ":" in starts:
            try:
                told = datetime.fromisoformat(starts)
            except ValueError:
                told = None
        if not isinstance(told, datetime):
            remedy = "Write it as in 2026-03-02 09:00."
            raise PlacedError(f"this is not a day and a time of day: {starts}", remedy=remedy)
        return told

    @field_validator("starts")
    @classmethod
    def _is_local(cls, starts: datetime) -> datetime:
        if starts.tzinfo is not None:
            raise PlacedError("this is local time, without an offset", remedy="Leave it out: `time_zone` says it.")
        return starts

    @field_validator("bands")
    @classmethod
    def _best_first(cls, bands: list[GradeBand]) -> list[GradeBand]:
        edges = [band.at_least for band in bands]
        if edges != sorted(set(edges), reverse=True):
            remedy = "Sort them from the highest `at_least` to the lowest."
            raise PlacedError("the best grade comes first, and no two start at the same share", remedy=remedy)
        if edges and edges[-1] != 0:
            remedy = "Add one with `at_least: 0`."
            raise PlacedError("the last grade starts at 0, so that every student has one", remedy=remedy)
        return bands

    @model_validator(mode="after")
    def _hangs_together(self) -> Exam:
        total = sum(question.points for question in self.questions)
        if abs(total - self.points) > 1e-9:
            told = f"the questions add up to {total:g} points, but the exam says {self.points:g}"
            raise PlacedError(told, "points", remedy="Change the `points` here, or those of a question.")
        names: set[str] = set()
        for keys, question in questions_in(self):
            twice = names & {question.id, *question.criteria}
            if twice:
                told = f"the question or criterion `{min(twice)}` occurs twice"
                raise PlacedError(told, *keys, "id", remedy="Rename one.")
            names |= {question.id, *question.criteria}
        known = {question.id: question for question in self.questions}
        for place, revision in enumerate(self.revisions):
            _check_revision(revision, known, ("revisions", place))
        return self

    @model_validator(mode="after")
    def _speaks_every_language(self) -> Exam:
        for keys, text in texts_in(self):
            missing = text.missing(self.languages)
            if missing:
                told = f"`{keys[-1]}` is not given in `{missing[0]}`, a language of this exam"
                raise PlacedError(told, *keys, remedy=f"Add `{missing[0]}: …` to it.")
        return self

    @property
    def questions(self) -> list[Question]:
        """All questions, in their order."""
        return [question for section in self.sections for question in section.questions]

    @property
    def sha256(self) -> str:
        """The hash of everything that the exam says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True)
class ExamOnDisk:
    """An exam, its name in the course, and where it was read from."""

    name: str
    exam: Exam
    path: Path

    @property
    def folder(self) -> Path:
        return self.path.parent

    def place(self, keys: Keys) -> str:
        """file:line of a key, as messages name it."""
        return f"{self.path}:{line_in(self.path, keys)}"


def exam_names(course: Path) -> list[str]:
    """The names of the exams in a course's folder."""
    return sorted(path.parent.name for path in course.glob("assignments/*/exam.yaml"))


def find_exam(course: Path, name: str) -> ExamOnDisk:
    """The exam of that name in a course's folder."""
    known = exam_names(course)
    if name not in known:
        raise UserError(
            f"there is no exam `{name}` in this course",
            where=str(course),
            remedy=f"There are: {', '.join(known)}." if known else f"Write one: assignments/{name}/exam.yaml",
        )
    path = course / "assignments" / name / "exam.yaml"
    return ExamOnDisk(name, read_exam(path), path)


def read_exam(path: Path) -> Exam:
    """The exam in a YAML file, or a UserError with file, line and remedy."""
    return read_yaml(path, Exam)


def _check_revision(revision: Revision, questions: Mapping[str, Question], keys: Keys) -> None:
    if revision.question not in questions:
        remedy = suggest(revision.question, questions)
        raise PlacedError(f"there is no question `{revision.question}` to revise", *keys, "question", remedy=remedy)
    question = questions[revision.question]
    if revision.points is not None and len(question.criteria) > 1:
        raise PlacedError(
            f"`{question.id}` has criteria, each with points of its own",
            *keys,
            "points",
            remedy="Change their points above, and the question's.",
        )
    if revision.accept is None:
        return
    if not question.part.accepts_more:
        raise PlacedError(
            f"a question of kind {question.kind} has no second right answer",
            *keys,
            "accept",
            remedy="Write `void: full` or `void: remove`, or change what is right above.",
        )
    known = question.part.tickable
    unknown = [name for name in revision.accept if known is not None and name not in known]
    if unknown:
        raise PlacedError(
            f"`{question.id}` has no `{unknown[0]}`",
            *keys,
            "accept",
            remedy=f"Write it by its name in the exam: {', '.join(known or ())}.",
        )


def texts_in(part: Any, keys: Keys = ()) -> Iterator[tuple[Keys, LocalizedText]]:
    """Every text of an exam, with the keys that lead to it."""
    match part:
        case LocalizedText():
            yield keys, part
        case BaseModel():
            for name in type(part).model_fields:
                yield from texts_in(getattr(part, name), (*keys, name))
        case dict():
            for name, value in part.items():
                yield from texts_in(value, (*keys, name))
        case list():
            for place, value in enumerate(part):
                yield from texts_in(value, (*keys, place))


def questions_in(exam: Exam) -> Iterator[tuple[Keys, Question]]:
    """Every question, with the keys that lead to it."""
    for place, section in enumerate(exam.sections):
        for number, question in enumerate(section.questions):
            yield ("sections", place, "questions", number), question
