"""Runs, responses and scans of the past get the outcomes that they got then, and an old gradebook opens."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.store.gradebook import Gradebook
from tests.frozen.comparison import Difference, accept, as_changelog, as_table, compare, read_table, write_table
from tests.frozen.corpus import READ, RUN, SCORED, STORED, TOTAL, Outcome, Part, unpack

HOW = "\n\nWhere this is right: python -m tests.frozen --accept, and its line into CHANGELOG.md.\n\n"


@pytest.fixture
def run(call):
    """The command in this process: a class is scored in the time that Python takes to start."""
    return lambda course, work, *arguments: call("--course", course, "--work", work, *arguments)


def names_of(part: Part) -> str:
    return f"{part.table}:{part.name}"


@pytest.mark.parametrize("part", [*SCORED, *READ], ids=names_of)
def test_what_was_scored_and_read_once_gets_the_same_today(part, run):
    differences = compare(part, part.outcomes(run))
    assert not differences, HOW + as_table(differences)


def test_every_part_has_outcomes_on_disk_and_every_outcome_its_part():
    for table, parts in (("scored", SCORED), ("read", READ), ("run", RUN)):
        assert {name for name, _, _ in read_table(table)} == {part.name for part in parts}


# ---- the old gradebook ----------------------------------------------------------------------------------------------


def test_an_old_gradebook_still_says_everything_that_people_said(tmp_path):
    book = Gradebook(unpack("small-course", tmp_path) / "work" / "gradebook.sqlite")
    said = json.loads((STORED / "small-course.json").read_text(encoding="utf-8"))
    assert {name: told_of(book, name) for name in ("hello", "quiz")} == {name: said[name] for name in ("hello", "quiz")}
    grades = [[grade.student, grade.percent, grade.band] for grade, _ in book.course_grades()]
    assert {"grades": grades, "drafts": sorted(map(list, book.drafts("")))} == said["course"]


def told_of(book: Gradebook, name: str) -> dict[str, list]:
    """What the gradebook knows of an assignment, as plain data."""
    return {
        "decisions": [
            [o.student, o.criterion, o.earned, o.comment, o.who, o.why, o.when.isoformat()]
            for o in book.overrides(name)
        ],
        "extensions": [[e.student, _time(e.until), e.who, e.why] for e in book.extensions(name)],
        "late rulings": [
            [r.student, r.counts, _time(r.handed_in), r.who, r.why] for r in book.late_rulings(name).values()
        ],
        "problems": [[problem.student, problem.called] for problem in book.problems(name)],
        "drafts": sorted(map(list, book.drafts(name))),
        "submissions": [[s.student, s.sha256, _time(s.received)] for s in book.submissions(name)],
        "responses": [submission.student for submission, _ in book.responses(name)],
        "keys": [key.sha256 for key in book.keys(name)],
    }


def _time(moment):
    return moment.isoformat() if moment else None


# ---- the comparison itself ------------------------------------------------------------------------------------------

WAS = {
    ("c", "ana", "a"): Outcome("met", "2", "2"),
    ("c", "ana", TOTAL): Outcome("settled", "2", ""),
    ("other", "ana", "a"): Outcome("met", "1", "1"),
}
PART = Part("c", "scored", lambda grader, folder: iter(()))


def test_a_changed_a_lost_and_a_new_outcome_are_each_a_row(tmp_path):
    write_table("scored", WAS, tmp_path)
    now = {("c", "ana", "a"): Outcome("partly", "1.5", "2"), ("c", "bruno", "a"): Outcome("unscored", "", "2")}
    differences = compare(PART, now, tmp_path)
    assert as_table(differences).splitlines() == [
        "class  student  criterion  was         is",
        "c      ana      (total)    settled 2   nothing",
        "c      ana      a          met 2 of 2  partly 1.5 of 2",
        "c      bruno    a          nothing     unscored - of 2",
    ]


def test_accepting_takes_over_one_class_and_leaves_the_others(tmp_path):
    write_table("scored", WAS, tmp_path)
    now = {("c", "ana", "a"): Outcome("missed", "0", "2")}
    accept(PART, now, tmp_path)
    assert read_table("scored", tmp_path) == {**now, ("other", "ana", "a"): Outcome("met", "1", "1")}
    assert compare(PART, now, tmp_path) == []


def test_the_changelog_gets_a_line_for_each_class():
    met, missed = Outcome("met", "2", "2"), Outcome("missed", "0", "2")
    differences = [
        Difference(("c", student, item), met, missed) for student in ("ana", "bruno") for item in ("a", TOTAL)
    ]
    assert as_changelog(differences) == [
        "- **marks may change** in `c`: `a` of 2 students (met 2 of 2 → missed 0 of 2). REASON"
    ]


def test_the_command_refuses_a_table_that_there_is_not():
    ended = subprocess.run(
        [sys.executable, "-m", "tests.frozen", "runs"], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert ended.returncode == 2
    assert "there is no table runs; there are: scored, read, run" in ended.stderr
