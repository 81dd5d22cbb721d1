"""Which column of a file belongs to which question: found by the heads, and in Moodle's files by the questions' texts.

A head is a question's text or its name; `text of the question [statement]`, or `question-statement`, stands for a part
of a question; Moodle's `Response 3` is known by its number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.csv_file import CsvRow
from grader.errors import UserError
from grader.exam.matching import fold_option
from grader.exam.questions import Question
from grader.exam.reading import parts_of

Layout = Literal["plain", "google", "moodle"]

STUDENT_HEADS = (
    *("student", "estudiante", "student number", "legajo", "matrícula"),
    *("id number", "número de id", "username", "nombre de usuario"),
    *("email address", "dirección de correo electrónico", "dirección de correo", "email", "correo electrónico"),
)
"""Heads of the column that says who a row is from, the surest first."""
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
    path: Path,
    head: Sequence[str],
    records: Sequence[CsvRow],
    questions: Mapping[str, Question],
    layout: Layout,
    student_head: str | None,
) -> Columns:
    """Where everything stands; a UserError where two columns are about the same, or none is about the exam."""
    student = _find_student(path, head, student_head)
    state = next((place for place, cell in enumerate(head) if fold_option(cell) in ("state", "estado")), None)
    known: dict[str, set[str]] = {}
    for asked in questions.values():
        for text in (asked.id, *asked.asks.all, *asked.also):
            known.setdefault(fold_option(text), set()).add(asked.id)
    numbered = _numbered(path, head, records, questions, known) if layout == "moodle" else {}
    whole: dict[str, int] = {}
    parts: dict[str, dict[str, int]] = {}
    unused: list[str] = []
    for place, cell in enumerate(map(str.strip, head)):
        if place in (student, state) or _ASIDE.search(cell):
            continue
        if layout == "moodle" and _match(_TOLD, cell):
            continue
        name, part = (numbered[place], None) if place in numbered else _question_of(path, cell, questions, known)
        if name is None:
            unused.append(cell)
        elif part is not None and part not in parts.setdefault(name, {}):
            parts[name][part] = place
        elif part is None and name not in whole:
            whole[name] = place
        else:
            remedy = "Rename one of the columns, or take one out."
            raise UserError(f"two columns are about `{name}`: {cell}", where=f"{path}:1", remedy=remedy)
    if not whole and not parts:
        raise UserError(
            "no column belongs to a question of this exam",
            where=f"{path}:1",
            remedy="Head each column with the question's text or its name, as exam.yaml has it; "
            "other wordings go into the question's `also`.",
        )
    return Columns(student, state, whole, parts, tuple(unused))


def _find_student(path: Path, head: Sequence[str], student_head: str | None) -> int:
    folded = [fold_option(cell) for cell in head]
    wanted = (fold_option(student_head),) if student_head else STUDENT_HEADS
    for name in wanted:
        if name in folded:
            return folded.index(name)
    told = f"no column is headed `{student_head}`" if student_head else "no column says who a row is from"
    raise UserError(told, where=f"{path}:1", remedy=f"Name one with --student; there are: {', '.join(head)}.")


def _question_of(
    path: Path, cell: str, questions: Mapping[str, Question], known: Mapping[str, set[str]]
) -> tuple[str | None, str | None]:
    """(question, part) of a column's head; part is None for the question as a whole."""
    plain = _NUMBER.sub("", cell)
    for words in (cell, plain):
        if fold_option(words) in known:
            return _the_one(path, words, known[fold_option(words)]), None
    found = _PART.fullmatch(plain)
    if found is not None and fold_option(found[1]) in known:
        name = _the_one(path, found[1], known[fold_option(found[1])])
        for part, texts in parts_of(questions[name]).items():
            if fold_option(found[2]) in [fold_option(text) for text in (part, *texts)]:
                return name, part
    for name, question in questions.items():
        for part in parts_of(question):
            if fold_option(plain) == f"{name}-{part}":
                return name, part
    return None, None


def _the_one(path: Path, words: str, names: set[str]) -> str:
    if len(names) > 1:
        raise UserError(
            f"`{words}` is what {' and '.join(f'`{name}`' for name in sorted(names))} ask",
            where=f"{path}:1",
            remedy="Head the columns with the questions' names instead.",
        )
    (name,) = names
    return name


def _numbered(
    path: Path,
    head: Sequence[str],
    records: Sequence[CsvRow],
    questions: Mapping[str, Question],
    known: Mapping[str, set[str]],
) -> dict[int, str]:
    """column -> question, for Moodle's numbered ones: by the question's text where the file has it, else by number."""
    responses = {int(found[1]): place for place, cell in enumerate(head) if (found := _match(_NUMBERED, cell))}
    told = {int(found[1]): place for place, cell in enumerate(head) if (found := _match(_TOLD, cell))}
    if told:
        full = [row.cells for row in records if len(row.cells) == len(head)]
        return {
            place: _told_in(path, number, {cells[told[number]] for cells in full}, known)
            for number, place in responses.items()
            if number in told
        }
    for names in (list(questions), [name for name, question in questions.items() if question.kind != "practical"]):
        if len(names) == len(responses):
            return {responses[number]: name for number, name in zip(sorted(responses), names, strict=True)}
    raise UserError(
        f"the file has {len(responses)} {'response' if len(responses) == 1 else 'responses'}, but the exam "
        f"{len(questions)} questions: "
        "their numbers do not tell which is which",
        where=str(path),
        remedy="Download the responses with the question text: Moodle has a tick for it.",
    )


def _told_in(path: Path, number: int, texts: set[str], known: Mapping[str, set[str]]) -> str:
    """The question that a column of question texts is about; Moodle lets the options follow the text."""
    found: set[str] = set()
    for text in texts - {"", BLANK_IN_MOODLE}:
        folded = fold_option(text)
        begins = max((words for words in known if folded.startswith(words)), key=len, default="")
        found |= known.get(begins, {""})
    if len(found) != 1 or "" in found:
        raise UserError(
            f"the text of question {number} is that of none of this exam's questions, or of more than one",
            where=str(path),
            remedy="Add Moodle's wording to the question's `also` in exam.yaml.",
        )
    (name,) = found
    return name


def _match(pattern: re.Pattern[str], cell: str) -> re.Match[str] | None:
    return pattern.fullmatch(fold_option(cell))
