"""One notebook as Colab saves it, with every construct of Colab's in it, is graded as it is."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import nbformat
import pytest
import torch
import yaml

from grader.store.work_folder import WorkFolder
from tests.small_course import run_grader, write_course

NOTEBOOK = Path(__file__).with_name("colab.ipynb")

ASSIGNMENT = """\
title = "Every construct"
[inputs]
name = "ana"
"how many" = ["3"]
[files]
"drive/MyDrive/course" = "brought/course"
"sample_data/california_housing_test.csv" = "brought/houses.csv"
[downloads]
"https://data.example.org/faces.csv" = "brought/faces.csv"
"https://drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz012345/view" = "brought/weights.pt"
"https://github.com/example/nets" = "brought/nets"
"https://download.example.org/net.pth" = "brought/net.pth"
"""
BROUGHT = {
    "course/points.csv": "1,2",
    "houses.csv": "a,b\n1,2\n",
    "faces.csv": "5,6",
    "weights.pt": "weights",
    "nets/net.py": "size = 7\n",
}

VALUES = {
    "IN_COLAB": True,
    "folder": "/content",
    "rate": 0.25,
    "name": "adam",
    "verbose": True,
    "on_drive": ["1", "2"],
    "fetched": ["5,6"] * 3,
    "size": 7,
    "back": "/content",
    "by_python": ["5,6"] * 2,
    "layer": [1.0, 1.0],
    "path": "by-gdown.pt",
    "made": ["shell", "bash"],
    "who": "ana",
    "count": 3,
    "houses": 2,
    "secret": "The secret `KAGGLE_KEY` is yours alone: it is not there where notebooks are graded.",
    "after_all_that": 42,
}
"""What each construct has to leave behind."""
LOST = "lost"
"""What hangs on a file that is not to be had."""


def id_of(name):
    return name.lower().replace("_", "-")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The notebook's finding for each name, its run, and what each of its cells printed."""
    root = tmp_path_factory.mktemp("colab")
    asked = {**VALUES, LOST: ["a.png"]}
    rubric = {
        "points": len(asked),
        "probes": {id_of(name): {"variable": name} for name in asked},
        "criteria": [
            {
                "id": id_of(name),
                "says": f"{name} is right.",
                "points": 1,
                "probe": id_of(name),
                "expect": {"value": value},
            }
            for name, value in asked.items()
        ],
    }
    course = write_course(root / "course", yaml.safe_dump(rubric))
    home = course / "assignments/hello"
    (home / "assignment.toml").write_text(ASSIGNMENT)
    for path, text in BROUGHT.items():
        (home / "brought" / path).parent.mkdir(parents=True, exist_ok=True)
        (home / "brought" / path).write_text(text)
    weights = io.BytesIO()
    torch.save({"layer": torch.ones(2)}, weights)
    (home / "brought/net.pth").write_bytes(weights.getvalue())
    (root / "class").mkdir()
    shutil.copy(NOTEBOOK, root / "class/lola.ipynb")
    ended = run_grader(course, root / "work", "grade", "hello", root / "class", "--json")
    assert ended.code == 1, ended.err
    findings = {one["criterion"]: one for one in json.loads(ended.out)["students"][0]["findings"]}
    work = WorkFolder(root / "work")
    (key,) = work.gradebook.run_keys("hello").values()
    cells = nbformat.reads(work.runs.load_executed(key).decode(), as_version=4).cells
    return findings, work.runs.load(key), [cell for cell in cells if cell.cell_type == "code"]


@pytest.mark.parametrize("name", VALUES)
def test_what_each_construct_leaves_behind_is_there(graded, name):
    findings, _, _ = graded
    finding = findings[id_of(name)]
    assert finding["status"] == "met", finding["because"]


def test_what_hangs_on_a_file_that_is_not_to_be_had_waits_for_a_person(graded):
    finding = graded[0][LOST]
    assert (finding["status"], finding["earned"]) == ("unscored", None)
    assert finding["because"] == (
        "`lost` is missing because cell 18 fetches `https://data.example.org/nowhere.zip`: there is no network here. "
        "That is not your fault: a person looks at it."
    )


def test_only_the_cells_that_need_somebody_or_the_network_or_a_package_end_badly(graded):
    _, run, _ = graded
    assert {cell.title: str(cell.because) for cell in run.cells if cell.end != "ok"} == {
        '#@title Set-up { display-mode: "form" }': "ModuleNotFoundError: No module named 'imgaug'",
        "uploaded = files.upload()": (
            "FileNotFoundError: files.upload() waits for somebody to choose a file, and nobody does where notebooks "
            "are graded: the file is missing here. Make the data in the notebook, or hand the file in as your "
            "instructor says."
        ),
        "!wget https://data.example.org/nowhere.zip": (
            "FileNotFoundError: [Errno 2] No such file or directory: 'nowhere'"
        ),
    }
    assert run.asked_in_vain == ("files.upload()", "https://data.example.org/nowhere.zip")


def test_what_cannot_be_as_in_colab_is_told_in_a_line(graded):
    _, _, cells = graded
    told = ["".join(output.get("text", "") for output in cell.outputs).replace("\r\n", "\n") for cell in cells]
    assert told[0] == "%tensorflow_version has no effect: TensorFlow is not installed here.\n"
    assert "nvidia-smi: command not found\n" in told[2]
    assert told[11].endswith("Your name? ana\nHow many? 3\n")
    assert told[17].startswith(
        "There is no network where notebooks are graded, and the assignment brings no file for "
        "https://data.example.org/nowhere.zip."
    )


def test_pictures_are_shown_and_cleared_output_is_gone(graded):
    _, _, cells = graded
    assert [output.output_type for output in cells[13].outputs] == ["display_data", "display_data"]
    assert cells[16].outputs == []
