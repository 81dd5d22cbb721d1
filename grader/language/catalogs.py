"""The language in which people are told things. English is what the code says; the others are catalogs in locale/.

    with language("es"):
        _("{count} of your networks learned.", count=2)

A text is marked where it is made: `_` for one that is told at once, `ngettext` where a number chooses its form,
`pgettext` where English has one word for two things, and `N_` where it is told later. What is stored is stored in
English, by `kept`, and told by `retell`: so another language needs no other run.
"""

from __future__ import annotations

import gettext
import io
import re
import string
from collections.abc import Iterator, Mapping, Sequence
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
    forms: Mapping[str, Sequence[_Form]]
    """context -> the texts that may be kept under it, the wordiest first"""


@dataclass(frozen=True, eq=False)
class _Form:
    """How a text is recognised that was kept in English, and what it is in a language."""

    pattern: re.Pattern[str]
    told: str


_ENGLISH = _Tongue("en", ".", gettext.NullTranslations(), {})
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


def kept(context: str, message: str, /, **values: object) -> str:
    """A text that is stored: in English whatever is spoken here. `retell` tells it, by the same context."""
    return message.format(**values)


def retell(context: str, text: str) -> str:
    """A text that `kept` made, in the language that is spoken here, and so what it holds; any other as it is.

    >>> with language("es"):
    ...     retell("run", "`f` could not be asked: the kernel died.")
    'No se pudo consultar `f`: el kernel dejó de funcionar.'
    """
    for form in _SPOKEN.get().forms.get(context, ()):
        found = form.pattern.fullmatch(text)
        if found:
            return form.told.format(**{name: retell(context, value) for name, value in found.groupdict().items()})
    return text


def write_decimals(number: str) -> str:
    """A number that was written with a decimal point, as the language that is spoken here writes it.

    >>> with language("es"):
    ...     write_decimals("3.5")
    '3,5'
    """
    mark = _SPOKEN.get().decimal_mark
    return number if mark == "." else number.replace(".", mark)


def write_number(value: float) -> str:
    """A number with at most six significant digits.

    >>> with language("es"):
    ...     write_number(87.5)
    '87,5'
    """
    return write_decimals(f"{value:g}")


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


def write_moment(day: date, time: str) -> str:
    """A day and a time of it, which is written already.

    >>> write_moment(date(2024, 8, 11), "23:59")
    '2024-08-11 23:59'
    """
    return _("{date} {time}", date=write_date(day), time=time)


@cache
def _tongue(code: Code) -> _Tongue:
    """The language, with its catalog read once."""
    if code == "en":
        return _ENGLISH
    # Babel takes a tenth of a second to come in, which no English course has to wait for.
    from babel import Locale
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with resources.files("grader.language").joinpath("locale", f"{code}.po").open("rb") as lines:
        catalog = read_po(lines, locale=code, domain=DOMAIN, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    mark = str(Locale.parse(code).number_symbols["latn"]["decimal"])
    texts = [(text.context, text.id, text.string) for text in catalog if text.context and isinstance(text.id, str)]
    forms = {
        context: tuple(
            _form(text, str(told)) for own, text, told in sorted(texts, key=_wordiest_first) if own == context
        )
        for context in {own for own, _text, _told in texts}
    }
    return _Tongue(code, mark, gettext.GNUTranslations(compiled), forms)


def _wordiest_first(text: tuple[str, str, object]) -> int:
    return -sum(len(words) for words, *_rest in string.Formatter().parse(text[1]))


def _form(text: str, told: str) -> _Form:
    parts = string.Formatter().parse(text)
    pattern = "".join(re.escape(words) + (f"(?P<{place}>.+?)" if place else "") for words, place, *_rest in parts)
    return _Form(re.compile(pattern, re.DOTALL), told)
