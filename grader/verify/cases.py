"""What stands beside an assignment to prove its rubric: deliberate mistakes, and mutants that compute the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from pydantic import Field, RootModel, field_validator, model_validator

from grader.files.config_files import read_yaml
from grader.files.python_source import parse
from grader.rubric import Name, Part


class RightCase(Part):
    """right/<name>.yaml: what a student might write in an unusual way, and must cost nothing."""

    about: str = Field(
        min_length=5, description="what is unusual, or what the student has misunderstood, in a sentence"
    )
    code: str = Field("", description="the functions or classes that take the place of the reference's")
    cells: dict[str, str] = Field(
        {}, description="or cell id -> source, in the place of the cells of solution.yaml or of the notebook"
    )

    @model_validator(mode="after")
    def _changes_something(self) -> RightCase:
        if not self.code and not self.cells:
            raise ValueError("it has neither `code` nor `cells`, so nothing is changed")
        return self

    @field_validator("code")
    @classmethod
    def _is_python(cls, code: str) -> str:
        if not code:
            return code
        try:
            tree = parse(code)
        except SyntaxError as error:
            raise ValueError(f"this is not Python: {error.msg} in its line {error.lineno}") from error
        if not any(isinstance(statement, ast.FunctionDef | ast.ClassDef) for statement in tree.body):
            raise ValueError("there is neither a function nor a class in it, so nothing takes the reference's place")
        return code

    @property
    def names(self) -> list[str]:
        """The functions and classes that it defines."""
        body = parse(self.code).body
        return [statement.name for statement in body if isinstance(statement, ast.FunctionDef | ast.ClassDef)]


class WrongCase(RightCase):
    """wrong/<name>.yaml: what a student might write, and what it must cost."""

    loses: dict[Name, str] = Field(
        min_length=1, description="criterion -> a regular expression that its sentence must match; no other is lost"
    )

    @field_validator("loses")
    @classmethod
    def _are_patterns(cls, loses: dict[str, str]) -> dict[str, str]:
        for criterion, pattern in loses.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"`{criterion}`: this is not a regular expression: {error}") from error
        return loses


class Equivalent(Part):
    """One entry of equivalent.yaml: mutants of one line that no input can tell from the reference, and why."""

    function: str = Field(description="or the id of a cell of solution.yaml")
    was: str = Field(description="the line of the reference")
    becomes: list[str] = Field(min_length=1, description="the line in each of the mutants")
    because: str = Field(min_length=10)
    presumed: bool = Field(
        False, description="nothing that `grader new --strengthen` asked tells them apart, and nobody has looked yet"
    )


class Equivalents(RootModel[list[Equivalent]]):
    """equivalent.yaml."""


class Solution(RootModel[dict[str, str]]):
    """solution.yaml: cell id -> source, for cells whose work is more than functions of the reference."""


def read_mistakes(folder: Path) -> dict[str, WrongCase]:
    """The deliberate mistakes of an assignment, by the names of their files."""
    return {path.stem: read_yaml(path, WrongCase) for path in sorted((folder / "wrong").glob("*.yaml"))}


def read_right(folder: Path) -> dict[str, RightCase]:
    """The unusual right solutions of an assignment, by the names of their files."""
    return {path.stem: read_yaml(path, RightCase) for path in sorted((folder / "right").glob("*.yaml"))}


def read_equivalents(folder: Path) -> list[Equivalent]:
    """The mutants that are known to compute the same."""
    path = folder / "equivalent.yaml"
    return read_yaml(path, Equivalents).root if path.exists() else []


def read_solution(folder: Path) -> dict[str, str]:
    """The cells that are solved by hand."""
    path = folder / "solution.yaml"
    return read_yaml(path, Solution).root if path.exists() else {}
