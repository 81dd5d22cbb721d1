"""IPython's kernel where nobody types."""

from __future__ import annotations

from typing import Any

from ipykernel.ipkernel import IPythonKernel
from traitlets import Type

from grader.inside import materials

from . import _windows
from ._answers import TypedAnswers
from ._shell import Shell


def prepare() -> None:
    """Once in each process, before its kernel: what needs a screen says that there is none."""
    _windows.close()


class Kernel(IPythonKernel):  # type: ignore[misc]
    """The kernel of a graded notebook."""

    shell_class = Type(Shell)

    def __init__(self, **options: Any) -> None:
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
