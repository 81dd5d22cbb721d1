"""Expectations on a notebook's networks: metric, distinct, nonlinear, trained, built."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.score import score
from grader.score.metrics import measure_error

from .making import (
    CURVE,
    GRID,
    MODELS_PROBE,
    answered,
    find,
    find_on_models,
    models,
    network,
    rubric_of,
    run_of,
    three,
)

TRUTH = {"probe": "truth"}
STACK = (
    "Linear layers without an activation between them are one linear layer: v(wx) = (vw)x. "
    "Put a nonlinear activation, such as ReLU or Tanh, between them."
)


def metric(of: str | None, name: str = "mse", full: float = 0.01, none: float = 0.2) -> dict:
    return {"metric": {"name": name, "of": of, "to": TRUTH, "full": full, "none": none}}


# ---- metric ---------------------------------------------------------------------------------------------------------


def test_the_best_network_is_named_with_its_error_and_the_band():
    off = [network("model_1", CURVE + 0.5), network("model_2", CURVE + 0.064), network("model_3", CURVE + 0.4)]
    finding = find_on_models(metric("best"), *off, hidden=True)
    assert finding.status == "met"
    assert str(finding.because) == (
        "Your best network, `model_2`, has a mean squared error of 0.0041 on inputs that it was not trained on "
        "(all points up to 0.01, none from 0.2)."
    )


@pytest.mark.parametrize(
    ("of", "earned", "sentence"),
    [
        ("best", 4.0, "Your best network, `model_1`, has a mean squared error of 0.01 (all points up to 0.01, none "
         "from 0.2)."),
        ("worst", 0.842105, "Your worst network, `model_2`, has a mean squared error of 0.16 (all points up to 0.01, "
         "none from 0.2)."),
        ("mean", 2.421053, "Your networks have a mean squared error of 0.085 on average (all points up to 0.01, none "
         "from 0.2)."),
        ("model_2", 0.842105, "Your network `model_2` has a mean squared error of 0.16 (all points up to 0.01, none "
         "from 0.2)."),
    ],
)  # fmt: skip
def test_the_points_fall_linearly_in_the_band(of, earned, sentence):
    finding = find_on_models(metric(of), network("model_1", CURVE - 0.1), network("model_2", CURVE + 0.4))
    assert (finding.earned, str(finding.because)) == (pytest.approx(earned, abs=1e-5), sentence)


def test_a_single_network_is_not_called_the_best():
    finding = find_on_models(metric("best"), network("model_1", CURVE + 0.1))
    assert str(finding.because).startswith("Your network `model_1` has a mean squared error of 0.01 (")


@pytest.mark.parametrize(
    ("name", "error"), [("mse", "0.0125"), ("rmse", "0.112"), ("mae", "0.1"), ("max-error", "0.15")]
)
def test_each_error_is_what_its_name_says(name, error):
    wave = np.where(np.arange(60) % 2, 0.15, 0.05)
    finding = find_on_models(metric("best", name, 0.0, 1.0), network("model_1", CURVE + wave))
    assert f" of {error} (" in str(finding.because)


def test_a_network_that_answers_nan_has_diverged():
    broken = CURVE.copy()
    broken[7] = np.nan
    finding = find_on_models(metric("worst"), network("model_1"), network("model_2", broken))
    assert (finding.status, finding.diagnosis) == ("missed", "diverged")
    assert str(finding.because) == (
        "The training of `model_2` diverged: it answers NaN, or numbers that are too large. "
        "Try a smaller learning rate."
    )
    assert find_on_models(metric("best"), network("model_1"), network("model_2", broken)).status == "met"


def test_errors_are_not_broadcast():
    with pytest.raises(ValueError, match="2 predictions for 1 targets"):
        measure_error("mse", np.ones(2), np.ones(1))


@pytest.mark.parametrize("huge", [1e200, np.inf, np.nan])
def test_no_number_is_too_large_to_fail(huge):
    assert find_on_models(metric("best"), network("model_1", np.full(60, huge))).earned == 0.0


def test_a_constant_network_is_told_so():
    finding = find_on_models(metric("best", full=0.0, none=5.0), network("model_1", np.full(60, 0.1)))
    assert (finding.status, finding.diagnosis) == ("partly", "constant")
    assert str(finding.because).endswith("It is nearly the same number everywhere.")


def test_networks_found_by_type_are_named():
    finding = find_on_models(
        metric("best"), network("model_1"), network("net_b", found="by type"), network("net_c", found="by type")
    )
    assert str(finding.because).endswith(" There is no `model_2` or `model_3`; taken by type: `net_b`, `net_c`.")


def test_a_network_without_answers_says_why_unless_the_inputs_are_hidden():
    silent = network("model_1", error="RuntimeError: mat1 and mat2 of 400 rows")
    silent["predictions"] = None
    told = find_on_models(metric("best"), silent)
    assert (told.earned, str(told.because)) == (
        0.0,
        "`model_1` gave no answers: RuntimeError: mat1 and mat2 of 400 rows.",
    )
    assert str(find_on_models(metric("best"), silent, hidden=True).because) == "`model_1` gave no answers."


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_networks_without_an_error_the_order_never_decides_what_is_said(order):
    silent = network("model_1")
    silent["predictions"] = None
    pair = [silent, network("model_2", np.full(60, np.nan))][::order]
    assert find_on_models(metric("best"), *pair).diagnosis == "diverged"
    assert find_on_models(metric("worst"), *pair).diagnosis is None


def test_a_network_of_several_outputs_is_told_so():
    finding = find_on_models(metric("best"), network("model_1", np.ones((60, 2))))
    assert str(finding.because) == "`model_1` does not answer with one number for each input."


def test_without_a_network_the_criterion_is_unanswered():
    finding = find_on_models(metric("best"))
    assert (finding.status, finding.earned) == ("unanswered", 0.0)
    assert str(finding.because) == (
        "There is no network among the notebook's variables: none is named `model_1`, `model_2` or `model_3`, "
        "and none is of the right type."
    )


def test_a_network_asked_by_a_name_that_is_lacking():
    assert str(find_on_models(metric("model_2"), network("model_1")).because) == "There is no network `model_2`."
    by_type = find_on_models(metric("model_2"), network("model_1"), network("net", found="by type"))
    assert by_type.status == "unscored"
    assert str(by_type.because) == (
        "There is no `model_2`; a person decides which is meant. There is no `model_2` or `model_3`; "
        "taken by type: `net`."
    )


def test_a_rubric_that_does_not_say_which_network_waits():
    finding = find_on_models(metric(None), network("model_1"))
    assert (finding.status, str(finding.because)) == (
        "unscored",
        "The rubric does not say which network it means (`of`): the instructor has to fix it.",
    )


def test_an_answer_in_another_form_waits():
    rubric = rubric_of({"distinct": {}}, MODELS_PROBE)
    for value in (3, {}, {"models": 3}, {"models": [3]}, {"models": [{"name": 3}]}):
        (finding,) = score(run_of({"asked": answered(value)}), rubric, {})
        assert finding.status == "unscored"
        assert str(finding.because) == "The answer about the networks is not in its proper form; a person looks at it."


def test_the_metric_of_a_plain_answer():
    band = {"metric": {"name": "mae", "to": [1.0, 2.0], "full": 0.1, "none": 1.1}}
    assert (
        str(find(band, [1.6, 2.6]).because)
        == "The mean absolute error of `slope` is 0.6 (all points up to 0.1, none from 1.1)."
    )
    assert find(band, [1.6, 2.6]).earned == pytest.approx(2.0)
    assert str(find(band, [1.0]).because) == "`slope` has the shape (1,), but (2,) is expected."
    assert str(find(band, "x").because) == "`slope` is text, not a number."
    assert str(find(band, [1.0, np.nan]).because) == "`slope` holds NaN or infinity, so it has no mean absolute error."


@pytest.mark.parametrize("truth", [[1.0, np.nan], []])
def test_a_truth_that_is_no_numbers_waits(truth):
    finding = find({"metric": {"name": "mae", "full": 0.1, "none": 1.1}}, [1.0, 1.0], np.array(truth))
    assert finding.status == "unscored"
    assert (
        str(finding.because) == "The expected value is empty, or holds NaN or infinity: the instructor has to fix it."
    )


def test_the_error_of_a_single_hidden_number_would_tell_it():
    band = {"metric": {"name": "mae", "to": 7.0, "full": 0.1, "none": 9.0}}
    finding = find(band, 0.0, probe={"variable": "slope", "hidden": True})
    assert (
        str(finding.because) == "The mean absolute error of `slope` is not shown (all points up to 0.1, none from 9)."
    )


def test_a_reference_of_one_network_gives_the_truth():
    rubric = rubric_of({"metric": {"name": "mse", "of": "best", "full": 0.01, "none": 1}}, MODELS_PROBE)
    run = run_of({"asked": answered(models(network("model_1")))})
    (one,) = score(run, rubric, {"asked": answered(models(network("model_1")))})
    (several,) = score(run, rubric, {"asked": answered(models(*three()))})
    assert one.status == "met"
    assert str(several.because) == (
        "The reference has several networks; the rubric has to name the probe that gives the true values."
    )


# ---- distinct -------------------------------------------------------------------------------------------------------


def test_three_architectures_are_distinct():
    finding = find_on_models({"distinct": {}}, *three())
    assert finding.status == "met"
    assert str(finding.because) == "Your networks differ in how they are built and in what they answer."


def test_one_network_thrice_is_one_network():
    copies = [network(f"model_{n}", CURVE + 0.01 * n * np.cos(GRID)) for n in (1, 2, 3)]
    finding = find_on_models({"distinct": {}}, *copies)
    assert (finding.status, finding.earned, finding.diagnosis) == ("missed", 0.0, "alike")
    assert str(finding.because) == (
        "Your 3 networks count as 1, but 3 different ones are required. "
        "`model_1` and `model_2` have the same layers of the same sizes (Linear, Tanh, Linear). "
        "`model_1` and `model_3` have the same layers of the same sizes (Linear, Tanh, Linear)."
    )


def test_other_sizes_with_the_same_answers_are_one_network():
    finding = find_on_models({"distinct": {"at_least": 2}}, network("model_1"), network("model_2", width=99))
    assert str(finding.because) == (
        "Your 2 networks count as 1, but 2 different ones are required. `model_1` and `model_2` give the same answers."
    )


def test_two_of_three_networks_earn_half():
    finding = find_on_models({"distinct": {}}, *three()[:2])
    assert (finding.earned, str(finding.because)) == (2.0, "You have 2 networks, but 3 different ones are required.")


def test_another_activation_is_another_architecture():
    relu = network("model_2", CURVE + 0.1 * np.cos(GRID), layers=["Linear", "ReLU", "Linear"])
    assert find_on_models({"distinct": {"at_least": 2}}, network("model_1"), relu).status == "met"


def test_classes_that_may_differ_in_forward_are_left_to_a_person():
    bare = {"layers": ["Linear", "Linear"]}
    one = network("model_1", **bare, **{"class": "TanhNet"})
    other = network("model_2", CURVE + 0.1 * np.cos(GRID), **bare, **{"class": "ReluNet"})
    finding = find_on_models({"distinct": {"at_least": 2}}, one, other)
    assert finding.status == "unscored"
    assert str(finding.because) == (
        "`model_1` and `model_2` have the same layers, but classes of their own: "
        "whether they differ in `forward`, a person decides."
    )
    one["class"] = "ReluNet"
    assert find_on_models({"distinct": {"at_least": 2}}, one, other).status == "missed"


# ---- nonlinear ------------------------------------------------------------------------------------------------------


def test_a_linear_stack_is_told_apart_from_a_network():
    stack = network("model_2", 0.3 * GRID + 1, layers=["Linear", "Linear"])
    finding = find_on_models({"nonlinear": {"at_least": 2}}, network("model_1"), stack)
    assert (finding.status, finding.earned, finding.diagnosis) == ("partly", 2.0, "linear")
    assert str(finding.because) == (
        f"1 of your 2 networks draws a curve, but 2 are required. `model_2` draws only a straight line. {STACK}"
    )


def test_a_straight_line_with_an_activation_is_not_called_a_stack():
    finding = find_on_models({"nonlinear": {"at_least": 1}}, network("model_1", 0.3 * GRID))
    assert str(finding.because) == (
        "Your one network does not draw a curve, but 1 is required. `model_1` draws only a straight line."
    )


def test_networks_that_bend_are_met():
    finding = find_on_models({"nonlinear": {}}, *three())
    assert (finding.status, str(finding.because)) == ("met", "Your 3 networks draw curves.")


def test_a_slight_bend_is_seen_and_rounding_is_not():
    line = (0.3 * GRID + 5).astype(np.float32).astype(np.float64)
    assert find_on_models({"nonlinear": {"at_least": 1}}, network("model_1", line)).status == "missed"
    assert find_on_models({"nonlinear": {"at_least": 1}}, network("m", line + 0.01 * GRID**2)).status == "met"


def test_a_constant_network_does_not_bend():
    finding = find_on_models({"nonlinear": {"at_least": 1}}, network("model_1", np.full(60, 2.0)))
    assert (finding.status, finding.diagnosis) == ("missed", "constant")


def test_bending_is_only_asked_on_a_grid():
    rubric = rubric_of({"nonlinear": {}}, {**MODELS_PROBE, "predict": {"array": [[0.0], [1.0]]}})
    (finding,) = score(run_of({"asked": answered(models(*three()))}), rubric, {})
    assert (
        str(finding.because)
        == "Whether networks bend can only be seen on a grid of inputs: the instructor has to fix it."
    )


# ---- trained --------------------------------------------------------------------------------------------------------


def test_a_trained_network_tells_its_errors_before_and_after():
    finding = find_on_models({"trained": {"at_least": 1, "to": TRUTH}}, network("model_1", CURVE + 0.0632))
    before = np.mean(CURVE**2)
    assert finding.status == "met"
    assert str(finding.because) == (
        f"Your network has learned. Before training the error of `model_1` was {before:.3g}, after it 0.00399."
    )


def test_an_untrained_network_has_not_learned():
    lazy = network("model_2", np.zeros(60) + 0.01)
    finding = find_on_models({"trained": {"at_least": 2, "to": TRUTH}}, network("model_1"), lazy)
    assert (finding.status, finding.earned, finding.diagnosis) == ("partly", 2.0, "not-trained")
    assert str(finding.because).startswith(
        "1 of your 2 networks has learned, but 2 are required. Before training the error of `model_2` was "
    )


def test_to_be_a_little_better_is_not_to_have_learned():
    lazy = network("model_1", 0.1 * CURVE)
    assert find_on_models({"trained": {"at_least": 1, "better_by": 1.2, "to": TRUTH}}, lazy).status == "met"
    assert find_on_models({"trained": {"at_least": 1, "better_by": 1.3, "to": TRUTH}}, lazy).status == "missed"


def test_a_diverged_network_has_not_learned():
    finding = find_on_models({"trained": {"at_least": 1, "to": TRUTH}}, network("model_1", np.full(60, np.nan)))
    assert (finding.earned, finding.diagnosis) == (0.0, "diverged")


def test_a_network_that_cannot_be_untrained_is_left_to_a_person():
    own = network("model_1", untrained=None)
    finding = find_on_models({"trained": {"at_least": 1, "to": TRUTH}}, own)
    assert finding.status == "unscored"
    assert str(finding.because) == "No untrained copy of `model_1` can be made: a person decides if it learned."
    others = [network("model_2"), own]
    assert find_on_models({"trained": {"at_least": 1, "to": TRUTH}}, *others).status == "met"


# ---- built ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("built", "sentence"),
    [
        ({"has": ["nn.Tanh"], "has_not": ["ReLU"], "parameters": 49}, "`model_1` is built as required."),
        ({"has": ["ReLU"]}, "`model_1` has no layer `ReLU`; its layers are: `Linear`, `Tanh` and `Linear`. "
         "Only layers that `__init__` makes are seen, not functions that `forward` calls."),
        ({"has_not": ["Linear"]}, "`model_1` has a layer `Linear`, which it should do without."),
        ({"parameters": 2}, "`model_1` has 49 parameters, but 2 are required."),
    ],
)  # fmt: skip
def test_the_sentence_on_how_a_network_is_built(built, sentence):
    probe = {"models": {"names": ["model_1"]}, "predict": {"grid": [-3.0, 3.0, 60]}}
    value = {"asked": ["model_1"], "models": [network("model_1")]}
    finding = find({"built": built}, value, probe=probe)
    assert (str(finding.because), finding.status == "met") == (sentence, "as required" in sentence)


def test_a_lacking_network_is_not_built():
    finding = find_on_models({"built": {"has": ["Tanh"]}}, *three()[:2])
    assert (finding.earned, str(finding.because)) == (
        pytest.approx(8 / 3, abs=1e-5),
        "You have only 2 of the 3 networks.",
    )


# ---- properties -----------------------------------------------------------------------------------------------------

EXPECTATIONS = [
    *(metric(of) for of in ("best", "worst", "mean")),
    {"distinct": {}},
    {"nonlinear": {}},
    {"trained": {"to": TRUTH}},
    {"built": {"has": ["Tanh"], "parameters": 49}},
    {"count": {"of": "models", "at_least": 3}},
]

a_network = st.builds(
    lambda width, tilt, noise, layers: network(
        "n", tilt * GRID + noise * np.cos(3 * GRID) + (tilt > 1) * CURVE, width=width, layers=layers
    ),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.5, 1.5, np.nan, 1e200]),
    st.sampled_from([0.0, 0.1]),
    st.sampled_from([["Linear", "Tanh", "Linear"], ["Linear", "Linear"]]),
)


@pytest.mark.parametrize("expect", EXPECTATIONS, ids=str)
@given(networks=st.lists(a_network, min_size=1, max_size=5), seed=st.integers(0, 9))
def test_neither_names_nor_order_change_the_points(expect, networks, seed):
    named = [{**one, "name": f"model_{n}"} for n, one in enumerate(networks, 1)]
    shuffled = [{**one, "name": f"net_{n}"} for n, one in enumerate(networks, 1)]
    random.Random(seed).shuffle(shuffled)
    assert find_on_models(expect, *named).earned == find_on_models(expect, *shuffled).earned


@given(st.floats(0.0, 3.0), st.floats(0.0, 3.0))
def test_a_smaller_error_never_earns_less(one, other):
    near, far = sorted([one, other])
    earned = [find_on_models(metric("best"), network("m", CURVE + off)).earned for off in (near, far)]
    assert earned[0] >= earned[1]


@pytest.mark.parametrize("networks", [three()[:1], three()])
def test_where_one_network_is_enough_it_differs_from_nothing_and_earns_everything(networks):
    assert find_on_models({"distinct": {"at_least": 1}}, *networks).earned == 4


@pytest.mark.parametrize("layer", ["Tanh", "nn.Tanh", "torch.nn.Tanh"])
def test_a_layer_that_is_to_be_left_out_is_found_by_its_last_name(layer):
    assert find_on_models({"built": {"has_not": [layer]}}, *three()).earned == 0
    assert find_on_models({"built": {"has_not": [layer.replace("Tanh", "ReLU")]}}, *three()).earned == 4
