"""Cells of a file as answers: what several kinds need to read one. What does not match waits; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.exam.option_search import Found, find_options, fold_option
from grader.exam.wording import LocalizedText
from grader.language import Reason, _
from grader.model import Answer

NONE = "none applies"
"""Stands for the box that says that no option applies; no option has a space in its name."""

TRUE = ("true", "t", "verdadero", "verdad", "v", "yes", "sí", "si", "1", "richtig", "vrai")
FALSE = ("false", "f", "falso", "no", "0", "falsch", "faux")
_ARROW = re.compile(r"[.!]?\s*(?:->|→|=|:)\s*")
_LONGEST = 120


def clip(cell: str) -> str:
    """The cell in one line, and not too long for a message."""
    plain = " ".join(cell.split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def unusable(because: Reason, cell: str | None = None) -> Answer:
    """An answer that a person decides on; the cell is kept, where it was one."""
    return Answer(status="unusable", value=cell, because=because)


def not_one(cell: str, found: Found) -> Answer:
    """Why a cell is no answer."""
    if found.ambiguous:
        because = _(
            "“{answer}” can be read in two ways, since options contain each other: a person decides.", answer=clip(cell)
        )
    elif len(found.names) > 1:
        because = _("“{answer}” is more than one answer: a person decides.", answer=clip(cell))
    else:
        because = _("“{answer}” is none of the known options: a person decides.", answer=clip(found.leftover))
    return unusable(because, cell)


def named(name: str, names: bool) -> tuple[str, ...]:
    """The name as one more wording, where the file may hold names."""
    return (name,) if names else ()


def wordings(texts: Mapping[str, LocalizedText], names: bool) -> dict[str, Sequence[str]]:
    """name -> all that a file may write for it."""
    return {name: (*text.all, *named(name, names)) for name, text in texts.items()}


def read_each(cells: Mapping[str, str], known: Mapping[str, Sequence[str]]) -> Answer:
    """The answer in one cell for each part; an empty one is a part left blank."""
    if not any(cell.strip() for cell in cells.values()):
        return Answer(status="missing")
    value: dict[str, str | None] = {}
    for name, cell in cells.items():
        found = find_options(cell, known) if cell.strip() else None
        if found is not None and len(found.names) != 1:
            return not_one(cell, found)
        value[name] = found.names[0] if found is not None else None
    return Answer(status="answered", value=value)


def read_pairings(cell: str, known: Mapping[str, Sequence[str]], names: Sequence[str]) -> Answer:
    """`left=right` for each name that the cell pairs; the names that it leaves out are blank."""
    found = find_options(as_paired(cell), known)
    pairings = [name.split("=") for name in found.names]
    if not pairings or len({left for left, _right in pairings}) != len(pairings):
        return not_one(cell, found)
    value: dict[str, str | None] = dict.fromkeys(names)
    value.update((left, right) for left, right in pairings)
    return Answer(status="answered", value=value)


def as_paired(text: str) -> str:
    """The text with every arrow, colon and equals sign alike, and no full stop before it.

    >>> as_paired("ReLU is never negative.: True; tanh -> odd")
    'relu is never negative = true; tanh = odd'
    """
    return _ARROW.sub(" = ", fold_option(text)).strip()


def one_in_each(rows: Mapping[str, Sequence[str]]) -> dict[str, str | None] | Answer:
    """The one tick of each row, None where there is none; or why there is no answer."""
    twice = next((name for name, values in rows.items() if len(values) > 1), None)
    if twice is not None:
        return unusable(_("{n} boxes are ticked in the row of `{row}`.", n=len(rows[twice]), row=twice))
    return {name: values[0] if values else None for name, values in rows.items()}


# ---- what a response is, as plain data ------------------------------------------------------------------------------


def is_list_of(value: object, known: Sequence[str] | Mapping[str, object]) -> bool:
    """A list of known names, each at most once."""
    return (
        isinstance(value, list)
        and all(isinstance(name, str) and name in known for name in value)
        and len(set(value)) == len(value)
    )


def is_map_of(value: object, keys: Sequence[str] | Mapping[str, object], values: Sequence[object]) -> bool:
    """Known names, each with one of the values."""
    return isinstance(value, dict) and all(name in keys for name in value) and all(v in values for v in value.values())
