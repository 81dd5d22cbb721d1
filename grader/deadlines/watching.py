"""When to look again while a deadline comes nearer."""

from __future__ import annotations

from datetime import datetime, timedelta

LAST_LOOK_S = 60.0
"""Before the deadline: a shared notebook that is changed just after it has then been copied just before it."""


def plan_next(started: datetime, now: datetime, closes: datetime, every_s: float) -> datetime | None:
    """When to collect next: every so often, shortly before the deadline, and once after it; then None."""
    if started >= closes:
        return None
    last = closes - timedelta(seconds=LAST_LOOK_S)
    turns = [started + timedelta(seconds=every_s), closes]
    if started < last:
        turns.append(last)
    return max(now, min(turns))
