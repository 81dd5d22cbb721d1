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


# ---- at the edges ---------------------------------------------------------------------------------------------------


def by_type(names=("net_a", "net_b", "net_c")):
    """The three networks under names that nobody asked for."""
    return [{**one, "name": name, "found": "by type"} for name, one in zip(names, three(), strict=True)]


def rows_of(networks, names):
    return dict(zip(names, right_rows(networks).values(), strict=True))


def test_rows_of_networks_found_by_type_are_paired_by_their_parameters_in_whatever_order():
    networks = by_type()
    rows = rows_of(networks, ("small", "middle", "large"))
    assert find_table(rows, *networks).status == "met"
    assert find_table(dict(reversed(rows.items())), *networks).status == "met"
    assert find_table({**rows, "one more": {"parameters": 3}}, *networks).earned == 0


def test_where_parameters_do_not_say_which_is_meant_rows_are_paired_in_order():
    networks = by_type()
    rows = rows_of(networks, ("small", "middle", "large"))
    rows["small"]["parameters"] = 7
    finding = find_table(rows, *networks)
    assert finding.earned == pytest.approx(4 * 5 / 6, abs=1e-5)
    assert str(finding.because).startswith("Your table says that `net_a` has 7 parameters, but it has 25. There is no")
    alike = [{**one, "parameters": 25} for one in networks]
    rows = rows_of(alike, ("small", "middle", "large"))
    assert find_table(rows, *alike).status == "met"


def test_a_row_by_its_name_is_never_paired_otherwise():
    networks = [three()[0], *by_type()[1:]]
    rows = rows_of(networks, ("model_1", "large", "middle"))
    rows["large"], rows["middle"] = rows["middle"], rows["large"]
    assert find_table(rows, *networks).status == "met"
    by_name = three()
    wrong = rows_of(by_name, ("model_1", "model_2", "other"))
    assert str(find_table(wrong, *by_name).because) == "Your table has no row for `model_3`."


@pytest.mark.parametrize("column", ["model", "name"])
def test_a_list_of_rows_names_its_networks_and_what_is_no_row_is_passed_over(column):
    networks = three()
    rows = [{column: name, **row} for name, row in right_rows(networks).items()]
    assert find_table([3, None, {}, *rows, {column: "model_1", "parameters": 0}], *networks).status == "met"


@pytest.mark.parametrize("kind", [np.int64, np.float32, np.uint8])
def test_a_number_may_come_as_an_array_of_one(kind):
    networks = three()
    rows = right_rows(networks)
    rows["model_1"]["parameters"] = np.array([25], kind)
    assert find_table(rows, *networks).status == "met"
    for other in (np.array([25, 25], kind), np.array(["25"]), np.array([], kind)):
        rows["model_1"]["parameters"] = other
        assert str(find_table(rows, *networks).because) == "Your table has no number `parameters` for `model_1`."


@pytest.mark.parametrize(("told", "says"), [(26.0, "26"), (123456, "123456"), (25.5, "25.5"), (np.inf, "infinity")])
def test_a_false_count_of_parameters_is_told_as_it_was_written(told, says):
    networks = three()
    rows = right_rows(networks)
    rows["model_1"]["parameters"] = told
    assert f"`model_1` has {says} parameters, but it has 25." in str(find_table(rows, *networks).because)


@pytest.mark.parametrize(("factor", "right"), [(0.94, False), (0.96, True), (1.04, True), (1.06, False)])
def test_a_loss_is_right_within_the_tolerance_on_both_sides(factor, right):
    networks = three()
    rows = right_rows(networks)
    rows["model_3"]["held_out_loss"] *= factor
    assert (find_table(rows, *networks).status == "met") is right


def test_a_network_that_was_left_in_train_mode_is_told_so_and_a_slip_comes_first():
    networks = [{**one, "left_in_training": True} for one in three()]
    rows = right_rows(networks)
    rows["model_3"]["held_out_loss"] *= 1.5
    told = "It was left in train mode, in which dropout and batch norm answer otherwise: call `model_3.eval()` first."
    assert str(find_table(rows, *networks).because).endswith(told)
    rows["model_3"]["held_out_loss"] *= 40
    assert "train mode" not in str(find_table(rows, *networks).because)


def test_a_loss_on_samples_that_were_trained_on_is_wrong_for_that_reason():
    networks = three()
    networks[0]["seen"] = GRID[:30]
    finding = find_table(right_rows(networks), *networks)
    assert (finding.diagnosis, finding.earned) == ("overlap", pytest.approx(4 * 5 / 6, abs=1e-5))
    assert str(finding.because).startswith("`model_1` was trained on 30 of your 60 held-out samples: ")


def test_a_mean_over_all_pairs_is_recognised_where_answers_lie_beside_the_truth():
    networks = three()
    own = {"x": GRID[:, None], "y": CURVE.copy(), "predictions": CURVE + 2.0}
    networks[0]["held_out"] = own
    rows = right_rows(three())
    pairs = float(np.mean((own["predictions"][:, None] - own["y"][None, :]) ** 2))
    for told, name in ((pairs, "broadcast-loss"), (1.02 * pairs, "broadcast-loss"), (1.04 * pairs, None)):
        rows["model_1"]["held_out_loss"] = told
        assert find_table(rows, *networks).diagnosis == name


def test_a_slip_that_is_as_large_as_the_truth_is_no_slip():
    networks = three()
    networks[0]["held_out"] = {"x": GRID[:1, None], "y": CURVE[:1], "predictions": CURVE[:1] + 0.3}
    rows = right_rows(three())
    rows["model_1"]["held_out_loss"] = 0.099
    assert find_table(rows, *networks).diagnosis is None


def test_networks_of_another_library_wait_only_where_nothing_in_the_table_is_false():
    other = {"name": "model_3", "class": "Sequential", "library": "keras", "may_be": True}
    networks, all_rows = three()[:2], right_rows(three())

    def with_other(rows, found):
        probes = {"models": {**MODELS_PROBE, "held_out": ["x_held", "y_held"]}}
        rubric = rubric_of({"table": {"of": "models", "rtol": 0.05}}, {"variable": "results"}, probes)
        value = {**models(*found), "others": [other]}
        return score(run_of({"asked": answered(rows), "models": answered(value)}), rubric, {})[0].status

    assert with_other(all_rows, networks) == "unscored"
    assert with_other({**all_rows, "model_1": {"parameters": 0, "held_out_loss": 9.0}}, networks) == "partly"
    assert with_other(all_rows, three()) == "met"


@pytest.mark.parametrize("change", [{"x": None}, {"x": np.zeros((60, 2))}, {"x": GRID[:1], "y": CURVE[:1]}])
def test_samples_that_cannot_be_told_as_swapped_are_judged(change):
    networks = three()
    for one in networks:
        own = {"x": CURVE[:, None], "y": GRID, "predictions": CURVE, **change}
        one["held_out"] = {**own, "predictions": CURVE[: len(own["y"])]}
    finding = find_table(right_rows(networks), *networks, given=[GRID, CURVE], to={"probe": "given"})
    assert finding.diagnosis != "swapped"


def test_two_samples_are_enough_to_be_told_as_swapped_and_one_that_is_not_among_the_given_is_too_much():
    networks = three()
    for one in networks:
        one["held_out"] = {"x": CURVE[[5, 40], None], "y": GRID[[5, 40]], "predictions": CURVE[:2]}
    rows = right_rows(networks)
    assert find_table(rows, *networks, given=[GRID, CURVE], to={"probe": "given"}).diagnosis == "swapped"
    for one in networks:
        one["held_out"]["x"] = one["held_out"]["x"] + np.array([[0.0], [2e-4]])
    assert find_table(rows, *networks, given=[GRID, CURVE], to={"probe": "given"}).diagnosis != "swapped"
