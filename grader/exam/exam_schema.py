"""Prints the JSON Schema of exams, so that editors complete and check them: `make schema` writes it to assignments/."""

from __future__ import annotations

import json
import sys
from typing import Any

from grader.exam.exam import Exam
from grader.exam.wording import LocalizedText


def exam_schema() -> str:
    """The schema of an exam as a JSON document."""
    schema = Exam.model_json_schema(by_alias=True)
    for name, form in schema["$defs"].items():
        short = _short_form(name, form)
        if short is not None:
            schema["$defs"][name] = {**short, "anyOf": [*short["anyOf"], form]}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "An exam of dl4cv-grader"}
    return json.dumps(head | {key: value for key, value in schema.items() if key != "title"}, indent=1) + "\n"


def _short_form(name: str, form: dict[str, Any]) -> dict[str, Any] | None:
    """What an exam may say in place of the long form, which the models read and their schema does not know."""
    if name == LocalizedText.__name__:
        return {"description": "text, or text by language", "anyOf": [{"type": "string"}, {"type": "integer"}]}
    if name.endswith("Rule") and "name" in form.get("properties", {}):
        return {"anyOf": [{"enum": form["properties"]["name"]["enum"]}]}  # a rule's name alone
    return None


if __name__ == "__main__":
    sys.stdout.write(exam_schema())
