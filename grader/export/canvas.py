"""Canvas's gradebook: exported there, one column filled, and imported there again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.course.roster import Roster
from grader.errors import UserError
from grader.exam.wording import fold_words
from grader.export.grading_sheet import Filled, fill, match_rows, read_number, scale
from grader.export.rows import GradeRow, write_points
from grader.files.csv_file import CsvTable

_NUMBERED = re.compile(r"(.*?) \(\d+\)")
"""How Canvas writes an assignment: its title, and its id there. Any other title would make a new assignment."""


def fill_canvas(
    table: CsvTable,
    rows: Sequence[GradeRow],
    titles: Sequence[str],
    *,
    roster: Roster | None = None,
    column: str = "",
    rescale: bool = False,
) -> Filled:
    """The gradebook with one assignment's column filled: the one called as ours is, or as `column` says."""
    head = [cell.strip() for cell in table.head.cells]
    if not head or "Student" not in head[0] or not any("Section" in name for name in head):
        raise UserError(
            "this is not a gradebook of Canvas: its first row does not begin with Student and has no Section",
            where=table.place(table.head),
            remedy="In Canvas: Grades, Export, Export Entire Gradebook.",
        )
    section = next(place for place, name in enumerate(head) if "Section" in name)
    place = _find_assignment(table, [column] if column else titles)
    people = [number for number, row in enumerate(table.rows) if row.cell(1)]
    others = [row for number, row in enumerate(table.rows) if number not in people]
    whole = next((number for row in others if (number := read_number(row.cell(place))) is not None), None)
    matched = match_rows(
        {number: table.rows[number].cells[:section] for number in people},
        {row.student for row in rows},
        roster,
    )
    cells = {
        (matched[row.student], place): write_points(
            scale(row.points, row.possible, whole, rescale=rescale, where=table.where)
        )
        for row in rows
        if row.points is not None and row.student in matched
    }
    return Filled(
        fill(table, cells),
        filled=tuple(row.student for row in rows if row.points is not None and row.student in matched),
        waiting=tuple(row.student for row in rows if row.points is None),
        unknown=tuple(row.student for row in rows if row.student not in matched),
    )


def _find_assignment(table: CsvTable, titles: Sequence[str]) -> int:
    wanted = {fold_words(title) for title in titles}
    heads = enumerate(map(str.strip, table.head.cells))
    named = {place: (name, found[1]) for place, name in heads if (found := _NUMBERED.fullmatch(name))}
    chosen = [place for place, names in named.items() if wanted & {fold_words(name) for name in names}]
    if len(chosen) != 1:
        known = ", ".join(f"`{name}`" for name, _ in named.values()) or "none"
        told = "no assignment there is" if not chosen else "more than one assignment there is"
        raise UserError(
            f"{told} called {' or '.join(f'`{title}`' for title in titles)}",
            where=table.place(table.head),
            remedy=f"Say which one it is: --column NAME. There are: {known}.",
        )
    return chosen[0]
