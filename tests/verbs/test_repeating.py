"""The same file gets the same findings; where it does not, each finding that differs is named."""

import pytest

from tests.small_course import RIGHT, WRONG, run_grader, write_class, write_course


@pytest.fixture
def course(tmp_path):
    course = write_course(tmp_path / "course")
    path = course / "assignments/hello/assignment.toml"
    path.write_text(path.read_text() + '[files]\n"word.txt" = "word.txt"\n')
    (course / "assignments/hello/word.txt").write_text("hola")
    return course


def test_notebooks_that_are_run_again_are_compared_and_what_differs_is_named(course, tmp_path):
    reads = (RIGHT[0], "word = open('word.txt').read()")
    folder = write_class(tmp_path / "class", ana=reads, bruno=WRONG)
    assert run_grader(course, tmp_path / "work", "grade", "hello", folder).code == 0
    ended = run_grader(course, tmp_path / "work", "doctor", "--repeat", "5", "hello")
    assert (ended.code, ended.out) == (0, "2 notebooks run again. Findings that differ: 0.\n")
    (course / "assignments/hello/word.txt").write_text("adios")
    ended = run_grader(course, tmp_path / "work", "doctor", "--repeat", "5", "hello")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "differs  ana  word: met 1 of 1, now missed 0 of 1",
        "2 notebooks run again. Findings that differ: 1.",
    ]


def test_what_was_never_run_cannot_be_repeated(course, tmp_path):
    ended = run_grader(course, tmp_path / "work", "doctor", "--repeat", "5", "hello")
    assert ended.code == 2
    assert "no notebook of `hello` has a run yet" in ended.err
    assert "--repeat and an assignment go together" in run_grader(course, tmp_path / "work", "doctor", "hello").err
