"""Options found in a cell of a file by their text, longest first: an option may contain what separates options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.exam.wording import fold_words

SEPARATORS = ";,|"
_ENDS = "."


@dataclass(frozen=True)
class Found:
    """What a cell holds: the names of the options in their order, or what is left over."""

    names: tuple[str, ...] = ()
    leftover: str = ""
    ambiguous: bool = False


def fold_option(text: str) -> str:
    """The text as it is compared with a file's: without the signs that mark formulas and code, and no full stop.

    >>> fold_option("Call  `loss.backward()`.")
    'call loss.backward()'
    """
    return " ".join(fold_words(text).replace("$", "").replace("`", "").split()).rstrip(_ENDS).strip()


def find_options(cell: str, known: Mapping[str, Sequence[str]]) -> Found:
    """The options that a cell holds; `known` has the texts of each, by its name.

    >>> find_options("Smooth, then derive, Link", {"a": ["Smooth, then derive"], "b": ["Smooth"], "c": ["Link"]})
    Found(names=('a', 'c'), leftover='', ambiguous=False)
    >>> find_options("Smooth, Blur it", {"b": ["Smooth"]}).leftover
    'blur it'
    """
    texts = sorted(
        ((fold_option(text), name) for name, wordings in known.items() for text in wordings),
        key=lambda pair: (-len(pair[0]), pair),
    )
    folded = fold_option(cell.replace("\n", " ; "))
    readings: list[tuple[str, ...]] = []
    for names in _readings(folded, texts, ()):
        if not any(set(names) == set(reading) for reading in readings):
            readings.append(names)
        if len(readings) == 2:
            return Found(leftover=folded, ambiguous=True)
    if readings:
        return Found(readings[0])
    return Found(leftover=_leftover(folded, texts))


def _readings(text: str, texts: Sequence[tuple[str, str]], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every way to read the text as options with separators between them, the longest first."""
    if not text:
        yield before
        return
    for known, name in texts:
        if name not in before and known and text.startswith(known):
            rest = _after_separator(text[len(known) :])
            if rest is not None:
                yield from _readings(rest, texts, (*before, name))


def _after_separator(rest: str) -> str | None:
    """What follows the separator, or None where the option's text goes on."""
    rest = rest.lstrip(_ENDS + " ")
    if not rest:
        return ""
    return rest[1:].lstrip(SEPARATORS + " ") if rest[0] in SEPARATORS else None


def _leftover(text: str, texts: Sequence[tuple[str, str]]) -> str:
    """The text without the options that are in it: what a person has to look at."""
    for known, _ in texts:
        place = text.find(known) if known else -1
        if place >= 0 and _after_separator(text[place + len(known) :]) is not None:
            text = f"{text[:place]}{text[place + len(known) :]}"
    return text.strip(SEPARATORS + _ENDS + " ") or text
