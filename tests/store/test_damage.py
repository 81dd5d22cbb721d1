"""Whatever is damaged in a work folder: no points change in silence, and no command ends by an error of ours.

Fifty damages here; `make explore` makes a thousand.
"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grader.store.work_folder import GRADEBOOK, WorkFolder

from .forked import Forked
from .kept_class import POINTS, SCORES, decision, score_kept

NOT_KEPT = ("lock", "lock.owner", ".gitignore", "grader.log")
DAMAGES = ("flip", "flips", "cut", "empty", "zeros", "gone", "other")


def test_what_is_not_damaged_has_its_points(kept, tmp_path):
    assert score_kept(kept, tmp_path).points == POINTS


def files_of(work: Path) -> list[Path]:
    """What is kept, by its place: pages are written again by whoever wants them."""
    found = (path.relative_to(work) for path in work.rglob("*") if path.is_file())
    return sorted(path for path in found if path.name not in NOT_KEPT and path.parts[0] != "reports")


def damage(path: Path, what: str, chance: Random, other: Path) -> str:
    """Do to a file what a disk, a copy that broke off or a person may do to it; returns what it was."""
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content)) if content else 0
    path.chmod(0o644)
    match what:
        case "flip" if content:
            content[place] ^= 1 << chance.randrange(8)
        case "flips" if content:
            for _ in range(8):
                content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        case "cut":
            del content[place:]
        case "empty":
            content.clear()
        case "zeros":
            start = place // 4096 * 4096  # a block of the disk
            content[start : start + 4096] = bytes(len(content[start : start + 4096]))
        case "other":
            content[:] = other.read_bytes()
    if what == "gone":
        path.unlink()
    else:
        path.write_bytes(content)
    return f"{what} at {place} of {path}" + f" by {other}" * (what == "other")


@settings(
    max_examples=settings.default.max_examples // 2,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chance=st.randoms(use_true_random=True))
def test_points_stay_or_a_person_is_asked(chance, kept, tmp_path_factory):
    root = tmp_path_factory.mktemp("damaged")
    try:
        shutil.copytree(kept / "course", root / "course")
        shutil.copytree(kept / "work", root / "work")
        names = files_of(root / "work")
        name, other = chance.choice(names), chance.choice(names)
        did = damage(root / "work" / name, chance.choice(DAMAGES), chance, root / "work" / other)
        # The gradebook is everyone's; what is beside it is an assignment's, or an exam's.
        concerned = {GRADEBOOK: SCORES, "exams": SCORES[1:]}.get(name.parts[0], SCORES[:1])
        scored = score_kept(root, root / "told", concerned)
        for ended in scored.ended:
            assert ended.code in (0, 1, 2), f"{did}\n{ended.err}"
            if ended.code < 2:
                told = {(ended.told["assignment"], student) for student in ended.students}
                assert told == {who for who in POINTS if who[0] == ended.told["assignment"]}, did
                assert ended.code == 1 or None not in {scored.points[who] for who in told}, did
        silent = {who: points for who, points in scored.points.items() if points not in (None, POINTS[who])}
        assert silent == {}, did
    finally:
        shutil.rmtree(root)


@pytest.mark.parametrize("what", ["gone", "flip"])
def test_a_decision_of_a_process_that_was_killed_is_in_the_gradebook_alone(what, kept, tmp_path):
    shutil.copytree(kept / "work", tmp_path / "work")

    def decide():
        gradebook = WorkFolder(tmp_path / "work").gradebook
        gradebook.add_override(decision("the last"))
        os.kill(os.getpid(), signal.SIGKILL)

    assert Forked(tmp_path / "told", decide).wait().code == -signal.SIGKILL
    for beside in (tmp_path / "work").glob(f"{GRADEBOOK}-*"):
        damage(beside, what, Random(4), beside)
    assert WorkFolder(tmp_path / "work").gradebook.overrides("hello")[-1].comment == "the last"
