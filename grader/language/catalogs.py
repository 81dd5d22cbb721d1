"""The languages in which people read. English is what the code says; the others are catalogs in locale/.

    with language("es"):
        print(_("Students"))

A language is set once, at the outermost edge: where a page, a sheet, a letter or a terminal is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal, cast

from grader.language.reasons import ENGLISH, Day, Reason, Tongue, _, speaking, spoken

Code = Literal["en", "es"]

DOMAIN = "grader"


@contextmanager
def language(code: Code, *, is_strict: bool = False) -> Iterator[None]:
    """All texts that are worded within are in this language; strictly, one that its catalog lacks is an error."""
    tongue = tongue_of(code)
    with speaking(replace(tongue, is_strict=True) if is_strict else tongue):
        yield


def current_language() -> Code:
    """The language that is spoken here.

    >>> with language("es"):
    ...     current_language()
    'es'
    """
    return cast(Code, spoken().code)


def language_of(words: str) -> Code:
    """The language in which we speak to readers of an exam in this one: English, where there is no catalog."""
    return "es" if words == "es" else "en"


def write_date(day: date) -> str:
    """A day, as the language that is spoken here writes it.

    >>> with language("es"):
    ...     write_date(date(2024, 8, 11))
    '11 de agosto de 2024'
    """
    return spoken().write_day(day)


def write_moment(day: date, time: str) -> Reason:
    """A day and a time of it, which is written already.

    >>> str(write_moment(date(2024, 8, 11), "23:59"))
    '2024-08-11 23:59'
    """
    return _("{date} {time}", date=Day(f"{day:%Y-%m-%d}"), time=time)


@cache
def tongue_of(code: Code) -> Tongue:
    """The language, with its catalog read once."""
    if code == "en":
        return ENGLISH
    # Babel takes a tenth of a second to come in, which no English course has to wait for.
    from babel import Locale
    from babel.dates import format_date
    from babel.messages.pofile import read_po

    with resources.files("grader.language").joinpath("locale", f"{code}.po").open("rb") as lines:
        catalog = read_po(lines, locale=code, domain=DOMAIN, abort_invalid=True)
    texts: dict[tuple[str, str], tuple[str, ...]] = {}
    for text in catalog:
        forms = (text.string,) if isinstance(text.string, str) else tuple(text.string or ())
        if text.id and all(forms):
            texts[text.context or "", text.id if isinstance(text.id, str) else text.id[0]] = forms
    mark = str(Locale.parse(code).number_symbols["latn"]["decimal"])
    return Tongue(code, mark, texts, catalog.plural_expr, lambda day: format_date(day, "long", locale=code))
