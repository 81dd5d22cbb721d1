"""Run as a process of its own: the reference's modules answer questions with the same code as a notebook."""

from __future__ import annotations

import importlib
import socket
import sys
from typing import Any

from grader.inside import probes


def main() -> None:
    """Arguments: the descriptor over which the questions come until it is closed, and the names of the modules."""
    descriptor, *modules = sys.argv[1:]
    namespace: dict[str, Any] = {}
    for module in modules:
        namespace |= vars(importlib.import_module(f"reference.{module}"))
    with socket.socket(fileno=int(descriptor)) as connection:
        while True:
            try:
                probes.answer_over(connection, namespace)
            except EOFError:
                return


if __name__ == "__main__":
    main()
