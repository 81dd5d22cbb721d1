"""Tells from an error, and the code that raised it, which file the notebook lacked."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence

from grader.execute.causes import CellError, doing_of, first_line
from grader.files.cell_names import CellStatement

_OS_ERRORS = frozenset({"FileNotFoundError", "NotADirectoryError", "OSError"})
_OTHER_ERRORS = frozenset({"RuntimeError", "Exception", "error", "ValueError"})
"""Of torchvision's data sets, `%run`, OpenCV and pandas."""
_NO_FILE = re.compile(
    r"No such file or directory|File `[^`]*` not found|does not exist|can't open/read file|"
    r"[Uu]nable to (?:synchronously )?open file|Dataset not found|Found no valid file|Couldn't find any class folder|"
    r"waits for somebody to choose"
)
_LIKE_NOTHING = re.compile(r"NoneType|index out of range|division by zero|empty|not enough values to unpack")
_EXISTS = re.compile(r"\b(?:exists|is_?file|is_?dir)\(")
READS_FILES = re.compile(r"\b(?:imread|VideoCapture|glob|iglob|rglob|listdir|iterdir|scandir|walk)\(")
RUNS_FILES = re.compile(r"run_line_magic\('(?:run|load)'|\bexec\(\s*open\(")
"""Whatever the file would bind is among the notebook's names."""


def missing_file(reached: Sequence[CellStatement], readers: Sequence[CellStatement], error: CellError) -> str:
    """The path that is not there, or else what was to read it; empty where that is not why the code stopped.

    `readers`: the statements that bound what this one uses.
    """
    if error.name in ("FileNotFoundError", "NotADirectoryError") or (
        error.name in (_OS_ERRORS | _OTHER_ERRORS) and _NO_FILE.search(error.value)
    ):
        if not any(map(_may_read, reached)):
            return ""  # it raises that error itself
        quoted = re.findall(r"'([^'\n]{1,300})'|\"([^\"\n]{1,300})\"|`([^`\n]{1,300})`", error.value)
        path = next((part for parts in reversed(quoted) for part in parts if part), "")
        return path.strip("'") or _path_in(reached)
    looking = [one for one in reached if _EXISTS.search(one.text)]
    if looking and (error.name == "AssertionError" or any(map(_ends_without_file, looking))):
        asked = re.search(_EXISTS.pattern + r"\s*['\"]([^'\"\n]{1,300})", looking[0].text)
        return asked[1] if asked else _path_in(looking)
    if _LIKE_NOTHING.search(error.value) or error.name == "StopIteration":  # next() of a glob
        # cv2.imread gives None where there is no file, and glob an empty list: the next line stops for it.
        found = [one for one in (*reached, *readers) if READS_FILES.search(one.text)]
        return _path_in(found) if found else ""
    return ""


def _path_in(statements: Sequence[CellStatement]) -> str:
    """The first text in them that may be a path; else what reads it."""
    for one in statements:
        for found in re.findall(r"""["']([^"'\n]{1,300})["']""", one.text):
            if re.search(r"[/.*]", found) and not re.match(r"https?:", found):
                return str(found)
    for one in statements:
        if called := re.search(r"[\w.]*" + READS_FILES.pattern + r"[^\n)]{0,80}\)?", one.text):
            return called[0]
    return first_line(statements[0].text, r"\S") if statements else ""


def _ends_without_file(statement: CellStatement) -> bool:
    """Whether it is an `if` that raises or exits where something does not exist."""
    node = statement.node
    if not isinstance(node, ast.If):
        return False
    is_not = isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
    lines = "\n".join(map(ast.unparse, node.body if is_not else node.orelse))
    return re.search(r"\braise\b|\b(?:exit|quit)\(", lines) is not None


_READS_NOTHING = frozenset(dir(builtins)) - {"open", "exec", "eval", "__import__"}


def _may_read(statement: CellStatement) -> bool:
    """Whether it calls what may read a file."""
    called = [node.func for node in ast.walk(doing_of(statement)) if isinstance(node, ast.Call)]
    return statement.node is None or any(not isinstance(f, ast.Name) or f.id not in _READS_NOTHING for f in called)
