"""Walls between the parts of the program: which module may import which, read from the files themselves."""

import ast
import collections
import functools
import graphlib
import re
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


def package_of(name):
    return ".".join(name.split(".")[:2])


def defined_classes(name):
    return [
        node.name for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))) if isinstance(node, ast.ClassDef)
    ]


NAMED_LIKE_WHAT_THEY_REPLACE = ("grader.release.carried", "grader.inside.stand_ins", "grader.cli.course")
"""Stand-ins of the released cell and of Colab, and the course of `grader init`: their names are given by others."""


def own_modules():
    return [name for name in MODULES if not any(is_in(name, given) for given in NAMED_LIKE_WHAT_THEY_REPLACE)]


@pytest.fixture(scope="module")
def all_chains():
    return {name: chains(name) for name in MODULES}


def test_the_reading_of_imports_finds_what_is_there():
    assert "grader.model" in imports_of("grader.execute.run_key")
    assert chains("grader.cli.grading")["grader.execute.pool"]
    assert len(MODULES) > 50


def test_at_the_top_stand_the_entry_the_nouns_the_errors_and_packages():
    top = {path.stem for path in (ROOT / "grader").glob("*.py")}
    assert top == {"__init__", "__main__", "model", "errors"}


def test_no_arrow_between_packages_runs_in_a_circle():
    """A package that reaches another is never reached by it: each can be read, and tested, before those that use it."""
    arrows = collections.defaultdict(set)
    for name in MODULES:
        for other in imports_of(name):
            if other in MODULES and package_of(other) not in {package_of(name), "grader"}:
                arrows[package_of(name)].add(package_of(other))
    graphlib.TopologicalSorter(arrows).prepare()  # a CycleError names the circle
    assert len(arrows) > 15


LAYERS_OF_EXAM = (
    "grader.exam.scanning",
    "grader.exam.printing",
    "grader.exam.exam_scores",
    "grader.exam.paper",
    "grader.exam.analysis",
    "grader.exam.exchange",
    "grader.exam",
)
"""From the top down: each may import those below it, never those above. The last is what every layer builds on."""


def test_inside_exam_each_layer_knows_only_those_below_it():
    def level_of(module):
        return next((level for level, layer in enumerate(LAYERS_OF_EXAM) if is_in(module, layer)), None)

    upwards = {
        (name, other)
        for name in MODULES
        if is_in(name, "grader.exam")
        for other in imports_of(name)
        if (above := level_of(other)) is not None and above < level_of(name)
    }
    assert not upwards


KNOWN_OF_KINDS = ("cells", "paper_parts", "question_kind")
"""What the rest of the program may know of exam/kinds, besides the tuple of all kinds: no kind by its name."""


def test_no_module_outside_the_kinds_names_a_kind_of_question():
    """So that a new kind is one file: whatever depends on the kind is asked of the kind."""
    from grader.exam.questions import KINDS

    outside = [name for name in MODULES if not is_in(name, "grader.exam.kinds")]
    known = {"grader.exam.kinds", *(f"grader.exam.kinds.{name}" for name in KNOWN_OF_KINDS)}
    imported = {(name, other) for name in outside for other in imports_of(name) if is_in(other, "grader.exam.kinds")}
    assert not {(name, other) for name, other in imported if other not in known}
    assert {"grader.exam.questions", "grader.exam.printing.blocks"} <= {name for name, _ in imported}
    form = re.compile(rf"\b(question|asked|variant)\.({'|'.join(KINDS)})\b")
    compared = re.compile(rf"\.kind\b.*['\"]({'|'.join(KINDS)})['\"]")
    about_exams = ("grader.exam", "grader.report.exam_pages", "grader.review.marks", "grader.review.queue")
    told = {name: MODULES[name].read_text("utf-8") for name in outside if any(is_in(name, one) for one in about_exams)}
    assert not {name: form.findall(text) for name, text in told.items() if form.search(text) or compared.search(text)}


def test_each_module_and_each_class_has_a_name_of_its_own():
    modules = collections.Counter(name.rpartition(".")[2] for name in own_modules() if name != "grader")
    classes = collections.Counter(each for name in own_modules() for each in defined_classes(name))
    assert [name for name, count in modules.items() if count > 1 and name not in SAME_AS_THEIR_PACKAGE] == []
    assert [name for name, count in classes.items() if count > 1] == []


SAME_AS_THEIR_PACKAGE = {"course", "exam"}
"""`course/course.py` and `exam/exam.py` hold what their packages are named for."""


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
