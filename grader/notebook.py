"""Reads a notebook as it was handed in: hostile bytes become a well-formed nbformat 4 notebook, or a sentence."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.reader import NotJSONError


class UnreadableError(ValueError):
    """What was handed in is not a notebook; the message is a sentence for the student."""


def read_notebook(content: bytes, *, limit_mib: float = 20.0) -> NotebookNode:
    """The notebook in nbformat 4, each cell with a type, a source and an id; UnreadableError says why there is none."""
    size_mib = len(content) / (1 << 20)
    if size_mib > limit_mib:
        raise UnreadableError(
            f"The file has {size_mib:.0f} MiB, more than the limit of {limit_mib:g} MiB: "
            "clear the largest outputs and hand it in again."
        )
    if not content.strip():
        raise UnreadableError("The file is empty: download the notebook again (File, Download, .ipynb).")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("The file is not text, so it is not a notebook: download it as .ipynb.") from error
    if text.lstrip()[:1] == "<":
        raise UnreadableError(
            "The file is a web page, not a notebook: in Colab use File, Download, Download .ipynb "
            "instead of saving the page."
        )
    try:
        # nbformat's own `reads` also validates, with warnings about what does no harm here.
        notebook = nbformat.convert(nbformat.reader.reads(text), to_version=4)
    except NotJSONError as error:
        raise UnreadableError(
            "The file is not a notebook: it is not even JSON. Download it again as .ipynb."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(
            f"The file is JSON but not a notebook that can be read ({type(error).__name__}): "
            "download it again as .ipynb."
        ) from error
    return _well_formed(notebook)


def _well_formed(notebook: NotebookNode) -> NotebookNode:
    """Only what the format allows: nothing of a cell's shape is trusted."""
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise UnreadableError(
            "The file is JSON but has no cells, so it is not a notebook: download it again as .ipynb."
        )
    clean = nbformat.v4.new_notebook()
    for place, cell in enumerate(cells):
        if not isinstance(cell, dict):
            continue
        clean.cells.append(_well_formed_cell(cell, place))
    return clean


def _well_formed_cell(cell: dict[str, Any], place: int) -> NotebookNode:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    source = source if isinstance(source, str) else ""
    # Ids count cells, so that copied cells with equal ids do no harm and a run can be repeated byte for byte.
    identity = f"cell-{place}"
    if cell.get("cell_type") != "code":
        return nbformat.v4.new_markdown_cell(source, id=identity)
    count = cell.get("execution_count")
    outputs = cell.get("outputs")
    return nbformat.v4.new_code_cell(
        source,
        id=identity,
        execution_count=count if isinstance(count, int) and not isinstance(count, bool) else None,
        outputs=[output for output in outputs if _is_output(output)] if isinstance(outputs, list) else [],
    )


def _is_output(output: Any) -> bool:
    if not isinstance(output, dict):
        return False
    match output.get("output_type"):
        case "stream":
            return isinstance(output.get("text"), str)
        case "display_data" | "execute_result":
            return isinstance(output.get("data"), dict)
        case "error":
            return True
    return False


def code_cells(notebook: NotebookNode) -> list[tuple[int, NotebookNode]]:
    """(place among all cells, cell) of each code cell that is not blank."""
    return [
        (index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()
    ]


def title_of(cell: NotebookNode) -> str:
    """A cell's first line that is more than an import, else its first line: so that a person finds it."""
    lines: list[str] = [line.strip() for line in cell.source.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("import ", "from ", "%"))]
    return (telling or lines or [""])[0][:80]
