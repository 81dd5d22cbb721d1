"""Scale space: look at a picture at every size at once, and let each thing choose its own.

Smoothing takes away what is small. The *difference* of two smoothings (DoG) therefore keeps what has a certain size,

    D(x, y, σ) = (G(kσ) - G(σ)) * I  ≈  (k - 1) σ² ∇²G * I,                                                          (1)

bright blobs as minima and dark ones as maxima, strongest where σ fits the blob. An extremum over x, y *and* σ is a
keypoint with a scale of its own: in a picture twice as large it is found again with twice the σ. What is computed
around it, measured in units of σ, does not depend on the picture's size.

After smoothing by σ, nothing smaller than about σ is left, so every second pixel can go: that is the Gaussian pyramid,
which saves work and changes no idea. `find_blobs` does without, at full resolution.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray, correlate_separable, smooth


def halve(gray: np.ndarray) -> np.ndarray:
    """The picture at half its size: smoothed by the binomial (1, 4, 6, 4, 1) / 16, then every second pixel.

    Agrees with `cv2.pyrDown`, borders included, where bytes are not rounded.

    Parameters
    ----------
    gray : (H, W) number

    Returns
    -------
    half : (ceil(H / 2), ceil(W / 2)) float64; its pixel (x, y) lies at (2 x, 2 y)

    Raises
    ------
    ValueError
        The picture is not (H, W).

    Examples
    --------
    >>> halve(np.full((4, 6), 7.0))
    array([[7., 7., 7.],
           [7., 7., 7.]])
    """
    binomial = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    return correlate_separable(gray, binomial, binomial)[::2, ::2]


def gaussian_pyramid(gray: np.ndarray, levels: int) -> list[np.ndarray]:
    """The picture, half of it, half of that, and so on.

    Parameters
    ----------
    gray : (H, W) number
    levels : int of 1 or more, the picture itself included

    Returns
    -------
    pyramid : list of float64 pictures, largest first

    Raises
    ------
    ValueError
        The picture is not (H, W), or there are no levels.

    Examples
    --------
    >>> [level.shape for level in gaussian_pyramid(np.zeros((8, 13)), 3)]
    [(8, 13), (4, 7), (2, 4)]
    """
    if levels < 1:
        raise ValueError(f"a pyramid has one level or more; this is {levels}")
    pyramid = [as_gray(gray)]
    while len(pyramid) < levels:
        pyramid.append(halve(pyramid[-1]))
    return pyramid


def scale_sigmas(first: float = 1.6, octaves: int = 3, per_octave: int = 3) -> np.ndarray:
    """The ladder of sigmas: each is 2^(1 / per_octave) times the one before.

    Two more than `octaves * per_octave + 1`, for an extremum needs a neighbour on either side.

    Parameters
    ----------
    first : float, pixels
    octaves, per_octave : int

    Returns
    -------
    sigmas : (octaves * per_octave + 3,) float64, pixels

    Examples
    --------
    >>> scale_sigmas(first=1.0, octaves=2, per_octave=1)
    array([ 1.,  2.,  4.,  8., 16.])
    """
    return np.asarray(first * 2.0 ** (np.arange(octaves * per_octave + 3) / per_octave))


def difference_of_gaussians(gray: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """What each step of smoothing takes away or adds: eq. 1 of this file for neighbouring sigmas.

    Source: Lowe (2004), "Distinctive image features from scale-invariant keypoints", eq. 1; lecture 1, "Difference of
    Gaussians". For neighbours 2 in 100 apart it is (k - 1) times `scipy.ndimage.gaussian_laplace` times σ², to within
    3 in 100.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    sigmas : (S,) float, pixels, rising

    Returns
    -------
    dog : (S - 1, H, W) float64, gray levels, (scale, row, column)

    Raises
    ------
    ValueError
        The picture is not (H, W), or a sigma is not positive.

    Examples
    --------
    A bright dot loses by every smoothing.

    >>> dot = np.zeros((9, 9)); dot[4, 4] = 100.0
    >>> difference_of_gaussians(dot, np.array([1.0, 2.0, 4.0]))[:, 4, 4].round(1)
    array([-11.9,  -2.4])
    """
    smoothed = np.stack([smooth(gray, sigma) for sigma in sigmas])
    return np.diff(smoothed, axis=0)


def local_extrema(dog: np.ndarray, contrast: float) -> np.ndarray:
    """Where the DoG is larger, or smaller, than at all 26 neighbours in space and scale, and strong enough.

    Source: Lowe (2004), section 3.1.

    Parameters
    ----------
    dog : (S, H, W) float, gray levels, (scale, row, column)
    contrast : float, gray levels: the least absolute value

    Returns
    -------
    extrema_src : (N, 3) int64, (scale, row, column); none on the border of the stack

    Examples
    --------
    >>> dog = np.zeros((3, 3, 4)); dog[1, 1, 2] = -5.0
    >>> local_extrema(dog, contrast=1.0)
    array([[1, 1, 2]])
    """
    if min(dog.shape) < 3:
        return np.empty((0, 3), dtype=np.int64)
    inside = np.array(dog.shape) - 2
    centre = dog[1:-1, 1:-1, 1:-1]
    is_maximum, is_minimum = np.abs(centre) >= contrast, np.abs(centre) >= contrast
    for first in np.ndindex(3, 3, 3):
        if first != (1, 1, 1):
            neighbour = dog[tuple(slice(f, f + size) for f, size in zip(first, inside, strict=True))]
            is_maximum &= centre > neighbour
            is_minimum &= centre < neighbour
    return np.argwhere(is_maximum | is_minimum) + 1


def refine(dog: np.ndarray, extremum_src: np.ndarray) -> tuple[np.ndarray, float] | None:
    """The extremum's place and value between the samples: of the parabola through the 27 values around it.

    With the gradient g and the second derivatives H there, the parabola's extremum lies at -H⁻¹ g, and its value is
    D - g H⁻¹ g / 2. If that is nearer to another sample, one moves there and looks again. Nearer means 0.6 of a step,
    not 0.5 as in the paper and OpenCV: from midway between two samples each would send us to the other for ever.

    Source: Lowe (2004), eq. 2 and 3.

    Parameters
    ----------
    dog : (S, H, W) float, gray levels
    extremum_src : (3,) int, (scale, row, column)

    Returns
    -------
    place_src : (3,) float64, (scale, row, column)
    value : float, gray levels

    It is None where there is no extremum within five moves, or it leaves the stack.

    Examples
    --------
    A parabola with its top at scale 1, row 1.25, column 2:

    >>> scale, row, column = np.mgrid[:3, :4, :5]
    >>> dog = 10 - (scale - 1.0) ** 2 - (row - 1.25) ** 2 - (column - 2.0) ** 2
    >>> place, value = refine(dog, np.array([1, 2, 2]))
    >>> place, round(value, 6)
    (array([1.  , 1.25, 2.  ]), 10.0)
    """
    place = np.array(extremum_src)
    for _ in range(5):
        if (place < 1).any() or (place > np.array(dog.shape) - 2).any():
            return None
        gradient, hessian = _derivatives(dog, place)
        if np.linalg.matrix_rank(hessian) < 3:
            return None
        offset = -np.linalg.solve(hessian, gradient)
        if (np.abs(offset) <= 0.6).all():
            return place + offset, float(dog[tuple(place)] + gradient @ offset / 2)
        place = place + np.sign(offset).astype(int) * (np.abs(offset) > 0.6)
    return None


def _derivatives(dog: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient (3,) and second derivatives (3, 3) by central differences."""
    steps = np.eye(3, dtype=int)

    def at(offset: np.ndarray) -> float:
        return float(dog[tuple(place + offset)])

    gradient = np.array([(at(a) - at(-a)) / 2 for a in steps])
    hessian = np.diag([at(a) - 2 * at(0 * a) + at(-a) for a in steps])
    for i, j in [(0, 1), (0, 2), (1, 2)]:
        a, b = steps[i], steps[j]
        hessian[i, j] = hessian[j, i] = (at(a + b) - at(a - b) - at(b - a) + at(-a - b)) / 4
    return gradient, hessian


def is_edge(dog: np.ndarray, extremum_src: np.ndarray, ratio: float = 10.0) -> bool:
    """Whether the DoG bends much more one way than the other: then its place along the edge is chance.

    With the second derivatives H in x and y, (trace H)² / det H is 4 where they are equal and grows with their ratio r
    as (r + 1)² / r: the Harris corner's trick once more.

    Source: Lowe (2004), section 4.1.

    Parameters
    ----------
    dog : (S, H, W) float
    extremum_src : (3,) int, (scale, row, column)
    ratio : float, from 1: the largest ratio of the two curvatures that is kept

    Returns
    -------
    edge : bool

    Examples
    --------
    >>> scale, row, column = np.mgrid[:3, :3, :3] - 1.0
    >>> is_edge(-(row**2) - column**2, np.array([1, 1, 1])), is_edge(-(row**2), np.array([1, 1, 1]))
    (False, True)
    """
    _, hessian = _derivatives(dog, extremum_src)
    spatial = hessian[1:, 1:]
    determinant = spatial[0, 0] * spatial[1, 1] - spatial[0, 1] ** 2
    return bool(determinant <= 0 or np.trace(spatial) ** 2 / determinant >= (ratio + 1) ** 2 / ratio)


def find_blobs(gray: np.ndarray, sigmas: np.ndarray, contrast: float, edge_ratio: float = 10.0) -> np.ndarray:
    """The keypoints of the scale space, each with the scale that fits it, strongest first.

    Source: lecture 1, "Difference of Gaussians"; Lowe (2004), sections 3 and 4.

    The scale is the geometric mean of the two sigmas that were subtracted. For a Gaussian blob of standard deviation s
    the DoG at its centre is proportional to 1 / (s² + k²σ²) - 1 / (s² + σ²), strongest at σ sqrt(k) = s: the blob's own
    size. Lowe's paper and OpenCV name the smaller of the two sigmas, so their scales are sqrt(k) smaller, 11 in 100
    for three steps to the octave. With that taken out, nine in ten of the keypoints of `cv2.SIFT` with sigmas from 2.5
    to 10 are found within half their sigma; the others differ for OpenCV's octaves and its rounding of the picture.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    sigmas : (S,) float, pixels: a geometric ladder, as from `scale_sigmas`
    contrast : float, gray levels: the least absolute DoG
    edge_ratio : float, from 1: see `is_edge`

    Returns
    -------
    blobs : (N, 3) float64, pixels, (x, y, sigma)

    Raises
    ------
    ValueError
        The picture is not (H, W), or a sigma is not positive.

    Examples
    --------
    A Gaussian blob of sigma 4 at (20, 14):

    >>> y, x = np.mgrid[:32, :40]
    >>> blob = 100 * np.exp(-((x - 20.0) ** 2 + (y - 14.0) ** 2) / (2 * 4.0**2))
    >>> find_blobs(blob, scale_sigmas(), contrast=3.0).round(1)
    array([[20., 14.,  4.]])
    """
    dog = difference_of_gaussians(gray, sigmas)
    step = sigmas[1] / sigmas[0]
    found: dict[tuple[float, ...], float] = {}  # two extrema may move to one place
    for extremum_src in local_extrema(dog, 0.5 * contrast):
        refined = None if is_edge(dog, extremum_src, edge_ratio) else refine(dog, extremum_src)
        if refined is None:
            continue
        (scale, row, column), value = refined
        if abs(value) >= contrast:
            found[(column, row, sigmas[0] * step ** (scale + 0.5))] = abs(value)
    strongest_first = sorted(found, key=lambda blob: -found[blob])
    return np.array(strongest_first, dtype=np.float64).reshape(-1, 3)
