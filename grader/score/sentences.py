"""Numbers, names and lists as they stand in the sentences that students read."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.language import _, pgettext, write_decimals
from grader.rubric import Probe

_LONGEST_NAME = 40
_LONGEST_VALUE = 60


def number(value: float, digits: int = 3) -> str:
    """A number with about `digits` significant digits, and whole numbers in full.

    >>> number(0.00412345), number(1234.5), number(97), number(float("nan"))
    ('0.00412', '1230', '97', 'NaN')
    """
    return write_decimals(_figure(value, digits))


def _figure(value: float, digits: int) -> str:
    """The number with a decimal point, as in code."""
    if isinstance(value, int) and abs(value) < 10**12:
        return str(int(value))
    try:
        value = float(value)
    except OverflowError:
        return _("a number with hundreds of digits")
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return _("infinity") if value > 0 else _("-infinity")
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e+" in text and abs(value) < 1e9 else text


def measured(value: float, *, tells: bool) -> str:
    """A number that was measured on an answer; of a hidden one with two digits, for it could carry the inputs out.

    >>> measured(0.00412345, tells=True), measured(0.00412345, tells=False)
    ('0.00412', '0.0041')
    """
    return number(float(value), 3 if tells else 2)


def number_pair(one: float, other: float) -> tuple[str, str]:
    """Two numbers, with as many digits as it takes to tell them apart.

    >>> number_pair(2.00004, 2.0), number_pair(0.5, 0.25)
    (('2.00004', '2'), ('0.5', '0.25'))
    """
    for digits in range(3, 18):
        texts = number(one, digits), number(other, digits)
        if texts[0] != texts[1]:
            break
    return texts


def code(name: str, most: int = _LONGEST_NAME) -> str:
    """A name as code: bounded, and without characters that do not show or that end the code.

    >>> code("model_2")
    '`model_2`'
    """
    return f"`{clean(name, most).replace('`', '�')}`"


def clean(text: str, most: int = _LONGEST_NAME) -> str:
    """Foreign text on one line: bounded, and without control, bidirectional and broken characters.

    >>> clean("two\\nlines")
    'two lines'
    """
    start = " ".join(text[: most + 1].split())
    kept = "".join("�" if unicodedata.category(char)[0] == "C" else char for char in start)
    return f"{kept[:most]}…" if len(text) > most else kept


def listed(items: Sequence[str], most: int = 6) -> str:
    """The items in a row.

    >>> listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b", "c"], most=1)
    ('a', 'a, b and c', 'a and 2 more')
    """
    shown = _first(items, most)
    if len(shown) < 2:
        return "".join(shown) or pgettext("of a list", "none")
    return _("{items} and {last}", items=", ".join(shown[:-1]), last=shown[-1])


def listed_or(items: Sequence[str], most: int = 6) -> str:
    """The items in a row, of which any may be meant.

    >>> listed_or(["a", "b", "c"])
    'a, b or c'
    """
    shown = _first(items, most)
    if len(shown) < 2:
        return "".join(shown) or pgettext("of a list", "none")
    return _("{items} or {last}", items=", ".join(shown[:-1]), last=shown[-1])


def _first(items: Sequence[str], most: int) -> list[str]:
    more = [_("{n} more", n=len(items) - most)] if len(items) > most else []
    return [*items[:most], *more]


def shown(value: Any) -> str:
    """A value in a few characters.

    >>> shown([1, 2.5]), shown("yes"), shown(None), shown({"a": 1})
    ('[1, 2.5]', '"yes"', 'None', '{a: 1}')
    """
    # A number alone is one of the sentence; within a list or a call it is code.
    text = number(value, 6) if isinstance(value, (int, float)) and not isinstance(value, bool) else _shown(value, 0)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _shown(value: Any, depth: int) -> str:
    if isinstance(value, np.ndarray):
        if value.ndim == 0 and value.dtype.kind in "biuf":
            return _shown(value.item(), depth)
        return _("an array of shape {shape}", shape=shape(value.shape))
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return _figure(value, 6)
    if isinstance(value, str):
        return f'"{clean(value)}"'
    if depth > 3:
        return "…"
    # Seven are more than fit, so a long list ends in the mark that it was cut.
    if isinstance(value, list):
        rest = ", …" if len(value) > 7 else ""
        return f"[{', '.join(_shown(item, depth + 1) for item in value[:7])}{rest}]"
    if isinstance(value, dict):
        pairs = [f"{clean(str(key))}: {_shown(item, depth + 1)}" for key, item in list(value.items())[:7]]
        return f"{{{', '.join(pairs)}{', …' if len(value) > 7 else ''}}}"
    return _("a value of type {type}", type=code(type(value).__name__))


def shape(sizes: Sequence[int | None]) -> str:
    """A shape as NumPy writes it; a free size is `any`.

    >>> shape((100,)), shape([None, 1])
    ('(100,)', '(any, 1)')
    """
    texts = [_("any") if size is None else str(size) for size in sizes]
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"


def subject(probe: Probe | None, *, tells: bool) -> str:
    """What was asked for, as the beginning of a sentence; the inputs only where they may be told."""
    if probe is not None and isinstance(probe.variable, str):
        return code(probe.variable)
    if probe is not None and probe.call:
        if not tells:
            return _("The value of {function} on a hidden input", function=code(probe.call))
        return _("The value of {call}", call=code(_call(probe.call, probe.arguments)))
    return _("Your answer")


def inside(subject: str) -> str:
    """A subject as it stands inside a sentence.

    >>> inside("The value of `f`"), inside("`Slope`")
    ('the value of `f`', '`Slope`')
    """
    return f"{subject[0].lower()}{subject[1:]}"


def _call(name: str, arguments: Mapping[str, Any]) -> str:
    """The call as a student would write it, where its inputs are plain and few; else the function's name."""
    call = f"{name}({', '.join(_shown(value, 0) for value in arguments.values())})"
    plain = all(isinstance(value, (bool, int, float, str)) for value in arguments.values())
    return call if plain and len(call) <= _LONGEST_NAME else name
