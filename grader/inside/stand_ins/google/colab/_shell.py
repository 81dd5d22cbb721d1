"""IPython's shell with the magics that Colab adds, and bash for every `!` line.

Notebooks ask `"google.colab" in str(get_ipython())` to learn whether they are in Colab.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.utils import process

from grader.inside import brought

from . import _network
from ._imports import find_broken_package

SAMPLES_MISSING = (
    "Colab has sample files in sample_data, which are not here, where notebooks are graded. A person looks at what "
    "needs them. (A course brings files by [files] in assignment.toml.)"
)


class Shell(ZMQInteractiveShell):  # type: ignore[misc]
    """The shell of a graded notebook."""

    def init_magics(self) -> None:
        super().init_magics()
        self.register_magic_function(self.run_shell, "line_cell", "shell")
        self.register_magic_function(choose_tensorflow, "line", "tensorflow_version")

    def showtraceback(self, *arguments: Any, **options: Any) -> None:
        """Show an error; for want of Colab's sample files, or of a package that works, it says whose fault it is."""
        super().showtraceback(*arguments, **options)
        error = sys.exc_info()[1]
        if isinstance(error, FileNotFoundError) and "sample_data/" in str(error):
            print(SAMPLES_MISSING)
        broken = find_broken_package(error)
        if broken is not None:
            brought.note_missing(f"import {broken}")
            print(f"{broken} is installed here, but cannot be imported. A person looks at what needs it.")

    def system(self, command: str) -> None:
        """Run a `!` line, or what `%pip` makes of its own; its exit status is left in `_exit_code`."""
        self.run_bash(self.var_expand(command, depth=1))

    def run_shell(self, line: str, cell: str | None = None) -> None:
        """`%shell` and `%%shell`: run it in bash; an error where it fails, but with --ignore-errors."""
        status = self.run_bash(line if cell is None else cell)
        if status and not (cell is not None and "--ignore-errors" in line):
            raise subprocess.CalledProcessError(status, "%shell" if cell is None else "%%shell")

    def run_bash(self, script: str) -> int:
        """Run a script, show what it prints, and say why it failed where the missing network is why."""
        status = int(process.system(script))
        self.user_ns["_exit_code"] = status
        because = _network.why_failed(script) if status else None
        if because is not None:
            print(because)
        return status


def choose_tensorflow(line: str) -> None:
    """`%tensorflow_version`: there is the version that is installed, or none."""
    if line.strip().startswith("1"):
        raise ValueError("TensorFlow 1 has been taken out of Colab, and is not here.")
    there = importlib.util.find_spec("tensorflow") is not None
    print(f"%tensorflow_version has no effect: TensorFlow is {'' if there else 'not '}installed here.")
