"""Moodle's offline grading worksheet: downloaded from the assignment, filled, and uploaded there again."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from grader.collect.roster import Roster
from grader.errors import UserError
from grader.export.rows import Row, write_points
from grader.export.sheet import Filled, Sheet, find_column, match_rows, read_number, scale

# A site names its columns in its own language.
GRADE = ("Grade", "Calificación", "Bewertung", "Note")
MOST = ("Maximum Grade", "Calificación máxima", "Bestwertung", "Note maximale")
COMMENTS = (
    "Feedback comments",
    "Comentarios de retroalimentación",
    "Feedback als Kommentar",
    "Feedback par commentaires",
)
PARTICIPANT = re.compile(r"\D+ ?\d+")
"""`Participant 1234`: the number belongs to this one assignment, so it has to come from a worksheet."""


def fill_moodle(
    sheet: Sheet, rows: Sequence[Row], *, roster: Roster | None = None, column: str = "", rescale: bool = False
) -> Filled:
    """The worksheet with grades and, where it has a column for them, comments."""
    if not all(PARTICIPANT.fullmatch(row[0].text.strip()) for row in sheet.rows[1:]):
        raise UserError(
            "this is no grading worksheet: its first column has no participants, as in `Participant 1234`",
            where=f"{sheet.where}:2",
            remedy="In Moodle: the assignment, View all submissions, Download grading worksheet.",
        )
    place = find_column(sheet, [column] if column else GRADE, "Say which one takes the grade: --column NAME")
    heads = [name.casefold() for name in sheet.head]
    most = next((heads.index(name.casefold()) for name in MOST if name.casefold() in heads), None)
    comments = next((heads.index(name.casefold()) for name in COMMENTS if name.casefold() in heads), None)
    matched = match_rows(
        {number: [cell.text for cell in row[:4]] for number, row in enumerate(sheet.rows) if number},
        {row.student for row in rows},
        roster,
    )
    cells: dict[tuple[int, int], str] = {}
    for row in rows:
        if row.points is None or row.student not in matched:
            continue
        number = matched[row.student]
        whole = read_number(sheet.rows[number][most].text) if most is not None else None
        points = scale(row.points, row.possible, whole, rescale=rescale, where=f"{sheet.where}:{number + 1}")
        cells[number, place] = write_points(points)
        if comments is not None:
            # Moodle reads a comment as HTML.
            cells[number, comments] = html.escape(row.comment).replace("\n", "<br>")
    return Filled(
        sheet.fill(cells),
        filled=tuple(row.student for row in rows if row.points is not None and row.student in matched),
        waiting=tuple(row.student for row in rows if row.points is None),
        unknown=tuple(row.student for row in rows if row.student not in matched),
    )
