"""CSV that people open in a spreadsheet: no cell of it is computed there."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

_BEGINNINGS = tuple("=+-@\t\r\n＝＋－＠")
"""With these, a cell is a formula in some spreadsheet or other."""


def harmless(cell: object) -> object:
    """The cell, with an apostrophe before what a spreadsheet would compute; numbers stay numbers.

    >>> harmless("=1+1"), harmless("-0.5"), harmless(-0.5), harmless("ana")
    ("'=1+1", '-0.5', -0.5, 'ana')
    """
    if not isinstance(cell, str):
        return cell
    # Whatever a program takes for space before a formula: cells are trimmed when they are read.
    if not cell.lstrip(" ").startswith(_BEGINNINGS) and not cell.lstrip().startswith(_BEGINNINGS):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def write_csv(rows: Sequence[Sequence[object]]) -> str:
    """The rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[harmless(cell) for cell in row] for row in rows])
    return text.getvalue()
