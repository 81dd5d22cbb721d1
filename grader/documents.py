"""Reads the files that a course's author writes (YAML, TOML): an error names file, line and remedy."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.errors import UserError

Document = TypeVar("Document", bound=BaseModel)


def read_yaml(path: Path, model: type[Document]) -> Document:
    """The YAML file as `model`; a UserError names the line of the first thing that is wrong."""
    text = _read_text(path)
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(
            f"this is not YAML: {error.problem}",
            where=f"{path}:{line}",
            remedy="Check the indentation, colons and quotes there.",
        ) from error
    if tree is None:
        raise UserError(
            "the file is empty", where=str(path), remedy=f"See the example of a {model.__name__.lower()} in the README."
        )
    _refuse_duplicate_keys(path, tree)
    return _validate(path, model, data, tree)


def read_toml(path: Path, model: type[Document]) -> Document:
    """The TOML file as `model`; a UserError names the key that is wrong."""
    try:
        data = tomllib.loads(_read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            f"this is not TOML: {error}", where=str(path), remedy="Check the quotes and brackets there."
        ) from error
    return _validate(path, model, data, None)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError("there is no such file", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise UserError("this is not UTF-8 text", where=str(path), remedy="Save it again as UTF-8.") from error


def _validate(path: Path, model: type[Document], data: Any, tree: yaml.Node | None) -> Document:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        keys = tuple(part for part in first["loc"] if isinstance(part, int) or not part.startswith("function-"))
        line = f":{_line_of(tree, keys)}" if tree is not None else ""
        more = f"\n  ({error.error_count() - 1} more like it in this file)" if error.error_count() > 1 else ""
        raise UserError(_say(first, keys), where=f"{path}{line}", remedy=_remedy(first, keys, model) + more) from error


def _say(error: ErrorDetails, keys: tuple[int | str, ...]) -> str:
    place = ".".join(str(key) for key in keys)
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key `{place}`"
        case "missing":
            return f"the key `{place}` is missing"
        case "value_error":
            return str(error["ctx"]["error"]) if not place else f"`{place}`: {error['ctx']['error']}"
        case _:
            return f"`{place}`: {error['msg'][0].lower()}{error['msg'][1:]}"


def _remedy(error: ErrorDetails, keys: tuple[int | str, ...], model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        known = sorted(_keys_of(model))
        near = difflib.get_close_matches(str(keys[-1]), known, n=1)
        return f"Did you mean `{near[0]}`?" if near else "Take it out, or see the README for the keys that are known."
    if error["type"] == "missing":
        return "Add it."
    return "Mend it there."


def _keys_of(model: type[BaseModel]) -> set[str]:
    """Every key that may stand anywhere in a document of this model."""
    found: set[str] = set()

    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            found.update(schema.get("properties", {}))
            for value in schema.values():
                walk(value)
        elif isinstance(schema, list):
            for value in schema:
                walk(value)

    walk(model.model_json_schema())
    return found


def _line_of(tree: yaml.Node, keys: Iterable[int | str]) -> int:
    """The line of the deepest node that the keys lead to."""
    node, line = tree, tree.start_mark.line
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                if name.value == str(key):
                    node, line = value, name.start_mark.line
                    break
            else:
                break
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1


def _refuse_duplicate_keys(path: Path, node: yaml.Node) -> None:
    """PyYAML keeps the last of two equal keys silently: a lost criterion."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for name, value in node.value:
            line = name.start_mark.line + 1
            if name.value in seen:
                raise UserError(
                    f"the key `{name.value}` stands twice",
                    where=f"{path}:{line}",
                    remedy=f"It is also on line {seen[name.value]}: rename one.",
                )
            seen[name.value] = line
            _refuse_duplicate_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_duplicate_keys(path, child)
