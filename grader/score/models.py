"""Expectations on a notebook's networks: distinct, nonlinear, trained, built."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from grader.language import N_, NOTHING, Reason, _, join, ngettext
from grader.rubric import Built, Distinct, Grid, Mistake, Nonlinear, Trained
from grader.score.arrays import FloatArray, bend, is_constant, spread
from grader.score.metrics import mean_squared_error, say_diverged, truth
from grader.score.network_answers import Network, Networks, read_networks
from grader.score.sentences import code, listed, measured, number
from grader.score.training_evidence import explain_training, is_seen, leave_other_inputs_to_a_person
from grader.score.verdict import Evidence, UnscoredError, Verdict

_SAME_ANSWERS = 1e-4
"""Answers that differ by less than this share of their spread come from one network, or from two copies of it."""

_ACTIVATIONS = {
    *("ReLU", "ReLU6", "LeakyReLU", "PReLU", "RReLU", "ELU", "CELU", "SELU", "GELU", "SiLU", "Mish", "Tanh", "Sigmoid"),
    *("Hardtanh", "Hardswish", "Hardsigmoid", "Softplus", "Softsign", "LogSigmoid", "Tanhshrink", "Softshrink", "GLU"),
}

LINEAR_STACK = N_(
    "Linear layers without an activation between them are one linear layer: v(wx) = (vw)x. "
    "Put a nonlinear activation, such as ReLU or Tanh, between them."
)


def _say_bending(have: int, total: int) -> Reason:
    """How many of the student's networks draw a curve, as the beginning of a sentence."""
    if have == total:
        return ngettext("Your network draws a curve", "Your {n} networks draw curves", total)
    if have == 0:
        one, many = N_("Your one network does not draw a curve"), N_("None of your {n} networks draws a curve")
        return _(one) if total == 1 else _(many, n=total)
    return ngettext(
        "{n} of your {total} networks draws a curve", "{n} of your {total} networks draw curves", have, total=total
    )


def _say_learned(have: int, total: int) -> Reason:
    """How many of the student's networks have learned, as the beginning of a sentence."""
    if have == total:
        return ngettext("Your network has learned", "Your {n} networks have learned", total)
    if have == 0:
        one, many = N_("Your one network has not learned"), N_("None of your {n} networks has learned")
        return _(one) if total == 1 else _(many, n=total)
    return ngettext(
        "{n} of your {total} networks has learned", "{n} of your {total} networks have learned", have, total=total
    )


def _beside_asked(told: Reason, have: int, asked: int) -> Reason:
    """The sentence to its end, which says how many are asked where there are too few."""
    if have >= asked:
        return Reason("{told}.", {"told": told})
    return ngettext("{told}, but {n} is required.", "{told}, but {n} are required.", asked, told=told)


def _share(have: int, asked: int) -> float:
    return min(1.0, have / asked) if asked > 0 else 1.0


def _names(networks: Iterable[Network]) -> Reason:
    return listed([code(network.name) for network in networks])


# ---- distinct -------------------------------------------------------------------------------------------------------

Alike = tuple[Network, Network, Reason]
"""Two networks that count as one, and why, as a sentence about both."""


def judge_distinct(distinct: Distinct, evidence: Evidence) -> Verdict:
    """Networks that truly differ, counted by kinds: alike are those of one architecture, or with the same answers."""
    found = read_networks(evidence.value())
    networks = found.answering
    pairs = [(one, other, _likeness(one, other)) for one, other in combinations(networks, 2)]
    alike = [pair for pair in pairs if pair[2]]
    kinds = _count_kinds(networks, alike)
    if kinds < distinct.at_least:
        found.leave_others_to_a_person()
        _leave_unseen_forward_to_a_person(networks, alike, kinds)
    because = _say_kinds(kinds, len(networks), distinct.at_least)
    because += _say_silent(found, tells=evidence.tells)
    for _one, _other, why in alike[:2] if kinds < distinct.at_least else ():
        because += why
    # One network alone differs from nothing, so the first kind earns nothing.
    fraction = _share(max(0, kinds - 1), distinct.at_least - 1)
    return Verdict(fraction, because + found.note, "alike" if alike and fraction < 1 else None)


def _say_silent(found: Networks, *, tells: bool) -> Reason:
    """The networks that do not count, each in a sentence."""
    silent = [network for network in found.networks if network.predictions is None]
    return join(network.say_silence(tells=tells) for network in silent[:3])


def _likeness(one: Network, other: Network) -> Reason:
    """Why two networks count as one, as a sentence; empty where they differ."""
    names = {"one": code(one.name), "other": code(other.name)}
    if one.shapes == other.shapes and one.layers == other.layers and (one.shapes or one.layers):
        layers = ", ".join(one.layers[:8])
        return _("{one} and {other} have the same layers of the same sizes ({layers}).", **names, layers=layers)
    return _("{one} and {other} give the same answers.", **names) if _answer_alike(one, other) else NOTHING


def _answer_alike(one: Network, other: Network) -> bool:
    mine, theirs = one.finite_predictions, other.finite_predictions
    if mine is None or theirs is None or mine.shape != theirs.shape:
        return False
    width = max(spread(mine), spread(theirs), 1e-9 * float(np.abs(mine).max()))
    return bool(np.abs(mine - theirs).max() <= _SAME_ANSWERS * width)


def _count_kinds(networks: tuple[Network, ...], alike: list[Alike]) -> int:
    """The number of groups when those that are alike, directly or through others, are put together."""
    group = {id(network): index for index, network in enumerate(networks)}
    for one, other, _why in alike:
        keep, drop = group[id(one)], group[id(other)]
        group = {key: keep if index == drop else index for key, index in group.items()}
    return len(set(group.values()))


def _leave_unseen_forward_to_a_person(networks: tuple[Network, ...], alike: list[Alike], kinds: int) -> None:
    """Two classes with the same layers and no activation among them may differ in what their `forward` calls."""
    unsure = [
        (one, other)
        for one, other, _why in alike
        if one.class_name != other.class_name
        and not _ACTIVATIONS & {*one.layers, *other.layers}
        and not _answer_alike(one, other)
    ]
    sure = [pair for pair in alike if (pair[0], pair[1]) not in unsure]
    if _count_kinds(networks, sure) > kinds:
        told = _(
            "{networks} have the same layers, but classes of their own: "
            "whether they differ in `forward`, a person decides.",
            networks=_names(unsure[0]),
        )
        raise UnscoredError(told)


def _say_kinds(kinds: int, total: int, asked: int) -> Reason:
    if kinds >= asked:
        return _("Your networks differ in how they are built and in what they answer.")
    if kinds == total:
        return ngettext(
            "You have {n} network, but {asked} different ones are required.",
            "You have {n} networks, but {asked} different ones are required.",
            total,
            asked=asked,
        )
    return _(
        "Your {total} networks count as {kinds}, but {asked} different ones are required.",
        total=total,
        kinds=kinds,
        asked=asked,
    )


# ---- nonlinear ------------------------------------------------------------------------------------------------------


def judge_nonlinear(nonlinear: Nonlinear, evidence: Evidence) -> Verdict:
    """Networks whose answers bend, measured on an evenly spaced grid of inputs."""
    if evidence.probe is None or not isinstance(evidence.probe.predict, Grid):
        raise UnscoredError(
            _("Whether networks bend can only be seen on a grid of inputs: the instructor has to fix it.")
        )
    found = read_networks(evidence.value())
    silent = [network for network in found.networks if network.finite_predictions is None]
    bending = [network for network in found.networks if _bends(network, nonlinear.more_than)]
    straight = [network for network in found.networks if network not in silent and network not in bending]
    because = _beside_asked(_say_bending(len(bending), len(found.networks)), len(bending), nonlinear.at_least)
    fraction = _share(len(bending), nonlinear.at_least)
    if fraction == 1:
        return Verdict(1.0, because + found.note)
    found.leave_others_to_a_person()
    if straight:
        because += ngettext(
            "{networks} draws only a straight line.",
            "{networks} draw only a straight line.",
            len(straight),
            networks=_names(straight),
        )
    if any(_is_stack(network) for network in straight):
        because += _(LINEAR_STACK)
    for network in silent[:3]:
        because += network.say_silence(tells=evidence.tells)
    flat = all(network.predictions is not None and is_constant(network.predictions) for network in straight)
    return Verdict(fraction, because + found.note, ("constant" if flat else "linear") if straight else None)


def _is_stack(network: Network) -> bool:
    """Linear layers on each other with nothing between them, also no function that `forward` calls."""
    return network.layers.count("Linear") > 1 and not _ACTIVATIONS & {*network.layers} and network.activates is not True


def _bends(network: Network, more_than: float) -> bool:
    return network.finite_predictions is not None and bend(network.finite_predictions) > more_than


# ---- trained --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Learning:
    """Whether one network learned, None where that cannot be told, and why."""

    name: str
    learned: bool | None
    because: Reason
    diagnosis: Mistake | None = None


def judge_trained(trained: Trained, evidence: Evidence) -> Verdict:
    """Networks that learned: the error of a fresh copy, over the error of the network as it is."""
    found = read_networks(evidence.value())
    target = truth(trained.to, evidence)
    told = [_learning(network, target, trained.better_by, evidence) for network in found.networks]
    _leave_unseen_training_to_a_person(trained, evidence, found, told)
    learned = sum(one.learned is True for one in told)
    unknown = [one.name for one in told if one.learned is None]
    if learned < trained.at_least:
        found.leave_others_to_a_person()
        for network, one in zip(found.networks, told, strict=True):
            if one.learned is False:
                leave_other_inputs_to_a_person(network, evidence)
    if learned < trained.at_least and unknown:
        raise UnscoredError(
            _("No untrained copy of {networks} can be made: a person decides if it learned.", networks=listed(unknown))
        )
    fraction = _share(learned, trained.at_least)
    because = _beside_asked(_say_learned(learned, len(told)), learned, trained.at_least)
    telling = [one for one in told if one.learned is (fraction == 1)] or told
    because = join([because, *(one.because for one in telling[:3])])
    diagnoses = sorted({one.diagnosis for one in told if one.diagnosis})
    return Verdict(fraction, because + found.note, diagnoses[0] if diagnoses and fraction < 1 else None)


def _leave_unseen_training_to_a_person(
    trained: Trained, evidence: Evidence, found: Networks, told: list[_Learning]
) -> None:
    """A closed form that is dressed as a network answers as a trained one, and its untrained copy does not."""
    if not evidence.run.watched:
        return
    unseen = [
        network
        for network, one in zip(found.networks, told, strict=True)
        if one.learned is True and not is_seen(network, evidence.run)
    ]
    if unseen and sum(one.learned is True for one in told) - len(unseen) < trained.at_least:
        raise UnscoredError(
            ngettext(
                "{networks} answers as a trained network does, but no training of it was seen: a person decides.",
                "{networks} answer as trained networks do, but no training of them was seen: a person decides.",
                len(unseen),
                networks=_names(unseen),
            )
        )


def _learning(network: Network, target: FloatArray, better_by: float, evidence: Evidence) -> _Learning:
    name = code(network.name)
    if network.predictions is None or network.predictions.size != target.size:
        return _Learning(name, False, network.say_silence(tells=evidence.tells))
    after = mean_squared_error(network.predictions, target)
    if not np.isfinite(after):
        return _Learning(name, False, say_diverged(network), "diverged")
    before = np.nan
    if network.untrained is not None and network.untrained.size == target.size:
        before = mean_squared_error(network.untrained, target)
    if not np.isfinite(before):
        return _Learning(name, None, NOTHING)
    text = _(
        "Before training the error of {network} was {before}, after it {after}.",
        network=name,
        before=measured(before, tells=evidence.tells),
        after=measured(after, tells=evidence.tells),
    )
    if before >= better_by * after:
        return _Learning(name, True, text)
    diagnosis, why = explain_training(network, evidence.run)
    return _Learning(name, False, text + why, diagnosis or "not-trained")


# ---- built ----------------------------------------------------------------------------------------------------------


def judge_built(built: Built, evidence: Evidence) -> Verdict:
    """Layers that the networks must or must not have, and how many parameters."""
    found = read_networks(evidence.value())
    faults = [_fault(network, built, tells=evidence.tells) for network in found.networks]
    good = faults.count(NOTHING)
    fraction = good / max(len(found.networks), len(found.asked))
    if fraction < 1:
        found.leave_others_to_a_person()
    because = [fault for fault in faults if fault]
    if len(found.networks) < len(found.asked):
        have, asked = len(found.networks), len(found.asked)
        because.append(_("You have only {have} of the {asked} networks.", have=have, asked=asked))
    if not because:
        names = _names(found.networks)
        because = [
            ngettext("{networks} is built as required.", "{networks} are built as required.", good, networks=names)
        ]
    return Verdict(fraction, join([*because[:3], found.note]))


def _fault(network: Network, built: Built, *, tells: bool) -> Reason:
    """What is not as asked; empty where everything is."""
    name, layers = code(network.name), set(network.layers)
    lacking = [layer for layer in built.has if layer.split(".")[-1] not in layers]
    if lacking:
        have = listed([code(layer) for layer in network.layers], most=8)
        return _(
            "{network} has no layer {layers}; its layers are: {have}. "
            "Only layers that `__init__` makes are seen, not functions that `forward` calls.",
            network=name,
            layers=listed([code(layer) for layer in lacking]),
            have=have,
        )
    surplus = [layer for layer in built.has_not if layer.split(".")[-1] in layers]
    if surplus:
        named = listed([code(layer) for layer in surplus])
        return _("{network} has a layer {layers}, which it should do without.", network=name, layers=named)
    if built.parameters is None or network.parameters == built.parameters:
        return NOTHING
    if network.parameters is None:
        return _("The parameters of {network} could not be counted.", network=name)
    counted = number(network.parameters)
    if not tells:
        return _("{network} has {have} parameters, which is not the required number.", network=name, have=counted)
    wanted = number(built.parameters)
    return _("{network} has {have} parameters, but {wanted} are required.", network=name, have=counted, wanted=wanted)
