"""What to write in place of a name that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LIKENESS = 0.65
"""The least share of letters in common: one slip in a name of three letters has 0.67, two names of two have 0.5."""

MOST_LISTED = 20
"""Names that fit on a screen."""


def suggest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """The remedy: the known name that comes nearest or, where none is near, `otherwise` or all of them.

    >>> suggest("anna", ["ana", "bruno"]), suggest("carla", ["ana", "bruno"])
    ('Did you mean `ana`?', 'There are: ana, bruno.')
    """
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=LIKENESS)
    if near:
        return f"Did you mean `{near[0]}`?"
    return otherwise or f"There are: {', '.join(names[:MOST_LISTED])}{', …' if names[MOST_LISTED:] else ''}."
