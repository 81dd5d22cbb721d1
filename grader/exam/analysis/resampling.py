"""Intervals of figures that have no formula for one: the class is drawn again and again, with some students twice."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from grader.exam.analysis.statistics import CONFIDENCE, Floats, group_size, group_weights

Interval = tuple[float, float]
CLASSES = 400
"""Classes drawn: beyond each edge of a 95 % interval lie 10 of them, give or take 3."""
FEWEST = 8
"""Below so many students their like cannot be drawn: there are no intervals."""
_SEED = 20_240_802
"""Fixed: the same responses get the same intervals."""
_NONE: Interval = (math.nan, math.nan)


@dataclass(frozen=True)
class Resampled:
    """Percentile intervals, NaN where there are none."""

    mean: Interval
    deviation: Interval
    standard_error: Interval
    upper_lower: tuple[Interval, ...]
    """Of each question, in the share of its points, as all that follow."""
    alpha_if_dropped: tuple[Interval, ...]


def resample(scores: Floats) -> Resampled:
    """Percentile intervals by the bootstrap.

    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    Parameters
    ----------
    scores : (students, items) float64, points

    Returns
    -------
    Resampled

    Examples
    --------
    >>> ladder = np.triu(np.ones((20, 20)))
    >>> low, high = resample(ladder).mean
    >>> low < 10.5 < high, resample(ladder[:7]).mean
    (True, (nan, nan))
    """
    n, k = scores.shape
    if n < FEWEST or not k:
        return Resampled(_NONE, _NONE, _NONE, (_NONE,) * k, (_NONE,) * k)
    drawn = np.random.default_rng(_SEED).integers(n, size=(CLASSES, n))
    totals = scores.sum(axis=1)
    weights = np.stack([np.bincount(one, minlength=n) for one in drawn]).astype(np.float64)
    mean = weights @ totals / n
    centred, middle = scores - scores.mean(axis=0), totals - totals.mean()
    of_items = _variance(weights, centred, centred, n)
    with_total = _variance(weights, centred, middle[:, None], n)
    of_total = _variance(weights, middle[:, None], middle[:, None], n)[:, 0]
    rest = of_total[:, None] + of_items - 2 * with_total
    others = of_items.sum(axis=1, keepdims=True) - of_items
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = k / (k - 1) * (1 - of_items.sum(axis=1) / of_total) if k > 1 else np.full(CLASSES, math.nan)
        dropped = (k - 1) / (k - 2) * (1 - others / rest) if k > 2 else np.full((CLASSES, k), math.nan)
        error = np.sqrt(of_total) * np.sqrt(np.clip(1 - alpha, 0.0, None))
    return Resampled(
        mean=_interval(mean),
        deviation=_interval(np.sqrt(of_total)),
        standard_error=_interval(error),
        upper_lower=tuple(_interval(one) for one in _differences(scores, totals, drawn).T),
        alpha_if_dropped=tuple(_interval(one) for one in dropped.T),
    )


def _variance(weights: Floats, one: Floats, other: Floats, n: int) -> Floats:
    """The covariance of columns in each drawn class, with n - 1 below it."""
    return np.asarray((weights @ (one * other) - (weights @ one) * (weights @ other) / n) / (n - 1), np.float64)


def _differences(scores: Floats, totals: Floats, drawn: np.ndarray) -> Floats:
    """Upper minus lower group of each drawn class, by question, as shares of the most that anybody has."""
    n, size = totals.size, group_size(totals.size)
    shares = scores / np.maximum(np.abs(scores).max(axis=0), 1e-12)
    edges = (0, size, n - size, n)
    found = []
    for one in drawn:
        lower, _, upper = group_weights(totals[one], edges)
        found.append((upper - lower) @ shares[one] / size)
    return np.array(found)


def _interval(values: Floats) -> Interval:
    kept = values[np.isfinite(values)]
    if kept.size < CLASSES / 2:
        return _NONE
    low, high = np.quantile(kept, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return float(low), float(high)
