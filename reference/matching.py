"""Matching: which descriptor of one picture belongs to which of the other.

The nearest is always there, even where the right one is not: the place may be hidden, or look like ten others. So ask
for more: the nearest must be clearly nearer than the second nearest (ratio test). The second nearest is certainly
wrong, and tells how near a wrong one comes by chance.
"""

from __future__ import annotations

import numpy as np


def euclidean_distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The distance of each descriptor of the first picture to each of the second.

    Agrees with `scipy.spatial.distance.cdist`. For descriptors of bits, see `orb.hamming_distances`.

    Parameters
    ----------
    first : (N, D) float
    second : (M, D) float

    Returns
    -------
    distances : (N, M) float64

    Raises
    ------
    ValueError
        The descriptors are not of one length.

    Examples
    --------
    >>> euclidean_distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 1.0]]))
    array([[5., 1.]])
    """
    if first.shape[1] != second.shape[1]:
        raise ValueError(f"descriptors of length {first.shape[1]} and {second.shape[1]} cannot be compared")
    return np.asarray(np.linalg.norm(first[:, None, :] - second[None, :, :], axis=2))


def match(distances: np.ndarray, ratio: float = 0.8) -> np.ndarray:
    """The pairs of which the nearest is nearer than `ratio` times the second nearest.

    Source: Lowe (2004), section 7.1, where 0.8 dropped nine in ten of the false matches and one in twenty of the true
    ones. The same pairs as `cv2.BFMatcher().knnMatch(k=2)` with `m.distance < ratio * n.distance`.

    Parameters
    ----------
    distances : (N, M) number, from each descriptor of the first picture to each of the second
    ratio : float, from 0 to 1; 1 keeps all but ties

    Returns
    -------
    pairs : (K, 2) int64, (index in the first, index in the second), in the order of the first

    Raises
    ------
    ValueError
        The second picture has fewer than two descriptors: there is nothing to compare the nearest with.

    Examples
    --------
    The second is nearly as near to two of them, and stays alone:

    >>> match(np.array([[1.0, 5.0, 9.0], [4.0, 9.0, 4.1]]))
    array([[0, 0]])
    """
    if distances.shape[1] < 2:
        raise ValueError(f"the ratio test needs two descriptors to choose from; there is {distances.shape[1]}")
    nearest = distances.argmin(axis=1)
    two_smallest = np.partition(distances, 1, axis=1)[:, :2]
    is_clear = two_smallest[:, 0] < ratio * two_smallest[:, 1]
    return np.column_stack([np.flatnonzero(is_clear), nearest[is_clear]])
