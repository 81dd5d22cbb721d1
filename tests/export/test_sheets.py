"""Moodle's and Canvas's own files: the right cells are filled, and every other character stays as it came."""

from __future__ import annotations

import csv
import difflib
import io
from pathlib import Path

import pytest

from grader.course.roster import Roster, read_roster
from grader.errors import UserError
from grader.export import ExportRow, fill_canvas, fill_moodle
from grader.export.grading_sheet import fill, match_rows, read_sheet
from grader.files.csv_file import CsvTable, parse_csv
from tests.export.making import CLASS, DATA, finding, row

BRUNO = "bruno,Bruno Blanco,bruno@uni.example bruno.b@uni.example\n"


def sheet(name: str, *changes: tuple[str, str]) -> CsvTable:
    content = (DATA / f"{name}.csv").read_bytes().decode()
    for old, new in changes:
        assert old in content
        content = content.replace(old, new)
    return parse_csv(content, f"{name}.csv")


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))


def changed(before: str, after: str) -> list[tuple[str, str]]:
    """What was taken out and what was put in, piece by piece."""
    pieces = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(before[a:b], after[c:d]) for what, a, b, c, d in pieces if what != "equal"]


@pytest.fixture
def roster(tmp_path_factory: pytest.TempPathFactory) -> Roster:
    path = tmp_path_factory.mktemp("roster") / "roster.csv"
    path.write_text(f"student,name,addresses\n{BRUNO}")
    return read_roster(path)


# ---- any CSV --------------------------------------------------------------------------------------------------------


def test_a_semicolon_separates_where_a_country_writes_commas_in_numbers() -> None:
    found = parse_csv('Student;ID;"x;y"\nana;1;"2,5"\n', "x.csv")
    assert fill(found, {}) == found.text
    assert fill(found, {(0, 2): "a;b"}) == 'Student;ID;"x;y"\nana;1;"a;b"\n'


def test_a_row_that_ends_before_its_cell_is_told() -> None:
    with pytest.raises(UserError) as refused:
        fill(parse_csv("Student,ID\n\nana\n", "x.csv"), {(0, 1): "7"})
    assert str(refused.value) == "x.csv:3: this row has 1 cell, but the head has 2\n  Download it again, as CSV."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "x.csv: the file is empty\n  Its first row names the columns."),
        (b"Student,ID\n\n", "x.csv: this table has no rows\n  Download it again, as CSV."),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(UserError) as refused:
        read_sheet(path)
    assert str(refused.value) == f"{tmp_path}/{told}"


def test_a_row_is_found_by_name_address_or_its_beginning_but_never_guessed() -> None:
    called = {
        1: ["Ana Paz", "ana@uni.example"],
        2: ["bruno"],
        3: ["carla@a.example"],
        4: ["carla@b.example"],
        5: ["Anabel"],
    }
    assert match_rows(called, {"ana", "bruno", "carla", "dora"}, None) == {"ana": 1, "bruno": 2}


def test_the_roster_knows_what_students_are_called_elsewhere(roster: Roster) -> None:
    assert match_rows({7: ["Blanco", "bruno.b@uni.example"]}, {"bruno"}, roster) == {"bruno": 7}


# ---- Moodle ---------------------------------------------------------------------------------------------------------


def test_moodles_worksheet_gets_grades_and_comments_and_nothing_else_changes(roster: Roster) -> None:
    before = sheet("moodle")
    filled = fill_moodle(before, CLASS, roster=roster)
    assert (filled.filled, filled.waiting, filled.unknown) == (("ana", "bruno"), ("carla",), ())
    was, now = read(before.text), read(filled.text)
    assert [one[4] for one in now] == ["Grade", "7.5", "6", "", ""]
    assert now[1][9] == "The criterion shape. 4 of 4. So it is.<br>The criterion words. 3.5 of 6. Nearly."
    for old, new in zip(was, now, strict=True):
        assert [*old[:4], *old[5:9]] == [*new[:4], *new[5:9]]
    assert (was[3], was[4]) == (now[3], now[4]), "who waits, and who handed in nothing, stay as they were"
    assert filled.text.startswith('\ufeffIdentifier,"Full name"')


def test_moodle_reads_comments_as_html_so_that_a_students_text_is_escaped(roster: Roster) -> None:
    now = read(fill_moodle(sheet("moodle"), CLASS, roster=roster).text)
    assert "&lt;img src=x onerror=run()&gt;" in now[2][9]
    assert "<img" not in now[2][9]


def test_a_worksheet_in_another_language_is_filled_too() -> None:
    spanish = sheet(
        "moodle",
        (",Grade,", ",Calificación,"),
        ("Maximum Grade", "Calificación máxima"),
        ("Feedback comments", "Comentarios de retroalimentación"),
        ("Participant ", "Participante "),
    )
    now = read(fill_moodle(spanish, CLASS).text)
    assert (now[1][4], now[1][9][:20]) == ("7.5", "The criterion shape.")


def test_a_worksheet_of_a_language_that_is_not_known_needs_the_name_of_its_column() -> None:
    finnish = sheet("moodle", (",Grade,", ",Arvosana,"))
    with pytest.raises(UserError) as refused:
        fill_moodle(finnish, CLASS)
    assert str(refused.value) == (
        "moodle.csv:1: no column is called `Grade` or `Calificación` or `Bewertung` or `Note`\n"
        "  Say which one takes the grade: --column NAME"
    )
    assert read(fill_moodle(finnish, CLASS, column="Arvosana").text)[1][4] == "7.5"


def test_a_table_that_is_no_worksheet_is_told() -> None:
    with pytest.raises(UserError) as refused:
        fill_moodle(sheet("canvas"), CLASS)
    assert str(refused.value) == (
        "canvas.csv:2: this is no grading worksheet: its first column has no participants, as in `Participant 1234`\n"
        "  In Moodle: the assignment, View all submissions, Download grading worksheet."
    )


def test_points_are_converted_only_where_that_was_asked_for() -> None:
    hundred = sheet("moodle", (",10.00,", ",100.00,"))
    with pytest.raises(UserError) as refused:
        fill_moodle(hundred, CLASS)
    assert str(refused.value) == (
        "moodle.csv:2: the assignment has 10 points here, but 100 there\n"
        "  Change one of them; or say --rescale, and each grade is converted."
    )
    assert read(fill_moodle(hundred, CLASS, rescale=True).text)[1][4] == "75"


# ---- Canvas ---------------------------------------------------------------------------------------------------------


def test_canvas_gets_one_column_and_every_other_byte_stays(roster: Roster) -> None:
    before = sheet("canvas")
    filled = fill_canvas(before, CLASS, ["Noise"], roster=roster)
    assert (filled.filled, filled.waiting, filled.unknown) == (("ana", "bruno"), ("carla",), ())
    assert changed(before.text, filled.text) == [("", "7.5"), ("3.0", "6")]
    assert [one[5] for one in read(filled.text)] == ["Noise (5501)", "10.0", "7.5", "6", "", ""]


def test_who_is_not_in_the_gradebook_is_told(roster: Roster) -> None:
    stranger: ExportRow = row("nobody", finding("shape", 10, 10))
    filled = fill_canvas(sheet("canvas"), [*CLASS, stranger], ["Noise"], roster=roster)
    assert filled.unknown == ("nobody",)


def test_an_assignment_that_canvas_does_not_have_is_never_made_there() -> None:
    with pytest.raises(UserError) as refused:
        fill_canvas(sheet("canvas"), CLASS, ["Edges", "edges"])
    assert str(refused.value) == (
        "canvas.csv:1: no assignment there is called `Edges` or `edges`\n"
        "  Say which one it is: --column NAME. There are: `Noise (5501)`, `Lines (5502)`."
    )
    by_column = fill_canvas(sheet("canvas"), CLASS, ["Edges"], column="Lines (5502)", rescale=True)
    assert [one[6] for one in read(by_column.text)][2] == "3.75"


def test_another_table_is_not_taken_for_canvas() -> None:
    with pytest.raises(UserError) as refused:
        fill_canvas(sheet("moodle"), CLASS, ["Noise"])
    assert str(refused.value) == (
        "moodle.csv:1: this is not a gradebook of Canvas: its first row does not begin with Student and has no "
        "Section\n"
        "  In Canvas: Grades, Export, Export Entire Gradebook."
    )


def test_points_possible_are_compared_with_ours() -> None:
    with pytest.raises(UserError, match="the assignment has 10 points here, but 20 there"):
        fill_canvas(sheet("canvas", ("10.0,5.0", "20.0,5.0")), CLASS, ["Noise"])
