"""What a notebook imports is read from its text."""

from __future__ import annotations

import nbformat
import pytest

from grader.execute.packages import imported, missing_packages, missing_samples
from grader.inside import colab_packages


@pytest.mark.parametrize(
    ("source", "packages"),
    [
        (
            "import numpy as np, seaborn\nfrom torchvision.transforms import ToTensor",
            {"numpy", "seaborn", "torchvision"},
        ),
        ("%matplotlib inline\n!pip install tqdm\nimport tqdm.auto", {"tqdm"}),
        ("def f():\n    try:\n        import wandb\n    except ImportError:\n        pass", {"wandb"}),
        ("from . import mine", set()),
        ("import torch\nx = (", set()),
        ("# import torch\n'import numpy'", set()),
        ("%%bash\nimport -window root x.png", set()),
    ],
)
def test_the_imports_of_a_cell_are_those_of_its_python(source, packages):
    assert set(imported(source)) == packages


def test_only_what_colab_has_and_is_not_here_counts_as_missing(monkeypatch):
    monkeypatch.setattr(colab_packages, "COLAB", frozenset({"numpy", "a_package_of_colab"}))
    cells = ["import numpy, a_package_of_colab", "import a_package_of_colab.part, a_slip_of_the_pen"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    assert missing_packages(notebook, ()) == ("a_package_of_colab",)
    assert missing_packages(notebook, {"a_slip_of_the_pen": ""}) == ("a_package_of_colab", "a_slip_of_the_pen")


def test_sample_files_of_colab_are_found_in_the_code_and_not_in_comments():
    cells = [
        "import csv\nrows = csv.reader(open('/content/sample_data/mnist_test.csv'))",
        "# sample_data/anscombe.json\nname = 'sample_data/mine.csv'",
        "!head sample_data/mnist_train_small.csv",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    assert missing_samples(notebook, {}) == ("sample_data/mnist_test.csv",)
    assert missing_samples(notebook, {"sample_data/mnist_test.csv": b""}) == ()
