"""SIFT: describe a keypoint by the directions in which the picture changes around it.

Each step buys one invariance.

- *Scale*: the keypoint's sigma (from `scale_space`) is the unit of length; all that follows is measured in it.
- *Rotation*: a histogram of the gradients' directions around the keypoint has a highest bin. That direction becomes
  the zero of all angles, and the grid of bins is turned into it.
- *Small shifts*: not pixels but histograms are compared, N x N of them (N = 4) with M = 8 directions each. A gradient
  is shared between the nearest bins, so that nothing jumps when it crosses a border.
- *Illumination*: a gradient does not see added brightness; dividing the vector by its length takes out a factor;
  cutting its largest entries softens the rest (glare, saturation).

Angles are in degrees from +x towards +y, which is clockwise on the screen, since y points down.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray, smooth
from reference.scale_space import find_blobs, scale_sigmas

BINS = 4
DIRECTIONS = 8
BIN_WIDTH = 3.0  # sigmas
LARGEST_ENTRY = 0.2


def sift(gray: np.ndarray, sigmas: np.ndarray | None = None, contrast: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints with their descriptors.

    Source: Lowe (2004), "Distinctive image features from scale-invariant keypoints"; lecture 1, "SIFT descriptor".

    Parameters
    ----------
    gray : (H, W) number, gray levels
    sigmas : (S,) float, pixels, a geometric ladder; `scale_sigmas()` where it is left out
    contrast : float, gray levels: the least absolute difference of Gaussians

    Returns
    -------
    keypoints : (N, 4) float64, (x, y, sigma in pixels, angle in degrees); a place with two dominant directions has two
    descriptors : (N, 128) float64, of length 1, (row of bins, column of bins, direction) flattened

    Raises
    ------
    ValueError
        The picture is not (H, W).

    Examples
    --------
    A dark blob beside a bright one:

    >>> y, x = np.mgrid[:40, :60]
    >>> blobs = [level * np.exp(-((x - at) ** 2 + (y - 20) ** 2) / 18) for level, at in [(99, 22), (-70, 36)]]
    >>> keypoints, descriptors = sift(sum(blobs))
    >>> keypoints[:1].round()
    array([[ 22.,  20.,   3., 180.]])
    >>> descriptors.shape[1]
    128
    """
    sigmas = scale_sigmas() if sigmas is None else sigmas
    gray = as_gray(gray)
    levels = [smooth(gray, sigma) for sigma in sigmas]
    keypoints, descriptors = [], []
    for x, y, sigma in find_blobs(gray, sigmas, contrast):
        smoothed = levels[np.abs(np.log(sigmas / sigma)).argmin()]
        for angle in dominant_angles(smoothed, x, y, sigma):
            keypoints.append((x, y, sigma, angle))
            descriptors.append(sift_descriptor(smoothed, x, y, sigma, angle))
    return np.array(keypoints).reshape(-1, 4), np.array(descriptors).reshape(-1, BINS * BINS * DIRECTIONS)


def dominant_angles(smoothed: np.ndarray, x: float, y: float, sigma: float) -> np.ndarray:
    """The directions that prevail around a keypoint: the highest bin of 36, and any within 80 in 100 of it.

    Source: Lowe (2004), section 5; the smoothing as in OpenCV, with whose angles these agree at whole pixels, to
    0.3 degrees in the middle and to 3 in 97 of 100 keypoints (OpenCV puts the window at the nearest pixel, and doubles
    the picture first).

    Parameters
    ----------
    smoothed : (H, W) float, gray levels, smoothed by the keypoint's sigma
    x, y, sigma : float, pixels

    Returns
    -------
    angles : (N,) float64, degrees from 0 to 360, highest peak first; none where the picture is flat

    Examples
    --------
    It brightens downwards:

    >>> y, x = np.mgrid[:41.0, :41.0]
    >>> dominant_angles(y, 20, 20, 2.0)
    array([90.])
    """
    return peak_angles(orientation_histogram(smoothed, x, y, sigma))


def orientation_histogram(smoothed: np.ndarray, x: float, y: float, sigma: float) -> np.ndarray:
    """How much gradient has each of 36 directions around a keypoint.

    Each pixel within 4.5 sigmas adds its gradient's magnitude, times a Gaussian of 1.5 sigmas, to the bin of its
    direction. The histogram is smoothed by (1, 4, 6, 4, 1) / 16.

    Source: Lowe (2004), section 5; the smoothing as in OpenCV.

    Parameters
    ----------
    smoothed : (H, W) float, gray levels, smoothed by the keypoint's sigma
    x, y, sigma : float, pixels

    Returns
    -------
    histogram : (36,) float64, gray levels; the middle of bin i is at 10 i degrees, from +x towards +y

    Examples
    --------
    It brightens downwards, that is, to 90 degrees:

    >>> y, x = np.mgrid[:41.0, :41.0]
    >>> histogram = orientation_histogram(y, 20, 20, 2.0)
    >>> (6 * histogram / histogram.max()).round(3)[6:13]
    array([0., 1., 4., 6., 4., 1., 0.])
    """
    right, down, gradient_x, gradient_y = gradients_around(smoothed, x, y, radius=4.5 * sigma)
    weights = np.hypot(gradient_x, gradient_y) * np.exp(-(right**2 + down**2) / (2 * (1.5 * sigma) ** 2))
    bins = np.rint(np.degrees(np.arctan2(gradient_y, gradient_x)) / 10).astype(int) % 36
    counts = np.bincount(bins, weights, minlength=36)
    around = np.stack([np.roll(counts, shift) for shift in range(-2, 3)])
    return np.asarray(np.array([1, 4, 6, 4, 1]) / 16 @ around)


def peak_angles(histogram: np.ndarray) -> np.ndarray:
    """The angles of the peaks: bins above both neighbours, and at least 80 in 100 of the highest.

    A parabola through a peak's three bins places it between them.

    Source: Lowe (2004), section 5.

    Parameters
    ----------
    histogram : (36,) float, the middle of bin i at 10 i degrees; after the last bin comes the first

    Returns
    -------
    angles : (N,) float64, degrees from 0 to 360, highest peak first, of equal ones the smaller angle

    Examples
    --------
    >>> histogram = np.zeros(36)
    >>> histogram[[8, 9, 10, 20, 30]] = 6, 8, 4, 10, 7
    >>> peak_angles(histogram).round(2)
    array([200.  ,  88.33])
    """
    before, after = np.roll(histogram, 1), np.roll(histogram, -1)
    is_peak = (histogram > before) & (histogram > after) & (histogram >= 0.8 * histogram.max())
    peaks = np.flatnonzero(is_peak)
    peaks = peaks[np.argsort(-histogram[peaks], kind="stable")]
    left, middle, right = before[peaks], histogram[peaks], after[peaks]
    offsets = 0.5 * (left - right) / (left - 2 * middle + right)
    return np.asarray((peaks + offsets) * 10 % 360)


def sift_descriptor(smoothed: np.ndarray, x: float, y: float, sigma: float, angle: float) -> np.ndarray:
    """The 4 x 4 histograms of 8 gradient directions around a keypoint, turned by its angle, of length 1.

    A bin is 3 sigmas wide. Each gradient is weighted by a Gaussian as wide as half the grid and shared linearly between
    the two nearest rows, columns and directions. The vector is scaled to length 1, cut at 0.2, and scaled again.

    Source: Lowe (2004), section 6; lecture 1, "SIFT descriptor". Agrees with `cv2.SIFT` (cosine above 0.999 at whole
    pixels), which counts directions the other way round, rounds the entries to bytes of 512, and puts the window at the
    nearest pixel.

    Parameters
    ----------
    smoothed : (H, W) float, gray levels, smoothed by the keypoint's sigma
    x, y, sigma : float, pixels
    angle : float, degrees

    Returns
    -------
    descriptor : (128,) float64, (row of bins, column of bins, direction) flattened; zeros where the picture is flat

    Examples
    --------
    On a ramp all gradients have the angle itself: only direction 0 of each bin is used.

    >>> y, x = np.mgrid[:61.0, :61.0]
    >>> descriptor = sift_descriptor(x + y, 30, 30, 2.0, angle=45.0).reshape(4, 4, 8)
    >>> bool(descriptor[:, :, 0].min() > 0.1), bool(descriptor[:, :, 1:].max() < 1e-9)
    (True, True)
    """
    width = BIN_WIDTH * sigma
    right, down, gradient_x, gradient_y = gradients_around(smoothed, x, y, radius=width * (BINS + 1) / np.sqrt(2))
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    columns = (cos * right + sin * down) / width  # in bins, from the keypoint
    rows = (cos * down - sin * right) / width
    directions = (np.degrees(np.arctan2(gradient_y, gradient_x)) - angle) % 360 / (360 / DIRECTIONS)
    weights = np.hypot(gradient_x, gradient_y) * np.exp(-(columns**2 + rows**2) / (2 * (BINS / 2) ** 2))

    middle = (BINS - 1) / 2
    return normalise_descriptor(share_out(rows + middle, columns + middle, directions, weights).ravel())


def gradients_around(
    smoothed: np.ndarray, x: float, y: float, radius: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The pixels in a square around a place, as offsets, and their gradients.

    Parameters
    ----------
    smoothed : (H, W) float, gray levels
    x, y, radius : float, pixels; pixels on the picture's border are left out, since they lack a neighbour

    Returns
    -------
    right, down : (N,) float64, pixels, from the place
    gradient_x, gradient_y : (N,) float64, gray levels: the difference of the two neighbours

    Examples
    --------
    >>> y, x = np.mgrid[:5.0, :5.0]
    >>> right, down, gradient_x, gradient_y = gradients_around(3 * x, 2, 1.5, radius=0.5)
    >>> right, down, gradient_x, gradient_y
    (array([0., 0.]), array([-0.5,  0.5]), array([6., 6.]), array([0., 0.]))
    """
    height, width = smoothed.shape
    top, bottom = max(int(np.ceil(y - radius)), 1), min(int(y + radius), height - 2)
    left, right = max(int(np.ceil(x - radius)), 1), min(int(x + radius), width - 2)
    rows, columns = np.mgrid[top : bottom + 1, left : right + 1]
    gradient_x = smoothed[rows, columns + 1] - smoothed[rows, columns - 1]
    gradient_y = smoothed[rows + 1, columns] - smoothed[rows - 1, columns]
    return (columns - float(x)).ravel(), (rows - float(y)).ravel(), gradient_x.ravel(), gradient_y.ravel()


def share_out(rows: np.ndarray, columns: np.ndarray, directions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The histogram of the grid, each weight shared linearly between the 8 bins nearest to it.

    Source: Lowe (2004), section 6: "trilinear interpolation".

    Parameters
    ----------
    rows, columns : (N,) float, in bins: the middle of the first bin is at 0; what falls to bins outside is lost
    directions : (N,) float, in bins from 0 to 8; after the last bin comes the first
    weights : (N,) float

    Returns
    -------
    histogram : (4, 4, 8) float64, (row, column, direction)

    Examples
    --------
    A quarter of the way from the second row to the third:

    >>> histogram = share_out(np.array([1.25]), np.array([2.0]), np.array([7.0]), np.array([8.0]))
    >>> histogram[:, 2, 7]
    array([0., 6., 2., 0.])
    """
    histogram = np.zeros((BINS, BINS, DIRECTIONS))
    places = np.stack([rows, columns, directions])
    lower = np.floor(places).astype(int)
    fractions = places - lower
    for corner in np.ndindex(2, 2, 2):
        step = np.array(corner)[:, None]
        row, column, direction = lower + step
        share = np.where(step == 1, fractions, 1 - fractions).prod(axis=0)
        inside = (row >= 0) & (row < BINS) & (column >= 0) & (column < BINS)
        bins = (row[inside], column[inside], direction[inside] % DIRECTIONS)
        np.add.at(histogram, bins, (weights * share)[inside])
    return histogram


def normalise_descriptor(histogram: np.ndarray) -> np.ndarray:
    """The vector scaled to length 1, its entries cut at 0.2, and scaled again; zeros stay zeros.

    Source: Lowe (2004), section 6.1.

    Parameters
    ----------
    histogram : (D,) float, none below 0

    Returns
    -------
    descriptor : (D,) float64, of length 1

    Examples
    --------
    >>> normalise_descriptor(np.array([3.0, 4.0, 0.0])).round(3)
    array([0.707, 0.707, 0.   ])
    """
    return _scale_to_length_1(np.minimum(_scale_to_length_1(histogram), LARGEST_ENTRY))


def _scale_to_length_1(vector: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector
