"""A notebook's standard output and standard error."""

from __future__ import annotations

import contextlib
import select

from ipykernel.iostream import OutStream


class Stream(OutStream):  # type: ignore[misc]
    """ipykernel's, which hands nothing on where there is nothing.

    A kernel flushes both streams after every cell, and waits for the thread that sends: four changes of threads.
    """

    _is_written = False

    def write(self, string: str) -> int | None:
        self._is_written = True
        written: int | None = super().write(string)
        return written

    def flush(self) -> None:
        if self._is_written or self._has_raw():
            self._is_written = False  # before: another thread may write meanwhile
            super().flush()

    def _has_raw(self) -> bool:
        """Whether something that was written past Python, by a process or a library, waits to be read."""
        with contextlib.suppress(OSError, ValueError):  # the notebook has closed what is no file of its own
            return self._fid is not None and bool(select.select([self._fid], [], [], 0)[0])
        return True
