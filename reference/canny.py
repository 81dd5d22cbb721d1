"""Canny's edges: thin, connected lines of strong gradient.

Four steps, each the cure of what the one before leaves behind:

1. smooth, or every speck of noise is an edge (`filters.smooth`);
2. take the gradient: an edge is where the picture changes fast;
3. thin: across an edge the gradient rises and falls over several pixels, so keep only the largest of them
   (non-maximum suppression);
4. link: one threshold either breaks lines or lets noise in, so take two. What is above the high one is an edge, and
   what is above the low one is an edge if it hangs together with one (hysteresis).

The direction of the gradient points *across* the edge.
"""

from __future__ import annotations

import numpy as np

from reference.filters import smooth, sobel


def canny(gray: np.ndarray, low: float, high: float, sigma: float = 0.0) -> np.ndarray:
    """Where the picture has edges.

    Source: Canny (1986), "A computational approach to edge detection"; lecture 1, "Edge detection".

    At sigma 0 this is `cv2.Canny(gray, low, high, L2gradient=True)`, pixel for pixel: OpenCV leaves the smoothing to
    its caller and repeats the border pixels. It rounds tan(22.5°) to 1.5e-6, which no gradient of bytes has met in the
    tests. The thresholds are in units of Sobel's filter, 8 times the gray levels a pixel.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    low, high : float, 8 gray levels a pixel
    sigma : float, pixels; 0 for no smoothing

    Returns
    -------
    edges : (H, W) bool

    Raises
    ------
    ValueError
        The picture is not (H, W), the low threshold is above the high one, or sigma is negative.

    Examples
    --------
    >>> step = np.tile([0, 0, 0, 100, 100, 100], (3, 1))
    >>> canny(step, low=100, high=200).astype(int)
    array([[0, 0, 1, 0, 0, 0],
           [0, 0, 1, 0, 0, 0],
           [0, 0, 1, 0, 0, 0]])
    """
    if low > high:
        raise ValueError(f"the low threshold ({low:g}) is above the high one ({high:g}): swap them")
    if sigma < 0:
        raise ValueError(f"sigma is 0 (no smoothing) or more, in pixels; this is {sigma:g}")
    smoothed = smooth(gray, sigma) if sigma > 0 else gray
    gradient_x, gradient_y = sobel(smoothed, border="edge")
    ridges = suppress_non_maxima(gradient_x, gradient_y)
    return link(strong=ridges > high, weak=ridges > low)


def suppress_non_maxima(gradient_x: np.ndarray, gradient_y: np.ndarray) -> np.ndarray:
    """The gradient's magnitude where it is largest across the edge, and 0 elsewhere.

    Each pixel is compared with its two neighbours in the direction of its gradient, rounded to the nearest of 0, 45, 90
    and 135 degrees. Of two equal neighbours in a row or column the first is kept, so that an edge between two pixels
    is one pixel wide; on a diagonal neither is, as OpenCV has it.

    Source: Canny (1986); lecture 1, "Edge detection".

    Parameters
    ----------
    gradient_x, gradient_y : (H, W) float

    Returns
    -------
    ridges : (H, W) float64, the unit of the gradient

    Raises
    ------
    ValueError
        The two are not of one shape.

    Examples
    --------
    >>> gradient_x = np.array([[0.0, 2.0, 5.0, 5.0, 3.0, 0.0]])
    >>> suppress_non_maxima(gradient_x, np.zeros((1, 6)))
    array([[0., 0., 5., 0., 0., 0.]])
    """
    if gradient_x.shape != gradient_y.shape:
        raise ValueError(f"the two gradients have different shapes, {gradient_x.shape} and {gradient_y.shape}")
    magnitude = np.hypot(gradient_x, gradient_y)
    steep, flat = np.abs(gradient_y), np.abs(gradient_x)
    tan_22_5 = np.sqrt(2) - 1
    horizontal = steep < tan_22_5 * flat
    vertical = flat < tan_22_5 * steep
    falling = gradient_x * gradient_y >= 0  # the diagonal from top left to bottom right, as y points down
    largest = np.select(
        [horizontal, vertical, falling],
        [
            (magnitude > _neighbour(magnitude, 0, -1)) & (magnitude >= _neighbour(magnitude, 0, 1)),
            (magnitude > _neighbour(magnitude, -1, 0)) & (magnitude >= _neighbour(magnitude, 1, 0)),
            (magnitude > _neighbour(magnitude, -1, -1)) & (magnitude > _neighbour(magnitude, 1, 1)),
        ],
        default=(magnitude > _neighbour(magnitude, -1, 1)) & (magnitude > _neighbour(magnitude, 1, -1)),
    )
    return np.where(largest, magnitude, 0.0)


def _neighbour(magnitude: np.ndarray, down: int, right: int) -> np.ndarray:
    """For each pixel the value of its neighbour, so many rows down and columns to the right; 0 outside the picture."""
    height, width = magnitude.shape
    return np.pad(magnitude, 1)[1 + down : 1 + down + height, 1 + right : 1 + right + width]


def link(strong: np.ndarray, weak: np.ndarray) -> np.ndarray:
    """The weak pixels that hang together with a strong one, through their eight neighbours: hysteresis.

    Source: Canny (1986); lecture 1, "Edge detection".

    Parameters
    ----------
    strong, weak : (H, W) bool

    Returns
    -------
    linked : (H, W) bool

    Raises
    ------
    ValueError
        The two are not of one shape.

    Examples
    --------
    >>> weak = np.array([[1, 1, 1, 0, 1, 1]], dtype=bool)
    >>> strong = np.array([[0, 0, 1, 0, 0, 0]], dtype=bool)
    >>> link(strong, weak).astype(int)
    array([[1, 1, 1, 0, 0, 0]])
    """
    if strong.shape != weak.shape:
        raise ValueError(f"the strong and the weak pixels have different shapes, {strong.shape} and {weak.shape}")
    height, width = weak.shape
    linked = strong.copy()
    to_visit = list(zip(*np.nonzero(strong), strict=True))
    while to_visit:
        row, column = to_visit.pop()
        for r in range(max(row - 1, 0), min(row + 2, height)):
            for c in range(max(column - 1, 0), min(column + 2, width)):
                if weak[r, c] and not linked[r, c]:
                    linked[r, c] = True
                    to_visit.append((r, c))
    return linked
