"""What a student should know of the notebook as a file, before handing it in: it loses no points here."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import CellComparison, Run
from grader.score.sentences import clean, code, listed

_UNDEFINED = "NameError: name '"
_SHARING = (
    "Whether the notebook is shared cannot be seen from here: if you hand in a link, open it in a private window first."
)


def say_before_handing_in(run: Run) -> list[str]:
    """Sentences on cells run out of order, names that are missing from top to bottom, unsaved outputs, and sharing."""
    if run.end == "unreadable":
        return []
    told = []
    compared = run.facts.comparisons
    if late := [one for one in compared if not one.in_order]:
        told.append(
            f"{_cells(late)} last run before a cell above. Here all ran from top to bottom, as when it is graded: "
            "in Colab, do so with Runtime, Restart session and run all."
        )
    for cell in run.cells:
        name, quote, _ = cell.because.removeprefix(_UNDEFINED).partition("'")
        if cell.because.startswith(_UNDEFINED) and quote:
            told.append(
                f"{code(name)} is not there when all cells are run from top to bottom, and code cell {cell.number} "
                "needs it: define it in a cell above."
            )
    failed = {cell.number for cell in run.cells if cell.because}
    if unsaved := [one for one in compared if one.number not in failed and _is_unsaved(one)]:
        told.append(f"The outputs of {_numbers(unsaved)} are not saved in the file: run all cells, and then save it.")
    return [*(clean(sentence, 400) for sentence in told), _SHARING]


def _is_unsaved(cell: CellComparison) -> bool:
    """Whether it shows something when it is run, and the file has nothing of it."""
    return not cell.stored and cell.run_here and (not cell.text_alike or cell.picture_difference > 0)


def _cells(cells: Sequence[CellComparison]) -> str:
    told = _numbers(cells)
    return f"{told[0].upper()}{told[1:]} {'was' if len(cells) == 1 else 'were'}"


def _numbers(cells: Sequence[CellComparison]) -> str:
    return f"code cell{'s' if len(cells) > 1 else ''} {listed([str(cell.number) for cell in cells])}"
