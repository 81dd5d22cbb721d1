"""What the assignment brings for its notebooks, as it lies in the sandbox: files, files for addresses, typed answers.

The notebook's code may read all of it, and also finds here what to say of a file that is not there.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from typing import Any
from urllib.parse import parse_qs, urlsplit

FOLDER = "GRADER_MATERIALS"
"""The environment variable that says where the materials lie."""

RECORD = "GRADER_MISSING"
"""The environment variable that names the pipe in which it is noted what a notebook asked for in vain."""

TABLE = "materials.json"

SAMPLE_FILES = (
    "anscombe.json",
    "california_housing_test.csv",
    "california_housing_train.csv",
    "mnist_test.csv",
    "mnist_train_small.csv",
)
SAMPLE_README = f"""\
Colab puts sample files into this folder: {", ".join(SAMPLE_FILES)}.
They are not here, where notebooks are graded, unless the assignment brings them.
"""

_DRIVE = re.compile(r"(?:.*\.)?(?:drive|docs|drive\.usercontent|colab\.research)\.google\.com")
_DRIVE_ID = re.compile(r"[\w-]{25,}")
_SSH = re.compile(r"(?:ssh://)?git@([^:/]+)[:/]")


def key_of(address: str) -> str:
    """What the spellings of one address have in common: any scheme, `.git` or none, a file on Drive by its id.

    >>> key_of("http://Example.org/nets.git"), key_of("https://example.org/nets/")
    ('example.org/nets', 'example.org/nets')
    >>> key_of("https://drive.google.com/uc?id=1AbCdEfGhIjKlMnOpQrStUvWxYz012345")
    'drive:1AbCdEfGhIjKlMnOpQrStUvWxYz012345'
    """
    address = _SSH.sub(r"https://\1/", address.strip())
    if _DRIVE_ID.fullmatch(address):
        return f"drive:{address}"
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    except ValueError:  # no address at all: `http://[`
        return address
    if _DRIVE.fullmatch(host):
        ids = [*re.findall(r"/(?:d|drive|folders)/([\w-]{10,})", parts.path), *parse_qs(parts.query).get("id", [])]
        if ids:
            return f"drive:{ids[0]}"
    path = parts.path.rstrip("/").removesuffix(".git")
    return f"{host}{path}{'?' if parts.query else ''}{parts.query}"


def lay_out(folder: str, content: str) -> None:
    """Put the files that the assignment brings into the notebook's folder, and an empty sample_data as Colab has it."""
    files = os.path.join(folder, "files")
    if os.path.isdir(files):
        shutil.copytree(files, content, dirs_exist_ok=True, copy_function=shutil.copyfile)
    readme = os.path.join(content, "sample_data", "README.md")
    os.makedirs(os.path.dirname(readme), exist_ok=True)
    if not os.path.exists(readme):
        with open(readme, "w", encoding="utf-8") as file:
            file.write(SAMPLE_README)


def read_table() -> dict[str, Any]:
    """The table of what there is: `downloads`, by the keys of their addresses, `inputs`, and the `packages` stated."""
    folder = os.environ.get(FOLDER, "")
    try:
        with open(os.path.join(folder, TABLE), encoding="utf-8") as file:
            return dict(json.load(file))
    except FileNotFoundError:  # a notebook that has changed its environment finds nothing
        return {"downloads": {}, "inputs": [], "packages": {}}


def find(address: str, *, folder: bool = False) -> str | None:
    """The file that the assignment brings for an address, or also a folder; None where it brings none."""
    path = read_table()["downloads"].get(key_of(address))
    if path is None:
        return None
    there = os.path.join(os.environ[FOLDER], path)
    return there if folder or os.path.isfile(there) else None


def say_missing(address: str) -> str:
    """Note that something was asked for in vain, and say so to who asked."""
    note_missing(address)
    return (
        f"There is no network where notebooks are graded, and the assignment brings no file for {address}. "
        "A person looks at what needs it. (A course brings files by [downloads] in assignment.toml.)"
    )


def note_missing(what: str) -> None:
    """Note what a notebook asked for and did not get: an address, or what somebody would have to type or choose."""
    with contextlib.suppress(OSError, KeyError):  # a notebook that has filled or forgotten the record notes no more
        record = os.open(os.environ[RECORD], os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0))
        try:
            os.write(record, " ".join(what.split()).encode(errors="replace")[:500] + b"\n")
        finally:
            os.close(record)
