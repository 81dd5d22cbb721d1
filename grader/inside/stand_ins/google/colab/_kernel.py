"""IPython's kernel where nobody types."""

from __future__ import annotations

import contextlib
import signal
import sys
import types
from collections.abc import Iterator
from typing import Any, ClassVar

from ipykernel import ipkernel
from ipykernel.ipkernel import IPythonKernel
from traitlets import Type

from grader.inside import brought

from . import _windows
from ._answers import TypedAnswers
from ._shell import Shell


def prepare() -> None:
    """Once in each process, before its kernel: what needs a screen says that there is none."""
    _windows.close()


class _Sys(types.ModuleType):
    """`sys`, except for the modules."""

    modules: ClassVar[dict[str, types.ModuleType]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


@contextlib.contextmanager
def _without_modules() -> Iterator[None]:
    """For ipykernel's debugger, which nobody uses here, a kernel lists every module's file as it starts.

    That touches thousands of pages which the fork shares with its server, and each is copied.
    """
    ipkernel.sys = _Sys("sys")
    try:
        yield
    finally:
        ipkernel.sys = sys


def interrupt_cell(_: int, frame: types.FrameType | None) -> None:
    """Raise KeyboardInterrupt where a cell runs, and only there.

    Whether one does is read off the stack: a variable would be set some moments before and after.
    """
    while frame is not None:
        if frame.f_code is IPythonKernel.do_execute.__code__:
            raise KeyboardInterrupt
        frame = frame.f_back


class Kernel(IPythonKernel):  # type: ignore[misc]
    """The kernel of a graded notebook."""

    shell_class = Type(Shell)

    def __init__(self, **options: Any) -> None:
        with _without_modules():
            super().__init__(**options)
        self.typed = TypedAnswers(brought.read_table()["inputs"])
        self._streams = sys.stdout, sys.stderr

    def pre_handler_hook(self) -> None:
        """An interrupt is for the cell that runs: one that comes as its reply is being sent would stop the reply."""
        self._handler_before = signal.signal(signal.SIGINT, interrupt_cell)

    def post_handler_hook(self) -> None:
        signal.signal(signal.SIGINT, self._handler_before)

    async def do_execute(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        try:
            reply: dict[str, Any] = await super().do_execute(*arguments, **options)
        except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001  (without a reply, the cell would never end)
            # IPython's own code was interrupted, before the notebook's or after it: half done, it raises anything.
            told = {"ename": type(error).__name__, "evalue": str(error), "execution_count": self.execution_count}
            return {"status": "error", "traceback": [], "user_expressions": {}, "payload": [], **told}
        finally:
            # ipykernel flushes both before it replies: without them, the cell would never end.
            for name, stream in zip(("stdout", "stderr"), self._streams, strict=True):
                if not callable(getattr(getattr(sys, name, None), "flush", None)):
                    setattr(sys, name, stream)
        return reply

    def do_shutdown(self, restart: bool) -> dict[str, Any]:
        """A notebook that restarts its own kernel goes on: it would end some moments later, and what still runs until
        then would be chance."""
        return {"status": "ok", "restart": restart}

    def raw_input(self, prompt: str = "") -> str:
        """What `input` is in a notebook: the assignment's answer, shown as if somebody had typed it."""
        answer = self.typed.take("input", str(prompt))
        print(f"{prompt}{answer}")
        return answer

    def getpass(self, prompt: str = "Password: ", stream: object = None, *, echo_char: str | None = None) -> str:
        """As `input`, but what is typed does not show."""
        answer = self.typed.take("getpass", str(prompt))
        print(prompt)
        return answer
