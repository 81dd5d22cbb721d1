"""What every source ends as: submissions with their bytes, and by name whatever could not be taken."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from grader.model import Submission


@dataclass(frozen=True)
class Problem:
    """Something that was sent and could not be taken: whose it is, what is wrong, and the next step. Never a zero."""

    student: str
    """As the roster names them; empty where nobody knows whose it is."""
    called: str
    """What is known of the sender: an address, a file's name, a row."""
    what: str
    """A sentence that the student may read."""
    remedy: str
    """The next step, which the student may read, too."""
    source: str
    message: str = ""
    """The mail that brought it, so that it can be answered."""
    ours: bool = False
    """The next step is the instructor's, not the student's: nothing to write to anybody."""


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
