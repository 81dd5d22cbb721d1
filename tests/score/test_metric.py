"""The expectation `metric` at its edges: what has no error earns nothing, and numbers hide what they have to hide."""

import numpy as np
import pytest

from grader.model import TrainedNetwork
from grader.score import score

from .making import (
    CURVE,
    GRID,
    MODELS_PROBE,
    TRUTH_PROBE,
    answered,
    find,
    find_on_models,
    models,
    network,
    rubric_of,
    run_of,
)

TRUTH = {"probe": "truth"}


def band(full=0.1, none=1.1, to=(1.0, 2.0), name="mae"):
    return {"metric": {"name": name, "to": list(to) if isinstance(to, tuple) else to, "full": full, "none": none}}


def on_networks(of="best", full=0.01, none=0.2):
    return {"metric": {"name": "mse", "of": of, "to": TRUTH, "full": full, "none": none}}


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [("x", None), ([1.0], None), ([1.0, np.nan], "nan"), ([np.inf, 1.0], "nan"), ([1e308, -1e308], None)],
)
def test_an_answer_without_an_error_earns_nothing(answer, diagnosis):
    finding = find(band(), answer)
    assert (finding.status, finding.earned, finding.diagnosis) == ("missed", 0, diagnosis)


@pytest.mark.parametrize("answer", [[1.0, 2.0], [[1.0], [2.0]], [[1.0, 2.0]]])
def test_a_column_is_compared_as_a_row(answer):
    assert find(band(), answer).status == "met"


@pytest.mark.parametrize(("error", "earned"), [(0.0, 4), (0.1, 4), (0.35, 3), (0.6, 2), (1.1, 0), (9.0, 0)])
def test_points_fall_linearly_between_full_and_none(error, earned):
    assert find(band(), [1.0 + error, 2.0 + error]).earned == pytest.approx(earned, abs=1e-5)


@pytest.mark.parametrize(("error", "earned"), [(0.4, 4), (0.5, 4), (0.6, 0)])
def test_without_a_band_all_points_end_at_the_threshold(error, earned):
    finding = find(band(0.5, 0.5, to=(0.0, 1.0)), [error, 1.0 + error])
    assert finding.earned == earned
    assert "(all points up to 0.5, none from 0.5)" in str(finding.because)


def test_a_band_may_ask_for_a_large_error():
    for error, earned in ((9.0, 4), (7.0, 2), (5.0, 0), (1.0, 0)):
        finding = find(band(9.0, 5.0, to=(0.0, 1.0)), [error, 1.0 + error])
        assert finding.earned == earned
        assert "(all points from 9, none up to 5)" in str(finding.because)


@pytest.mark.parametrize(("full", "none"), [({"reference": 95}, 1.0), (0.1, {"reference": 95}),
                                            ({"reference": 90}, {"reference": 95})])  # fmt: skip
def test_a_threshold_of_the_reference_that_was_not_measured_waits(full, none):
    finding = find(band(full, none), [1.0, 2.0])
    assert finding.status == "unscored"
    assert "the instructor has to run `grader calibrate`" in str(finding.because)


def test_the_error_of_two_hidden_numbers_is_told_in_two_digits_and_that_of_one_is_not():
    hidden = {"variable": "slope", "hidden": True}
    assert "of `slope` is 0.12 (" in str(find(band(to=(1.0, 2.0)), [1.1234, 2.1234], probe=hidden).because)
    assert "of `slope` is not shown (" in str(find(band(to=(1.0,)), [1.1234], probe=hidden).because)
    assert "of `slope` is 0.123 (" in str(find(band(to=(1.0,)), [1.1234]).because)


def test_the_shape_that_a_hidden_input_has_is_not_told():
    hidden = {"call": "f", "with": {"x": 3}, "hidden": True}
    told = str(find(band(), [1.0], probe=hidden).because)
    assert told == "The value of `f` on a hidden input has a shape that is not the expected shape."
    told = str(find(band(), [1.0], probe={**hidden, "hidden": False}).because)
    assert told == "The value of `f(3)` has the shape (1,), but (2,) is expected."


def test_what_earns_all_points_is_not_called_constant():
    assert find(band(to=(1.0, 1.05)), [1.0, 1.0]).diagnosis is None
    finding = find(band(to=(0.0, 1.0)), [1.0, 1.0])
    assert (finding.status, finding.diagnosis) == ("partly", "constant")


# ---- networks -------------------------------------------------------------------------------------------------------

GOOD, BAD, WORSE = network("model_1"), network("model_2", CURVE + 0.1), network("model_3", CURVE + 0.3)


def test_the_best_and_the_worst_of_three_are_taken_in_whatever_order_they_are():
    for order in ([GOOD, BAD, WORSE], [WORSE, GOOD, BAD], [BAD, WORSE, GOOD]):
        assert "`model_1`, has" in str(find_on_models(on_networks("best"), *order).because)
        assert "`model_3`, has" in str(find_on_models(on_networks("worst"), *order).because)


def test_a_network_that_gets_all_points_has_nothing_explained():
    never = TrainedNetwork(name="MLP", places=("model_1",), keys=("model_1",), steps=9, moved=False)
    apart = {"x": np.array([0.0, 0.5]), "y": np.array([0.0, 1.0]), "predictions": np.array([0.0, 1.0])}
    value = answered(models({**GOOD, "trained_on": apart, "answers_flat": True}))
    rubric = rubric_of(on_networks(), MODELS_PROBE, {"truth": TRUTH_PROBE})
    (finding,) = score(run_of({"asked": value}, trained=(never,), watched=True), rubric, {"truth": answered(CURVE)})
    assert (finding.status, finding.diagnosis) == ("met", None)
    assert str(finding.because).endswith("none from 0.2).")


def test_what_is_wrong_with_a_network_is_told_with_numbers_only_where_they_are_no_secret():
    half = network("model_1", CURVE / 2 + 3)
    told = find_on_models(on_networks(full=0.001), half)
    assert told.diagnosis == "output-scale"
    assert "2 times its answers minus 6 would be right" in str(told.because)
    truth = {**TRUTH_PROBE, "reveal": False, "hidden": True}
    rubric = rubric_of(on_networks(full=0.001), {**MODELS_PROBE, "hidden": True}, {"truth": truth})
    (hidden,) = score(run_of({"asked": answered(models(half))}), rubric, {"truth": answered(CURVE)})
    assert hidden.diagnosis == "output-scale"
    assert "has the right form on another scale: if you scaled y" in str(hidden.because)


def test_the_errors_of_other_libraries_networks_are_told_in_two_digits_where_inputs_are_hidden():
    entry = {"name": "k", "class": "Sequential", "library": "keras", "may_be": True, "predictions": CURVE + 0.1111}
    value = answered({**models(network("model_1", 0.0 * GRID)), "others": [entry]})
    for hidden, told in ((True, "0.012."), (False, "0.0123.")):
        probe = {**MODELS_PROBE, "hidden": hidden}
        truth = {**TRUTH_PROBE, "reveal": not hidden, "hidden": hidden}
        (finding,) = score(
            run_of({"asked": value}), rubric_of(on_networks(), probe, {"truth": truth}), {"truth": answered(CURVE)}
        )
        assert str(finding.because).endswith(f"`k` has a mean squared error of {told}")
