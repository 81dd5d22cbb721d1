"""Editors know the rubrics' schema, and it says what the program says."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from grader.rubric import Rubric
from grader.rubric.schema import rubric_schema

RUBRICS = Path(__file__).parents[2] / "rubrics"
SCHEMA = RUBRICS / "rubric.schema.json"
EDITOR_LINE = "# yaml-language-server: $schema=rubric.schema.json"
NAMES = sorted(path.name for path in RUBRICS.glob("*.yaml") if not path.name.endswith(".noise.yaml"))


def complaints(document):
    return [error.message for error in Draft202012Validator(json.loads(rubric_schema())).iter_errors(document)]


def small(**criterion):
    criteria = [{"id": "words", "says": "You compare in words.", "points": 1, "expect": {"person": {}}, **criterion}]
    return {"points": 1, "criteria": criteria}


def test_the_schema_on_disk_is_up_to_date():
    assert SCHEMA.read_text(encoding="utf-8") == rubric_schema(), "write it again: make schema"


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(json.loads(rubric_schema()))


@pytest.mark.parametrize("name", NAMES)
def test_a_rubric_of_the_course_is_what_its_schema_says(name):
    assert complaints(yaml.safe_load((RUBRICS / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_rubric_names_its_schema_to_editors_in_its_first_line(name):
    first = (RUBRICS / name).read_text(encoding="utf-8").splitlines()[0]
    assert first == EDITOR_LINE, f"put this at the top of rubrics/{name}: {EDITOR_LINE}"


def test_the_short_form_of_an_expectation_is_right_for_editors_and_program_alike():
    document = small(expect={"person": True})
    assert complaints(document) == []
    assert Rubric.model_validate(document) == Rubric.model_validate(small())


def test_an_unknown_key_is_wrong_for_editors_too():
    assert complaints(small(point=2)) == ["Additional properties are not allowed ('point' was unexpected)"]
