"""Says of a model what a person may write in its file: a table for each part, made from its JSON schema."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

Schema = Mapping[str, Any]


def describe_schema(document: str, title: str) -> str:
    """A table for the whole file, and a section for each part that it leads to, in the order in which they are named.

    `document` is a JSON schema as text, as editors read it.
    """
    schema = json.loads(document)
    known: Mapping[str, Schema] = schema.get("$defs", {})
    # What the model says of itself, the page that the table stands in has said already.
    first = _describe_part(title, {**schema, "description": ""}, known)
    return "\n".join([first, *(_describe_part(name, part, known) for name, part in _in_order(schema).items())])


def _in_order(schema: Schema) -> dict[str, Schema]:
    """The schema's definitions, each after the part that names it first."""
    known, found = schema.get("$defs", {}), dict[str, Schema]()
    waiting = list(_refs(schema.get("properties", {})))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = known[name]
            waiting = [*_refs(known[name]), *waiting]
    return {name: long for name, part in found.items() if (long := _long_form(part)) is not None}


def _long_form(part: Schema) -> Schema | None:
    """A definition's form with keys, of which a table can be made; None where it is a plain value."""
    if "properties" in part:
        return part
    return next((long for one in part.get("anyOf", ()) if (long := _long_form(one)) is not None), None)


def _refs(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        if "$ref" in tree:
            yield tree["$ref"].rpartition("/")[2]
        for value in tree.values():
            yield from _refs(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _refs(value)


def _describe_part(name: str, part: Schema, known: Mapping[str, Schema]) -> str:
    cells = [
        (f"`{key}`", _cell(say_type(form, known)), _say_default(key, form, part), _cell(_say_meaning(form, known)))
        for key, form in part["properties"].items()
    ]
    rows = [f"| {' | '.join(row)} |" for row in cells]
    head = ["| key | is | default | means |", "|---|---|---|---|"]
    about = _first_paragraph(part)
    return "\n".join([f"### {_title_of(name)}", "", *([about, ""] if about else []), *head, *rows, ""])


def _title_of(name: str) -> str:
    """A class name as a heading: `ModelSelection` is `Model selection`; what has a space or a dot stays."""
    if not name.isidentifier():
        return name
    words = re.findall(r"[A-Z]+[a-z]*", name)
    return " ".join([words[0], *(word.lower() for word in words[1:])])


def _first_paragraph(part: Schema) -> str:
    return " ".join(str(part.get("description", "")).split("\n\n")[0].split())


def _say_meaning(form: Schema, known: Mapping[str, Schema]) -> str:
    """The key's own description or, where a part follows, what that part says of itself."""
    if "description" in form:
        return _first_paragraph(form)
    followed = [long for name in _refs(form) if (long := _long_form(known[name])) is not None]
    return _first_paragraph(followed[0]) if len(followed) == 1 else ""


def _say_default(key: str, form: Schema, part: Schema) -> str:
    if key in part.get("required", ()):
        return "required"
    value = form.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return ""
    return f"`{value:g}`" if type(value) is float else f"`{json.dumps(value, ensure_ascii=False)}`"


def say_type(form: Schema, known: Mapping[str, Schema] = MappingProxyType({})) -> str:
    """What a value may be, in words; `known` are the definitions that it may refer to.

    >>> say_type({"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]})
    'a number from 0'
    >>> say_type({"type": "array", "items": {"enum": ["a", "b"]}})
    'a list: each `a` or `b`'
    """
    say = functools.partial(say_type, known=known)
    match form:
        case {"$ref": str(ref)}:
            return _say_ref(ref.rpartition("/")[2], known)
        case {"anyOf": list(forms)}:
            said = [say(one) for one in forms if one.get("type") != "null"]
            return _join(sorted(said, key=lambda words: words.startswith(("a list", "by name"))))
        case {"enum": list(values)}:
            return _join([f"`{value}`" for value in values])
        case {"const": value}:
            return f"`{json.dumps(value)}`"
        case {"type": "array", "prefixItems": list(forms)}:
            return "a list of " + ", ".join(say(one) for one in forms)
        case {"type": "array", "items": dict(one)} if one:
            return f"a list: each {say(one)}"
        case {"type": "object", "additionalProperties": dict(one)} if one:
            return f"by name: {say(one)}"
        case {"type": "object", "patternProperties": dict(patterns)}:
            return f"by name: {say(next(iter(patterns.values())))}"
        case {"type": list(kinds)}:
            return _join([NOUNS[kind] for kind in kinds])
        case {"type": "string", "format": str(name)} if name in FORMATS:
            return FORMATS[name]
        case {"type": str(kind)} if kind in NOUNS:
            return NOUNS[kind] + _say_range(form)
    return "anything"


def _say_ref(name: str, known: Mapping[str, Schema]) -> str:
    """A link to the part's table or, where it is a plain value, what that is."""
    if _long_form(known[name]) is None:
        return str(known[name].get("description") or say_type(known[name], known))
    title = _title_of(name)
    return f"[{title}](#{title.lower().replace(' ', '-')})"


FORMATS = {"date-time": "a date and time", "date": "a date"}

NOUNS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a table",
}

BOUNDS = {
    "exclusiveMinimum": "above {:g}",
    "minimum": "from {:g}",
    "maximum": "up to {:g}",
    "exclusiveMaximum": "below {:g}",
}


def _say_range(form: Schema) -> str:
    said = [words.format(form[key]) for key, words in BOUNDS.items() if key in form]
    return " " + " ".join(said) if said else ""


def _join(words: list[str]) -> str:
    unique = list(dict.fromkeys(words))
    return ", ".join(unique[:-1]) + f" or {unique[-1]}" if len(unique) > 1 else unique[0] if unique else "anything"


def _cell(text: str) -> str:
    """Inside a table, where a bar would begin the next cell."""
    return text.replace("|", "\\|")
