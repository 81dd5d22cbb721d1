"""Copies of the course's exam, filled by simulated hands and scanned by simulated devices: errors, doubts and speed.

Hands and devices are those that nothing was tuned on. A silent error is a question whose answer was taken and is not
what its ticks were meant to say; a cancelled or erased tick is meant as none. A question is asked where a person has to
look at it by itself; a page that cannot show a pale tick is one item, whatever it has on it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from grader.exam.exam import find_exam
from grader.exam.paper.readings import SheetScan
from grader.exam.paper.sheet import Copy, Print
from grader.exam.printing.drawing import draw_copies
from grader.exam.printing.planning import Enrolled, plan_print
from grader.exam.scanning.copy_reading import read_copy
from grader.exam.scanning.intake import as_scan
from grader.exam.scanning.marks_review import waiting_in
from grader.exam.scanning.paper_answers import CopyRead, answers_of
from grader.exam.scanning.scan_files import PageOpener
from grader.exam.scanning.sheet_reader import SheetRead, read_picture
from grader.exam.variants import make_variant
from grader.model import Answer
from tests.exam.paper.filling import PX_PER_MM, RENDERED_DPI, fill, meanings_of, responses_to, words_of
from tests.exam.paper.pens import AS_ASKED, MEASURING, Kind, Meaning
from tests.exam.paper.printing import render
from tests.exam.paper.scanners import COLOUR, DEVICES, GREY, POOR, some_scan, take
from tests.exam.paper.scanners import MEASURING as SCANS

from .commands import ROOT
from .table import Figure

PRINTED = 4
"""Copies of the exam that are drawn; each is filled many times."""
PAGES = 9
"""Of a copy, so that a number of sheets is a number of copies."""
TAKEN_BACK: Mapping[str, float] = {"filled by habit": 0.0, "scribbled-out": 0.1}
"""Of rows in which another box was ticked first; who fills every box does not cancel by filling."""
GROUPS: Sequence[tuple[str, Sequence[tuple[Kind, str]], float, float]] = (
    *((f"{kind}, grey", [(kind, device) for device in GREY], 0.0, 5.0) for kind in AS_ASKED),
    ("scribbled-out", [("scribbled-out", device) for device in (*GREY[:3], *COLOUR)], 0.1, 15.0),
    ("filled by habit", [("filled by habit", device) for device in (*GREY[:3], *COLOUR)], 0.1, 15.0),
    ("highlighter in colour", [("highlighter", device) for device in COLOUR], 0.1, 15.0),
    ("poor scans of a soft pencil", [("soft pencil", device) for device in POOR], 0.1, 15.0),
)
"""Name, hands and devices, the silent errors in a hundred questions that are promised, and the questions asked."""


@dataclass(frozen=True)
class Tally:
    """What came of some copies."""

    copies: int = 0
    clean: int = 0
    """Copies without a silent error."""
    questions: int = 0
    silent: int = 0
    asked: int = 0
    pages: int = 0
    rejected: int = 0
    page_items: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def measure_sheets(sheets: int, jobs: int, folder: Path) -> Iterator[Figure]:
    """The figures that the reading of marks is measured by."""
    folder.mkdir(parents=True, exist_ok=True)
    work = [
        (group, pairs[number % len(pairs)], number)
        for number in range(max(1, round(sheets / PAGES / len(GROUPS))))
        for group, pairs, _, _ in GROUPS
    ]
    found: dict[str, Tally] = {}
    with ProcessPoolExecutor(jobs) as pool:
        for (group, _, _), tally in zip(work, pool.map(tally_copy, *zip(*work, strict=True)), strict=True):
            found[group] = found.get(group, Tally()) + tally
    for group, _, silent, asked in GROUPS:
        one = found[group]
        what = f"simulated copies, {group}: {one.copies} copies, {one.questions} questions;"
        yield Figure(f"{what} wrong without a doubt, %", 100 * one.silent / one.questions, at_most=silent)
        yield Figure(f"{what} asked of a person, %", 100 * one.asked / one.questions, at_most=asked)
        if one.page_items:
            yield Figure(f"{what} items for whole pages, for each page", one.page_items / one.pages, at_most=1)
    asked_for = sum((found[f"{kind}, grey"] for kind in AS_ASKED), Tally())
    what = f"simulated copies, as the sheet asks, grey: {asked_for.copies} exams;"
    yield Figure(f"{what} without a silent error, %", 100 * asked_for.clean / asked_for.copies, at_least=99.9)
    yield Figure(f"{what} pages rejected, %", 100 * asked_for.rejected / max(asked_for.pages, 1))
    yield Figure("reading a sheet at 200 dpi from its file; pages a second on one core",
                 time_sheets(min(sheets, 40), folder), "{:.1f}", at_least=8)  # fmt: skip


@cache
def printed() -> tuple[Print, Sequence[np.ndarray]]:
    """A few copies of the course's exam, and all their pages one after the other."""
    cv2.setNumThreads(1)
    on_disk = find_exam(ROOT, "exam-2024")
    students = [Enrolled(f"student {number}") for number in range(PRINTED)]
    print_ = plan_print(on_disk, students, blank=0, paper="a4", language="en", digits=6)
    return print_, render(draw_copies(print_, on_disk.folder), RENDERED_DPI)


def tally_copy(group: str, pair: tuple[Kind, str], seed: int) -> Tally:
    """Fill, scan and read one copy; from a seed of its own, so that it can be looked at again."""
    (kind, device), (print_, pictures) = pair, printed()
    chance = np.random.default_rng([seed, *f"{kind} {device}".encode()])
    copy = print_.copies[seed % PRINTED]
    pen, scan = MEASURING(kind, chance), SCANS[device]
    (_, run) = responses_to(print_, "exam-2024", chance)[copy.number - 1]
    meanings = meanings_of(print_, copy, run.answers, chance, slips=TAKEN_BACK.get(kind, 0.05))
    first = sum(len(one.pages) for one in print_.copies[: copy.number - 1])
    scans: dict[int, list[SheetScan]] = {}
    rejected = 0
    for place, page in enumerate(copy.pages, start=first):
        words = words_of(page, run.answers)
        filled = fill(pictures[place], page, meanings, pen, chance, words, coloured=scan.coloured)
        found = read_picture(take(filled, PX_PER_MM, scan, chance), {print_.id: print_})
        if isinstance(found, SheetRead):
            scans[found.page.number] = [as_scan(found, f"page {page.number}", f"{page.number:064x}")]
        else:
            rejected += 1
    read = CopyRead(print_, copy, read_copy(print_, copy, scans), {})
    return compare(read, meanings) + Tally(pages=len(copy.pages), rejected=rejected)


def compare(read: CopyRead, meanings: Mapping[str, Meaning]) -> Tally:
    """What was read of a copy beside what was meant."""
    questions = silent = 0
    for name, answer in answers_of(read).items():
        meant = meant_by(read.print_, read.copy, name, meanings)
        if meant is None or meant.status == "unusable":
            continue
        questions += 1
        silent += answer.status != "unusable" and not _agrees(answer, meant)
    items = list(waiting_in(read))
    pages = sum(item.kind == "page" for item in items)
    asked = len({item.question for item in items if item.unsure})
    return Tally(1, int(not silent), questions, silent, asked, page_items=pages)


def _agrees(answer: Answer, meant: Answer) -> bool:
    """Whether an answer is the one that was meant; points that are not there yet wait for whoever corrects."""
    if isinstance(answer.value, dict) and isinstance(meant.value, dict) and meant.value.keys() > answer.value.keys():
        return all(isinstance(given, float) and given == meant.value[name] for name, given in answer.value.items())
    return (answer.status, answer.value) == (meant.status, meant.value)


def meant_by(print_: Print, copy: Copy, name: str, meanings: Mapping[str, Meaning]) -> Answer | None:
    """What the ticks of a question were meant to say; None where it has no boxes."""
    boxes = [box for page in copy.pages for box in page.boxes if box.question == name]
    if not boxes:
        return None
    rows: dict[str, list[str]] = {box.part: [] for box in boxes}
    for box in boxes:
        if meanings[box.id] == "marked":
            rows[box.part].append(box.value)
    question = next(one for one in print_.exam.questions if one.id == name)
    return make_variant(question, copy.seed).part.read_ticks(rows)


def time_sheets(count: int, folder: Path) -> float:
    """Pages that are opened from files and read in a second of processor time, this process's and its helper's."""
    print_, pictures = printed()
    paths = []
    for seed in range(count):
        chance = np.random.default_rng(seed)
        scan = replace(some_scan(DEVICES[seed % len(DEVICES)], chance), dpi=200.0)
        picture = take(pictures[seed % len(pictures)].astype(np.float32) / 255, PX_PER_MM, scan, chance)
        paths.append(folder / f"{seed}.jpg")
        cv2.imwrite(str(paths[-1]), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
    before = _used_s()
    with PageOpener() as opener:
        for path in paths:
            for page in opener.open(path):
                assert page.picture is not None
                read_picture(page.picture, {print_.id: print_})
    return count / (_used_s() - before)


def _used_s() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system
