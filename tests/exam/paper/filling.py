"""Fills printed copies as simulated students mean to: from answers to ticks, and from ticks to pictures of pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.exam.kinds.practical import points_offered
from grader.exam.paper.sheet import Box, Copy, Page, Print
from grader.exam.questions import Question
from grader.exam.variants import make_variant
from grader.model import Answer, Run, Submission
from tests.exam.simulation import as_response, simulate

from .pens import Meaning, Paper, Pen

RENDERED_DPI = 200.0
PX_PER_MM = RENDERED_DPI / 25.4


def responses_to(print_: Print, exam_name: str, chance: np.random.Generator) -> list[tuple[Submission, Run]]:
    """What each named student of a print means to answer, in the numbers of their own copy."""
    return [_response(print_, copy, exam_name, int(chance.integers(2**31))) for copy in print_.copies]


def _response(print_: Print, copy: Copy, exam_name: str, seed: int) -> tuple[Submission, Run]:
    exam = print_.exam.model_copy(update={"seed": copy.seed})
    ((_, run),) = simulate(exam, 1, seed)
    answers = {
        question.id: _as_on_paper(make_variant(question, copy.seed), run.answers[question.id])
        for question in exam.questions
    }
    return as_response(copy.student or f"copy {copy.number}", answers, copy.seed, exam_name)


def _as_on_paper(question: Question, answer: Answer) -> Answer:
    """The answer as a sheet can hold it: numbers with as many digits as there are rows, points that are offered."""
    if answer.status != "answered":
        return answer
    value: Any = answer.value
    if question.numeric is not None:
        value = f"{float(value):.{question.numeric.decimals}f}"
    if question.practical is not None:
        offered = {name: points_offered(step.points) for name, step in question.practical.criteria.items()}
        value = {
            name: float(min(offered[name], key=lambda points: abs(float(points) - given)))
            for name, given in value.items()
        }
    return answer.model_copy(update={"value": value})


def ticks_of(question: Question, answer: Answer) -> set[tuple[str, str]]:
    """(part, value) of the boxes that say so much; none for what is written by hand."""
    if answer.status != "answered":
        return set()
    value: Any = answer.value
    match question.kind:
        case "single":
            return {("", name) for name in value}
        case "multiple":
            return {("", name) for name in value} or {("", "none applies")}
        case "rows":
            return {(name, str(call).lower()) for name, call in value.items()}
        case "matching":
            return set(value.items())
        case "ordering":
            return {(step, str(place)) for place, step in enumerate(value, start=1)}
        case "practical":
            return {(name, f"{points:g}") for name, points in value.items()}
        case "numeric":
            whole, _, decimals = value.lstrip("-").partition(".")
            rows = {(str(len(whole) - 1 - n), digit) for n, digit in enumerate(whole)}
            rows |= {(str(-1 - n), digit) for n, digit in enumerate(decimals)}
            return rows | ({("sign", "-")} if value.startswith("-") else set())
    return set()


def meanings_of(
    print_: Print, copy: Copy, answers: Mapping[str, Answer], chance: np.random.Generator, *, slips: float = 0.05
) -> dict[str, Meaning]:
    """box -> what its student means by it; here and there another box of a row was ticked first, and taken back."""
    questions = {question.id: question for question in print_.exam.questions}
    ticks = {name: ticks_of(questions[name], answer) for name, answer in answers.items()}
    meanings: dict[str, Meaning] = {}
    for boxes in rows_of(copy):
        for box in boxes:
            meanings[box.id] = "marked" if (box.part, box.value) in ticks[box.question] else "empty"
        empty = [box for box in boxes if meanings[box.id] == "empty"]
        if empty and len(empty) < len(boxes) and chance.random() < slips:
            meanings[empty[int(chance.integers(len(empty)))].id] = str(chance.choice(["cancelled", "erased"]))
    return meanings


def rows_of(copy: Copy) -> Iterator[list[Box]]:
    """The boxes of a copy by question and part."""
    rows: dict[tuple[str, str], list[Box]] = {}
    for page in copy.pages:
        for box in page.boxes:
            rows.setdefault((box.question, box.part), []).append(box)
    return iter(rows.values())


def words_of(page: Page, answers: Mapping[str, Answer]) -> dict[str, str]:
    """question -> what is written into its place on a page, where anything is."""
    given = {field.question: answers[field.question] for field in page.fields}
    return {name: str(answer.value) for name, answer in given.items() if answer.status == "answered"}


def fill(
    picture: np.ndarray,
    page: Page,
    meanings: Mapping[str, Meaning],
    pen: Pen,
    chance: np.random.Generator,
    words: Mapping[str, str] = MappingProxyType({}),
    *,
    coloured: bool = False,
) -> np.ndarray:
    """The picture of a printed page, rendered at RENDERED_DPI, with what a pen leaves on it, from 0 to 1."""
    paper = Paper(picture, PX_PER_MM, coloured=coloured)
    for box in page.boxes:
        paper.write(box, meanings[box.id], pen, chance)
    for field in page.fields:
        if field.question in words:
            paper.write_words(field, words[field.question], pen, chance)
    return paper.picture


def one_in_each_row(page: Page, chance: np.random.Generator) -> dict[str, Meaning]:
    """A tick in each row of a page, and nothing else."""
    rows: dict[tuple[str, str], list[Box]] = {}
    for box in page.boxes:
        rows.setdefault((box.question, box.part), []).append(box)
    ticked = {own[int(chance.integers(len(own)))].id for own in rows.values()}
    return {box.id: "marked" if box.id in ticked else "empty" for box in page.boxes}
