"""What a student should know of the notebook as a file, before handing it in: it loses no points here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.language import N_, Reason, _, ngettext
from grader.model import CellComparison, Run
from grader.score.sentences import code, listed

_UNDEFINED = re.compile("name '([^']+)'")
"""How Python tells what a NameError misses."""

_SHARING = N_(
    "Whether the notebook is shared cannot be seen from here: if you hand in a link, open it in a private window first."
)


def say_before_handing_in(run: Run) -> list[Reason]:
    """Sentences on cells run out of order, names that are missing from top to bottom, unsaved outputs, and sharing."""
    if run.end == "unreadable":
        return []
    told = []
    compared = run.facts.comparisons
    if late := [one for one in compared if not one.in_order]:
        told.append(
            ngettext(
                "Code cell {cells} was last run before a cell above. Here all ran from top to bottom, as when it is "
                "graded: in Colab, do so with Runtime, Restart session and run all.",
                "Code cells {cells} were last run before a cell above. Here all ran from top to bottom, as when it is "
                "graded: in Colab, do so with Runtime, Restart session and run all.",
                len(late),
                cells=_numbers(late),
            )
        )
    for cell in run.cells:
        found = _UNDEFINED.match(cell.error[1]) if cell.error[0] == "NameError" else None
        if found:
            told.append(
                _(
                    "{name} is not there when all cells are run from top to bottom, and code cell {number} "
                    "needs it: define it in a cell above.",
                    name=code(found[1]),
                    number=cell.number,
                )
            )
    failed = {cell.number for cell in run.cells if cell.because}
    if unsaved := [one for one in compared if one.number not in failed and _is_unsaved(one)]:
        told.append(
            ngettext(
                "The outputs of code cell {cells} are not saved in the file: run all cells, and then save it.",
                "The outputs of code cells {cells} are not saved in the file: run all cells, and then save it.",
                len(unsaved),
                cells=_numbers(unsaved),
            )
        )
    return [*told, _(_SHARING)]


def _is_unsaved(cell: CellComparison) -> bool:
    """Whether it shows something when it is run, and the file has nothing of it."""
    return not cell.stored and cell.run_here and (not cell.text_alike or cell.picture_difference > 0)


def _numbers(cells: Sequence[CellComparison]) -> Reason:
    return listed([str(cell.number) for cell in cells])
