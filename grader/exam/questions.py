"""A question: its words, and what is right in the form of one of the kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model, model_validator

from grader.exam.arithmetic import Expression, refuse_unknown
from grader.exam.kinds import EVERY_KIND, QuestionKind
from grader.exam.kinds.question_kind import Around
from grader.exam.wording import LocalizedText
from grader.files.config_files import PlacedError
from grader.rubric import Name, Part

KINDS: tuple[str, ...] = tuple(kind.name for kind in EVERY_KIND)


class Choose(Part):
    """A parameter drawn from a list."""

    choose: list[float] = Field(min_length=1, description="each copy of the exam gets one of these")


class Picture(Part):
    """A picture beside the question's words."""

    file: str = Field(description="a file beside the exam's")
    shows: LocalizedText = Field(description="what it shows, for those who cannot see it")
    width_mm: float = Field(80.0, gt=10, le=180, description="how wide it is on paper")


class QuestionWords(Part):
    """What a question says, of whatever kind it is."""

    id: Name = Field(description="its name in responses, scores and revisions")
    topic: Name = Field(description="what it is about, as the item analysis shows it")
    points: float = Field(gt=0, description="what it is worth")
    asks: LocalizedText = Field(description="the question, as the student reads it")
    also: list[str] = Field(default_factory=list, description="other wordings under which a file may hold it")
    code: str | None = Field(None, description="code that is shown below the question")
    picture: Picture | None = None
    parameters: dict[str, Choose] = Field(default_factory=dict, description="drawn from the exam's seed")
    values: dict[str, Expression] = Field(
        default_factory=dict, description="computed from the parameters and the values above"
    )


if TYPE_CHECKING:
    _WithKinds = QuestionWords
else:
    # A field for each kind, so that adding a kind changes nothing here.
    _fields: dict[str, Any] = {kind.name: (kind | None, None) for kind in EVERY_KIND}
    _WithKinds = create_model("QuestionWithKinds", __base__=QuestionWords, **_fields)


class Question(_WithKinds):
    """One question of an exam: exactly one of the kinds holds what is right."""

    explanation: LocalizedText = Field(description="what a student reads afterwards")

    @model_validator(mode="after")
    def _hangs_together(self) -> Question:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise PlacedError(
                f"needs exactly one of {', '.join(KINDS)}; it has {' and '.join(given) or 'none'}",
                remedy="Keep one, and make the others questions of their own."
                if given
                else "Write what is right below one.",
            )
        known = list(self.parameters)
        for name, expression in self.values.items():
            refuse_unknown(expression, known, "values", name)
            known.append(name)
        self.part.check(Around(self.id, self.points, self.code, frozenset(known)))
        return self

    @property
    def part(self) -> QuestionKind:
        """What is right, in the form of its kind."""
        parts: Iterator[QuestionKind | None] = (getattr(self, kind) for kind in KINDS)
        return next(part for part in parts if part is not None)

    @property
    def kind(self) -> str:
        return self.part.name

    @property
    def criteria(self) -> dict[str, float]:
        """criterion -> points: the question itself or, where a person grades it by a rubric, the rubric's lines."""
        steps = self.part.graded_steps
        return {f"{self.id}-{name}": step.points for name, step in steps.items()} or {self.id: self.points}
