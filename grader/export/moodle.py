"""Moodle's offline grading worksheet: downloaded from the assignment, filled, and uploaded there again."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from grader.course.roster import Roster
from grader.errors import UserError
from grader.export.grading_sheet import Filled, fill, find_column, match_rows, read_number, scale
from grader.export.rows import GradeRow, write_points
from grader.files.csv_file import CsvTable

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
    table: CsvTable, rows: Sequence[GradeRow], *, roster: Roster | None = None, column: str = "", rescale: bool = False
) -> Filled:
    """The worksheet with grades and, where it has a column for them, comments."""
    stranger = next((row for row in table.rows if not PARTICIPANT.fullmatch(row.cell(0))), None)
    if stranger is not None:
        raise UserError(
            "this is no grading worksheet: its first column has no participants, as in `Participant 1234`",
            where=table.place(stranger),
            remedy="In Moodle: the assignment, View all submissions, Download grading worksheet.",
        )
    place = find_column(table, [column] if column else GRADE, "Say which one takes the grade: --column NAME")
    heads = [name.casefold() for name in map(str.strip, table.head.cells)]
    most = next((heads.index(name.casefold()) for name in MOST if name.casefold() in heads), None)
    comments = next((heads.index(name.casefold()) for name in COMMENTS if name.casefold() in heads), None)
    matched = match_rows(
        {number: row.cells[:4] for number, row in enumerate(table.rows)},
        {row.student for row in rows},
        roster,
    )
    cells: dict[tuple[int, int], str] = {}
    for row in rows:
        if row.points is None or row.student not in matched:
            continue
        number = matched[row.student]
        found = table.rows[number]
        whole = read_number(found.cell(most)) if most is not None else None
        points = scale(row.points, row.possible, whole, rescale=rescale, where=table.place(found))
        cells[number, place] = write_points(points)
        if comments is not None:
            # Moodle reads a comment as HTML.
            cells[number, comments] = html.escape(row.comment).replace("\n", "<br>")
    return Filled(
        fill(table, cells),
        filled=tuple(row.student for row in rows if row.points is not None and row.student in matched),
        waiting=tuple(row.student for row in rows if row.points is None),
        unknown=tuple(row.student for row in rows if row.student not in matched),
    )
