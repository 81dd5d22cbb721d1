"""Syntax that a newer Python than this one reads: as far as it can be told."""

from __future__ import annotations

import re

_STATEMENTS = (
    (re.compile(r"^\s*type\s+\w+\s*(?:\[[^\]\n]*\])?\s*=", re.MULTILINE), "type …"),
    (re.compile(r"^\s*(?:async\s+)?def\s+\w+\s*\[", re.MULTILINE), "def …[…]"),
    (re.compile(r"^\s*class\s+\w+\s*\[", re.MULTILINE), "class …[…]"),
    (re.compile(r"^\s*except\s*\*", re.MULTILINE), "except*"),
    (re.compile(r"^\s*except\s+[\w.]+\s*,\s*[\w., ]+:", re.MULTILINE), "except …, …:"),
    (re.compile(r"(?<![\w'\"])[tT][rR]?(?=['\"])|(?<![\w'\"])[rR][tT](?=['\"])"), 't"…"'),
)
"""Python 3.12's `type` and generics, 3.11's `except*`, 3.14's `except` without brackets and its template strings."""

_PREFIX = re.compile(r"(?<![\w'\"])(?:[fF][rR]?|[rR][fF])(\"\"\"|'''|\"|')")


def find_newer_syntax(text: str) -> str:
    """What of newer Pythons stands in a statement that this Python cannot read; empty where nothing is known of it.

    >>> find_newer_syntax("type Row = list[int]"), find_newer_syntax("x = = 1")
    ('type …', '')
    >>> find_newer_syntax('print(f"{row["name"]}")')
    'f"…"'
    """
    for pattern, what in _STATEMENTS:
        if pattern.search(text):
            return what
    plain = _without_fields(text)
    if plain is not None and plain != text:
        try:
            compile(plain, "<cell>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return ""
        return 'f"…"'
    return ""


def _without_fields(text: str) -> str | None:
    """The text with every f-string emptied, as Python 3.12 delimits them: its fields may hold its own quotes."""
    pieces, place = [], 0
    while found := _PREFIX.search(text, place):
        end = _end_of_string(text, found.end(), found[1])
        if end is None:
            return None
        pieces += [text[place : found.start()], "''"]
        place = end
    return "".join([*pieces, text[place:]])


def _end_of_string(text: str, place: int, quote: str, depth: int = 0) -> int | None:
    """Where an f-string ends that has begun before `place`."""
    while place < len(text):
        if text.startswith(quote, place):
            return place + len(quote)
        if text[place] == "\\" or text.startswith("{{", place):
            place += 2
        elif text[place] == "{":
            inside = _end_of_field(text, place + 1, depth)
            if inside is None:
                return None
            place = inside
        else:
            place += 1
    return None


def _end_of_field(text: str, place: int, depth: int) -> int | None:
    brackets = 0
    while place < len(text) and depth < 20:
        if found := re.compile(r"[rRbBfFuU]{0,2}(\"\"\"|'''|\"|')").match(text, place):
            end = _end_of_string(text, found.end(), found[1], depth + 1)
            if end is None:
                return None
            place = end
            continue
        if text[place] in "([{":
            brackets += 1
        elif text[place] in ")]}":
            if not brackets and text[place] == "}":
                return place + 1
            brackets -= 1
        place += 1
    return None
