"""What the recording says of a network's training: where a criterion needs to know how a network came to be.

A hint, never proof: a notebook can forge it. It explains what is wrong, and sends to a person what nobody saw trained.
"""

from __future__ import annotations

import numpy as np

from grader.language import NOTHING, Reason, _
from grader.model import Run, TrainedNetwork
from grader.rubric import Grid, Mistake, Split
from grader.score.arrays import FloatArray
from grader.score.network_answers import Network, Samples, read_networks
from grader.score.sentences import code, shape
from grader.score.verdict import Evidence, UnansweredError, UnscoredError, Verdict


def training_of(network: Network, run: Run) -> TrainedNetwork | None:
    """The training of this network; None where none was seen, or its name could mean several."""
    exact = [
        one
        for number, one in enumerate(run.trained, start=1)
        if not one.strangers and (network.name in one.places or network.name == f"{one.name} {number}")
    ]
    found = exact or [one for one in run.trained if network.name in one.keys]
    return found[-1] if exact or len(found) == 1 else None


def is_seen(network: Network, run: Run) -> bool:
    """Whether the recording bears out that the network was trained: steps that moved it, and losses that fell."""
    training = training_of(network, run)
    if training is None or training.steps == 0 or training.moved is False:
        return False
    losses = [loss for _step, loss in training.losses if loss is not None]
    return len(losses) < 2 or min(losses) < losses[0]


def explain_training(network: Network, run: Run) -> tuple[Mistake | None, Reason]:
    """What went wrong while it was trained, in a sentence; an empty one where nothing was seen to go wrong."""
    name, training = code(network.name), training_of(network, run)
    if training is None:
        stranger = any(one.strangers and one.name == network.class_name for one in run.trained)
        if not run.watched or not stranger:
            return None, NOTHING
        return "other-parameters", _(
            "The optimizer stepped parameters of another network than {network}: give it those of {network}.",
            network=name,
        )
    if training.moved is False:
        told = _(
            "{network} was never stepped: its loss went backward, but its parameters stayed the same.", network=name
        )
        return "never-stepped", told
    lost = next((step for step, loss in training.losses if loss is None), None)
    if lost is not None:
        told = _("Its loss is no number from step {step} on: try a smaller learning rate.", step=lost)
        return "diverged", told
    return _explain_shapes(network, training)


def _explain_shapes(network: Network, training: TrainedNetwork) -> tuple[Mistake | None, Reason]:
    """Answers (N, 1) beside targets (N,), or the other way round, broadcast to (N, N)."""
    if training.inputs is None or training.targets is None or len(training.inputs) != 2:
        return None, NOTHING
    rows = training.inputs[0]
    answers = (rows,) if network.answers_flat else (rows, 1)
    if rows < 2 or {answers, training.targets} != {(rows,), (rows, 1)}:
        return None, NOTHING
    told = _(
        "Its answers have the shape {answers} and its targets {targets}: the loss compares each answer with every "
        "target. Give both the same shape.",
        answers=shape(answers),
        targets=shape(training.targets),
    )
    return "broadcast-loss", told


_OTHER_RANGE = 0.75
"""Samples that span less than this share of what is asked, or more than its inverse, are on another scale: divided by
their deviation, uniform ones span 3.5."""
_LEARNED = 0.1
"""The share of its samples' variance that a network leaves which has learned them."""


def leave_other_inputs_to_a_person(network: Network, evidence: Evidence) -> None:
    """Who scales x outside of the network has a good one, which is asked for what it was never given."""
    predict = evidence.probe.predict if evidence.probe is not None else None
    own = network.trained_on
    if not isinstance(predict, Grid) or own is None or own.inputs is None or own.inputs.size == 0:
        return
    low, high, _count = predict.grid
    share = float(np.ptp(own.inputs)) / abs(high - low)
    error = float(np.mean(np.square(own.predictions - own.targets)))
    if error <= _LEARNED * float(own.targets.var()) and not _OTHER_RANGE <= share <= 1 / _OTHER_RANGE:
        told = _(
            "{network} is good on its own samples, whose inputs have another range than those that it is asked for: "
            "if they were scaled outside of the network, a person decides.",
            network=code(network.name),
        )
        raise UnscoredError(told)


# ---- split ----------------------------------------------------------------------------------------------------------


def judge_split(split: Split, evidence: Evidence) -> Verdict:
    """No held-out sample is among those that a network was trained on, as the recording or the notebook's names say."""
    found = read_networks(evidence.value())
    names = evidence.probe.held_out if evidence.probe is not None else None
    told = [
        (network, network.held_out, network.trained_on if network.seen is None else network.seen)
        for network in found.answering
    ]
    if not any(held_out is not None for _network, held_out, _seen in told):
        named = " ".join(code(name) for name in names or ())
        raise UnansweredError(_("The notebook has no held-out samples that can be read: {names}.", names=named))
    shares = [
        (_overlap(held_out, seen), network)
        for network, held_out, seen in told
        if held_out is not None and seen is not None
    ]
    if not shares:
        raise UnscoredError(_("It was not seen on which samples your networks were trained: a person decides."))
    (common, total), network = max(shares, key=lambda one: one[0][0] / one[0][1])
    if common <= split.at_most * total:
        return Verdict(1.0, _("No network was trained on your held-out samples.") + found.note)
    because = _say_overlap(network, common, total)
    return Verdict(0.0, because + found.note, "overlap")


def say_leak(network: Network) -> Reason:
    """That it was seen how the network was trained on its held-out samples; its loss there says nothing new then."""
    if network.held_out is None or network.seen is None:
        return NOTHING
    try:
        common, total = _overlap(network.held_out, network.seen)
    except UnscoredError:
        return NOTHING
    return _say_overlap(network, common, total) if common > _SAME_BY_CHANCE * total else NOTHING


_SAME_BY_CHANCE = 0.1
"""Of x on a coarse grid, some are drawn twice."""


def _say_overlap(network: Network, common: int, total: int) -> Reason:
    return _(
        "{network} was trained on {common} of your {total} held-out samples: what it has seen cannot tell how it does "
        "on what it has not.",
        network=code(network.name),
        common=common,
        total=total,
    )


def _overlap(held_out: Samples, seen: Samples | FloatArray) -> tuple[int, int]:
    """How many held-out inputs were seen, and of how many; compared in single precision, as torch has them."""
    rows = _rows(held_out.inputs, len(held_out.targets))
    width = rows.shape[1]
    others = seen.inputs if isinstance(seen, Samples) else seen
    if others is None or others.size % width:
        return 0, len(rows)
    known = {row.tobytes() for row in others.reshape(-1, width).astype(np.float32)}
    return sum(row.tobytes() in known for row in rows.astype(np.float32)), len(rows)


def _rows(inputs: FloatArray | None, count: int) -> FloatArray:
    if inputs is None or count == 0 or inputs.size % count or inputs.size == 0:
        raise UnscoredError(_("Your held-out samples have no inputs that can be compared: a person decides."))
    return inputs.reshape(count, -1)
