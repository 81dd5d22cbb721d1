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
    """The probability that the state is right; 0 where it is unsure."""
    cover: float = 0.0
    """The share of the box's inside that has ink."""
    because: Reason = NOTHING
    """Why it is unsure, in a sentence."""


class PageQuality(Noun):
    """What one scan of a page is able to show."""

    tones: Literal["grey", "black-and-white", "clipped"] = "grey"
    """`clipped`: its paper is pure white, so that whatever is a little darker than paper is gone."""
    faintest: float = 0.0
    """The darkness of the palest stroke that would be seen; black is 1."""


class SheetScan(Noun):
    """One scan of one sheet as it was measured: what its boxes mean is decided later, from all sheets of the copy."""

    print_id: str
    copy_number: int
    page: int
    source: str
    """The file that it came from, and the page of the file."""
    sha256: str
    """Of the picture."""
    quality: PageQuality
    measures: Mapping[str, tuple[float, ...]]
    """Name of what was measured -> its value for each box, in the page's order."""
    joined: tuple[tuple[int, int], ...] = ()
    """Pairs of boxes, by their places in the page's order, that a stroke of ink joins."""
    blank_fields: tuple[str, ...] = ()
    """Questions whose place to write in has no ink at all."""
    written_beside: tuple[str, ...] = ()
    """Questions without a clear tick that have ink beside their boxes."""
    replaces: tuple[str, ...] = ()
    """The hashes of scans of this sheet in whose place it was put."""

    @property
    def sheet(self) -> str:
        return sheet_id(self.print_id, self.copy_number, self.page)

    @property
    def id(self) -> str:
        """The name of its file: its sheet's, and the beginning of the picture's hash."""
        return f"{self.sheet}.{self.sha256[:16]}"


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
    waits: Reason = NOTHING
    """Why its empty boxes say nothing until a person has looked at it, in a sentence."""
    faded: tuple[str, ...] = ()
    """Questions whose ticks say nothing either while it waits: a row's only mark may be one that was taken back."""

    @property
    def id(self) -> str:
        return sheet_id(self.print_id, self.copy_number, self.page)


PAGE = "PAGE"
"""Stands in the place of a question where a person says of a whole page whether what seems empty is empty."""
AS_READ, BY_HAND = "as read", "by hand"
"""What can be said of it: that it is; or that its questions are read by a person, one by one."""


class MarkDecision(Noun):
    """What a person said of one item: a box is marked or empty, words are read, a student is named, a page is fine."""

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
