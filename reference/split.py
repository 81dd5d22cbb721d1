"""Training, validation, test: how good is what was learned, on what it has not seen?

- On the *training* samples the weights are learned. How well they fit there says little: a network that learns them by
  heart fits perfectly.
- On the *validation* samples one chooses what is not learned: how many layers, which rate, when to stop. Having chosen
  the best of many, one has fitted these too, a little.
- The *test* samples are asked once, at the very end, and only they say how good the result is.

A sample belongs to one of the three, by chance: data often come sorted, and the last tenth is not like the first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Split(NamedTuple):
    """The indices of the samples of each part."""

    training: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split(count: int, validation: float = 0.2, test: float = 0.2, seed: int = 0) -> Split:
    """Which samples are for training, which for validation and which for the test.

    Source: lecture 1, "Training - Validation - Testing".

    Parameters
    ----------
    count : int, samples
    validation, test : float, from 0 to 1: their shares of the samples, rounded to whole samples
    seed : int: the same seed gives the same split

    Returns
    -------
    parts : three arrays of int64, indices, which together hold each of 0 to count - 1 once

    Raises
    ------
    ValueError
        A share is not between 0 and 1, or nothing is left for training.

    Examples
    --------
    >>> training, validation, test = split(10)
    >>> len(training), len(validation), len(test)
    (6, 2, 2)
    >>> sorted([*training.tolist(), *validation.tolist(), *test.tolist()])
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    if not (0 <= validation <= 1 and 0 <= test <= 1):
        raise ValueError(
            f"shares lie between 0 and 1; these are {validation:g} for validation and {test:g} for the test"
        )
    shuffled = np.random.default_rng(seed).permutation(count)
    for_test, for_validation = round(test * count), round(validation * count)
    for_training = count - for_test - for_validation
    if for_training < 1:
        raise ValueError(
            f"of {count} samples, {for_validation} for validation and {for_test} for the test leave none for training"
        )
    return Split(
        training=shuffled[:for_training],
        validation=shuffled[for_training : for_training + for_validation],
        test=shuffled[for_training + for_validation :],
    )
