"""How tests wait: for what they name, and never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 300.0
"""Long, since what a busy machine does is late and not wrong; what never comes fails its test with a sentence."""


def wait_until(condition: Callable[[], object], what: str, limit_s: float = PATIENCE_S) -> None:
    """Return once the condition holds; `what` says of a condition that never did what was waited for."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, f"for {limit_s:.0f} s it was waited in vain: {what}"
        time.sleep(0.01)
