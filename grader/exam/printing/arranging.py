"""A copy's own order: questions within their section, options within their question, from the copy's seed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from grader.errors import UserError
from grader.exam.exam import Exam, Section
from grader.exam.questions import Option, Question
from grader.exam.variants import make_variant

Item = TypeVar("Item")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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
        questions = _shuffled(section.questions, random.Random(f"{seed}/{section.id}"))
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
    order: Sequence[str] = ()
    partners: Sequence[str] = ()
    choice = asked.single or asked.multiple
    if choice is not None:
        order = _shuffled_options(choice.options, chance) if choice.shuffle else list(choice.options)
    elif asked.rows is not None:
        order = _shuffled(asked.rows.statements, chance) if asked.rows.shuffle else list(asked.rows.statements)
    elif asked.matching is not None:
        order, partners = list(asked.matching.pairs), _shuffled(asked.matching.partners, chance)
    elif asked.ordering is not None:
        order = _shuffled(asked.ordering.steps, chance)
    elif asked.practical is not None:
        order = list(asked.practical.criteria)
    return Arranged(number, asked, tuple(order), tuple(partners))


def _shuffled(items: Sequence[Item] | Mapping[Item, object], chance: random.Random) -> list[Item]:
    shuffled = list(items)
    chance.shuffle(shuffled)
    return shuffled


def _shuffled_options(options: Mapping[str, Option], chance: random.Random) -> list[str]:
    """The options shuffled among the places that no pinned one holds."""
    free = iter(_shuffled([name for name, option in options.items() if not option.pinned], chance))
    return [name if option.pinned else next(free) for name, option in options.items()]
