"""The language in which people are told things. English is what the code says; the others are catalogs in locale/.

    with language("es"):
        _("{count} of your networks learned.", count=2)

A text is marked where it is made: `_` for one that is told at once, `ngettext` where a number chooses its form,
`pgettext` where English has one word for two things, and `N_` where it is told later.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

Code = Literal["en", "es"]

DOMAIN = "grader"


@dataclass(frozen=True, eq=False)
class _Tongue:
    """A language with its texts, and the sign before the decimals of its numbers."""

    code: Code
    decimal_mark: str
    texts: gettext.NullTranslations


_ENGLISH = _Tongue("en", ".", gettext.NullTranslations())
_SPOKEN: ContextVar[_Tongue] = ContextVar("language", default=_ENGLISH)


@contextmanager
def language(code: Code) -> Iterator[None]:
    """All texts that are made within are in this language."""
    token = _SPOKEN.set(_tongue(code))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def current_language() -> Code:
    """The language that is spoken here.

    >>> with language("es"):
    ...     current_language()
    'es'
    """
    return _SPOKEN.get().code


def _(message: str, /, **values: object) -> str:
    """The text in the language that is spoken here, with the values in its places.

    >>> _("{earned} of {possible} points", earned=1, possible=2)
    '1 of 2 points'
    """
    return _SPOKEN.get().texts.gettext(message).format(**values)


def ngettext(one: str, many: str, n: float, /, **values: object) -> str:
    """The form of the text that `n` takes; `n` itself stands where the text says {n}.

    >>> ngettext("{n} student", "{n} students", 1), ngettext("{n} student", "{n} students", 3)
    ('1 student', '3 students')
    """
    # Catalogs choose by whole numbers. With decimals it is several in our languages, also below one: 0.5 points.
    whole = n if isinstance(n, int) else 1 if n == 1 else 2
    return _SPOKEN.get().texts.ngettext(one, many, whole).format(n=n, **values)


def pgettext(context: str, message: str, /, **values: object) -> str:
    """The text, where the same English means another thing elsewhere; the context says which it is."""
    return _SPOKEN.get().texts.pgettext(context, message).format(**values)


def N_(message: str) -> str:  # noqa: N802  (gettext's own name)
    """The message itself: it is only marked for the catalog, and told later, by `_`."""
    return message


def write_decimals(number: str) -> str:
    """A number that was written with a decimal point, as the language that is spoken here writes it.

    >>> with language("es"):
    ...     write_decimals("3.5")
    '3,5'
    """
    mark = _SPOKEN.get().decimal_mark
    return number if mark == "." else number.replace(".", mark)


def write_date(day: date) -> str:
    """A day: in English as ISO 8601 has it, which no two countries read differently.

    >>> write_date(date(2024, 8, 11))
    '2024-08-11'
    >>> with language("es"):
    ...     write_date(date(2024, 8, 11))
    '11 de agosto de 2024'
    """
    code = current_language()
    if code == "en":
        return f"{day:%Y-%m-%d}"
    from babel.dates import format_date

    return format_date(day, "long", locale=code)


@cache
def _tongue(code: Code) -> _Tongue:
    """The language, with its catalog read once."""
    if code == "en":
        return _ENGLISH
    # Babel takes a tenth of a second to come in, which no English course has to wait for.
    from babel import Locale
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = resources.files("grader").joinpath("locale", f"{code}.po")
    compiled = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=code, domain=DOMAIN, abort_invalid=True))
    compiled.seek(0)
    mark = Locale.parse(code).number_symbols["latn"]["decimal"]
    return _Tongue(code, str(mark), gettext.GNUTranslations(compiled))
