"""Time as a notebook uses it: what it waited for a processor, on a machine that others use too, does not count.

A process that is ready to run and gets no processor is not asleep: the kernel of the system counts the one apart from
the other (/proc/<pid>/schedstat, its second number). So an endless sleep ends at the limit, and a training that shares
two processors with twenty others does not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

OUTER = 4.0
"""Where so many times the limit has passed on the wall, it ends all the same: a class has to end at some time. What
ends so is run once more, alone."""

_SHORTEST_S = 0.05
"""Between two looks at how long it waited."""


class FairTimer:
    """Started when it is made; `waited_s` tells how long the notebook has waited for a processor until now."""

    def __init__(self, waited_s: Callable[[], float]) -> None:
        self._waited_s = waited_s
        self._started = time.monotonic()
        self._waited_before = waited_s()
        self._most_waited_s = 0.0

    @property
    def wall_s(self) -> float:
        return time.monotonic() - self._started

    @property
    def spent_s(self) -> float:
        """Running or asleep."""
        wall_s = self.wall_s
        # What a process waited is forgotten when it ends.
        self._most_waited_s = max(self._most_waited_s, self._waited_s() - self._waited_before)
        return max(0.0, wall_s - self._most_waited_s)

    def left_s(self, limit_s: float) -> float:
        """Of the limit, or until its outer bound."""
        return min(limit_s - self.spent_s, OUTER * limit_s - self.wall_s)

    def was_held_up(self, limit_s: float) -> bool:
        """Whether the outer bound came first: the machine was too busy for it."""
        return self.spent_s < limit_s

    async def wait(self, futures: set[asyncio.Future[Any]], limit_s: float) -> bool:
        """Until one of them is done; False where the limit came first."""
        while (left := self.left_s(limit_s)) > 0:
            done, _ = await asyncio.wait(futures, timeout=max(left, _SHORTEST_S), return_when=asyncio.FIRST_COMPLETED)
            if done:
                return True
        return any(future.done() for future in futures)
