"""Finds our own texts again in what came out of the sandbox, which says them in English, with their values."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from functools import cache

from grader.language import Reason, Value


def recognise_among(told: str, texts: tuple[str, ...]) -> Value:
    """The text with each of these texts in it as a reason; without any, as it is.

    >>> recognise_among("it has 7 parts", ("it has {n} parts",)).values
    {'n': '7'}
    """
    parts = list(_split(told, texts))
    if not any(isinstance(part, Reason) for part in parts):
        return told
    if len(parts) == 1:
        return parts[0]
    named: dict[str, Value] = {f"part{place}": part for place, part in enumerate(parts)}
    return Reason("".join(f"{{{name}}}" for name in named), named)


def _split(told: str, texts: tuple[str, ...]) -> Iterator[Value]:
    """The text in order: what is one of the texts, and what is around it."""
    for text, (anchor, pattern) in _patterns(texts).items():
        if anchor not in told:
            continue
        found = pattern.search(told)
        if found:
            yield from _split(told[: found.start()], texts)
            yield Reason(text, found.groupdict())
            yield from _split(told[found.end() :], texts)
            return
    if told:
        yield told


@cache
def _patterns(texts: tuple[str, ...]) -> Mapping[str, tuple[str, re.Pattern[str]]]:
    """text -> the longest of its words in a row, which is looked for first, and how it is recognised."""
    return {text: _pattern(text) for text in sorted(texts, key=len, reverse=True)}


def _pattern(text: str) -> tuple[str, re.Pattern[str]]:
    parts = [(words, name) for words, name, *_rest in string.Formatter().parse(text)]
    # A student's text may be long: each place is bounded, so that looking takes time in proportion to its length.
    pattern = "".join(re.escape(words) + (f"(?P<{name}>.{{1,500}}?)" if name else "") for words, name in parts)
    if text.endswith("}"):  # a place at the end takes what there is
        pattern = f"{pattern[:-2]})"
    return max((words for words, _name in parts), key=len), re.compile(pattern)
