"""Run as a process of its own: the reference's modules answer questions with the same code as a notebook."""

from __future__ import annotations

import importlib
import socket
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.inside import answering


def main() -> None:
    """Arguments: the descriptor over which questions come until it is closed, the course, the names of modules."""
    descriptor, course, *modules = sys.argv[1:]
    namespace = load_reference(course, modules)
    with socket.socket(fileno=int(descriptor)) as connection:
        while True:
            try:
                answering.answer_over(connection, namespace)
            except EOFError:
                return


def load_reference(course: str, modules: Sequence[str]) -> dict[str, Any]:
    """All names of these modules of the course's folder reference/."""
    package = Path(course, "reference")
    if not (package / "__init__.py").exists():
        # As good as one: otherwise a package `reference` elsewhere on the path would come first.
        sys.modules["reference"] = types.ModuleType("reference")
        sys.modules["reference"].__path__ = [str(package)]
    namespace: dict[str, Any] = {}
    for module in modules:
        namespace |= vars(importlib.import_module(f"reference.{module}"))
    return namespace


if __name__ == "__main__":
    main()
