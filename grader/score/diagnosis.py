"""Known ways for an array to be wrong: each is checked on the numbers, never guessed, and has a name for `partly`.

A diagnosis needs enough numbers to speak of (a single number is "up to scale" of any other), so few or constant values
get none. Closeness is measured against the spread of the expected values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.language import N_, NOTHING, Reason, _, join, ngettext
from grader.score.arrays import FloatArray, is_constant, spread
from grader.score.error_pattern import Diagnosis, near, speaks
from grader.score.misplaced_values import (
    border,
    flipped,
    reordered,
    say_transposed,
    shifted,
    swapped,
    too_many_or_few,
    transposed,
    turn,
)
from grader.score.sentences import number, number_pair

_LARGEST = 4_000_000
_DEGREES_IN_A_RADIAN = 180.0 / np.pi


def diagnose(answer: FloatArray, target: FloatArray, rtol: float = 1e-5) -> Diagnosis | None:
    """What is wrong with an answer that is not the finite `target`, where that is one of the known ways; or None.

    Parameters
    ----------
    answer, target : *any shape float64*
        What came back, and what was expected: the target is finite.
    rtol : float
        How close is close, as a share of the target's spread; clipped to 1e-6 to 1e-3.

    Returns
    -------
    Diagnosis or None
        None where no known way fits, and where there are too few numbers to tell.

    Examples
    --------
    >>> target = np.arange(10.0) ** 2
    >>> str(diagnose(3 * target, target).sentence)
    'Every value is 3 times the expected one: a constant factor is missing, or one too many.'
    """
    if not np.isfinite(answer).all():
        return say_not_finite(answer)
    if answer.size > _LARGEST or target.size == 0:
        return None
    tolerance = float(np.clip(rtol, 1e-6, 1e-3))
    with np.errstate(all="ignore"):
        if answer.shape != target.shape:
            return _other_shape(answer, target, tolerance)
        if target.size == 1:
            return _turned(answer, target, tolerance) or _single(
                float(answer.flat[0]), float(target.flat[0]), tolerance
            )
        if near(answer, target, 10 * tolerance):
            return None
        if not speaks(target):
            return _few(answer, target, tolerance)
        for look in _LOOKS:
            found = look(answer, target, tolerance)
            if found:
                return found
    return None


def say_not_finite(answer: FloatArray) -> Diagnosis:
    """What an array holds that is not all finite."""
    nans, infinite = int(np.isnan(answer).sum()), int(np.isinf(answer).sum())
    kinds = _("NaN and infinite") if nans and infinite else _("infinite") if infinite else "NaN"
    cure = _("Look for a division by zero, a logarithm or root of a negative number, or steps that are too large.")
    plain = _("It holds values that are {kinds}.", kinds=kinds) + cure
    if answer.size == 1:
        return Diagnosis("nan", cure, plain)
    told = ngettext(
        "{n} of {total} values is {kinds}.",
        "{n} of {total} values are {kinds}.",
        nans + infinite,
        total=answer.size,
        kinds=kinds,
    )
    return Diagnosis("nan", join([told, *_where(np.isfinite(answer)), cure]), plain)


def _where(is_finite: npt.NDArray[np.bool_]) -> Iterator[Reason]:
    """From which place on numbers are lacking, where it is several, and not all."""
    if np.count_nonzero(~is_finite) < 2 or not is_finite.any():
        return
    first = int(np.argmin(is_finite))
    place = ", ".join(str(int(index)) for index in np.unravel_index(first, is_finite.shape))
    if first and not is_finite.ravel()[first:].any():
        yield _("From [{place}] on, all are.", place=place)
    else:
        yield _("The first is at [{place}].", place=place)


def _other_shape(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Equal numbers need not vary to be told as right; in other places, only where they do, or where it is a row."""
    if answer.size != target.size:
        return too_many_or_few(answer, target, tolerance) if speaks(target) else None
    turned, tells_places = turn(answer), speaks(target) or 1 in target.shape
    if tells_places and turned is not None and turned.shape == target.shape and near(turned, target, tolerance):
        return say_transposed()
    if near(answer.ravel(), target.ravel(), tolerance):
        text = _("The numbers are right and only the shape is not: `reshape` fixes it.")
        return Diagnosis("wrong-shape", text, text)
    return None


def _few(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """A whole turn, x for y, a wrong sign, or another unit of angles shows in two numbers already."""
    told = _turned(answer, target, tolerance) or _exchanged(answer, target, tolerance)
    if told:
        return told
    for factor in (-1.0, _DEGREES_IN_A_RADIAN, 1 / _DEGREES_IN_A_RADIAN):
        unit = abs(factor) * float(np.abs(target).max())
        if np.count_nonzero(target) > 1 and float(np.abs(answer - factor * target).max()) <= tolerance * unit:
            return _sign() if factor == -1.0 else _angle(factor, tolerance)
    return None


def _exchanged(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """The two numbers of one place, or of a list of one; numbers of 0 and 1 may be answers to two questions."""
    largest = float(np.abs(target).max())
    if target.shape not in ((2,), (1, 2)) or largest <= 1:
        return None
    if np.abs(answer[..., ::-1] - target).max() > tolerance * largest:
        return None
    text = _("The two numbers have changed places, as x and y do where [row, column] is taken for (x, y).")
    return Diagnosis("swapped", text, text)


def _single(answer: float, target: float, tolerance: float) -> Diagnosis | None:
    if target == 0.0:
        return None
    ratio = answer / target
    if abs(ratio + 1) <= tolerance:
        return _sign()
    return _angle(ratio, tolerance)


def _angle(ratio: float, tolerance: float) -> Diagnosis | None:
    if abs(ratio / _DEGREES_IN_A_RADIAN - 1) <= tolerance:
        text = _("It is in degrees where radians are expected: `np.deg2rad` converts.")
        return Diagnosis("degrees-for-radians", text, text)
    if abs(ratio * _DEGREES_IN_A_RADIAN - 1) <= tolerance:
        text = _("It is in radians where degrees are expected: `np.rad2deg` converts.")
        return Diagnosis("radians-for-degrees", text, text)
    return None


@dataclass(frozen=True)
class _Turn:
    """A whole turn in one unit, and how an angle is brought from one of its two ranges into the other."""

    size: float
    has_negative: str
    lacks_negative: str


_TURNS = (
    _Turn(
        360.0,
        N_(
            "The angle is right except for a whole turn: 0 to 360 is expected, not -180 to 180. `angle % 360` converts."
        ),
        N_(
            "The angle is right except for a whole turn: -180 to 180 is expected, not 0 to 360. "
            "`(angle + 180) % 360 - 180` converts."
        ),
    ),
    _Turn(
        2 * np.pi,
        N_(
            "The angle is right except for a whole turn: 0 to 2π is expected, not -π to π. "
            "`angle % (2 * np.pi)` converts."
        ),
        N_(
            "The angle is right except for a whole turn: -π to π is expected, not 0 to 2π. "
            "`(angle + np.pi) % (2 * np.pi) - np.pi` converts."
        ),
    ),
)


def _turned(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Angles in the other of the two usual ranges: those that differ, differ by just one turn, and by their sign.

    >>> _turned(np.array([90.0, -60.0]), np.array([90.0, 300.0]), 1e-5).name
    'whole-turns'
    """
    for whole in _TURNS:
        for lower, upper, text in ((answer, target, whole.has_negative), (target, answer, whole.lacks_negative)):
            if np.abs(lower).max() > whole.size / 2 or not (lower < 0).any():
                continue
            if np.abs(np.where(lower < 0, lower + whole.size, lower) - upper).max() <= tolerance * whole.size:
                return Diagnosis("whole-turns", _(text), _(text))
    return None


def _sign() -> Diagnosis:
    text = _("The sign is the wrong way round; the size is right.")
    return Diagnosis("sign", text, text)


def _constant(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    if not is_constant(answer):
        return None
    plain = _("All values are the same, but the expected ones are not.")
    value = number(float(answer.flat[0]))
    return Diagnosis("constant", _("All values are {value}, but the expected ones differ.", value=value), plain)


def _scaled(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """The factor is the least-squares one, k = <answer, target> / <target, target>."""
    unit = float(np.abs(target).max())
    factor = float(np.vdot(answer / unit, target / unit) / np.vdot(target / unit, target / unit))
    if not np.isfinite(factor):
        return None
    if not np.abs(answer - factor * target).max() <= tolerance * abs(factor) * spread(target):
        return None
    if abs(factor + 1) <= tolerance:
        return _sign()
    why = _normalisation(target, tolerance) or _("a constant factor is missing, or one too many")
    return _angle(factor, tolerance) or Diagnosis(
        "up-to-scale",
        _("Every value is {factor} times the expected one: {why}.", factor=number_pair(factor, 1.0)[0], why=why),
        _("Every value is the expected one times the same factor: {why}.", why=why),
    )


@dataclass(frozen=True)
class _Norm:
    """How vectors along the last axis are normalised: their size becomes 1."""

    measure: Callable[[FloatArray], FloatArray]
    of_all: str
    of_vectors: str


_NORMS = (
    _Norm(
        lambda vectors: vectors.sum(axis=-1, keepdims=True),
        N_("together they should add up to 1"),
        N_("It is not normalised: the numbers along the last axis should add up to 1, and do not."),
    ),
    _Norm(
        lambda vectors: np.sqrt((vectors**2).sum(axis=-1, keepdims=True)),
        N_("together they should have the length 1"),
        N_("It is not normalised: the numbers along the last axis should have the length 1, and do not."),
    ),
)


def _normalisation(target: FloatArray, tolerance: float) -> Reason:
    """What the expected values, as one vector, are normalised to; empty where they are not."""
    return next((_(norm.of_all) for norm in _NORMS if _is_one(norm.measure(target.ravel()), tolerance)), NOTHING)


def _is_one(sizes: FloatArray, tolerance: float) -> bool:
    return bool(np.abs(sizes - 1.0).max() <= tolerance)


def _not_normalised(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Vectors along the last axis, each with another factor: they are right once they are normalised."""
    for norm in _NORMS:
        if near(answer / norm.measure(answer), target, tolerance):
            text = _(norm.of_vectors)
            return Diagnosis("not-normalised", text, text)
    return None


def _offset(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    difference = answer - target
    if not spread(difference) <= tolerance * spread(target):
        return None
    return Diagnosis(
        "offset",
        _(
            "Every value differs from the expected one by the same {constant}.",
            constant=number(float(difference.mean())),
        ),
        _("Every value differs from the expected one by the same constant."),
    )


def _wrapped(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    if not any(np.array_equal(np.mod(whole(target), 256), answer) for whole in (np.trunc, np.rint)):
        return None
    text = _("The values have wrapped round at 256, as `uint8` does: convert to float before you calculate.")
    return Diagnosis("overflow-uint8", text, text)


def _rounded(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    if not any(np.array_equal(whole(target), answer) for whole in (np.trunc, np.floor, np.rint)):
        return None
    text = _("The values are cut to whole numbers: calculate with floats, and look for `//`, `int` and integer arrays.")
    return Diagnosis("rounded", text, text)


_LOOKS: tuple[Callable[[FloatArray, FloatArray, float], Diagnosis | None], ...] = (
    _constant,
    _scaled,
    _not_normalised,
    _turned,
    _offset,
    _rounded,
    _wrapped,
    transposed,
    swapped,
    flipped,
    border,
    shifted,
    reordered,
)
