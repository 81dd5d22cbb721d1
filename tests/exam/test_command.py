"""`grader exam`, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from .making import exam_of, multiple, option, question, single

CLASS = "student,edge,corner\nana,b,a;c;e\nbruno,c,a\nbruno,b,a\n,b,\n"


@pytest.fixture
def told() -> dict:
    return exam_of(single("edge"), multiple("corner"), bands=[{"grade": "pass", "at_least": 0}])


@pytest.fixture
def root(tmp_path, told) -> Path:
    folder = tmp_path / "course" / "assignments" / "midterm"
    folder.mkdir(parents=True)
    (tmp_path / "course" / "course.toml").write_text('title = "A course"\n')
    write(folder.parents[1], told)
    (tmp_path / "class.csv").write_text(CLASS)
    return tmp_path


def write(course: Path, told: dict) -> None:
    (course / "assignments" / "midterm" / "exam.yaml").write_text(yaml.safe_dump(told, sort_keys=False))


@pytest.fixture
def exam(call, root):
    return lambda *arguments: call("--course", root / "course", "--work", root / "work", "exam", *arguments)


def test_a_sound_exam_is_told_with_what_guessing_earns(exam):
    ended = exam("lint", "midterm")
    assert (ended.code, ended.out) == (
        0,
        "2 questions, 4 points, of which pure guessing earns 0.9 on average. Nothing to fix.\n",
    )


def test_a_remark_is_told_with_its_line_and_what_to_do(exam, root, told):
    told["sections"][0]["questions"][0]["single"]["options"]["c"] = option("Option a")
    write(root / "course", told)
    ended = exam("lint", "midterm")
    path = root / "course" / "assignments" / "midterm" / "exam.yaml"
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if text.strip() == "c:")
    assert ended.code == 1
    assert ended.out.splitlines()[:2] == [
        f"{path}:{line}: `edge`: `a` and `c` say the same: Option a",
        "  Change one, so that students can distinguish them.",
    ]
    assert ended.out.endswith("1 to fix.\n")


def test_an_import_tells_what_became_of_every_row(exam, root):
    ended = exam("import", "midterm", root / "class.csv")
    assert ended.code == 1  # a refused row needs a person
    assert ended.out == (
        "class.csv (plain): 4 rows = 2 new, 1 replaced by a later row, 1 refused.\n"
        "  row 3 bruno: replaced, row 4 is from `bruno`, too: the last one counts\n"
        "  row 5 : refused, it does not say who it is from\n"
    )
    assert (
        "4 rows = 2 known already, 1 replaced by a later row, 1 refused."
        in exam("import", "midterm", root / "class.csv").out
    )


def test_what_waits_for_a_person_is_listed(exam, root):
    (root / "class.csv").write_text("student,edge,colour\nana,z,red\n")
    ended = exam("import", "midterm", root / "class.csv")
    assert (ended.code, ended.out) == (
        1,
        "class.csv (plain): 1 row = 1 new.\n"
        "  For a person to look at: 1 response\n"
        "    row 2, ana, edge: “z” is none of the known options: a person decides.\n"
        "  columns that belong to no question: colour\n"
        "  questions without a column: corner\n",
    )


def test_a_bad_file_takes_nothing_from_the_good_one_before_it(exam, root):
    (root / "bad.csv").write_text("who,edge\nana,b\n")
    ended = exam("import", "midterm", root / "class.csv", root / "bad.csv")
    assert ended.code == 2
    assert "no column identifies the student" in ended.err
    assert "there are no responses to `midterm` yet" in exam("score", "midterm").err


def test_scores_are_one_json_object_as_of_any_assignment(exam, root):
    exam("import", "midterm", root / "class.csv")
    ended = exam("score", "midterm", "--json")
    told = json.loads(ended.out)
    assert ended.code == 0
    assert (told["assignment"], told["executed"], told["reused"]) == ("midterm", 0, 2)
    ana = told["students"][0]
    assert {key: ana[key] for key in ana if key != "findings"} == {
        "student": "ana",
        "earned": 4.0,
        "possible": 4.0,
        "needs_review": False,
        "late_by_s": 0.0,
        "end": "finished",
        "grade": "pass",
    }
    assert ana["findings"][0] == {
        "criterion": "edge",
        "status": "met",
        "earned": 2.0,
        "possible": 2.0,
        "because": "You chose “Option b”, which is right. So it is.",
        "diagnosis": None,
        "cause": None,
        "cells": [],
    }


def test_a_changed_key_is_told_with_before_and_after(exam, root, told):
    exam("import", "midterm", root / "class.csv")
    exam("score", "midterm")
    revision = {"when": "2024-08-05", "question": "corner", "void": "full", "why": "It was misprinted."}
    write(root / "course", {**told, "revisions": [revision]})
    ended = exam("score", "midterm")
    assert "`corner`: everybody gets its points (It was misprinted.)" in ended.out
    assert "The points of 1 of 2 students changed:\n  bruno: 2.67 → 4" in ended.out


def test_points_that_wait_for_a_person_end_with_1(exam, root, told):
    criteria = {"way": {"says": "The way.", "points": 3}}
    asked = [*told["sections"][0]["questions"], question("practical", {"criteria": criteria}, "work", points=3)]
    write(root / "course", exam_of(*asked))
    exam("import", "midterm", root / "class.csv")
    assert exam("score", "midterm").code == 1


def test_an_item_analysis_is_a_page_and_two_tables(exam, root):
    students = "".join(
        f"s{number},{'b' if number % 3 else 'c'},{'a;c;e' if number % 4 else 'a'}\n" for number in range(12)
    )
    (root / "class.csv").write_text(f"student,edge,corner\n{students}")
    exam("import", "midterm", root / "class.csv")
    ended = exam("items", "midterm")
    folder = root / "work" / "reports" / "midterm"
    assert ended.code == 0
    assert ended.out.splitlines()[-2].startswith("12 students, 2 questions; alpha ")
    assert ended.out.endswith(f"The page: {folder / 'items.html'}; tables: items.csv and options.csv beside it.\n")
    assert {path.name for path in folder.iterdir()} == {"items.html", "items.csv", "options.csv"}
    assert (folder / "items.csv").read_text().startswith("question,topic,kind,points,students,")


def test_a_key_that_is_probably_wrong_ends_with_1(exam, root, told):
    questions = [single(f"q{number}") for number in range(8)]
    write(root / "course", exam_of(*questions))
    # Of sixteen students the first eight know b; the key of q0 says b, but only the others chose it there.
    rows = [
        f"s{number},{'c' if number < 8 else 'b'}," + ",".join("b" if number < 8 else "d" for _ in range(7))
        for number in range(16)
    ]
    (root / "class.csv").write_text("\n".join(["student," + ",".join(f"q{n}" for n in range(8)), *rows]))
    exam("import", "midterm", root / "class.csv")
    ended = exam("items", "midterm")
    assert ended.code == 1
    assert ended.out.startswith(
        "The key is probably wrong:\n  q0: The good students prefer “Option c”: 100 % of the upper"
    )
