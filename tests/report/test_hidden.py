"""The course's own rubrics: no page of a student holds what was expected of a probe that is hidden and not revealed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.course.course import read_course
from grader.language import verbatim
from grader.model import Answer, Grade, Run
from grader.report import StudentPage, render_student
from grader.rubric import Rubric, probes_of
from grader.score import score
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from tests.report.html_tree import Page

COURSE = read_course(Path(__file__).parents[2])
PROVEN = [name for name in COURSE.assignments if COURSE.assignment(name).rubric_path.exists()]


def spoilt(value: Any) -> Any:
    """The answer of a student who is a bit wrong everywhere."""
    if isinstance(value, dict):
        return {key: spoilt(item) for key, item in value.items()}
    if isinstance(value, list):
        return [spoilt(item) for item in value]
    if isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
        return value * 1.37 + 0.1234567
    return value * 1.37 + 0.1234567 if isinstance(value, float) else value


def numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, np.ndarray) and value.dtype.kind == "f":
        yield from (float(number) for number in value.flat if np.isfinite(number))
    elif isinstance(value, float):
        yield value


def secrets_of(rubric: Rubric) -> set[str]:
    """Probes that are hidden, and that no criterion shows because another probe is revealed."""
    named = {name for criterion in rubric.criteria for name in probes_of(criterion)}
    return {name for name in named if rubric.probes[name].hidden and not rubric.probes[name].reveal}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> WorkFolder:
    return WorkFolder(tmp_path_factory.mktemp("work"))


@pytest.mark.parametrize("name", PROVEN)
def test_no_page_holds_an_expected_value_that_is_hidden(name: str, work: WorkFolder, student_page: StudentPage) -> None:
    rubric = COURSE.assignment(name).rubric
    expected = verbs.expected_for(COURSE, work, COURSE.assignment(name), ["ana"])["ana"]
    answers = {probe: Answer(status="answered", value=spoilt(told.value)) for probe, told in expected.items()}
    run = Run(key="k" * 32, sha256="ab" * 32, end="finished", because=verbatim("It ran."), answers=answers)
    findings = tuple(score(run, rubric, expected))
    grade = Grade(student="ana", assignment=name, findings=findings, end="finished")
    page = replace(student_page, assignment=name, rubric=rubric, run=run, grade=grade, expected=expected)
    html = render_student(page)

    hidden = secrets_of(rubric) & set(expected)
    told = set(re.findall(r"\d+\.\d+", Page(html).text))
    for probe in hidden:
        digits = {f"{abs(number):.{places}g}" for number in numbers_in(expected[probe].value) for places in (4, 5, 6)}
        assert not {text for text in digits & told if len(text) > 4}, probe
    # Nor in a picture: other expected values make the same page.
    other = {
        probe: Answer(status="answered", value=spoilt(spoilt(answer.value))) if probe in hidden else answer
        for probe, answer in expected.items()
    }
    assert render_student(replace(page, expected=other)) == html
    # A self-check holds nothing of what is revealed only afterwards, either.
    shut = {probe for probe in expected if rubric.probes[probe].hidden}
    check = replace(page, public_only=True)
    assert render_student(check) == render_student(
        replace(check, expected={probe: answer for probe, answer in expected.items() if probe not in shut})
    )
    assert html.count('<figure class="beside">') > 0 or name == "regression"
