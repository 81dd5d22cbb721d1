"""Makes the demo class: the template, the solution and each case of `cases.yaml` become `<case>/<student>.ipynb`.

    python tests/submissions/make.py [CASE …]

Each notebook is run on an ordinary kernel, so that it holds the outputs that the student's browser would have left. The
same machine makes the same files again: seeds are fixed, torch has one thread, and no times are stored.
"""

from __future__ import annotations

import copy
import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import yaml
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

HERE = Path(__file__).parent
ASSIGNMENT = HERE.parents[1] / "assignments" / "regression"
TEMPLATE = ASSIGNMENT / "regression.ipynb"
SOLUTION = ASSIGNMENT / "solution.yaml"
Cells = dict[str, NotebookNode]
"""A notebook's cells by their id, in order."""


def main(names: list[str]) -> None:
    """Write the notebooks of the named cases, or of all."""
    os.environ.update(PYTHONHASHSEED="0", OMP_NUM_THREADS="1", MPLBACKEND="module://matplotlib_inline.backend_inline")
    solution = yaml.safe_load(SOLUTION.read_text(encoding="utf-8"))
    cases = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))["cases"]
    for name in names or cases:
        case = cases[name]
        path = HERE / name / f"{case['student']}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(case.get("file") or written(make(solution, case)), encoding="utf-8")
        print(f"{path.relative_to(HERE)}: {path.stat().st_size / 1024:.0f} KiB")


def make(solution: dict[str, str], case: dict[str, Any]) -> NotebookNode:
    """The notebook that the case's student hands in."""
    template = nbformat.read(TEMPLATE, as_version=4)
    cells: Cells = {cell.id: cell for cell in template.cells}
    given_text = [key for key, cell in cells.items() if cell.cell_type == "markdown" and key not in solution]
    if case.get("given") != "all":
        cells = fill_in(cells, solution, case)
        store_outputs(template, cells, case)
    for key in case.get("drop", []):
        for gone in given_text if key == "text" else [key]:
            del cells[gone]
    for key, before in case.get("move", {}).items():
        cells = moved(cells, key, before)
    template.cells = [cell for key, cell in cells.items() for _ in range(1 + (key in case.get("copy", [])))]
    return template


def fill_in(cells: Cells, solution: dict[str, str], case: dict[str, Any]) -> Cells:
    """The cells with the solution's sources, changed as the case says."""
    sources = {key: source for key, source in solution.items() if key not in case.get("given", [])}
    sources |= case.get("cells", {})
    for key, before in case.get("new", {}).items():
        cells = moved(cells | {key: new_code_cell(id=key)}, key, before)
    for key, source in sources.items():
        cells[key].source = source.rstrip("\n")
    for old, new in case.get("rename", {}).items():
        for cell in cells.values():
            if cell.cell_type == "code":
                cell.source = re.sub(rf"\b{old}\b", new, cell.source)
    return cells


def store_outputs(notebook: NotebookNode, cells: Cells, case: dict[str, Any]) -> None:
    """Run the cells in order, up to `until`, and keep what each printed and drew."""
    typed, until = case.get("outputs", {}), case.get("until")
    keys = list(cells)
    to_run = [key for key in (keys[: keys.index(until)] if until else keys) if key not in typed]
    notebook.cells = [cells[key] for key in to_run]
    NotebookClient(notebook, timeout=120, allow_errors=True, record_timing=False, kernel_name="python3").execute()
    count = 0
    for key, cell in cells.items():
        if cell.cell_type != "code" or (key not in to_run and key not in typed):
            continue
        count += 1
        cell.execution_count = count
        text = typed.get(key) or case.get("forge", {}).get(key)
        if text:
            cell.outputs = [new_output("stream", name="stdout", text=text)]
        cell.outputs = joined(cell.outputs)


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs with text that came in pieces put together: where it is cut is chance."""
    whole: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and whole and whole[-1].get("name") == output.name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def moved(cells: Cells, key: str, before: str) -> Cells:
    """The cells with one of them put in front of another."""
    order = [name for name in cells if name != key]
    order.insert(order.index(before), key)
    return {name: cells[name] for name in order}


def written(notebook: NotebookNode) -> str:
    """The notebook's file, without what differs from one run to the next. Equal ids of copied cells stay equal."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata.language_info = {"name": "python"}
    text: str = nbformat.v4.writes(notebook, indent=1, ensure_ascii=False)
    return text.rstrip("\n") + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
