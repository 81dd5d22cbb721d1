"""The perceptron: one unit that answers yes or no, and learns from its mistakes.

    f(x) = 1 if w · x + b > 0, else 0.                                                                              (1)

Prepend a 1 to x and the bias b to w, and the bias is one more weight: f(x) = step(w · x). The unit draws a straight
line (a plane, a hyperplane) and says yes on one side of it.

The learning rule looks at one sample at a time. Where the answer is right, do nothing. Where it is 0 and should be 1,
add x to w, which turns the line towards saying yes to x; where it is 1 and should be 0, subtract it:

    w <- w + (y - f(x)) x.                                                                                           (2)

If any line separates the samples, this ends after finitely many mistakes. If none does it never ends, and four points
are enough for that: exclusive or. Two layers do it, put together by hand in `exclusive_or`; how to *learn* two layers
took until backpropagation, for a step has no slope to go down.
"""

from __future__ import annotations

import numpy as np


def step(z: np.ndarray) -> np.ndarray:
    """1 where z is above 0, and 0 elsewhere, at 0 too.

    Source: lecture 1, "The perceptron".

    Parameters
    ----------
    z : any shape float

    Returns
    -------
    fires : the shape of z float64, 0 or 1

    Examples
    --------
    >>> step(np.array([-2.0, 0.0, 0.1]))
    array([0., 0., 1.])
    """
    return np.where(np.asarray(z) > 0, 1.0, 0.0)


def prepend_one(x: np.ndarray) -> np.ndarray:
    """The samples with a 1 before each, so that the first weight is the bias.

    Parameters
    ----------
    x : (N, d) float

    Returns
    -------
    x_with_one : (N, 1 + d) float64

    Raises
    ------
    ValueError
        x is not (N, d).

    Examples
    --------
    >>> prepend_one(np.array([[5.0, 6.0]]))
    array([[1., 5., 6.]])
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError(f"samples have the shape (N, d), one a row; these have {x.shape}")
    return np.column_stack([np.ones(len(x)), x])


def classify(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The unit's answer to each sample: eq. 1 of this file.

    Source: Rosenblatt (1957); lecture 1, "The perceptron".

    Parameters
    ----------
    weights : (1 + d,) float, the bias first
    x : (N, d) float

    Returns
    -------
    answers : (N,) float64, 0 or 1

    Raises
    ------
    ValueError
        x is not (N, d).

    Examples
    --------
    "Both": 1 only where x1 + x2 is above 1.5.

    >>> classify(np.array([-1.5, 1.0, 1.0]), np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
    array([0., 0., 0., 1.])
    """
    return step(prepend_one(x) @ weights)


def learn(x: np.ndarray, labels: np.ndarray, epochs: int = 100) -> tuple[np.ndarray, list[int]]:
    """The weights after the learning rule, eq. 2 of this file, from 0, sample by sample.

    Source: Rosenblatt (1957); lecture 1, "The perceptron".

    Parameters
    ----------
    x : (N, d) float
    labels : (N,) number, 0 or 1
    epochs : int: how often all samples are gone through, at most

    Returns
    -------
    weights : (1 + d,) float64, the bias first
    mistakes : list of int, one for each epoch; the last is 0 if the samples have been separated

    Raises
    ------
    ValueError
        x is not (N, d), or a label is neither 0 nor 1.

    Examples
    --------
    "Either" can be learned:

    >>> weights, mistakes = learn(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 1]))
    >>> weights, mistakes
    (array([0., 1., 1.]), [1, 2, 1, 0])
    """
    wrong = np.flatnonzero(~np.isin(labels, [0, 1]))
    if len(wrong):
        raise ValueError(f"labels are 0 or 1; the one of sample {wrong[0]} is {labels[wrong[0]]:g}")
    samples = prepend_one(x)
    weights = np.zeros(samples.shape[1])
    mistakes = []
    for _ in range(epochs):
        mistakes.append(0)
        for sample, label in zip(samples, labels, strict=True):
            error = label - step(sample @ weights)
            weights = weights + error * sample
            mistakes[-1] += int(error != 0)
        if mistakes[-1] == 0:
            break
    return weights, mistakes


EITHER = np.array([-0.5, 1.0, 1.0])
BOTH = np.array([-1.5, 1.0, 1.0])
FIRST_WITHOUT_SECOND = np.array([-0.5, 1.0, -1.0])


def exclusive_or(x: np.ndarray) -> np.ndarray:
    """Whether one of the two is 1, and not both, by two layers: either, without both.

    Source: lecture 1, "What to do when the problem is not linearly separable?" The first layer draws two lines; seen
    from it, the four points are three, and one line separates these.

    Parameters
    ----------
    x : (N, 2) number, 0 or 1

    Returns
    -------
    answers : (N,) float64, 0 or 1

    Raises
    ------
    ValueError
        x is not (N, d).

    Examples
    --------
    >>> exclusive_or(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
    array([0., 1., 1., 0.])
    """
    hidden = np.column_stack([classify(EITHER, x), classify(BOTH, x)])
    return classify(FIRST_WITHOUT_SECOND, hidden)
