"""The expectation `metric`: an error with a band, on an answer or on a notebook's networks."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from grader.language import N_, NOTHING, Reason, Value, _, join
from grader.rubric import Metric, Mistake, OfReference
from grader.score.arrays import FloatArray, NotNumbersError, as_numbers, is_constant
from grader.score.common_failures import diagnose_network
from grader.score.network_answers import Network, Networks, read_networks
from grader.score.sentences import code, inside, measured, number, shape, subject
from grader.score.training_evidence import explain_training, leave_other_inputs_to_a_person
from grader.score.verdict import Evidence, UnansweredError, UnscoredError, Verdict

MetricName = Literal["mse", "rmse", "mae", "max-error"]

_IN_WORDS: dict[MetricName, str] = {
    "mse": N_("mean squared error"),
    "rmse": N_("root mean squared error"),
    "mae": N_("mean absolute error"),
    "max-error": N_("largest error"),
}


def mean_squared_error(predictions: FloatArray, targets: FloatArray) -> float:
    """The mean of (prediction - target)²; see `measure_error`.

    >>> mean_squared_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    2.0
    """
    return measure_error("mse", predictions, targets)


def measure_error(name: MetricName, predictions: FloatArray, targets: FloatArray) -> float:
    """The named error: the mean of d², its root, the mean of |d|, or the largest |d|, where d = prediction - target.

    Parameters
    ----------
    name : "mse", "rmse", "mae" or "max-error"
    predictions, targets : *any shapes of one size float64*
        Both are flattened, so that (n,) and (n, 1) do not broadcast.

    Returns
    -------
    float
        In the targets' unit, squared for "mse"; NaN or infinity where a prediction is.

    Raises
    ------
    ValueError
        The sizes differ.

    Examples
    --------
    >>> measure_error("max-error", np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    2.0
    """
    if predictions.size != targets.size:
        raise ValueError(f"{predictions.size} predictions for {targets.size} targets")
    with np.errstate(all="ignore"):
        difference = predictions.ravel() - targets.ravel()
        match name:
            case "mse":
                return float(np.mean(difference**2))
            case "rmse":
                return float(np.sqrt(np.mean(difference**2)))
            case "mae":
                return float(np.mean(np.abs(difference)))
            case "max-error":
                return float(np.max(np.abs(difference)))


def truth(to: Any, evidence: Evidence) -> FloatArray:
    """The expected values; of a reference that has one network, its predictions."""
    target = evidence.target(to)
    if isinstance(target, dict) and isinstance(target.get("models"), list):
        networks = read_networks(target).networks
        if len(networks) != 1:
            raise UnscoredError(
                _("The reference has several networks; the rubric has to name the probe that gives the true values.")
            )
        target = networks[0].predictions
    try:
        values = as_numbers(target)
    except NotNumbersError as error:
        raise UnscoredError(_("The expected value is not made of numbers: the instructor has to fix it.")) from error
    if values.size == 0 or not np.isfinite(values).all():
        raise UnscoredError(_("The expected value is empty, or holds NaN or infinity: the instructor has to fix it."))
    return values


def judge_metric(metric: Metric, evidence: Evidence) -> Verdict:
    """All points at `full` or better, none at `none` or worse, linear between."""
    answer, target = evidence.value(), truth(metric.to, evidence)
    if evidence.probe is not None and evidence.probe.kind == "models":
        found = read_networks(answer)
        verdict = _judge_networks(metric, found, target, evidence)
        if verdict.fraction != 1:
            found.leave_others_to_a_person(_say_errors_of_others(metric, found, target, tells=evidence.tells))
        return replace(verdict, because=verdict.because + found.note)
    what = subject(evidence.probe, tells=evidence.tells)
    try:
        values = as_numbers(answer)
    except NotNumbersError as error:
        return Verdict(0.0, error.say(what))
    if np.squeeze(values).shape != np.squeeze(target).shape:
        if not evidence.tells:  # its sizes could hand over the hidden input
            return Verdict(0.0, _("{what} has a shape that is not the expected shape.", what=what))
        told = _(
            "{what} has the shape {have}, but {wanted} is expected.",
            what=what,
            have=shape(values.shape),
            wanted=shape(target.shape),
        )
        return Verdict(0.0, told)
    error_name = _(_IN_WORDS[metric.name])
    if not np.isfinite(values).all():
        told = _("{what} holds NaN or infinity, so it has no {error_name}.", what=what, error_name=error_name)
        return Verdict(0.0, told, "nan")
    error_size = measure_error(metric.name, values, target)
    words: dict[str, Value] = {"error_name": error_name, "what": inside(what), "band": _band(metric)}
    # The error of a single number would tell what that number should be.
    if evidence.tells or target.size > 1:
        because = _(
            "The {error_name} of {what} is {error} ({band}).", **words, error=measured(error_size, tells=evidence.tells)
        )
    else:
        because = _("The {error_name} of {what} is not shown ({band}).", **words)
    return _banded(metric, error_size, because, values)


def _thresholds(metric: Metric) -> tuple[float, float]:
    """`full` and `none` as numbers."""
    if isinstance(metric.full, OfReference) or isinstance(metric.none, OfReference):
        raise UnscoredError(
            _(
                "The threshold refers to errors of the reference that were not measured: "
                "the instructor has to run `grader calibrate`."
            )
        )
    return metric.full, metric.none


def _band(metric: Metric) -> Reason:
    full, none = _thresholds(metric)
    if full <= none:
        return _("all points up to {full}, none from {none}", full=number(full), none=number(none))
    return _("all points from {full}, none up to {none}", full=number(full), none=number(none))


def _fraction(metric: Metric, value: float) -> float:
    full, none = _thresholds(metric)
    if not np.isfinite(value):
        return 0.0
    if full == none:
        return 1.0 if value <= full else 0.0
    return float(np.clip((none - value) / (none - full), 0.0, 1.0))


def _banded(metric: Metric, value: float, because: Reason, values: FloatArray) -> Verdict:
    fraction = _fraction(metric, value)
    if fraction < 1 and is_constant(values):
        told = _("It is nearly the same number everywhere.")
        return Verdict(fraction, because + told, "constant", measured=value)
    return Verdict(fraction, because, measured=value)


# ---- networks -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Measured:
    """One network's error; infinite, with the reason, where there is none."""

    network: Network
    error: float
    because: Reason = NOTHING
    diagnosis: Mistake | None = None

    @property
    def rank(self) -> tuple[float, bool]:
        """From best to worst; of two without an error the diverged one is better, so that order never decides."""
        return self.error, self.diagnosis is None


def _judge_networks(metric: Metric, found: Networks, target: FloatArray, evidence: Evidence) -> Verdict:
    ranked = sorted(
        (_measure(metric.name, network, target, tells=evidence.tells) for network in found.networks),
        key=lambda one: one.rank,
    )
    chosen = _choose(metric.of, ranked, found)
    if not math.isfinite(chosen.error):
        return Verdict(0.0, chosen.because, chosen.diagnosis)
    if metric.of == "mean":
        mean = float(np.mean([one.error for one in ranked]))
        because = _(
            "Your networks have a {error_name} of {error} on average ({band}).",
            error_name=_(_IN_WORDS[metric.name]),
            error=measured(mean, tells=evidence.tells),
            band=_band(metric),
        )
        return Verdict(_fraction(metric, mean), because, measured=mean)
    because = _say_error(metric, chosen, several=len(ranked) > 1, evidence=evidence)
    fraction = _fraction(metric, chosen.error)
    diagnosis, seen = explain_training(chosen.network, evidence.run) if fraction < 1 else (None, NOTHING)
    if seen:
        return Verdict(fraction, because + seen, diagnosis, measured=chosen.error)
    misfit = diagnose_network(chosen.network, target, functools.partial(_is_good, metric)) if fraction < 1 else None
    if fraction < 1:
        leave_other_inputs_to_a_person(chosen.network, evidence)
    if misfit is None:
        return Verdict(fraction, because, measured=chosen.error)
    told = misfit.sentence if evidence.tells else misfit.plain
    return Verdict(fraction, because + told, misfit.name, measured=chosen.error)


def _say_errors_of_others(metric: Metric, found: Networks, target: FloatArray, *, tells: bool) -> Reason:
    """What networks of other libraries would have, for the person who decides."""
    return join(
        _(
            "{network} has a {error_name} of {error}.",
            network=code(other.name),
            error_name=_(_IN_WORDS[metric.name]),
            error=measured(measure_error(metric.name, other.predictions, target), tells=tells),
        )
        for other in found.undecided[:3]
        if other.predictions is not None and other.predictions.size == target.size
    )


def _say_error(metric: Metric, chosen: _Measured, *, several: bool, evidence: Evidence) -> Reason:
    name = code(chosen.network.name)
    if several and metric.of == "best":
        which = _("Your best network, {network},", network=name)
    elif several and metric.of == "worst":
        which = _("Your worst network, {network},", network=name)
    else:
        which = _("Your network {network}", network=name)
    error = measured(chosen.error, tells=evidence.tells)
    words: dict[str, Value] = {"error_name": _(_IN_WORDS[metric.name]), "error": error, "band": _band(metric)}
    if evidence.probe is not None and evidence.probe.hidden:
        return _(
            "{which} has a {error_name} of {error} on inputs that it was not trained on ({band}).", which=which, **words
        )
    return _("{which} has a {error_name} of {error} ({band}).", which=which, **words)


def _is_good(metric: Metric, predictions: FloatArray, targets: FloatArray) -> bool:
    """Whether such answers get all points."""
    return _fraction(metric, measure_error(metric.name, predictions, targets)) == 1


def _measure(name: MetricName, network: Network, target: FloatArray, *, tells: bool) -> _Measured:
    if network.predictions is None or network.predictions.size != target.size:
        return _Measured(network, math.inf, network.say_silence(tells=tells))
    error = measure_error(name, network.predictions, target)
    if math.isfinite(error):
        return _Measured(network, error)
    return _Measured(network, math.inf, say_diverged(network), "diverged")


def say_diverged(network: Network) -> Reason:
    """The sentence about a network whose answers have no error."""
    return _(
        "The training of {network} diverged: it answers NaN, or numbers that are too large. "
        "Try a smaller learning rate.",
        network=code(network.name),
    )


def _choose(of: str | None, measured: list[_Measured], found: Networks) -> _Measured:
    """The network to speak of; of a mean the worst, since one without an error leaves no mean."""
    if of == "best":
        return measured[0]
    if of in ("worst", "mean"):
        return measured[-1]
    if of is None:
        raise UnscoredError(_("The rubric does not say which network it means (`of`): the instructor has to fix it."))
    for one in measured:
        if one.network.name == of and one.network.by_name:
            return one
    found.leave_others_to_a_person()
    if any(not network.by_name for network in found.networks):
        told = _("There is no {network}; a person decides which is meant.", network=code(of))
        raise UnscoredError(told + found.note)
    raise UnansweredError(_("There is no network {network}.", network=code(of)))
