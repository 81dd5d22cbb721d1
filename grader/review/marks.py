"""Marks on scanned sheets that could not be read for sure: what a person has to look at, and what the person says."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from grader.exam.exam import ExamOnDisk
from grader.exam.kinds.paper_parts import LETTERS
from grader.exam.printing.arranging import arrange
from grader.exam.scanning.intake import take_copies
from grader.exam.scanning.marks_review import Pending, decide, pending
from grader.exam.scanning.paper_answers import copies_read
from grader.exam.scanning.print_store import PaperStore
from grader.store.work_folder import WorkFolder


@dataclass(frozen=True)
class MarkPage:
    """Everything that the page of one unsure mark shows."""

    exam: ExamOnDisk
    pending: Pending
    asks: str
    """The question as this copy asks it; empty for a student's number."""
    left: int
    """How many wait, with this one."""
    offers: tuple[tuple[str, str, str], ...]
    """(what is said, its key, in words) of each answer to choose from; empty where it is written."""
    names: tuple[tuple[str, str], ...]
    """(name, in words) of the parts that a written answer is made of."""
    example: str
    """What a written answer looks like."""

    @property
    def picture(self) -> str:
        """The part of the scan, as a `data:` address: pixels that were cut out and written by us."""
        return "data:image/png;base64," + base64.b64encode(self.pending.picture.read_bytes()).decode("ascii")


def find_marks(work: WorkFolder, exam: ExamOnDisk) -> list[Pending]:
    """What waits on an exam's sheets; nothing where none were scanned."""
    store = PaperStore(work, exam.name)
    return pending(store) if (store.root / "sheets").is_dir() else []


def show_mark(work: WorkFolder, exam: ExamOnDisk, chosen: Pending, waiting: Sequence[Pending]) -> MarkPage:
    """The page of one mark: the question as its copy asks it, and how it can be answered."""
    told = chosen.waiting
    print_ = PaperStore(work, exam.name).prints()[told.sheet.split("-")[0]]
    copy = next(copy for copy in print_.copies if copy.number == told.copy)
    asked = next((one for section in arrange(print_.exam, copy.seed) for one in section.questions
                  if one.question.id == told.question), None)  # fmt: skip
    if asked is None:
        return MarkPage(exam, chosen, "", len(waiting), (), (), "")
    part = asked.question.part
    asks = asked.question.asks.say(print_.language)
    if told.kind == "question" and part.offers:
        lettered = zip(asked.order, LETTERS, strict=False)
        offers = tuple(
            (name, letter.lower(), f"{letter} · {part.offers[name].say(print_.language)}") for name, letter in lettered
        )
        return MarkPage(exam, chosen, asks, len(waiting), (*offers, ("", "0", "No answer")), (), "")
    words = {name: text.say(print_.language) for name, text in part.words_to_write.items()}
    return MarkPage(exam, chosen, asks, len(waiting), (), tuple(words.items()), part.example())


def say_mark(work: WorkFolder, exam: ExamOnDisk, sheet: str, item: str, value: str, *, who: str) -> None:
    """Append what a person says of a mark, and take the answers in with it; the last word on a mark counts."""
    store = PaperStore(work, exam.name)
    with work.locked():
        decide(store, sheet, item, value, who=who)
        take_copies(work.gradebook, exam.name, copies_read(store.prints(), store.sheets(), store.decisions()))
