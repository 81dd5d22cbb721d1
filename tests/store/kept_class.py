"""A class and an exam on paper, graded once: whatever the grader keeps is in its work folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

from grader.exam.scanning.print_store import PaperStore
from grader.model import Override
from grader.store.work_folder import WorkFolder
from tests.exam.making import exam_of, multiple, single
from tests.exam.paper.filling import fill, meanings_of, responses_to
from tests.exam.paper.pens import Pen
from tests.exam.paper.printing import pictures_of
from tests.exam.paper.scanners import Scan, take
from tests.small_course import RIGHT, WRONG, Ended, write_class, write_course

from .forked import start_grader

NOTEBOOKS = {"ana": RIGHT, "bruno": WRONG, "carla": ("word = 'chau'",)}
DECIDED = ("decide", "hello", "bruno", "unseen", "0.5", "--comment", "Half right.")
SCORES = (("score", "hello", "--json"), ("exam", "score", "midterm", "--json"))

Points = dict[tuple[str, str], float | None]
"""(assignment, student) -> the points; None where a person is asked."""
POINTS: Points = {
    ("hello", "ana"): 4.0,
    ("hello", "bruno"): 1.5,
    ("hello", "carla"): 0.0,
    ("midterm", "ana"): 4.0,
    ("midterm", "bruno"): 2.0,
}
"""Of what is graded, and of the one decision."""


def write_kept(root: Path, told: Path) -> None:
    """The course, its notebooks, an exam that is printed, and the scans of its sheets: nothing is graded yet."""
    write_course(root / "course")
    write_class(root / "class", **NOTEBOOKS)
    folder = root / "course" / "assignments" / "midterm"
    folder.mkdir()
    (folder / "exam.yaml").write_text(json.dumps(exam_of(single("edge"), multiple("corner"))))
    (root / "class.csv").write_text("student\nana\nbruno\n")
    do(told, root, "exam", "print", "midterm", "--class", root / "class.csv", "--out", root / "out")
    (root / "scans").mkdir()
    (print_,) = PaperStore(WorkFolder(root / "work"), "midterm").prints().values()
    chance = np.random.default_rng(3)
    pictures = pictures_of(print_)
    for copy, (_, run) in zip(print_.copies, responses_to(print_, "midterm", chance), strict=True):
        meanings = meanings_of(print_, copy, run.answers, chance, slips=0)
        for page in copy.pages:
            sheet = f"{print_.id}-{copy.number}-{page.number}"
            filled = fill(pictures[sheet], page, meanings, Pen(wobble_mm=0.1), chance)
            cv2.imwrite(str(root / "scans" / f"{sheet}.png"), take(filled, 200 / 25.4, Scan(quality=95), chance))


def grade_kept(root: Path, told: Path) -> None:
    """Grade both, and decide once; the work folder as it was on the way is kept beside."""
    shutil.copytree(root / "work", root / "work-printed")
    do(told, root, "collect", "hello", root / "class")
    do(told, root, "execute", "hello", "--jobs", 1)
    shutil.copytree(root / "work", root / "work-executed")
    do(told, root, "score", "hello")
    do(told, root, *DECIDED)
    do(told, root, "exam", "scan", "midterm", root / "scans")
    do(told, root, "exam", "score", "midterm")


def do(told: Path, root: Path, *arguments: object) -> Ended:
    """A command that ends well."""
    ended = start_grader(told, root, *arguments).wait()
    assert ended.code in (0, 1), f"grader {' '.join(map(str, arguments))} ended with {ended.code}\n{ended.err}"
    return ended


@dataclass(frozen=True)
class Scored:
    """What the commands that score say: the points, and each exit code with its message."""

    points: Points
    ended: tuple[Ended, ...]


def score_kept(root: Path, told: Path, scores: Iterable[tuple[str, ...]] = SCORES) -> Scored:
    """Score both, or one, however damaged what is kept of them is."""
    points: Points = {}
    ended = []
    for score in scores:
        one = start_grader(told, root, *score).wait()
        ended.append(one)
        if one.code in (0, 1):
            points |= {
                (one.told["assignment"], name): None if entry["needs_review"] else entry["earned"]
                for name, entry in one.students.items()
            }
    return Scored(points, tuple(ended))


def decision(comment: str) -> Override:
    """The decision that was made, made again with another comment."""
    return Override(
        student="bruno",
        assignment="hello",
        criterion="unseen",
        earned=0.5,
        comment=comment,
        who="prof",
        when=datetime.now(UTC),
    )
