"""The expectation `table`: the notebook's own table agrees with what its networks really do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.language import _, ngettext
from grader.rubric import Mistake, Table
from grader.score.answers import Network, Samples, read_networks
from grader.score.metrics import mean_squared_error, say_diverged
from grader.score.sentences import code, number, number_pair
from grader.score.verdict import Evidence, Verdict, unanswered, value_of

_MOST_SENTENCES = 4


@dataclass(frozen=True)
class _Check:
    """One number of the table: what is wrong with it, or nothing."""

    fault: str = ""
    diagnosis: Mistake | None = None


def judge_table(table: Table, evidence: Evidence) -> Verdict:
    """Of each network the row's two numbers: parameters exactly, the held-out loss within rtol."""
    rows = _read_rows(evidence.value())
    found = read_networks(value_of(evidence.answer_to(table.of)))
    if not rows:
        return unanswered(
            _("Your table has no row for a network: it is written {form}.", form="{name: {column: number}}")
        )
    checks: list[_Check] = []
    without_row = []
    for network in found.networks:
        row = rows.get(network.name)
        if row is None:
            without_row.append(network)
        else:
            checks += [_check_parameters(row, network, table), _check_loss(row, network, table)]
    numbers = max(2 * (len(found.asked) or len(found.networks)), len(checks))
    faults = [check for check in checks if check.fault]
    because = [check.fault for check in faults]
    if len(checks) < numbers:
        because += [_("Your table has no row for {network}.", network=code(network.name)) for network in without_row]
    if not because:
        because = [_say_rows(len(checks) // 2, numbers // 2)]
    right = len(checks) - len(faults)
    if right == numbers:
        told = _("All {numbers} numbers of your table are what the grader measures.", numbers=numbers)
        return Verdict(1.0, told + found.note)
    diagnosis = next((check.diagnosis for check in faults if check.diagnosis), None)
    return Verdict(right / numbers, " ".join(because[:_MOST_SENTENCES]) + found.note, diagnosis)


def _say_rows(rows: int, networks: int) -> str:
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
    value = row.get(column)
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


def _check_loss(row: dict[str, Any], network: Network, table: Table) -> _Check:
    told, name = _read_number(row, table.held_out_loss), code(network.name)
    if told is None:
        return _Check(
            _("Your table has no number {column} for {network}.", column=code(table.held_out_loss), network=name)
        )
    if network.held_out is None:
        return _Check(
            _("The held-out data of {network} could not be read, so its loss cannot be checked.", network=name)
        )
    true = mean_squared_error(network.held_out.predictions, network.held_out.targets)
    if not math.isfinite(true):
        return _Check(say_diverged(network), "diverged")
    if abs(told - true) <= table.rtol * true:
        return _Check()
    says, is_really = number_pair(told, true)
    diagnosis, why = _explain(told, network.held_out, table.rtol)
    fault = _(
        "Your table says {told} for {network}, but on your held-out data it has {true}.",
        told=says,
        network=name,
        true=is_really,
    )
    return _Check(fault + why, diagnosis)


def _explain(told: float, held_out: Samples, rtol: float) -> tuple[Mistake | None, str]:
    """The usual slips with a mean squared error, each recognised by its own number."""
    p, y = held_out.predictions, held_out.targets
    true = mean_squared_error(p, y)
    # The mean over all pairs (p_i - y_j)^2, in closed form.
    all_pairs = float(np.var(p) + np.var(y) + (np.mean(p) - np.mean(y)) ** 2)
    slips: tuple[tuple[float, Mistake, str], ...] = (
        (
            all_pairs,
            "broadcast-loss",
            _("That is the mean over all pairs: shapes (n,) and (n, 1) broadcast to (n, n). Give both the same shape."),
        ),
        (true * p.size, "sum-for-mean", _("That is the sum of the squared errors, not their mean.")),
        (math.sqrt(true), "root-of-mse", _("That is the root of the mean squared error.")),
    )
    for value, name, sentence in slips:
        # Only where the slip and the truth can be told apart.
        if abs(told - value) <= 0.5 * rtol * value and abs(value - true) > 2 * rtol * true:
            return name, f" {sentence}"
    return None, ""
