"""The expectation `table`: each false number of a notebook's own table is named beside the true one."""

from __future__ import annotations

import numpy as np
import pytest

from grader.score import score

from .making import CURVE, MODELS_PROBE, answered, models, rubric_of, run_of, three


def find_table(rows, *networks, rtol: float = 0.05):
    rubric = rubric_of({"table": {"of": "models", "rtol": rtol}}, {"variable": "results"}, {"models": MODELS_PROBE})
    run = run_of({"asked": answered(rows), "models": answered(models(*networks))})
    (finding,) = score(run, rubric, {})
    return finding


def right_rows(networks):
    return {
        one["name"]: {
            "parameters": one["parameters"],
            "held_out_loss": np.mean((one["predictions"] - CURVE) ** 2).item(),
        }
        for one in networks
    }


def test_a_true_table_is_met_as_a_dictionary_or_as_a_list_of_rows():
    networks = three()
    rows = right_rows(networks)
    assert find_table(rows, *networks).because == "All 6 numbers of your table are what the grader measures."
    assert find_table([{"model": name, **row} for name, row in rows.items()], *networks).status == "met"


def test_a_false_loss_is_named_beside_the_true_one():
    networks = three()
    networks[1]["held_out"]["predictions"] = CURVE + 0.64
    rows = right_rows(networks)
    rows["model_2"]["held_out_loss"] = 0.003
    finding = find_table(rows, *networks)
    assert finding.earned == pytest.approx(4 * 5 / 6, abs=1e-5)
    assert finding.because == "Your table says 0.003 for `model_2`, but on your held-out data it has 0.41."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"parameters": 50}, "Your table says that `model_1` has 50 parameters, but it has 25."),
        ({"parameters": None}, "Your table has no number `parameters` for `model_1`."),
        ({"held_out_loss": "low"}, "Your table has no number `held_out_loss` for `model_1`."),
        ({"held_out_loss": float("nan")}, "Your table says NaN for `model_1`, but on your held-out data it has "),
    ],
)
def test_a_false_number_in_the_table_is_named(change, sentence):
    networks = three()
    rows = right_rows(networks)
    rows["model_1"].update(change)
    finding = find_table(rows, *networks)
    assert finding.because.startswith(sentence)
    assert finding.earned == pytest.approx(4 * 5 / 6, abs=1e-5)


def test_a_loss_over_all_pairs_is_recognised():
    networks = three()
    rows = right_rows(networks)
    predictions = networks[0]["predictions"]
    # As NumPy and torch compute it when one of the two has shape (n, 1).
    rows["model_1"]["held_out_loss"] = float(np.mean((predictions[:, None] - CURVE) ** 2))
    finding = find_table(rows, *networks)
    assert finding.diagnosis == "broadcast-loss"
    assert finding.because.endswith(
        " That is the mean over all pairs: shapes (n,) and (n, 1) broadcast to (n, n). Give both the same shape."
    )


@pytest.mark.parametrize(
    ("slip", "name", "sentence"),
    [
        (lambda mse: 60 * mse, "sum-for-mean", " That is the sum of the squared errors, not their mean."),
        (np.sqrt, "root-of-mse", " That is the root of the mean squared error."),
    ],
)
def test_a_slip_with_the_mean_squared_error_is_recognised(slip, name, sentence):
    networks = three()
    rows = right_rows(networks)
    rows["model_1"]["held_out_loss"] = float(slip(rows["model_1"]["held_out_loss"]))
    finding = find_table(rows, *networks)
    assert finding.diagnosis == name
    assert finding.because.endswith(sentence)


def test_a_table_without_rows_is_unanswered():
    for rows in ({}, [], 3, "table", {"model_1": 0.3}):
        finding = find_table(rows, *three())
        assert finding.status == "unanswered"
        assert finding.because == "Your table has no row for a network: it is written {name: {column: number}}."


def test_a_lacking_row_is_named():
    networks = three()
    rows = right_rows(networks)
    del rows["model_3"]
    assert find_table(rows, *networks).because == "Your table has no row for `model_3`."


def test_a_lacking_network_costs_its_row():
    networks = three()[:2]
    finding = find_table(right_rows(networks), *networks)
    assert (finding.earned, finding.because) == (
        pytest.approx(8 / 3, abs=1e-5),
        "Your table has 2 rows for 3 networks.",
    )


def test_without_held_out_data_a_loss_cannot_be_checked():
    networks = three()
    rows = right_rows(networks)
    networks[0]["held_out"] = None
    assert find_table(rows, *networks).because == (
        "The held-out data of `model_1` could not be read, so its loss cannot be checked."
    )
