"""Known ways for an array to be wrong: each is checked on the numbers, never guessed, and has a name for `partly`.

A diagnosis needs enough numbers to speak of (a single number is "up to scale" of any other), so few or constant values
get none. Closeness is measured against the spread of the expected values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from grader.language import N_, _, ngettext
from grader.rubric import Mistake
from grader.score.arrays import FloatArray, is_constant, spread
from grader.score.sentences import listed, number

_FEWEST = 6
_FARTHEST_SHIFT = 3
_WIDEST_BORDER = 8
_LARGEST = 4_000_000
_DEGREES_IN_A_RADIAN = 180.0 / np.pi


@dataclass(frozen=True)
class Diagnosis:
    """A known way to be wrong; `plain` says it without a number, for hidden criteria."""

    name: Mistake
    sentence: str
    plain: str


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
    >>> diagnose(3 * target, target).sentence
    'Every value is 3 times the expected one: a constant factor is missing, or one too many.'
    """
    if not np.isfinite(answer).all():
        return _not_finite(answer)
    if answer.size > _LARGEST or target.size == 0:
        return None
    tolerance = float(np.clip(rtol, 1e-6, 1e-3))
    with np.errstate(all="ignore"):
        if answer.shape != target.shape:
            return _other_shape(answer, target, tolerance)
        if target.size == 1:
            return _single(float(answer.flat[0]), float(target.flat[0]), tolerance)
        if not _speaks(target) or _near(answer, target, 10 * tolerance):
            return None
        for look in _LOOKS:
            found = look(answer, target, tolerance)
            if found:
                return found
    return None


def _speaks(target: FloatArray) -> bool:
    """Whether the expected values vary enough that to resemble them means something."""
    return target.size >= _FEWEST and not is_constant(target) and np.unique(target).size >= 3


def _near(answer: FloatArray, target: FloatArray, tolerance: float) -> bool:
    return bool(np.abs(answer - target).max() <= tolerance * spread(target))


def _not_finite(answer: FloatArray) -> Diagnosis:
    nans, infinite = int(np.isnan(answer).sum()), int(np.isinf(answer).sum())
    kinds = _("NaN and infinite") if nans and infinite else _("infinite") if infinite else "NaN"
    cure = _("Look for a division by zero, a logarithm or root of a negative number, or steps that are too large.")
    plain = _("It holds values that are {kinds}.", kinds=kinds) + f" {cure}"
    if answer.size == 1:
        return Diagnosis("nan", cure, plain)
    told = ngettext(
        "{n} of {total} values is {kinds}.",
        "{n} of {total} values are {kinds}.",
        nans + infinite,
        total=answer.size,
        kinds=kinds,
    )
    return Diagnosis("nan", f"{told} {cure}", plain)


def _other_shape(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    if answer.size != target.size or not _speaks(target):
        return None
    turned = _turn(answer)
    if turned is not None and turned.shape == target.shape and _near(turned, target, tolerance):
        return _transpose()
    if _near(answer.ravel(), target.ravel(), tolerance):
        text = _("The numbers are right and only the shape is not: `reshape` mends it.")
        return Diagnosis("wrong-shape", text, text)
    return None


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


def _sign() -> Diagnosis:
    text = _("The sign is the wrong way round; the size is right.")
    return Diagnosis("sign", text, text)


def _transpose() -> Diagnosis:
    text = _("It is the transpose of what is expected: rows and columns have changed places.")
    return Diagnosis("transposed", text, text)


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
    if not np.isfinite(factor) or abs(factor) < 1e-9 or np.count_nonzero(target) < 2:
        return None
    if not np.abs(answer - factor * target).max() <= tolerance * abs(factor) * spread(target):
        return None
    if abs(factor + 1) <= tolerance:
        return _sign()
    why = _normalisation(target, tolerance) or _("a constant factor is missing, or one too many")
    return _angle(factor, tolerance) or Diagnosis(
        "up-to-scale",
        _("Every value is {factor} times the expected one: {why}.", factor=number(factor), why=why),
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


def _normalisation(target: FloatArray, tolerance: float) -> str:
    """What the expected values, as one vector, are normalised to; empty where they are not."""
    return next((_(norm.of_all) for norm in _NORMS if _is_one(norm.measure(target.ravel()), tolerance)), "")


def _is_one(sizes: FloatArray, tolerance: float) -> bool:
    return bool(np.abs(sizes - 1.0).max() <= tolerance)


def _not_normalised(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Vectors along the last axis, each with another factor: they are right once they are normalised."""
    if answer.ndim < 2 or answer.shape[-1] < 2:
        return None
    for norm in _NORMS:
        sizes = norm.measure(answer)
        if _is_one(norm.measure(target), tolerance) and (sizes > 0).all() and _near(answer / sizes, target, tolerance):
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


def _transposed(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    turned = _turn(answer)
    if turned is None or turned.shape != target.shape:
        return None
    return _transpose() if _near(turned, target, tolerance) else None


def _turn(answer: FloatArray) -> FloatArray | None:
    """Rows and columns changed, of a matrix or of a picture with channels."""
    return np.swapaxes(answer, 0, 1) if answer.ndim in (2, 3) else None


def _swapped(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    """Points, a row each, with their two coordinates changed."""
    if answer.ndim != 2 or answer.shape[1] != 2 or not _near(answer[:, ::-1], target, tolerance):
        return None
    text = _("The two columns have changed places, as x and y do where [row, column] is taken for (x, y).")
    return Diagnosis("swapped", text, text)


def _reversed(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    for axis in range(answer.ndim):
        if not _near(np.flip(answer, axis), target, tolerance):
            continue
        if answer.ndim == 3 and axis == 2 and answer.shape[2] == 3:
            text = _("The three channels are in reverse order: OpenCV reads BGR, most others RGB.")
            return Diagnosis("channels-reversed", text, text)
        told = _("The values are right, but in reverse order along axis {axis}.", axis=axis)
        return Diagnosis("reversed", told, _("The values are right, but in reverse order."))
    return None


def _shifted(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    for shift in _shifts(min(answer.ndim, 2)):
        if any(abs(step) * 2 > size for step, size in zip(shift, answer.shape, strict=False)):
            continue
        moved, still = answer[_window(shift)], target[_window([-step for step in shift])]
        if _speaks(still) and spread(still) > 0.1 * spread(target) and _near(moved, still, tolerance):
            told = _("The values are right, but shifted by {steps}.", steps=_say_steps(shift))
            return Diagnosis("shifted", told, _("The values are right, but shifted."))
    return None


def _say_steps(shift: tuple[int, ...]) -> str:
    if len(shift) == 1:
        return _say_places(shift[0])
    rows, columns = shift
    return listed([step for step, size in ((_say_rows(rows), rows), (_say_columns(columns), columns)) if size])


def _say_places(places: int) -> str:
    if places > 0:
        return ngettext("{n} place forward", "{n} places forward", places)
    return ngettext("{n} place back", "{n} places back", -places)


def _say_rows(rows: int) -> str:
    if rows > 0:
        return ngettext("{n} row down", "{n} rows down", rows)
    return ngettext("{n} row up", "{n} rows up", -rows)


def _say_columns(columns: int) -> str:
    if columns > 0:
        return ngettext("{n} column right", "{n} columns right", columns)
    return ngettext("{n} column left", "{n} columns left", -columns)


def _shifts(axes: int) -> Iterator[tuple[int, ...]]:
    """Short shifts first, so that the shortest that fits is told."""
    steps = range(-_FARTHEST_SHIFT, _FARTHEST_SHIFT + 1)
    yield from sorted((shift for shift in product(steps, repeat=axes) if any(shift)), key=lambda s: sum(map(abs, s)))


def _window(shift: tuple[int, ...] | list[int]) -> tuple[slice, ...]:
    return tuple(slice(max(step, 0), min(step, 0) or None) for step in shift)


def _border(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    if answer.ndim < 2:
        return None
    for width in range(1, min(_WIDEST_BORDER, min(answer.shape[:2]) // 4) + 1):
        inside = (slice(width, -width), slice(width, -width))
        if _speaks(target[inside]) and _near(answer[inside], target[inside], tolerance):
            told = ngettext(
                "Only the border of {n} pixel is not as expected: check how you pad it.",
                "Only the border of {n} pixels is not as expected: check how you pad it.",
                width,
            )
            plain = _("Only the values at the image's border are not as expected: check how you pad it.")
            return Diagnosis("border", told, plain)
    return None


def _wrapped(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    outside = bool(((target < 0) | (target >= 256)).any())
    if not outside or not _whole(answer) or answer.min() < 0 or answer.max() > 255:
        return None
    if not any(np.array_equal(np.mod(whole(target), 256), answer) for whole in (np.trunc, np.rint)):
        return None
    text = _("The values have wrapped round at 256, as `uint8` does: convert to float before you calculate.")
    return Diagnosis("overflow-uint8", text, text)


def _rounded(answer: FloatArray, target: FloatArray, tolerance: float) -> Diagnosis | None:
    if _whole(target) or not _whole(answer):
        return None
    if not any(np.array_equal(whole(target), answer) for whole in (np.trunc, np.floor, np.rint)):
        return None
    text = _("The values are cut to whole numbers: calculate with floats, and look for `//`, `int` and integer arrays.")
    return Diagnosis("rounded", text, text)


def _whole(array: FloatArray) -> bool:
    return bool((array == np.trunc(array)).all())


_LOOKS: tuple[Callable[[FloatArray, FloatArray, float], Diagnosis | None], ...] = (
    _constant,
    _scaled,
    _not_normalised,
    _offset,
    _rounded,
    _wrapped,
    _transposed,
    _swapped,
    _reversed,
    _border,
    _shifted,
)
