"""CONTRIBUTING.md leads to what is there: every room has its line, and every file on the walk exists."""

import re

from tests.guide.examples import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MOST_LINES = 300


def section(title):
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(title):
    return [line.split("|")[1] for line in section(title).splitlines() if line.startswith("| `")]


def test_it_can_be_read_in_one_sitting():
    assert len(TEXT.splitlines()) <= MOST_LINES


def test_every_room_has_a_line_with_its_reason():
    rooms = {path.parent for path in (ROOT / "grader").glob("*/__init__.py")}
    layers = {path.parent for path in (ROOT / "grader/exam").glob("*/__init__.py")}
    named = {ROOT / "grader" / name for cell in first_cells("The rooms") for name in re.findall(r"`(.+?)/`", cell)}
    assert named == rooms | layers


def test_every_file_on_the_walk_is_there():
    rows = first_cells("The walk of one submission")
    assert len(rows) > 25
    for row in rows:
        folder = ""
        for name in re.findall(r"`([^`]+)`", row):
            folder = name.rpartition("/")[0] or folder
            assert (ROOT / "grader" / folder / name.rpartition("/")[2]).exists(), name


def test_every_place_that_it_names_is_there():
    text = section("Seven changes, seven places") + section("How to add") + section("The frozen corpus")
    roots = (ROOT, ROOT / "grader")
    names = re.findall(r"`([a-z_]+/[\w/.-]*|[a-z_]+\.py)`", text)
    local = {"misplaced_values.py": "score", "error_pattern.py": "score"}
    missing = [
        name for name in names if not any((root / local.get(name, "") / name).exists() for root in roots)
        and name not in ("right/", "wrong/", "stored/", "outcomes/")
    ]  # fmt: skip
    assert missing == []


def test_seven_changes_have_seven_places():
    assert len(re.findall(r"^\| .+ \| `", section("Seven changes, seven places"), re.MULTILINE)) == 7


def test_the_glossary_has_a_line_for_each_term_once():
    terms = re.findall(r"^\| ([^|]+?) \| [^|]+ \|[^|]*\|$", section("Words"), re.MULTILINE)
    assert len(terms) > 15
    assert len(terms) == len(set(terms))
