"""A table is read as spreadsheets and quiz systems write it, and what is no table is told with the cure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UserError
from grader.files.csv_file import parse_csv, read_csv

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16"]
WORDS = st.text(st.characters(codec="utf-8", exclude_characters=',;\t\r\n"\0\ufeff'), min_size=1).filter(str.strip)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=8) | st.sampled_from(
    ["Paz, Ana", "a;b", "2,5", '"', 'she said "no"', '""', "tab\there", "two\nlines", "\r", " x ", "-", "josé"]
)


def write(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", **dialect: object) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)  # type: ignore[arg-type]
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def cells(path: Path) -> list[tuple[str, ...]]:
    table = read_csv(path)
    return [row.cells for row in (table.head, *table.rows)]


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_csv(path)
    return str(caught.value).removeprefix(f"{path.parent}/")


# ---- what is read ---------------------------------------------------------------------------------------------------


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A head of plain words, without spaces before them, and rows of any texts as long as it; some are empty."""
    head = draw(st.lists(WORDS.map(str.strip), min_size=1, max_size=4))
    return [head, *draw(st.lists(st.lists(TEXTS, min_size=len(head), max_size=len(head)), max_size=4))]


@given(
    tables(),
    st.sampled_from(ENCODINGS),
    st.sampled_from(",;\t"),
    st.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), *((csv.QUOTE_ALL, newline) for newline in ("\n", "\r\n", "\r"))]),
)
def test_a_table_reads_back_as_it_was_written_by_whatever_program(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[list[str]],
    encoding: str,
    delimiter: str,
    written: tuple[int, str],
) -> None:
    quoting, newline = written
    path = tmp_path_factory.getbasetemp() / "table.csv"
    write(path, table, encoding, delimiter=delimiter, quoting=quoting, lineterminator=newline)
    assert cells(path) == [tuple(row) for row in table if any(cell.strip() for cell in row)]


@given(tables(), st.sampled_from(["\n", "\r\n"]))
def test_each_cell_is_found_in_the_text_with_its_quotation_marks(table: list[list[str]], newline: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=newline).writerows(table)
    found = parse_csv(text.getvalue(), "x.csv")
    for row in (found.head, *found.rows):
        spans = [found.text[start:end] for start, end in row.spans]
        assert spans == ['"' + cell.replace('"', '""') + '"' for cell in row.cells]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"student";"edge"\n"ana";"b"\n', [("student", "edge"), ("ana", "b")]),
        ('student, name\nana, "Paz, Ana" \n', [("student", " name"), ("ana", "Paz, Ana")]),
        ("student\nPaz, Ana\n", [("student",), ("Paz, Ana",)]),
        ("student;Why, briefly?\nana;so, as told\n", [("student", "Why, briefly?"), ("ana", "so, as told")]),
        ('student\n5" disk\n', [("student",), ('5" disk',)]),
        ("student,name\n , \nana,Ana\n", [("student", "name"), ("ana", "Ana")]),
    ],
)
def test_what_people_write_by_hand_is_read_as_it_is_meant(
    tmp_path: Path, text: str, told: list[tuple[str, ...]]
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert cells(path) == told


def test_rows_are_numbered_as_in_a_spreadsheet_though_some_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text('\nstudent,four\n\nana,"4\n"\n;,\nana,6\n')
    table = read_csv(path)
    assert [row.number for row in (table.head, *table.rows)] == [2, 4, 5, 6]
    assert table.place(table.rows[0]) == f"{path}:4"


def test_a_cell_is_said_without_the_spaces_round_it_and_with_its_accents_in_one_form() -> None:
    (row,) = parse_csv("a,b,c\n jose\u0301 ,,Paz\n", "x.csv").rows
    assert (row.cell(0), row.cell(1), row.cell(7), row.cell(None), row.cell(0, 1, 2)) == (
        *("josé", "", "", ""),
        "josé Paz",
    )


# ---- what is told ---------------------------------------------------------------------------------------------------

UTF_8 = "Save it again in UTF-8; a spreadsheet calls that “CSV UTF-8”."
QUOTATION = "Close it, and double those inside the cell; or export the file again."
CELL = "opens a cell and does not close it"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "table.csv: the file is empty\n  Its first row names the columns."),
        (b"\n \r\n", "table.csv: the file is empty\n  Its first row names the columns."),
        (b"student\njos\xe9\n", f"table.csv:2: this is not UTF-8 text\n  {UTF_8}"),
        ("student\njosé\n".encode("utf-16-le"), f"table.csv:1: this is not UTF-8 text\n  {UTF_8}"),
        ("student\njosé\n".encode("utf-16")[:-1], f"table.csv:2: this is not UTF-16 text\n  {UTF_8}"),
        (
            b"PK\x03\x04\x14\0\6\0",
            "table.csv: this is a spreadsheet's own file, not text\n  In the spreadsheet, save it as CSV in UTF-8.",
        ),
        (
            b'student,edge\nana,b\nbruno,"a\ncarla,c\n',
            f"table.csv:3: this is not CSV: a quotation mark {CELL}\n  {QUOTATION}",
        ),
        (
            b'student,name\nana,"Ana" Paz\n',
            f"table.csv:2: this is not CSV: a quotation mark {CELL}\n  {QUOTATION}",
        ),
        (
            b"one,two;three\na,b;c\n",
            "table.csv: commas or semicolons could separate the cells\n"
            "  Export it again with quotation marks round every text, or with tabs.",
        ),
    ],
)
def test_what_is_no_table_says_where_and_what_to_do(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    assert refused(path) == told


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.csv") == "none.csv: there is no such file\n  Check its name and its folder."
    tmp_path.joinpath("folder").mkdir()
    assert refused(tmp_path / "folder") == ("folder: this cannot be read: Is a directory\n  Name a file.")


@pytest.mark.parametrize(("text", "of_what"), [("a,b\nPaz, Ana,x\n", "comma"), ("a;b\nPaz; Ana;x\n", "semicolon")])
def test_a_row_beyond_the_last_column_is_told_where_asked_for(text: str, of_what: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_csv(text, "x.csv").refuse_longer_rows()
    assert str(caught.value) == (
        f"x.csv:2: this row has 3 cells, but the head has 2\n"
        f"  Put quotation marks round a cell that has a {of_what} in it."
    )
    parse_csv("a,b\nana,x,,\n", "x.csv").refuse_longer_rows()
