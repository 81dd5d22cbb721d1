"""How a trained network is wrong: each way is checked on its numbers, never guessed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.language import Reason, _
from grader.score.arrays import FloatArray, bend, is_constant
from grader.score.error_pattern import Diagnosis
from grader.score.network_answers import Network
from grader.score.sentences import number

_NEARLY_CONSTANT = 0.2
"""A network of which the answers spread by less than this share of the target's has learned little but their mean."""

_NEAR_THE_MEAN = 0.1
"""Answers whose mean lies no further from the target's than this share of its spread are about the target's mean."""

_RUN_AWAY = 100.0
"""No network begins so many times further from the target than that spreads."""

_FROM_SCALE = 0.1
"""Factors nearer to 1 are no other scale."""

_SMALL = 1e-3
"""Offsets that are smaller, beside the target's spread, are not told."""

_BENDS = 0.05
"""A target that bends less is a straight line."""


def diagnose_network(
    network: Network, target: FloatArray, is_good: Callable[[FloatArray, FloatArray], bool]
) -> Diagnosis | None:
    """What is wrong with a network that does not fit the target, where that is one of the known ways; or None.

    Parameters
    ----------
    network : Network
        It has finite predictions, one for each number of the target.
    target : *(N,) float64, unit of y*
    is_good : (predictions, targets) -> bool
        Whether an answer like this gets all points.
    """
    predictions = network.finite_predictions
    if predictions is None or is_constant(target):
        return None
    target = target.ravel()
    return (
        _broadcast(network, predictions, target)
        or _constant(predictions)
        or _mean_of_all(predictions, target)
        or _run_away(predictions, target)
        or _other_scale(predictions, target, is_good)
        or _learned_by_heart(network, is_good)
    )


def _broadcast(network: Network, predictions: FloatArray, target: FloatArray) -> Diagnosis | None:
    """(N,) less (N, 1) is (N, N): the smallest mean square of all these is reached by the targets' mean everywhere."""
    width = float(target.std())
    is_mean = predictions.std() < _NEARLY_CONSTANT * width and abs(predictions.mean() - target.mean()) < width
    if not network.answers_flat or not is_mean:
        return None
    text = _(
        "It answers with the shape (N,), and nearly the same everywhere: if y is (N, 1), the loss compares each answer "
        "with every y. Let it answer with (N, 1)."
    )
    return Diagnosis("broadcast-loss", text, text)


def _constant(predictions: FloatArray) -> Diagnosis | None:
    text = _("It is nearly the same number everywhere.")
    return Diagnosis("constant", text, text) if is_constant(predictions) else None


def _mean_of_all(predictions: FloatArray, target: FloatArray) -> Diagnosis | None:
    """Whatever keeps a network from seeing which x belongs to which y, it learns the mean of y."""
    width = float(target.std())
    is_mean = abs(float(predictions.mean() - target.mean())) < _NEAR_THE_MEAN * width
    if not is_mean or predictions.std() >= _NEARLY_CONSTANT * width:
        return None
    text = _(
        "It answers nearly the mean of y everywhere. That comes of a short training, and of a loss between the shapes "
        "(N, 1) and (N,), which compares each answer with every y: print both shapes."
    )
    return Diagnosis("constant", text, text)


def _run_away(predictions: FloatArray, target: FloatArray) -> Diagnosis | None:
    if float(np.median(np.abs(predictions - target))) <= _RUN_AWAY * float(np.ptp(target)):
        return None
    text = _(
        "Most of its answers are far outside of all y, as after a training that diverges: take smaller steps, and set "
        "the gradients to zero before each."
    )
    return Diagnosis("diverged", text, text)


def _other_scale(
    predictions: FloatArray, target: FloatArray, is_good: Callable[[FloatArray, FloatArray], bool]
) -> Diagnosis | None:
    """By the least-squares line from the answers to the target: with it they would be good."""
    centred = predictions - predictions.mean()
    factor = float(centred @ target / (centred @ centred))
    offset = float(target.mean() - factor * predictions.mean())
    # Any straight line is any other one on another scale.
    if factor <= 0 or abs(factor - 1) < _FROM_SCALE or bend(target) < _BENDS:
        return None
    if not is_good(factor * predictions + offset, target):
        return None
    plain = _(
        "Its curve has the right form on another scale: if you scaled y for the training, scale the answers back."
    )
    told = _say_scale(factor, offset if abs(offset) > _SMALL * float(np.ptp(target)) else 0.0)
    cure = _("If you scaled y for the training, scale the answers back.")
    return Diagnosis("output-scale", told + cure, plain)


def _say_scale(factor: float, offset: float) -> Reason:
    words = {"factor": number(factor), "offset": number(abs(offset))}
    if offset > 0:
        return _(
            "Its curve has the right form on another scale: {factor} times its answers plus {offset} would be right.",
            **words,
        )
    if offset < 0:
        return _(
            "Its curve has the right form on another scale: {factor} times its answers minus {offset} would be right.",
            **words,
        )
    return _(
        "Its curve has the right form on another scale: {factor} times its answers would be right.",
        factor=number(factor),
    )


def _learned_by_heart(network: Network, is_good: Callable[[FloatArray, FloatArray], bool]) -> Diagnosis | None:
    """Good on the samples that it was trained on, of which there are the notebook's own."""
    samples = network.trained_on
    if samples is None or not is_good(samples.predictions, samples.targets):
        return None
    text = _(
        "On the samples that it was trained on it is good: it has learned them by heart, "
        "or they leave out a part of what it is asked."
    )
    return Diagnosis("memorised", text, text)
