"""Says in the student's words that there is no network, where there is none."""

from __future__ import annotations

import re
import socket
from typing import Any

PIP = re.compile(r"\bpip3?\b.*\b(install|download)\b")
LOADERS = re.compile(r"\b(wget|curl|gdown|git\s+clone|apt|apt-get|kaggle|conda|huggingface-cli)\b")


def is_there() -> bool:
    """Whether there is any network but the machine's own loop."""
    return any(name != "lo" for _, name in socket.if_nameindex())


def why_failed(command: str) -> str | None:
    """What to tell of a failed command that wanted something from the network; None of any other."""
    if PIP.search(command):
        return "No package can be added where notebooks are graded: use those that are installed."
    if LOADERS.search(command) and not is_there():
        return "There is no network where notebooks are graded: what this line fetches is missing here."
    return None


def tell_of_its_absence() -> None:
    """Where no name can be looked up, say why, in the error that every library passes on."""
    if is_there():
        return
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return look_up(host, *arguments, **options)
        except socket.gaierror as error:
            if host in (None, "localhost"):
                raise
            raise socket.gaierror(error.errno, "there is no network where notebooks are graded") from None

    socket.getaddrinfo = getaddrinfo
