"""Expectations on a notebook's networks: distinct, nonlinear, trained, built."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from grader.rubric import Built, Distinct, Grid, Nonlinear, Probe, Trained
from grader.score.answers import Network, read_networks
from grader.score.arrays import FloatArray, is_constant, spread
from grader.score.metrics import mean_squared_error, truth
from grader.score.sentences import code, counted, listed, number
from grader.score.verdict import Evidence, UnscoredError, Verdict

_SAME_PREDICTIONS = 1e-4
"""Predictions that differ by less than this share of their spread come from one network, or from two copies of it."""

LINEAR_STACK = (
    "Linear layers without an activation between them are one linear layer: v(wx) = (vw)x. "
    "Put a nonlinear activation, such as ReLU or Tanh, between them."
)


# ---- distinct -------------------------------------------------------------------------------------------------------


def judge_distinct(distinct: Distinct, evidence: Evidence) -> Verdict:
    """Networks that truly differ, counted by kinds: alike are those of one architecture or with one set of answers."""
    found = read_networks(evidence.value())
    pairs = [(one, other, _likeness(one, other)) for one, other in combinations(found.networks, 2)]
    alike = [(one, other, why) for one, other, why in pairs if why]
    kinds = _kinds(found.networks, alike)
    if kinds < distinct.at_least:
        unsure = [pair for pair in alike if _may_differ_inside(pair[0], pair[1])]
        if unsure and _kinds(found.networks, [pair for pair in alike if pair not in unsure]) > kinds:
            one, other, _ = unsure[0]
            raise UnscoredError(_told_by_a_person(one, other))
    fraction = min(1.0, kinds / 1 if distinct.at_least <= 1 else (kinds - 1) / (distinct.at_least - 1))
    because = f"You have {counted(kinds, 'different network')}{_of(distinct.at_least, kinds)}."
    for one, other, why in alike[:2]:
        because += f" {code(one.name)} and {code(other.name)} {why}."
    diagnosis = "alike" if alike and fraction < 1 else None
    return Verdict(max(fraction, 0.0), because + found.note, diagnosis)


def _of(asked: int, have: int) -> str:
    return f" where {asked} are asked" if have < asked else ""


def _kinds(networks: tuple[Network, ...], alike: list[tuple[Network, Network, str]]) -> int:
    """The number of groups when those that are alike, directly or through others, are put together."""
    group = {id(network): index for index, network in enumerate(networks)}
    for one, other, _ in alike:
        keep, drop = group[id(one)], group[id(other)]
        group = {key: keep if index == drop else index for key, index in group.items()}
    return len(set(group.values()))


def _likeness(one: Network, other: Network) -> str:
    """Why two networks count as one, as the end of a sentence; empty where they differ."""
    if one.shapes == other.shapes and one.layers == other.layers and (one.shapes or one.layers):
        layers = ", ".join(one.layers[:6])
        return f"have the same layers of the same sizes ({layers})" if layers else "have parameters of the same sizes"
    mine, theirs = one.finite_predictions, other.finite_predictions
    if mine is None or theirs is None or mine.shape != theirs.shape:
        return ""
    width = max(spread(mine), spread(theirs), 1e-9 * float(np.abs(mine).max()))
    return "give the same answers" if np.abs(mine - theirs).max() <= _SAME_PREDICTIONS * width else ""


def _may_differ_inside(one: Network, other: Network) -> bool:
    """Classes of their own, without a layer that is an activation: it may stand in `forward`, unseen."""
    activations = {"ReLU", "Tanh", "Sigmoid", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "SELU", "PReLU"}
    hidden = not activations & {*one.layers, *other.layers}
    mine, theirs = one.finite_predictions, other.finite_predictions
    if mine is not None and theirs is not None and mine.shape == theirs.shape:
        hidden = hidden and bool(np.abs(mine - theirs).max() > _SAME_PREDICTIONS * max(spread(mine), spread(theirs)))
    return hidden and one.class_name != other.class_name


def _told_by_a_person(one: Network, other: Network) -> str:
    return (
        f"{code(one.name)} and {code(other.name)} have the same layers, but classes of their own: "
        "whether they differ in `forward`, a person decides."
    )


# ---- nonlinear ------------------------------------------------------------------------------------------------------


def judge_nonlinear(nonlinear: Nonlinear, evidence: Evidence) -> Verdict:
    """Networks whose answers bend, measured on an evenly spaced grid of inputs."""
    if not _asks_on_a_grid(evidence.probe):
        raise UnscoredError("The rubric asks the networks on something else than a grid; the course has to mend it.")
    found = read_networks(evidence.value())
    bends = {id(network): _bend(network) for network in found.networks}
    bending = [network for network in found.networks if bends[id(network)] > nonlinear.more_than]
    straight = [network for network in found.networks if bends[id(network)] <= nonlinear.more_than]
    if not straight and len(bending) >= nonlinear.at_least:
        return Verdict(1.0, f"{_these(bending)} a curve.{found.note}")
    because = f"{counted(len(bending), 'network')} of yours can bend{_of(nonlinear.at_least, len(bending))}."
    fraction = _share(len(bending), nonlinear.at_least)
    silent = [network for network in straight if network.finite_predictions is None]
    flat = [network for network in straight if network not in silent]
    if flat:
        because += f" {_these(flat)} only a straight line."
    stacks = [network for network in flat if network.layers.count("Linear") > 1]
    if stacks:
        because += f" {LINEAR_STACK}"
    for network in silent:
        because += f" {network.no_predictions}"
    constant = all(is_constant(network.predictions) for network in flat if network.predictions is not None)
    diagnosis = ("constant" if constant else "linear") if flat else None
    return Verdict(fraction, because + found.note, diagnosis if fraction < 1 else None)


def _asks_on_a_grid(probe: Probe | None) -> bool:
    return probe is not None and isinstance(probe.predict, Grid)


def _these(networks: list[Network]) -> str:
    names = listed([code(network.name) for network in networks])
    return f"{names} {'draws' if len(networks) == 1 else 'draw'}"


def _bend(network: Network) -> float:
    """How far the answers lie from their best straight line, as a share of their spread (both root mean square)."""
    predictions = network.finite_predictions
    if predictions is None or predictions.size < 3 or is_constant(predictions):
        return 0.0
    y = predictions / np.abs(predictions).max()
    y = y - y.mean()
    x = np.linspace(-1.0, 1.0, y.size)
    slope = float(x @ y) / float(x @ x)
    return float(np.sqrt(np.mean((y - slope * x) ** 2) / np.mean(y**2)))


def _share(have: int, asked: int) -> float:
    return min(1.0, have / asked) if asked > 0 else 1.0


# ---- trained --------------------------------------------------------------------------------------------------------


def judge_trained(trained: Trained, evidence: Evidence) -> Verdict:
    """Networks that learned: the error of a fresh copy, over the error of the network as it is."""
    found = read_networks(evidence.value())
    target = truth(trained.to, evidence)
    told = [_learning(network, target, trained.better_by) for network in found.networks]
    learned = sum(one.learned is True for one in told)
    unknown = sum(one.learned is None for one in told)
    if learned < trained.at_least and unknown:
        names = listed([code(one.network.name) for one in told if one.learned is None])
        raise UnscoredError(f"No untrained copy of {names} could be made, so a person decides whether it learned.")
    fraction = _share(learned, trained.at_least)
    because = f"{counted(learned, 'network')} of yours learned{_of(trained.at_least, learned)}."
    shown = told if fraction == 1 else [one for one in told if not one.learned] or told
    because += "".join(f" {one.because}" for one in shown[:3])
    diagnoses = sorted({one.diagnosis for one in told if one.diagnosis})
    return Verdict(fraction, because + found.note, diagnoses[0] if diagnoses and fraction < 1 else None)


class _Learning:
    """Whether one network learned, None where that cannot be told, and why."""

    def __init__(self, network: Network, learned: bool | None, because: str, diagnosis: str | None = None) -> None:
        self.network, self.learned, self.because, self.diagnosis = network, learned, because, diagnosis


def _learning(network: Network, target: FloatArray, better_by: float) -> _Learning:
    name = code(network.name)
    if network.predictions is None or network.predictions.size != target.size:
        return _Learning(network, False, network.no_predictions)
    after = mean_squared_error(network.predictions, target)
    if not np.isfinite(after):
        text = f"The training of {name} diverged: it answers NaN or infinity. Try a smaller learning rate."
        return _Learning(network, False, text, "diverged")
    before = np.nan
    if network.untrained is not None and network.untrained.size == target.size:
        before = mean_squared_error(network.untrained, target)
    if not np.isfinite(before):
        return _Learning(network, None, "")
    told = f"before training the error of {name} was {number(before)}, after it {number(after)}."
    if before >= better_by * after:
        return _Learning(network, True, f"{told[0].upper()}{told[1:]}")
    return _Learning(network, False, f"That is not enough for {name}: {told}", "not-trained")


# ---- built ----------------------------------------------------------------------------------------------------------


def judge_built(built: Built, evidence: Evidence) -> Verdict:
    """Layers that the networks must or must not have, and how many parameters."""
    found = read_networks(evidence.value())
    faults = {id(network): _fault(network, built, tells=evidence.tells) for network in found.networks}
    good = [network for network in found.networks if not faults[id(network)]]
    fraction = len(good) / max(len(found.networks), len(found.asked), 1)
    if fraction == 1:
        return Verdict(1.0, f"{listed([code(network.name) for network in good])}: built as asked.{found.note}")
    because = " ".join(fault for fault in faults.values() if fault)
    lacking = len(found.asked) - len(found.networks)
    if lacking > 0:
        because = f"{because} {counted(lacking, 'network')} of those asked for cannot be found.".strip()
    return Verdict(fraction, because + found.note)


def _fault(network: Network, built: Built, *, tells: bool) -> str:
    name, layers = code(network.name), set(network.layers)
    lacking = [layer for layer in built.has if layer.split(".")[-1] not in layers]
    if lacking:
        have = listed([code(layer) for layer in network.layers], most=8)
        return (
            f"{name} has no layer {listed([code(layer) for layer in lacking])}; its layers are: {have}. "
            "Only layers that `__init__` makes are seen, not functions that `forward` calls."
        )
    surplus = [layer for layer in built.has_not if layer.split(".")[-1] in layers]
    if surplus:
        return f"{name} should do without the layer {listed([code(layer) for layer in surplus])}."
    if built.parameters is not None and network.parameters != built.parameters:
        have = "an unknown number of" if network.parameters is None else str(network.parameters)
        return f"{name} has {have} parameters" + (
            f", but {built.parameters} are asked." if tells else ": not as asked."
        )
    return ""
