"""Gradient descent: walk downhill on the loss, one small step against the gradient at a time.

    w <- w - λ dL/dw                                                                                                 (1)

The loss is a mean over the training samples. Its gradient over the *whole* set is exact, and costs a pass over all of
them for a single step. Over a small random *batch* it is noisy but right on average, and a pass makes many steps:
stochastic gradient descent. Shuffle, cut into batches, use each once, and that is an epoch: every sample is seen
equally often.

The rate λ is small enough while λ < 2 / (largest curvature of the loss): beyond it each step overshoots by more than
the last, and the loss explodes. With a fixed rate stochastic steps do not settle at the minimum but tremble about it,
the less, the smaller λ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from reference.losses import mean_squared_error_gradient
from reference.perceptron import prepend_one

Gradient = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""(weights, x, y) -> dL/dw, the mean over these samples, of the weights' shape."""


def descend(
    gradient: Gradient, weights: np.ndarray, x: np.ndarray, y: np.ndarray, rate: float, steps: int
) -> np.ndarray:
    """The weights after each step over the whole set: eq. 1 of this file.

    Source: lecture 1, "Gradient descent". The same path as `torch.optim.SGD` on the whole set.

    Parameters
    ----------
    gradient : (weights, x, y) -> the gradient
    weights : any shape float: where to begin; not changed
    x, y : (N, ...) float, the training set
    rate : float, λ
    steps : int

    Returns
    -------
    path : (1 + steps, *shape of the weights) float64, the beginning included

    Raises
    ------
    ValueError
        The rate is not positive.

    Examples
    --------
    Down the parabola w²: each step goes 2 λ = 0.2 of the way.

    >>> descend(lambda w, x, y: 2 * w, np.array(1.0), np.zeros(1), np.zeros(1), rate=0.1, steps=3)
    array([1.   , 0.8  , 0.64 , 0.512])
    """
    _check_rate(rate)
    path = [np.asarray(weights, dtype=np.float64)]
    for _ in range(steps):
        path.append(path[-1] - rate * gradient(path[-1], x, y))
    return np.stack(path)


def descend_on_batches(
    gradient: Gradient,
    weights: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    rate: float,
    epochs: int,
    batch_size: int,
    seed: int = 0,
) -> np.ndarray:
    """The weights after each step over a batch: stochastic gradient descent.

    Source: lecture 1, "Gradient descent". The same path as `torch.optim.SGD` given the same batches.

    Parameters
    ----------
    gradient, weights, x, y, rate : as for `descend`
    epochs : int: how often each sample is seen
    batch_size : int, samples; the last batch of an epoch may have fewer
    seed : int, of the shuffling

    Returns
    -------
    path : (1 + epochs * ceil(N / batch_size), *shape of the weights) float64, the beginning included

    Raises
    ------
    ValueError
        The rate or the batch's size is not positive.

    Examples
    --------
    Looking for the mean of four numbers, two at a time:

    >>> to_the_mean = lambda w, x, y: w - y.mean()
    >>> y = np.array([1.0, 2.0, 3.0, 4.0])
    >>> path = descend_on_batches(to_the_mean, np.array(0.0), y, y, rate=0.1, epochs=30, batch_size=2)
    >>> len(path), bool(abs(path[-1] - 2.5) < 0.2)
    (61, True)
    """
    _check_rate(rate)
    random = np.random.default_rng(seed)
    path = [np.asarray(weights, dtype=np.float64)]
    for _ in range(epochs):
        for batch in batches(len(x), batch_size, random):
            path.append(path[-1] - rate * gradient(path[-1], x[batch], y[batch]))
    return np.stack(path)


def batches(count: int, batch_size: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """One epoch: the samples' indices shuffled and cut into batches.

    Parameters
    ----------
    count : int, samples
    batch_size : int, samples
    random : NumPy's generator

    Yields
    ------
    batch : (batch_size,) int64, indices; the last may have fewer

    Raises
    ------
    ValueError
        The batch's size is not positive.

    Examples
    --------
    >>> epoch = list(batches(5, 2, np.random.default_rng(0)))
    >>> [len(batch) for batch in epoch], sorted(np.concatenate(epoch).tolist())
    ([2, 2, 1], [0, 1, 2, 3, 4])
    """
    if batch_size < 1:
        raise ValueError(f"a batch has one sample or more; this is {batch_size}")
    shuffled = random.permutation(count)
    for start in range(0, count, batch_size):
        yield shuffled[start : start + batch_size]


def linear_gradient(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of the mean squared error of y = w · (1, x): the example that both walks are tried on.

    Parameters
    ----------
    weights : (1 + d,) float, the bias first
    x : (N, d) float
    y : (N,) float

    Returns
    -------
    gradient : (1 + d,) float64

    Examples
    --------
    At w = 0 both samples are predicted 0, and both are 2 too low:

    >>> linear_gradient(np.zeros(2), np.array([[1.0], [3.0]]), np.array([2.0, 2.0]))
    array([-4., -8.])
    """
    samples = prepend_one(x)
    return np.asarray(mean_squared_error_gradient(samples @ weights, y) @ samples)


def _check_rate(rate: float) -> None:
    if not rate > 0:
        raise ValueError(f"the rate is positive, or the walk stands still or goes uphill; this is {rate:g}")
