"""Harris's corners: places where the picture changes whichever way one moves.

Move a small window by (dx, dy). How much its content changes is, to first order, a quadratic form in the move:

    E(dx, dy) = (dx dy) M (dx dy)ᵀ,      M = sum over the window of | I_x²    I_x I_y |
                                                                    | I_x I_y   I_y²  |

The eigenvalues of M are the changes along its two axes: both small on a flat region, one large on an edge, both large
at a corner. The response tells these apart without computing them, since det = λ1 λ2 and trace = λ1 + λ2:

    R = det M - k (trace M)²       about 0: flat;  negative: edge;  positive: corner.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray, sobel


def harris_response(gray: np.ndarray, block: int = 2, aperture: int = 3, k: float = 0.04) -> np.ndarray:
    """Harris's response R at each pixel.

    Source: Harris and Stephens (1988), "A combined corner and edge detector"; lecture 1, "Harris corner detector", with
    its block, aperture and k.

    Agrees with `cv2.cornerHarris` of a float32 picture to float32's precision, borders included. As there, the gradient
    is divided by 2^(aperture - 1) block, which makes R comparable between apertures; a window of even size reaches one
    pixel further up and left than down and right; and bytes are *not* divided by 255, which `cv2.cornerHarris` does for
    bytes only (R then is 255⁴ times smaller).

    Parameters
    ----------
    gray : (H, W) number, gray levels
    block : int of 1 or more, pixels, side of the window
    aperture : odd int of 3 or more, pixels, side of Sobel's filter
    k : float

    Returns
    -------
    response : (H, W) float64, gray levels to the 4th power

    Raises
    ------
    ValueError
        The picture is not (H, W), the block is smaller than 1, or the aperture is not odd and 3 or more.

    Examples
    --------
    The corner of a white square answers positively, its side negatively, its inside not at all.

    >>> square = np.zeros((12, 12)); square[4:, 4:] = 1.0
    >>> response = harris_response(square)
    >>> np.sign(response[[4, 9, 10], [4, 4, 10]])
    array([ 1., -1.,  0.])
    """
    if block < 1:
        raise ValueError(f"the window's side is 1 pixel or more; this is {block}")
    gradient_x, gradient_y = sobel(gray, aperture)
    scale = 2.0 ** (aperture - 1) * block
    gradient_x, gradient_y = gradient_x / scale, gradient_y / scale
    xx = window_sum(gradient_x * gradient_x, block)
    xy = window_sum(gradient_x * gradient_y, block)
    yy = window_sum(gradient_y * gradient_y, block)
    determinant = xx * yy - xy * xy
    trace = xx + yy
    return np.asarray(determinant - k * trace * trace)


def window_sum(values: np.ndarray, block: int) -> np.ndarray:
    """The sum over the `block` x `block` pixels around each pixel, mirrored at the border.

    Agrees with `cv2.boxFilter(normalize=False)`.

    Parameters
    ----------
    values : (H, W) float
    block : int of 1 or more, pixels; an even window reaches one pixel further up and left

    Returns
    -------
    sums : (H, W) float64

    Examples
    --------
    >>> dot = np.zeros((3, 4)); dot[0, 0] = 1.0
    >>> window_sum(dot, 3)
    array([[1., 1., 0., 0.],
           [1., 1., 0., 0.],
           [0., 0., 0., 0.]])
    """
    before, after = block // 2, (block - 1) // 2
    padded = np.pad(values, (before, after), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (block, block))
    return np.asarray(windows.sum(axis=(2, 3)))


def corner_mask(response: np.ndarray, share: float = 0.01) -> np.ndarray:
    """Where the response is above a share of its maximum: `dst > 0.01 * dst.max()` in the lecture.

    Parameters
    ----------
    response : (H, W) float
    share : float, from 0 to 1

    Returns
    -------
    corners : (H, W) bool

    Examples
    --------
    >>> corner_mask(np.array([[-5.0, 0.5, 100.0, 2.0]]))
    array([[False, False,  True,  True]])
    """
    return np.asarray(response > share * response.max())


def harris_corners(response: np.ndarray, share: float = 0.01, radius: int = 1) -> np.ndarray:
    """The corners as points, strongest first: one for each local maximum of the response above the threshold.

    Around a corner many pixels are above the threshold; only the one that no other within `radius` exceeds is kept.

    Source: Harris and Stephens (1988), who keep the pixels whose response is a local maximum.

    Parameters
    ----------
    response : (H, W) float
    share : float, from 0 to 1, of the maximum
    radius : int, pixels

    Returns
    -------
    corners_rc : (N, 2) int64, pixels, (row, column)

    Raises
    ------
    ValueError
        The response is not (H, W).

    Examples
    --------
    >>> harris_corners(np.array([[0.0, 7.0, 9.0, 3.0, 0.0, 5.0]]))
    array([[0, 2],
           [0, 5]])
    """
    padded = np.pad(as_gray(response), radius, constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * radius + 1, 2 * radius + 1))
    is_peak = response >= windows.max(axis=(2, 3))
    rows, columns = np.nonzero(is_peak & corner_mask(response, share))
    strongest_first = np.argsort(-response[rows, columns], kind="stable")
    return np.column_stack([rows, columns])[strongest_first]
