"""The language that a sheet speaks: that of the print, whatever the course's is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

from grader.errors import UserError
from grader.language import Code, Reason, language, ngettext

LANGUAGES: tuple[Code, ...] = get_args(Code)


@contextmanager
def sheet_language(code: str) -> Iterator[None]:
    """All texts within are in the print's language, or a UserError that says which languages there are."""
    if code not in LANGUAGES:
        raise UserError(
            f"sheets cannot be printed in `{code}` yet",
            remedy=f"Choose --language {' or '.join(LANGUAGES)}, if the exam has it; "
            "another language is one more catalog in grader/language/locale.",
        )
    with language(code):
        yield


def say_points(points: float) -> Reason:
    """So many points.

    >>> with sheet_language("es"):
    ...     str(say_points(1)), str(say_points(0.5))
    ('1 punto', '0,5 puntos')
    """
    return ngettext("{points} point", "{points} points", points, points=points)
