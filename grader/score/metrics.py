"""The expectation `metric`: an error with a band, on an answer or on a notebook's networks."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from grader.rubric import Metric
from grader.score.answers import Network, Networks, read_networks
from grader.score.arrays import FloatArray, NotNumbersError, as_numbers, is_constant
from grader.score.sentences import code, number, shape, subject
from grader.score.verdict import Evidence, UnansweredError, UnscoredError, Verdict

MetricName = Literal["mse", "rmse", "mae", "max-error"]

_IN_WORDS: dict[MetricName, str] = {
    "mse": "mean squared error",
    "rmse": "root mean squared error",
    "mae": "mean absolute error",
    "max-error": "largest error",
}


def mean_squared_error(predictions: FloatArray, targets: FloatArray) -> float:
    """NaN or infinity where a prediction is; both are flattened and of the same size.

    >>> mean_squared_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    2.0
    """
    return measure_error("mse", predictions, targets)


def measure_error(name: MetricName, predictions: FloatArray, targets: FloatArray) -> float:
    """The named error; NaN or infinity where a prediction is."""
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
            text = "The reference has several networks; the rubric has to name the probe that gives the true values."
            raise UnscoredError(text)
        target = networks[0].predictions
    try:
        values = as_numbers(target)
    except NotNumbersError as error:
        raise UnscoredError("The expected value is not made of numbers; the course has to mend it.") from error
    if values.size == 0 or not np.isfinite(values).all():
        raise UnscoredError("The expected value is empty, or holds NaN or infinity; the course has to mend it.")
    return values


def judge_metric(metric: Metric, evidence: Evidence) -> Verdict:
    """All points at `full` or better, none at `none` or worse, linear between."""
    answer, target = evidence.value(), truth(metric.to, evidence)
    if evidence.probe is not None and evidence.probe.kind == "models":
        return _judge_networks(metric, read_networks(answer), target, hidden=evidence.probe.hidden)
    what = subject(evidence.probe, tells=evidence.tells)
    try:
        values = as_numbers(answer)
    except NotNumbersError as error:
        return Verdict(0.0, f"{what} {error}.")
    if np.squeeze(values).shape != np.squeeze(target).shape:
        wanted = f"but {shape(target.shape)} is expected" if evidence.tells else "which is not the expected one"
        return Verdict(0.0, f"{what} has the shape {shape(values.shape)}, {wanted}.")
    if not np.isfinite(values).all():
        return Verdict(0.0, f"{what} holds NaN or infinity, so it has no {_IN_WORDS[metric.name]}.", "nan")
    error_size = measure_error(metric.name, values, target)
    inner = what[0].lower() + what[1:] if not what.startswith("`") else what
    because = f"The {_IN_WORDS[metric.name]} of {inner} is {number(error_size)} ({_band(metric)})."
    return _banded(metric, error_size, because, values)


def _band(metric: Metric) -> str:
    if metric.full <= metric.none:
        return f"all points up to {number(metric.full)}, none from {number(metric.none)}"
    return f"all points from {number(metric.full)}, none up to {number(metric.none)}"


def _fraction(metric: Metric, value: float) -> float:
    if not np.isfinite(value):
        return 0.0
    if metric.full == metric.none:
        return 1.0 if value <= metric.full else 0.0
    return float(np.clip((metric.none - value) / (metric.none - metric.full), 0.0, 1.0))


def _banded(metric: Metric, value: float, because: str, values: FloatArray | None) -> Verdict:
    fraction = _fraction(metric, value)
    if fraction < 1 and values is not None and is_constant(values):
        return Verdict(fraction, f"{because} It is nearly the same number everywhere.", "constant")
    return Verdict(fraction, because)


# ---- networks -------------------------------------------------------------------------------------------------------


def _judge_networks(metric: Metric, found: Networks, target: FloatArray, *, hidden: bool) -> Verdict:
    where = " where it has not looked" if hidden else ""
    errors = [(_network_error(metric.name, network, target), network) for network in found.networks]
    if metric.of == "mean":
        return _judge_mean(metric, found, errors)
    error, network = _chosen(metric.of, found, errors)
    of = metric.of if len(found.networks) > 1 else None
    which = {"best": "Your best network, ", "worst": "Your worst network, "}.get(of or "", "Your network ")
    comma = "," if of in ("best", "worst") else ""
    if network.predictions is None or network.predictions.size != target.size:
        return Verdict(0.0, network.no_predictions + found.note)
    if not np.isfinite(error):
        return Verdict(0.0, _diverged(network) + found.note, "diverged")
    because = f"{which}{code(network.name)}{comma} has a {_IN_WORDS[metric.name]} of {number(error)}{where} "
    because += f"({_band(metric)})."
    verdict = _banded(metric, error, because, network.predictions)
    return Verdict(verdict.fraction, verdict.because + found.note, verdict.diagnosis)


def _network_error(name: MetricName, network: Network, target: FloatArray) -> float:
    """Infinity where there is nothing to measure, so that such a network is never the best."""
    if network.predictions is None or network.predictions.size != target.size:
        return float("inf")
    error = measure_error(name, network.predictions, target)
    return error if np.isfinite(error) else float("inf")


def _chosen(of: str | None, found: Networks, errors: list[tuple[float, Network]]) -> tuple[float, Network]:
    if of == "best":
        return min(errors, key=lambda pair: pair[0])
    if of == "worst":
        return max(errors, key=lambda pair: pair[0])
    if of is None:
        text = "The rubric does not say which of the networks it means (`of`); the course has to mend it."
        raise UnscoredError(text)
    named = [pair for pair in errors if pair[1].name == of and pair[1].by_name]
    if named:
        return named[0]
    if any(not network.by_name for network in found.networks):
        raise UnscoredError(f"There is no {code(of)}; a person decides which is meant.{found.note}")
    raise UnansweredError(f"There is no network {code(of)}.")


def _judge_mean(metric: Metric, found: Networks, errors: list[tuple[float, Network]]) -> Verdict:
    for error, network in errors:
        if not np.isfinite(error):
            diverged = network.predictions is not None
            because = _diverged(network) if diverged else network.no_predictions
            return Verdict(0.0, because + found.note, "diverged" if diverged else None)
    mean = float(np.mean(sorted(error for error, _ in errors)))
    because = f"Your networks have a {_IN_WORDS[metric.name]} of {number(mean)} on average ({_band(metric)})."
    return Verdict(_fraction(metric, mean), because + found.note)


def _diverged(network: Network) -> str:
    return (
        f"{code(network.name)} answers NaN, or numbers that are too large: its training diverged. "
        "Try a smaller learning rate."
    )
