"""Thresholds in terms of the reference: a correct solution fails one by chance as rarely as is said."""

import math

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UserError
from grader.rubric import LEVELS, Band, Noise, Rubric, band_of, noise_path, read_noise, read_rubric, write_noise
from grader.score import score
from tests.score.making import answered, run_of

RANDOM = np.random.default_rng(0)
ERRORS = st.lists(st.floats(1e-9, 1e9), min_size=19, max_size=300)


def rubric_with(**thresholds):
    metric = {"name": "mse", "to": [0.0, 0.0], "full": 0.1, "none": 1.0, **thresholds}
    criterion = {"id": "near", "says": "It is near.", "points": 4, "probe": "it", "expect": {"metric": metric}}
    return {"points": 4, "probes": {"it": {"variable": "it"}}, "criteria": [criterion]}


@pytest.fixture
def write(tmp_path):
    """Writes a rubric with these thresholds and, beside it, the band of so many runs of errors 1, 2, 3, …"""

    def write(runs=0, metric="mse", **thresholds):
        path = tmp_path / "small.yaml"
        path.write_text(yaml.safe_dump(rubric_with(**thresholds)))
        if runs:
            band = band_of(metric, [float(n) for n in range(1, runs + 1)])
            write_noise(path, Noise(runs=runs, made_from="0123", criteria={"near": band}))
        return path

    return write


def metric_in(path):
    return read_rubric(path).criteria[0].expect.metric


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("draw", [RANDOM.lognormal, RANDOM.exponential, RANDOM.uniform, RANDOM.standard_cauchy])
def test_so_many_of_100_further_runs_are_no_worse_whatever_the_errors_distribution(draw, level):
    """4,000 times: the band of 199 runs, and one run more. The allowance is four standard deviations."""
    classes = np.abs(draw(size=(4000, 200)))
    worse = sum(errors[-1] > band_of("mse", errors[:-1].tolist()).not_above[level] for errors in classes)
    share, stated = worse / len(classes), 1 - level / 100
    assert abs(share - stated) < 4 * math.sqrt(stated * (1 - stated) / len(classes))


@given(ERRORS)
def test_no_more_of_the_runs_exceed_a_level_than_it_says(errors):
    for level, bound in band_of("mse", errors).not_above.items():
        assert sum(error > bound for error in errors) <= (1 - level / 100) * (len(errors) + 1)


@given(ERRORS)
def test_a_level_is_an_error_of_the_runs_rounded_up_by_less_than_a_thousandth(errors):
    for bound in band_of("mse", errors).not_above.values():
        assert any(error <= bound <= error * 1.0011 for error in errors)


@pytest.mark.parametrize(
    ("runs", "levels"), [(18, [50, 90]), (19, [50, 90, 95]), (98, [50, 90, 95]), (99, [50, 90, 95, 99])]
)
def test_too_few_runs_tell_nothing_of_the_highest_levels(runs, levels):
    assert list(band_of("mse", [1.0] * runs).not_above) == levels


def test_a_level_that_some_runs_have_no_error_for_is_left_out():
    assert list(band_of("mse", [1.0] * 190 + [math.inf] * 9).not_above) == [50, 90, 95]


def test_no_error_at_all_stays_none():
    assert band_of("mse", [0.0] * 19).not_above == {50: 0.0, 90: 0.0, 95: 0.0}


def test_a_threshold_that_speaks_of_the_reference_is_read_as_a_number(write):
    metric = metric_in(write(99, full={"reference": 99}, none={"reference": 90, "times": 4}))
    assert (metric.full, metric.none) == (99.0, 360.0)


def test_a_threshold_that_is_a_number_needs_no_band(write):
    metric = metric_in(write())
    assert (metric.full, metric.none) == (0.1, 1.0)


@pytest.mark.parametrize("beside", [{}, {"runs": 50}, {"runs": 99, "metric": "mae"}])
def test_a_criterion_whose_threshold_nobody_has_measured_waits_for_a_person(write, beside):
    rubric = read_rubric(write(**beside, full={"reference": 99}, none=500.0))
    (finding,) = score(run_of({"it": answered([1.0, 2.0])}), rubric, {})
    assert finding.status == "unscored"
    assert str(finding.because) == (
        "The threshold refers to errors of the reference that were not measured: "
        "the instructor has to run `grader calibrate`."
    )


def test_a_rubric_that_is_not_to_be_calibrated_keeps_what_it_states(write):
    metric = read_rubric(write(99, full={"reference": 99}), calibrated=False).criteria[0].expect.metric
    assert metric.speaks_of_reference
    assert metric.full.reference == 99


def test_a_band_is_read_as_it_was_written(write):
    path = write()
    noise = Noise(runs=7, made_from="ab", criteria={"near": Band(metric="mse", not_above={50: 0.1, 90: 2e-7})})
    assert read_noise(path) is None
    assert write_noise(path, noise) == noise_path(path)
    assert read_noise(path) == noise
    assert noise_path(path).read_text().splitlines()[0] == (
        "# How far chance alone moves the reference's errors. Written by `grader calibrate small`."
    )


@pytest.mark.parametrize(
    ("threshold", "because"),
    [
        ({"reference": 100}, "`reference`: Input should be less than or equal to 99"),
        ({"reference": 99, "times": 0.5}, "`times`: Input should be greater than or equal to 1"),
        ({"refrence": 99}, "`reference`: Field required"),
    ],
)
def test_a_threshold_that_cannot_be_is_refused_in_its_place(write, threshold, because):
    with pytest.raises(UserError, match=r"small\.yaml:\d+") as refused:
        read_rubric(write(full=threshold))
    assert f"a threshold is a number, or written {{reference: 99, times: 2}}; {because}" in str(refused.value)


def test_thresholds_of_the_reference_are_in_the_schema():
    assert "OfReference" in Rubric.model_json_schema()["$defs"]
