"""The page of one student's exam: each question with what was chosen and what is right, and the sheets as read."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from PIL import Image

from grader.course.grade_bands import GradeBand
from grader.exam.exam import Exam
from grader.exam.kinds.question_kind import Comparison
from grader.exam.paper.readings import State
from grader.exam.questions import Question
from grader.exam.responses import fits
from grader.exam.revisions import Asked
from grader.language import NOTHING, Reason, join, verbatim
from grader.model import Answer, Finding, Grade, Override, Status
from grader.report.render import make_environment
from grader.score.grade import find_standing

SHEET_WIDTH_PX = 800
"""Of a sheet on the page, at least: some 100 dpi, on which ticks and handwriting can be read."""
SHEET_QUALITY = 60


@dataclass(frozen=True)
class ReadBox:
    """A box on a scanned sheet, as it was read or as a person decided."""

    x_mm: float
    y_mm: float
    state: State
    decided: bool
    """A person said so."""
    right: bool | None
    """Whether a mark belongs here; None where no single box is right or wrong."""


@dataclass(frozen=True)
class ReadSheet:
    """A scanned sheet with its boxes."""

    number: int
    width_mm: float
    height_mm: float
    box_mm: float
    jpeg: bytes
    """The sheet laid flat; empty where its picture is gone."""
    boxes: tuple[ReadBox, ...]

    @property
    def marked(self) -> int:
        return sum(box.state == "marked" for box in self.boxes)


@dataclass(frozen=True)
class ExamPage:
    """Everything that the page of one student's exam shows."""

    course: str
    name: str
    exam: Exam
    language: str
    grade: Grade
    earned: float
    band: str | None
    asked: tuple[Asked, ...]
    """The questions as this student was asked, in the order of the exam."""
    answers: Mapping[str, Answer]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """question -> the PNG file that stands beside it"""
    sheets: tuple[ReadSheet, ...] = ()
    order: tuple[str, ...] = ()
    """The questions in the order of this student's copy, where there is one: they have their numbers on paper."""
    person: str = ""
    """The student's full name, where the roster has it."""


@dataclass(frozen=True)
class ShownOption:
    """One option of a choice."""

    says: str
    state: Literal["chosen-right", "chosen-wrong", "right", ""]


@dataclass(frozen=True)
class ShownQuestion:
    """One question as the page shows it."""

    number: int
    question: Question
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    """Why, finding by finding; what all of them say in the end, the last one says for all."""
    overrides: Mapping[str, Override]
    options: tuple[ShownOption, ...]
    rows: tuple[Comparison, ...]
    picture: str
    """A `data:` address, or empty."""


@dataclass(frozen=True)
class ShownSheet:
    """A sheet with its picture as a `data:` address."""

    sheet: ReadSheet
    source: str


@dataclass(frozen=True)
class ExamView:
    """The page, worked out."""

    questions: tuple[ShownQuestion, ...]
    counts: tuple[tuple[str, int], ...]
    bands: tuple[GradeBand, ...]
    sheets: tuple[ShownSheet, ...]


def render_exam_student(page: ExamPage) -> str:
    """The page of one student's exam, in one self-contained HTML file without a script."""
    return make_environment().get_template("exam-student.html").render(page=page, view=view_of(page))


def view_of(page: ExamPage) -> ExamView:
    """What the template sets."""
    statuses = Counter(finding.status for finding in page.grade.findings)
    return ExamView(
        questions=tuple(_questions(page)),
        counts=tuple((status, statuses[status]) for status in get_args(Status) if statuses[status]),
        bands=tuple(page.exam.bands),
        sheets=tuple(ShownSheet(sheet, _shrink(sheet.jpeg) if sheet.jpeg else "") for sheet in page.sheets),
    )


def is_right(asked: Asked, part: str, value: str) -> bool | None:
    """Whether a tick at this value belongs to a right answer; None where no single box is right or wrong."""
    question = asked.question
    if asked.void is not None:
        return None
    return question.part.is_right(part, value, asked.accept)


def _questions(page: ExamPage) -> Iterator[ShownQuestion]:
    findings = {finding.criterion: finding for finding in page.grade.findings}
    standing = find_standing(page.grade.findings, page.grade.overrides)
    places = {name: place for place, name in enumerate(page.order)}
    in_order = sorted(page.asked, key=lambda asked: places.get(asked.question.id, len(places)))
    for number, asked in enumerate(in_order, start=1):
        question = asked.question
        own = [name for name in question.criteria if name in findings]
        because, explanation = (
            [findings[name].because for name in own],
            verbatim(question.explanation.say(page.language)),
        )
        earlier = [_without(explanation, reason) for reason in because[:-1]]
        answer = page.answers.get(question.id)
        value = answer.value if answer is not None and answer.status == "answered" else None
        value = value if value is not None and fits(question, value) else None
        picture = page.pictures.get(question.id)
        yield ShownQuestion(
            number=number,
            question=question,
            findings=tuple(findings[name] for name in own),
            reasons=(*earlier, *because[-1:]),
            overrides={name: standing[name] for name in own if name in standing},
            options=tuple(_options(asked, value, page.language)),
            rows=tuple(question.part.compare(value, asked.accept, page.language)),
            picture=_address("image/png", picture) if picture else "",
        )


def _without(last: Reason, reason: Reason) -> Reason:
    """The reason without its last sentence, where that is this one, and it has others."""
    *parts, end = [*reason.values.values()] or [NOTHING]
    return join(parts) if parts and end == last else reason


def _options(asked: Asked, value: Any, language: str) -> Iterator[ShownOption]:
    for name, says in asked.question.part.options_to_tick.items():
        chosen, right = name in (value or ()), bool(is_right(asked, "", name))
        state: Literal["chosen-right", "chosen-wrong", "right", ""] = "right" if right else ""
        if chosen:
            state = "chosen-right" if right or asked.void is not None else "chosen-wrong"
        yield ShownOption(says.say(language), state)


def _shrink(jpeg: bytes) -> str:
    """The picture of a sheet, as small as it can be read."""
    image = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
    image.draft("L", (SHEET_WIDTH_PX, SHEET_WIDTH_PX))  # the decoder leaves out what would be thrown away
    written = io.BytesIO()
    image.convert("L").save(written, "JPEG", quality=SHEET_QUALITY)
    return _address("image/jpeg", written.getvalue())


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64," + base64.b64encode(content).decode("ascii")
