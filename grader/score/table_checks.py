"""The expectation `table`: the notebook's own table agrees with what its networks really do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.language import N_, NOTHING, Reason, _, join, ngettext
from grader.rubric import Mistake, Table
from grader.score.arrays import FloatArray, NotNumbersError, as_numbers
from grader.score.metrics import mean_squared_error, say_diverged
from grader.score.network_answers import Network, Networks, Samples, read_networks
from grader.score.sentences import code, number, number_pair
from grader.score.training_evidence import say_leak
from grader.score.verdict import Evidence, UnscoredError, Verdict, unanswered, value_of

_MOST_SENTENCES = 4
_NUMBER = re.compile(r"[-+]?\d{1,30}(\.\d{0,30})?([eE][-+]?\d{1,3})?", re.ASCII)
_SAME_SAMPLE = 1e-4
"""Given samples become single precision; further apart than this is another sample."""


@dataclass(frozen=True)
class _Check:
    """One number of the table: what is wrong with it, or nothing."""

    fault: Reason = NOTHING
    diagnosis: Mistake | None = None


@dataclass(frozen=True)
class _Loss:
    """A column of mean squared errors: on which samples, and between which multiples of the true one it is right."""

    column: str
    least: float
    most: float
    unread: str
    says_other: str


_UNREAD_HELD_OUT = N_("The held-out data of {network} could not be read, so its loss cannot be checked.")
_OTHER_ON_HELD_OUT = N_("Your table says {told} for {network}, but on your held-out data it has {true}.")
_UNREAD_TRAINING = N_("The training data of {network} could not be read, so its loss there cannot be checked.")
_OTHER_ON_TRAINING = N_("Your table says {told} for {network}, but on your training data it has {true}.")


def judge_table(table: Table, evidence: Evidence) -> Verdict:
    """Of each network the parameters exactly, the held-out loss within rtol, and the training loss within a factor."""
    rows = _read_rows(evidence.value())
    found = read_networks(value_of(evidence.answer_to(table.of)))
    if not rows:
        return unanswered(
            _("Your table has no row for a network: it is written {form}.", form="{name: {column: number}}")
        )
    swapped = _say_swapped(table, evidence, [one.held_out for one in found.networks if one.held_out])
    checks: list[_Check] = []
    without_row = []
    paired = _pair_rows(rows, found, table)
    for network in found.networks:
        row = paired.get(network.name)
        if row is None:
            without_row.append(network)
        else:
            checks += _check_row(row, network, table, swapped)
    in_row = 2 if table.train_loss is None else 3
    numbers = max(in_row * (len(found.asked) or len(found.networks)), len(checks))
    faults = [check for check in checks if check.fault]
    because = list(dict.fromkeys(check.fault for check in faults))
    if len(checks) < numbers:
        because += [_("Your table has no row for {network}.", network=code(network.name)) for network in without_row]
    if not because:
        because = [_say_rows(len(checks) // in_row, numbers // in_row)]
    right = len(checks) - len(faults)
    if right != numbers and not faults:
        found.leave_others_to_a_person()
    if right == numbers:
        told = _("All {numbers} numbers of your table are what the grader measures.", numbers=numbers)
        return Verdict(1.0, told + found.note)
    diagnosis = next((check.diagnosis for check in faults if check.diagnosis), None)
    return Verdict(right / numbers, join([*because[:_MOST_SENTENCES], found.note]), diagnosis)


def _pair_rows(rows: dict[str, dict[str, Any]], found: Networks, table: Table) -> dict[str, dict[str, Any]]:
    """The row of each network: by its name and, of networks found by what they are, by their parameters or in order."""
    paired = {network.name: rows[network.name] for network in found.networks if network.name in rows}
    left = [row for name, row in rows.items() if name not in paired]
    nameless = [network for network in found.networks if network.name not in paired and not network.by_name]
    if len(left) != len(nameless):
        return paired
    counts = [network.parameters for network in nameless]
    if sorted(map(str, counts)) == sorted(str(row.get(table.parameters)) for row in left) and len({*counts}) == len(
        left
    ):
        left.sort(key=lambda row: counts.index(row.get(table.parameters)))
    return paired | {network.name: row for network, row in zip(nameless, left, strict=True)}


def _check_row(row: dict[str, Any], network: Network, table: Table, swapped: _Check | None) -> Iterator[_Check]:
    yield _check_parameters(row, network, table)
    held_out = _Loss(table.held_out_loss, 1 - table.rtol, 1 + table.rtol, _UNREAD_HELD_OUT, _OTHER_ON_HELD_OUT)
    leak = say_leak(network)
    leaked = _Check(leak, "overlap") if leak else None
    yield swapped or leaked or _check_loss(row, network, network.held_out, held_out, table.rtol)
    if table.train_loss is not None:
        # Many note it while they train, before the last step or as the mean of the last epoch.
        factor = table.train_factor
        training = _Loss(table.train_loss, 1 / factor, factor, _UNREAD_TRAINING, _OTHER_ON_TRAINING)
        yield _check_loss(row, network, network.trained_on, training, table.rtol)


def _say_swapped(table: Table, evidence: Evidence, held_out: list[Samples]) -> _Check | None:
    """Held-out inputs that are outputs of the given samples, and held-out outputs that are their inputs."""
    names = evidence.rubric.probes[table.of].held_out
    if table.to is None or names is None or not held_out:
        return None
    x, y = _read_given(evidence.target(table.to))
    own = held_out[0]
    if own.inputs is None or own.inputs.size != own.targets.size:
        return None
    pairs, given = np.stack([own.targets, own.inputs]), np.stack([x, y])
    distances = np.abs(pairs[:, :, None] - given[:, None, :]).max(axis=0)
    if len(own.targets) < 2 or not (distances.min(axis=1) <= _SAME_SAMPLE).all():
        return None
    told = _(
        "Your {inputs} holds the outputs of the given samples, and your {targets} their inputs: "
        "they have changed places.",
        inputs=code(names[0]),
        targets=code(names[1]),
    )
    return _Check(told, "swapped")


def _read_given(target: Any) -> tuple[FloatArray, FloatArray]:
    try:
        x, y = (as_numbers(part).ravel() for part in target)
    except (NotNumbersError, TypeError, ValueError):
        x, y = np.empty(0), np.empty(1)
    if x.size != y.size or x.size == 0:
        raise UnscoredError(
            _("The given samples are not two arrays of numbers of one length: the instructor has to fix it.")
        )
    return x, y


def _say_rows(rows: int, networks: int) -> Reason:
    return ngettext(
        "Your table has {n} row for {networks} networks.",
        "Your table has {n} rows for {networks} networks.",
        rows,
        networks=networks,
    )


def _read_rows(answer: Any) -> dict[str, dict[str, Any]]:
    """The rows by network: from {name: {column: number}}, or from a list of rows with a `model` or `name`."""
    if isinstance(answer, dict):
        return {str(name): row for name, row in answer.items() if isinstance(row, dict)}
    if not isinstance(answer, list):
        return {}
    rows: dict[str, dict[str, Any]] = {}
    for row in answer:
        name = row.get("model", row.get("name")) if isinstance(row, dict) else None
        if isinstance(name, str):
            rows.setdefault(name, row)
    return rows


def _read_number(row: dict[str, Any], column: str) -> float | None:
    """The number in this column, which may be written as text: `f"{loss:.4f}"` tells it as well."""
    value = row.get(column)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iuf":
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _check_parameters(row: dict[str, Any], network: Network, table: Table) -> _Check:
    told, name = _read_number(row, table.parameters), code(network.name)
    if told is None:
        return _Check(
            _("Your table has no number {column} for {network}.", column=code(table.parameters), network=name)
        )
    if network.parameters is None:
        return _Check(_("The parameters of {network} could not be counted.", network=name))
    if told == network.parameters:
        return _Check()
    says = number(int(told)) if math.isfinite(told) and told == int(told) else number(told)
    told_and_true = {"network": name, "told": says, "true": number(network.parameters)}
    return _Check(_("Your table says that {network} has {told} parameters, but it has {true}.", **told_and_true))


def _check_loss(row: dict[str, Any], network: Network, own: Samples | None, loss: _Loss, rtol: float) -> _Check:
    told, name = _read_number(row, loss.column), code(network.name)
    if told is None:
        return _Check(_("Your table has no number {column} for {network}.", column=code(loss.column), network=name))
    if own is None:
        return _Check(_(loss.unread, network=name))
    true = mean_squared_error(own.predictions, own.targets)
    if not math.isfinite(true):
        return _Check(say_diverged(network), "diverged")
    if loss.least * true <= told <= loss.most * true:
        return _Check()
    says, is_really = number_pair(told, true)
    diagnosis, why = _explain(told, own, rtol)
    if network.left_in_training and not why:
        why = _(
            "It was left in train mode, in which dropout and batch norm answer otherwise: call {call} first.",
            call=code(f"{network.name}.eval()"),
        )
    return _Check(_(loss.says_other, told=says, network=name, true=is_really) + why, diagnosis)


def _explain(told: float, own: Samples, rtol: float) -> tuple[Mistake | None, Reason]:
    """The usual slips with a mean squared error, each recognised by its own number."""
    p, y = own.predictions, own.targets
    true = mean_squared_error(p, y)
    # The mean over all pairs (p_i - y_j)^2, in closed form.
    all_pairs = float(np.var(p) + np.var(y) + (np.mean(p) - np.mean(y)) ** 2)
    slips: tuple[tuple[float, Mistake, Reason], ...] = (
        (
            all_pairs,
            "broadcast-loss",
            _("That is the mean over all pairs: shapes (n,) and (n, 1) broadcast to (n, n). Give both the same shape."),
        ),
        (true * p.size, "sum-for-mean", _("That is the sum of the squared errors, not their mean.")),
        (math.sqrt(true), "root-of-mse", _("That is the root of the mean squared error.")),
    )
    for value, name, sentence in slips:
        # Only where the slip and the truth can be distinguished.
        if abs(told - value) <= 0.5 * rtol * value and abs(value - true) > 2 * rtol * true:
            return name, sentence
    return None, NOTHING
