"""The floor: the cells of a class in one warm process on one thread, and nothing else. A process of its own.

python -m tests.bench.floor NOTEBOOK…      prints the seconds that each took, as JSON
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.execute.forks import MODULES
from grader.files.notebook_file import code_cells, read_notebook
from grader.inside import server

from .commands import ROOT, environment


def measure_floor(notebooks: Sequence[Path], processes: int = 1) -> float:
    """Wall time in seconds of the cells of these notebooks, dealt to so many warm processes at once.

    Of several processes the slowest counts: how much the machine itself gives when all its cores are busy.
    """
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.floor", *map(str, notebooks[place::processes])],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(processes)
    ]
    totals = []
    for process in running:
        told, _ = process.communicate()
        if process.returncode != 0:
            raise RuntimeError("the cells do not run without the grader either: see above")
        totals.append(sum(json.loads(told)))
    return max(totals)


def run_cells(path: Path) -> float:
    """Run one notebook's cells in a fresh namespace; returns the seconds."""
    cells = [compile(cell.source, path.name, "exec") for _, cell in code_cells(read_notebook(path.read_bytes()))]
    namespace: dict[str, Any] = {"__name__": "__main__"}
    started = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(cell, namespace)
            draw_figures()
    return time.monotonic() - started


def draw_figures() -> None:
    """What the inline backend does after a cell: every open figure becomes a PNG and is closed."""
    import matplotlib.pyplot as plt
    from IPython.core.pylabtools import print_figure

    for number in plt.get_fignums():
        print_figure(plt.figure(number), fmt="png", bbox_inches="tight")
    plt.close("all")


def main() -> None:
    import matplotlib
    import matplotlib.pyplot as plt

    matplotlib.use("agg")
    server.warm_up(list(MODULES))
    plt.show = draw_figures
    plt.plot([0, 1])
    draw_figures()
    print(json.dumps([run_cells(Path(name)) for name in sys.argv[1:]]))


if __name__ == "__main__":
    main()
