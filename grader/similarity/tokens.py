"""The code that a student wrote as tokens that stay the same when names, comments, spaces and numbers are changed.

Left out: lines of the notebook that was given, the released check, imports, comments, texts that stand alone. A name
that the notebook binds itself counts as the distance to where it stood before; one of a library or of Python stays what
it is, since nobody can rename it.
"""

from __future__ import annotations

import builtins
import io
import keyword
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from tokenize import TokenInfo

_MAGIC = re.compile(r"^[ \t]*[%!].*", re.MULTILINE)
_FIXED = {*keyword.kwlist, *dir(builtins), "self"}
_SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
_MOST_CHARACTERS = 200_000
"""Of one notebook: nobody writes more by hand, and a hostile one may have any number."""

NUMBER, TEXT = "0", "''"

Line = Sequence[TokenInfo]
"""A line as Python counts them: what stands in brackets is one."""


@dataclass(frozen=True)
class Token:
    """One word of code: what it says, and where it stands. An own name says nothing but which one it is."""

    text: str
    is_own_name: bool
    cell: int
    """place among the notebook's code cells, from 0"""
    line: int
    """of the cell, from 0"""


@dataclass(frozen=True)
class Code:
    """What one student wrote: the cells as they are, and their own tokens in order."""

    student: str
    cells: tuple[str, ...]
    tokens: tuple[Token, ...]


@dataclass(frozen=True)
class GivenCode:
    """What everybody got: its lines, the names that it imports, and the last line of the released check."""

    lines: frozenset[str] = frozenset()
    imported: Mapping[str, str] = field(default_factory=dict)
    check: str = ""


def read_given(cells: Sequence[str], check: str = "") -> GivenCode:
    """The code cells that everybody got, read once for a class."""
    lines = [line for cell in cells for line in _lines_of(cell)]
    imported = dict(name for line in lines for name in _imported(line))
    return GivenCode(frozenset(map(_plain, lines)), imported, check)


def read_code(student: str, cells: Sequence[str], given: GivenCode) -> Code:
    """The tokens that the student wrote."""
    kept = [cell for cell in cells if not (given.check and cell.rstrip().endswith(given.check))]
    own: list[tuple[int, Line]] = []
    length = 0
    for place, cell in enumerate(kept):
        length += len(cell)
        if length <= _MOST_CHARACTERS:
            own += [(place, line) for line in _lines_of(cell) if _plain(line) not in given.lines]
    imported = {**given.imported, **dict(name for _, line in own for name in _imported(line))}
    fields = {two[2].string for _, line in own for two in zip(line, line[1:], line[2:], strict=False) if _is_field(two)}
    tokens = [
        token
        for place, line in own
        if not _is_import(line) and any(one.type != tokenize.STRING for one in line)
        for token in _without_names(place, line, imported, fields)
    ]
    return Code(student, tuple(kept), tuple(_without_lists_of_numbers(tokens)))


def _lines_of(cell: str) -> Iterator[Line]:
    """The cell's lines, as far as Python can read it, without magics, comments and spaces."""
    # Lone surrogates and null bytes are no code, and stop Python's own reading.
    text = _MAGIC.sub("", cell).encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")
    line: list[TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NEWLINE:
                yield line
                line = []
            elif token.type not in _SKIPPED:
                line.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass  # the run tells what is wrong with it; what was read until here counts
    if line:
        yield line


def _plain(line: Line) -> str:
    """The line as it is written, but for spaces and comments."""
    return " ".join(token.string for token in line)


def _is_import(line: Line) -> bool:
    return line[0].string in ("import", "from")


def _is_field(three: tuple[TokenInfo, ...]) -> bool:
    return three[0].string == "self" and three[1].string == "."


def _imported(line: Line) -> Iterator[tuple[str, str]]:
    """(name, what it is called where it comes from) of each name that the line imports."""
    if not _is_import(line):
        return
    words = [token.string for token in line if token.type == tokenize.NAME]
    for at, word in enumerate(words):
        if words[at + 1 : at + 2] == ["as"]:
            yield words[min(at + 2, len(words) - 1)], word
        elif word not in ("import", "from", "as") and words[at - 1] != "as":
            yield word, word


def _without_names(place: int, line: Line, imported: Mapping[str, str], fields: set[str]) -> Iterator[Token]:
    """The line's tokens; own is a name that no library gave, and an attribute that the notebook's own classes set."""
    before = ""
    for token in line:
        text, is_own = token.string, False
        if token.type == tokenize.NUMBER:
            text = NUMBER
        elif token.type == tokenize.STRING:
            text = TEXT
        elif token.type == tokenize.NAME and text not in _FIXED and not text.startswith("__"):
            is_own = text in fields if before == "." else text not in imported
            text = text if before == "." else imported.get(text, text)
        if not (text == before == TEXT):
            yield Token(text, is_own, place, token.start[0] - 1)
        before = text


def _without_lists_of_numbers(tokens: Sequence[Token]) -> list[Token]:
    """A list of numbers is one number: two lists have nothing in common but being lists."""
    kept: list[Token] = []
    for token in tokens:
        if token.text == NUMBER:
            if len(kept) > 1 and kept[-1].text in ("+", "-") and kept[-2].text in (",", "[", "("):
                kept.pop()
            if len(kept) > 1 and kept[-1].text == "," and kept[-2].text == NUMBER:
                kept.pop()
                continue
        kept.append(token)
    return kept
