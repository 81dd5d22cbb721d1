"""Run as a process of its own: the reference's modules answer questions with the same code as a notebook."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from grader.inside import probes


def main() -> None:
    """Arguments: the folder of the questions, and JSON of [module names, question names]."""
    folder, (modules, names) = Path(sys.argv[1]), json.loads(sys.argv[2])
    namespace: dict[str, Any] = {}
    for module in modules:
        namespace |= vars(importlib.import_module(f"reference.{module}"))
    for name in names:
        probes.answer_file(folder, name, namespace)


if __name__ == "__main__":
    main()
