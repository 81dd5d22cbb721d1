"""Losses: one number for how wrong the predictions are, and in which direction to mend them.

    MSE = mean of (prediction - target)²        gradient 2 (prediction - target) / N
    MAE = mean of |prediction - target|         gradient sign(prediction - target) / N

Squaring makes one large error count more than many small ones: among constants the mean has the least MSE, and one wild
sample drags it along. For the MAE it is the median, which stays. On the other hand the gradient of the MAE does not
shrink as one comes near, so with a fixed rate one steps to and fro around the minimum.
"""

from __future__ import annotations

import numpy as np


def mean_squared_error(predictions: np.ndarray, targets: np.ndarray) -> float:
    """The mean of the squared errors.

    Source: lecture 1, "How to train your network". Agrees with `torch.nn.MSELoss`.

    Parameters
    ----------
    predictions, targets : any one shape float

    Returns
    -------
    loss : float, the square of the targets' unit

    Raises
    ------
    ValueError
        The two are not of one shape, or empty.

    Examples
    --------
    >>> mean_squared_error(np.array([1.0, 5.0]), np.array([1.0, 2.0]))
    4.5
    """
    return float(np.mean(_errors(predictions, targets) ** 2))


def mean_squared_error_gradient(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The derivative of the mean squared error in each prediction.

    Source: the chain rule on `mean_squared_error`. Agrees with torch's autograd.

    Parameters
    ----------
    predictions, targets : any one shape float

    Returns
    -------
    gradient : the same shape float64

    Raises
    ------
    ValueError
        The two are not of one shape, or empty.

    Examples
    --------
    >>> mean_squared_error_gradient(np.array([1.0, 5.0]), np.array([1.0, 2.0]))
    array([0., 3.])
    """
    errors = _errors(predictions, targets)
    return np.asarray(2 * errors / errors.size)


def mean_absolute_error(predictions: np.ndarray, targets: np.ndarray) -> float:
    """The mean of the errors' sizes.

    Source: lecture 1, "How to train your network". Agrees with `torch.nn.L1Loss`.

    Parameters
    ----------
    predictions, targets : any one shape float

    Returns
    -------
    loss : float, the targets' unit

    Raises
    ------
    ValueError
        The two are not of one shape, or empty.

    Examples
    --------
    >>> mean_absolute_error(np.array([1.0, 5.0]), np.array([1.0, 2.0]))
    1.5
    """
    return float(np.mean(np.abs(_errors(predictions, targets))))


def mean_absolute_error_gradient(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The derivative of the mean absolute error in each prediction; 0 where there is no error, as torch has it.

    Parameters
    ----------
    predictions, targets : any one shape float

    Returns
    -------
    gradient : the same shape float64

    Raises
    ------
    ValueError
        The two are not of one shape, or empty.

    Examples
    --------
    >>> mean_absolute_error_gradient(np.array([1.0, 5.0]), np.array([1.0, 2.0]))
    array([0. , 0.5])
    """
    errors = _errors(predictions, targets)
    return np.asarray(np.sign(errors) / errors.size)


def _errors(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Subtracting (N,) from (N, 1) would give (N, N), each prediction less each target: a loss without a meaning."""
    if np.shape(predictions) != np.shape(targets):
        raise ValueError(
            f"predictions of {np.shape(predictions)} and targets of {np.shape(targets)}: give both one shape, "
            "or each prediction is compared with every target"
        )
    if np.size(predictions) == 0:
        raise ValueError("there are no predictions, so they have no mean error")
    return np.asarray(predictions, dtype=np.float64) - np.asarray(targets, dtype=np.float64)
