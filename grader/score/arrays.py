"""An answer as numbers. Answers are hostile: any type, shape and size may come."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


class NotNumbersError(ValueError):
    """The value is not an array of real numbers; the text goes on after its name, as in "`slope` is text"."""


def as_numbers(value: Any) -> FloatArray:
    """The value as an array of real numbers; NaN and infinity pass, for the caller to speak of.

    Raises NotNumbersError where it is not one: text, None, a dictionary, a ragged list, complex numbers.

    >>> as_numbers([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    if value is None:
        raise NotNumbersError("is None: a function may lack its `return`")
    if isinstance(value, str):
        raise NotNumbersError("is text, not a number")
    if isinstance(value, dict):
        raise NotNumbersError("is a dictionary, not an array of numbers")
    array = value if isinstance(value, np.ndarray) else _array(value)
    if array.dtype.kind == "O":
        return _from_objects(array)
    if array.dtype.kind == "c":
        raise NotNumbersError("holds complex numbers where real ones are expected")
    if array.dtype.kind not in "biuf":
        raise NotNumbersError("holds things that are not numbers")
    with np.errstate(all="ignore"):
        return array.astype(np.float64)


def _array(value: Any) -> npt.NDArray[Any]:
    try:
        return np.array(value)
    except OverflowError as error:
        raise NotNumbersError("holds a number that is too large") from error
    except (ValueError, TypeError) as error:
        raise NotNumbersError("is a list whose rows differ in length") from error


def _from_objects(array: npt.NDArray[Any]) -> FloatArray:
    """Whole numbers beyond 64 bits come as objects."""
    if not all(isinstance(item, (bool, int, float)) for item in array.flat):
        raise NotNumbersError("holds things that are not numbers")
    try:
        return array.astype(np.float64)
    except OverflowError as error:
        raise NotNumbersError("holds a number that is too large") from error


def spread(array: FloatArray) -> float:
    """Largest minus smallest: 0 for an empty array, never NaN for finite numbers (infinity if beyond a float).

    >>> spread(np.array([1.0, 4.0]))
    3.0
    """
    if array.size == 0:
        return 0.0
    with np.errstate(all="ignore"):
        return float(array.max() - array.min())


def is_constant(array: FloatArray) -> bool:
    """Whether all numbers are equal, up to the rounding of single precision."""
    return array.size > 1 and spread(array) <= 1e-6 * max(float(np.abs(array).max()), 1e-12)
