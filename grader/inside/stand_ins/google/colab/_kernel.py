"""IPython's kernel where nobody types."""

from __future__ import annotations

import contextlib
import sys
import types
from collections.abc import Iterator
from typing import Any, ClassVar

from ipykernel import ipkernel
from ipykernel.ipkernel import IPythonKernel
from traitlets import Type

from grader.inside import materials

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


class Kernel(IPythonKernel):  # type: ignore[misc]
    """The kernel of a graded notebook."""

    shell_class = Type(Shell)

    def __init__(self, **options: Any) -> None:
        with _without_modules():
            super().__init__(**options)
        self.typed = TypedAnswers(materials.read_table()["inputs"])

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
