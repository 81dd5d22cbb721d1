"""Between the pixels: the gray level at a place that is not a whole number.

Turning, warping and tracking all ask for such places. Bilinear interpolation takes the four pixels around one and
weighs each by the area of the rectangle opposite to it: linear along x, linear along y, and continuous.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray


def bilinear(gray: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gray levels at these places; outside the picture, that of the nearest border place.

    Agrees with `scipy.ndimage.map_coordinates(order=1, mode="nearest")`.

    Parameters
    ----------
    gray : (H, W) number
    x, y : any one shape float, pixels

    Returns
    -------
    values : the shape of `x` float64, the unit of `gray`

    Raises
    ------
    ValueError
        The picture is not (H, W).

    Examples
    --------
    >>> gray = np.array([[0.0, 10.0], [20.0, 30.0]])
    >>> bilinear(gray, np.array([0.5, 0.0, 9.0]), np.array([0.5, 0.25, 0.0]))
    array([15.,  5., 10.])
    """
    gray = as_gray(gray)
    height, width = gray.shape
    x = np.clip(x, 0, width - 1)
    y = np.clip(y, 0, height - 1)
    left = np.minimum(np.floor(x).astype(int), max(width - 2, 0))
    top = np.minimum(np.floor(y).astype(int), max(height - 2, 0))
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    to_right, to_bottom = x - left, y - top
    upper = (1 - to_right) * gray[top, left] + to_right * gray[top, right]
    lower = (1 - to_right) * gray[bottom, left] + to_right * gray[bottom, right]
    return np.asarray((1 - to_bottom) * upper + to_bottom * lower)
