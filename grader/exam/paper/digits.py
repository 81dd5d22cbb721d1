"""Numbers as rows of digits to tick, and the points that a corrector can tick."""

from __future__ import annotations

from collections.abc import Mapping

from grader.exam.questions import Question

LEAST_PLACES, MOST_PLACES = 4, 7
"""Before the decimals: never so few that the rows tell how large the answer is."""
MOST_OFFERED = 11


def digit_places(question: Question) -> tuple[int, ...] | None:
    """The powers of ten that have a row, the highest first; None where the answer is written in words instead.

    That is where no number of decimals is asked for, or too many digits are needed.
    """
    numeric = question.numeric
    if numeric is None or numeric.decimals is None:
        return None
    largest = max(abs(numeric.value), *(abs(mistake.number) for mistake in numeric.mistakes.values()), 0.0)
    before = max(len(f"{largest:.0f}"), LEAST_PLACES)
    if before > MOST_PLACES:
        return None
    return tuple(range(before - 1, -numeric.decimals - 1, -1))


def tell_place(place: int) -> str:
    """What a row of digits counts.

    >>> tell_place(2), tell_place(-1), tell_place(-2)
    ('100', '.1', '.01')
    """
    return "1" + "0" * place if place >= 0 else f".{'0' * (-place - 1)}1"


def read_digits(rows: Mapping[int, str | None], *, negative: bool) -> str | None:
    """The number that the ticked digits make, or None where a row in the middle of it is empty.

    Rows in front of the first digit may be empty, and so may all decimals.

    >>> read_digits({2: None, 1: "4", 0: "2", -1: "5"}, negative=True)
    '-42.5'
    >>> read_digits({1: "4", 0: "2", -1: None}, negative=False), read_digits({1: "4", 0: None}, negative=False)
    ('42', None)
    """
    places = sorted(rows, reverse=True)
    whole = "".join(rows[place] or " " for place in places if place >= 0).lstrip()
    decimals = "".join(rows[place] or " " for place in places if place < 0).rstrip()
    if " " in whole or " " in decimals or not whole + decimals:
        return None
    number = (whole.lstrip("0") or "0") + (f".{decimals}" if decimals else "")
    return f"-{number}" if negative else number


def points_offered(most: float) -> tuple[str, ...]:
    """The points that can be ticked for a criterion: halves where they are few, else whole ones, else elevenths.

    >>> points_offered(2), points_offered(2.25)[:3]
    (('0', '0.5', '1', '1.5', '2'), ('0', '0.225', '0.45'))
    """
    for step in (0.5, 1.0):
        count = most / step
        if count == int(count) and count < MOST_OFFERED:
            return tuple(f"{step * n:g}" for n in range(int(count) + 1))
    return tuple(f"{most * n / (MOST_OFFERED - 1):g}" for n in range(MOST_OFFERED))


def fold_number(number: str) -> str:
    """A student's number without the zeros before it, which a row of the sheet may need and the class list not have.

    >>> fold_number("0077"), fold_number("000"), fold_number("")
    ('77', '0', '')
    """
    return number.lstrip("0") or number[:1]
