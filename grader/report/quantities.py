"""How the pages write numbers: points, durations, shares, memory, moments."""

from __future__ import annotations

import math
from datetime import datetime

from grader.language import _, ngettext, write_decimals, write_moment


def number(value: float) -> str:
    """At most two decimals, and none that say nothing.

    >>> number(7.5), number(2.0), number(1 / 3)
    ('7.5', '2', '0.33')
    """
    if not math.isfinite(value):
        return "–"
    return write_decimals(f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip("."))


def decimal(value: float) -> str:
    """Two decimals, and a true minus sign: for correlations and shares.

    >>> decimal(-0.456), decimal(0.0), decimal(-0.001)
    ('−0.46', '0.00', '0.00')
    """
    return write_decimals(f"{round(value, 2) + 0.0:.2f}".replace("-", "−"))


def points(value: float) -> str:
    """Points with their unit.

    >>> points(1), points(0.5)
    ('1 point', '0.5 points')
    """
    return str(ngettext("{points} point", "{points} points", value, points=number(value)))


def duration(seconds: float) -> str:
    """A length of time in the two largest units that matter.

    >>> [duration(s) for s in (0.042, 3.21, 59.7, 125, 7500, 200000)]
    ['42 ms', '3.2 s', '60 s', '2 min 5 s', '2 h 5 min', '2 d 7 h']
    """
    if not math.isfinite(seconds):
        return "–"
    whole = round(seconds)
    if seconds < 0.0995:
        return str(_("{ms} ms", ms=round(seconds * 1000)))
    if seconds < 60:
        return str(_("{s} s", s=number(round(seconds, 1)) if seconds < 9.95 else whole))
    if whole < 3600:
        return str(_("{min} min {s} s", min=whole // 60, s=whole % 60))
    if whole < 24 * 3600:
        return str(_("{h} h {min} min", h=whole // 3600, min=whole % 3600 // 60))
    return str(_("{d} d {h} h", d=whole // 86400, h=whole % 86400 // 3600))


def share(value: float) -> str:
    """A share of 1 as a percentage, never rounded to nothing.

    >>> share(0.0312), share(0.00004), share(0.0), share(0.5)
    ('3.1 %', '< 0.1 %', '0 %', '50 %')
    """
    if not math.isfinite(value):
        return "–"
    if 0 < value < 0.001:
        return write_decimals("< 0.1 %")
    return write_decimals(f"{100 * value:.2g} %" if value < 1 else f"{100 * value:.0f} %")


def significant(value: float) -> str:
    """Three significant digits: for errors and losses.

    >>> significant(0.0123456), significant(1234567.0)
    ('0.0123', '1.23e+06')
    """
    return write_decimals(f"{value:.3g}".replace("-", "−"))


def moment(when: datetime) -> str:
    """A moment to the minute, with the offset from UTC where it is known.

    >>> moment(datetime.fromisoformat("2024-08-11T23:58:30-03:00"))
    '2024-08-11 23:58 UTC−03:00'
    """
    zone = (when.tzname() or "").replace("-", "−")
    return str(write_moment(when, f"{when:%H:%M} {zone}".rstrip()))
