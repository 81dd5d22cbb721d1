"""A table is read as spreadsheets and quiz systems write it, and what is no table is told with the cure."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from grader.csv_file import read_csv
from grader.errors import UserError


def write(folder: Path, *records: list[str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(records)
    path = folder / "table.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def cells(path: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in read_csv(path)]


def refused(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        read_csv(path)
    return caught.value


def test_a_file_that_is_not_utf_8_is_refused_with_the_cure(tmp_path: Path) -> None:
    error = refused(write(tmp_path, ["student", "edge"], ["josé", "a"], encoding="latin-1"))
    assert (error.what, error.remedy) == (
        "this is not UTF-8 text",
        "Export it again as CSV in UTF-8; a spreadsheet calls that “CSV UTF-8”.",
    )


def test_a_broken_quotation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text('student,edge\nana,"a\n')
    error = refused(path)
    assert (error.what, error.remedy) == (
        "this is not CSV",
        "A quotation mark is opened and not closed as CSV wants it: export the file again.",
    )


def test_a_file_whose_cells_are_all_quoted_is_read_whatever_parts_them(tmp_path: Path) -> None:
    path = tmp_path / "quoted.csv"
    path.write_text('"student";"edge"\n"ana";"b"\n')
    assert cells(path) == [("student", "edge"), ("ana", "b")]


def test_a_file_in_utf_16_is_read_where_it_says_so(tmp_path: Path) -> None:
    told = ["student", "edge"], ["josé", "b"]
    assert cells(write(tmp_path, *told, delimiter="\t", encoding="utf-16")) == [("student", "edge"), ("josé", "b")]
    assert refused(write(tmp_path, *told, encoding="utf-16-le")).what == "this is not UTF-8 text"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("")
    assert refused(tmp_path / "empty.csv").what == "the file is empty"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.csv").what == "this cannot be read: No such file or directory"
