"""Sliding window: turn "is this a person?" into "where are persons?" by asking it of every window.

A window is described by its HoG (`hog`) and scored by a linear classifier, w · hog + b, learned from examples: windows
that show the thing, and windows that do not. The window has one size; the picture is halved again and again, so that
large things come to fit it too. A good detector answers at several windows around one thing, so at the end the best is
kept and those that overlap it much are dropped (non-maximum suppression).

Boxes are (x, y, width, height) in pixels of the full picture.
"""

from __future__ import annotations

import numpy as np

from reference.filters import as_gray
from reference.hog import hog
from reference.scale_space import gaussian_pyramid


def learn_classifier(windows: np.ndarray, labels: np.ndarray, penalty: float = 1.0) -> tuple[np.ndarray, float]:
    """The weights and the bias with which w · hog + b comes nearest to the labels, the weights being kept small.

    It minimises sum (w · hog + b - label)² + penalty |w|². The paper (Dalal and Triggs 2005) takes a linear support
    vector machine; least squares has a closed form and serves the idea.

    Parameters
    ----------
    windows : (N, H, W) number, gray levels
    labels : (N,) float, 1 for the thing and -1 for anything else
    penalty : float

    Returns
    -------
    weights : (D,) float64, D the length of a window's HoG
    bias : float

    Examples
    --------
    Stripes that lie are learned from stripes that stand:

    >>> lying = np.tile([[0.0], [0.0], [9.0], [9.0]], (4, 16)); standing = lying.T
    >>> weights, bias = learn_classifier(np.stack([lying, standing]), np.array([1.0, -1.0]), penalty=1e-6)
    >>> [round(float(hog(window).ravel() @ weights + bias), 3) for window in (lying, standing)]
    [1.0, -1.0]
    """
    features = np.stack([hog(window).ravel() for window in windows])
    centre, middle = features.mean(axis=0), labels.mean()
    deviations = features - centre
    likeness = deviations @ deviations.T  # N x N: far smaller than D x D, and the same solution
    shares = np.linalg.solve(likeness + penalty * np.eye(len(windows)), labels - middle)
    weights = deviations.T @ shares
    return np.asarray(weights), float(middle - centre @ weights)


def score_windows(
    gray: np.ndarray, weights: np.ndarray, bias: float, window: tuple[int, int], stride: int = 8
) -> tuple[np.ndarray, np.ndarray]:
    """The classifier's score of each window, every `stride` pixels.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    weights : (D,) float, and bias : float, as from `learn_classifier`
    window : (rows, columns), pixels
    stride : int, pixels

    Returns
    -------
    boxes : (N, 4) int64, pixels, (x, y, width, height)
    scores : (N,) float64

    Raises
    ------
    ValueError
        The picture is not (H, W), or the weights are not for a window of this size.

    Examples
    --------
    >>> boxes, scores = score_windows(np.zeros((16, 24)), np.zeros(36), 0.5, window=(16, 16))
    >>> boxes, scores
    (array([[ 0,  0, 16, 16],
           [ 8,  0, 16, 16]]), array([0.5, 0.5]))
    """
    gray = as_gray(gray)
    rows, columns = window
    expected = hog(np.zeros(window)).size
    if len(weights) != expected:
        raise ValueError(
            f"the HoG of a window of {window} has {expected} numbers, but there are {len(weights)} weights"
        )
    places = [
        (x, y)
        for y in range(0, gray.shape[0] - rows + 1, stride)
        for x in range(0, gray.shape[1] - columns + 1, stride)
    ]
    scores = [hog(gray[y : y + rows, x : x + columns]).ravel() @ weights + bias for x, y in places]
    boxes = [(x, y, columns, rows) for x, y in places]
    return np.array(boxes, dtype=np.int64).reshape(-1, 4), np.array(scores, dtype=np.float64)


def detect(
    gray: np.ndarray,
    weights: np.ndarray,
    bias: float,
    window: tuple[int, int],
    *,
    threshold: float = 0.0,
    levels: int = 1,
    stride: int = 8,
    overlap: float = 0.3,
) -> tuple[np.ndarray, np.ndarray]:
    """The things found, best first: all windows of all levels above the threshold, the overlapping ones dropped.

    Source: lecture 1, "Object detection and tracking"; Dalal and Triggs (2005), section 3.

    Parameters
    ----------
    gray : (H, W) number, gray levels
    weights, bias, window, stride : as for `score_windows`
    threshold : float, of the score
    levels : int: the picture, half of it, a quarter, and so on
    overlap : float, from 0 to 1: two boxes are one thing where their intersection over union is above it

    Returns
    -------
    boxes : (N, 4) int64, pixels of the full picture, (x, y, width, height)
    scores : (N,) float64, falling

    Raises
    ------
    ValueError
        As `score_windows`.

    Examples
    --------
    >>> boxes, scores = detect(np.zeros((16, 24)), np.zeros(36), 0.5, window=(16, 16))
    >>> boxes
    array([[ 0,  0, 16, 16]])
    """
    found = [
        (boxes * 2**level, scores)
        for level, half in enumerate(gaussian_pyramid(gray, levels))
        for boxes, scores in [score_windows(half, weights, bias, window, stride)]
    ]
    boxes, scores = np.concatenate([b for b, _ in found]), np.concatenate([s for _, s in found])
    boxes, scores = boxes[scores > threshold], scores[scores > threshold]
    kept = suppress_overlaps(boxes, scores, overlap)
    return boxes[kept], scores[kept]


def intersection_over_union(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """How much a box is the same as others: their common area over the area that either covers.

    Parameters
    ----------
    box : (4,) number, pixels, (x, y, width, height)
    boxes : (N, 4) number, likewise

    Returns
    -------
    overlaps : (N,) float64, from 0 to 1

    Examples
    --------
    >>> intersection_over_union(np.array([0, 0, 2, 2]), np.array([[0, 0, 2, 2], [1, 0, 2, 2], [2, 0, 2, 2]])).round(2)
    array([1.  , 0.33, 0.  ])
    """
    left_top = np.maximum(box[:2], boxes[:, :2])
    right_bottom = np.minimum(box[:2] + box[2:], boxes[:, :2] + boxes[:, 2:])
    common = np.clip(right_bottom - left_top, 0, None).prod(axis=1)
    return np.asarray(common / (box[2:].prod() + boxes[:, 2:].prod(axis=1) - common))


def suppress_overlaps(boxes: np.ndarray, scores: np.ndarray, overlap: float) -> np.ndarray:
    """Which boxes are kept, best first: the best, then the best of those that do not overlap it, and so on.

    The same boxes as `cv2.dnn.NMSBoxes`.

    Parameters
    ----------
    boxes : (N, 4) number, pixels, (x, y, width, height)
    scores : (N,) float
    overlap : float, from 0 to 1: intersection over union up to which both are kept

    Returns
    -------
    kept : (K,) int64, indices

    Examples
    --------
    >>> boxes = np.array([[0, 0, 10, 10], [1, 0, 10, 10], [30, 0, 10, 10]])
    >>> suppress_overlaps(boxes, np.array([0.7, 0.9, 0.2]), overlap=0.5)
    array([1, 2])
    """
    waiting = np.argsort(-scores, kind="stable")
    kept = []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        waiting = waiting[intersection_over_union(boxes[best], boxes[waiting]) <= overlap]
    return np.array(kept, dtype=np.int64)
