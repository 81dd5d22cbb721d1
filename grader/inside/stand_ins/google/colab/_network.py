"""Why a command failed that wanted something from the network, where there is none."""

from __future__ import annotations

import re

from grader.inside.network import is_there

PIP = re.compile(r"\bpip3?\b.*\b(install|download)\b")
LOADERS = re.compile(r"\b(apt|apt-get|kaggle|conda|huggingface-cli|aria2c|axel)\b")


def why_failed(command: str) -> str | None:
    """What to tell of a failed command that wanted something from the network; None of any other."""
    if PIP.search(command):
        return "No package can be added where notebooks are graded: use those that are installed."
    if LOADERS.search(command) and not is_there():
        return "There is no network where notebooks are graded: what this line fetches is missing here."
    return None
