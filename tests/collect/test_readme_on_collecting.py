"""What the README says of collecting is true: its examples are read, and no rule, step or source goes unmentioned."""

import re
from pathlib import Path
from typing import get_args

import pytest

from grader.collect.sources import parse_source
from grader.course.course import AssignmentFile, CourseFile, LatePolicy
from grader.course.roster import read_roster
from grader.files.config_files import read_toml
from grader.model import EvidenceStep
from tests.collect.conftest import identity

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("\n## Collecting\n")[1].split("\n## ")[0]


def test_the_example_of_a_deadline_is_one(tmp_path):
    (example,) = re.findall(r"^```toml\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    path = tmp_path / "assignment.toml"
    path.write_text(f'title = "Hello"\n{example}')
    file = read_toml(path, AssignmentFile)
    assert file.deadline.isoformat() == "2024-08-11T00:00:00-03:00"
    assert file.late.model_fields_set == set(LatePolicy.model_fields)


def test_the_example_of_a_roster_is_one(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("\n".join(re.findall(r"^    (student,.*|ana,.*)$", SECTION, re.MULTILINE)))
    roster = read_roster(path)
    assert roster.find("anapaz@gmail.com") == roster.find("Ana Paz") == "ana"


@pytest.mark.parametrize("name", get_args(EvidenceStep))
def test_every_way_of_knowing_the_time_is_explained(name):
    assert f"| `{name}` |" in SECTION


@pytest.mark.parametrize("name", get_args(LatePolicy.model_fields["rule"].annotation))
def test_every_rule_is_explained(name):
    assert re.search(rf"# .*\b{name}\b|rule = \"{name}\"", SECTION)


@pytest.mark.parametrize("name", ["roster", "free_late_days"])
def test_what_the_course_says_of_collecting_is_explained(name):
    assert name in CourseFile.model_fields
    assert f"`{name} = " in SECTION


@pytest.mark.parametrize("source", re.findall(r"^\| `(.+?)` \|", SECTION.split("### Deadlines")[0], re.MULTILINE))
def test_every_source_of_the_table_is_one(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("all.zip", "links.txt", "answers.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "submissions").mkdir()
    parse_source(source.replace("ID", identity(1)))
