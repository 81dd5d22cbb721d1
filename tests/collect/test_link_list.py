"""A list of links, written by hand or by a form, says whose each is and, where it can be told, when it was sent."""

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.collect.link_list import read_link_list, read_time
from grader.course.roster import Roster
from grader.errors import UserError
from tests.collect.conftest import colab

BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")
ROSTER = Roster({"ana": "Ana Paz"}, {"ana@example.org": "ana", "ana paz": "ana", "ana": "ana"}, {"ana": ""})


def read(folder, text, roster=None, name="links.txt"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [
        (row.student, row.called, row.links, row.sent, row.place) for row in read_link_list(path, roster, BUENOS_AIRES)
    ]


def test_a_line_holds_a_link_and_may_name_the_student_before_it(tmp_path):
    text = f"# the class\nana, {colab(1)}\n\nana@example.org: see {colab(2)}\n{colab(3)}\n"
    assert read(tmp_path, text) == [
        ("ana", "ana", (colab(1),), None, "links.txt:2"),
        ("ana@example.org: see", "ana@example.org: see", (colab(2),), None, "links.txt:4"),
        ("", "line 5", (colab(3),), None, "links.txt:5"),
    ]


def test_with_a_roster_a_line_belongs_to_somebody_in_it(tmp_path):
    assert [row[0] for row in read(tmp_path, f"Paz, Ana {colab(1)}\nzoe {colab(2)}\n", ROSTER)] == ["ana", ""]


def test_the_answers_of_a_form_bring_address_link_and_time(tmp_path):
    text = (
        'Timestamp,Email Address,"Your notebook, as a link"\n'
        f'2024/08/10 11:59:03 PM GMT-3,Ana@Example.org,"Here: {colab(1)}"\n'
        "2024/08/10 11:59:04 PM GMT-3,zoe@example.org,I forgot\n"
    )
    rows = read(tmp_path, text, ROSTER, "answers.csv")
    assert rows[0][:3] == ("ana", "Ana@Example.org", (colab(1),))
    assert rows[0][3].astimezone(UTC) == datetime(2024, 8, 11, 2, 59, 3, tzinfo=UTC)
    assert rows[1][:3] == ("", "zoe@example.org", ())


def test_a_sheet_in_spanish_is_read_in_the_zone_of_the_assignment(tmp_path):
    text = f"Marca temporal,Dirección de correo electrónico,Enlace\n13/08/2024 0:30:00,ana@example.org,{colab(1)}\n"
    (row,) = read(tmp_path, text, ROSTER, "respuestas.csv")
    assert row[3] == datetime(2024, 8, 13, 0, 30, tzinfo=BUENOS_AIRES)


def test_a_date_that_can_be_read_in_two_ways_is_no_time(tmp_path):
    head = "Timestamp\tName\tLink\n"
    (row,) = read(tmp_path, f"{head}3/4/2024 10:00:00\tana\t{colab(1)}\n", name="answers.tsv")
    assert row[3] is None
    rows = read(tmp_path, f"{head}3/4/2024 10:00\tana\t{colab(1)}\n3/14/2024 10:00\tb\t{colab(2)}\n", name="x.tsv")
    assert rows[0][3] == datetime(2024, 3, 4, 10, tzinfo=BUENOS_AIRES)


def test_a_table_without_a_head_is_a_list_of_lines(tmp_path):
    assert read(tmp_path, f"ana,{colab(1)}\n", name="list.csv")[0][:3] == ("ana", "ana", (colab(1),))


@pytest.mark.parametrize("name", ["answers.csv", "answers.tsv", "answers.txt"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_that_a_spreadsheet_saved_is_read_whatever_its_kind(tmp_path, name, encoding, delimiter):
    head = ["Marca temporal", "Apellido", "Nombre", "Enlace; el tuyo", "Notas"]
    rows = [[], ["13/08/2024 0:30", "Paz", "Ana", f"Aquí: {colab(1)}", "uno, dos"], ["", "", "", "", ""]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([head, *rows])
    (tmp_path / name).write_bytes(text.getvalue().encode(encoding))
    (row,) = read_link_list(tmp_path / name, ROSTER, BUENOS_AIRES)
    assert (row.student, row.called, row.links, row.place) == ("ana", "Ana Paz", (colab(1),), f"{name}:3")
    assert row.sent == datetime(2024, 8, 13, 0, 30, tzinfo=BUENOS_AIRES)


def test_lines_are_no_table_whatever_signs_are_in_them(tmp_path):
    text = f'"Paz, Ana"; {colab(1)}\nthe "second, {colab(2)}\n'
    for name in ("links.csv", "links.txt"):
        assert [row[:3] for row in read(tmp_path, text, name=name)] == [
            ("Paz, Ana", "Paz, Ana", (colab(1),)),
            ('the "second', 'the "second', (colab(2),)),
        ]


def test_a_line_below_a_head_may_be_written_as_in_a_list(tmp_path):
    assert [row[0] for row in read(tmp_path, f"student, link\nana {colab(1)}\nbruno, {colab(2)}\n")] == ["ana", "bruno"]


def test_a_table_whose_quotation_marks_are_broken_is_told_before_a_student_gets_anothers_link(tmp_path):
    path = tmp_path / "answers.csv"
    with pytest.raises(UserError) as refused:
        read(tmp_path, f'Name,Link\nana,"{colab(1)}\nbruno,{colab(2)}\n', name=path.name)
    assert str(refused.value) == (
        f"{path}:2: this is not CSV: a quotation mark opens a cell and does not close it\n"
        "  Close it, and double those inside the cell; or export the file again."
    )


def test_two_columns_that_say_another_student_each_are_asked_about(tmp_path):
    head = "Email Address,Correo electrónico,Link"
    row = f"ana@example.org,bruno@example.org,{colab(1)}"
    path = tmp_path / "answers.csv"
    with pytest.raises(UserError) as refused:
        read(tmp_path, f"{head}\n{row}\n", name=path.name)
    assert str(refused.value) == (
        f"{path}:2: this row is from `ana@example.org` by its column `Email Address`, "
        "but from `bruno@example.org` by `Correo electrónico`\n"
        "  Name the right column `student`."
    )
    assert read(tmp_path, f"Email Address,student,Link\n{row}\n", name=path.name)[0][0] == "bruno@example.org"
    # Where the roster knows only one of them, or both are the same student's, nothing is to be asked.
    assert read(tmp_path, f"{head}\n{row}\n", ROSTER, path.name)[0][0] == "ana"


def test_two_columns_that_could_both_say_when_are_asked_about(tmp_path):
    path = tmp_path / "answers.csv"
    with pytest.raises(UserError) as refused:
        read(tmp_path, f"Name,Sent,Fecha,Link\nana,,,{colab(1)}\n", name=path.name)
    assert str(refused.value) == (
        f"{path}:1: more than one column gives the time: `Sent` and `Fecha`\n"
        "  Name the right column `timestamp`, and rename the other."
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-08-10T23:59:03-03:00", "2024-08-10T23:59:03-03:00"),
        ("2024-08-10 23:59:03", "2024-08-10T23:59:03-03:00"),
        ("2024/08/10 12:00:00 AM GMT+5:30", "2024-08-10T00:00:00+05:30"),
        ("2024/08/10 12:30:00 p. m. GMT-3", "2024-08-10T12:30:00-03:00"),
        ("8/8/2024 9:05:00", "2024-08-08T09:05:00-03:00"),
        ("2024/13/10 10:00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_as_google_writes_them(text, moment):
    found = read_time(text, BUENOS_AIRES, None)
    assert (found.isoformat() if found else None) == moment


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))
def test_a_time_that_forms_wrote_comes_back(moment):
    written = f"{moment:%Y/%m/%d} {moment:%I:%M:%S %p} GMT-3".replace(" 0", " ")
    assert read_time(written, UTC, None).replace(tzinfo=None) == moment


@given(st.text(max_size=40))
def test_no_text_makes_reading_a_time_fail(text):
    read_time(text, UTC, None)


def test_a_list_without_links_is_told(tmp_path):
    with pytest.raises(UserError) as refused:
        read(tmp_path, "ana\nbruno\n")
    assert str(refused.value) == (
        f"{tmp_path}/links.txt: there is no link in it\n  One a line: ana https://colab.research.google.com/drive/…"
    )


def test_a_list_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "links.txt"
    path.write_bytes(b"ana\njos\xe9\n")
    with pytest.raises(UserError) as refused:
        read_link_list(path, None, UTC)
    assert str(refused.value) == (
        f"{path}:2: this is not UTF-8 text\n  Save it again in UTF-8; a spreadsheet calls that “CSV UTF-8”."
    )
