"""Marks on scanned sheets that could not be read for sure: what a person has to look at, and what the person says."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from grader.exam.exam import ExamOnDisk
from grader.exam.kinds.paper_parts import LETTERS
from grader.exam.paper.readings import AS_READ, BY_HAND
from grader.exam.paper.sheet import Box, Copy
from grader.exam.printing.arranging import Arranged, arrange
from grader.exam.scanning.intake import take_copies
from grader.exam.scanning.marks_review import Pending, WaitingMark, decide, decide_ticks, pending
from grader.exam.scanning.print_store import PaperStore
from grader.language import Reason, _, join
from grader.store.work_folder import WorkFolder

PAGE_OFFERS = (
    (AS_READ, "a", _("I have looked: what seems empty is empty")),
    (BY_HAND, "h", _("I read its questions, one by one")),
)
"""What can be said of a page that shows too little, each with its key; or it is scanned again."""
TICKED = "ticked:"
"""Begins an answer that names boxes."""
AT_ONCE = 3
"""Unsure boxes that are asked about together, in at most eight ways."""


@dataclass(frozen=True)
class MarkPage:
    """Everything that the page of one unsure mark shows."""

    exam: ExamOnDisk
    pending: Pending
    asks: str
    """The question as this copy asks it; empty for a student's number."""
    left: int
    """How many wait, with this one."""
    offers: tuple[tuple[str, str, str | Reason], ...]
    """(what is said, its key, in words) of each answer to choose from; empty where it is written."""
    names: tuple[tuple[str, str], ...]
    """(name, in words) of the parts that a written answer is made of."""
    example: str
    """What a written answer looks like."""
    written: bool = True
    """Whether an answer can be written where none of the offers is it."""

    @property
    def picture(self) -> str:
        """The part of the scan, as a `data:` address: pixels that were cut out and written by us."""
        kind = "jpeg" if self.pending.picture.suffix == ".jpg" else "png"
        return f"data:image/{kind};base64," + base64.b64encode(self.pending.picture.read_bytes()).decode("ascii")


def find_marks(work: WorkFolder, exam: ExamOnDisk) -> list[Pending]:
    """What waits on an exam's sheets; nothing where none were scanned."""
    store = PaperStore(work, exam.name)
    return pending(store) if store.has_scans() else []


def show_mark(work: WorkFolder, exam: ExamOnDisk, chosen: Pending, waiting: Sequence[Pending]) -> MarkPage:
    """The page of one mark: the question as its copy asks it, and how it can be answered."""
    told = chosen.waiting
    print_ = PaperStore(work, exam.name).prints()[told.sheet.split("-")[0]]
    copy = next(copy for copy in print_.copies if copy.number == told.copy)
    asked = next((one for section in arrange(print_.exam, copy.seed) for one in section.questions
                  if one.question.id == told.question), None)  # fmt: skip
    if told.kind == "page":
        return MarkPage(exam, chosen, "", len(waiting), PAGE_OFFERS, (), "")
    if asked is None:
        return MarkPage(exam, chosen, "", len(waiting), (), (), "")
    part = asked.question.part
    asks = asked.question.asks.say(print_.language)
    if told.kind == "question" and part.offers:
        lettered = zip(asked.order, LETTERS, strict=False)
        offers = tuple(
            (name, letter.lower(), f"{letter} · {part.offers[name].say(print_.language)}") for name, letter in lettered
        )
        return MarkPage(exam, chosen, asks, len(waiting), (*offers, ("", "0", _("No answer"))), (), "", written=False)
    ticks = tuple(_offer_ticks(told, asked, copy)) if told.unsure else ()
    words = {name: text.say(print_.language) for name, text in part.words_to_write.items()}
    written, example = not part.by_corrector, part.example()
    return MarkPage(exam, chosen, asks, len(waiting), ticks, tuple(words.items()), example, written=written)


def _offer_ticks(told: WaitingMark, asked: Arranged, copy: Copy) -> Iterator[tuple[str, str, Reason]]:
    """What the first unsure boxes may have been, each way with a key; the others follow when these are said."""
    boxes = {box.id: box for page in copy.pages for box in page.boxes}
    unsure = [boxes[name] for name in told.unsure[:AT_ONCE]]
    several = asked.question.part.several_in_row
    ways = [way for size in range(len(unsure) + 1) for way in combinations(unsure, size)]
    for number, way in enumerate(way for way in ways if several or len({box.part for box in way}) == len(way)):
        words = [_say_tick(_name_box(asked, box), box in way) for box in unsure]
        said = " ".join((TICKED, *(box.id for box in way)))
        yield said, "0123456789"[number], join(words, ", ")


def _say_tick(name: str, is_ticked: bool) -> Reason:
    return _("{box} ticked", box=name) if is_ticked else _("{box} not ticked", box=name)


def _name_box(asked: Arranged, box: Box) -> str:
    """A box as people find it on the sheet."""
    if not box.part and box.value in asked.order:
        return LETTERS[asked.order.index(box.value)]
    return " ".join(filter(None, (box.part, box.value)))


def say_mark(work: WorkFolder, exam: ExamOnDisk, told: WaitingMark, value: str, *, who: str) -> None:
    """Append what a person says of a mark, and take the answers in with it; the last word on a mark counts."""
    store = PaperStore(work, exam.name)
    with work.locked():
        if value.startswith(TICKED):
            decide_ticks(store, told.sheet, told.unsure[:AT_ONCE], value.split()[1:], who=who)
        else:
            decide(store, told.sheet, told.item, value, who=who)
        take_copies(work.gradebook, exam.name, store.copies())
