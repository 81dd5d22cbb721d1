"""Sheets of the course's exam, filled by simulated pens and scanned by simulated devices: errors and speed.

A silent error is a box that was surely read as ticked and was not meant so, or the other way round; a cancelled or
erased tick is meant as none. Errors and speed are measured on the same pages, opened from files.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from grader.exam.exam import find_exam
from grader.exam.paper.readings import BoxReading
from grader.exam.paper.sheet import Print
from grader.exam.printing.drawing import draw_copies
from grader.exam.printing.planning import Enrolled, plan_print
from grader.exam.scanning.scan_files import open_pictures
from grader.exam.scanning.sheet_reader import SheetRead, read_picture
from tests.exam.paper.filling import PX_PER_MM, RENDERED_DPI, fill, meanings_of, responses_to
from tests.exam.paper.pens import Meaning, some_pen
from tests.exam.paper.printing import render
from tests.exam.paper.scanners import DEVICES, Device, some_scan, take

from .commands import ROOT
from .table import Figure

COPIES = 4
BATCH = 50
AT_DPI = 200.0
PALE = 0.12
"""The darkness of a pencil that can hardly be seen; no part of the other figures."""
SCANNERS: tuple[Device, ...] = ("scanner", "feeder")
"""What sees it: a copier does not, nor does many a telephone."""
PALE_EACH = 10
"""Of so many sheets, one is filled by it, too."""


@dataclass(frozen=True)
class Tally:
    """What came of some sheets."""

    sheets: int = 0
    rejected: int = 0
    boxes: int = 0
    silent: int = 0
    unsure: int = 0
    untouched: int = 0
    """Questions of which no box on the sheet was touched; beside them nothing was written."""
    doubted: int = 0
    """Of these, those that were taken for written beside."""
    pale: int = 0
    """Ticks of a pencil that hardly writes, on sheets of their own, scanned."""
    pale_lost: int = 0
    """Of these, those that were read as empty boxes."""
    timed: int = 0
    """Sheets at 200 dpi, whose reading was timed."""
    cpu_s: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def measure_sheets(sheets: int, jobs: int, folder: Path) -> Iterator[Figure]:
    """The figures that the reading of marks is measured by."""
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, sheets, BATCH)
    with ProcessPoolExecutor(jobs) as pool:
        parts = pool.map(tally_batch, starts, [min(BATCH, sheets - start) for start in starts], [folder] * len(starts))
        total = sum(parts, Tally())
    what = f"simulated sheets: {total.sheets} pages, {total.boxes} boxes;"
    yield Figure(f"{what} boxes read wrongly without a doubt", total.silent, "{:.0f}", at_most=0)
    yield Figure(f"{what} boxes left to a person, %", 100 * total.unsure / total.boxes, at_most=2)
    yield Figure(f"{what} questions that nobody touched and that were left to a person, %",
                 100 * total.doubted / max(total.untouched, 1), at_most=2)  # fmt: skip
    yield Figure(f"{total.pale} ticks of a pencil that is {PALE:.0%} dark, by scanners; read as empty, %",
                 100 * total.pale_lost / max(total.pale, 1), at_most=5)  # fmt: skip
    yield Figure(f"{what} pages rejected, because a mark or the code is not in the picture, %",
                 100 * total.rejected / total.sheets)  # fmt: skip
    yield Figure("reading a sheet at 200 dpi from its file; pages a second on one core",
                 total.timed / total.cpu_s, "{:.1f}", at_least=8)  # fmt: skip


def tally_batch(start: int, count: int, folder: Path) -> Tally:
    """Print, fill, scan and read some sheets; each from a seed of its own, so that any can be looked at again."""
    cv2.setNumThreads(1)
    on_disk = find_exam(ROOT, "exam-2024")
    students = [Enrolled(f"student {number}") for number in range(start, start + COPIES)]
    print_ = plan_print(on_disk, students, blank=0, paper="a4", language="en", digits=6)
    pictures = render(draw_copies(print_, on_disk.folder), RENDERED_DPI)
    path = folder / f"{start}.jpg"
    seeds = range(start, start + count)
    total = sum((_tally_one(print_, pictures, seed, path) for seed in seeds), Tally())
    return total + sum((_tally_pale(print_, pictures, seed) for seed in seeds if seed % PALE_EACH == 0), Tally())


def _tally_one(print_: Print, pictures: Sequence[np.ndarray], seed: int, path: Path) -> Tally:
    chance = np.random.default_rng(seed)
    places = [(copy, page) for copy in print_.copies for page in copy.pages]
    place = int(chance.integers(len(places)))
    copy, page = places[place]
    pen = some_pen(chance)
    (_, run) = responses_to(print_, "exam-2024", chance)[copy.number - 1]
    # Who fills every box does not cancel by filling.
    meanings = meanings_of(print_, copy, run.answers, chance, slips=0.0 if pen.style == "fill" else 0.06)
    scan = some_scan(DEVICES[seed % len(DEVICES)], chance)
    filled = fill(pictures[place], page, meanings, pen, chance)
    cv2.imwrite(str(path), take(filled, PX_PER_MM, scan, chance), [cv2.IMWRITE_JPEG_QUALITY, 95])
    started = time.process_time()
    (picture,) = open_pictures(path)
    found = read_picture(picture.grey, {print_.id: print_})
    cpu_s = time.process_time() - started
    timed = scan.dpi == AT_DPI
    tally = Tally(sheets=1, timed=int(timed), cpu_s=cpu_s if timed else 0.0)
    if not isinstance(found, SheetRead):
        return tally + Tally(rejected=1)
    if (found.copy, found.page) != (copy, page):
        return tally + Tally(boxes=len(page.boxes), silent=len(page.boxes))
    touched = {box.question for box in page.boxes if meanings[box.id] != "empty"}
    untouched = {box.question for box in page.boxes} - touched
    doubted = untouched & set(found.written_beside)
    return tally + Tally(untouched=len(untouched), doubted=len(doubted)) + compare(found.boxes, meanings)


def _tally_pale(print_: Print, pictures: Sequence[np.ndarray], seed: int) -> Tally:
    """One sheet with a tick in every third box, by a pencil that hardly writes."""
    chance = np.random.default_rng(seed)
    places = [(copy, page) for copy in print_.copies for page in copy.pages]
    place = int(chance.integers(len(places)))
    (_, page) = places[place]
    styles = ("cross", "tick", "slash", "scribble")
    pen = replace(some_pen(chance), style=str(chance.choice(styles)), darkness=PALE, width_mm=0.45, grain=0.35)
    meanings: dict[str, Meaning] = {box.id: "empty" if n % 3 else "marked" for n, box in enumerate(page.boxes)}
    device = SCANNERS[seed // PALE_EACH % len(SCANNERS)]
    filled = fill(pictures[place], page, meanings, pen, chance)
    found = read_picture(take(filled, PX_PER_MM, some_scan(device, chance), chance), {print_.id: print_})
    if not isinstance(found, SheetRead):
        return Tally()
    pale = [one.state for one in found.boxes if meanings[one.box] == "marked"]
    return Tally(pale=len(pale), pale_lost=pale.count("empty"))


def compare(readings: Sequence[BoxReading], meanings: Mapping[str, Meaning]) -> Tally:
    """What was read beside what was meant."""
    sure = [reading for reading in readings if reading.state != "unsure"]
    wrong = [one for one in sure if (one.state == "marked") != (meanings[one.box] == "marked")]
    return Tally(boxes=len(readings), silent=len(wrong), unsure=len(readings) - len(sure))
