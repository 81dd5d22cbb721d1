"""Editors know the exams' schema, and it says what the program says."""

import json
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from grader.exam.exam_schema import exam_schema
from grader.guide.model_reference import describe_schema

ROOT = Path(__file__).parents[2]
EXAMS = [*ROOT.glob("assignments/*/exam.yaml"), *ROOT.glob("grader/cli/course/assignments/*/exam.yaml")]
EDITOR_LINE = "# yaml-language-server: $schema=../exam.schema.json"


def complaints(document):
    as_json = json.loads(json.dumps(document, default=datetime.isoformat))
    return [error.message for error in Draft202012Validator(json.loads(exam_schema())).iter_errors(as_json)]


def test_the_schema_on_disk_is_up_to_date():
    on_disk = (ROOT / "assignments" / "exam.schema.json").read_text(encoding="utf-8")
    assert on_disk == exam_schema(), "write it again: make schema"


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(json.loads(exam_schema()))


@pytest.mark.parametrize("path", EXAMS, ids=lambda path: path.parent.name)
def test_an_exam_is_what_its_schema_says_and_names_it_to_editors(path):
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == EDITOR_LINE
    assert complaints(yaml.safe_load(text)) == []


def test_an_unknown_key_is_wrong_for_editors_too():
    exam = yaml.safe_load(EXAMS[0].read_text(encoding="utf-8"))
    assert any("'colour' was unexpected" in message for message in complaints({**exam, "colour": "red"}))


def test_each_key_of_an_exam_has_a_meaning_in_the_guide():
    told = describe_schema(exam_schema(), "exam.yaml")
    assert [line for line in told.splitlines() if line.endswith("|  |")] == []
