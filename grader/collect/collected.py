"""What every source ends as: submissions with their bytes, and by name whatever could not be taken."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from grader.model import Problem, Submission


@dataclass(frozen=True)
class Collected:
    """What a source holds: submissions with their bytes, the names of files that are none, and what went wrong."""

    submissions: tuple[tuple[Submission, bytes], ...]
    left_out: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    unchanged: tuple[Submission, ...] = ()
    """What was there before and has not changed since."""


def printable(text: str) -> str:
    """The text with escapes for what would not show, or would change the terminal."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def name_student(text: str) -> str:
    """A student's name in the one form of its accents that all systems agree on."""
    return printable(unicodedata.normalize("NFC", text.strip()))
