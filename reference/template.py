"""Template matching: find a known patch in a picture by laying it everywhere and asking how alike they are.

The plain correlation, the sum of products, is largest where the picture is bright. So subtract from template and window
their own means, and divide by their lengths: what is left is the cosine of the angle between the two, from -1 to 1,

    R(x, y) = sum (T - mean T) (I - mean I) / sqrt( sum (T - mean T)²  sum (I - mean I)² ),                          (1)

the same for any brightness and contrast. It does not survive turning, scaling or a change of shape: `sift` and `hog` do
better there.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray


def normalised_cross_correlation(gray: np.ndarray, template: np.ndarray) -> np.ndarray:
    """The likeness of the template to each window of its size: eq. 1 of this file.

    Source: lecture 1, "Object detection and tracking"; Lewis (1995), "Fast normalized cross-correlation", eq. 2. Agrees
    with `skimage.feature.match_template` to 1e-6 and with `cv2.matchTemplate(cv2.TM_CCOEFF_NORMED)` to 1e-3 (it counts
    in float32), but for windows without contrast, which are 0 here.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    template : (h, w) number, gray levels

    Returns
    -------
    likeness : (H - h + 1, W - w + 1) float64, from -1 to 1; [row, column] is the window's top left pixel

    Raises
    ------
    ValueError
        One of them is not (H, W), the template is larger than the picture, or it has no contrast.

    Examples
    --------
    A bright pixel between two dark ones; the same at its own place, with less contrast, and upside down:

    >>> normalised_cross_correlation(np.array([[0, 8, 0, 5, 6, 5, 6]]), np.array([[0, 8, 0]])).round(2)
    array([[ 1.  , -0.93,  0.36,  1.  , -1.  ]])
    """
    gray, template = as_gray(gray), as_gray(template)
    if template.shape[0] > gray.shape[0] or template.shape[1] > gray.shape[1]:
        raise ValueError(f"a template of {template.shape} does not fit into a picture of {gray.shape}")
    contrast = template - template.mean()
    length = np.linalg.norm(contrast)
    if length == 0:
        raise ValueError("the template has no contrast: it is like everything and nothing")

    windows = np.lib.stride_tricks.sliding_window_view(gray - gray.mean(), template.shape)
    products = np.einsum("rcij,ij->rc", windows, contrast)  # the mean of the window drops out: contrast sums to 0
    variances = np.einsum("rcij,rcij->rc", windows, windows) - windows.sum(axis=(2, 3)) ** 2 / template.size
    has_contrast = variances > 1e-9 * max(variances.max(), 1e-300)
    lengths = length * np.sqrt(np.where(has_contrast, variances, 1.0))
    return np.where(has_contrast, products / lengths, 0.0)


def find_template(gray: np.ndarray, template: np.ndarray) -> tuple[tuple[int, int], float]:
    """Where the picture is most like the template, and how much.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    template : (h, w) number, gray levels

    Returns
    -------
    place_xy : 2 ints, pixels: the window's top left pixel, (x, y)
    likeness : float, from -1 to 1

    Raises
    ------
    ValueError
        As `normalised_cross_correlation`.

    Examples
    --------
    >>> (x, y), likeness = find_template(np.array([[7, 7, 7, 9, 7], [7, 7, 7, 7, 1]]), np.array([[0, 2], [0, 0]]))
    >>> (x, y), round(likeness, 2)
    ((2, 0), 1.0)
    """
    likeness = normalised_cross_correlation(gray, template)
    row, column = np.unravel_index(likeness.argmax(), likeness.shape)
    return (int(column), int(row)), float(likeness[row, column])
