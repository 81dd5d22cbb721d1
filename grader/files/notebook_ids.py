"""Reads a notebook of a course with an id for each of its cells."""

from __future__ import annotations

import re

import nbformat
import nbformat.reader
from nbformat import NotebookNode

_AN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What nbformat allows as the id of a cell."""


def read_with_ids(content: bytes) -> NotebookNode:
    """The notebook with an id for each cell: Colab keeps it in the metadata, and old notebooks have none.

    A cell without any, or with that of a cell above it, is `cell-` and its place, from 0. ValueError says why there is
    no notebook.
    """
    # Without nbformat's validation, which warns of each cell that has no id.
    try:
        notebook = nbformat.convert(nbformat.reader.reads(content.decode("utf-8-sig")), 4)
        cells = [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError) as error:
        raise ValueError("it has no cells, or cells in no proper form") from error
    if not all(isinstance(source, str) and isinstance(metadata, dict) for _, source, metadata in cells):
        raise ValueError("its cells are in no proper form")
    taken: set[str] = set()
    for place, cell in enumerate(notebook.cells):
        known = cell.get("id") or cell.metadata.get("id")
        # VS Code writes "#VSC-…" there, which the notebook's own format does not allow.
        is_one = isinstance(known, str) and _AN_ID.fullmatch(known) and known not in taken
        cell.id = known if is_one else f"cell-{place}"
        taken.add(cell.id)
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)  # the first whose cells have ids
    return notebook
