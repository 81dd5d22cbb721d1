"""Scenes: small synthetic pictures that a rubric names, made outside the sandbox when a probe is asked.

A scene is a function of its size and of random numbers. Pictures are *(H, W) float64, gray levels from 0 to 255, (row,
column)*, unless the scene says otherwise; only `noise`, `texture`, `blobs` and `two-views` depend on the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float64]

WAVES = 40
VIEW = np.array([[0.99, -0.03, 4.0], [0.02, 1.01, -2.5], [1e-4, -5e-5, 1.0]])
"""Where a pixel (x, y) of the first of two views is seen in the second."""


def white_square(height: int, width: int, random: np.random.Generator) -> Picture:
    """A white square on black: its rows and columns go from a quarter of the shorter side to three quarters.

    Examples
    --------
    >>> white_square(4, 5, np.random.default_rng()).astype(int)
    array([[  0,   0,   0,   0,   0],
           [  0, 255, 255,   0,   0],
           [  0, 255, 255,   0,   0],
           [  0,   0,   0,   0,   0]])
    """
    gray, side = np.zeros((height, width)), min(height, width)
    gray[side // 4 : 3 * side // 4, side // 4 : 3 * side // 4] = 255.0
    return gray


def checkerboard(height: int, width: int, random: np.random.Generator) -> Picture:
    """Black and white squares of 8 pixels, black first.

    Examples
    --------
    >>> checkerboard(16, 24, np.random.default_rng())[[0, 8], ::8]
    array([[  0., 255.,   0.],
           [255.,   0., 255.]])
    """
    y, x = np.mgrid[:height, :width]
    return np.where((x // 8 + y // 8) % 2 == 0, 0.0, 255.0)


def disc(height: int, width: int, random: np.random.Generator) -> Picture:
    """A white disc on black, a quarter of the shorter side in radius, its edge one pixel wide.

    Examples
    --------
    >>> disc(8, 9, np.random.default_rng())[4].round()
    array([  0.,   0., 112., 255., 255., 255., 112.,   0.,   0.])
    """
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(x - (width - 1) / 2, y - (height - 1) / 2)
    return np.asarray(255.0 * np.clip(min(height, width) / 4 + 0.5 - distance, 0.0, 1.0))


def ramp(height: int, width: int, random: np.random.Generator) -> Picture:
    """It brightens by 1 gray level a pixel to the right, and by 2 a pixel down.

    Examples
    --------
    >>> ramp(2, 3, np.random.default_rng())
    array([[0., 1., 2.],
           [2., 3., 4.]])
    """
    y, x = np.mgrid[:height, :width]
    return np.asarray(x + 2.0 * y)


def noise(height: int, width: int, random: np.random.Generator) -> Picture:
    """Each pixel for itself, uniform from 0 to 255: no rule but the right one gives the right values.

    Examples
    --------
    >>> noise(4, 6, np.random.default_rng()).shape
    (4, 6)
    """
    return random.uniform(0.0, 255.0, (height, width))


def texture(height: int, width: int, random: np.random.Generator) -> Picture:
    """A smooth, irregular surface: 40 waves of 5 to 30 pixels in length, in all directions, about 128.

    Examples
    --------
    >>> gray = texture(48, 64, np.random.default_rng(0))
    >>> bool(abs(gray.mean() - 128) < 20), bool(30 < gray.std() < 50)
    (True, True)
    """
    y, x = np.mgrid[:height, :width]
    return _surface(random)(x, y)


def blobs(height: int, width: int, random: np.random.Generator) -> Picture:
    """Six Gaussian blobs on gray, bright and dark by turns, of sigmas from 2 to 6 pixels, at random places.

    Examples
    --------
    >>> gray = blobs(48, 64, np.random.default_rng(0))
    >>> bool(gray.min() < 100), bool(gray.max() > 150)
    (True, True)
    """
    y, x = np.mgrid[:height, :width]
    gray = np.full((height, width), 128.0)
    for number, sigma in enumerate(np.geomspace(2.0, 6.0, 6)):
        at_x, at_y = random.uniform([0.1 * width, 0.1 * height], [0.9 * width, 0.9 * height])
        gray += (-1) ** number * 80.0 * np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * sigma**2))
    return gray


def two_views(height: int, width: int, random: np.random.Generator) -> Picture:
    """A texture, and the same one seen from elsewhere: *(2, H, W) float64*.

    What is at (x, y) in the first is in the second where the homography `VIEW` takes it: about 3 pixels right and
    2 up, a little turned.

    Examples
    --------
    >>> first, second = two_views(48, 64, np.random.default_rng(0))
    >>> x, y, w = VIEW @ [20, 20, 1]
    >>> bool(abs(first[20, 20] - second[round(y / w), round(x / w)]) < 30)
    True
    """
    y, x = np.mgrid[:height, :width]
    surface = _surface(random)
    from_x, from_y, from_w = np.tensordot(np.linalg.inv(VIEW), np.stack([x, y, np.ones_like(x)]), axes=1)
    return np.stack([surface(x, y), surface(from_x / from_w, from_y / from_w)])


def _surface(random: np.random.Generator) -> Callable[[Picture, Picture], Picture]:
    """A gray level for every place, between the pixels too."""
    lengths, directions = random.uniform(5.0, 30.0, WAVES), random.uniform(0.0, 2 * np.pi, WAVES)
    phases = random.uniform(0.0, 2 * np.pi, WAVES)
    turns_x, turns_y = 2 * np.pi * np.cos(directions) / lengths, 2 * np.pi * np.sin(directions) / lengths
    amplitude = 40.0 * np.sqrt(2.0 / WAVES)

    def gray_at(x: Picture, y: Picture) -> Picture:
        waves = np.cos(np.multiply.outer(x, turns_x) + np.multiply.outer(y, turns_y) + phases)
        return np.asarray(128.0 + amplitude * waves.sum(axis=-1))

    return gray_at


SCENES: Mapping[str, Callable[[int, int, np.random.Generator], Picture]] = MappingProxyType(
    {
        "white-square": white_square,
        "checkerboard": checkerboard,
        "disc": disc,
        "ramp": ramp,
        "noise": noise,
        "texture": texture,
        "blobs": blobs,
        "two-views": two_views,
    }
)
"""What a rubric may name."""
