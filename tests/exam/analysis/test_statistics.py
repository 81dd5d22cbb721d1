"""Item statistics: published values, independent oracles, and what is undefined."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from grader.exam.analysis import statistics
from grader.exam.analysis.statistics import (
    alpha,
    alpha_interval,
    correlate,
    correlation_interval,
    group_size,
    group_weights,
    kr20,
    mean_interval,
    standard_error,
    upper_lower,
)

DATA = Path(__file__).parents[1] / "data"


def lsat6() -> np.ndarray:
    with (DATA / "lsat6.csv").open() as file:
        patterns = [[int(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    return np.array([row[:5] for row in patterns for _ in range(row[5])], dtype=np.float64)


def wuensch() -> np.ndarray:
    with (DATA / "kr20_wuensch.csv").open() as file:
        return np.array([row[1:] for row in list(csv.reader(file))[1:]], dtype=np.float64)


def item_total(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each item's correlation with the total, and with the total of the others."""
    total = scores.sum(axis=1)
    return (
        np.array([correlate(column, total) for column in scores.T]),
        np.array([correlate(column, total - column) for column in scores.T]),
    )


EXPECTED = json.loads((DATA / "lsat6_expected.json").read_text())
TABLES = hnp.arrays(
    np.float64,
    st.tuples(st.integers(2, 12), st.integers(2, 6)),
    elements=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
)


# ---- published values -----------------------------------------------------------------------------------------------


def test_the_law_school_test_has_its_published_difficulties_and_totals():
    scores = lsat6()
    assert scores.mean(axis=0) == pytest.approx(EXPECTED["published"]["p"])
    assert np.bincount(scores.sum(axis=1).astype(int)).tolist() == EXPECTED["published"]["score_freq"]


def test_the_law_school_test_has_its_correlations():
    uncorrected, corrected = item_total(lsat6())
    assert uncorrected == pytest.approx(EXPECTED["computed"]["rit"], abs=5e-7)
    assert corrected == pytest.approx(EXPECTED["computed"]["rir"], abs=5e-7)
    # as the R package ltm prints them, with its own convention
    printed = corrected * math.sqrt(999 / 1000)
    assert printed == pytest.approx([0.1128, 0.1531, 0.1727, 0.1444, 0.1215], abs=5e-5)


def test_the_law_school_test_has_its_alpha_and_error():
    scores = lsat6()
    assert alpha(scores) == pytest.approx(EXPECTED["computed"]["alpha"], abs=5e-7)
    assert kr20(scores) == pytest.approx(EXPECTED["computed"]["alpha"], abs=5e-7)
    assert standard_error(scores) == pytest.approx(EXPECTED["computed"]["sem"], abs=5e-7)
    dropped = [alpha(np.delete(scores, item, axis=1)) for item in range(5)]
    assert dropped == pytest.approx(EXPECTED["computed"]["ad"], abs=5e-7)


def test_kr20_is_the_published_one_and_not_the_usual_slip():
    assert kr20(wuensch()) == pytest.approx(0.6963, abs=5e-5)


# ---- oracles --------------------------------------------------------------------------------------------------------


@given(TABLES)
def test_alpha_is_that_of_the_mean_covariance(scores):
    """Alpha is k times the mean covariance, over the mean variance plus k - 1 times the mean covariance."""
    k = scores.shape[1]
    covariance = np.cov(scores, rowvar=False)
    variance = np.trace(covariance) / k
    between = (covariance.sum() - np.trace(covariance)) / (k * (k - 1))
    if np.ptp(scores.sum(axis=1)) < 1e-12:
        assert math.isnan(alpha(scores))
    else:
        assert alpha(scores) == pytest.approx(k * between / (variance + (k - 1) * between), abs=1e-9)


@given(TABLES)
def test_correlations_are_those_of_scipy(scores):
    one, other = scores[:, 0], scores[:, 1:].sum(axis=1)
    if np.ptp(one) and np.ptp(other):
        assert correlate(one, other) == pytest.approx(stats.pearsonr(one, other).statistic, abs=1e-9)


def test_the_interval_of_a_correlation_is_that_of_scipy():
    values = np.random.default_rng(3).normal(size=(40, 2)) @ np.array([[1, 0.6], [0, 0.8]])
    found = stats.pearsonr(values[:, 0], values[:, 1])
    expected = found.confidence_interval(0.95)
    assert correlation_interval(float(found.statistic), 40) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(("right", "n"), [(8, 10), (0, 5), (30, 30)])
def test_the_interval_of_a_share_is_wilsons_as_scipy_has_it(right, n):
    expected = stats.binomtest(right, n).proportion_ci(0.95, method="wilson")
    assert mean_interval(np.array([1.0] * right + [0.0] * (n - right))) == pytest.approx(expected, abs=1e-9)


def test_the_interval_of_a_mean_of_parts_is_students():
    shares = np.array([0.0, 0.5, 0.25, 1.0, 0.75])
    expected = stats.ttest_1samp(shares, 0.0).confidence_interval(0.95)
    assert mean_interval(shares) == pytest.approx((expected.low, expected.high))


def test_feldts_interval_covers_the_true_alpha_as_often_as_it_says():
    chance = np.random.default_rng(11)
    truth = 10 * 0.25 / (1 + 9 * 0.25)  # ten parallel items of variance 1 that correlate by 0.25
    covered = 0
    for _ in range(600):
        scores = 0.5 * chance.normal(size=(25, 1)) + math.sqrt(0.75) * chance.normal(size=(25, 10))
        low, high = alpha_interval(alpha(scores), 25, 10)
        covered += low <= truth <= high
    assert 0.93 <= covered / 600 <= 0.97


# ---- upper and lower groups -----------------------------------------------------------------------------------------


def test_the_groups_are_27_percent_each():
    assert [group_size(n) for n in (4, 10, 30, 34, 1000)] == [1, 3, 8, 9, 270]


def test_without_ties_the_index_is_the_difference_of_the_two_ends():
    totals = np.arange(10.0)
    assert upper_lower(np.array([0, 0, 1, 0, 1, 0, 1, 1, 0, 1.0]), totals) == pytest.approx(2 / 3 - 1 / 3)


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0]), min_size=4, max_size=20), st.randoms(), st.data())
def test_the_order_of_tied_students_changes_nothing(totals, chance, data):
    shares = [data.draw(st.sampled_from([0.0, 0.5, 1.0])) for _ in totals]
    order = list(range(len(totals)))
    chance.shuffle(order)
    one = upper_lower(np.array(shares), np.array(totals))
    other = upper_lower(np.array(shares)[order], np.array(totals)[order])
    assert one == pytest.approx(other, nan_ok=True)


@given(st.lists(st.sampled_from([0.0, 1.0, 2.5, 3.0]), min_size=1, max_size=20), st.integers(1, 5))
def test_every_group_has_its_size_and_every_student_is_counted_once(totals, groups):
    n = len(totals)
    weights = group_weights(np.array(totals), tuple(n * place / groups for place in range(groups + 1)))
    assert weights.sum(axis=1) == pytest.approx(np.full(groups, n / groups))
    assert weights.sum(axis=0) == pytest.approx(np.ones(n))


@given(TABLES)
def test_what_is_measured_lies_in_its_bounds(scores):
    totals = scores.sum(axis=1)
    index = upper_lower(scores[:, 0] / 2, totals)
    assert math.isnan(index) or -1 <= index <= 1
    for r in np.concatenate(item_total(scores)):
        assert math.isnan(r) or -1 <= r <= 1


# ---- undefined ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scores", [np.ones((5, 3)), np.ones((1, 3)), np.ones((5, 1)), np.zeros((0, 3))])
def test_what_is_undefined_is_not_a_number_and_never_zero(scores):
    assert math.isnan(alpha(scores))
    assert math.isnan(kr20(scores))
    assert math.isnan(standard_error(scores))
    assert all(math.isnan(r) for r in np.concatenate(item_total(scores)))


def test_a_constant_item_has_no_correlation():
    scores = np.array([[1.0, 0], [1, 1], [1, 2]])
    uncorrected, corrected = item_total(scores)
    assert math.isnan(uncorrected[0])
    assert math.isnan(corrected[0])


def test_intervals_need_students():
    assert all(math.isnan(edge) for edge in correlation_interval(0.5, 3))
    assert all(math.isnan(edge) for edge in mean_interval(np.array([1.0])))
    assert all(math.isnan(edge) for edge in alpha_interval(math.nan, 30, 5))
    assert correlation_interval(1.0, 10) == (1.0, 1.0)
    assert math.isnan(upper_lower(np.ones(3), np.arange(3.0)))


def test_kr20_refuses_parts_of_points():
    with pytest.raises(ValueError, match="KR-20 is for items that are right or wrong; some have parts of their points"):
        kr20(np.array([[0.5, 1], [1, 0]]))


def test_small_classes_get_wide_intervals():
    widths = [high - low for low, high in (correlation_interval(0.4, n) for n in (20, 60, 1000))]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0.6
    assert statistics.CONFIDENCE == 0.95
