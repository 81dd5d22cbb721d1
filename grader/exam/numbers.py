"""Numbers as students write them: decimal commas, units, fractions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

_NUMBER = re.compile(
    r"(?P<sign>[-+]?)\s*(?P<digits>\d[\d.,']*|[.,]\d+)(?:\s*(?:e|[·*x]\s*10\s*\^)\s*(?P<power>[-+]?\d{1,3}))?"
)
_FRACTION = re.compile(r"([-+]?\d+)\s*/\s*(\d+)")


def read_number(text: str, unit: str, units: Mapping[str, float]) -> list[float]:
    """What the text may mean, in the unit of the answer: two numbers where a comma is ambiguous, none where it is none.

    >>> read_number("0,5 m", "m", {}), read_number("50 cm", "m", {"cm": 0.01}), read_number("1/8", "", {})
    ([0.5], [0.5], [0.125])
    >>> read_number("1,050", "", {}), read_number("five", "", {}), read_number("5 kg", "m", {})
    ([1.05, 1050.0], [], [])
    """
    plain = " ".join(text.replace("−", "-").split()).lstrip("=≈ ").casefold()
    factors = {"": 1.0, unit.casefold(): 1.0, **{name.casefold(): factor for name, factor in units.items()}}
    fraction = _FRACTION.match(plain)
    if fraction is not None and int(fraction[2]):
        values, rest = [int(fraction[1]) / int(fraction[2])], plain[fraction.end() :]
    else:
        found = _NUMBER.match(plain)
        if found is None:
            return []
        values, rest = _values_of(found), plain[found.end() :]
    factor = factors.get(rest.strip().rstrip("."))
    if factor is None:
        return []
    return [value * factor for value in values if math.isfinite(value)]


def _values_of(found: re.Match[str]) -> list[float]:
    """The readings of the digits; a single comma or point before three digits may part thousands or decimals."""
    digits = found["digits"].replace("'", "").rstrip(".,")
    sign, power = -1.0 if found["sign"] == "-" else 1.0, found["power"] or "0"
    marks = [mark for mark in digits if mark in ".,"]
    if len(set(marks)) == 2:  # the last kind of mark parts the decimals
        thousands, decimal = marks[0], marks[-1]
        readings = [digits.replace(thousands, "").replace(decimal, ".")] if marks.count(decimal) == 1 else []
    elif len(marks) > 1:
        readings = [digits.replace(marks[0], "")] if re.fullmatch(r"\d{1,3}([.,]\d{3})+", digits) else []
    else:
        readings = [digits.replace(",", ".")]
        if re.fullmatch(r"[1-9]\d{0,2},\d{3}", digits):
            readings.append(digits.replace(",", ""))
    # By float itself, for which 1e999 is infinite: 10.0**999 would be an error.
    return [sign * float(f"{reading}e{power}") for reading in readings]
