"""Reads a notebook as it was handed in: hostile bytes become a well-formed nbformat 4 notebook, or a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.language import Reason, _


class UnreadableError(ValueError):
    """What was handed in is not a notebook, and why, for the student."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


def read_notebook(content: bytes, *, limit_mib: float = 20.0) -> NotebookNode:
    """The notebook in nbformat 4, each cell with a type, a source and an id; UnreadableError says why there is none.

    Read here and not by nbformat, which refuses a notebook for what does no harm, and raises a dozen kinds of error.
    """
    size_mib = len(content) / (1 << 20)
    if size_mib > limit_mib:
        raise UnreadableError(
            _(
                "The file has {size} MiB, more than the limit of {limit} MiB: "
                "clear the largest outputs and hand it in again.",
                size=round(size_mib),
                limit=limit_mib,
            )
        )
    tree = _parse(content)
    cells = _cells_of(tree) if isinstance(tree, dict) else None
    if cells is None:
        raise UnreadableError(
            _("The file is JSON but has no cells, so it is not a notebook: download it again as .ipynb.")
        )
    clean = [_well_formed_cell(cell, place) for place, cell in enumerate(cells) if isinstance(cell, dict)]
    return nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": clean})


_BY_KERNEL = {"ir": "R", "julia": "Julia", "octave": "Octave", "bash": "bash", "sos": "SoS"}
"""Where Colab names a kernel and no language."""


def foreign_language(content: bytes) -> str:
    """The language that the notebook names in place of Python; empty for Python, for none, and for no notebook."""
    try:
        tree = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ""
    metadata = tree.get("metadata") if isinstance(tree, dict) else None
    spec, info = (
        (metadata.get(key) if isinstance(metadata, dict) else None) for key in ("kernelspec", "language_info")
    )
    spec, info = (part if isinstance(part, dict) else {} for part in (spec, info))
    kernel = re.sub(r"[-_.\d]+$", "", _text(spec.get("name")).lower())
    told = (_text(info.get("name")), _text(spec.get("language")), _BY_KERNEL.get(kernel, ""))
    named = [name for one in told if (name := re.sub(r"[^\w+#. -]", "", one)[:40].strip())]
    # Python by one of them is enough: who changes the kernel leaves the other's traces.
    if not named or any("python" in name.lower() for name in (*named, kernel)):
        return ""
    return {known.lower(): known for known in _BY_KERNEL.values()}.get(named[0].lower(), named[0])


def _parse(content: bytes) -> Any:
    if not content.strip():
        raise UnreadableError(_("The file is empty: download the notebook again (File, Download, .ipynb)."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(_("The file is not text, so it is not a notebook: download it as .ipynb.")) from error
    if text.lstrip()[:1] == "<":
        raise UnreadableError(
            _(
                "The file is a web page, not a notebook: in Colab use File, Download, Download .ipynb "
                "instead of saving the page.",
            )
        )
    try:
        return json.loads(text)
    except RecursionError as error:
        raise UnreadableError(
            _("The file is JSON that is nested too deep to be a notebook: download it again as .ipynb.")
        ) from error
    except ValueError as error:
        raise UnreadableError(
            _("The file is not a notebook: it is not even JSON. Download it again as .ipynb.")
        ) from error


def _cells_of(tree: dict[str, Any]) -> list[Any] | None:
    """The cells; up to nbformat 3 they lie in worksheets. The shape decides, whatever version the file claims."""
    if isinstance(tree.get("cells"), list):
        return list(tree["cells"])
    worksheets = tree.get("worksheets")
    if not isinstance(worksheets, list):
        return None
    sheets = [
        sheet["cells"] for sheet in worksheets if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
    ]
    return [cell for sheet in sheets for cell in sheet]


def _well_formed_cell(cell: dict[str, Any], place: int) -> dict[str, Any]:
    """Only what the format allows: nothing of a cell's shape is trusted."""
    # `input` and `prompt_number` are nbformat 3's names.
    source = _text(cell.get("source", cell.get("input")))
    # Ids count cells, so that copied cells with equal ids do no harm and a run can be repeated byte for byte.
    identity = f"cell-{place}"
    if cell.get("cell_type") != "code":
        if cell.get("cell_type") == "heading":
            source = f"# {source}"
        return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": source}
    count = cell.get("execution_count", cell.get("prompt_number"))
    return {
        "cell_type": "code",
        "id": identity,
        "metadata": {},
        "source": source,
        "execution_count": _count(count),
        "outputs": list(_well_formed_outputs(cell.get("outputs"))),
    }


def _well_formed_outputs(outputs: Any) -> Iterator[dict[str, Any]]:
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        match output.get("output_type"):
            case "stream":
                name = _text(output.get("name", output.get("stream"))) or "stdout"
                yield {"output_type": "stream", "name": name, "text": _text(output.get("text"))}
            case "display_data":
                yield {"output_type": "display_data", "metadata": {}, "data": _data(output)}
            case "execute_result" | "pyout":
                count = _count(output.get("execution_count", output.get("prompt_number")))
                yield {
                    "output_type": "execute_result",
                    "execution_count": count,
                    "metadata": {},
                    "data": _data(output),
                }
            case "error" | "pyerr":
                lines = output.get("traceback")
                traceback = [_text(line) for line in lines] if isinstance(lines, list) else []
                told = {"ename": _text(output.get("ename")), "evalue": _text(output.get("evalue"))}
                yield {"output_type": "error", **told, "traceback": traceback}


_OLD_KINDS = {"text": "text/plain", "html": "text/html", "png": "image/png", "jpeg": "image/jpeg"}
"""Up to nbformat 3 a rich output lay beside its type, under these names."""


def _data(output: dict[str, Any]) -> dict[str, str]:
    """A rich output's texts and pictures by their MIME type; what widgets need is left out."""
    data = output.get("data")
    if not isinstance(data, dict):
        data = {kind: output[name] for name, kind in _OLD_KINDS.items() if name in output}
    return {_text(kind): _text(value) for kind, value in data.items() if isinstance(value, str | list)}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31 else None


def _text(value: Any) -> str:
    """Text as notebooks store it, a string or a list of lines, as text that can be written again; else empty."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


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
