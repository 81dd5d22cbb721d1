"""FREAK: compare pairs of places as ORB does, but lay the places out as the cells of a retina.

In the eye's middle the cells are small and dense, further out large and sparse. Here 43 places lie on seven rings
around the keypoint, each the mean of a Gaussian that grows with its distance, so that neighbours overlap. Each pair of
places is asked which is darker; pairs of large cells come first, and two keypoints that differ in these need no closer
look, as a glance goes before a gaze. The keypoint's direction comes from the same cells, compared across the middle.
"""

from __future__ import annotations

import itertools

import numpy as np

from reference.filters import as_gray, smooth
from reference.interpolation import bilinear

RINGS = 7
CELLS_IN_A_RING = 6
LARGEST_RADIUS = 15.0  # pixels, at scale 1
SMALLEST_RADIUS = 2.0


def retina() -> np.ndarray:
    """The cells: seven rings of six, from the outermost inwards, every other one turned by half a cell, and the middle.

    Radii fall geometrically, and a cell's sigma is half its distance from the middle. Source: Alahi et al. (2012),
    "FREAK: fast retina keypoint", section 4.1; the paper gives the layout as a drawing, and OpenCV's radii, for one,
    fall otherwise.

    Returns
    -------
    cells : (43, 3) float64, pixels at scale 1, (x, y, sigma)

    Examples
    --------
    >>> retina()[[0, 6, 42]].round(2)
    array([[15.  ,  0.  ,  7.5 ],
           [ 9.28,  5.36,  5.36],
           [ 0.  ,  0.  ,  1.  ]])
    """
    cells = []
    for ring, radius in enumerate(np.geomspace(LARGEST_RADIUS, SMALLEST_RADIUS, RINGS)):
        for i in range(CELLS_IN_A_RING):
            angle = 2 * np.pi / CELLS_IN_A_RING * (i + ring % 2 / 2)
            cells.append((radius * np.cos(angle), radius * np.sin(angle), radius / 2))
    cells.append((0.0, 0.0, SMALLEST_RADIUS / 2))
    return np.array(cells)


def cell_pairs(cells: np.ndarray) -> np.ndarray:
    """All pairs of cells, the coarsest first: 903 of 43 cells.

    The paper keeps the 512 whose answers vary most, and depend least on each other, over many pictures; that they come
    out coarse to fine is its finding, which is put in here by hand.

    Parameters
    ----------
    cells : (C, 3) float, pixels, (x, y, sigma)

    Returns
    -------
    pairs : (C (C - 1) / 2, 2) int64, indices of cells

    Examples
    --------
    >>> cell_pairs(np.array([[0, 0, 1.0], [3, 0, 2.0], [6, 0, 4.0]]))
    array([[1, 2],
           [0, 2],
           [0, 1]])
    """
    pairs = np.array(list(itertools.combinations(range(len(cells)), 2)))
    size = cells[pairs, 2].sum(axis=1)
    return pairs[np.argsort(-size, kind="stable")]


def freak(gray: np.ndarray, keypoints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The direction of each keypoint, and its bits.

    Source: Alahi et al. (2012); lecture 1, "Other feature descriptors".

    Parameters
    ----------
    gray : (H, W) number, gray levels; outside, it goes on with its border pixels
    keypoints : (N, 3) float, (x, y, scale), x and y in pixels; at scale 1 the retina's radius is 15 pixels

    Returns
    -------
    angles : (N,) float64, degrees from 0 to 360, from +x towards +y
    descriptors : (N, 903) bool, coarsest pairs first

    Raises
    ------
    ValueError
        The picture is not (H, W).

    Examples
    --------
    On a picture that brightens downwards:

    >>> y, x = np.mgrid[:61, :61]
    >>> angles, descriptors = freak(y, np.array([[30, 30, 1.0]]))
    >>> angles.round(6), descriptors.shape
    (array([90.]), (1, 903))
    """
    gray, cells = as_gray(gray), retina()
    pairs = cell_pairs(cells)
    smoothed = {
        (scale, sigma): smooth(gray, scale * sigma)
        for scale in np.unique(keypoints[:, 2])
        for sigma in np.unique(cells[:, 2])
    }
    angles, descriptors = [], []
    for x, y, scale in keypoints:
        levels = [smoothed[scale, sigma] for sigma in cells[:, 2]]
        angle = retina_angle(cells, look(levels, cells, x, y, scale, angle=0.0))
        seen = look(levels, cells, x, y, scale, angle)
        angles.append(angle)
        descriptors.append(seen[pairs[:, 0]] < seen[pairs[:, 1]])
    return np.array(angles), np.array(descriptors, dtype=bool).reshape(-1, len(pairs))


def look(levels: list[np.ndarray], cells: np.ndarray, x: float, y: float, scale: float, angle: float) -> np.ndarray:
    """What each cell sees, the retina turned by the angle.

    Parameters
    ----------
    levels : for each cell, the picture smoothed by its sigma, (H, W) float, gray levels
    cells : (C, 3) float, pixels at scale 1, (x, y, sigma)
    x, y : float, pixels
    scale : float
    angle : float, degrees

    Returns
    -------
    seen : (C,) float64, gray levels

    Examples
    --------
    >>> row, column = np.mgrid[:9.0, :9.0]
    >>> look([column, column], np.array([[0, 0, 1.0], [2, 0, 1.0]]), 4, 4, scale=1.5, angle=0.0)
    array([4., 7.])
    """
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    right = scale * (cos * cells[:, 0] - sin * cells[:, 1])
    down = scale * (sin * cells[:, 0] + cos * cells[:, 1])
    places = zip(levels, x + right, y + down, strict=True)
    return np.array([bilinear(level, at_x, at_y) for level, at_x, at_y in places])


def retina_angle(cells: np.ndarray, seen: np.ndarray) -> float:
    """The direction in which it brightens: the mean, over opposite cells, of their difference times their direction.

    Source: Alahi et al. (2012), eq. 3, over the three diameters of each ring (the paper has 45 pairs).

    Parameters
    ----------
    cells : (C, 3) float, pixels, (x, y, sigma), as from `retina`
    seen : (C,) float, gray levels

    Returns
    -------
    angle : float, degrees from 0 to 360, from +x towards +y

    Examples
    --------
    >>> cells = retina()
    >>> round(retina_angle(cells, seen=cells[:, 0] - cells[:, 1]), 6)
    315.0
    """
    rings = np.arange(RINGS * CELLS_IN_A_RING).reshape(RINGS, 2, CELLS_IN_A_RING // 2)
    first, second = rings[:, 0].ravel(), rings[:, 1].ravel()
    across = cells[first, :2] - cells[second, :2]
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    x, y = ((seen[first] - seen[second])[:, None] * across).mean(axis=0)
    return float(np.degrees(np.arctan2(y, x)) % 360)
