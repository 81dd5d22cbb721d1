"""What a kind of question has on paper, as data: `printing` sets it, and knows no kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from grader.language import Reason


@dataclass(frozen=True)
class LetteredOptions:
    """A box and a letter before each option, as (value, words)."""

    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LetteredList:
    """Words with letters, without a box."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class TickGrid:
    """A row of boxes before the words of each part, below the names of the columns."""

    columns: tuple[tuple[str, str | Reason], ...]
    """(value, its name)"""
    rows: tuple[tuple[str, str], ...]
    """(part, its words)"""
    named_by: Literal["letters", "words"] = "letters"
    """Letters and numbers stand closer than words."""


@dataclass(frozen=True)
class DigitRows:
    """Ten boxes for each digit of a number."""

    how: Reason
    rows: tuple[tuple[str, str], ...]
    """(part, what the row counts)"""
    sign: bool


@dataclass(frozen=True)
class WritingPlace:
    """A place to write in: a person reads it."""

    size: Literal["line", "exercise"]


@dataclass(frozen=True)
class CorrectorRows:
    """Points to tick for whoever corrects."""

    how: Reason
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(part, its words, the points)"""


@dataclass(frozen=True)
class SmallPrint:
    """A remark."""

    words: Reason


PaperPart: TypeAlias = LetteredOptions | LetteredList | TickGrid | DigitRows | WritingPlace | CorrectorRows | SmallPrint
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
