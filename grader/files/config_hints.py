"""What is wrong in a file of the course, and what to do about it, in words for who writes such files seldom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml
from pydantic_core import ErrorDetails

from grader.files.suggestions import suggest

LANGUAGE = r"^[a-z]{2}$"
"""The pattern of a language in a file of the course."""

_TWO_COLONS = re.compile(r"^\s*(- )?[\w\"'-]+:\s+[^\s\"'\[{|>&#][^#]*:(\s|$)")
_VALUE_IN_BRACES = re.compile(r"^\s*(- )?[\w-]+:\s*\{\{")
_QUOTED = "Put quotes round a text"


def advise_on_yaml(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> tuple[int, str, str]:
    """The line, counted from 1, on which a file stops being YAML; what is wrong there; and what to do."""
    place = error.problem_mark.line if error.problem_mark else 0
    begun = error.context_mark.line if error.context_mark else place
    line = lines[place] if place < len(lines) else ""
    problem = error.problem or ""
    what, remedy = f"this is not YAML: {problem}", "Check the indentation, colons and quotes there."
    if "\\t" in problem:
        what, remedy = "a tab stands here", "Indent with spaces: YAML takes no tabs."
    elif "unknown escape character" in problem:
        what = "this is not YAML: in double quotes a backslash does not stand for itself"
        remedy = r"Use single quotes for formulas, as in '$\sigma$'; a ' within them is written twice."
    elif "unexpected end of stream" in problem and error.context and "quoted" in error.context:
        place, what, remedy = begun, "the quotes that open here are never closed", "Close them at the end of the text."
    elif _VALUE_IN_BRACES.match(line):
        what, remedy = "this is not YAML: a text begins with {{", f'{_QUOTED} that begins with a brace: "{{{{x}}}} …".'
    elif _TWO_COLONS.match(line):
        what, remedy = "this is not YAML: a colon stands in the text", f'{_QUOTED} that holds a colon: "this: that".'
    elif "expected ',' or" in problem:
        what = "this is not YAML: a comma, or the closing bracket, is missing"
        remedy = f"{_QUOTED} that holds a colon, a comma or a bracket, and close every bracket."
    elif "mapping values are not allowed" in problem:
        what = "this line is indented further than its neighbours"
        remedy = "Let the keys of one thing begin in the same column."
    elif "expected <block end>" in problem:
        what = "this line does not begin in the same column as those that it belongs to"
        remedy = "Let the keys of one thing begin in the same column, and each thing of a list with `- `."
    return place + 1, what, remedy


def say_invalid(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong with a value, as the end of a sentence that its key begins, and what to do."""
    given, limits = _shorten(error["input"]), error.get("ctx", {})
    match error["type"]:
        case "bool_type" | "bool_parsing":
            return f"has to be either true or false, not {given}", "Write true or false, without quotes."
        case "int_type" | "int_parsing" | "int_from_float":
            return f"has to be a whole number, not {given}", "Write digits alone, as in 20."
        case "float_type" | "float_parsing":
            return f"has to be a number, not {given}", "Write it with digits and a decimal point, as in 2 or 0.5."
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            border = _border(error["type"], limits)
            return f"has to be {border}, not {given}", f"Write a number that is {border}."
        case "string_type" if error["loc"] and error["loc"][-1] == "[key]":
            return (
                f"has a name that YAML does not take for a text: {given}",
                "Rename it: bare numbers, and the words yes, no, on and off, are something else in YAML.",
            )
        case "string_type":
            return f"has to be a text, not {given}", "Put it in quotes."
        case "string_too_short":
            return f"needs at least {limits['min_length']} characters, but has {len(error['input'])}", "Say more."
        case "too_short":
            least = limits["min_length"]
            return f"needs at least {least}, but has {limits['actual_length']}", f"Write {least} or more."
        case "list_type":
            return (
                f"has to be a list, not {given}",
                "Write it in brackets, [one, two], or one a line, each behind `- `.",
            )
        case "dict_type":
            return (
                "holds things by their names, not one after the other",
                "Give each a name, as in `a: …`, without `- `.",
            )
        case "literal_error":
            return _say_unknown(error)
        case "date_type" | "date_parsing" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return f"has to be a day, not {given}", "Write it as in 2026-03-02."
        case "string_pattern_mismatch" if limits["pattern"] == LANGUAGE:
            return f"has to be a language by two small letters, not {given}", "Write it as in en or es."
        case "string_pattern_mismatch":
            told = "a name is made of small letters, digits, - and _, and begins with a letter"
            return f"is {given}, but {told}", f"Write it as in `{_as_name(error['input'])}`."
    return f"{error['msg'][0].lower()}{error['msg'][1:]}", ""


def _say_unknown(error: ErrorDetails) -> tuple[str, str]:
    known = re.findall(r"'([^']*)'", error.get("ctx", {}).get("expected", ""))
    return f"is none of those that there are: {_shorten(error['input'])}", suggest(str(error["input"]), known)


def _border(kind: str, limits: dict[str, Any]) -> str:
    match kind:
        case "greater_than":
            return f"greater than {limits['gt']:g}"
        case "greater_than_equal":
            return f"at least {limits['ge']:g}"
        case "less_than":
            return f"less than {limits['lt']:g}"
    return f"at most {limits['le']:g}"


def _as_name(value: Any) -> str:
    """A name that is near to what was given.

    >>> _as_name("My question"), _as_name("2nd")
    ('my-question', 'q-2nd')
    """
    name = re.sub(r"[^a-z0-9]+", "-", str(value).lower()).strip("-") or "a"
    return name if name[0].isalpha() else f"q-{name}"


def _shorten(value: Any) -> str:
    """What was given, as a message shows it.

    >>> _shorten("two"), _shorten({"a": 1}), _shorten(True), _shorten(None)
    ('`two`', 'keys and values', '`true`', 'nothing')
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case dict():
            return "keys and values"
        case list():
            return "a list"
    told = str(value)
    return f"`{told[:37]}…`" if len(told) > 38 else f"`{told}`"
