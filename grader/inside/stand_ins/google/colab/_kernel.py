"""IPython's kernel where nobody types."""

from __future__ import annotations

from typing import NoReturn

from ipykernel.ipkernel import IPythonKernel
from IPython.core.error import StdinNotImplementedError
from traitlets import Type

from . import _network, _windows
from ._shell import Shell


def prepare() -> None:
    """Once in each process, before its kernel: what needs a screen or a network says that there is none."""
    _windows.close()
    _network.tell_of_its_absence()


class Kernel(IPythonKernel):  # type: ignore[misc]
    """The kernel of a graded notebook."""

    shell_class = Type(Shell)

    def raw_input(self, prompt: str = "") -> NoReturn:
        """What `input` is in a notebook."""
        refuse("input")

    def getpass(self, prompt: str = "", stream: object = None, *, echo_char: str | None = None) -> NoReturn:
        refuse("getpass")


def refuse(name: str) -> NoReturn:
    """Say that nobody will answer."""
    raise StdinNotImplementedError(
        f"{name}() waits for somebody to type, and nobody does where notebooks are graded: "
        "write the value into the cell instead."
    )
