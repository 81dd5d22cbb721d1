"""What changed between two copies of a shared notebook: the code of its cells, not what they printed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from grader.deadlines.lateness import Terms, tell_moment
from grader.files.notebook_file import UnreadableError, read_notebook
from grader.language import NOTHING, Reason, _, join
from grader.model import Submission

MOST_NAMED = 5


def tell_later(
    chosen: Submission, submissions: Sequence[Submission], terms: Terms, read: Callable[[str], bytes]
) -> Reason:
    """What became of the shared notebook after the copy that counts; an empty text where nothing did."""
    if chosen.evidence is None or not chosen.evidence.file or terms.closes is None:
        return NOTHING
    later = [
        one
        for one in submissions
        if one.evidence and one.evidence.file == chosen.evidence.file and one.received and one.received > terms.closes
    ]
    if not later or chosen.sha256 == later[-1].sha256:
        return NOTHING
    last = later[-1]
    when = tell_moment(last.received, terms.zone) if last.received else NOTHING
    changes = tell_changes(read(chosen.sha256), read(last.sha256))
    told = _("It was changed after the deadline, on {when}, which does not count.", when=when)
    return told + changes


def tell_changes(before: bytes, after: bytes) -> Reason:
    """The difference of two notebooks' cells in a sentence; a cell that was only run again has not changed.

    >>> one, two = (b'{"cells": [{"cell_type": "code", "source": "x = %d"}]}' % x for x in (1, 2))
    >>> str(tell_changes(one, two))
    'What changed: code cell 1 (`x = 1`).'
    >>> str(tell_changes(one, one))
    'Its code and text are the same: it was only run or saved again.'
    """
    try:
        old, new = _cells(before), _cells(after)
    except UnreadableError:
        return _("The changes are unknown: one of the two files is not a notebook.")
    changes: list[Reason] = []
    matcher = difflib.SequenceMatcher(
        a=[source for _cell, source in old], b=[source for _cell, source in new], autojunk=False
    )
    for kind, first, end, first_new, end_new in matcher.get_opcodes():
        if kind == "equal":
            continue
        shared = min(end - first, end_new - first_new)
        changes += [_name(old[place]) for place in range(first, first + shared)]
        changes += [_("{cell} taken out", cell=_name(old[place])) for place in range(first + shared, end)]
        changes += [_("{cell} added", cell=_name(new[place])) for place in range(first_new + shared, end_new)]
    if not changes:
        return _("Its code and text are the same: it was only run or saved again.")
    named = join(changes[:MOST_NAMED], ", ")
    if len(changes) <= MOST_NAMED:
        return _("What changed: {cells}.", cells=named)
    return _("What changed: {cells}, and {more} more.", cells=named, more=len(changes) - MOST_NAMED)


def _cells(content: bytes) -> list[tuple[Reason, str]]:
    """(how a person finds it, source) of every cell that says something."""
    found, numbers = [], {"code": 0, "markdown": 0}
    for cell in read_notebook(content, limit_mib=float("inf")).cells:
        kind = "code" if cell.cell_type == "code" else "markdown"
        numbers[kind] += 1
        source = cell.source.strip()
        if source:
            number = numbers[kind]
            told = _("code cell {number}", number=number) if kind == "code" else _("text cell {number}", number=number)
            found.append((told, source))
    return found


def _name(cell: tuple[Reason, str]) -> Reason:
    place, source = cell
    first = source.splitlines()[0].strip()
    return Reason("{place} (`{line}`)", {"place": place, "line": first[:40] + "…" * (len(first) > 40)})
