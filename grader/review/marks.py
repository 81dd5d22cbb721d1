"""Marks on scanned sheets that could not be read for sure: what a person has to look at, and what the person says."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from grader.exam.exam import ExamOnDisk
from grader.exam.paper.answers import copies_read
from grader.exam.paper.intake import take_copies
from grader.exam.paper.review import Pending, decide, pending
from grader.exam.paper.store import PaperStore
from grader.work import WorkFolder


@dataclass(frozen=True)
class MarkPage:
    """Everything that the page of one unsure mark shows."""

    exam: ExamOnDisk
    pending: Pending
    asks: str
    """The question, in the exam's first language; empty for a student's number."""
    left: int
    """How many wait, with this one."""

    @property
    def picture(self) -> str:
        """The part of the scan, as a `data:` address: pixels that were cut out and written by us."""
        return "data:image/png;base64," + base64.b64encode(self.pending.picture.read_bytes()).decode("ascii")


def find_marks(work: WorkFolder, exam: ExamOnDisk) -> list[Pending]:
    """What waits on an exam's sheets; nothing where none were scanned."""
    store = PaperStore(work.root, exam.name)
    return pending(store) if (store.root / "sheets").is_dir() else []


def show_mark(exam: ExamOnDisk, chosen: Pending, waiting: Sequence[Pending]) -> MarkPage:
    language = exam.exam.languages[0]
    asks = {question.id: question.asks.say(language) for question in exam.exam.questions}
    return MarkPage(exam, chosen, asks.get(chosen.waiting.question, ""), len(waiting))


def say_mark(work: WorkFolder, exam: ExamOnDisk, sheet: str, item: str, value: str, *, who: str) -> None:
    """Append what a person says of a mark, and take the answers in with it; the last word on a mark counts."""
    store = PaperStore(work.root, exam.name)
    with work.locked():
        decide(store, sheet, item, value, who=who)
        take_copies(work.gradebook, exam.name, copies_read(store.prints(), store.sheets(), store.decisions()))
