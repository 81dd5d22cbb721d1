"""Which column of a file belongs to which question: found by the heads, and in Moodle's files by the questions' texts.

A head is a question's text or its name; `text of the question [statement]`, or `question-statement`, stands for a part
of a question; Moodle's `Response 3` is known by its number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.errors import UserError
from grader.exam.option_search import fold_option
from grader.exam.questions import Question
from grader.files.csv_columns import ADDRESS, STUDENT, require_column, tell_heads
from grader.files.csv_file import CsvTable

Layout = Literal["plain", "google", "moodle"]

BLANK_IN_MOODLE = "-"
_NUMBERED = re.compile(r"(?:response|respuesta) (\d+)")
_TOLD = re.compile(r"(?:question|pregunta) (\d+)")
_ASIDE = re.compile(r"\[(score|feedback|puntuación|puntos|comentarios)\]\s*$", re.IGNORECASE)
_PART = re.compile(r"(.*?)\s*\[(.+)\]\s*", re.DOTALL)
_NUMBER = re.compile(r"^\d+[.)]\s*")


@dataclass(frozen=True)
class Columns:
    """Where things stand in a row."""

    student: int
    state: int | None
    whole: Mapping[str, int]
    """question -> its column"""
    parts: Mapping[str, Mapping[str, int]]
    """question -> part -> its column"""
    unused: tuple[str, ...]


def layout_of(head: Sequence[str]) -> Layout:
    """Whose file it is, by its head."""
    folded = [fold_option(cell) for cell in head]
    if any(_NUMBERED.fullmatch(cell) for cell in folded):
        return "moodle"
    return "google" if folded[0] in ("timestamp", "marca temporal") else "plain"


def find_columns(
    table: CsvTable, questions: Mapping[str, Question], layout: Layout, student_head: str | None
) -> Columns:
    """Where everything stands; a UserError where two columns are about the same, or none is about the exam."""
    head = table.head.cells
    student = _find_student(table, student_head)
    state = next((place for place, cell in enumerate(head) if fold_option(cell) in ("state", "estado")), None)
    known: dict[str, set[str]] = {}
    for asked in questions.values():
        for text in (asked.id, *asked.asks.all, *asked.also):
            known.setdefault(fold_option(text), set()).add(asked.id)
    numbered = _numbered(table, questions, known) if layout == "moodle" else {}
    whole: dict[str, int] = {}
    parts: dict[str, dict[str, int]] = {}
    unused: list[str] = []
    for place, cell in enumerate(map(str.strip, head)):
        if place in (student, state) or _ASIDE.search(cell):
            continue
        if layout == "moodle" and _match(_TOLD, cell):
            continue
        name, part = (numbered[place], None) if place in numbered else _question_of(table, cell, questions, known)
        if name is None:
            unused.append(cell)
        elif part is not None and part not in parts.setdefault(name, {}):
            parts[name][part] = place
        elif part is None and name not in whole:
            whole[name] = place
        else:
            remedy = "Rename one of the columns, or take one out."
            raise UserError(f"two columns are about `{name}`: {cell}", where=table.place(table.head), remedy=remedy)
    if not whole and not parts:
        raise UserError(
            "no column belongs to a question of this exam",
            where=table.place(table.head),
            remedy="Name each column by the question's text or its id in exam.yaml. "
            "Other wordings go into the question's `also`.",
        )
    return Columns(student, state, whole, parts, tuple(unused))


def _find_student(table: CsvTable, student_head: str | None) -> int:
    remedy = f"Name the one that does with --student; there are: {tell_heads(table)}."
    if not student_head:
        return require_column(table, STUDENT, ADDRESS, remedy=remedy)
    found = [place for place, cell in enumerate(table.head.cells) if fold_option(cell) == fold_option(student_head)]
    if len(found) != 1:
        told = (
            f"no column is headed `{student_head}`"
            if not found
            else f"{len(found)} columns are headed `{student_head}`"
        )
        raise UserError(told, where=table.place(table.head), remedy=remedy if not found else "Rename one of them.")
    return found[0]


def _question_of(
    table: CsvTable, cell: str, questions: Mapping[str, Question], known: Mapping[str, set[str]]
) -> tuple[str | None, str | None]:
    """(question, part) of a column's head; part is None for the question as a whole."""
    plain = _NUMBER.sub("", cell)
    for words in (cell, plain):
        if fold_option(words) in known:
            return _the_one(table, words, known[fold_option(words)]), None
    found = _PART.fullmatch(plain)
    if found is not None and fold_option(found[1]) in known:
        name = _the_one(table, found[1], known[fold_option(found[1])])
        for part, texts in questions[name].part.parts.items():
            if fold_option(found[2]) in [fold_option(text) for text in (part, *texts)]:
                return name, part
    for name, question in questions.items():
        for part in question.part.parts:
            if fold_option(plain) == f"{name}-{part}":
                return name, part
    return None, None


def _the_one(table: CsvTable, words: str, names: set[str]) -> str:
    if len(names) > 1:
        raise UserError(
            f"`{words}` is what {' and '.join(f'`{name}`' for name in sorted(names))} ask",
            where=table.place(table.head),
            remedy="Name the columns by the questions' ids instead.",
        )
    (name,) = names
    return name


def _numbered(table: CsvTable, questions: Mapping[str, Question], known: Mapping[str, set[str]]) -> dict[int, str]:
    """column -> question, for Moodle's numbered ones: by the question's text where the file has it, else by number."""
    head = table.head.cells
    responses = {int(found[1]): place for place, cell in enumerate(head) if (found := _match(_NUMBERED, cell))}
    told = {int(found[1]): place for place, cell in enumerate(head) if (found := _match(_TOLD, cell))}
    if told:
        full = [row.cells for row in table.rows if len(row.cells) == len(head)]
        return {
            place: _told_in(table, number, {cells[told[number]] for cells in full}, known)
            for number, place in responses.items()
            if number in told
        }
    for names in (list(questions), [name for name, question in questions.items() if not question.part.by_corrector]):
        if len(names) == len(responses):
            return {responses[number]: name for number, name in zip(sorted(responses), names, strict=True)}
    raise UserError(
        f"the file has {len(responses)} {'response' if len(responses) == 1 else 'responses'}, but the exam "
        f"{len(questions)} questions: "
        "the numbers alone do not identify the questions",
        where=table.where,
        remedy="Download the responses with the question text: Moodle has a tick for it.",
    )


def _told_in(table: CsvTable, number: int, texts: set[str], known: Mapping[str, set[str]]) -> str:
    """The question that a column of question texts is about; Moodle lets the options follow the text."""
    found: set[str] = set()
    for text in texts - {"", BLANK_IN_MOODLE}:
        folded = fold_option(text)
        begins = max((words for words in known if folded.startswith(words)), key=len, default="")
        found |= known.get(begins, {""})
    if len(found) != 1 or "" in found:
        raise UserError(
            f"the text of question {number} is that of none of this exam's questions, or of more than one",
            where=table.where,
            remedy="Add Moodle's wording to the question's `also` in exam.yaml.",
        )
    (name,) = found
    return name


def _match(pattern: re.Pattern[str], cell: str) -> re.Match[str] | None:
    return pattern.fullmatch(fold_option(cell))
