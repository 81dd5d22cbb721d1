"""Right values in the wrong places: transposed, columns exchanged, another order, shifted, too few, a wrong border.

A look takes the answer and the target, *any one shape float64*, finite and not near each other, and the tolerance, a
share of the target's spread. It returns what it sees, or None. Only `too_many_or_few` takes two shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np

from grader.language import Reason, _, ngettext
from grader.score.arrays import FloatArray, spread
from grader.score.error_pattern import Diagnosis, near, speaks
from grader.score.sentences import listed

_MOST_COORDINATES = 4
_MOST_ROWS = 20_000
_FEWEST_ROWS = 2
_FEWEST_NUMBERS = 6
_FARTHEST_SHIFT = 3
_WIDEST_BORDER = 8
_SMALLEST_PICTURE = 8


def say_transposed() -> Diagnosis:
    """Rows and columns have changed places."""
    text = _("It is the transpose of what is expected: rows and columns have changed places.")
    return Diagnosis("transposed", text, text)


def transposed(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Rows and columns changed, where both are as many."""
    turned = turn(answer)
    if turned is None or turned.shape != target.shape:
        return None
    return say_transposed() if near(turned, target, tolerance) else None


def turn(answer: FloatArray) -> FloatArray | None:
    """Rows and columns changed, of a matrix or of a picture with channels."""
    return np.swapaxes(answer, 0, 1) if answer.ndim in (2, 3) else None


def swapped(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Points, a row each, with two of their coordinates changed, in whatever order the rows then stand.

    >>> places_rc = np.array([[2.0, 30.0], [5.0, 10.0], [7.0, 20.0]])
    >>> swapped(places_rc[:, ::-1], places_rc, 1e-5).name
    'swapped'
    """
    if answer.ndim != 2 or answer.shape[1] > _MOST_COORDINATES:
        return None
    # Whose rows are right as they stand has no columns exchanged.
    may_be_sorted = not _has_rows_of(answer, target, tolerance)
    for one, other in combinations(range(answer.shape[1]), 2):
        exchanged = answer.copy()
        exchanged[:, [one, other]] = answer[:, [other, one]]
        is_same_list = may_be_sorted and _has_rows_of(exchanged, target, tolerance)
        if not is_same_list and not near(exchanged, target, tolerance):
            continue
        if answer.shape[1] == 2:
            text = _("The two columns have changed places, as x and y do where [row, column] is taken for (x, y).")
            return Diagnosis("swapped", text, text)
        told = _("Columns {one} and {other} have changed places.", one=one, other=other)
        return Diagnosis("swapped", told, _("Two of the columns have changed places."))
    return None


def reordered(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """The right rows, or the right numbers of a list, sorted by something else.

    >>> str(reordered(np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0]), 1e-5).sentence)
    'The values are right, but in another order: look at what they are sorted by.'
    """
    if answer.ndim > 2 or not _has_rows_of(answer, target, tolerance):
        return None
    text = _("The rows are right, but in another order: look at what they are sorted by.")
    if answer.ndim == 1:
        text = _("The values are right, but in another order: look at what they are sorted by.")
    return Diagnosis("reordered", text, text)


def _has_rows_of(answer: FloatArray, target: FloatArray, tolerance: float) -> bool:
    """Whether both have the same rows, in whatever order; of few different ones, that may be chance."""
    if len(answer) > _MOST_ROWS:
        return False
    mine, theirs = _sorted_rows(answer), _sorted_rows(target)
    return 2 * len(np.unique(theirs, axis=0)) > len(theirs) and near(mine, theirs, tolerance)


def _sorted_rows(array: FloatArray) -> FloatArray:
    rows = array.reshape(len(array), -1)
    return rows[np.lexsort(rows.T)]


def too_many_or_few(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Of a list of points or pairs, in whatever order: all that is expected and more, or only a part of it.

    >>> pairs = np.array([[0.0, 4.0], [1.0, 2.0], [2.0, 9.0], [3.0, 1.0]])
    >>> str(too_many_or_few(pairs[:3], pairs, 1e-5).sentence)
    'Its rows are right, but 1 is missing.'
    """
    if answer.ndim != 2 or target.ndim != 2:
        return None
    if max(len(answer), len(target)) > _MOST_ROWS:
        return None
    unit = tolerance * spread(target)
    mine, theirs = ({tuple(row) for row in np.rint(rows / unit).tolist()} for rows in (answer, target))
    shared, more = mine & theirs, abs(len(answer) - len(target))
    if len(shared) < _FEWEST_ROWS or len(shared) * target.shape[1] < _FEWEST_NUMBERS:
        return None
    if len(shared) == len(theirs) and len(answer) > len(target):
        told = ngettext(
            "All that is expected is there, and {n} row more.",
            "All that is expected is there, and {n} rows more.",
            more,
        )
        return Diagnosis("extra-rows", told, _("All that is expected is there, and more that is not."))
    if len(shared) == len(mine) and len(answer) < len(target):
        told = ngettext("Its rows are right, but {n} is missing.", "Its rows are right, but {n} are missing.", more)
        return Diagnosis("missing-rows", told, _("Its rows are right, but some are missing."))
    return None


def flipped(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """In reverse order along one axis, which may be that of the channels."""
    for axis in range(answer.ndim):
        if not near(np.flip(answer, axis), target, tolerance):
            continue
        if answer.ndim == 3 and axis == 2 and answer.shape[2] == 3:
            text = _("The three channels are in reverse order: OpenCV reads BGR, most others RGB.")
            return Diagnosis("channels-reversed", text, text)
        told = _("The values are right, but in reverse order along axis {axis}.", axis=axis)
        return Diagnosis("reversed", told, _("The values are right, but in reverse order."))
    return None


def shifted(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """A few places away, along one or both of the first two axes."""
    for shift in _shifts(min(answer.ndim, 2)):
        if any(abs(step) * 2 > size for step, size in zip(shift, answer.shape, strict=False)):
            continue
        moved, still = answer[_window(shift)], target[_window([-step for step in shift])]
        if speaks(still) and spread(still) > 0.1 * spread(target) and near(moved, still, tolerance):
            told = _("The values are right, but shifted by {steps}.", steps=_say_steps(shift))
            return Diagnosis("shifted", told, _("The values are right, but shifted."))
    return None


def _say_steps(shift: tuple[int, ...]) -> Reason:
    if len(shift) == 1:
        return _say_places(shift[0])
    rows, columns = shift
    return listed([step for step, size in ((_say_rows(rows), rows), (_say_columns(columns), columns)) if size])


def _say_places(places: int) -> Reason:
    if places > 0:
        return ngettext("{n} place forward", "{n} places forward", places)
    return ngettext("{n} place back", "{n} places back", -places)


def _say_rows(rows: int) -> Reason:
    if rows > 0:
        return ngettext("{n} row down", "{n} rows down", rows)
    return ngettext("{n} row up", "{n} rows up", -rows)


def _say_columns(columns: int) -> Reason:
    if columns > 0:
        return ngettext("{n} column right", "{n} columns right", columns)
    return ngettext("{n} column left", "{n} columns left", -columns)


def _shifts(axes: int) -> Iterator[tuple[int, ...]]:
    """Short shifts first, so that the shortest that fits is told."""
    steps = range(-_FARTHEST_SHIFT, _FARTHEST_SHIFT + 1)
    yield from sorted((shift for shift in product(steps, repeat=axes) if any(shift)), key=lambda s: sum(map(abs, s)))


def _window(shift: tuple[int, ...] | list[int]) -> tuple[slice, ...]:
    return tuple(slice(max(step, 0), min(step, 0) or None) for step in shift)


def border(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Right but for a frame; of an array too small for a picture, such as weights, all four sides of it are wrong.

    Of three axes the picture's may be the first two, before its channels, or the last two, behind a stack's.
    """
    if answer.ndim == 3:
        found = _frame(answer, target, tolerance)
        return found or _frame(np.moveaxis(answer, 0, -1), np.moveaxis(target, 0, -1), tolerance)
    return _frame(answer, target, tolerance) if answer.ndim >= 2 else None


def _frame(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Along the first two axes."""
    if min(answer.shape[:2]) < _SMALLEST_PICTURE and not _all_sides_differ(answer, target, tolerance):
        return None
    for width in range(1, min(_WIDEST_BORDER, min(answer.shape[:2]) // 4) + 1):
        inside = (slice(width, -width), slice(width, -width))
        if speaks(target[inside]) and near(answer[inside], target[inside], tolerance):
            told = ngettext(
                "Only the border of {n} pixel is not as expected: check how you pad it.",
                "Only the border of {n} pixels is not as expected: check how you pad it.",
                width,
            )
            plain = _("Only the values at the image's border are not as expected: check how you pad it.")
            return Diagnosis("border", told, plain)
    return None


def _all_sides_differ(answer: FloatArray, target: FloatArray, tolerance: float) -> bool:
    differs = np.abs(answer - target) > tolerance * spread(target)
    return all(bool(side.any()) for side in (differs[0], differs[-1], differs[:, 0], differs[:, -1]))
