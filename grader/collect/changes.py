"""What changed between two copies of a shared notebook: the code of its cells, not what they printed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from grader.collect.lateness import Terms, tell_moment
from grader.model import Submission
from grader.notebook import UnreadableError, read_notebook

MOST_NAMED = 5


def tell_later(
    chosen: Submission, submissions: Sequence[Submission], terms: Terms, read: Callable[[str], bytes]
) -> str:
    """What became of the shared notebook after the copy that counts; an empty text where nothing did."""
    if chosen.evidence is None or not chosen.evidence.file or terms.closes is None:
        return ""
    later = [
        one
        for one in submissions
        if one.evidence and one.evidence.file == chosen.evidence.file and one.received and one.received > terms.closes
    ]
    if not later or chosen.sha256 == later[-1].sha256:
        return ""
    last = later[-1]
    when = tell_moment(last.received, terms.zone) if last.received else ""
    changes = tell_changes(read(chosen.sha256), read(last.sha256))
    return f"It was changed after the deadline, on {when}, which does not count. {changes}"


def tell_changes(before: bytes, after: bytes) -> str:
    """The difference of two notebooks' cells in a sentence; a cell that was only run again has not changed.

    >>> one, two = (b'{"cells": [{"cell_type": "code", "source": "x = %d"}]}' % x for x in (1, 2))
    >>> tell_changes(one, two)
    'What changed: code cell 1 (`x = 1`).'
    >>> tell_changes(one, one)
    'Its code and text are the same: it was only run or saved again.'
    """
    try:
        old, new = _cells(before), _cells(after)
    except UnreadableError:
        return "What changed cannot be told: one of the two is not a notebook."
    changes: list[str] = []
    matcher = difflib.SequenceMatcher(a=[source for _, source in old], b=[source for _, source in new], autojunk=False)
    for kind, first, end, first_new, end_new in matcher.get_opcodes():
        if kind == "equal":
            continue
        shared = min(end - first, end_new - first_new)
        changes += [_name(old[place]) for place in range(first, first + shared)]
        changes += [f"{_name(old[place])} taken out" for place in range(first + shared, end)]
        changes += [f"{_name(new[place])} added" for place in range(first_new + shared, end_new)]
    if not changes:
        return "Its code and text are the same: it was only run or saved again."
    more = f", and {len(changes) - MOST_NAMED} more" if len(changes) > MOST_NAMED else ""
    return f"What changed: {', '.join(changes[:MOST_NAMED])}{more}."


def _cells(content: bytes) -> list[tuple[str, str]]:
    """(how a person finds it, source) of every cell that says something."""
    found, numbers = [], {"code": 0, "markdown": 0}
    for cell in read_notebook(content, limit_mib=float("inf")).cells:
        kind = "code" if cell.cell_type == "code" else "markdown"
        numbers[kind] += 1
        source = cell.source.strip()
        if source:
            found.append((f"{'code' if kind == 'code' else 'text'} cell {numbers[kind]}", source))
    return found


def _name(cell: tuple[str, str]) -> str:
    place, source = cell
    first = source.splitlines()[0].strip()
    return f"{place} (`{first[:40]}{'…' * (len(first) > 40)}`)"
