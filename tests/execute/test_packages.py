"""What a notebook imports is read from its text."""

from __future__ import annotations

import pytest

from grader.execute.packages import imported


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
