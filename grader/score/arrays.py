"""An answer as numbers. Answers are hostile: any type, shape and size may come."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.language import N_, Reason, _

FloatArray = npt.NDArray[np.float64]


class NotNumbersError(ValueError):
    """The value is not an array of real numbers; its text is for `say`, which puts in what the value is called."""

    def say(self, what: Reason) -> Reason:
        """Why not, as a sentence about `what`, which begins it."""
        return _(str(self), what=what)


def as_numbers(value: Any) -> FloatArray:
    """The value as an array of real numbers; NaN and infinity pass, for the caller to speak of.

    Parameters
    ----------
    value : any
        A number, a list of lists of equal length, or an array of any dtype.

    Returns
    -------
    *value's shape float64*

    Raises
    ------
    NotNumbersError
        The value is text, None, a dictionary, a ragged list, complex beyond rounding, or a number beyond any float.

    Examples
    --------
    >>> as_numbers([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    if value is None:
        raise NotNumbersError(N_("{what} is None: a function may lack its `return`."))
    if isinstance(value, str):
        raise NotNumbersError(N_("{what} is text, not a number."))
    if isinstance(value, dict):
        raise NotNumbersError(N_("{what} is a dictionary, not an array of numbers."))
    array = _array(value)
    if array.dtype.kind == "O":
        return _from_objects(array)
    if array.dtype.kind == "c":
        array = _real_if_close(array)
    if array.dtype.kind == "c":
        raise NotNumbersError(N_("{what} holds complex numbers where real ones are expected."))
    if array.dtype.kind not in "biuf":
        raise NotNumbersError(N_("{what} holds things that are not numbers."))
    with np.errstate(all="ignore"):
        return array.astype(np.float64)


def _real_if_close(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Without imaginary parts that only rounding leaves, as an inverse Fourier transform does."""
    with np.errstate(all="ignore"):
        size = np.abs(array).max(initial=0.0)
        return array.real if np.isrealobj(np.real_if_close(array / (size or 1.0), tol=1000)) else array


def is_complex(value: Any) -> bool:
    """Whether a value is made of complex numbers."""
    return isinstance(value, complex) or (isinstance(value, np.ndarray) and value.dtype.kind == "c")


def as_parts(value: Any) -> Any:
    """Numbers, real or complex, with their real and imaginary parts along a new last axis; anything else as it is.

    >>> as_parts(3 - 2j)
    array([ 3., -2.])
    """
    array = (
        value
        if isinstance(value, np.ndarray)
        else np.array(value)
        if isinstance(value, int | float | complex)
        else None
    )
    if array is None or array.dtype.kind not in "biufc":
        return value
    return np.stack([array.real, array.imag], axis=-1).astype(np.float64)


def _array(value: Any) -> npt.NDArray[Any]:
    try:
        return np.asarray(value)
    except OverflowError as error:
        raise NotNumbersError(N_("{what} holds a number that is too large.")) from error
    except (ValueError, TypeError) as error:
        raise NotNumbersError(N_("{what} is a list whose rows differ in length.")) from error


def _from_objects(array: npt.NDArray[Any]) -> FloatArray:
    """Whole numbers beyond 64 bits come as objects."""
    if not all(isinstance(item, (bool, int, float)) for item in array.flat):
        raise NotNumbersError(N_("{what} holds things that are not numbers."))
    try:
        return array.astype(np.float64)
    except OverflowError as error:
        raise NotNumbersError(N_("{what} holds a number that is too large.")) from error


def spread(array: FloatArray) -> float:
    """Largest minus smallest, infinite where that is beyond a float.

    Parameters
    ----------
    array : *any shape float64*
        Finite numbers, or none, whose spread is 0.

    Examples
    --------
    >>> spread(np.array([1.0, 4.0]))
    3.0
    """
    if array.size == 0:
        return 0.0
    with np.errstate(all="ignore"):
        return float(array.max() - array.min())


def is_constant(array: FloatArray) -> bool:
    """Whether all numbers are equal, up to the rounding of single precision.

    Parameters
    ----------
    array : *any shape float64*
        A single number is not constant: there is nothing that it is equal to.

    Examples
    --------
    >>> is_constant(np.array([2.0, 2.0])), is_constant(np.array([2.0, 2.1]))
    (True, False)
    """
    return array.size > 1 and spread(array) <= 1e-6 * max(float(np.abs(array).max()), 1e-12)


def bend(values: FloatArray) -> float:
    """How far values on an even grid lie from their best straight line, as a share of their spread.

    Parameters
    ----------
    values : *(N,) float64*
        Finite; fewer than three, or constant ones, do not bend.

    Returns
    -------
    float
        The root mean square distance from the line, over that from the mean: from 0 to 1.

    Examples
    --------
    >>> round(bend(np.array([1.0, 2.0, 3.0, 4.0])), 6), round(bend(np.array([1.0, 2.0, 1.0])), 6)
    (0.0, 1.0)
    """
    if values.size < 3 or is_constant(values):
        return 0.0
    y = values / np.abs(values).max()
    y = y - y.mean()
    x = np.linspace(-1.0, 1.0, y.size)
    slope = float(x @ y) / float(x @ x)
    return float(np.sqrt(np.mean((y - slope * x) ** 2) / np.mean(y**2)))
