"""Item statistics: pure functions of a table of scores. What is undefined is NaN here, and never zero.

Conventions, because programs differ: variances have n - 1 below them except in KR-20, which has n; correlations are
Pearson's; the upper and lower groups are 27 % of the students each, and students who are tied at a group's edge share
the places that are left in it, so that their order does not matter.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.95
_NORMAL_QUANTILE = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
GROUP_SHARE = 0.27


def correlate(one: Floats, other: Floats) -> float:
    """Pearson's correlation, NaN where one of the two is the same for everybody.

    Parameters
    ----------
    one, other : (students,) float64, any unit, same order of students

    Returns
    -------
    float, from -1 to 1, or NaN

    Examples
    --------
    >>> round(correlate(np.array([0.0, 1, 1]), np.array([1.0, 2, 2])), 9)
    1.0
    >>> correlate(np.array([1.0, 1, 1]), np.array([1.0, 2, 3]))
    nan
    """
    if one.size < 2 or np.ptp(one) < 1e-12 or np.ptp(other) < 1e-12:
        return math.nan
    a, b = one - one.mean(), other - other.mean()
    return float(np.clip(a @ b / math.sqrt((a @ a) * (b @ b)), -1.0, 1.0))


def correlation_interval(r: float, students: int) -> tuple[float, float]:
    """The interval of a correlation by Fisher's z, NaN for fewer than four students.

    >>> [round(edge, 3) for edge in correlation_interval(0.5, 30)]
    [0.17, 0.729]
    """
    if students < 4 or math.isnan(r):
        return math.nan, math.nan
    if abs(r) > 1 - 1e-12:
        return r, r
    half = _NORMAL_QUANTILE / math.sqrt(students - 3)
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)


def mean_interval(shares: Floats) -> tuple[float, float]:
    """The interval of a mean share: Wilson's for right and wrong alone, Student's t where there are parts.

    Parameters
    ----------
    shares : (students,) float64, shares of a question's points

    Returns
    -------
    low, high : float, NaN for fewer than two students or, with parts, where all are the same

    Examples
    --------
    >>> [round(edge, 3) for edge in mean_interval(np.array([1.0] * 8 + [0.0] * 2))]
    [0.49, 0.943]
    """
    n = shares.size
    if n < 2:
        return math.nan, math.nan
    p = float(shares.mean())
    if np.isin(shares, (0.0, 1.0)).all():
        z = _NORMAL_QUANTILE
        middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)
    from scipy import special  # every command would wait for it

    half = float(special.stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * float(shares.std(ddof=1)) / math.sqrt(n)
    return (max(0.0, p - half), min(1.0, p + half)) if half > 1e-12 else (math.nan, math.nan)


def alpha(scores: Floats) -> float:
    """Cronbach's alpha: k / (k - 1) (1 - sum of the items' variances / variance of the total).

    Source: Cronbach (1951), Psychometrika 16, eq. 2.

    Parameters
    ----------
    scores : (students, items) float64, points

    Returns
    -------
    float, NaN for fewer than two students or items, or where all totals are the same

    Examples
    --------
    >>> alpha(np.array([[0.0, 0], [1, 1], [1, 1], [0, 1]]))
    0.7272727272727273
    """
    n, k = scores.shape
    if n < 2 or k < 2 or np.ptp(scores.sum(axis=1)) < 1e-12:
        return math.nan
    return float(k / (k - 1) * (1 - scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1)))


def kr20(right: Floats) -> float:
    """Kuder and Richardson's formula 20, with the population's variance; equal to alpha on the same table.

    Source: Kuder and Richardson (1937), Psychometrika 2, eq. 20.

    Parameters
    ----------
    right : (students, items) float64, 0 or 1

    Returns
    -------
    float, NaN for fewer than two students or items, or where all totals are the same

    Raises
    ------
    ValueError
        An item has parts of its points.

    Examples
    --------
    >>> kr20(np.array([[0.0, 0], [1, 1], [1, 1], [0, 1]]))
    0.7272727272727273
    """
    if not np.isin(right, (0.0, 1.0)).all():
        raise ValueError("KR-20 is for items that are right or wrong; some have parts of their points")
    n, k = right.shape
    if n < 2 or k < 2 or np.ptp(right.sum(axis=1)) < 1e-12:
        return math.nan
    p = right.mean(axis=0)
    return float(k / (k - 1) * (1 - (p * (1 - p)).sum() / right.sum(axis=1).var(ddof=0)))


def alpha_interval(value: float, students: int, items: int) -> tuple[float, float]:
    """Feldt's interval: (1 - alpha) / (1 - its estimate) follows F with n - 1 and (n - 1)(k - 1) degrees of freedom.

    Source: Feldt, Woodruff and Salih (1987), Applied Psychological Measurement 11, pages 93 to 103.

    >>> [round(edge, 3) for edge in alpha_interval(0.8, 41, 30)]
    [0.701, 0.879]
    """
    if students < 2 or items < 2 or math.isnan(value):
        return math.nan, math.nan
    from scipy import special  # every command would wait for it

    degrees = students - 1, (students - 1) * (items - 1)
    low = 1 - (1 - value) * special.fdtri(*degrees, (1 + CONFIDENCE) / 2)
    high = 1 - (1 - value) * special.fdtri(*degrees, (1 - CONFIDENCE) / 2)
    return float(low), float(high)


def standard_error(scores: Floats) -> float:
    """The standard error of measurement of a total, in points: its standard deviation times sqrt(1 - alpha)."""
    value = alpha(scores)
    return math.nan if math.isnan(value) else float(scores.sum(axis=1).std(ddof=1)) * math.sqrt(1 - value)


def group_weights(totals: Floats, edges: tuple[float, ...]) -> Floats:
    """How much each student counts in each score group; tied students share the places of a group's edge.

    Parameters
    ----------
    totals : (students,) float64, points
    edges : places in the ranking at which groups begin and end, rising, from 0 (the lowest) to the number of students

    Returns
    -------
    (groups, students) float64, from 0 to 1; a row adds up to the size of its group

    Examples
    --------
    >>> group_weights(np.array([1.0, 2, 2, 3]), (0, 2, 4)).tolist()
    [[1.0, 0.5, 0.5, 0.0], [0.0, 0.5, 0.5, 1.0]]
    """
    ranked = np.sort(totals)
    # A student's place lies between those below and those up to this total; sums of points are not exact.
    first = np.searchsorted(ranked, totals - 1e-9, side="left").astype(np.float64)
    last = np.searchsorted(ranked, totals + 1e-9, side="right").astype(np.float64)
    low, high = np.array(edges[:-1])[:, None], np.array(edges[1:])[:, None]
    overlap = np.clip(np.minimum(last, high) - np.maximum(first, low), 0.0, None)
    return np.asarray(overlap / (last - first), dtype=np.float64)


def group_size(students: int) -> int:
    """How many students the upper and the lower group have each: 27 %, rounded, and at least one.

    >>> [group_size(n) for n in (4, 10, 30, 1000)]
    [1, 3, 8, 270]
    """
    return max(1, math.floor(GROUP_SHARE * students + 0.5))


def upper_lower(shares: Floats, totals: Floats) -> float:
    """The mean share in the upper group minus that in the lower one; NaN for fewer than four students.

    Parameters
    ----------
    shares : (students,) float64, shares of the item's points
    totals : (students,) float64, points, the item included

    Returns
    -------
    float, from -1 to 1

    Examples
    --------
    >>> upper_lower(np.array([0.0, 0, 1, 1]), np.array([1.0, 2, 3, 4]))
    1.0
    """
    n = totals.size
    if n < 4 or np.ptp(totals) < 1e-12:
        return math.nan
    size = group_size(n)
    lower, _, upper = group_weights(totals, (0, size, n - size, n))
    return float((upper - lower) @ shares / size)
