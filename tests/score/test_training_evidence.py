"""What the recording saw of a network's training: it explains, it sends to a person, and it never earns points."""

import numpy as np
import pytest

from grader.model import TrainedNetwork
from grader.score import score
from grader.score.network_answers import read_networks
from grader.score.training_evidence import say_leak

from .making import CURVE, GRID, TRUTH_PROBE, answered, network, rubric_of, run_of

TRAINED = {"trained": {"at_least": 1, "to": {"probe": "truth"}}}
GRID_PROBE = {"models": {"names": ["model_1", "model_2"]}, "predict": {"grid": [-3.0, 3.0, 60]}}
LAZY = network("model_1", 0.0 * GRID + 0.01)


def training(*places, **fields):
    keys = tuple(place.split("[")[0] for place in places)
    told = {"name": "MLP", "places": places, "keys": keys, "optimizer": "SGD", "steps": 9, **fields}
    return TrainedNetwork(**told)


def judged(*networks, trained=(), watched=True, expect=TRAINED, probe=GRID_PROBE):
    others = {"truth": TRUTH_PROBE} if "truth" in str(expect) else {}
    value = {"asked": ["model_1", "model_2"], "models": list(networks)}
    run = run_of({"asked": answered(value)}, trained=trained, watched=watched)
    return score(run, rubric_of(expect, probe, others), {"truth": answered(CURVE)})[0]


GOOD = network("model_1")
SEEN = training("model_1", moved=True, losses=((0, 1.0), (5, 0.1)))


def test_a_network_that_was_seen_to_be_trained_is_met():
    assert judged(GOOD, trained=(SEEN,)).status == "met"
    assert judged(GOOD, watched=False).status == "met"


@pytest.mark.parametrize(
    "trained",
    [
        (),
        (training("model_2"),),
        (training("model_1", steps=0),),
        (training("model_1", moved=False),),
        (training("model_1", losses=((0, 0.5), (5, 0.5))),),
        (training("model_1", strangers=True, keys=()),),
    ],
)
def test_a_good_network_whose_training_nobody_saw_waits(trained):
    finding = judged(GOOD, trained=trained)
    assert finding.status == "unscored"
    assert str(finding.because) == (
        "`model_1` answers as a trained network does, but no training of it was seen: a person decides."
    )


@pytest.mark.parametrize("losses", [(), ((0, 0.5),), ((0, 0.5), (5, 0.4), (9, 0.6)), ((0, 0.5), (3, None))])
def test_one_loss_or_one_that_fell_for_a_while_bears_the_training_out(losses):
    assert judged(GOOD, trained=(training("model_1", losses=losses),)).status == "met"


def test_where_enough_others_were_seen_one_that_was_not_changes_nothing():
    two = [GOOD, network("model_2", width=9)]
    assert judged(*two, trained=(SEEN,)).status == "met"
    finding = judged(*two, trained=(SEEN,), expect={"trained": {"at_least": 2, "to": {"probe": "truth"}}})
    assert finding.status == "unscored"
    assert str(finding.because).startswith("`model_2` answers as")
    finding = judged(*two)
    assert str(finding.because).startswith("`model_1` and `model_2` answer as trained networks do, but no training of")


def test_a_network_that_has_not_learned_is_not_called_unseen():
    finding = judged(GOOD, LAZY | {"name": "model_2"}, trained=(SEEN,))
    assert finding.status == "met"
    assert judged(LAZY).status == "missed"


def test_one_that_no_variable_holds_is_known_by_its_class_and_number():
    gone = network("MLP 2", found="by training")
    trained = (training(name="Net"), training(name="MLP"))
    assert judged(gone, trained=trained).status == "met"
    assert judged({**gone, "name": "MLP 1"}, trained=trained).status == "unscored"


def test_a_network_in_a_list_is_known_by_the_lists_name_if_it_has_one_network():
    assert judged(network("nets"), trained=(training("nets[0]"),)).status == "met"
    assert judged(network("nets"), trained=(training("nets[0]"), training("nets[1]"))).status == "unscored"
    assert judged(network("nets[1]"), trained=(training("nets[0]"), training("nets[1]"))).status == "met"


def test_of_several_trainings_of_a_network_the_last_is_explained():
    never = training("model_1", moved=False)
    assert judged(LAZY, trained=(SEEN, never)).diagnosis == "never-stepped"
    assert judged(LAZY, trained=(never, SEEN)).diagnosis == "not-trained"


# ---- what went wrong ------------------------------------------------------------------------------------------------

STRANGER = training(name="MLP", strangers=True)
EXPLANATIONS = [
    (STRANGER, "other-parameters", "The optimizer stepped parameters of another network than `model_1`: give it those "
     "of `model_1`."),
    (training("model_1", moved=False), "never-stepped", "`model_1` was never stepped: its loss went backward, but its "
     "parameters stayed the same."),
    (training("model_1", losses=((0, 1.0), (7, None), (9, None))), "diverged", "Its loss is no number from step 7 on: "
     "try a smaller learning rate."),
    (training("model_1", inputs=(32, 1), targets=(32,)), "broadcast-loss", "Its answers have the shape (32, 1) and its "
     "targets (32,): the loss compares each answer with every target. Give both the same shape."),
]  # fmt: skip


@pytest.mark.parametrize(("seen", "diagnosis", "told"), EXPLANATIONS)
@pytest.mark.parametrize("expect", [TRAINED, {"metric": {"name": "mse", "of": "best", "to": {"probe": "truth"},
                                                         "full": 0.01, "none": 0.2}}])  # fmt: skip
def test_what_was_seen_to_go_wrong_is_said(seen, diagnosis, told, expect):
    finding = judged(LAZY, trained=(seen,), expect=expect)
    assert (finding.earned, finding.diagnosis) == (0, diagnosis)
    assert str(finding.because).endswith(f" {told}")


@pytest.mark.parametrize(
    "seen",
    [
        training("model_1"),
        training(name="Other", strangers=True),
        training("model_2", moved=False),
        training("model_1", inputs=(32, 1), targets=(32, 1)),
        training("model_1", inputs=(1, 1), targets=(1,)),
        training("model_1", inputs=(32,), targets=(32,)),
        training("model_1", inputs=(32, 1), targets=(16,)),
        training("model_1", inputs=(32, 1)),
        training("model_1", targets=(32,)),
    ],
)
def test_where_nothing_was_seen_to_go_wrong_nothing_is_said_of_it(seen):
    finding = judged(LAZY, trained=(seen,))
    assert (finding.diagnosis, str(finding.because)) == ("not-trained", str(judged(LAZY).because))


def test_flat_answers_beside_targets_in_a_column_are_explained_the_other_way_round():
    flat = {**LAZY, "answers_flat": True}
    told = str(judged(flat, trained=(training("model_1", inputs=(2, 1), targets=(2, 1)),)).because)
    assert "Its answers have the shape (2,) and its targets (2, 1): the loss" in told
    assert judged(flat, trained=(training("model_1", inputs=(32, 1), targets=(32,)),)).diagnosis == "not-trained"


def test_what_was_not_watched_is_not_explained_by_strangers():
    assert judged(LAZY, trained=(STRANGER,), watched=False).diagnosis == "not-trained"


# ---- inputs on another scale ----------------------------------------------------------------------------------------


def scaled(width, leaves=0.0, count=101):
    """A network that has learned its own samples, whose inputs span `width`, up to this share of their variance."""
    x = np.linspace(0.0, width, count)
    y = np.linspace(-1.0, 1.0, count)
    return {**LAZY, "trained_on": {"x": x, "y": y, "predictions": y + np.sqrt(leaves * y.var())}}


@pytest.mark.parametrize("width", [6 * 0.74, 6 / 0.74, 1.0])
def test_a_network_that_is_good_on_samples_of_another_range_waits(width):
    finding = judged(scaled(width))
    assert finding.status == "unscored"
    assert str(finding.because) == (
        "`model_1` is good on its own samples, whose inputs have another range than those that it is asked for: "
        "if they were scaled outside of the network, a person decides."
    )


@pytest.mark.parametrize("width", [6 * 0.751, 6.0, 6 / 0.751])
def test_a_network_whose_samples_have_the_range_that_is_asked_for_is_judged(width):
    assert judged(scaled(width)).status == "missed"


def test_a_network_waits_only_if_it_has_learned_nine_tenths_of_its_samples():
    assert judged(scaled(1.0, leaves=0.099)).status == "unscored"
    assert judged(scaled(1.0, leaves=0.101)).status == "missed"


def test_without_inputs_or_a_grid_nobody_can_tell_the_range():
    for x in (None, []):
        one = scaled(1.0)
        one["trained_on"]["x"] = x
        assert judged(one).status == "missed"
    assert judged(LAZY).status == "missed"
    array = {"models": {"names": ["model_1"]}, "predict": {"array": [[0.0]] * 60}}
    assert judged(scaled(1.0), probe=array).status == "missed"


def test_of_a_network_that_learned_the_range_is_not_asked():
    good = {**scaled(1.0), "predictions": CURVE}
    assert judged(good, trained=(SEEN,)).status == "met"
    both = {"trained": {"at_least": 2, "to": {"probe": "truth"}}}
    assert judged(good, LAZY | {"name": "model_2"}, trained=(SEEN,), expect=both).status == "partly"


# ---- split ----------------------------------------------------------------------------------------------------------

SPLIT_PROBE = {**GRID_PROBE, "held_out": ["x_test", "y_test"]}
HELD_OUT = {"x": np.arange(20.0), "y": np.zeros(20), "predictions": np.zeros(20)}


def split(*networks, at_most=0.1):
    return judged(*networks, expect={"split": {"at_most": at_most}}, probe=SPLIT_PROBE)


def holding(name="model_1", **fields):
    return network(name, **{"held_out": HELD_OUT, "seen": np.arange(20.0, 60.0), **fields})


def test_samples_that_were_never_seen_are_held_out():
    finding = split(holding())
    assert (finding.status, str(finding.because)) == ("met", "No network was trained on your held-out samples.")


def test_a_network_that_saw_more_of_them_than_by_chance_has_them_not_held_out():
    assert split(holding(seen=np.arange(18.0, 60.0))).status == "met"
    finding = split(holding(seen=np.arange(17.0, 60.0)))
    assert (finding.earned, finding.diagnosis) == (0, "overlap")
    assert str(finding.because) == (
        "`model_1` was trained on 3 of your 20 held-out samples: what it has seen cannot tell how it does on what it "
        "has not."
    )
    assert split(holding(seen=np.arange(17.0, 60.0)), at_most=0.15).status == "met"


def test_of_several_networks_that_with_the_largest_share_is_named():
    few = {"x": np.arange(10.0), "y": np.zeros(10), "predictions": np.zeros(10)}
    finding = split(holding(seen=np.arange(16.0, 60.0)), holding("model_2", held_out=few, seen=np.arange(7.0, 60.0)))
    assert str(finding.because).startswith("`model_2` was trained on 3 of your 10 held-out samples")


def test_what_was_seen_counts_before_what_the_notebooks_names_say():
    trained_on = {"x": np.arange(20.0), "y": np.zeros(20), "predictions": np.zeros(20)}
    assert split(holding(trained_on=trained_on)).status == "met"
    assert split(holding(trained_on=trained_on, seen=None)).status == "missed"
    assert split(holding(trained_on={**trained_on, "x": None}, seen=None)).status == "met"


def test_samples_of_two_numbers_are_compared_as_rows():
    pairs = {**HELD_OUT, "x": np.arange(40.0)}
    assert split(holding(held_out=pairs, seen=np.arange(40.0))).status == "missed"
    assert split(holding(held_out=pairs, seen=np.arange(1.0, 41.0))).status == "met"
    assert split(holding(held_out=pairs, seen=np.arange(41.0))).status == "met"


def test_samples_are_compared_in_single_precision():
    assert split(holding(seen=np.arange(20.0) * (1 + 1e-12))).status == "missed"


def test_without_held_out_samples_the_criterion_is_unanswered_and_without_seen_ones_a_person_decides():
    finding = split(holding(held_out=None))
    assert (finding.status, finding.earned) == ("unanswered", 0)
    assert str(finding.because) == "The notebook has no held-out samples that can be read: `x_test` `y_test`."
    finding = split(holding(seen=None))
    assert finding.status == "unscored"
    assert str(finding.because) == "It was not seen on which samples your networks were trained: a person decides."
    assert split(holding(seen=None), holding("model_2")).status == "met"
    assert split(holding(held_out=None), holding("model_2")).status == "met"
    assert split(holding(held_out=None), holding("model_2", seen=None)).status == "unscored"


@pytest.mark.parametrize("inputs", [None, [], np.arange(21.0)])
def test_held_out_samples_whose_inputs_cannot_be_compared_wait(inputs):
    finding = split(holding(held_out={**HELD_OUT, "x": inputs}))
    assert finding.status == "unscored"
    assert str(finding.because) == "Your held-out samples have no inputs that can be compared: a person decides."


@pytest.mark.parametrize(("first", "told"), [(19, False), (18, False), (17, True)])
def test_a_leak_is_said_where_more_than_a_tenth_was_seen(first, told):
    (one,) = read_networks({"models": [holding(seen=np.arange(first, 60.0))]}).networks
    assert bool(say_leak(one)) is told
    if told:
        assert str(say_leak(one)).startswith("`model_1` was trained on 3 of your 20 held-out samples: what")


@pytest.mark.parametrize("fields", [{"held_out": None}, {"seen": None}, {"held_out": {**HELD_OUT, "x": None}}])
def test_of_what_nobody_saw_no_leak_is_said(fields):
    (one,) = read_networks({"models": [holding(**fields)]}).networks
    assert not say_leak(one)
