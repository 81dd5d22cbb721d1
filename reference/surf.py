"""SURF: SIFT's idea at a fraction of its cost, by adding up boxes only.

With the *integral image*, in which each entry is the sum of all pixels above and to the left, the sum over any box is
four look-ups, however large the box. So SURF replaces whatever it can by boxes:

- the second derivatives of a Gaussian, by two or three boxes of weights 1, -1 and -2: their Hessian's determinant is
  large on blobs, and a larger scale is a larger filter on the same picture, not a smaller picture;
- the gradient, by Haar's wavelet: one half of a square minus the other.

Its descriptor keeps four sums for each of 4 x 4 squares: of dx, dy, |dx| and |dy|. The first two see a slope, the last
two also see texture, in which slopes cancel.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray
from reference.scale_space import local_extrema

SIGMA_OF_SIZE_9 = 1.2  # pixels: the Gaussian that the smallest filter stands for


def integral_image(gray: np.ndarray) -> np.ndarray:
    """The sums of all pixels above and to the left, with a first row and column of zeros.

    Source: Bay et al. (2008), "Speeded-up robust features", section 3.1. Agrees with `cv2.integral`.

    Parameters
    ----------
    gray : (H, W) number

    Returns
    -------
    integral : (H + 1, W + 1) float64

    Raises
    ------
    ValueError
        The picture is not (H, W).

    Examples
    --------
    >>> integral_image(np.array([[1, 2], [3, 4]]))
    array([[ 0.,  0.,  0.],
           [ 0.,  1.,  3.],
           [ 0.,  4., 10.]])
    """
    return np.pad(as_gray(gray).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def box_sum(
    integral: np.ndarray, rows: np.ndarray, columns: np.ndarray, down: tuple[int, int], right: tuple[int, int]
) -> np.ndarray:
    """For each pixel, the sum over a box near it; outside the picture all is 0.

    Parameters
    ----------
    integral : (H + 1, W + 1) float
    rows, columns : any shape int, pixels
    down : the box's first and last row, relative to the pixel, both within
    right : its first and last column, likewise

    Returns
    -------
    sums : the shape of `rows` float64

    Examples
    --------
    The three pixels from one left to one right of the middle:

    >>> integral = integral_image(np.array([[1, 10, 100, 1000]]))
    >>> box_sum(integral, np.array([0]), np.array([2]), down=(0, 0), right=(-1, 1))
    array([1110.])
    """
    height, width = integral.shape[0] - 1, integral.shape[1] - 1
    top, bottom = np.clip(rows + down[0], 0, height), np.clip(rows + down[1] + 1, 0, height)
    left, past = np.clip(columns + right[0], 0, width), np.clip(columns + right[1] + 1, 0, width)
    return np.asarray(integral[bottom, past] - integral[top, past] - integral[bottom, left] + integral[top, left])


def hessian_determinant(integral: np.ndarray, size: int = 9) -> np.ndarray:
    """How much each pixel is the middle of a blob: det H = Dxx Dyy - (0.9 Dxy)², with derivatives made of boxes.

    Source: Bay et al. (2008), section 3.2. Agrees with `skimage.feature.hessian_matrix_det(sigma=size / 3)` wherever
    the filter lies within the picture, but for one pixel: scikit-image's integral image has no row and column of zeros,
    so its answer lies one up and left. Nor is its sigma that of the paper, 1.2 size / 9.

    Parameters
    ----------
    integral : (H + 1, W + 1) float
    size : odd multiple of 3, pixels: side of the filter

    Returns
    -------
    determinant : (H, W) float64, squared gray levels; 0 where the filter does not lie within the picture

    Raises
    ------
    ValueError
        The size is not an odd multiple of 3.

    Examples
    --------
    >>> y, x = np.mgrid[:21, :21]
    >>> blob = np.exp(-((x - 10) ** 2 + (y - 10) ** 2) / (2 * 1.2**2))
    >>> determinant = hessian_determinant(integral_image(blob))
    >>> [int(i) for i in np.unravel_index(determinant.argmax(), determinant.shape)]
    [10, 10]
    """
    if size < 3 or size % 6 != 3:
        raise ValueError(f"the filter's side is an odd multiple of 3 (9, 15, 21, ...); this is {size}")
    lobe, half = size // 3, size // 2
    middle = lobe // 2
    rows, columns = np.indices((integral.shape[0] - 1, integral.shape[1] - 1))

    def boxes(down: tuple[int, int], right: tuple[int, int]) -> np.ndarray:
        return box_sum(integral, rows, columns, down, right)

    along = (-half, half)
    across = (1 - lobe, lobe - 1)
    before, after = (-lobe, -1), (1, lobe)
    xx = boxes(across, along) - 3 * boxes(across, (-middle, middle))
    yy = boxes(along, across) - 3 * boxes((-middle, middle), across)
    xy = boxes(before, before) + boxes(after, after) - boxes(before, after) - boxes(after, before)
    determinant = (xx * yy - (0.9 * xy) ** 2) / size**4

    height, width = determinant.shape
    is_within = (rows >= half) & (rows < height - half) & (columns >= half) & (columns < width - half)
    return np.where(is_within, determinant, 0.0)


def surf(
    gray: np.ndarray, threshold: float = 10.0, sizes: tuple[int, ...] = (9, 15, 21, 27, 39, 51)
) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints with their descriptors.

    Source: Bay et al. (2008); lecture 1, "Other feature descriptors". Left out: octaves, and placing a keypoint between
    pixels and sizes.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    threshold : float, squared gray levels: the least determinant
    sizes : odd multiples of 3, pixels, rising

    Returns
    -------
    keypoints : (N, 4) float64, (x, y, sigma in pixels, angle in degrees from +x towards +y)
    descriptors : (N, 64) float64, of length 1, (row, column, sum) flattened

    Raises
    ------
    ValueError
        The picture is not (H, W), or a size is not an odd multiple of 3.

    Examples
    --------
    >>> y, x = np.mgrid[:60, :80]
    >>> blob = 200 * np.exp(-((x - 40) ** 2 + (y - 30) ** 2) / (2 * 2.5**2))
    >>> keypoints, descriptors = surf(blob)
    >>> keypoints[:, :3].round(), descriptors.shape
    (array([[40., 30.,  2.]]), (1, 64))
    """
    gray = as_gray(gray)
    integral = integral_image(gray - gray.mean())  # outside, where boxes see 0, the picture goes on in its mean gray
    determinants = np.stack([hessian_determinant(integral, size) for size in sizes])
    maxima = [place for place in local_extrema(determinants, threshold) if determinants[tuple(place)] > 0]
    keypoints, descriptors = [], []
    for scale, y, x in maxima:
        sigma = SIGMA_OF_SIZE_9 * sizes[scale] / 9
        angle = surf_angle(integral, x, y, sigma)
        keypoints.append((x, y, sigma, angle))
        descriptors.append(surf_descriptor(integral, x, y, sigma, angle))
    return np.array(keypoints, dtype=np.float64).reshape(-1, 4), np.array(descriptors).reshape(-1, 64)


def haar_responses(
    integral: np.ndarray, rows: np.ndarray, columns: np.ndarray, half: int
) -> tuple[np.ndarray, np.ndarray]:
    """Right minus left, and lower minus upper, part of the square of side 2 half + 1 around each pixel.

    Source: Bay et al. (2008), section 4.1; the middle row or column is left out, so that the pixel is in the middle.

    Parameters
    ----------
    integral : (H + 1, W + 1) float
    rows, columns : any one shape int, pixels
    half : int, pixels

    Returns
    -------
    right, down : the shape of `rows` float64, gray levels times pixels

    Examples
    --------
    >>> integral = integral_image(np.array([[0, 0, 0], [1, 5, 9], [0, 0, 0]]))
    >>> [float(d[0]) for d in haar_responses(integral, np.array([1]), np.array([1]), half=1)]
    [8.0, 0.0]
    """
    whole, before, after = (-half, half), (-half, -1), (1, half)
    right = box_sum(integral, rows, columns, whole, after) - box_sum(integral, rows, columns, whole, before)
    down = box_sum(integral, rows, columns, after, whole) - box_sum(integral, rows, columns, before, whole)
    return right, down


def surf_angle(integral: np.ndarray, x: int, y: int, sigma: float) -> float:
    """The keypoint's direction: of the longest sum of wavelet responses within any 60 degrees.

    Source: Bay et al. (2008), section 4.1: samples one sigma apart within 6, wavelets of 4 sigmas, a Gaussian of 2.

    Parameters
    ----------
    integral : (H + 1, W + 1) float
    x, y : int, pixels
    sigma : float, pixels

    Returns
    -------
    angle : float, degrees from 0 to 360, from +x towards +y

    Examples
    --------
    >>> row, column = np.mgrid[:61, :61]
    >>> surf_angle(integral_image(row + column), 30, 30, 2.0)
    45.0
    """
    down, right = np.mgrid[-6:7, -6:7]
    in_circle = down**2 + right**2 <= 36
    down, right = down[in_circle], right[in_circle]
    rows, columns = np.rint(y + down * sigma).astype(int), np.rint(x + right * sigma).astype(int)
    weights = np.exp(-(down**2 + right**2) / (2 * 2**2))
    dx, dy = (weights * response for response in haar_responses(integral, rows, columns, _pixels(2 * sigma)))

    angles = np.degrees(np.arctan2(dy, dx))
    starts = np.arange(2.5, 360, 5)[:, None]  # not at 0, 45, 90: much of what is built by people points there
    in_sector = (angles - starts) % 360 < 60
    sums = np.stack([in_sector @ dx, in_sector @ dy], axis=1)
    longest = sums[np.hypot(*sums.T).argmax()]
    return float(np.degrees(np.arctan2(longest[1], longest[0])) % 360)


def surf_descriptor(integral: np.ndarray, x: int, y: int, sigma: float, angle: float) -> np.ndarray:
    """The sums of dx, dy, |dx|, |dy| over 4 x 4 squares of 5 x 5 samples, turned by the angle, of length 1.

    Source: Bay et al. (2008), section 4.2: samples one sigma apart, wavelets of 2 sigmas, a Gaussian of 3.3.

    Parameters
    ----------
    integral : (H + 1, W + 1) float
    x, y : int, pixels
    sigma : float, pixels
    angle : float, degrees

    Returns
    -------
    descriptor : (64,) float64, (row of squares, column of squares, sum) flattened; zeros where the picture is flat

    Examples
    --------
    On a ramp seen along its slope there is dx and |dx| only:

    >>> row, column = np.mgrid[:61, :61]
    >>> squares = surf_descriptor(integral_image(column), 30, 30, 2.0, angle=0.0).reshape(16, 4)
    >>> bool(np.allclose(squares[:, 0], squares[:, 2])), bool(np.allclose(squares[:, [1, 3]], 0))
    (True, True)
    """
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    down, right = np.mgrid[-9.5:10, -9.5:10]  # in sigmas, in the keypoint's own frame
    rows = np.rint(y + sigma * (sin * right + cos * down)).astype(int)
    columns = np.rint(x + sigma * (cos * right - sin * down)).astype(int)
    weights = np.exp(-(down**2 + right**2) / (2 * 3.3**2))
    image_dx, image_dy = haar_responses(integral, rows, columns, _pixels(sigma))
    dx = weights * (cos * image_dx + sin * image_dy)
    dy = weights * (cos * image_dy - sin * image_dx)

    samples = np.stack([dx, dy, np.abs(dx), np.abs(dy)], axis=-1)
    descriptor = samples.reshape(4, 5, 4, 5, 4).sum(axis=(1, 3)).ravel()
    length = np.linalg.norm(descriptor)
    return np.asarray(descriptor / length if length > 0 else descriptor)


def _pixels(length: float) -> int:
    return max(1, round(length))
