"""A practical exercise: a person grades it by a small rubric, or its notebook is graded as an assignment.

A response is {criterion: points}, what a person gave on paper; it may be empty.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from grader.exam.kinds.cells import clip, one_in_each, unusable
from grader.exam.kinds.paper_parts import CorrectorRows, PaperPart, SmallPrint, WritingPlace
from grader.exam.kinds.question_kind import Around, Id, QuestionKind, Remark, ResponseVerdict, Step
from grader.files.config_files import PlacedError
from grader.language import Digits, _
from grader.model import Answer

MOST_OFFERED = 11
"""Points that can be ticked for a criterion."""


class Practical(QuestionKind):
    """An exercise that a person grades by a small rubric, or that a notebook assignment grades."""

    criteria: dict[Id, Step] = Field(default_factory=dict)
    assignment: str | None = Field(None, description="the assignment whose points count, in proportion")

    name = "practical"
    by_corrector = True

    @model_validator(mode="after")
    def _one_way(self) -> Practical:
        if bool(self.criteria) == (self.assignment is not None):
            remedy = "Write one of the two, and not both."
            raise PlacedError("needs either `criteria`, for a person, or `assignment`, a notebook's", remedy=remedy)
        return self

    def check(self, around: Around) -> None:
        total = sum(step.points for step in self.criteria.values())
        if self.criteria and abs(total - around.points) > 1e-9:
            remedy = "Change its `points`, or a criterion's."
            raise PlacedError(f"its criteria add up to {total:g} points, but it says {around.points:g}", remedy=remedy)

    @property
    def graded_steps(self) -> Mapping[str, Step]:
        return self.criteria

    @property
    def graded_as(self) -> str | None:
        return self.assignment

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and all(
            name in self.criteria and isinstance(given, int | float) and 0 <= given <= self.criteria[name].points
            for name, given in value.items()
        )

    def read_cell(self, cell: str, *, names: bool) -> Answer:
        return Answer(
            status="answered",
            value={},
            because=_("A person gives these points. The answer: {answer}", answer=clip(cell)),
        )

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        return {name: list(step.says.all) for name, step in self.criteria.items()}

    def read_parts(self, cells: Mapping[str, str], *, names: bool) -> Answer:
        points: dict[str, float] = {}
        for name, cell in cells.items():
            if not cell.strip():
                continue  # not given yet
            most = self.criteria[name].points
            try:
                given = float(cell.strip().replace(",", "."))
            except ValueError:
                given = -1.0
            if not 0 <= given <= most:
                because = _(
                    "“{answer}” is no number of points from 0 to {most} for `{name}`.",
                    answer=clip(cell),
                    most=most,
                    name=name,
                )
                return unusable(because, cell)
            points[name] = given
        return Answer(status="answered", value=points)

    @property
    def on_paper(self) -> bool:
        return bool(self.criteria)

    def read_ticks(self, rows: Mapping[str, Sequence[str]]) -> Answer:
        each = one_in_each(rows)
        if isinstance(each, Answer):
            return each
        # A row without a tick has no points yet: it waits for whoever corrects.
        return Answer(status="answered", value={name: float(one) for name, one in each.items() if one is not None})

    def judge_each(self, answer: Answer | None, shares: Mapping[str, float | None]) -> Mapping[str, ResponseVerdict]:
        if self.assignment is not None:
            return {"": _of_notebook(self.assignment, shares.get(self.assignment))}
        given = answer.value if answer is not None and self.fits(answer.value) else {}
        return {name: _of_step(step, given.get(name), answer) for name, step in self.criteria.items()}

    def arrange(self, chance: random.Random) -> tuple[Sequence[str], Sequence[str]]:
        return tuple(self.criteria), ()

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        if not self.criteria:
            yield SmallPrint(_("This exercise is handed in as a notebook."))
            return
        yield WritingPlace("exercise")
        steps = [(name, self.criteria[name]) for name in order]
        rows = tuple((name, step.says.say(language), points_offered(step.points)) for name, step in steps)
        yield CorrectorRows(_("For the corrector only"), rows)

    def remarks(self, question: str, folder: Path) -> Iterator[Remark]:
        """`folder` is the exam's; assignments lie beside it."""
        file = folder.parent / (self.assignment or "") / "assignment.toml"
        if self.assignment is not None and not file.is_file():
            yield Remark(
                ("assignment",),
                f"`{question}`: there is no assignment `{self.assignment}` whose points could count",
                f"Write one, {file}, or name another.",
            )


def _of_notebook(assignment: str, share: float | None) -> ResponseVerdict:
    if share is None:
        command = f"grader grade {assignment}"
        because = _("Its notebook has no grade yet, or one that waits for a person: {command}", command=command)
        return ResponseVerdict(None, because)
    because = _(
        "Your notebook for {assignment} earned {percent} % of its points.",
        assignment=f"`{assignment}`",
        percent=Digits(f"{100 * share:.4g}"),
    )
    return ResponseVerdict(share, because, explained=False)


def _of_step(step: Step, given: float | None, answer: Answer | None) -> ResponseVerdict:
    if given is not None:
        told = _("A person gave {earned} of {possible} points.", earned=given, possible=step.points)
        return ResponseVerdict(given / step.points, told)
    if answer is not None and answer.status == "missing":
        return ResponseVerdict(0.0, _("There is no answer."), unanswered=True, explained=False)
    told = answer.because if answer is not None and answer.because else _("A person gives these points.")
    return ResponseVerdict(None, told)


def points_offered(most: float) -> tuple[str, ...]:
    """The points that can be ticked for a criterion: halves where they are few, else whole ones, else elevenths.

    >>> points_offered(2), points_offered(2.25)[:3]
    (('0', '0.5', '1', '1.5', '2'), ('0', '0.225', '0.45'))
    """
    for step in (0.5, 1.0):
        count = most / step
        if count == int(count) and count < MOST_OFFERED:
            return tuple(f"{step * n:g}" for n in range(int(count) + 1))
    return tuple(f"{most * n / (MOST_OFFERED - 1):g}" for n in range(MOST_OFFERED))
