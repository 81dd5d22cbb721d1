"""What a student should know of the notebook as a file, before handing it in: it loses no points here."""

from __future__ import annotations

from collections.abc import Sequence

from grader.language import N_, _, ngettext
from grader.model import CellComparison, Run
from grader.score.sentences import clean, code, listed

_UNDEFINED = "NameError: name '"
_SHARING = N_(
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
        name, quote, _rest = cell.because.removeprefix(_UNDEFINED).partition("'")
        if cell.because.startswith(_UNDEFINED) and quote:
            told.append(
                _(
                    "{name} is not there when all cells are run from top to bottom, and code cell {number} "
                    "needs it: define it in a cell above.",
                    name=code(name),
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
    return [*(clean(sentence, 400) for sentence in told), _(_SHARING)]


def _is_unsaved(cell: CellComparison) -> bool:
    """Whether it shows something when it is run, and the file has nothing of it."""
    return not cell.stored and cell.run_here and (not cell.text_alike or cell.picture_difference > 0)


def _numbers(cells: Sequence[CellComparison]) -> str:
    return listed([str(cell.number) for cell in cells])
