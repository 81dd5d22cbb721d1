"""The gradebook keeps everything that was handed in, scored and decided, and tells where its file is none."""

import sqlite3
from datetime import UTC, datetime

import pytest

from grader.errors import UserError
from grader.model import Extension, Finding, HandInEvidence, Override, Submission
from grader.store.gradebook import Gradebook, Score


@pytest.fixture
def gradebook(tmp_path):
    return Gradebook(tmp_path / "gradebook.sqlite")


def submission(student="ana", sha256="a", assignment="hello"):
    return Submission(student=student, assignment=assignment, sha256=sha256, source="folder: x")


def finding(earned=2.0, possible=4.0):
    status = "unscored" if earned is None else "partly"
    return Finding(criterion="it", says="It is so.", status=status, earned=earned, possible=possible, because="…")


def override(earned, criterion="it"):
    return Override(
        student="ana",
        assignment="hello",
        criterion=criterion,
        earned=earned,
        who="x",
        when=datetime(2024, 8, 1, tzinfo=UTC),
    )


def hashes(gradebook):
    return {found.student: found.sha256 for found in gradebook.submissions("hello")}


def test_the_last_submission_of_a_student_counts(gradebook):
    assert gradebook.add_submissions([submission(sha256="a"), submission("bruno", "b")]) == 2
    assert gradebook.add_submissions([submission(sha256="c"), submission("bruno", "b")]) == 1
    assert hashes(gradebook) == {"ana": "c", "bruno": "b"}


def test_a_submission_that_was_handed_in_before_counts_again(gradebook):
    for sha256 in ("a", "b", "a"):
        gradebook.add_submissions([submission(sha256=sha256)])
    assert hashes(gradebook) == {"ana": "a"}


def test_what_has_a_time_is_added_once_and_every_state_of_it_is_kept(gradebook):
    evidence = HandInEvidence(
        kind="link", file="f", revision="1", looked=datetime(2024, 8, 2, tzinfo=UTC), flags=("So.",)
    )
    first = submission().model_copy(update={"received": datetime(2024, 8, 1, tzinfo=UTC), "evidence": evidence})
    again = first.model_copy(update={"received": datetime(2024, 8, 3, tzinfo=UTC)})
    other = again.model_copy(update={"sha256": "b"})
    assert gradebook.add_submissions([first, other]) == 2
    assert gradebook.add_submissions([first, again, other, again]) == 1
    assert gradebook.submissions("hello") == [first, other, again]


def test_extensions_are_appended_and_come_back_oldest_first(gradebook):
    when = datetime(2024, 8, 1, tzinfo=UTC)
    given = [
        Extension(student="ana", assignment="hello", until=until, who="x", when=when, why="ill")
        for until in (when, None)
    ]
    for extension in given:
        gradebook.add_extension(extension)
    assert gradebook.extensions("hello") == given
    assert gradebook.extensions("other") == []


def test_a_gradebook_from_before_evidence_was_kept_is_carried_over(tmp_path):
    path = tmp_path / "gradebook.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript("""
            create table submissions (id integer primary key, assignment varchar not null, student varchar not null,
                sha256 varchar not null, source varchar not null, received varchar, collected datetime not null,
                unique (assignment, student, sha256));
            create index ix_submissions_assignment on submissions (assignment);
            insert into submissions values (7, 'hello', 'ana', 'a', 'folder: x', null, '2024-08-01 00:00:00.000000');
        """)
    connection.close()
    for _ in range(2):
        carried = Gradebook(path)
        assert carried.submissions("hello") == [submission()]
    carried.add_submissions([submission(sha256="b"), submission(sha256="a")])
    assert [found.sha256 for found in carried.submissions("hello")] == ["a", "b", "a"]


def test_assignments_do_not_see_each_other(gradebook):
    gradebook.add_submissions([submission(assignment="other")])
    assert gradebook.submissions("hello") == []


def test_when_it_came_is_kept_to_the_second_and_zone(gradebook):
    received = datetime(2024, 8, 10, 23, 59, 59, tzinfo=UTC)
    gradebook.add_submissions([submission().model_copy(update={"received": received})])
    assert gradebook.submissions("hello")[0].received == received


def test_the_last_run_noted_is_the_one_that_is_scored(gradebook):
    for key in ("one", "two", "one"):
        gradebook.add_run(submission(), key)
    assert gradebook.run_keys("hello") == {("ana", "a"): "one"}


def test_a_score_is_added_only_where_it_differs_from_the_last(gradebook, tmp_path):
    def count():
        with sqlite3.connect(tmp_path / "gradebook.sqlite") as connection:
            return connection.execute("select count(*) from scores").fetchone()[0]

    for earned, rows in ((1.0, 1), (1.0, 1), (2.0, 2), (1.0, 3)):
        score = Score("ana", "run", (finding(earned),))
        gradebook.add_scores("hello", [(submission(), score)])
        assert count() == rows
        assert gradebook.scores("hello") == [score]


def test_overrides_are_appended_and_come_back_oldest_first(gradebook, tmp_path):
    for earned in (1.0, 3.0, 2.0):
        gradebook.add_override(override(earned))
    gradebook.add_overrides([override(None), override(4.0)])
    again = Gradebook(tmp_path / "gradebook.sqlite")
    assert [found.earned for found in again.overrides("hello")] == [1.0, 3.0, 2.0, None, 4.0]
    assert again.overrides("other") == []


def test_a_file_that_is_not_sqlite_is_told_and_left_as_it_is(tmp_path):
    path = tmp_path / "gradebook.sqlite"
    path.write_text("student,points\nana,10\n" * 100)
    with pytest.raises(UserError) as refused:
        Gradebook(path)
    assert str(refused.value) == (
        f"{path}: the gradebook cannot be read: file is not a database\n"
        "  Put your copy of it there; or move it away, and a new one is begun."
    )
    assert path.read_text().startswith("student,points\nana,10\n")


def test_a_file_that_is_damaged_further_on_is_told(tmp_path):
    path = tmp_path / "gradebook.sqlite"
    whole = Gradebook(path)
    whole.add_submissions([submission(f"student-{number}", "a" * 500) for number in range(200)])
    whole.engine.dispose()
    content = bytearray(path.read_bytes())
    content[-20_000:] = b"\xff" * 20_000
    path.write_bytes(content)
    with pytest.raises(UserError) as refused:
        Gradebook(path).submissions("hello")
    assert str(refused.value) == (
        f"{path}: the gradebook cannot be read: database disk image is malformed\n"
        "  Put your copy of it there; or move it away, and a new one is begun."
    )


def test_a_database_of_another_program_is_told_and_left_as_it_is(tmp_path):
    path = tmp_path / "gradebook.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table submissions (id integer, student text)")
    with pytest.raises(UserError) as refused:
        Gradebook(path)
    assert str(refused.value) == (
        f"{path}: this is not a gradebook that this version can read: `submissions` has no `assignment`\n"
        "  Move it away, and a new one is begun."
    )
    with sqlite3.connect(path) as connection:
        assert connection.execute("select name from sqlite_master").fetchall() == [("submissions",)]


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path):
    with pytest.raises(UserError) as refused:
        Gradebook(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path}: the gradebook cannot be used: unable to open database file\n"
        "  Check that this user may write there, and that there is space left."
    )
