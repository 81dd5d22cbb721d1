"""Reads a file's cells as the response to a question. What does not match waits for a person; nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping

from grader.exam.questions import Question
from grader.model import Answer


def read_cell(question: Question, cell: str, *, names: bool) -> Answer:
    """The response in a cell; `names` says that the file may hold the names of options beside their texts."""
    return question.part.read_cell(cell, names=names) if cell.strip() else Answer(status="missing")


def read_row(question: Question, cells: Mapping[str, str], *, names: bool) -> Answer:
    """The response of a question that has a column for each statement, pair or criterion: name -> cell."""
    return question.part.read_parts(cells, names=names)
