"""What the guide says by hand is complete and true: no kind, rule, status, source or format goes unmentioned."""

import re
import tomllib
from typing import get_args

import pytest
import yaml

from grader.cli.exporting import FORMATS
from grader.cli.show import MARKS
from grader.collect.source_names import parse_source
from grader.course.course import AssignmentFile, CourseFile, LatePolicy
from grader.course.course_grade import GradeRule
from grader.course.roster import read_roster
from grader.exam import rules
from grader.exam.exam import Revision
from grader.exam.questions import KINDS, Question
from grader.files.config_files import read_toml
from grader.model import CauseKind, CellEnd, End, EvidenceStep, Status
from grader.rubric import MISTAKES, Expect, Probe, Rubric
from grader.rubric.input_forms import ArrayLiteral, Grid, Random, Scene
from grader.rubric.scenes import SCENES
from tests.collect.conftest import identity
from tests.guide.examples import blocks, read

RULES = (rules.SingleName, rules.MultipleName, rules.RowsName, rules.PairsName, rules.OrderName)


def section(page, title):
    return read(page).split(f"\n## {title}\n")[1].split("\n## ")[0]


# ---- rubric ---------------------------------------------------------------------------------------------------------


def test_the_rubric_of_the_guide_is_one():
    (example,) = blocks("write-a-rubric", "yaml")
    assert Rubric.model_validate(yaml.safe_load(example)).points == 6


@pytest.mark.parametrize("name", [*Expect.model_fields])
def test_every_expectation_is_in_the_table(name):
    assert re.search(rf"^\| `{name}: ", section("rubric", "Expectations"), re.MULTILINE)


@pytest.mark.parametrize("name", ["call", "evaluate", "variable", "models"])
def test_every_kind_of_probe_is_in_the_table(name):
    assert re.search(rf"^\| `{name}: ", section("rubric", "Probes"), re.MULTILINE)


@pytest.mark.parametrize("name", [field.alias or name for name, field in Probe.model_fields.items()])
def test_every_other_key_of_a_probe_is_named(name):
    assert re.search(rf"`({name}\b|.*\b{name}: )", section("rubric", "Probes"))


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_is_named(name):
    assert f"`{name}`" in section("rubric", "Inputs")


def test_the_mistakes_that_partly_may_name_are_those_that_the_grader_knows():
    assert set(re.findall(r"`([a-z0-9-]+)`", section("rubric", "Known mistakes"))) - {"partly"} == set(MISTAKES)


# ---- exam -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_is_in_the_table_with_an_example_and_its_rules(kind):
    (row,) = re.findall(rf"^\| .*? \| `({kind}: .*?)` \| (.*) \|$", section("exam", "Questions"), re.MULTILINE)
    around = {"id": "one", "topic": "all", "points": 2, "asks": "Why?", "explanation": "So.", "code": "print(1 + 2)"}
    drawn = {"parameters": {"width": {"choose": [6, 8]}}} if kind == "numeric" else {}
    assert getattr(Question.model_validate(around | drawn | yaml.safe_load(row[0])), kind) is not None
    named = set(re.findall(r"`([\w-]+)`", row[1])) - {"tolerance", "pattern", "code"}
    assert named <= {rule for names in RULES for rule in get_args(names)}


def test_the_revision_of_the_guide_is_one():
    (example,) = blocks("exam-day", "yaml")
    (entry,) = yaml.safe_load(example)["revisions"]
    assert Revision.model_validate(entry).accept == ["65"]


# ---- results --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*get_args(Status), *get_args(End)])
def test_every_status_and_every_end_of_a_run_is_explained(name):
    assert f"| `{name}` |" in read("results")


@pytest.mark.parametrize("name", [*get_args(CellEnd), *get_args(CauseKind)])
def test_every_end_of_a_cell_and_every_kind_of_cause_is_named(name):
    assert f"`{name}`" in read("json")


def test_every_symbol_of_a_status_is_explained():
    for status, symbol in MARKS.items():
        assert f"| `{status}` | {symbol} |" in read("results")


@pytest.mark.parametrize(
    "name", sorted({key for made in (Grid, ArrayLiteral, Random, Scene) for key in made.model_fields})
)
def test_every_key_of_an_input_is_named(name):
    assert re.search(rf"\b{name.rstrip('_')}: |`{name}`", section("rubric", "Inputs"))


@pytest.mark.parametrize("code", [0, 1, 2, 3, 130])
def test_every_exit_code_is_explained(code):
    assert f"\n| {code} | " in read("exit-codes")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_an_export_is_in_the_table(name):
    assert f"| `{name}` |" in read("hand-over-grades")


# ---- the course -----------------------------------------------------------------------------------------------------


def test_the_rule_of_a_courses_grade_in_the_guide_is_one():
    (example,) = blocks("course-grade", "toml")
    rule = GradeRule.model_validate(tomllib.loads(example)["grade"])
    assert {*GradeRule.model_fields} <= {*re.findall(r"\w+", example)}
    assert rule.bonus is not None


def test_the_example_of_a_deadline_is_one(tmp_path):
    (example,) = blocks("deadlines", "toml")
    path = tmp_path / "assignment.toml"
    path.write_text(f'title = "Hello"\n{example}')
    file = read_toml(path, AssignmentFile)
    assert file.deadline.isoformat() == "2024-08-11T00:00:00-03:00"
    assert file.late.model_fields_set == set(LatePolicy.model_fields)


@pytest.mark.parametrize("name", get_args(LatePolicy.model_fields["rule"].annotation))
def test_every_rule_of_lateness_is_explained(name):
    assert re.search(rf"`{name}`|rule = \"{name}\"", read("deadlines"))


@pytest.mark.parametrize("name", get_args(EvidenceStep))
def test_every_way_of_knowing_the_time_is_explained(name):
    assert f"| `{name}` |" in read("deadlines")


@pytest.mark.parametrize(("page", "key"), [("colab-and-gmail", "roster"), ("deadlines", "free_late_days")])
def test_what_the_course_says_of_collecting_is_explained(page, key):
    assert key in CourseFile.model_fields
    assert f"`{key} = " in read(page)


def test_the_example_of_a_roster_is_one(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("\n".join(re.findall(r"^    (student,.*|ana,.*)$", read("colab-and-gmail"), re.MULTILINE)))
    roster = read_roster(path)
    assert roster.find("anapaz@gmail.com") == roster.find("Ana Paz") == "ana"


@pytest.mark.parametrize("source", re.findall(r"^\| `(.+?)` \|", read("sources"), re.MULTILINE))
def test_every_source_of_the_table_is_one(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("all.zip", "links.txt", "answers.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "submissions").mkdir()
    parse_source(source.replace("ID", identity(1)))


def test_the_data_of_an_assignment_is_as_the_guide_shows_it():
    example = blocks("data-and-packages", "toml")[0]
    told = AssignmentFile.model_validate({"title": "Hello", **tomllib.loads(example)})
    assert told.inputs
    assert told.files
    assert told.downloads
