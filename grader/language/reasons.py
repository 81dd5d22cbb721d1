"""Reasons: texts as data, an English text and its values, worded only where a person reads them.

    reason = ngettext("{n} network learned.", "{n} networks learned.", 2)
    with language("es"):
        print(reason)

A reason is stored and compared as data and has no language. `str()`, an f-string or a template words it, in the
language of that place: so another language needs no other run and no other score, and nothing is ever found again in
prose. A text that is not marked is a `str`, and no field that holds a Reason takes one.

The English text is its id, as in gettext: one tool collects the texts from the code, a text is read where it is
written, and a reason that an older version stored still says itself in English. Fluent would keep the texts apart from
the code, and a stored id without its text says nothing.

This module imports nothing but Python's own: a released notebook's last cell carries it as it is.
"""

from __future__ import annotations

import gettext
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal, TypeAlias

Value: TypeAlias = "str | int | float | Digits | Day | Formed | Reason"


@dataclass(frozen=True)
class Digits:
    """A number with as many digits as are to be read: `0.50`. Its decimal mark is the reader's."""

    digits: str

    def __str__(self) -> str:
        return write_decimals(self.digits)


@dataclass(frozen=True)
class Day:
    """A day, written as the reader's language writes it; in English as ISO 8601, which no two countries read
    differently.

    >>> str(Day("2024-08-11"))
    '2024-08-11'
    """

    iso: str

    def __str__(self) -> str:
        return _SPOKEN.get().write_day(date.fromisoformat(self.iso))


@dataclass(frozen=True)
class Reason:
    """A text and its values. Made by `_`, `ngettext`, `pgettext`, `join` and `verbatim`.

    >>> reason = _("{earned} of {possible} points", earned=1, possible=2)
    >>> str(reason), reason.text, reason.values["earned"]
    ('1 of 2 points', '{earned} of {possible} points', 1)
    """

    text: str
    """English, with the places of the values: what the catalogs know it by."""
    values: Mapping[str, Value] = field(default_factory=dict)
    many: str = ""
    """The text for several, where the value `n` chooses."""
    context: str = ""
    """What the English means here, where it has one word for two things."""

    def __str__(self) -> str:
        return _SPOKEN.get().word(self)

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.text)

    def __hash__(self) -> int:
        return hash((self.text, self.context, tuple(sorted(self.values.items(), key=lambda item: item[0]))))

    def __add__(self, other: Reason) -> Reason:
        """One sentence after the other.

        >>> str(_("The name is wrong.") + NOTHING + verbatim("KeyError"))
        'The name is wrong. KeyError'
        """
        return join([self, other])

    def dump(self) -> dict[str, Any]:
        """As JSON has it."""
        told: dict[str, Any] = {"text": self.text}
        if self.values:
            told["values"] = {name: _dump(value) for name, value in self.values.items()}
        if self.many:
            told["many"] = self.many
        if self.context:
            told["context"] = self.context
        return told

    @classmethod
    def load(cls, told: Mapping[str, Any]) -> Reason:
        """What `dump` made; a ValueError for anything else."""
        values = told.get("values", {})
        texts = [told.get("text"), told.get("many", ""), told.get("context", "")]
        if not isinstance(values, Mapping) or not all(isinstance(text, str) for text in texts):
            raise ValueError("a reason is a text and its values")
        return cls(texts[0], {str(name): _load(value) for name, value in values.items()}, texts[1], texts[2])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """A Reason, or what it was stored as: never prose, except where the reader of old files brings an adapter."""
        from pydantic_core import core_schema

        def read(value: Any, info: Any) -> Reason:
            if isinstance(value, str) and info.context and "prose" in info.context:
                adapt: Callable[[str], Reason] = info.context["prose"]
                return adapt(value)
            if isinstance(value, cls):
                return value
            if value == "":
                return NOTHING
            if not isinstance(value, Mapping):
                raise ValueError("this is prose: a reason is made by `_`")
            reason = cls.load(value)
            return info.context["reason"](reason) if info.context and "reason" in info.context else reason

        return core_schema.with_info_plain_validator_function(
            read, serialization=core_schema.plain_serializer_function_ser_schema(cls.dump)
        )


@dataclass(frozen=True)
class Formed:
    """A reason as the place where it stands wants it.

    >>> str(Formed(_("The value of {name}", name="`f`"), "inside")), str(Formed(_("Is it right?"), "ended"))
    ('the value of `f`', 'Is it right?')
    """

    reason: Reason
    form: Literal["inside", "ended"]
    """inside: a beginning of a sentence as it stands within one; ended: with a full stop, where it has no other end"""

    def __str__(self) -> str:
        told = str(self.reason)
        if self.form == "inside":
            return f"{told[:1].lower()}{told[1:]}"
        return told if told.endswith((".", "!", "?", "…", ".”", "?”", "!”")) else f"{told}."


NOTHING = Reason("")
"""No reason: it says nothing."""


@dataclass(frozen=True, eq=False)
class Tongue:
    """A language: its texts, the sign before the decimals of its numbers, and how it writes a day."""

    code: str = "en"
    decimal_mark: str = "."
    texts: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """(context, English) -> the text, or its forms"""
    plural: str = "(n != 1)"
    """Which form a number takes, as catalogs write it."""
    write_day: Callable[[date], str] = date.isoformat
    is_strict: bool = False
    """A text that the catalog lacks is an error, as tests want it; else it is told in English."""

    def word(self, reason: Reason) -> str:
        """The reason in this language."""
        text = self._look(reason)
        return text.format(**{name: _write(value, self) for name, value in reason.values.items()})

    def _look(self, reason: Reason) -> str:
        place = 0
        if reason.many:
            n = reason.values["n"]
            # Catalogs choose by whole numbers. With decimals our languages say several, also below one: 0.5 points.
            place = _choose_form(self.plural)(n if isinstance(n, int) else 1 if n == 1 else 2)
        forms = self.texts.get((reason.context, reason.text)) if reason.text else None
        if forms is not None:
            return forms[place]
        if self.is_strict and has_words(reason.text):
            raise LookupError(f"no catalog knows {reason.text!r}")
        return reason.many if place else reason.text


@cache
def _choose_form(plural: str) -> Callable[[int], int]:
    return gettext.c2py(plural)


ENGLISH = Tongue()
_SPOKEN: ContextVar[Tongue] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(tongue: Tongue) -> Iterator[None]:
    """Every reason that is worded within is in this language."""
    token = _SPOKEN.set(tongue)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> Tongue:
    """The language of this place."""
    return _SPOKEN.get()


def _(message: str, /, **values: Value) -> Reason:
    """The text, to be worded in the reader's language with the values in its places.

    >>> str(_("{earned} of {possible} points", earned=1, possible=2))
    '1 of 2 points'
    """
    return Reason(message, _plain(values))


def ngettext(one: str, many: str, n: float, /, **values: Value) -> Reason:
    """The text whose form `n` chooses; `n` itself stands where the text says {n}.

    >>> [str(ngettext("{n} student", "{n} students", n)) for n in (1, 3)]
    ['1 student', '3 students']
    """
    return Reason(one, _plain({"n": n, **values}), many)


def pgettext(context: str, message: str, /, **values: Value) -> Reason:
    """The text, where the same English means another thing elsewhere; the context says which it is."""
    return Reason(message, _plain(values), context=context)


def N_(message: str) -> str:  # noqa: N802  (gettext's own name)
    """The message itself: it is only marked for the catalog, and becomes a reason later, by `_`."""
    return message


def verbatim(text: str) -> Reason:
    """What is nobody's to translate: a student's error, a person's own words, the text of a rubric or an exam.

    >>> str(verbatim("KeyError: {x}"))
    'KeyError: {x}'
    """
    return Reason("{text}", {"text": text}) if text else NOTHING


def error(name: str, detail: Value) -> Reason:
    """An error of the student's code, as Python tells it.

    >>> str(error("KeyError", "'x'"))
    "KeyError: 'x'"
    """
    return Reason("{error}: {detail}" if detail else "{error}", {"error": name, "detail": detail})


def join(parts: Iterable[Value], separator: str = " ") -> Reason:
    """Several in a row, without those that say nothing. The separator has no words.

    >>> str(join([_("{n} more", n=2), NOTHING, "x"], ", "))
    '2 more, x'
    """
    said = [part for part in parts if part or part == 0]
    if len(said) == 1 and isinstance(said[0], Reason):
        return said[0]
    named = {f"part{place}": part for place, part in enumerate(said)}
    return Reason(separator.join(f"{{{name}}}" for name in named), named)


def has_words(text: str) -> bool:
    """Whether there is anything to translate in a text, beside the places of its values.

    >>> has_words("{part0}, {part1}"), has_words("{n} more")
    (False, True)
    """
    return any(letter.isalpha() for words, *_rest in string.Formatter().parse(text) for letter in words)


def write_decimals(number: str) -> str:
    """A number that was written with a decimal point, as the language of this place writes it."""
    mark = _SPOKEN.get().decimal_mark
    return number if mark == "." else number.replace(".", mark)


def write_number(value: float) -> str:
    """A number with at most six significant digits."""
    return write_decimals(f"{value:g}")


def _plain(values: Mapping[str, Any]) -> dict[str, Value]:
    """NumPy's numbers become Python's, which can be stored."""
    return {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}


def _write(value: Value, tongue: Tongue) -> str:
    if isinstance(value, Reason):
        return tongue.word(value)
    if isinstance(value, float):
        return f"{value:g}".replace(".", tongue.decimal_mark)
    return str(value)


def _dump(value: Value) -> Any:
    match value:
        case Reason():
            return value.dump()
        case Digits(digits):
            return {"number": digits}
        case Day(iso):
            return {"day": iso}
        case Formed(reason, form):
            return {form: reason.dump()}
    return value


def _load(told: Any) -> Value:
    match told:
        case {"text": str()}:
            return Reason.load(told)
        case {"number": str(digits)}:
            return Digits(digits)
        case {"day": str(iso)}:
            return Day(iso)
        case {"inside": dict(reason)}:
            return Formed(Reason.load(reason), "inside")
        case {"ended": dict(reason)}:
            return Formed(Reason.load(reason), "ended")
        case str() | int() | float():
            return told
    raise ValueError("a reason holds texts, numbers, days and reasons")
