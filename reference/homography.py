"""Homography: how a plane seen by one camera moves to where another sees it; four points tell it.

The same holds for any scene between two pictures taken from one place. In homogeneous coordinates it is a matrix H,
known up to a factor, so 8 numbers:

    w (x', y', 1) = H (x, y, 1).                                                                                     (1)

Eliminating w leaves two equations for each pair of points, linear in H's nine entries h:

    | x y 1  0 0 0  -x'x -x'y -x' |
    | 0 0 0  x y 1  -y'x -y'y -y' |  h  =  0,                                                                        (2)

solved, with more than four pairs, by the singular vector of the smallest singular value. Its columns are of the sizes
1, 100 and 10,000 pixels, though, so an error in the one is nothing and in the other everything: *normalise* first, the
points' centre to 0 and their mean distance from it to sqrt(2).

Least squares believes every pair, and a single false match drags it along. *RANSAC* turns it round: fit to four pairs
drawn by chance, count how many of all agree, keep the fit with which most agree, and at last fit to those alone.
Four noisy points make a rough fit, so look once more who agrees with that last one.
"""

from __future__ import annotations

import math

import numpy as np


def apply_homography(homography: np.ndarray, points_xy: np.ndarray) -> np.ndarray:
    """Where the points move to: eq. 1 of this file, divided by w.

    Agrees with `cv2.perspectiveTransform`.

    Parameters
    ----------
    homography : (3, 3) float
    points_xy : (N, 2) float, pixels

    Returns
    -------
    moved_xy : (N, 2) float64, pixels; infinite for a point that moves to the horizon

    Examples
    --------
    >>> shift_and_double = np.array([[2, 0, 5], [0, 2, 0], [0, 0, 1]])
    >>> apply_homography(shift_and_double, np.array([[1, 1], [0, 3]]))
    array([[7., 2.],
           [5., 6.]])
    """
    homogeneous = np.column_stack([points_xy, np.ones(len(points_xy))]) @ np.asarray(homography, dtype=np.float64).T
    with np.errstate(divide="ignore", invalid="ignore"):
        moved_xy: np.ndarray = homogeneous[:, :2] / homogeneous[:, 2:]
    return moved_xy


def fit_homography(from_xy: np.ndarray, to_xy: np.ndarray) -> np.ndarray:
    """The homography of four or more pairs of points: the normalised direct linear transform.

    Source: Hartley and Zisserman (2004), eq. 4.3 and algorithm 4.2. Agrees with `cv2.findHomography(method=0)` where
    the pairs fit exactly. Where they do not, that goes on to minimise the distance in pixels, while this one minimises
    eq. 2 of this file: points then move to places that differ by a fifth of the noise at most. Agrees with
    `skimage.transform.ProjectiveTransform` to 1e-3 pixels under noise of 1 pixel; it makes the points' root mean square
    distance sqrt(2), not the mean.

    Parameters
    ----------
    from_xy, to_xy : (N, 2) float, pixels

    Returns
    -------
    homography : (3, 3) float64, its last entry 1

    Raises
    ------
    ValueError
        There are fewer than four pairs, or their points determine no homography (three of four on a line).

    Examples
    --------
    >>> square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    >>> (fit_homography(square, 2 * square + [5, 0]).round(6) + 0.0)
    array([[2., 0., 5.],
           [0., 2., 0.],
           [0., 0., 1.]])
    """
    if len(from_xy) < 4 or len(from_xy) != len(to_xy):
        raise ValueError(f"a homography takes four pairs of points or more; these are {len(from_xy)} and {len(to_xy)}")
    from_normal, to_normal = _normalisation(from_xy), _normalisation(to_xy)
    x, y = apply_homography(from_normal, from_xy).T
    u, v = apply_homography(to_normal, to_xy).T
    one, zero = np.ones_like(x), np.zeros_like(x)
    equations = np.vstack(
        [
            np.column_stack([x, y, one, zero, zero, zero, -u * x, -u * y, -u]),
            np.column_stack([zero, zero, zero, x, y, one, -v * x, -v * y, -v]),
        ]
    )
    _, sizes, directions = np.linalg.svd(equations)
    if sizes[7] < 1e-9 * sizes[0]:
        raise ValueError("these points determine no homography: of any four, no three may lie on a line")
    homography = np.linalg.inv(to_normal) @ directions[8].reshape(3, 3) @ from_normal
    return np.asarray(homography / homography[2, 2])


def _normalisation(points_xy: np.ndarray) -> np.ndarray:
    """The similarity that takes the points' centre to 0 and their mean distance from it to sqrt(2)."""
    centre = np.mean(points_xy, axis=0)
    distance = np.linalg.norm(points_xy - centre, axis=1).mean()
    if distance == 0:
        raise ValueError("these points determine no homography: they all lie at one place")
    scale = math.sqrt(2) / distance
    return np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])


def ransac_homography(
    from_xy: np.ndarray, to_xy: np.ndarray, within: float = 3.0, confidence: float = 0.999, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The homography with which most pairs agree, and which these are.

    Draws four pairs until, given the share e of agreeing pairs found so far, a draw of four agreeing ones has happened
    with the wanted confidence: log(1 - confidence) / log(1 - e⁴) draws.

    Source: Fischler and Bolles (1981); Hartley and Zisserman (2004), algorithm 4.5 and eq. 4.18. Agrees with
    `cv2.findHomography(method=cv2.RANSAC)` on which pairs agree.

    Parameters
    ----------
    from_xy, to_xy : (N, 2) float, pixels
    within : float, pixels: a pair agrees if its point moves to within this distance of its partner
    confidence : float, from 0 to 1
    seed : int

    Returns
    -------
    homography : (3, 3) float64, its last entry 1, fitted to all agreeing pairs
    agrees : (N,) bool

    Raises
    ------
    ValueError
        There are fewer than four pairs, no fifth agrees with any four, or the confidence is not between 0 and 1.

    Examples
    --------
    Six pairs move by (10, 0), and one does not:

    >>> points = np.array([[0, 0], [9, 0], [9, 7], [0, 7], [4, 3], [7, 2], [2, 6]])
    >>> moved = points + [10, 0]; moved[5] = [50, 50]
    >>> homography, agrees = ransac_homography(points, moved)
    >>> agrees
    array([ True,  True,  True,  True,  True, False,  True])
    """
    if len(from_xy) < 4:
        raise ValueError(f"a homography takes four pairs of points or more; there are {len(from_xy)}")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, and is neither; this is {confidence:g}")
    agrees = _largest_agreement(from_xy, to_xy, within, confidence, np.random.default_rng(seed))
    if agrees.sum() < 5 and len(from_xy) > 4:
        raise ValueError(f"no homography fits more than four of the {len(from_xy)} pairs to within {within:g} pixels")
    agrees = distances_after(fit_homography(from_xy[agrees], to_xy[agrees]), from_xy, to_xy) < within
    return fit_homography(from_xy[agrees], to_xy[agrees]), agrees


def _largest_agreement(
    from_xy: np.ndarray, to_xy: np.ndarray, within: float, confidence: float, random: np.random.Generator
) -> np.ndarray:
    """The pairs (N,) bool that agree with the best of the homographies fitted to four pairs drawn by chance."""
    most = np.zeros(len(from_xy), dtype=bool)
    draws, wanted = 0, 2000.0
    while draws < wanted:
        draws += 1
        drawn = random.choice(len(from_xy), 4, replace=False)
        try:
            candidate = fit_homography(from_xy[drawn], to_xy[drawn])
        except ValueError:
            continue  # three on a line: this draw says nothing
        agrees = distances_after(candidate, from_xy, to_xy) < within
        if agrees.sum() > most.sum():
            most = agrees
            wanted = min(wanted, draws_for(most.mean(), confidence))
    return most


def distances_after(homography: np.ndarray, from_xy: np.ndarray, to_xy: np.ndarray) -> np.ndarray:
    """How far from its partner each point is moved.

    Parameters
    ----------
    homography : (3, 3) float
    from_xy, to_xy : (N, 2) float, pixels

    Returns
    -------
    distances : (N,) float64, pixels

    Examples
    --------
    >>> distances_after(np.eye(3), np.array([[1.0, 2.0]]), np.array([[4.0, 6.0]]))
    array([5.])
    """
    distances = np.linalg.norm(apply_homography(homography, from_xy) - to_xy, axis=1)
    return np.where(np.isnan(distances), np.inf, distances)


def draws_for(agreeing: float, confidence: float) -> float:
    """How many draws of four until, with this confidence, one holds agreeing pairs only.

    Source: Hartley and Zisserman (2004), eq. 4.18, with its table 4.3.

    Parameters
    ----------
    agreeing : float, above 0 and up to 1: the share of the pairs that agree
    confidence : float, between 0 and 1

    Returns
    -------
    draws : float

    Examples
    --------
    >>> math.ceil(draws_for(agreeing=0.5, confidence=0.99))
    72
    """
    if agreeing == 1:
        return 1.0
    return math.log(1 - confidence) / math.log1p(-(agreeing**4))
