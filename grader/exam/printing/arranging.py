"""A copy's own order: questions within their section, options within their question, from the copy's seed."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

from grader.errors import UserError
from grader.exam.exam import Exam, Section
from grader.exam.questions import Question
from grader.exam.variants import make_variant


@dataclass(frozen=True)
class Arranged:
    """A question as one copy has it: its number, its own numbers filled in, and its parts in their order."""

    number: int
    question: Question
    order: tuple[str, ...] = ()
    """Names of options, statements, pairs or steps, as they stand on the sheet."""
    partners: tuple[str, ...] = ()
    """Of a matching: the names on the right, lettered in this order."""


@dataclass(frozen=True)
class ArrangedSection:
    """A section with its questions in a copy's order."""

    section: Section
    questions: tuple[Arranged, ...]


def seed_of(exam: Exam, student: str) -> int:
    """The seed of a student's copy: another for each student, and the same whenever it is printed.

    The least bits of a hash, few enough to be a number that every file format keeps.
    """
    return int.from_bytes(hashlib.sha256(f"{exam.seed}/{student}".encode()).digest()[:4], "big")


def arrange(exam: Exam, seed: int) -> tuple[ArrangedSection, ...]:
    """The exam in a copy's order; sections stay in theirs, and pinned options in their places."""
    sections: list[ArrangedSection] = []
    number = 1
    for section in exam.sections:
        questions = list(section.questions)
        random.Random(f"{seed}/{section.id}").shuffle(questions)
        sections.append(
            ArrangedSection(section, tuple(_arrange_question(q, number + n, seed) for n, q in enumerate(questions)))
        )
        number += len(questions)
    return tuple(sections)


def _arrange_question(question: Question, number: int, seed: int) -> Arranged:
    chance = random.Random(f"{seed}/{question.id}/order")
    try:
        asked = make_variant(question, seed)
    except ValueError as error:
        remedy = f"`grader exam lint` tries many seeds; this one is {seed}."
        raise UserError(f"`{question.id}` cannot be drawn for a copy: {error}", remedy=remedy) from error
    order, partners = asked.part.arrange(chance)
    return Arranged(number, asked, tuple(order), tuple(partners))
