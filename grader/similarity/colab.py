"""What Colab has noted in notebooks: which account ran a cell and when, and which file a notebook was cloned from.

Anybody can edit it, and much of it may be missing: a hint for a person, never a verdict. Accounts and files are
compared and not told: no name and no number of an account leaves this module.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from grader.language import Reason, _, ngettext


@dataclass(frozen=True)
class Trace:
    """What Colab has noted in one notebook."""

    student: str
    files: frozenset[str]
    """the shared files that the student handed in"""
    closes: datetime | None = None
    """until when work is in time, where it is not known to be late"""
    accounts: frozenset[str] = frozenset()
    """those that ran its cells"""
    sources: frozenset[str] = frozenset()
    """the files from which it was cloned"""
    last_run: datetime | None = None
    unrecorded: int = 0
    """cells with outputs that Colab has not noted as run, where it has noted others"""


@dataclass(frozen=True)
class Hint:
    """Something that a person may want to look at, and of whom."""

    students: tuple[str, ...]
    says: Reason


def read_trace(
    student: str, content: bytes, files: frozenset[str] = frozenset(), closes: datetime | None = None
) -> Trace:
    """What stands in the metadata of a notebook, as it was handed in; nothing of it is trusted."""
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # the run says that it is no notebook
        return Trace(student, files, closes)
    runs = [(cell, _at(cell, "metadata", "executionInfo")) for cell in _list(_at(notebook, "cells"))]
    noted = [info for _, info in runs if isinstance(info, dict)]
    times = [moment for info in noted if (moment := _moment(info.get("timestamp"))) is not None]
    unrecorded = sum(bool(_list(_at(cell, "outputs"))) and not isinstance(info, dict) for cell, info in runs)
    return Trace(
        student,
        files,
        closes,
        accounts=frozenset(_texts(_at(info, "user", "userId") for info in noted)),
        sources=frozenset(
            _texts(_at(clone, "file_id") for clone in _list(_at(notebook, "metadata", "colab", "provenance")))
        ),
        last_run=max(times, default=None),
        unrecorded=unrecorded if noted else 0,
    )


def find_hints(traces: Sequence[Trace], given: Trace) -> tuple[Hint, ...]:
    """What of a class's notebooks is worth a look. What half of the class has in common, everybody was given."""
    return tuple(
        [
            *_find_clones(traces),
            *_find_shared(traces, {trace.student: trace.sources - given.sources for trace in traces}, _same_source),
            *_find_shared(traces, {trace.student: trace.accounts - given.accounts for trace in traces}, _same_account),
            *_find_oddities(traces),
        ]
    )


def _find_clones(traces: Sequence[Trace]) -> Iterator[Hint]:
    owners: dict[str, set[str]] = defaultdict(set)
    for trace in traces:
        for file in trace.files:
            owners[file].add(trace.student)
    for trace in traces:
        others = {owner for source in trace.sources - trace.files for owner in owners.get(source, ())}
        for other in sorted(others - {trace.student}):
            told = _("The notebook of the first was cloned from the file that the second handed in.")
            yield Hint((trace.student, other), told)


def _same_source() -> Reason:
    return _("These notebooks were cloned from the same file.")


def _same_account() -> Reason:
    return _("Cells of these notebooks were run by the same Google account.")


def _find_shared(traces: Sequence[Trace], marks: Mapping[str, frozenset[str]], say: Any) -> Iterator[Hint]:
    """Students who have a mark in common that fewer than half of those have who have any."""
    handed_in = frozenset[str]().union(*(trace.files for trace in traces)) if traces else frozenset[str]()
    owners: dict[str, list[str]] = defaultdict(list)
    for student, own in marks.items():
        for mark in own - handed_in:
            owners[mark].append(student)
    having = sum(bool(own) for own in marks.values())
    groups = {tuple(sorted(students)) for students in owners.values() if 2 <= len(students) < having / 2}
    for group in sorted(groups):
        yield Hint(group, say())


def _find_oddities(traces: Sequence[Trace]) -> Iterator[Hint]:
    for trace in traces:
        if trace.unrecorded:
            told = ngettext(
                "{n} cell has an output, but Colab has not noted that it was run, as it has of others.",
                "{n} cells have outputs, but Colab has not noted that they were run, as it has of others.",
                trace.unrecorded,
            )
            yield Hint((trace.student,), told)
        if trace.closes is not None and trace.last_run is not None and trace.last_run > trace.closes:
            moment = f"{trace.last_run.astimezone(trace.closes.tzinfo):%Y-%m-%d %H:%M}"
            yield Hint((trace.student,), _("A cell was run after the deadline, at {moment}.", moment=moment))


def _at(tree: Any, *keys: str) -> Any:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(values: Iterator[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str) and value)


def _moment(milliseconds: Any) -> datetime | None:
    """Milliseconds since 1970, as Colab writes moments; None of anything else, and of years that no course sees."""
    if not isinstance(milliseconds, int | float) or not 0 < milliseconds < 1e13:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
