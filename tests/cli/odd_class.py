"""The content of one class: quick notebooks, and files that are none."""

import json

from nbformat.v3 import nbbase as v3
from nbformat.v3 import nbjson

from tests.small_course import RIGHT, WRONG, notebook_of

OLD = v3.new_notebook(
    worksheets=[v3.new_worksheet(cells=[v3.new_code_cell(input=source, prompt_number=1) for source in RIGHT])]
)
COPIED = json.loads(notebook_of(*RIGHT))
for cell in COPIED["cells"]:
    cell["id"] = "same"
MALFORMED = {"nbformat": 4, "cells": [None, {"cell_type": "code"}, {"cell_type": "code", "source": list(RIGHT[:1])}]}
UNREADABLE = {
    "empty": (b"", "The file is empty: download the notebook again (File, Download, .ipynb)."),
    "page": (
        b"<!doctype html><title>ana.ipynb - Colab</title>",
        "The file is a web page, not a notebook: in Colab use File, Download, Download .ipynb instead of saving the "
        "page.",
    ),
    "huge": (
        b'{"cells": []}'.ljust(50 << 20),
        "The file has 50 MiB, more than the limit of 20 MiB: clear the largest outputs and hand it in again.",
    ),
    "brace": (b"{ no json", "The file is not a notebook: it is not even JSON. Download it again as .ipynb."),
    "deep": (
        b'{"cells": [' * 50_000,
        "The file is JSON that is nested too deep to be a notebook: download it again as .ipynb.",
    ),
    "object": (b"{}", "The file is JSON but has no cells, so it is not a notebook: download it again as .ipynb."),
}
READABLE = {
    "ana": RIGHT,
    "bruno": WRONG,
    "carla": ("1 / 0", "word = 'chau'"),
    "copied": json.dumps(COPIED),
    "half": (*RIGHT, "print('\\ud83d')", "raise ValueError('\\ud83d')"),
    "malformed": json.dumps(MALFORMED),
    "old": nbjson.writes(OLD),
}
POINTS = {
    "ana": 4.0,
    "bruno": 1.0,
    "carla": 0.0,
    "copied": 4.0,
    "half": 4.0,
    "malformed": 3.0,
    "old": 4.0,
} | dict.fromkeys(UNREADABLE, 0.0)

ALL = len(POINTS)
"""Notebooks, and so runs: no two have the same content."""
