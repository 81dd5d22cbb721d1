"""Probes: what to ask of a notebook. How it is asked stands in `execute/probe_questions.py` and `inside/`."""

from __future__ import annotations

import ast
import builtins
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from grader.files.config_files import PlacedError
from grader.files.python_source import parse
from grader.rubric.input_forms import read_input
from grader.rubric.parts import Part, exactly_one


class ModelSelection(Part):
    """Which trained networks to take: by these names or, where one is missing, by type and by what they map."""

    names: list[str] = Field(min_length=1, description="names of the networks")
    inputs: int = Field(1, description="how many inputs each network has")
    outputs: int = Field(1, description="how many outputs each network has")
    parameters: tuple[int | None, int | None] = Field(
        (None, None), description="least and most parameters a match by type has"
    )
    has: list[str] = Field(default_factory=list, description="layers, by their class, that a match by type has")
    has_not: list[str] = Field(default_factory=list, description="layers that a match by type has not")


class Drawing(Part):
    """What an answer is, where a page cannot see it from the value: it draws it beside what was expected."""

    as_: Literal["points-xy", "points-rc", "pairs", "curves"] = Field(
        alias="as",
        description="an (N, 2) array: points as x and y or as row and column, or pairs of indices; "
        "or an (N, K) array whose columns are curves",
    )
    over: str | None = Field(None, description="points only: the argument in `with` that is the picture below them")

    @model_validator(mode="after")
    def _lies_on_a_picture(self) -> Drawing:
        if self.over is not None and not self.as_.startswith("points"):
            raise ValueError("`over` belongs to points: nothing else can be drawn over a picture")
        return self


class FigureProbe(Part):
    """What each figure draws, as the notebook shows or saves it."""


class Probe(Part):
    """One question to a notebook after its last cell. Exactly one of call, evaluate, variable, models, figures."""

    call: str | None = Field(None, description="name of a function or class, called with the arguments in `with`")
    evaluate: str | None = Field(
        None, description="Python run beside the notebook's names; its last expression is the answer"
    )
    variable: list[str] | str | None = Field(
        None, description="a variable's name, or several names of which the first found counts"
    )
    models: ModelSelection | None = None
    figures: FigureProbe | None = None

    arguments: dict[str, Any] = Field(
        default_factory=dict,
        alias="with",
        description="plain values, or {grid: [from, to, count]}, {array: [[…]], dtype: …}, "
        "{random: uniform|normal, shape: […], seed: n|student}, {scene: …, size: [rows, columns]}",
    )
    predict: Any = Field(
        None, description="models only: the inputs on which each network answers, written as in `with`"
    )
    held_out: list[str] | None = Field(
        None,
        description="models only: names of the notebook's own held-out inputs and targets",
        min_length=2,
        max_length=2,
    )
    trained_on: list[str] | None = Field(
        None,
        description="models only: names of the notebook's own inputs and targets that it trained on",
        min_length=2,
        max_length=2,
    )
    hidden: bool = Field(False, description="asked after the notebook has ended, never in a self-check, never shown")
    when: Literal["last", "end"] = Field(
        "last", description="`end`: only what a name is at the end counts, not what it was before it was used again"
    )
    ask: Literal["student", "reference"] = Field(
        "student", description="`reference`: a truth that no notebook is asked for"
    )
    reveal: bool = Field(False, description="the report may show the expected answer though the probe is hidden")
    limit_s: float = Field(20.0, gt=0, description="seconds that the answer may take")
    draw: Drawing | None = Field(None, description="how the report draws the answer beside what was expected")

    @field_validator("variable")
    @classmethod
    def _names_variables(cls, variable: list[str] | str | None) -> list[str] | str | None:
        for name in [variable] if isinstance(variable, str) else variable or []:
            if not name.isidentifier():
                remedy = f"For an expression, write: {{evaluate: {name!r}}}"
                raise PlacedError(f"`{name}` is not the name of a variable", "variable", remedy=remedy)
        return variable

    @field_validator("arguments", mode="after")
    @classmethod
    def _read_arguments(cls, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: read_input(value, name) for name, value in arguments.items()}

    @field_validator("predict", mode="after")
    @classmethod
    def _read_predict(cls, predict: Any) -> Any:
        return read_input(predict)

    @model_validator(mode="after")
    def _one_kind(self) -> Probe:
        kind = self.kind
        if kind != "models" and not (self.predict is self.held_out is self.trained_on is None):
            raise ValueError("`predict`, `held_out` and `trained_on` belong to a probe of `models`")
        if kind == "models" and self.predict is None:
            raise ValueError("a probe of `models` needs `predict`: the inputs on which they answer")
        if self.evaluate is not None:
            try:
                body = parse(self.evaluate).body
            except SyntaxError as error:
                raise ValueError(f"`evaluate` is not Python: {error.msg} in its line {error.lineno}") from error
            if not body or not isinstance(body[-1], ast.Expr):
                raise ValueError("the last line of `evaluate` is the answer, so it has to be an expression")
        return self

    @model_validator(mode="after")
    def _draws_over_an_argument(self) -> Probe:
        if self.draw is not None and self.draw.over is not None and self.draw.over not in self.arguments:
            known = ", ".join(self.arguments) or "none"
            raise PlacedError(
                f"`over` names an argument in `with`, which has no `{self.draw.over}` (there are: {known})", "draw"
            )
        return self

    @property
    def kind(self) -> str:
        return exactly_one(self, ("call", "evaluate", "variable", "models", "figures"))

    @property
    def asks_for(self) -> tuple[str, ...]:
        """The names of the notebook that it asks about."""
        if self.call is not None:
            return (self.call,)
        if self.variable is not None:
            return (self.variable,) if isinstance(self.variable, str) else tuple(self.variable)
        if self.evaluate is not None:
            return _names_in(self.evaluate, set(self.arguments))
        return tuple(self.models.names) if self.models is not None else ()


def _names_in(code: str, arguments: set[str]) -> tuple[str, ...]:
    """The names that a piece of probe code takes from the notebook, in order."""
    tree = parse(code)
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {"np", "torch"} | set(dir(builtins)) | arguments
    used = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return tuple(dict.fromkeys(name for name in used if name not in own))
