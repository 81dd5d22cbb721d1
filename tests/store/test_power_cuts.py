"""A power cut or a kill at any moment: what a command said is kept, and the same command again ends as if nothing was.

Five of each here; `make explore` makes a hundred.
"""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grader.review.decisions import decide
from grader.store.checkup import check_folder
from grader.store.work_folder import WorkFolder
from tests.small_course import Ended

from .forked import Forked, grader
from .kept_class import NOTEBOOKS, POINTS, Points, decision, score_kept
from .power import OPTIONS, copy_disk, cut_power, make_disk, mounted, why_not

FEW = settings.default.max_examples // 20
STUDENTS = sorted(NOTEBOOKS)
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Interrupted:
    """What the power is cut in: the state that it begins with, and what it does."""

    begins: str
    run: Callable[[Path], object]
    lasts_s: float
    """Some of its length; cuts come within twice that, so that many come soon after its end."""
    scored: tuple[str, ...] = ()
    """What has points once it has ended."""


def type_(*arguments: str) -> Callable[[Path], object]:
    return lambda root: grader(root, *(argument.format(root=root) for argument in arguments))


def decide_often(root: Path) -> None:
    """As the page of `grader review` decides; each decision is told as soon as the page would answer."""
    gradebook = WorkFolder(root / "work").gradebook
    for number in range(1000):
        decide(gradebook, [decision(f"decision {number}")])
        print(number, flush=True)


KINDS = {
    "grade": Interrupted("work-printed", type_("grade", "hello", "{root}/class", "--jobs", "2"), 4, ("hello",)),
    "decide": Interrupted(
        "work", type_("decide", "hello", "ana", "word", "1", "--who", "prof"), 0.5, ("hello", "midterm")
    ),
    "review": Interrupted("work", decide_often, 0.5, ("hello", "midterm")),
    "scan": Interrupted("work-printed", type_("exam", "scan", "midterm", "{root}/scans"), 1, ("midterm",)),
    "score": Interrupted("work-executed", type_("score", "hello"), 1.5, ("hello",)),
    "report": Interrupted("work-executed", type_("report", "hello"), 2, ("hello",)),
    "collect": Interrupted("work-printed", type_("collect", "hello", "{root}/class"), 0.5),
}


def put_class(kept: Path, root: Path) -> Path:
    """A folder with the class, for a work folder to be put beside."""
    root.mkdir()
    for name in ("course", "class", "scans"):
        (root / name).symlink_to(kept / name)
    return root


@contextmanager
def on_disk(kept: Path, root: Path, image: Path, options: str) -> Iterator[Path]:
    """The same, with its work folder on a disk."""
    put_class(kept, root)
    with mounted(image, root / "work", OPTIONS[options]):
        yield root


@pytest.fixture(scope="session")
def disks(kept, tmp_path_factory):
    """A disk for each state that something begins with, its power never cut."""
    if reason := why_not():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("disks")
    for name in {kind.begins for kind in KINDS.values()}:
        make_disk(folder / name)
        with mounted(folder / name, folder / "at", OPTIONS["late"]) as at:
            shutil.copytree(kept / name, at, dirs_exist_ok=True)
    return folder


def interrupt(kind: Interrupted, share: float, root: Path) -> Ended:
    """Begin it, and end it after a share of its length."""
    command = Forked(root / "told-before", lambda: kind.run(root))
    until = time.monotonic() + share * kind.lasts_s
    if command.ended_within(share * kind.lasts_s):
        time.sleep(max(0.0, until - time.monotonic()))
    return command.kill()


at_random_moments = settings(
    max_examples=FEW,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@at_random_moments
@given(chance=st.randoms(use_true_random=True))
def test_a_power_cut_loses_nothing_that_was_said_and_makes_no_grade_wrong(chance, kept, disks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cut")
    name, options, share = chance.choice([*KINDS]), chance.choice([*OPTIONS]), chance.uniform(0, 2)
    did = f"{name}, cut after {share:.3f} of its length, {options}"
    copy_disk(disks / KINDS[name].begins, folder / "disk")
    with on_disk(kept, folder / "before", folder / "disk", options) as root:
        said = interrupt(KINDS[name], share, root)
        cut_power(folder / "disk", folder / "left")
    with on_disk(kept, folder / "after", folder / "left", options) as root:
        check(name, said, root, did)
    shutil.rmtree(folder)


@at_random_moments
@given(chance=st.randoms(use_true_random=True))
def test_a_kill_loses_nothing_that_was_said_and_makes_no_grade_wrong(chance, kept, tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    name, share = chance.choice([*KINDS]), chance.uniform(0, 1.2)
    root = put_class(kept, folder / "class")
    shutil.copytree(kept / KINDS[name].begins, root / "work")
    said = interrupt(KINDS[name], share, root)
    check(name, said, root, f"{name}, killed after {share:.3f} of its length")
    shutil.rmtree(folder)


def check(name: str, said: Ended, root: Path, did: str) -> None:
    """What is on the disk after the cut, and what the same command makes of it."""
    work = WorkFolder(root / "work")
    kind = KINDS[name]
    assert said.code in (KILLED, 0, 1), f"{did}\n{said.err}"
    if said.code != KILLED or name == "review":
        require_said(name, said, work, did)
    require_sound(root, work, did)
    if name != "review":
        again = Forked(root / "told", lambda: kind.run(root)).wait()
        assert again.code in (0, 1), f"{did}\n{again.out}{again.err}"
        require_said(name, again, work, did)
    points = require_sound(root, work, did)
    assert {who[0] for who in points} >= set(kind.scored), did


def require_sound(root: Path, work: WorkFolder, did: str) -> Points:
    """Nothing is damaged, and nobody has other points than those that they have without a cut."""
    assert check_folder(work).damaged == (), did
    scored = score_kept(root, root / "told")
    for ended in scored.ended:
        assert ended.code in (0, 1, 2), f"{did}\n{ended.err}"
    decided = bool(work.gradebook.overrides("hello"))
    right = {who: 1.0 if who == ("hello", "bruno") and not decided else points for who, points in POINTS.items()}
    assert scored.points == {who: right[who] for who in scored.points}, did
    return scored.points


def require_said(name: str, said: Ended, work: WorkFolder, did: str) -> None:
    """What a command made that ended is there."""
    book = work.gradebook
    match name:
        case "grade" | "collect":
            collected = book.submissions("hello")
            assert sorted(one.student for one in collected) == STUDENTS, did
            assert all(work.submission(one.sha256) for one in collected), did
        case "decide":
            assert any(one.student == "ana" for one in book.overrides("hello")), did
        case "review":
            kept = {one.comment for one in book.overrides("hello")}
            assert {f"decision {number}" for number in said.out.split()} <= kept, did
        case "scan":
            assert len(book.responses("midterm")) == 2, did
        case "score":
            assert sorted(one.student for one in book.scores("hello")) == STUDENTS, did
    if name in ("grade", "report"):
        pages = work.reports("hello")
        for path in (pages / f"{page}.html" for page in (*STUDENTS, "index")):
            assert path.exists(), f"{did}: no {path.name}\n{said.out}{said.err}\n{work.log.read_text()}"
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), did
