"""A notebook's standard output and standard error."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import threading
import time
from typing import Any

from ipykernel.iostream import OutStream

MOST_UNSENT = 1 << 17
"""Characters that wait to be sent."""
PAUSE_S = 0.01
"""After so many. A cell that prints without end is interrupted for it, which takes effect when all that it printed
until then has been read: it prints no faster than that."""


MOST_RAW = 1 << 16
"""Bytes: as many as a pipe holds."""


class Stream(OutStream):  # type: ignore[misc]
    """ipykernel's, which hands nothing on where there is nothing, and does not let much wait.

    A kernel flushes both streams after every cell, and waits for the thread that sends: four changes of threads.

    What is written past Python, by a library or a process, comes through a pipe. ipykernel has a thread read it, which
    the end of a cell may overtake; here whoever flushes reads it, too.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._unsent = 0
        self._raw_lock = threading.Lock()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        super().__init__(*arguments, **options)  # starts the thread

    def write(self, string: str) -> int | None:
        written: int | None = super().write(string)
        self._unsent += len(string)
        if self._unsent > MOST_UNSENT:
            self.flush()
            time.sleep(PAUSE_S)
        return written

    def flush(self) -> None:
        if self._is_master_process():  # a process that it forked reads nothing: the lock may be held for ever there
            self._take_raw()
        if self._unsent:
            self._unsent = 0  # before: another thread may write meanwhile
            super().flush()

    def _take_raw(self) -> bool:
        """Write what was written past Python by now, if anything; whether there may be more to come."""
        with (
            contextlib.suppress(OSError, ValueError),
            self._raw_lock,
        ):  # the notebook has closed what is no file of its own
            if self._fid is None:
                return False
            if select.select([self._fid], [], [], 0)[0]:
                raw = os.read(self._fid, MOST_RAW)
                text = self._decoder.decode(raw)
                super().write(text)
                self._unsent += len(text)
                return bool(raw)
            return True
        return False

    def _watch_pipe_fd(self) -> None:
        """What the thread does."""
        with contextlib.suppress(OSError, ValueError):
            while self._should_watch and select.select([self._fid], [], []) and self._take_raw():
                if self._unsent > MOST_UNSENT:
                    self.flush()
                    time.sleep(PAUSE_S)
