"""Walls between the parts of the program: which module may import which, read from the files themselves."""

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LONGEST

ROOT = Path(__file__).parents[1]
COURSE_FOLDERS = {"reference", "assignments", "rubrics", "tests"}


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted((ROOT / "grader").rglob("*.py"))}


@functools.cache  # of one file, there are as many chains as modules that lead to it
def imports_of(name):
    """Everything that a module imports, wherever in it, with `from a import b` as a.b and, where b is no module, a."""
    path = MODULES[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            found |= {f"{start}.{alias.name}" if f"{start}.{alias.name}" in MODULES else start for alias in node.names}
    return found


def is_in(name, package):
    return name == package or name.startswith(f"{package}.")


def chains(start):
    """Every module that comes in with one, with the chain of imports that leads to it."""
    reached = {start: (start,)}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for other in imports_of(name):
            if other in MODULES and other not in reached:
                reached[other] = (*reached[name], other)
                waiting.append(other)
    return reached


@pytest.fixture(scope="module")
def all_chains():
    return {name: chains(name) for name in MODULES}


def test_the_reading_of_imports_finds_what_is_there():
    assert "grader.model" in imports_of("grader.execute.run_key")
    assert chains("grader.cli.grading")["grader.execute.pool"]
    assert len(MODULES) > 50


def test_what_runs_beside_a_students_code_imports_nothing_else_of_the_grader():
    inside = [name for name in MODULES if is_in(name, "grader.inside")]
    foreign = {
        (name, other)
        for name in inside
        for other in imports_of(name)
        if is_in(other, "grader") and not is_in(other, "grader.inside")
    }
    assert inside
    assert not foreign


@pytest.mark.parametrize("package", ["grader.score", "grader.report", "grader.exam"])
def test_judging_and_showing_never_lead_to_running(package, all_chains):
    """By whatever way: a rubric can change at any time without a line of a student's code being run again."""
    ways = [chain for name, reached in all_chains.items() if is_in(name, package) for chain in reached.values()]
    assert not [chain for chain in ways if is_in(chain[-1], "grader.execute")]


def test_nothing_imports_the_commands_but_themselves():
    users = {name for name in MODULES if any(is_in(other, "grader.cli") for other in imports_of(name))}
    assert {name for name in users if not is_in(name, "grader.cli")} == {"grader.__main__"}


def test_the_program_knows_no_course_by_name():
    """`reference/` and the rest are the course's data: the program works on any course."""
    known = {(name, other) for name in MODULES for other in imports_of(name) if other.split(".")[0] in COURSE_FOLDERS}
    assert not known


def test_tables_of_users_are_opened_in_one_place():
    """So that each is read alike: what imports `csv` writes a table, or hears what a program says."""
    users = {name for name in MODULES if "csv" in imports_of(name)}
    assert users == {"grader.files.spreadsheet", "grader.execute.gpu"}


def test_a_command_that_needs_no_google_loads_none_of_it():
    """Its client takes as long to load as all the rest."""
    code = "import sys, grader.cli; print(sys.modules.keys() & {'googleapiclient', 'httplib2', 'google.auth'})"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "set()\n"


def test_garbage_is_looked_for_in_a_command_but_not_among_what_it_imported():
    told = "lambda: print(gc.isenabled(), gc.get_freeze_count() > len(sys.modules))"
    code = f"import gc, sys, grader.cli, grader.__main__; grader.cli.main = {told}; grader.__main__.main()"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "True True\n"


def test_the_files_that_come_first_are_there():
    assert [file for file in LONGEST if not (ROOT / file).is_file()] == []
