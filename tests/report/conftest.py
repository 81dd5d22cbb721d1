"""Pages of one small course, which each test changes where it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from grader.language import verbatim
from grader.model import Answer, CellComparison, CellRun, Finding, Grade, NotebookFacts, Run, Submission
from grader.report import ClassPage, StudentPage, StudentRow
from grader.rubric import Rubric

GRID = np.linspace(-1.0, 1.0, 50)


def _network(name: str, predictions: Any, **more: Any) -> dict[str, Any]:
    described = {"name": name, "class": "Net", "layers": ["Linear", "Tanh", "Linear"], "parameters": 25, "error": ""}
    return {**described, "predictions": predictions, **more}


@pytest.fixture
def network() -> Callable[..., dict[str, Any]]:
    """One network, as a probe of models answers it: `network("model_1", predictions, error=…)`."""
    return _network


@pytest.fixture
def rubric() -> Rubric:
    """Three criteria: one public, one hidden, one for a person."""
    return Rubric.model_validate(
        {
            "points": 6,
            "probes": {
                "shape": {"evaluate": "x.shape"},
                "networks": {
                    "models": {"names": ["model_1"]},
                    "predict": {"grid": [-1.0, 1.0, 50]},
                    "hidden": True,
                },
                "truth": {"call": "f", "with": {"x": {"grid": [-1.0, 1.0, 50]}}, "ask": "reference", "reveal": True},
            },
            "criteria": [
                {
                    "id": "shape",
                    "says": "x has the right shape.",
                    "points": 1,
                    "probe": "shape",
                    "expect": {"value": [3]},
                },
                {
                    "id": "fit",
                    "says": "Your network predicts f.",
                    "points": 3.5,
                    "probe": "networks",
                    "expect": {"metric": {"name": "mse", "to": {"probe": "truth"}, "full": 0.01, "none": 0.2}},
                },
                {"id": "words", "says": "You compare.", "points": 1.5, "expect": {"person": {"shows": "words"}}},
            ],
        }
    )


@pytest.fixture
def student_page(rubric: Rubric) -> StudentPage:
    """A page on which everything went well, and one criterion waits."""
    says = {criterion.id: criterion.says for criterion in rubric.criteria}
    findings = (
        Finding(
            criterion="shape", says=says["shape"], status="met", earned=1, possible=1, because=verbatim("It is (3,).")
        ),
        Finding(
            criterion="fit",
            says=says["fit"],
            status="partly",
            earned=2,
            possible=3.5,
            because=verbatim("The error of `model_1` is 0.05."),
            diagnosis="up-to-scale",
            hidden=True,
        ),
        Finding(
            criterion="words",
            says=says["words"],
            status="unscored",
            earned=None,
            possible=1.5,
            because=verbatim("Read it."),
        ),
    )
    return StudentPage(
        course="A course of vision",
        assignment="lines",
        title="Lines and networks",
        submission=Submission(
            student="ana",
            assignment="lines",
            sha256="ab" * 32,
            source="ana.ipynb",
            received=datetime.fromisoformat("2024-08-11T23:58:00+00:00"),
        ),
        run=Run(
            key="cd" * 32,
            sha256="ab" * 32,
            end="finished",
            because=verbatim("All 2 code cells were run."),
            cells=(
                CellRun(index=0, number=1, title="x = load()", end="ok"),
                CellRun(index=2, number=2, title="plot(x)", end="ok"),
            ),
            answers={"networks": Answer(status="answered", value={"models": [_network("model_1", 0.9 * GRID)]})},
            facts=NotebookFacts(
                comparisons=(CellComparison(number=1, title="x = load()", stored=True, executed=True),),
                words="I prefer **model_1**.",
            ),
            environment={"torch": "2.13.0"},
            wall_s=3.2,
            cpu_s=3.0,
            memory_mib=410.4,
        ),
        rubric=rubric,
        grade=Grade(student="ana", assignment="lines", findings=findings, end="finished"),
        expected={"truth": Answer(status="answered", value=GRID.copy())},
    )


@pytest.fixture
def row(student_page: StudentPage) -> Callable[..., StudentRow]:
    """One more student of the class: `row("bruno", sha256=…, end=…)`."""

    def make(
        student: str, *, sha256: str = "", end: Any = "finished", because: str = "It ran.", **grade: Any
    ) -> StudentRow:
        submission = student_page.submission.model_copy(update={"student": student, "sha256": sha256 or student})
        run = student_page.run.model_copy(update={"end": end, "because": verbatim(because)})
        changes = {"student": student, "end": end, **grade}
        return StudentRow(submission, run, student_page.grade.model_copy(update=changes))

    return make


@pytest.fixture
def class_page(student_page: StudentPage, row: Callable[..., StudentRow]) -> ClassPage:
    """Two students, both of whom wait for a person."""
    return ClassPage(
        course=student_page.course,
        assignment=student_page.assignment,
        title=student_page.title,
        students=(row("ana"), row("bruno")),
        rubric=student_page.rubric,
        executed=1,
        reused=1,
        wall_s=12.0,
    )


@pytest.fixture
def changed(student_page: StudentPage) -> Callable[..., StudentPage]:
    """The student's page with other parts: `changed(run={…}, grade={…}, submission={…}, page={…})`."""

    def change(**parts: dict[str, Any]) -> StudentPage:
        page = parts.pop("page", {})
        nouns = {name: getattr(student_page, name).model_copy(update=update) for name, update in parts.items()}
        return replace(student_page, **nouns, **page)

    return change
