"""The words that a student wrote: a notebook's text cells, without those of the notebook that was given."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from grader.score.outputs import as_text

_LONGEST_WORDS = 100_000
_MOST_LINES = 1_000
_MOST_GIVEN_LINES = 300

_DATA = re.compile(r"data:[a-z]{1,20}/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=]*", re.IGNORECASE)


def find_words(stored: Any, given: Any) -> str:
    """The student's own text, line by line: given lines are left out; of an edited one, the given words."""
    given_lines: dict[str, list[list[str]]] = defaultdict(list)
    for line in _lines(given, _MOST_GIVEN_LINES):
        words = line.split()
        given_lines[words[0]].append(words)
    own = (_without_given(line.split(), given_lines) for line in _lines(stored, _MOST_LINES))
    return "\n".join(line for line in own if line)[:_LONGEST_WORDS]


def _lines(notebook: Any, most: int) -> Iterator[str]:
    """The lines of the text cells that are not blank; no more than `most`, nor than so many characters."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    lines, length = 0, 0
    for cell in cells if isinstance(cells, list) else []:
        if not isinstance(cell, dict) or cell.get("cell_type") != "markdown":
            continue
        text = _DATA.sub("", as_text(cell.get("source"))).encode("utf-8", "replace").decode("utf-8")
        for line in text.split("\n"):
            if line.strip() and lines < most and length < _LONGEST_WORDS:
                lines, length = lines + 1, length + len(line)
                yield line


def _without_given(words: list[str], given_lines: Mapping[str, Sequence[list[str]]]) -> str:
    """Takes off what a given line begins and ends with, where at least half of it is still there, begun as it was.

    `given_lines` are found by their first word: a line that begins otherwise has nothing to take off.
    """
    start, end = 0, 0
    for line in given_lines.get(words[0], ()):
        first = _count_shared(words, line)
        last = _count_shared(words[first:][::-1], line[first:][::-1])
        if 2 * (first + last) >= len(line) and first + last > start + end:
            start, end = first, last
    return " ".join(words[start : len(words) - end])


def _count_shared(words: list[str], others: list[str]) -> int:
    """How many words two lines have in common from their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, others, strict=False)))
