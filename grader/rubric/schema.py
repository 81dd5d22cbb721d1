"""Prints the JSON Schema of rubrics, so that editors complete and check them: `make schema` writes it to rubrics/."""

from __future__ import annotations

import json
import sys

from grader.rubric import Rubric


def rubric_schema() -> str:
    """The schema of a rubric as a JSON document."""
    schema = Rubric.model_json_schema(by_alias=True)
    for expectation in schema["$defs"]["Expect"]["properties"].values():
        # `person: true` is as good as `person: {}`.
        if any("$ref" in form for form in expectation.get("anyOf", ())):
            expectation["anyOf"].append({"const": True})
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A rubric of dl4cv-grader"}
    return json.dumps(head | {key: value for key, value in schema.items() if key != "title"}, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rubric_schema())
