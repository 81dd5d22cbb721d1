"""HoG: describe a whole window by the directions of its edges, coarsely in place, carefully in contrast.

The window is cut into cells of 8 x 8 pixels; each cell keeps a histogram of the directions of its gradients, from 0 to
180 degrees (a dark coat before a light wall is the same shape as a light coat before a dark wall). Then each block of
2 x 2 cells is scaled to length 1, so that shade and sun count alike; blocks overlap, so a cell appears in up to four of
them, each time compared with other neighbours.

Unlike SIFT there is no keypoint and no turning: HoG is for a window that stands upright, and `sliding_window` asks it
of every window. It tolerates shifts smaller than a cell, and added or multiplied brightness.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray

LARGEST_ENTRY = 0.2
FLOOR = 1e-5  # keeps a block without gradients from being divided by zero


def hog(gray: np.ndarray, cell: int = 8, block: int = 2, bins: int = 9) -> np.ndarray:
    """The normalised blocks of cell histograms.

    Source: Dalal and Triggs (2005), "Histograms of oriented gradients for human detection", section 6, with "L2-Hys":
    scale to length 1, cut at 0.2, scale again. Agrees with `skimage.feature.hog` to 1e-6 (it counts in float32).
    Both put a gradient into one bin and one cell; the paper, and `cv2.HOGDescriptor` in OpenCV 4, share it between the
    nearest ones.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    cell : int, pixels, side of a cell; rows and columns that fill no cell are left out
    block : int, cells, side of a block
    bins : int, directions from 0 to 180 degrees

    Returns
    -------
    blocks : (R, C, block, block, bins) float64, (row and column of the block, row and column of the cell in it,
        direction), each block of length 1; R = H // cell - block + 1, C likewise

    Raises
    ------
    ValueError
        The picture is not (H, W), or is smaller than one block.

    Examples
    --------
    The window of a pedestrian has 15 x 7 blocks of 2 x 2 x 9 numbers, 3780 in all:

    >>> hog(np.zeros((128, 64))).shape
    (15, 7, 2, 2, 9)
    """
    cells = cell_histograms(gray, cell, bins)
    if min(cells.shape[:2]) < block:
        raise ValueError(
            f"a block is {block} x {block} cells of {cell} pixels; a picture of {np.shape(gray)} does not hold one"
        )
    windows = np.lib.stride_tricks.sliding_window_view(cells, (block, block), axis=(0, 1))
    blocks = _scale_to_length_1(np.moveaxis(windows, 2, -1))
    return _scale_to_length_1(np.minimum(blocks, LARGEST_ENTRY))


def cell_histograms(gray: np.ndarray, cell: int = 8, bins: int = 9) -> np.ndarray:
    """For each cell, how much gradient has each direction.

    The gradient is the plain difference (-1, 0, 1), which the paper found best, and 0 on the picture's border. Bin i
    holds directions from i to i + 1 times 180 / bins degrees, from +x towards +y.

    Source: Dalal and Triggs (2005), sections 6.2 and 6.3.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    cell : int, pixels
    bins : int

    Returns
    -------
    histograms : (H // cell, W // cell, bins) float64, gray levels: the mean over the cell's pixels

    Raises
    ------
    ValueError
        The picture is not (H, W).

    Examples
    --------
    It brightens downwards by 1 a pixel: all of the gradient (2 a pixel) points to 90 degrees, the third bin of four.

    >>> y, x = np.mgrid[:6, :6]
    >>> cell_histograms(y, cell=2, bins=4)[1, 1]
    array([0., 0., 2., 0.])
    """
    gray = as_gray(gray)
    gradient_x, gradient_y = np.zeros_like(gray), np.zeros_like(gray)
    gradient_x[:, 1:-1] = gray[:, 2:] - gray[:, :-2]
    gradient_y[1:-1, :] = gray[2:, :] - gray[:-2, :]
    magnitude = np.hypot(gradient_x, gradient_y)
    angles = np.degrees(np.arctan2(gradient_y, gradient_x)) % 180
    directions = (angles // (180 / bins)).astype(int) % bins

    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    votes = np.where(directions[..., None] == np.arange(bins), magnitude[..., None], 0.0)
    votes = votes[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell, bins)
    return np.asarray(votes.mean(axis=(1, 3)))


def _scale_to_length_1(blocks: np.ndarray) -> np.ndarray:
    lengths = np.sqrt((blocks**2).sum(axis=(2, 3, 4), keepdims=True) + FLOOR**2)
    return np.asarray(blocks / lengths)
