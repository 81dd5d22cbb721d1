"""How a network is wrong: told where its numbers show it, and not where they do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.score import score

from .making import (
    CURVE,
    GRID,
    MODELS_PROBE,
    answered,
    find_on_models,
    models,
    network,
    rubric_of,
    run_of,
    three,
)

BEST = {"metric": {"name": "mse", "of": "best", "to": {"probe": "truth"}, "full": 0.01, "none": 0.5}}
SCALED_BACK = "If you scaled y for the training, scale the answers back."
BY_HEART = (
    "On the samples that it was trained on it is good: it has learned them by heart, "
    "or they leave out a part of what it is asked."
)
BROADCAST = (
    "It answers with the shape (N,), and nearly the same everywhere: if y is (N, 1), the loss compares each answer "
    "with every y. Let it answer with (N, 1)."
)


MEAN = (
    "It answers nearly the mean of y everywhere. That comes of a short training, and of a loss between the shapes "
    "(N, 1) and (N,), which compares each answer with every y: print both shapes."
)
RAN_AWAY = (
    "Most of its answers are far outside of all y, as after a training that diverges: take smaller steps, and set the "
    "gradients to zero before each."
)


def find_one(predictions, **fields):
    return find_on_models(BEST, network("model_1", predictions, **fields))


def samples(error):
    """Twenty of the network's own training samples, and its answers there with such an error."""
    y = CURVE[::3].copy()
    return {"x": GRID[::3, None], "y": y, "predictions": y + error}


@pytest.mark.parametrize(
    ("predictions", "told"),
    [
        (3 * CURVE, "0.333 times its answers would be right."),
        ((CURVE - 0.7) / 2, "2 times its answers plus 0.7 would be right."),
        (2 * CURVE + 0.5, "0.5 times its answers minus 0.25 would be right."),
    ],
)
def test_answers_on_another_scale_are_told_with_the_way_back(predictions, told):
    finding = find_one(predictions)
    assert finding.diagnosis == "output-scale"
    assert str(finding.because).endswith(f"Its curve has the right form on another scale: {told} {SCALED_BACK}")


def find_beside(truth, predictions, *, hidden=False, unit=1.0, **fields):
    """The finding on a network beside such a truth, in such a unit."""
    best = {"metric": {**BEST["metric"], "full": 0.01 * unit**2, "none": 0.5 * unit**2}}
    told = {"hidden": True} if hidden else {"reveal": True}
    others = {"truth": {"evaluate": "f(x)", "ask": "reference", **told}}
    rubric = rubric_of(best, {**MODELS_PROBE, "hidden": hidden}, others)
    run = run_of({"asked": answered(models(network("model_1", predictions, **fields)))})
    (finding,) = score(run, rubric, {"truth": answered(truth)})
    return finding


def test_answers_on_another_scale_are_told_without_numbers_where_the_truth_is_hidden():
    assert str(find_beside(CURVE, 3 * CURVE, hidden=True).because).endswith(
        "(all points up to 0.01, none from 0.5). "
        "Its curve has the right form on another scale: if you scaled y for the training, scale the answers back."
    )


def test_a_straight_line_is_not_another_one_on_another_scale():
    finding = find_beside(2 * GRID + 1, 0.3 * GRID)
    assert (finding.status, finding.diagnosis) == ("missed", None)


def test_a_network_that_is_good_on_its_training_samples_only_has_learned_them_by_heart():
    finding = find_one(CURVE + 0.5 * np.sin(15 * GRID), trained_on=samples(0.01))
    assert finding.diagnosis == "memorised"
    assert str(finding.because).endswith(BY_HEART)


@pytest.mark.parametrize("trained_on", [None, samples(0.4), "no samples"])
def test_a_network_that_is_bad_there_too_or_of_which_nobody_knows_has_not(trained_on):
    assert find_one(CURVE + 0.5 * np.sin(15 * GRID), trained_on=trained_on).diagnosis is None


def test_flat_answers_that_are_nearly_the_mean_come_from_a_loss_that_broadcasts():
    nearly_the_mean = CURVE.mean() + 0.05 * np.cos(GRID)
    finding = find_one(nearly_the_mean, answers_flat=True)
    assert (finding.diagnosis, str(finding.because).endswith(BROADCAST)) == ("broadcast-loss", True)
    assert find_one(nearly_the_mean).diagnosis == "constant"


def test_flat_answers_that_follow_the_curve_have_nothing_wrong_with_their_shape():
    assert find_one(CURVE + 0.2 * np.sin(15 * GRID), answers_flat=True).diagnosis is None


def test_a_good_network_has_no_diagnosis():
    finding = find_one(CURVE + 0.05, answers_flat=True, trained_on=samples(0.0))
    assert (finding.status, finding.diagnosis) == ("met", None)


def test_the_network_that_is_spoken_of_is_the_one_that_is_diagnosed():
    wavy = CURVE + 0.5 * np.sin(15 * GRID)
    best, worst = network("model_1", wavy, trained_on=samples(0.01)), network("model_2", 3 * CURVE)
    assert find_on_models(BEST, best, worst).diagnosis == "memorised"
    assert find_on_models({"metric": {**BEST["metric"], "of": "worst"}}, best, worst).diagnosis == "output-scale"


@given(st.integers(0, 999))
def test_random_answers_have_no_diagnosis(seed):
    random = np.random.default_rng(seed)
    finding = find_one(random.normal(size=60), answers_flat=bool(seed % 2), trained_on=samples(random.normal(size=20)))
    assert finding.diagnosis is None


def test_three_good_networks_are_still_good():
    assert find_on_models(BEST, *three()).status == "met"


def test_a_curve_upside_down_is_not_the_right_form():
    assert find_one(-CURVE).diagnosis is None


@pytest.mark.parametrize("rest", [0.0, 0.1])
def test_a_network_that_has_learned_little_but_the_mean_is_told_to_look_at_the_shapes(rest):
    finding = find_one(CURVE.mean() + rest * (CURVE - CURVE.mean()) + 1e-3 * GRID)
    assert (finding.diagnosis, str(finding.because).endswith(f" {MEAN}")) == ("constant", True)


@pytest.mark.parametrize("predictions", [CURVE.mean() + 1 + 0.1 * CURVE, CURVE.mean() + 0.5 * np.cos(30 * GRID)])
def test_a_network_that_is_nearly_constant_elsewhere_or_moves_about_the_mean_has_not_learned_the_mean(predictions):
    assert MEAN not in str(find_one(predictions).because)


@pytest.mark.parametrize("predictions", [1e4 - 3e3 * np.sin(40 * GRID), 1 - 2000 * GRID])
def test_a_network_that_has_run_away_is_told_so(predictions):
    finding = find_one(predictions)
    assert (finding.status, finding.diagnosis) == ("missed", "diverged")
    assert str(finding.because).endswith(f" {RAN_AWAY}")


def test_a_network_that_is_merely_far_off_has_not_run_away():
    assert find_one(30 * np.sin(40 * GRID)).diagnosis is None


CONSTANT = "It is nearly the same number everywhere."
MISTAKES = {
    "constant": ("constant", np.full(60, 9.0), {}, CONSTANT),
    "mean": ("constant", CURVE.mean() + 0.1 * CURVE, {}, MEAN),
    "broadcast": ("broadcast-loss", CURVE.mean() + 0.05 * np.cos(GRID), {"answers_flat": True}, BROADCAST),
    "diverged": ("diverged", 1e4 - 3e3 * np.sin(40 * GRID), {}, RAN_AWAY),
    "memorised": ("memorised", CURVE + 0.5 * np.sin(15 * GRID), {"trained_on": samples(0.01)}, BY_HEART),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_hidden_network_is_told_the_same_where_no_number_is_in_it(mistake):
    name, predictions, fields, told = MISTAKES[mistake]
    finding = find_beside(CURVE, predictions, hidden=True, **fields)
    assert str(finding.because).endswith(f" {told}")
    assert finding.diagnosis == name


@pytest.mark.parametrize(("scale", "offset"), [(1, 4), (40, -300), (0.02, 5)])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_seen_whatever_the_unit_of_y(mistake, scale, offset):
    name, predictions, fields, told = MISTAKES[mistake]
    if "trained_on" in fields:
        own = fields["trained_on"]
        fields = {"trained_on": own | {name: scale * own[name] + offset for name in ("y", "predictions")}}
    finding = find_beside(scale * CURVE + offset, scale * predictions + offset, unit=scale, **fields)
    assert (finding.diagnosis, str(finding.because).endswith(f" {told}")) == (name, True)


def mean_and_rest(mean, rest):
    """Answers whose mean and whose standard deviation lie so many of the curve's deviations from its mean and 0."""
    wave = np.cos(30 * GRID)
    wave = (wave - wave.mean()) / wave.std()
    return CURVE.mean() + CURVE.std() * (mean + rest * wave)


@pytest.mark.parametrize(
    ("mean", "rest", "told"),
    [(0.0, 0.19, True), (0.0, 0.21, False), (0.09, 0.1, True), (0.11, 0.1, False), (-0.09, 0.1, True)],
)
@pytest.mark.parametrize("unit", [0.05, 30])
def test_the_mean_was_learned_where_answers_lie_about_it_and_hardly_move(mean, rest, told, unit):
    finding = find_beside(unit * CURVE + 7, unit * mean_and_rest(mean, rest) + 7, unit=unit)
    assert (MEAN in str(finding.because)) is told


@pytest.mark.parametrize(
    ("mean", "rest", "told"), [(0.0, 0.19, True), (0.0, 0.21, False), (0.95, 0.1, True), (1.05, 0.1, False)]
)
@pytest.mark.parametrize("unit", [0.05, 30])
def test_a_broadcast_loss_is_seen_where_flat_answers_hardly_move_and_lie_among_the_targets(mean, rest, told, unit):
    predictions = unit * mean_and_rest(mean, rest) + 7
    finding = find_beside(unit * CURVE + 7, predictions, unit=unit, answers_flat=True)
    assert (finding.diagnosis == "broadcast-loss") is told


@pytest.mark.parametrize(("times", "told"), [(99, False), (101, True)])
@pytest.mark.parametrize("unit", [0.05, 30])
def test_answers_have_run_away_from_a_hundred_times_the_width_of_y_on(times, told, unit):
    wave = np.where(np.arange(60) % 2, 1.0, -1.0)
    answers = CURVE + times * np.ptp(CURVE) * wave
    assert (find_beside(unit * CURVE + 7, unit * answers + 7, unit=unit).diagnosis == "diverged") is told


@pytest.mark.parametrize(
    ("factor", "name"), [(0.89, "output-scale"), (0.91, None), (1.09, None), (1.11, "output-scale")]
)
def test_another_scale_differs_by_a_tenth(factor, name):
    assert find_one(CURVE / factor + 2).diagnosis == name


@pytest.mark.parametrize(("share", "told"), [(0.9e-3, False), (1.1e-3, True)])
@pytest.mark.parametrize("unit", [0.05, 30])
def test_an_offset_is_told_from_a_thousandth_of_the_width_of_y_on(share, told, unit):
    offset = share * unit * np.ptp(CURVE)
    finding = find_beside(unit * CURVE, (unit * CURVE - offset) / 2, unit=unit)
    assert (" plus " in str(finding.because)) is told


def test_of_a_constant_truth_no_network_is_told_how_it_is_wrong():
    assert find_beside(np.full(60, 3.0), 3 * CURVE).diagnosis is None
