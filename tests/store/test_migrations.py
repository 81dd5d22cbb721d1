"""A gradebook opens whatever wrote it, or says why not; nothing that a person said is ever lost or begun anew."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.errors import DamagedError, UserError
from grader.model import Submission
from grader.store.event_log import VERSION
from grader.store.gradebook import Gradebook
from grader.store.work_folder import WorkFolder

OLD = Path(__file__).parent / "data" / "gradebook-of-ten-tables.sql"
RESTORE = "  Restore a backup: grader restore FILE; or put your copy of the file there."
T = datetime(2024, 8, 10, 12, tzinfo=UTC)


def make(path, script):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def query(path, statement):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def refuse(path):
    with pytest.raises(UserError) as refused:
        Gradebook(path)
    return str(refused.value)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gradebook.sqlite"


@pytest.fixture
def old(path):
    """One that version 88188d2 wrote, with something of every kind in it."""
    return make(path, OLD.read_text(encoding="utf-8"))


# ---- the layout of ten tables ---------------------------------------------------------------------------------------


def test_everything_that_an_old_gradebook_held_is_there(old):
    for _ in range(2):
        book = Gradebook(old)
        ana, bruno, again = book.submissions("hello")
        assert (ana.sha256[0], bruno.sha256[0], again.sha256[0]) == ("a", "b", "c")
        assert (bruno.received, [*map(str, bruno.evidence.flags)]) == (T, ["So."])
        keys = {(student, sha256[0]): key for (student, sha256), key in book.run_keys("hello").items()}
        assert keys == {("ana", "a"): "run-a", ("bruno", "b"): "run-b", ("ana", "c"): "run-c"}
        assert [(score.student, score.run_key) for score in book.scores("hello")] == [
            ("ana", "run-c"),
            ("bruno", "run-b"),
        ]
        assert book.scores("hello")[1].findings[0].says == "Say it — así."
        assert [(one.student, one.earned, one.comment, one.why) for one in book.overrides("hello")] == [
            ("ana", 3, "Good.", ""),
            ("carla", 1, "", "By mail."),
        ]
        assert [(one.student, one.until, one.why) for one in book.extensions("hello")] == [("ana", T, "Ill.")]
        assert book.late_rulings("hello")["bruno", bruno.sha256].counts == "late"
        assert [problem.called for problem in book.problems("hello")] == ["x@y"]
        assert book.drafts("hello") == {("x@y", "No file.")}
        ((_, run),) = book.responses("midterm")
        assert run.answers["edge"].value == ["a"]
        assert [(key.sha256[0], key.exam) for key in book.keys("midterm")] == [("e", '{"title": "Midterm"}')]
        assert [[*map(str, grade.waits)] for grade, _ in book.course_grades()] == [["The exam is missing."]]
        book.log.check()


def test_an_old_decision_is_bound_to_the_work_that_had_been_scored_when_it_was_made(old):
    """Ana handed in something else after it; of carla's work nothing is known, so hers holds for any."""
    judged = {one.student: one.judged for one in Gradebook(old).overrides("hello")}
    assert judged == {"ana": ("a" * 64,), "carla": ()}


def test_the_old_file_is_kept_beside_and_its_tables_are_gone(old):
    before = query(old, "SELECT * FROM overrides")
    Gradebook(old)
    assert query(old, "SELECT name FROM sqlite_master WHERE type = 'table'") == [("events",)]
    assert query(old.with_name("gradebook.before-events.sqlite"), "SELECT * FROM overrides") == before


def test_a_gradebook_from_before_evidence_was_kept_is_carried_over(path):
    make(
        path,
        """create table submissions (id integer primary key, assignment varchar not null, student varchar not null,
            sha256 varchar not null, source varchar not null, received varchar, collected datetime not null,
            unique (assignment, student, sha256));
        insert into submissions values (7, 'hello', 'ana', 'a', 'folder: x', null, '2024-08-01 00:00:00.000000');""",
    )
    ana = Submission(student="ana", assignment="hello", sha256="a", source="folder: x")
    assert Gradebook(path).submissions("hello") == [ana]


def test_what_was_said_of_scanned_marks_in_a_file_of_its_own_is_carried_over(old):
    file = old.parent / "exams" / "midterm" / "decisions.jsonl"
    file.parent.mkdir(parents=True)
    said = {"sheet": "p-1-1", "item": "edge.b", "value": "marked", "who": "prof", "when": "2024-08-10T12:00:00Z"}
    file.write_text(json.dumps(said) + "\n\n")
    (event,) = Gradebook(old).log.read("mark", "midterm")
    assert (event.data, event.who) == (said, "prof")


def test_half_a_line_of_what_was_said_is_told_and_changes_nothing(old):
    file = old.parent / "exams" / "midterm" / "decisions.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text('{"sheet": "p-1-1", "it')
    assert refuse(old) == (
        f"{file}:1: this line is no decision, or only a part of one\n"
        "  Delete the line, and say anew what it said: grader exam resolve midterm lists what then waits."
    )
    assert query(old, "SELECT count(*) FROM overrides") == [(2,)]


def test_a_row_that_cannot_be_carried_over_is_told_and_changes_nothing(old):
    make(old, "UPDATE overrides SET override = '{\"student\": ' WHERE id = 2")
    assert refuse(old).startswith(f"{old}: this gradebook cannot be carried over: `overrides` has a row that cannot be")
    assert query(old, "SELECT count(*) FROM overrides") == [(2,)]


# ---- what no version of ours can read -------------------------------------------------------------------------------


def test_a_gradebook_of_a_later_version_is_refused_and_left_as_it_is(path):
    Gradebook(path)
    make(path, f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    assert refuse(path) == (
        f"{path}: this gradebook was written by a later version of the grader (its layout is {VERSION + 1}, and this "
        f"version knows {VERSION})\n  Use that version, or a later one. Nothing was changed."
    )
    assert path.read_bytes() == before


def test_a_file_that_is_not_sqlite_is_told_and_left_as_it_is(path):
    path.write_text("student,points\nana,10\n" * 100)
    assert refuse(path) == f"{path}: the gradebook cannot be read: file is not a database\n{RESTORE}"
    assert path.read_text().startswith("student,points\nana,10\n")


@pytest.mark.parametrize("table", ["grades (id integer)", "submissions (id integer, student text)"])
def test_a_database_of_another_program_is_told_and_left_as_it_is(path, table):
    make(path, f"create table {table}; insert into {table.partition(' ')[0]} values (1{', 2' * table.count(',')})")
    before = path.read_bytes()
    assert refuse(path).startswith(f"{path}: this ")
    assert path.read_bytes() == before


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path):
    assert refuse(tmp_path) == (
        f"{tmp_path}: the gradebook cannot be used: unable to open database file\n"
        "  Check that this user may write there, and that there is space left."
    )


# ---- damage ---------------------------------------------------------------------------------------------------------


def test_a_damaged_page_is_told_before_anything_is_believed(path):
    book = Gradebook(path)
    book.add_submissions(
        [Submission(student=f"s{n}", assignment="hello", sha256="a" * 500, source="x") for n in range(200)]
    )
    book.log.close()
    content = bytearray(path.read_bytes())
    content[-20_000:] = b"\xff" * 20_000
    path.write_bytes(content)
    assert refuse(path).startswith(f"{path}: the gradebook ")
    assert refuse(path).endswith(RESTORE)


@pytest.mark.parametrize("bad", [b"By Mail.", b"By ma\xffl."])
def test_a_flipped_letter_in_what_a_person_said_is_told(old, bad):
    Gradebook(old).log.close()
    content = old.read_bytes()
    assert content.count(b"By mail.") > 0
    old.write_bytes(content.replace(b"By mail.", bad))
    with pytest.raises(DamagedError, match=r"the gradebook is damaged: event \d+ is not what was kept"):
        Gradebook(old).overrides("hello")


def test_an_event_that_is_gone_is_told(old):
    book = Gradebook(old)
    book.log.close()
    make(old, "DELETE FROM events WHERE id = 5")
    assert "the gradebook is damaged: it holds 1" in refuse(old)


# ---- beside stored work ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [None, b""], ids=["missing", "empty"])
def test_a_gradebook_that_is_gone_is_never_begun_anew_in_silence(tmp_path, left):
    WorkFolder(tmp_path).keep("0" * 64, b"x")
    if left is not None:
        (tmp_path / "gradebook.sqlite").write_bytes(left)
    with pytest.raises(UserError) as refused:
        _ = WorkFolder(tmp_path).gradebook
    assert str(refused.value).startswith(
        f"{tmp_path}/gradebook.sqlite: the gradebook is missing, although submissions (1) and runs (0) are kept here\n"
        "  Put your copy of it there, or move this folder away and restore a backup: grader restore FILE"
    )


def test_a_gradebook_in_which_nothing_is_noted_is_not_believed_beside_runs(tmp_path):
    _ = WorkFolder(tmp_path).gradebook
    (tmp_path / "runs" / "key").mkdir()
    with pytest.raises(UserError, match=r"the gradebook is empty, although submissions .0. and runs .1. are kept"):
        _ = WorkFolder(tmp_path).gradebook


def test_a_collection_that_was_killed_before_it_noted_anything_goes_on(tmp_path):
    _ = WorkFolder(tmp_path).gradebook
    work = WorkFolder(tmp_path)
    work.keep("0" * 64, b"x")
    assert work.gradebook.submissions("hello") == []
