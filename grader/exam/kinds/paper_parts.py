"""What a kind of question has on paper, as data: `printing` sets it, and knows no kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from grader.exam.wording import LocalizedText


@dataclass(frozen=True)
class SheetLanguage:
    """How a copy speaks."""

    language: str
    decimal: str
    """The decimal separator."""

    def say(self, text: LocalizedText) -> str:
        """The words in the copy's language."""
        return text.say(self.language)

    def write(self, number: str) -> str:
        """A number with the copy's decimal separator.

        >>> SheetLanguage("es", ",").write("0.5")
        '0,5'
        """
        return number.replace(".", self.decimal)


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

    columns: tuple[tuple[str, str], ...]
    """(value, its name)"""
    rows: tuple[tuple[str, str], ...]
    """(part, its words)"""
    named_by: Literal["letters", "words"] = "letters"
    """Letters and numbers stand closer than words."""


@dataclass(frozen=True)
class DigitRows:
    """Ten boxes for each digit of a number."""

    how: str
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

    how: str
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(part, its words, the points)"""


@dataclass(frozen=True)
class SmallPrint:
    """A remark."""

    words: str


PaperPart: TypeAlias = LetteredOptions | LetteredList | TickGrid | DigitRows | WritingPlace | CorrectorRows | SmallPrint
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
