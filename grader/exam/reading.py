"""Reads a cell of a file as the response to a question. What does not match waits for a person; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.exam.matching import Found, find_options, fold_option
from grader.exam.questions import Matching, Multiple, Option, Practical, Question, Rows
from grader.exam.wording import LocalizedText
from grader.model import Answer

NONE = "none applies"
"""Stands for the box that says that no option applies; no option has a space in its name."""

_TRUE = ("true", "t", "verdadero", "v", "yes", "sí", "si", "1", "richtig", "vrai")
_FALSE = ("false", "f", "falso", "no", "0", "falsch", "faux")
_ARROW = re.compile(r"[.!]?\s*(?:->|→|=|:)\s*")
_LONGEST = 120


def read_cell(question: Question, cell: str, *, names: bool) -> Answer:
    """The response in a cell; `names` says that the file may hold the names of options beside their texts."""
    if not cell.strip():
        return Answer(status="missing")
    if question.single is not None:
        return _read_single(question.single.options, cell, names)
    if question.multiple is not None:
        return _read_multiple(question.multiple, cell, names)
    if question.rows is not None:
        return _read_rows(question.rows, cell, names)
    if question.matching is not None:
        return _read_pairs(question.matching, cell, names)
    if question.ordering is not None:
        return _read_order(question.ordering.steps, cell, names)
    if question.practical is not None:
        return Answer(status="answered", value={}, because=f"A person gives these points. The answer: {_clip(cell)}")
    return Answer(status="answered", value=cell.strip())


def read_row(question: Question, cells: Mapping[str, str], *, names: bool) -> Answer:
    """The response of a question that has a column for each statement, pair or criterion: name -> cell."""
    if question.practical is not None:
        return _read_points(question.practical, cells)
    if not any(cell.strip() for cell in cells.values()):
        return Answer(status="missing")
    value: dict[str, bool | str | None] = {}
    for name, cell in cells.items():
        if not cell.strip():
            value[name] = None
            continue
        known: Mapping[str, Sequence[str]] = {"true": _TRUE, "false": _FALSE}
        if question.matching is not None:
            known = _texts(question.matching.partners, names)
        found = find_options(cell, known)
        if len(found.names) != 1:
            return _unusable(cell, found)
        value[name] = found.names[0] == "true" if question.rows is not None else found.names[0]
    return Answer(status="answered", value=value)


def parts_of(question: Question) -> dict[str, list[str]]:
    """The parts of a question that may have columns of their own: name -> its texts."""
    if question.rows is not None:
        return {name: [*row.says.all, *row.also] for name, row in question.rows.statements.items()}
    if question.matching is not None:
        return {name: list(pair.left.all) for name, pair in question.matching.pairs.items()}
    if question.practical is not None:
        return {name: list(step.says.all) for name, step in question.practical.criteria.items()}
    return {}


def _clip(cell: str) -> str:
    plain = " ".join(cell.split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def _unusable(cell: str, found: Found) -> Answer:
    if found.ambiguous:
        because = f"“{_clip(cell)}” can be read in two ways, since options contain each other: a person decides."
    elif len(found.names) > 1:
        because = f"“{_clip(cell)}” is more than one answer: a person decides."
    else:
        because = f"“{_clip(found.leftover)}” is none of the known options: a person decides."
    return Answer(status="unusable", value=cell, because=because)


def _known(options: Mapping[str, Option], names: bool) -> dict[str, Sequence[str]]:
    return {name: (*option.says.all, *option.also, *_if(names, name)) for name, option in options.items()}


def _if(wanted: bool, name: str) -> tuple[str, ...]:
    return (name,) if wanted else ()


def _texts(texts: Mapping[str, LocalizedText], names: bool) -> dict[str, Sequence[str]]:
    return {name: (*text.all, *_if(names, name)) for name, text in texts.items()}


def _read_single(options: Mapping[str, Option], cell: str, names: bool) -> Answer:
    known = _known(options, names)
    same = [name for name, texts in known.items() if fold_option(cell) in map(fold_option, texts)]
    # One option is expected, so a cell that says just what an option says is that option, whatever others it contains.
    found = Found(tuple(same)) if len(same) == 1 else find_options(cell, known)
    return Answer(status="answered", value=list(found.names)) if len(found.names) == 1 else _unusable(cell, found)


def _read_multiple(multiple: Multiple, cell: str, names: bool) -> Answer:
    known = _known(multiple.options, names)
    if multiple.none is not None:
        known[NONE] = (*multiple.none.all, *_if(names, NONE))
    found = find_options(cell, known)
    if not found.names:
        return _unusable(cell, found)
    if NONE in found.names and len(found.names) > 1:
        because = f"“{_clip(cell)}” says that none applies, and that some do: a person decides."
        return Answer(status="unusable", value=cell, because=because)
    return Answer(status="answered", value=[name for name in found.names if name != NONE])


def _read_rows(rows: Rows, cell: str, names: bool) -> Answer:
    known = {
        f"{name}={holds}": [
            f"{_as_paired(text)} = {word}" for text in (*row.says.all, *row.also, *_if(names, name)) for word in words
        ]
        for name, row in rows.statements.items()
        for holds, words in (("true", _TRUE), ("false", _FALSE))
    }
    return _read_pairings(cell, known, tuple(rows.statements), truth=True)


def _read_pairs(matching: Matching, cell: str, names: bool) -> Answer:
    left = _texts({name: pair.left for name, pair in matching.pairs.items()}, names)
    right = _texts(matching.partners, names)
    known = {
        f"{name}={partner}": [
            f"{_as_paired(one)} = {_as_paired(other)}" for one in left[name] for other in right[partner]
        ]
        for name in left
        for partner in right
    }
    return _read_pairings(cell, known, tuple(matching.pairs), truth=False)


def _read_pairings(cell: str, known: Mapping[str, Sequence[str]], names: Sequence[str], *, truth: bool) -> Answer:
    """`left=right` for each name that the cell pairs; the names that it leaves out are blank."""
    found = find_options(_as_paired(cell), known)
    pairings = [name.split("=") for name in found.names]
    if not pairings or len({left for left, _ in pairings}) != len(pairings):
        return _unusable(cell, found)
    value: dict[str, bool | str | None] = dict.fromkeys(names)
    for left, right in pairings:
        value[left] = right == "true" if truth else right
    return Answer(status="answered", value=value)


def _as_paired(text: str) -> str:
    """The text with every arrow, colon and equals sign alike, and no full stop before it.

    >>> _as_paired("ReLU is never negative.: True; tanh -> odd")
    'relu is never negative = true; tanh = odd'
    """
    return _ARROW.sub(" = ", fold_option(text)).strip()


def _read_order(steps: Mapping[str, LocalizedText], cell: str, names: bool) -> Answer:
    plain = cell
    for arrow in ("->", "→", ">"):
        plain = plain.replace(arrow, ";")
    found = find_options(plain, _texts(steps, names))
    if found.names and len(found.names) < len(steps):
        because = f"“{_clip(cell)}” orders {len(found.names)} of the {len(steps)} steps: a person decides."
        return Answer(status="unusable", value=cell, because=because)
    return Answer(status="answered", value=list(found.names)) if found.names else _unusable(cell, found)


def _read_points(practical: Practical, cells: Mapping[str, str]) -> Answer:
    points: dict[str, float] = {}
    for name, cell in cells.items():
        if not cell.strip():
            continue  # not given yet
        most = practical.criteria[name].points
        try:
            given = float(cell.strip().replace(",", "."))
        except ValueError:
            given = -1.0
        if not 0 <= given <= most:
            because = f"“{_clip(cell)}” is no number of points from 0 to {most:g} for `{name}`."
            return Answer(status="unusable", value=cell, because=because)
        points[name] = given
    return Answer(status="answered", value=points)
