"""The parts of the guide that are made and not written: between `<!-- made: NAME -->` and `<!-- end -->`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from grader.course.course import AssignmentFile, CourseFile
from grader.exam.exam_schema import exam_schema
from grader.guide.command_reference import describe_commands
from grader.guide.model_reference import describe_schema
from grader.rubric.schema import rubric_schema

MADE = re.compile(r"(<!-- made: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def make_parts(commands: Any) -> dict[str, str]:
    """name -> Markdown of everything that is made, from the schemas and the tree of commands."""
    return {
        "rubric": describe_schema(rubric_schema(), "The whole rubric"),
        "exam": describe_schema(exam_schema(), "The whole exam"),
        "course": describe_schema(_schema_of(CourseFile), "The keys of course.toml"),
        "assignment": describe_schema(_schema_of(AssignmentFile), "The keys of assignment.toml"),
        "commands": describe_commands(commands),
    }


def _schema_of(model: type[BaseModel]) -> str:
    return json.dumps(model.model_json_schema(by_alias=True))


def fill_in(text: str, parts: Mapping[str, str]) -> str:
    """A page with its made parts as they are now."""
    return MADE.sub(lambda found: f"{found[1]}{parts[found[2]]}{found[3]}", text)


def write_parts(folder: Path, commands: Any) -> None:
    """Fill in all pages of a folder: `make guide`."""
    parts = make_parts(commands)
    for path in sorted(folder.glob("*.md")):
        before = path.read_text(encoding="utf-8")
        after = fill_in(before, parts)
        if after != before:
            path.write_text(after, encoding="utf-8")
