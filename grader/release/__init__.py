"""release: what students get of an assignment, in which nothing is hidden: no hidden input, and no value of one."""

from grader.release.bundle import Released, read_released, write_bundle
from grader.release.cell import LAST_LINE, add_checks
from grader.release.people import without_people
from grader.release.public import cut_to_public, is_checked_in_cell

__all__ = [
    "LAST_LINE",
    "Released",
    "add_checks",
    "cut_to_public",
    "is_checked_in_cell",
    "read_released",
    "without_people",
    "write_bundle",
]
