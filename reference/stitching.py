"""Stitching: two pictures taken from one place become one wide picture.

Descriptors say which points belong together (`sift`, `matching`), RANSAC says how the second picture lies on the first
(`homography`). What is left is to draw both onto one canvas.

*Warp* backwards: for each pixel of the canvas ask where in the picture it comes from, and interpolate there. Forwards,
each pixel of the picture would be thrown somewhere onto the canvas, and leave holes.

*Blend* with weights that fall to nothing towards each picture's own border, so that where one ends the other has taken
over already, and no seam shows even if one was exposed longer.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray
from reference.homography import apply_homography
from reference.interpolation import bilinear


def warp(gray: np.ndarray, homography: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The picture moved by a homography, on a canvas.

    Source: lecture 1, "Homography estimation". Where the picture covers the canvas it agrees with
    `skimage.transform.warp` to 1e-6, and with `cv2.warpPerspective` to the 1/32 of a pixel to which OpenCV rounds
    places. At the rim both mix in their border value, while here a pixel either comes from the picture or does not.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    homography : (3, 3) float, from the picture's pixels (x, y) to the canvas's
    shape : (rows, columns) of the canvas

    Returns
    -------
    warped : (rows, columns) float64, gray levels; 0 where the picture does not reach
    covered : (rows, columns) bool

    Raises
    ------
    ValueError
        The picture is not (H, W).
    numpy.linalg.LinAlgError
        The homography cannot be inverted.

    Examples
    --------
    >>> shift = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1]])
    >>> warped, covered = warp(np.array([[1.0, 2.0, 3.0]]), shift, (1, 5))
    >>> warped, covered
    (array([[0., 1., 2., 3., 0.]]), array([[False,  True,  True,  True, False]]))
    """
    gray = as_gray(gray)
    rows, columns = np.indices(shape)
    places_xy = apply_homography(np.linalg.inv(homography), np.column_stack([columns.ravel(), rows.ravel()]))
    x, y = places_xy.T.reshape(2, *shape)
    rounding = 1e-9
    height, width = gray.shape
    covered = (x >= -rounding) & (x <= width - 1 + rounding) & (y >= -rounding) & (y <= height - 1 + rounding)
    warped = np.zeros(shape)
    warped[covered] = bilinear(gray, x[covered], y[covered])
    return warped, covered


def border_distance(shape: tuple[int, int]) -> np.ndarray:
    """How many pixels away the nearest place outside the picture is: the blending weight.

    Parameters
    ----------
    shape : (H, W)

    Returns
    -------
    distance : (H, W) float64, pixels, 1 at the border

    Examples
    --------
    >>> border_distance((3, 5))
    array([[1., 1., 1., 1., 1.],
           [1., 2., 2., 2., 1.],
           [1., 1., 1., 1., 1.]])
    """
    height, width = shape
    rows, columns = np.indices(shape)
    nearest_side = np.minimum(np.minimum(rows, height - 1 - rows), np.minimum(columns, width - 1 - columns))
    return nearest_side + 1.0


def stitch(first: np.ndarray, second: np.ndarray, homography: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both pictures on one canvas that just holds them, blended by their distance from their borders.

    Source: lecture 1, "Matching for image stitching".

    Parameters
    ----------
    first, second : (H, W) and (H', W') number, gray levels
    homography : (3, 3) float, from the second picture's pixels (x, y) to the first's

    Returns
    -------
    canvas : (rows, columns) float64, gray levels; 0 where neither picture reaches
    origin_xy : (2,) int64, pixels: where on the canvas the first picture's pixel (0, 0) lies

    Raises
    ------
    ValueError
        A picture is not (H, W), or a corner of the second moves to the horizon or beyond it.

    Examples
    --------
    The second begins two pixels further right; where they overlap they agree:

    >>> shift = np.array([[1, 0, 2], [0, 1, 0], [0, 0, 1]])
    >>> stitch(np.array([[1, 2, 3, 4]]), np.array([[3, 4, 5, 6]]), shift)
    (array([[1., 2., 3., 4., 5., 6.]]), array([0, 0]))
    """
    first, second = as_gray(first), as_gray(second)
    corners_xy = np.vstack([_corners_xy(first), _moved_corners_xy(second, homography)])
    lowest = np.floor(corners_xy.min(axis=0) + 1e-6).astype(int)
    highest = np.ceil(corners_xy.max(axis=0) - 1e-6).astype(int)
    columns, rows = highest - lowest + 1
    to_canvas = np.array([[1, 0, -lowest[0]], [0, 1, -lowest[1]], [0, 0, 1]])

    total, weights = np.zeros((rows, columns)), np.zeros((rows, columns))
    for gray, moved_by in [(first, to_canvas), (second, to_canvas @ homography)]:
        warped, covered = warp(gray, moved_by, (rows, columns))
        weight, _ = warp(border_distance(gray.shape), moved_by, (rows, columns))
        total += weight * warped
        weights += np.where(covered, weight, 0.0)
    return np.divide(total, weights, out=np.zeros_like(total), where=weights > 0), -lowest


def _corners_xy(gray: np.ndarray) -> np.ndarray:
    height, width = gray.shape
    return np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], dtype=np.float64)


def _moved_corners_xy(gray: np.ndarray, homography: np.ndarray) -> np.ndarray:
    corners_xy = _corners_xy(gray)
    depths = np.column_stack([corners_xy, np.ones(4)]) @ homography[2]
    if not ((depths > 0).all() or (depths < 0).all()):
        raise ValueError("this homography moves a corner of the second picture to the horizon or beyond it")
    return apply_homography(homography, corners_xy)
