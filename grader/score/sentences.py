"""Numbers, names and lists as they stand in the sentences that students read."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.language import Digits, Formed, Reason, Value, _, join, pgettext, verbatim
from grader.rubric import Probe

_LONGEST_NAME = 40
_LONGEST_VALUE = 60


def number(value: float, digits: int = 3) -> Digits | Reason:
    """A number with about `digits` significant digits, and whole numbers in full.

    >>> [str(number(value)) for value in (0.00412345, 1234.5, 97, float("nan"))]
    ['0.00412', '1230', '97', 'NaN']
    """
    try:
        if math.isinf(value):
            return _("infinity") if value > 0 else _("-infinity")
    except OverflowError:
        return _("a number with hundreds of digits")
    return Digits(figure(value, digits))


def figure(value: float, digits: int) -> str:
    """The number as code has it."""
    if isinstance(value, int) and abs(value) < 10**12:
        return str(int(value))
    try:
        value = float(value)
    except OverflowError:
        return "…"
    if math.isnan(value):
        return "NaN"
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e+" in text and abs(value) < 1e9 else text


def measured(value: float, *, tells: bool) -> Digits | Reason:
    """A number that was measured on an answer; of a hidden one with two digits, for it could carry the inputs out.

    >>> str(measured(0.00412345, tells=True)), str(measured(0.00412345, tells=False))
    ('0.00412', '0.0041')
    """
    return number(float(value), 3 if tells else 2)


def number_pair(one: float, other: float) -> tuple[Digits | Reason, Digits | Reason]:
    """Two numbers, with as many digits as it takes to tell them apart.

    >>> [str(number) for number in (*number_pair(2.00004, 2.0), *number_pair(0.5, 0.25))]
    ['2.00004', '2', '0.5', '0.25']
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


def listed(items: Sequence[Value], most: int = 6) -> Reason:
    """The items in a row.

    >>> [str(listed(items)) for items in ("a", "abc")], str(listed("abc", most=1))
    (['a', 'a, b and c'], 'a and 2 more')
    """
    shown = _first(items, most)
    if len(shown) < 2:
        return join(shown) or pgettext("of a list", "none")
    return _("{items} and {last}", items=join(shown[:-1], ", "), last=shown[-1])


def listed_or(items: Sequence[Value], most: int = 6) -> Reason:
    """The items in a row, of which any may be meant.

    >>> str(listed_or(["a", "b", "c"]))
    'a, b or c'
    """
    shown = _first(items, most)
    if len(shown) < 2:
        return join(shown) or pgettext("of a list", "none")
    return _("{items} or {last}", items=join(shown[:-1], ", "), last=shown[-1])


def _first(items: Sequence[Value], most: int) -> list[Value]:
    more = [_("{n} more", n=len(items) - most)] if len(items) > most else []
    return [*items[:most], *more]


def shown(value: Any) -> Value:
    """A value in a few characters.

    >>> [str(shown(value)) for value in ([1, 2.5], "yes", None, {"a": 1})]
    ['[1, 2.5]', '"yes"', 'None', '{a: 1}']
    """
    # What stands alone is told in words and the reader's numbers; within a list or a call it is code.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value, 6)
    if isinstance(value, np.ndarray) and (value.ndim > 0 or value.dtype.kind not in "biuf"):
        return _("an array of shape {shape}", shape=shape(value.shape))
    if not isinstance(value, (np.ndarray, bool, str, list, dict, type(None))):
        return _("a value of type {type}", type=code(type(value).__name__))
    text = _shown(value, 0)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _shown(value: Any, depth: int) -> str:
    if isinstance(value, np.ndarray):
        if value.ndim == 0 and value.dtype.kind in "biuf":
            return _shown(value.item(), depth)
        return f"array(…, shape={value.shape})"
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return figure(value, 6)
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
    return f"<{clean(type(value).__name__)}>"


def shape(sizes: Sequence[int | None]) -> Reason:
    """A shape as NumPy writes it; a free size is `any`.

    >>> str(shape((100,))), str(shape([None, 1]))
    ('(100,)', '(any, 1)')
    """
    row = join([_("any") if size is None else size for size in sizes], ", ")
    return Reason("({row},)" if len(sizes) == 1 else "({row})", {"row": row})


def subject(probe: Probe | None, *, tells: bool) -> Reason:
    """What was asked for, as the beginning of a sentence; the inputs only where they may be told."""
    if probe is not None and isinstance(probe.variable, str):
        return verbatim(code(probe.variable))
    if probe is not None and probe.call:
        if not tells:
            return _("The value of {function} on a hidden input", function=code(probe.call))
        return _("The value of {call}", call=code(_call(probe.call, probe.arguments)))
    return _("Your answer")


def inside(subject: Reason) -> Formed:
    """A subject as it stands inside a sentence.

    >>> str(inside(_("The value of {call}", call="`f`")))
    'the value of `f`'
    """
    return Formed(subject, "inside")


def _call(name: str, arguments: Mapping[str, Any]) -> str:
    """The call as a student would write it, where its inputs are plain and few; else the function's name."""
    call = f"{name}({', '.join(_shown(value, 0) for value in arguments.values())})"
    plain = all(isinstance(value, (bool, int, float, str)) for value in arguments.values())
    return call if plain and len(call) <= _LONGEST_NAME else name
