"""A notebook's standard output and standard error."""

from __future__ import annotations

import contextlib
import select
import time

from ipykernel.iostream import OutStream

MOST_UNSENT = 1 << 17
"""Characters that wait to be sent."""
PAUSE_S = 0.01
"""After so many. A cell that prints without end is interrupted for it, which takes effect when all that it printed
until then has been read: it prints no faster than that."""


class Stream(OutStream):  # type: ignore[misc]
    """ipykernel's, which hands nothing on where there is nothing, and does not let much wait.

    A kernel flushes both streams after every cell, and waits for the thread that sends: four changes of threads.
    """

    _unsent = 0

    def write(self, string: str) -> int | None:
        written: int | None = super().write(string)
        self._unsent += len(string)
        if self._unsent > MOST_UNSENT:
            self.flush()
            time.sleep(PAUSE_S)
        return written

    def flush(self) -> None:
        if self._unsent or self._has_raw():
            self._unsent = 0  # before: another thread may write meanwhile
            super().flush()

    def _has_raw(self) -> bool:
        """Whether something that was written past Python, by a process or a library, waits to be read."""
        with contextlib.suppress(OSError, ValueError):  # the notebook has closed what is no file of its own
            return self._fid is not None and bool(select.select([self._fid], [], [], 0)[0])
        return True
