"""ORB: corners found, turned and described by comparing pixels, with hardly any arithmetic.

- *FAST* finds corners: of the 16 pixels on a circle around the middle, 9 in a row are all brighter, or all darker.
- *Oriented*: the line from the corner to the centre of gravity of the gray levels around it gives its direction.
- *Rotated BRIEF* describes it: 256 questions, "is this place darker than that one?", the same for all corners, the
  pattern of places turned into the corner's direction. The answers are bits; two corners are alike if few bits differ.

A question's answer does not change with brightness or contrast. The pattern's scale is fixed here; the original asks
the same on each level of a pyramid.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray, smooth
from reference.harris import harris_corners, harris_response

CIRCLE_XY = np.array(
    [
        *[(0, -3), (1, -3), (2, -2), (3, -1), (3, 0), (3, 1), (2, 2), (1, 3)],
        *[(0, 3), (-1, 3), (-2, 2), (-3, 1), (-3, 0), (-3, -1), (-2, -2), (-1, -3)],
    ]
)
PATCH_RADIUS = 15  # pixels


def fast_corners(gray: np.ndarray, threshold: float, arc: int = 9) -> np.ndarray:
    """The pixels with `arc` neighbours in a row on the circle that are all brighter, or all darker, by the threshold.

    Source: Rosten and Drummond (2006), "Machine learning for high-speed corner detection", section 2. The same pixels
    as `cv2.FastFeatureDetector` finds without suppression of its neighbours.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    threshold : float, gray levels: brighter or darker by more than this
    arc : int, pixels of 16

    Returns
    -------
    corners_xy : (N, 2) int64, pixels, (x, y), row by row; none within 3 pixels of the border

    Raises
    ------
    ValueError
        The picture is not (H, W).

    Examples
    --------
    >>> dot = np.zeros((9, 11)); dot[4, 6] = 100
    >>> fast_corners(dot, threshold=20)
    array([[6, 4]])
    """
    gray = as_gray(gray)
    height, width = gray.shape
    if min(height, width) < 7:
        return np.empty((0, 2), dtype=np.int64)
    middle = gray[3:-3, 3:-3]
    circle = np.stack([gray[3 + dy : height - 3 + dy, 3 + dx : width - 3 + dx] for dx, dy in CIRCLE_XY])
    is_corner = _has_arc(circle > middle + threshold, arc) | _has_arc(circle < middle - threshold, arc)
    rows, columns = np.nonzero(is_corner)
    return np.column_stack([columns + 3, rows + 3])


def _has_arc(on_circle: np.ndarray, arc: int) -> np.ndarray:
    """Whether, of the 16 answers along the first axis, `arc` in a row are yes; the circle closes."""
    closed = np.concatenate([on_circle, on_circle[: arc - 1]])
    return np.asarray(np.stack([closed[start : start + arc].all(axis=0) for start in range(16)]).any(axis=0))


def centroid_angle(gray: np.ndarray, x: int, y: int, radius: int = PATCH_RADIUS) -> float:
    """The direction from a corner to the centre of gravity of the gray levels in a disc around it.

    With the moments m_pq = sum of x^p y^q I(x, y), it is atan2(m_01, m_10). The disc is that of the pixels within
    radius + 1/2.

    Source: Rublee et al. (2011), "ORB: an efficient alternative to SIFT or SURF", eq. 1 to 3. Agrees with `cv2.ORB` to
    0.02 degrees.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    x, y : int, pixels, at least `radius` from the border
    radius : int, pixels

    Returns
    -------
    angle : float, degrees from 0 to 360, from +x towards +y

    Raises
    ------
    ValueError
        The disc does not lie within the picture.

    Examples
    --------
    >>> column = np.tile(np.arange(41), (41, 1))
    >>> centroid_angle(column, 20, 20), centroid_angle(column.T, 20, 20)
    (0.0, 90.0)
    """
    height, width = np.shape(gray)
    if not (radius <= x < width - radius and radius <= y < height - radius):
        raise ValueError(f"the disc of radius {radius} around ({x}, {y}) does not lie within the picture")
    down, right = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    patch = gray[y - radius : y + radius + 1, x - radius : x + radius + 1] * (down**2 + right**2 <= (radius + 0.5) ** 2)
    return float(np.degrees(np.arctan2((down * patch).sum(), (right * patch).sum())) % 360)


def binary_tests(seed: int = 0, count: int = 256) -> np.ndarray:
    """The pattern: pairs of places in the patch, drawn from a Gaussian around the middle.

    Source: Calonder et al. (2010), "BRIEF", section 3.2, its second and best way, with a sigma of a fifth of the patch.
    ORB instead learned its pairs from pictures, so that their answers vary and do not depend on each other.

    Parameters
    ----------
    seed : int
    count : int

    Returns
    -------
    pairs_xy : (count, 2, 2) float64, pixels, (pair, first or second, x or y), within the disc of radius 15

    Examples
    --------
    >>> binary_tests().shape, bool(np.linalg.norm(binary_tests(), axis=2).max() <= 15)
    ((256, 2, 2), True)
    """
    drawn = np.random.default_rng(seed).normal(0, (2 * PATCH_RADIUS + 1) / 5, (3 * count, 2, 2))
    is_within = (np.linalg.norm(drawn, axis=2) <= PATCH_RADIUS).all(axis=1)
    return np.asarray(drawn[is_within][:count])


def orb_descriptor(smoothed: np.ndarray, x: int, y: int, angle: float, pairs_xy: np.ndarray) -> np.ndarray:
    """The answers to "is the first place darker than the second?", the pattern turned by the angle.

    Source: Rublee et al. (2011), eq. 4 to 6.

    Parameters
    ----------
    smoothed : (H, W) float, gray levels: single pixels are too noisy to compare
    x, y : int, pixels, at least 15 from the border
    angle : float, degrees
    pairs_xy : (M, 2, 2) float, pixels, as from `binary_tests`

    Returns
    -------
    bits : (M,) bool

    Examples
    --------
    One question, first towards +x and then, turned by 90 degrees, towards +y, of a picture that brightens to the right:

    >>> column = np.tile(np.arange(41.0), (41, 1))
    >>> pair = np.array([[[-5, 0], [5, 0]]])
    >>> orb_descriptor(column, 20, 20, 0, pair), orb_descriptor(column, 20, 20, 90, pair)
    (array([ True]), array([False]))
    """
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turned = pairs_xy @ np.array([[cos, sin], [-sin, cos]])
    columns, rows = np.moveaxis(np.rint(turned).astype(int) + np.array([x, y]), 2, 0)
    first, second = smoothed[rows, columns].T
    return np.asarray(first < second)


def orb(gray: np.ndarray, threshold: float = 20.0, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """The corners with the strongest Harris response, one for each neighbourhood of 3 x 3, with their descriptors.

    Source: Rublee et al. (2011); lecture 1, "Other feature descriptors".

    Parameters
    ----------
    gray : (H, W) number, gray levels
    threshold : float, gray levels, of FAST
    count : int, corners at most

    Returns
    -------
    keypoints : (N, 3) float64, (x, y, angle in degrees), strongest first
    descriptors : (N, 256) bool

    Raises
    ------
    ValueError
        The picture is not (H, W).

    Examples
    --------
    >>> square = np.zeros((60, 60)); square[30:, 30:] = 100
    >>> keypoints, descriptors = orb(square, count=1)
    >>> keypoints, descriptors.shape
    (array([[31., 31., 45.]]), (1, 256))
    """
    corners_xy = fast_corners(gray, threshold)
    height, width = np.shape(gray)
    margin = PATCH_RADIUS + 1
    is_within = ((corners_xy >= margin) & (corners_xy < [width - margin, height - margin])).all(axis=1)
    x, y = corners_xy[is_within].T
    strength = np.zeros((height, width))
    strength[y, x] = harris_response(gray, block=7)[y, x]
    strongest_rc = harris_corners(strength, share=0.0)[:count]

    smoothed, pairs_xy = smooth(gray, 2.0), binary_tests()
    keypoints = [(x, y, centroid_angle(gray, x, y)) for y, x in strongest_rc]
    descriptors = [orb_descriptor(smoothed, x, y, angle, pairs_xy) for x, y, angle in keypoints]
    return np.array(keypoints, dtype=np.float64).reshape(-1, 3), np.array(descriptors, dtype=bool).reshape(-1, 256)


def hamming_distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How many bits differ, for each pair of descriptors.

    Agrees with `cv2.BFMatcher(cv2.NORM_HAMMING)` on packed bits.

    Parameters
    ----------
    first : (N, B) bool
    second : (M, B) bool

    Returns
    -------
    distances : (N, M) int64, bits

    Examples
    --------
    >>> hamming_distances(np.array([[True, True, False]]), np.array([[True, False, True], [True, True, True]]))
    array([[2, 1]])
    """
    return np.asarray((first[:, None, :] != second[None, :, :]).sum(axis=2))
