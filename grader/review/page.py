"""What the pages of a review show, worked out before a template sets it."""

from __future__ import annotations

import pprint
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from grader.errors import DamagedError
from grader.files.notebook_file import UnreadableError, read_notebook
from grader.language import Reason, _
from grader.model import Answer, Finding, Override, Run
from grader.report.text import clip, words_as_html
from grader.review.evidence import ShownNotebook, show_notebook
from grader.review.queue import ClassQueue, Kind, ReviewItem
from grader.review.session import ReviewSession, Standings, given_sources

HEADINGS: Mapping[Kind, Reason] = {
    "failed": _("The grader failed on this notebook"),
    "unreadable": _("This is not a Python notebook"),
    "words": _("Read the student’s words"),
    "notebook": _("Look at the notebook"),
    "answer": _("Look at the answer"),
    "response": _("Read the response"),
    "unscored": _("This could not be judged"),
    "outdated": _("Decided on earlier work: look at what came since"),
    "settled": _("Judged without a person"),
}
LONGEST_ANSWER = 6_000


@dataclass(frozen=True)
class ShownPart:
    """One criterion of an item: what was found, and what counts now, for the first student who waits."""

    criterion: str
    says: str
    possible: float
    guide: Reason
    found: Finding
    now: Finding
    decided: Override | None
    before: Override | None
    """The decision on earlier work, which does not count any more."""


@dataclass(frozen=True)
class ItemPage:
    """Everything that the page of an item shows."""

    item: ReviewItem
    title: str
    heading: Reason
    parts: tuple[ShownPart, ...]
    waiting: tuple[str, ...]
    words: Markup | None
    answer: str
    notebook: ShownNotebook | None
    raw: str
    """What was handed in, as text, where it is no notebook."""
    previous: ReviewItem | None
    following: ReviewItem | None
    done: int
    whole: int


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue: the items of a criterion, or those of whole notebooks."""

    heading: Reason
    says: str
    items: tuple[tuple[ReviewItem, tuple[str, ...]], ...]
    """(item, students who wait)"""

    @property
    def waiting(self) -> int:
        return sum(len(students) for _, students in self.items)


@dataclass(frozen=True)
class QueuePart:
    """An assignment or exam on the page of the queue."""

    queue: ClassQueue
    rows: tuple[QueueRow, ...]

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.rows)


def show_queue(session: ReviewSession, standings: Standings) -> tuple[QueuePart, ...]:
    """What needs, or needed, a person: by assignment and criterion."""
    parts = []
    for queue in session.queues:
        rows: dict[tuple[Reason, str], list[tuple[ReviewItem, tuple[str, ...]]]] = {}
        for item in queue.items:
            if item.kind != "settled":
                whole = item.kind in ("failed", "unreadable")
                says = "" if whole else item.parts[0].says
                rows.setdefault((HEADINGS[item.kind], says), []).append((item, item.waiting(standings[queue.name])))
        parts.append(QueuePart(queue, tuple(QueueRow(*names, tuple(items)) for names, items in rows.items())))
    return tuple(parts)


def show_item(session: ReviewSession, item: ReviewItem, standings: Standings) -> ItemPage:
    """The page of one item: what there is to decide, and what to decide it by."""
    own = standings[item.assignment]
    waiting = item.waiting(own)
    looked_at = own[(waiting or item.students)[0]]
    folded = {finding.criterion: finding for finding in looked_at.folded}
    walk = session.walk
    place = next((place for place, one in enumerate(walk) if one.key == item.key), None)
    queue = next(queue for queue in session.queues if queue.name == item.assignment)
    words, notebook, raw = _look(session, queue, item)
    return ItemPage(
        item=item,
        title=queue.title,
        heading=HEADINGS[item.kind],
        parts=tuple(
            ShownPart(
                criterion=part.criterion,
                says=part.says,
                possible=part.possible,
                guide=part.guide,
                found=part.findings[looked_at.student],
                now=folded[part.criterion],
                decided=looked_at.decided.get(part.criterion),
                before=looked_at.outdated.get(part.criterion),
            )
            for part in item.parts
        ),
        waiting=waiting,
        words=words,
        answer=_show_answer(item.answer),
        notebook=notebook,
        raw=raw,
        previous=walk[place - 1] if place else None,
        following=walk[place + 1] if place is not None and place + 1 < len(walk) else None,
        done=sum(not one.waiting(standings[one.assignment]) for one in walk),
        whole=len(walk),
    )


def _look(
    session: ReviewSession, queue: ClassQueue, item: ReviewItem
) -> tuple[Markup | None, ShownNotebook | None, str]:
    """The words, the notebook as executed or else as handed in, and the bytes of what is no notebook."""
    if queue.kind == "exam":
        return None, None, ""
    try:
        run = session.work.runs.load(item.run_key)
    except DamagedError as error:
        return None, None, str(error)
    words = run.facts.words.strip()
    notebook, raw = look_at(session, item.assignment, run)
    read = item.kind == "words" or (item.kind == "outdated" and item.probe is None)
    return (words_as_html(words) if notebook and words and read else None), notebook, raw


def look_at(session: ReviewSession, assignment: str, run: Run) -> tuple[ShownNotebook | None, str]:
    """The notebook as executed or else as handed in, or the text of what is no notebook."""
    content = session.work.runs.load_executed(run.key) or session.work.submission(run.sha256)
    try:
        notebook = read_notebook(content, limit_mib=float("inf"))
    except UnreadableError:
        return None, clip(content[: 2 * LONGEST_ANSWER].decode("utf-8", "replace"), LONGEST_ANSWER)
    return show_notebook(notebook, given_sources(session.course.assignment(assignment))), ""


def _show_answer(answer: Answer | None) -> str:
    """What was answered, as text that a person can read."""
    if answer is None:
        return ""
    if answer.status == "missing":
        return str(_("(left blank)"))
    if answer.value is None:
        return str(answer.because)
    with np.printoptions(precision=6, threshold=200, edgeitems=3, linewidth=100):
        told = answer.value if isinstance(answer.value, str) else pprint.pformat(_plain(answer.value), width=100)
    return clip(told, LONGEST_ANSWER)


def _plain(value: Any) -> Any:
    """Lists of one text each are that text: a choice is read as its option's name."""
    return value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) else value
