"""The examples of the README and of the guide: found, typed into a shell, and compared with its output."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "grader" / "guide"
PAGES = {"README": ROOT / "README.md", **{path.stem: path for path in sorted(GUIDE.glob("*.md"))}}

Example = tuple[str, tuple[str, ...]]
"""A command, and the lines that it is said to print."""


def read(name: str) -> str:
    return PAGES[name].read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", read(page), re.MULTILINE | re.DOTALL)


def examples(page: str) -> list[Example]:
    """Every command of the page's console blocks, in order."""
    found: list[tuple[str, list[str]]] = []
    for block in blocks(page, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return [(command, tuple(lines)) for command, lines in found]


def before(page: str) -> list[str]:
    """What a page takes as done already: `<!-- before: … -->`."""
    return re.findall(r"<!-- before: (.*?) -->", read(page))


def run_as_typed(commands: Sequence[str], folder: Path) -> list[tuple[int, str]]:
    """(exit code, output) of each command, typed one after the other into one shell."""
    script = "".join(f"{command}\necho '@@@' $?\n" for command in commands)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    shell = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    parts = re.split(r"^@@@ (\d+)\n", shell.stdout, flags=re.MULTILINE)
    return [(int(code), output) for output, code in zip(parts[::2], parts[1::2], strict=False)]


def shows(output: str, lines: Sequence[str]) -> bool:
    """Whether these lines are the output; `…` stands for anything."""
    printed = "\n".join(line.rstrip() for line in output.splitlines())
    pattern = "\n".join(re.escape(line.rstrip()).replace("…", ".*") for line in lines)
    return re.fullmatch(pattern, printed, re.DOTALL) is not None
