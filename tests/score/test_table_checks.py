"""The expectation `table`: each false number of a notebook's own table is named beside the true one."""

from __future__ import annotations

import numpy as np
import pytest

from grader.score import score

from .making import CURVE, GRID, MODELS_PROBE, answered, models, rubric_of, run_of, three

GIVEN = {"given": {"call": "samples", "ask": "reference"}}


def find_table(rows, *networks, rtol: float = 0.05, given=None, **table):
    others = {"models": {**MODELS_PROBE, "held_out": ["x_held", "y_held"]}, **({} if given is None else GIVEN)}
    rubric = rubric_of({"table": {"of": "models", "rtol": rtol, **table}}, {"variable": "results"}, others)
    run = run_of({"asked": answered(rows), "models": answered(models(*networks))})
    (finding,) = score(run, rubric, {} if given is None else {"given": answered(given)})
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
    assert str(find_table(rows, *networks).because) == "All 6 numbers of your table are what the grader measures."
    assert find_table([{"model": name, **row} for name, row in rows.items()], *networks).status == "met"


def test_numbers_that_are_written_as_text_count_as_numbers():
    networks = three()
    rows = {
        name: {"parameters": str(row["parameters"]), "held_out_loss": f" {row['held_out_loss']:.3e}"}
        for name, row in right_rows(networks).items()
    }
    assert str(find_table(rows, *networks).because) == "All 6 numbers of your table are what the grader measures."
    rows["model_1"]["parameters"] = "50"
    assert (
        str(find_table(rows, *networks).because) == "Your table says that `model_1` has 50 parameters, but it has 25."
    )


@pytest.mark.parametrize("text", ["", "25 parameters", "nan", "1_0", "٢٥", "0x19", "1" * 200_000, "25,0", "."])
def test_other_text_is_no_number(text):
    networks = three()
    rows = right_rows(networks)
    rows["model_1"]["parameters"] = text
    assert str(find_table(rows, *networks).because) == "Your table has no number `parameters` for `model_1`."


def test_a_false_loss_is_named_beside_the_true_one():
    networks = three()
    networks[1]["held_out"]["predictions"] = CURVE + 0.64
    rows = right_rows(networks)
    rows["model_2"]["held_out_loss"] = 0.003
    finding = find_table(rows, *networks)
    assert finding.earned == pytest.approx(4 * 5 / 6, abs=1e-5)
    assert str(finding.because) == "Your table says 0.003 for `model_2`, but on your held-out data it has 0.41."


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
    assert str(finding.because).startswith(sentence)
    assert finding.earned == pytest.approx(4 * 5 / 6, abs=1e-5)


def test_a_loss_over_all_pairs_is_recognised():
    networks = three()
    rows = right_rows(networks)
    predictions = networks[0]["predictions"]
    # As NumPy and torch compute it when one of the two has shape (n, 1).
    rows["model_1"]["held_out_loss"] = float(np.mean((predictions[:, None] - CURVE) ** 2))
    finding = find_table(rows, *networks)
    assert finding.diagnosis == "broadcast-loss"
    assert str(finding.because).endswith(
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
    assert str(finding.because).endswith(sentence)


def test_a_table_without_rows_is_unanswered():
    for rows in ({}, [], 3, "table", {"model_1": 0.3}):
        finding = find_table(rows, *three())
        assert finding.status == "unanswered"
        assert str(finding.because) == "Your table has no row for a network: it is written {name: {column: number}}."


def test_a_lacking_row_is_named():
    networks = three()
    rows = right_rows(networks)
    del rows["model_3"]
    assert str(find_table(rows, *networks).because) == "Your table has no row for `model_3`."


def test_a_lacking_network_costs_its_row():
    networks = three()[:2]
    finding = find_table(right_rows(networks), *networks)
    assert (finding.earned, str(finding.because)) == (
        pytest.approx(8 / 3, abs=1e-5),
        "Your table has 2 rows for 3 networks.",
    )


def test_without_held_out_data_a_loss_cannot_be_checked():
    networks = three()
    rows = right_rows(networks)
    networks[0]["held_out"] = None
    assert str(find_table(rows, *networks).because) == (
        "The held-out data of `model_1` could not be read, so its loss cannot be checked."
    )


def trained_on(networks, *, off: float = 0.3):
    """The networks with training data, at which each is off by so much, and a table of all that is asked for."""
    for one in networks:
        one["trained_on"] = {"x": GRID[:, None], "y": CURVE.copy(), "predictions": CURVE + off}
    return {name: {**row, "train_loss": off**2} for name, row in right_rows(networks).items()}


@pytest.mark.parametrize("factor", [0.3, 1.0, 3.5])
def test_a_training_loss_that_was_noted_during_the_training_is_right(factor):
    networks = three()
    rows = trained_on(networks)
    rows["model_2"]["train_loss"] *= factor
    finding = find_table(rows, *networks, train_loss="train_loss")
    assert str(finding.because) == "All 9 numbers of your table are what the grader measures."


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (3.2, "Your table says 3.2 for `model_1`, but on your training data it has 0.09."),
        (0.01, "Your table says 0.01 for `model_1`, but on your training data it has 0.09."),
        (5.4, "Your table says 5.4 for `model_1`, but on your training data it has 0.09. "
              "That is the sum of the squared errors, not their mean."),
        (None, "Your table has no number `train_loss` for `model_1`."),
    ],
)  # fmt: skip
def test_a_false_training_loss_is_named_beside_the_true_one(told, sentence):
    networks = three()
    rows = trained_on(networks)
    rows["model_1"]["train_loss"] = told
    finding = find_table(rows, *networks, train_loss="train_loss")
    assert (str(finding.because), finding.earned) == (sentence, pytest.approx(4 * 8 / 9, abs=1e-5))


def test_without_training_data_a_training_loss_cannot_be_checked():
    networks = three()
    rows = trained_on(networks)
    networks[0]["trained_on"] = None
    assert str(find_table(rows, *networks, train_loss="train_loss").because) == (
        "The training data of `model_1` could not be read, so its loss there cannot be checked."
    )


SWAPPED = (
    "Your `x_held` holds the outputs of the given samples, and your `y_held` their inputs: they have changed places."
)


def test_held_out_inputs_and_outputs_that_have_changed_places_are_told_once():
    networks = three()
    for one in networks:
        one["held_out"] = {"x": CURVE[40:, None].astype(np.float32), "y": GRID[40:], "predictions": CURVE[40:]}
    rows = right_rows(networks)
    for row in rows.values():
        row["held_out_loss"] = float(np.mean((CURVE[40:] - GRID[40:]) ** 2))
    finding = find_table(rows, *networks, given=[GRID, CURVE], to={"probe": "given"})
    assert (str(finding.because), finding.diagnosis) == (SWAPPED, "swapped")
    assert finding.earned == pytest.approx(2.0)


@pytest.mark.parametrize("scale", [1.0, 1 / 3])
def test_held_out_samples_of_any_kind_but_swapped_ones_are_not_told_as_swapped(scale):
    """In any order, a few of them only, or scaled: what they are worth is told elsewhere."""
    networks = three()
    order = np.random.default_rng(0).permutation(60)[:25]
    for one in networks:
        one["held_out"] = {"x": scale * GRID[order, None], "y": CURVE[order], "predictions": one["predictions"][order]}
    rows = right_rows(networks)
    for one in networks:
        rows[one["name"]]["held_out_loss"] = float(np.mean((one["predictions"] - CURVE)[order] ** 2))
    finding = find_table(rows, *networks, given=[GRID, CURVE], to={"probe": "given"})
    assert finding.status == "met", finding.because


@pytest.mark.parametrize("given", [3.0, "samples", [GRID, CURVE[1:]], [GRID], [[], []]])
def test_given_samples_that_are_none_wait_for_the_course(given):
    networks = three()
    finding = find_table(right_rows(networks), *networks, given=given, to={"probe": "given"})
    assert (finding.status, str(finding.because)) == (
        "unscored",
        "The given samples are not two arrays of numbers of one length: the instructor has to fix it.",
    )
