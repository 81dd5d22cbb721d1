"""Reads the files that a course's author writes (YAML, TOML): an error names file, line and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.errors import UserError
from grader.files.config_hints import advise_on_yaml, say_invalid
from grader.files.parsing import parsing
from grader.files.suggestions import suggest

Document = TypeVar("Document", bound=BaseModel)
Keys = tuple[int | str, ...]


class PlacedError(ValueError):
    """What a validator raises that knows more: what is wrong, the keys that lead to it from there, and a remedy."""

    def __init__(self, what: str, *keys: int | str, remedy: str = "") -> None:
        self.keys = keys
        self.remedy = remedy
        super().__init__(what)


def read_yaml(path: Path, model: type[Document]) -> Document:
    """The YAML file as `model`; a UserError names the line of the first thing that is wrong."""
    text = _read_text(path)
    with parsing(path, "this cannot be read as YAML", "Check the brackets and indentation there."):
        return _read_yaml(path, text, model)


def _read_yaml(path: Path, text: str, model: type[Document]) -> Document:
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        number, what, remedy = advise_on_yaml(error, text.splitlines())
        raise UserError(what, where=f"{path}:{number}", remedy=remedy) from error
    except (yaml.YAMLError, ValueError) as error:  # a character that YAML forbids; a date such as 2024-13-45
        line = _line_without_value(text)
        raise UserError(
            f"this is not YAML: {str(error).splitlines()[0]}",
            where=f"{path}:{line}" if line else str(path),
            remedy="Put quotes around it, or correct it.",
        ) from error
    if tree is None:
        raise UserError("the file is empty", where=str(path), remedy="See an example: grader guide")
    _refuse_duplicate_keys(path, tree)
    return _validate(path, model, data, lambda keys: _line_of(tree, keys))


def read_toml(path: Path, model: type[Document]) -> Document:
    """The TOML file as `model`; a UserError names the key that is wrong, and its line."""
    text = _read_text(path)
    with parsing(path, "this is not TOML", "Check the quotes and brackets there."):
        data = tomllib.loads(text)
        return _validate(path, model, data, lambda keys: _line_in_toml(text, keys))


def line_in(path: Path, keys: Keys) -> int:
    """The line of a YAML file on which stands what the keys lead to, as far as they lead."""
    tree = yaml.compose(_read_text(path), Loader=yaml.SafeLoader)
    return _line_of(tree, keys) if tree is not None else 1


def line_in_toml(path: Path, keys: Keys) -> int | None:
    """The line of a TOML file on which the last of the keys stands first; None where it does not."""
    return _line_in_toml(_read_text(path), keys)


def _line_without_value(text: str) -> int | None:
    """The line of the first scalar that is written as a date or number, and is none; None where there is none."""
    try:
        loader = yaml.SafeLoader(text)
        waiting = [loader.get_single_node()]
    except yaml.YAMLError:
        return None
    while waiting:
        match node := waiting.pop():
            case yaml.MappingNode():
                waiting += [part for pair in reversed(node.value) for part in reversed(pair)]
            case yaml.SequenceNode():
                waiting += reversed(node.value)
            case yaml.ScalarNode():
                try:
                    loader.construct_object(node)
                except ValueError:
                    return int(node.start_mark.line) + 1
    return None


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError("there is no such file", where=str(path)) from error
    except OSError as error:
        raise UserError(f"this cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise UserError("this is not UTF-8 text", where=str(path), remedy="Save it again as UTF-8.") from error


def _validate(path: Path, model: type[Document], data: Any, line_of: Callable[[Keys], int | None]) -> Document:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        errors = error.errors()
        # A misspelt key is also a missing one: of the two, the misspelling is what its author wants to hear.
        first = next((found for found in errors if found["type"] == "extra_forbidden"), errors[0])
        keys = _keys_of(first, data)
        line = line_of(keys)
        where = f"{path}:{line}" if line else str(path)
        more = f"\n  This file has {len(errors) - 1} more such." if len(errors) > 1 else ""
        raise UserError(_say(first, keys), where=where, remedy=_remedy(first, keys, model, data) + more) from error


def _keys_of(error: ErrorDetails, data: Any) -> Keys:
    """Where the error is, without what pydantic adds to the document's own keys: the names of types and validators."""
    cause = error.get("ctx", {}).get("error")
    keys: list[int | str] = []
    for key in (*error["loc"], *(cause.keys if isinstance(cause, PlacedError) else ())):
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            if error["type"] in ("missing", "extra_forbidden") and key == error["loc"][-1]:
                keys.append(key)
            break
        keys.append(key)
    return tuple(keys)


def _say(error: ErrorDetails, keys: Keys) -> str:
    place = ".".join(str(key) for key in keys)
    cause = error.get("ctx", {}).get("error")
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key `{place}`"
        case "missing":
            return f"the key `{place}` is missing"
        case "value_error" if (isinstance(cause, PlacedError) and (cause.keys or not cause.remedy)) or not place:
            return str(cause)
        case "value_error":
            return f"`{place}`: {cause}"
        case "model_type":
            return f"`{place}` has to hold keys and values" if place else "the file has to hold keys and values"
    subject = f"`{place}`" if place else "the file"
    return f"{subject} {say_invalid(error)[0]}"


def _remedy(error: ErrorDetails, keys: Keys, model: type[BaseModel], data: Any) -> str:
    cause = error.get("ctx", {}).get("error")
    match error["type"]:
        case "missing":
            return "Add it."
        case "value_error":
            return (cause.remedy if isinstance(cause, PlacedError) else "") or ""
        case "model_type":
            return f"Write them below it, indented; known here: {', '.join(sorted(_known_keys(model, keys)))}."
        case "extra_forbidden":
            return _remedy_of_unknown(keys, sorted(_known_keys(model, keys[:-1])), data)
    return say_invalid(error)[1]


def _remedy_of_unknown(keys: Keys, known: Sequence[str], data: Any) -> str:
    name = str(keys[-1])
    if " " in name:
        return "Put quotes round a text that holds a comma or a colon."
    for key in keys[:-1]:
        data = data[key]
    unused = [key for key in known if key not in data]
    return suggest(name, unused, otherwise=f"Take it out; known here: {', '.join(known)}.")


def _known_keys(model: type[BaseModel], keys: Sequence[int | str]) -> set[str]:
    """The keys that may stand at one place of a document."""
    schema = model.model_json_schema()
    nodes = list(_forms(schema, schema))
    for key in keys:
        nodes = [form for node in nodes for child in _children(node, key) for form in _forms(child, schema)]
    return {name for node in nodes for name in node.get("properties", {})}


def _forms(node: Any, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a node of a JSON Schema may be, with references followed."""
    if not isinstance(node, dict):
        return
    if "$ref" in node:
        yield from _forms(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], schema)
        return
    yield node
    for other in node.get("anyOf", ()):
        yield from _forms(other, schema)


def _children(node: dict[str, Any], key: int | str) -> Iterator[Any]:
    if isinstance(key, int):
        yield node.get("items")
    elif key in node.get("properties", {}):
        yield node["properties"][key]
    else:
        yield node.get("additionalProperties")
        yield from node.get("patternProperties", {}).values()


def _line_of(tree: yaml.Node, keys: Keys) -> int:
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


def _line_in_toml(text: str, keys: Keys) -> int | None:
    """The first line that begins with the last of the keys; None where there is none."""
    names = [str(key) for key in keys if isinstance(key, str)]
    begins = re.compile(rf"\s*(?:\[+[\w.]*?)?[\"']?{re.escape(names[-1])}(?!\w)") if names else re.compile(r"(?!)")
    return next((number for number, line in enumerate(text.splitlines(), start=1) if begins.match(line)), None)


def _refuse_duplicate_keys(path: Path, node: yaml.Node, above: tuple[yaml.Node, ...] = ()) -> None:
    """PyYAML keeps the last of two equal keys silently: a lost criterion."""
    if any(node is other for other in above):
        raise UserError(
            "an alias here holds itself", where=f"{path}:{node.start_mark.line + 1}", remedy="Write it out instead."
        )
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for name, value in node.value:
            line = name.start_mark.line + 1
            if name.value in seen:
                raise UserError(
                    f"the key `{name.value}` occurs twice",
                    where=f"{path}:{line}",
                    remedy=f"It is also on line {seen[name.value]}: rename one.",
                )
            seen[name.value] = line
            _refuse_duplicate_keys(path, value, (*above, node))
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_duplicate_keys(path, child, (*above, node))
