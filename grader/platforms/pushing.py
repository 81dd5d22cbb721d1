"""Sends grades to a platform: each once, and nothing over what a person changed there.

What is there now is compared with what was last sent. The page's name holds its hash, so what is there says by itself
whether it was sent, even where the grader was killed before it could note so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.errors import PassingError
from grader.platforms.grade_site import GradeSite, PlatformStanding
from grader.platforms.platform_http import UnsureError

_TRIES = 6


@dataclass(frozen=True)
class Push:
    """What one student is to have there."""

    student: str
    points: float
    comment: str
    page: tuple[str, bytes]


@dataclass(frozen=True)
class Change:
    """A push that differs from what is there."""

    key: int
    push: Push
    there: PlatformStanding
    is_ours: bool
    """What is there is nothing, or what we sent: it may be overwritten."""


@dataclass(frozen=True)
class Planned:
    """Each student with a grade once; `same` has nothing to send."""

    changes: tuple[Change, ...]
    theirs: tuple[Change, ...]
    same: tuple[str, ...]


@dataclass(frozen=True)
class Sent:
    """What came of sending; `theirs` were changed by a person since the plan was made."""

    students: tuple[str, ...]
    theirs: tuple[Change, ...]


@dataclass(frozen=True)
class LastSent:
    """What the receipt says."""

    points: float
    comment: str


def plan(site: GradeSite, pushes: Mapping[int, Push], last: Mapping[str, LastSent]) -> Planned:
    """Compare every push with what is there; nothing is sent."""
    changes: list[Change] = []
    theirs: list[Change] = []
    same: list[str] = []
    for key, push in pushes.items():
        change = compare(site, key, push, last.get(push.student))
        if change is None:
            same.append(push.student)
        else:
            (changes if change.is_ours else theirs).append(change)
    return Planned(tuple(changes), tuple(theirs), tuple(same))


def compare(site: GradeSite, key: int, push: Push, last: LastSent | None) -> Change | None:
    """None where all of it is there."""
    there = site.standing(key)
    comments = {_fold(comment) for comment in there.comments}
    has_points = _equal(there.points, push.points)
    is_there = not push.comment or _fold(push.comment) in comments
    if has_points and is_there and push.page[0] in there.files:
        return None
    ours = {_fold(push.comment), _fold(last.comment) if last else ""}
    keeps_comment = not site.overwrites or comments <= ours
    keeps_points = has_points or _equal(there.points, last.points if last else None)
    return Change(key, push, there, is_ours=keeps_points and keeps_comment)


def send(
    site: GradeSite,
    changes: Sequence[Change],
    last: Mapping[str, LastSent],
    receipt: Callable[[Push], None],
    *,
    pause_s: float = 0.5,
) -> Sent:
    """Send each change, after a look at what is there at that moment."""
    students, theirs = [], []
    for change in changes:
        refused = _send_one(site, change, last.get(change.push.student), pause_s)
        if refused is not None:
            theirs.append(refused)
            continue
        # At once: whatever stops us afterwards, the next run knows of it.
        receipt(change.push)
        students.append(change.push.student)
    return Sent(tuple(students), tuple(theirs))


def _send_one(site: GradeSite, change: Change, last: LastSent | None, pause_s: float) -> Change | None:
    """None where it is there in the end."""
    push = change.push
    for attempt in range(_TRIES):
        now = compare(site, change.key, push, last)
        if now is None:
            return None
        if not now.is_ours:
            return now
        try:
            site.grade(change.key, push.points, push.comment, push.page)
        except UnsureError:
            # It may have been made: what is there says so at the next turn.
            time.sleep(pause_s * 2**attempt)
        else:
            return None
    raise PassingError(
        f"the grade of {push.student} could not be sent in {_TRIES} tries",
        remedy="What was sent is noted: start the same command again, and it goes on from there.",
    )


def _equal(one: float | None, other: float | None) -> bool:
    """To five decimals, as Moodle keeps them."""
    return one is other if one is None or other is None else abs(one - other) < 1e-5


def _fold(text: str) -> str:
    return " ".join(text.split())
