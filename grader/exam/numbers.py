"""Numbers as students write them: decimal commas, units, fractions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

_NUMBER = re.compile(
    r"(?P<sign>[-+]?)\s*(?P<digits>\d[\d.,']*|[.,]\d+)(?:\s*(?:e|[·*×x]\s*10\s*\^)\s*(?P<power>[-+]?\d{1,3}))?"
)
_FRACTION = re.compile(r"([-+]?\d+)\s*/\s*(\d+)")


def read_number(text: str, unit: str, units: Mapping[str, float], *, point_groups: bool = False) -> list[float]:
    """What the text may mean, in the unit of the answer: two numbers where it is ambiguous, none where it is none.

    A comma before three digits may separate thousands or decimals. A point is the decimal separator, but with
    `point_groups` it may separate thousands as well, as in languages with a decimal comma. A number beyond what a
    computer holds is none.

    >>> read_number("0,5 m", "m", {}), read_number("50 cm", "m", {"cm": 0.01}), read_number("1/8", "", {})
    ([0.5], [0.5], [0.125])
    >>> read_number("1,050", "", {}), read_number("five", "", {}), read_number("5 kg", "m", {})
    ([1.05, 1050.0], [], [])
    >>> read_number("1.500", "", {}), read_number("1.500", "", {}, point_groups=True), read_number("1e400", "", {})
    ([1.5], [1.5, 1500.0], [])
    """
    plain = " ".join(text.replace("−", "-").split()).lstrip("=≈ ").casefold()
    factors = {"": 1.0, unit.casefold(): 1.0, **{name.casefold(): factor for name, factor in units.items()}}
    fraction = _FRACTION.match(plain)
    if fraction is not None and float(fraction[2]):
        # As floats: a whole number of any length is one, if only an infinite one, and division never overflows.
        values, rest = [float(fraction[1]) / float(fraction[2])], plain[fraction.end() :]
    else:
        found = _NUMBER.match(plain)
        if found is None:
            return []
        values, rest = _values_of(found, ",." if point_groups else ","), plain[found.end() :]
    factor = factors.get(rest.strip().rstrip("."))
    if factor is None:
        return []
    return [value * factor for value in values if math.isfinite(value * factor)]


def _values_of(found: re.Match[str], may_group: str) -> list[float]:
    """The readings of the digits; a single mark of `may_group` before three digits separates thousands or decimals."""
    digits = found["digits"].replace("'", "").rstrip(".,")
    marks = [mark for mark in digits if mark in ".,"]
    if len(set(marks)) == 2:  # the last kind of mark separates the decimals
        thousands, decimal = marks[0], marks[-1]
        readings = [digits.replace(thousands, "").replace(decimal, ".")] if marks.count(decimal) == 1 else []
    elif len(marks) > 1:
        readings = [digits.replace(marks[0], "")] if re.fullmatch(r"\d{1,3}([.,]\d{3})+", digits) else []
    else:
        readings = [digits.replace(",", ".")]
        if re.fullmatch(rf"[1-9]\d{{0,2}}[{may_group}]\d{{3}}", digits):
            readings.append(digits.replace(marks[0], ""))
    # With its power in the text, a number that is too large is infinite; multiplied by one, it would be an error.
    return [float(f"{found['sign']}{reading}e{found['power'] or 0}") for reading in readings]
