"""Threads parse Python at the same time: each gets its tree."""

import ast
import gc
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import grader
from grader.files.python_source import parse

SOURCE = "x = [" + ", ".join("f(a + b * (c - d ** (e // 2)))" for _ in range(30)) + "]\n"


class Collected:
    """Garbage that runs Python as it is collected, so that a thread stops amid a tree."""

    def __init__(self):
        self.itself = self

    def __del__(self):
        sum(range(200))


def parse_in_threads():
    """Errors of three threads that parse at once, with as many switches between them as there can be."""
    errors = []

    def run():
        for _ in range(40):
            Collected()
            try:
                parse(SOURCE)
            except SystemError as error:
                errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    sys.setswitchinterval(1e-5)
    gc.set_threshold(20)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_threads_that_parse_at_once_do_not_disturb_each_other():
    line = "from tests.files.test_python_source import parse_in_threads; print(parse_in_threads())"
    told = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


def test_it_parses_as_ast_does():
    assert ast.dump(parse(SOURCE)) == ast.dump(ast.parse(SOURCE))
    assert ast.dump(parse("1 + x", mode="eval")) == ast.dump(ast.parse("1 + x", mode="eval"))
    with pytest.raises(SyntaxError):
        parse("x =")


def test_nothing_that_runs_in_the_graders_own_threads_parses_by_itself():
    root = Path(grader.__file__).parent
    alone = {"files/python_source.py", "release/cell.py"}  # the released cell is a process of its own, as `inside` is
    own = [path.relative_to(root).as_posix() for path in root.rglob("*.py") if "ast.parse(" in path.read_text()]
    assert {path for path in own if not path.startswith("inside/")} == alone
