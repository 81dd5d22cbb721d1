"""Smoothing and derivatives: what edges, corners and descriptors are all made of.

A derivative makes noise louder than the picture, so one smooths first, with a Gaussian: it has no preferred direction,
and it can be taken along the rows and then along the columns, 2 n multiplications a pixel instead of n².

Both are *correlations* (the kernel is not flipped), as OpenCV has it. Outside its border the picture is taken to be
mirrored without repeating the border pixel (d c b | a b c d | c b a): OpenCV's default, SciPy's "mirror".
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

Border = Literal["reflect", "edge"]
"""How a picture goes on outside: mirrored at its border pixels, or with the border pixels repeated."""


def as_gray(gray: np.ndarray) -> np.ndarray:
    """The picture as float64, so that unsigned bytes neither wrap round nor lose their fractions.

    Raises
    ------
    ValueError
        It has not exactly two axes, or no pixels.
    """
    gray = np.asarray(gray, dtype=np.float64)
    if gray.ndim != 2 or gray.size == 0:
        raise ValueError(f"a gray picture has the shape (H, W); this one has {gray.shape}")
    return gray


def gaussian_kernel(sigma: float, radius: int | None = None) -> np.ndarray:
    """The Gaussian exp(-x² / 2 sigma²) at whole pixels, scaled so that its sum is 1.

    Source: lecture 1, "Edge detection". Agrees with `cv2.getGaussianKernel(2 radius + 1, sigma)`.

    Parameters
    ----------
    sigma : float, pixels
    radius : int, pixels; four sigmas where it is left out

    Returns
    -------
    kernel : (2 radius + 1,) float64

    Raises
    ------
    ValueError
        Sigma is not positive.

    Examples
    --------
    >>> gaussian_kernel(1.0, radius=1).round(3)
    array([0.274, 0.452, 0.274])
    """
    if not sigma > 0:
        raise ValueError(f"a Gaussian's sigma is positive, in pixels; this is {sigma:g}")
    if radius is None:
        radius = int(4 * sigma + 0.5)
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-(offsets**2) / (2 * sigma**2))
    return np.asarray(weights / weights.sum())


def correlate_separable(
    gray: np.ndarray, along_x: np.ndarray, along_y: np.ndarray, border: Border = "reflect"
) -> np.ndarray:
    """The correlation with the kernel `outer(along_y, along_x)`, one axis after the other.

    Agrees with `cv2.sepFilter2D`.

    Parameters
    ----------
    gray : (H, W) float
    along_x, along_y : (odd,) float
    border : "reflect" or "edge"

    Returns
    -------
    filtered : (H, W) float64

    Raises
    ------
    ValueError
        The picture is not (H, W), or a kernel has no middle.

    Examples
    --------
    >>> step = np.array([[0.0, 0.0, 1.0, 1.0]])
    >>> correlate_separable(step, along_x=np.array([-1.0, 0.0, 1.0]), along_y=np.array([1.0]))
    array([[0., 1., 1., 0.]])
    """
    rows_done = _correlate_rows(as_gray(gray), np.asarray(along_x, dtype=np.float64), border)
    return _correlate_rows(rows_done.T, np.asarray(along_y, dtype=np.float64), border).T


def _correlate_rows(gray: np.ndarray, kernel: np.ndarray, border: Border) -> np.ndarray:
    if len(kernel) % 2 == 0:
        raise ValueError(f"a kernel has an odd length, so that it has a middle; this one has {len(kernel)}")
    radius = len(kernel) // 2
    padded = np.pad(gray, ((0, 0), (radius, radius)), mode=border)
    width = gray.shape[1]
    filtered = np.zeros_like(gray)
    for offset, weight in enumerate(kernel):
        filtered += weight * padded[:, offset : offset + width]
    return filtered


def smooth(gray: np.ndarray, sigma: float) -> np.ndarray:
    """The picture smoothed by a Gaussian.

    Source: lecture 1, "Edge detection". Agrees with `cv2.GaussianBlur` at the same radius (four sigmas, where OpenCV
    takes three for bytes), and with `scipy.ndimage.gaussian_filter(mode="mirror")`.

    Parameters
    ----------
    gray : (H, W) number
    sigma : float, pixels

    Returns
    -------
    smoothed : (H, W) float64, the unit of `gray`

    Raises
    ------
    ValueError
        The picture is not (H, W), or sigma is not positive.

    Examples
    --------
    A smoothed picture keeps its mean; a single bright pixel becomes the kernel.

    >>> dot = np.zeros((1, 9)); dot[0, 4] = 1
    >>> smooth(dot, 0.5).round(2)
    array([[0.  , 0.  , 0.  , 0.11, 0.79, 0.11, 0.  , 0.  , 0.  ]])
    """
    kernel = gaussian_kernel(sigma)
    return correlate_separable(gray, kernel, kernel)


def sobel(gray: np.ndarray, aperture: int = 3, border: Border = "reflect") -> tuple[np.ndarray, np.ndarray]:
    """The derivatives along x and y, smoothed across: Sobel's filter.

    For aperture 3 the derivative is (-1, 0, 1) and the smoothing (1, 2, 1); each further pair of pixels smooths both by
    (1, 2, 1) once more. The result is not divided by the kernel's size, so that a ramp of slope 1 answers 8 at aperture
    3. Agrees with `cv2.Sobel`, which does not divide either.

    Parameters
    ----------
    gray : (H, W) number
    aperture : odd int of 3 or more, pixels
    border : "reflect" or "edge"

    Returns
    -------
    gradient_x : (H, W) float64, positive where the picture brightens to the right
    gradient_y : (H, W) float64, positive where it brightens downwards

    Raises
    ------
    ValueError
        The picture is not (H, W), or the aperture is not odd and 3 or more.

    Examples
    --------
    >>> ramp = np.tile(np.arange(5.0), (3, 1))
    >>> gradient_x, gradient_y = sobel(ramp)
    >>> gradient_x[1], gradient_y[1]
    (array([0., 8., 8., 8., 0.]), array([0., 0., 0., 0., 0.]))
    """
    if aperture < 3 or aperture % 2 == 0:
        raise ValueError(f"Sobel's aperture is odd, and 3 or more; this is {aperture}")
    binomial = np.array([math.comb(aperture - 1, i) for i in range(aperture)], dtype=np.float64)
    shorter = np.array([math.comb(aperture - 3, i) for i in range(aperture - 2)], dtype=np.float64)
    derivative = np.convolve(shorter, [-1.0, 0.0, 1.0])
    gradient_x = correlate_separable(gray, derivative, binomial, border)
    gradient_y = correlate_separable(gray, binomial, derivative, border)
    return gradient_x, gradient_y
