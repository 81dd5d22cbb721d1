"""The roster says whose an address is, and an address or a name that is nobody's, or two students', is told."""

import csv

import pytest

from grader.course.roster import read_roster
from grader.errors import UserError

REMEDY = "The head is `student,name,addresses`; several addresses stand in one cell, with blanks between them."


def write(folder, *rows, head="student,name,addresses"):
    path = folder / "roster.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def refuse(path):
    with pytest.raises(UserError) as refused:
        read_roster(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("called", "student"),
    [
        ("Ana.Perez@example.org", "ana"),
        ("anap+hw2@gmail.com", "ana"),
        ("a.n.a.p@googlemail.com", "ana"),
        ("Perez, Ana", "ana"),
        ("ana pérez", "ana"),
        ("bruno", "bruno"),
        ("anaperez@example.org", None),
        ("carla", None),
    ],
)
def test_a_student_is_found_by_any_address_alias_or_name(tmp_path, called, student):
    roster = read_roster(write(tmp_path, "ana,Ana Pérez,ana.perez@example.org anap@gmail.com", "bruno,,b@example.org"))
    assert roster.find("nobody@example.org", called) == student
    assert roster.addresses["ana"] == "ana.perez@example.org"


def test_a_name_that_two_students_share_is_nobodys(tmp_path):
    roster = read_roster(write(tmp_path, "ana-1,Ana Paz,a1@example.org", "ana-2,Ana Paz,a2@example.org"))
    assert roster.find("Ana Paz") is None
    assert roster.find("a2@example.org") == "ana-2"


def test_an_address_of_two_students_is_told(tmp_path):
    path = write(tmp_path, "ana,,x.y@gmail.com", "bruno,,xy@gmail.com")
    assert refuse(path) == (
        f"{path}:3: xy@gmail.com belongs to both `ana` and `bruno`\n"
        "  Which of them it is, is not ours to guess: take it out of one row."
    )


def test_a_student_who_stands_twice_is_told(tmp_path):
    path = write(tmp_path, "ana,,a@example.org", "ana,,b@example.org")
    assert refuse(path) == f"{path}:3: `ana` occurs twice in the roster\n  Put both into one row."


def test_a_roster_without_its_head_is_told(tmp_path):
    path = write(tmp_path, head="ana;a@example.org")
    assert refuse(path) == (
        f"{path}:1: no column identifies the student\n  Name it `student`. There are: ana, a@example.org."
    )


def test_a_roster_without_addresses_is_told(tmp_path):
    path = write(tmp_path, "ana,Ana Paz", head="student,name")
    assert refuse(path) == (
        f"{path}:1: no column gives the addresses\n  Name it `addresses`. There are: student, name."
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_class_that_a_spreadsheet_saved_is_a_roster(tmp_path, encoding, delimiter):
    table = (
        ["Nombre", "Apellido(s)", "Legajo", "Dirección de correo electrónico", "Grupo"],
        [],
        ["José", "Paz, Gil", "77", "jose@example.org; jp@gmail.com", "A"],
    )
    path = tmp_path / "roster.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(table)
    roster = read_roster(path)
    assert roster.names == {"77": "José Paz, Gil"}
    assert roster.addresses == {"77": "jose@example.org"}
    assert roster.find("j.p@gmail.com") == roster.find("Gil José Paz") == roster.find("77") == "77"


def test_two_columns_that_could_both_be_the_addresses_are_asked_about_and_ours_is_always_meant(tmp_path):
    row = "ana,a@example.org,b@example.org"
    path = write(tmp_path, row, head="student,Email,Correo")
    assert refuse(path) == (
        f"{path}:1: more than one column gives the addresses: `Email` and `Correo`\n"
        "  Name the right column `addresses`, and rename the other."
    )
    assert read_roster(write(tmp_path, row, head="student,email,addresses")).addresses == {"ana": "b@example.org"}


def test_a_cell_beyond_the_last_column_is_told_and_not_lost(tmp_path):
    path = write(tmp_path, "ana,Paz, Ana,a@example.org")
    assert refuse(path) == (
        f"{path}:2: this row has 4 cells, but the head has 3\n"
        "  Put quotation marks round a cell that has a comma in it."
    )


def test_a_row_without_a_student_is_told_unless_it_says_nothing_of_anybody(tmp_path):
    path = write(tmp_path, "ana,,a@example.org", ",Bruno,b@example.org")
    assert refuse(path) == f"{path}:3: this row names no student\n  Fill it in, or take it out."
    roster = read_roster(write(tmp_path, "ana,,a@example.org,", ",,,25 in all", head="student,name,addresses,remarks"))
    assert list(roster.names) == ["ana"]


def test_a_roster_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "roster.csv"
    assert refuse(path) == f"{path}: the roster that course.toml names is not there\n  Write one there. {REMEDY}"


def test_a_roster_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"student,addresses\nan\xe9,x@example.org\n")
    assert refuse(path) == (
        f"{path}:2: this is not UTF-8 text\n  Save it again in UTF-8; a spreadsheet calls that “CSV UTF-8”."
    )
