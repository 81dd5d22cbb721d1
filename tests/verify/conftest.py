"""A course with one small assignment, whose proof can be spoilt in each way."""

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_notebook

from grader.course.course import read_course
from grader.execute.pool import LocalExecutor
from grader.store.work_folder import WorkFolder
from grader.verify import verify
from grader.verify.bench import read_parts
from grader.verify.modules import reachable
from grader.verify.mutants import make_mutants
from grader.verify.solved import functions_of

REFERENCE = '''
"""Doubling, and its sum."""

from reference.steps import step


def double(x):
    """Twice x."""
    return step(x)


def total(x, first=0):
    """The sum of the doubles, from the first on."""
    return sum(double(item) for item in x[first:])


def unused(x):
    return x - 1
'''
STEPS = "FACTOR = 2\n\n\ndef step(x):\n    return FACTOR * x\n"
CELLS = [
    "def double(x):\n    raise NotImplementedError",
    "def total(x, first=0):\n    raise NotImplementedError",
    "print(total([1, 2, 3]))",
]
RUBRIC = {
    "points": 3,
    "reference": ["doubling"],
    "probes": {
        "double": {"call": "double", "with": {"x": 4}},
        "double_any": {"call": "double", "with": {"x": {"random": "normal", "shape": [9], "seed": "student"}}},
        "total": {"evaluate": "[total([1, 2, 3, 4]), total([5, 6], first=1)]"},
    },
    "criteria": [
        {"id": "double", "says": "It doubles.", "points": 1, "probe": "double", "expect": {"value": 8}},
        {"id": "any", "says": "It doubles all.", "points": 1, "probe": "double_any", "expect": {"close": {}}},
        {"id": "total", "says": "It adds up.", "points": 1, "probe": "total", "expect": {"value": [20, 12]}},
    ],
}


class Bench:
    """The small course in a folder: what is written there is what is verified."""

    def __init__(self, root, work, executor):
        self.root, self.work, self.executor = root, work, executor
        self.folder = root / "assignments" / "doubling"
        for path in (self.folder / "wrong", root / "reference", root / "rubrics"):
            path.mkdir(parents=True)
        (root / "course.toml").write_text('title = "Small"\n')
        (self.folder / "assignment.toml").write_text('title = "Doubling"\nnotebook = "doubling.ipynb"\n')
        (root / "reference" / "__init__.py").touch()
        (root / "reference" / "steps.py").write_text(STEPS)
        (root / "reference" / "doubling.py").write_text(REFERENCE)
        self.write_notebook(CELLS)
        self.write_rubric()

    def write_notebook(self, sources):
        cells = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
        nbformat.write(new_notebook(cells=cells), self.folder / "doubling.ipynb")

    def write_rubric(self, **criteria):
        """The rubric, with the expectations of some criteria replaced."""
        changed = [{**known, "expect": criteria.get(known["id"], known["expect"])} for known in RUBRIC["criteria"]]
        (self.root / "rubrics" / "doubling.yaml").write_text(yaml.safe_dump({**RUBRIC, "criteria": changed}))

    def write_mistake(self, name, code, **loses):
        mistake = {"about": "Something else is done.", "code": code, "loses": loses}
        (self.folder / "wrong" / f"{name}.yaml").write_text(yaml.safe_dump(mistake))

    def write_equivalents(self, *entries):
        (self.folder / "equivalent.yaml").write_text(yaml.safe_dump(list(entries)))

    def mutants(self):
        parts = read_parts(read_course(self.root), read_course(self.root).assignment("doubling"))
        return list(make_mutants(parts.modules, reachable(parts.modules, *functions_of(parts.given))))

    def verify(self, mutants=0):
        course = read_course(self.root)
        assignment = course.assignment("doubling")
        return verify(course, self.work, assignment, self.executor, most_mutants=mutants, watch=lambda *_: None)


@pytest.fixture(scope="session")
def executor():
    """One for all: most of a small verification would be the start of its fork server."""
    with LocalExecutor("bubblewrap", jobs=2) as executor:
        yield executor


@pytest.fixture(scope="session")
def work(tmp_path_factory):
    """One work folder for all: the reference is asked once for each of its states."""
    return WorkFolder(tmp_path_factory.mktemp("work"))


@pytest.fixture
def bench(tmp_path, work, executor):
    return Bench(tmp_path, work, executor)
