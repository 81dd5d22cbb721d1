"""How networks are kept and trained costs nothing, each mistake is told by its true cause, and our lacks wait."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import yaml

from tests.small_course import run_grader, write_course

HERE = Path(__file__).parent
COURSE = HERE.parents[1]
EXERCISE = yaml.safe_load((HERE / "regression.yaml").read_text(encoding="utf-8"))
NETWORKS = yaml.safe_load((HERE / "networks.yaml").read_text(encoding="utf-8"))

RUBRIC = """\
points: 5
reference: [hello]
probes:
  networks: {models: {names: [model_1, model_2, model_3], parameters: [3, null]}, predict: {grid: [-1.0, 1.0, 100]}}
  truth: {call: f, with: {x: {grid: [-1.0, 1.0, 100]}}, ask: reference}
  a: {variable: a}
criteria:
  - {id: three, says: There are three., points: 1, probe: networks, expect: {count: {of: models, at_least: 3}}}
  - {id: nonlinear, says: All draw curves., points: 1, probe: networks, expect: {nonlinear: {at_least: 3}}}
  - {id: trained, says: All have learned., points: 1, probe: networks,
     expect: {trained: {at_least: 3, better_by: 2.0, to: {probe: truth}}}}
  - {id: a, says: a is 1., points: 1, probe: a, expect: {value: 1}}
  - {id: reproduced, says: Outputs come out again., points: 1, expect: {reproduced: {full: 0.9, none: 0.4}}}
"""


def exercise_of(case):
    """The exercise's solution, with the case's cells in the place of its own."""
    folder = COURSE / "assignments" / "regression"
    notebook = nbformat.read(folder / "regression.ipynb", as_version=4)
    sources = yaml.safe_load((folder / "solution.yaml").read_text(encoding="utf-8")) | case["cells"]
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    return nbformat.writes(notebook)


def small_of(case):
    cells = [nbformat.v4.new_code_cell(source) for source in case["cells"]]
    for number, (cell, text) in enumerate(zip(cells, case.get("stored", ()), strict=False), start=1):
        cell.update(outputs=[nbformat.v4.new_output("stream", text=text)], execution_count=number)
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


def grade(course, root, name, notebooks):
    (root / "class").mkdir()
    for student, content in notebooks.items():
        (root / "class" / f"{student}.ipynb").write_text(content, encoding="utf-8")
    return run_grader(course, root / "work", "grade", name, root / "class", "--json").students


@pytest.fixture(scope="module")
def exercises(tmp_path_factory):
    notebooks = {name: exercise_of(case) for name, case in EXERCISE.items()}
    return grade(COURSE, tmp_path_factory.mktemp("regression"), "regression", notebooks)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    root = tmp_path_factory.mktemp("networks")
    course = write_course(root / "course", RUBRIC)
    (course / "reference/hello.py").write_text("import numpy as np\n\n\ndef f(x):\n    return np.sin(3 * x)\n")
    return grade(course, root, "hello", {name: small_of(case) for name, case in NETWORKS.items()})


def check(case, entry, missed, waits, left_open=()):
    found = {finding["criterion"]: finding for finding in entry["findings"]}
    told = {criterion: finding["because"] for criterion, finding in found.items()}
    statuses = {name: finding["status"] for name, finding in found.items() if name not in left_open}
    lost = {name for name, status in statuses.items() if status in ("missed", "unanswered")}
    assert lost == missed | case.get("missed", {}).keys(), told
    assert {name for name, status in statuses.items() if status == "unscored"} == waits | case.get("waits", {}).keys()
    assert {name for name, status in statuses.items() if status == "partly"} == case.get("partly", {}).keys(), told
    for kind in ("missed", "waits", "partly", "says"):
        for criterion, sentence in case.get(kind, {}).items():
            assert sentence in told[criterion]


@pytest.mark.parametrize("name", EXERCISE)
def test_an_exercise_loses_only_what_its_author_did_wrong(exercises, name):
    check(EXERCISE[name], exercises[name], {"reproduced"}, {"words"})


@pytest.mark.parametrize("name", NETWORKS)
def test_three_networks_are_found_wherever_they_are_and_nothing_is_excused(small, name):
    case = NETWORKS[name]
    missed = set() if "stored" in case else {"reproduced"}
    check(case, small[name], missed, set(), left_open=case.get("open", ()))
