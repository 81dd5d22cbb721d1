"""What was read on a sheet, and what a person decided of it, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from grader.language import N_, NOTHING, Reason
from grader.model import Noun

State = Literal["empty", "marked", "cancelled", "unsure"]
"""How a box was left. `unsure` never becomes an answer: a person decides."""
STATES: Mapping[State, str] = {
    "empty": N_("not ticked"),
    "marked": N_("ticked"),
    "cancelled": N_("cancelled"),
    "unsure": N_("not sure"),
}


class BoxReading(Noun):
    """One box as it was read."""

    box: str
    state: State
    confidence: float
    """From 0, at the border of another state, to 1."""
    cover: float
    """The share of the box's inside that has ink."""
    because: Reason = NOTHING
    """Why it is unsure, in a sentence."""


class Sheet(Noun):
    """One sheet as it was read."""

    print_id: str
    copy_number: int
    page: int
    source: str
    """The file that it came from, and the page of the file."""
    sha256: str
    """Of the picture."""
    boxes: tuple[BoxReading, ...]
    blank_fields: tuple[str, ...] = ()
    """Questions whose place to write in has no ink at all."""
    written_beside: tuple[str, ...] = ()
    """Questions without a tick that have ink beside their boxes."""

    @property
    def id(self) -> str:
        return sheet_id(self.print_id, self.copy_number, self.page)


class MarkDecision(Noun):
    """What a person said of one item: a box is marked or empty, words are read, a student is named."""

    sheet: str
    item: str
    value: str
    who: str
    when: datetime


def sheet_id(print_id: str, copy: int, page: int) -> str:
    """The name of a sheet, as it also stands on it.

    >>> sheet_id("0a1b2c", 3, 1)
    '0a1b2c-3-1'
    """
    return f"{print_id}-{copy}-{page}"
