"""Honest notebooks that need what is not here get their points, or wait with a true sentence; and nobody else does."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import torch
import yaml

from tests.small_course import run_grader

CASES = yaml.safe_load((Path(__file__).parent / "hello.yaml").read_text(encoding="utf-8"))
FIRST = "import numpy as np\n\nimage = np.array([[10.0, 40.0, 32.0], [35.0, 60.0, 50.0]])"
STRETCH = """\
def stretch(image):
    low, high = image.min(), image.max()
    if low == high:
        return np.zeros_like(image)
    return (image - low) / (high - low)
"""
LAST = "bright = int((stretch(image) > 0.5).sum())\nbright"
WORDS = "All differences of gray level are multiplied by the same factor, so the noise grows with the picture."


def notebook_of(case):
    sources = [case.get("first", FIRST), *(cell.format(stretch=STRETCH) for cell in case["cells"])]
    sources.append(case.get("last", LAST))
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    for number, (name, value) in case.get("stored", {}).items():
        output = nbformat.v4.new_output("error", ename=name, evalue=value, traceback=[])
        cells[number - 1].update(outputs=[output], execution_count=number)
    for number in case.get("ran", ()):  # and ended well
        cells[number - 1].update(execution_count=number)
    cells += [nbformat.v4.new_markdown_cell("## 3. In words"), nbformat.v4.new_markdown_cell(WORDS)]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    root = tmp_path_factory.mktemp("hello")
    assert run_grader(root, root / "work", "init", str(root / "course")).code == 0
    (root / "class").mkdir()
    for name, case in CASES.items():
        (root / "class" / f"{name}.ipynb").write_text(notebook_of(case), encoding="utf-8")
    return run_grader(root / "course", root / "work", "grade", "hello", root / "class", "--json")


@pytest.mark.parametrize("name", CASES)
def test_an_honest_notebook_gets_its_points_or_waits_with_a_true_sentence(graded, name):
    case, entry = CASES[name], graded.students[name]
    found = {finding["criterion"]: finding for finding in entry["findings"]}
    told = {criterion: finding["because"] for criterion, finding in found.items()}
    assert entry["earned"] == case.get("earned", 8), told
    waiting = {criterion for criterion, finding in found.items() if finding["status"] == "unscored"}
    assert waiting == {"words", *case.get("waits", {})}, told
    for criterion, sentence in {**case.get("waits", {}), **case.get("missed", {})}.items():
        assert sentence in told[criterion]
        assert ("That is not your fault" in told[criterion]) == (criterion in waiting)
    for criterion, sentence in case.get("says", {}).items():
        assert sentence in told[criterion]


@pytest.mark.parametrize("name", CASES)
def test_each_cell_has_the_cause_for_which_it_did_not_do_its_work(graded, name):
    causes = {
        cell["number"]: [cell["cause"]["kind"], cell["cause"]["what"]]
        for cell in graded.students[name]["cells"]
        if cell["cause"]
    }
    if not torch.backends.cuda.is_built():
        assert causes == CASES[name].get("causes", {})
    else:  # that build raises another error where there is no GPU
        assert {number: kind for number, (kind, _) in causes.items()} == {
            number: kind for number, (kind, _) in CASES[name].get("causes", {}).items()
        }


def test_what_the_class_lacked_is_grouped_with_the_line_that_helps(graded):
    lacks = {(lack["kind"], lack["what"]): lack for lack in graded.told["lacks"]}
    assert lacks["package", "torchinfo"]["students"] == ["function-of-a-missing-name", "timed-on-one-line"]
    assert lacks["package", "torchinfo"]["remedy"] == "Install it beside the grader: `pip install torchinfo`"
    assert "`mine.npy`" in lacks["file", "mine.npy"]["remedy"]
    assert "gpu-in-the-function" in lacks["device", ""]["students"]


CLASSES = 2
"""Ten were run by hand. Before, the same file got 8, 2, 0 and 8 points in one class."""


def test_copies_of_a_notebook_that_restarts_its_kernel_get_the_same_points_in_each_class(tmp_path):
    assert run_grader(tmp_path, tmp_path / "work", "init", str(tmp_path / "course")).code == 0
    (tmp_path / "class").mkdir()
    for student in ("ana", "bruno", "carla", "dario"):
        (tmp_path / "class" / f"{student}.ipynb").write_text(notebook_of(CASES["restart-kernel"]), encoding="utf-8")
    for number in range(CLASSES):
        ended = run_grader(
            tmp_path / "course", tmp_path / f"work-{number}", "grade", "hello", tmp_path / "class", "--json"
        )
        assert set(ended.points.values()) == {8}, ended.points
