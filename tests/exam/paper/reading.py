"""One picture alone, as the grader reads it: which sheet it is, and how its boxes were left."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from grader.exam.paper.readings import Sheet, SheetScan
from grader.exam.paper.sheet import Print
from grader.exam.scanning.copy_reading import read_copy
from grader.exam.scanning.intake import as_scan
from grader.exam.scanning.sheet_reader import SheetRead, read_picture


def scan_of(picture: np.ndarray, prints: Mapping[str, Print], source: str = "a.png, page 1") -> SheetScan:
    """What is measured in a picture of a sheet."""
    found = read_picture(picture, prints)
    assert isinstance(found, SheetRead), found
    return as_scan(found, source, f"{abs(hash(source)):064x}"[-64:])


def read_scans(prints: Mapping[str, Print], *scans: SheetScan) -> dict[int, Sheet]:
    """page -> the sheet, from all scans of one copy."""
    print_ = prints[scans[0].print_id]
    copy = next(copy for copy in print_.copies if copy.number == scans[0].copy_number)
    by_page: dict[int, list[SheetScan]] = {}
    for scan in scans:
        by_page.setdefault(scan.page, []).append(scan)
    return read_copy(print_, copy, by_page)


def read_sheet(picture: np.ndarray, prints: Mapping[str, Print]) -> Sheet:
    """The sheet on a picture, as it is read when nothing else of its copy has come."""
    scan = scan_of(picture, prints)
    return read_scans(prints, scan)[scan.page]
