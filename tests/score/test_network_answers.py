"""A notebook's networks as the probe describes them: what is read, what is none, and what a person has to ask."""

import numpy as np
import pytest

from grader.score import score
from grader.score.network_answers import read_networks
from grader.score.verdict import UnansweredError, UnscoredError

from .making import CURVE, GRID, MODELS_PROBE, answered, find_on_models, network, rubric_of, run_of, three

TRUTH = {"probe": "truth"}
DISTINCT = {"distinct": {"at_least": 2}}
METRIC = {"metric": {"name": "mse", "of": "best", "to": TRUTH, "full": 0.01, "none": 0.2}}
TRAINED = {"trained": {"at_least": 2, "to": TRUTH}}
NONLINEAR = {"nonlinear": {"at_least": 2}}
BUILT = {"built": {"has": ["Tanh"]}}


def other(name="model_2", **fields):
    return {"name": name, "class": "Sequential", "library": "keras", "may_be": True, "predictions": None, **fields}


def read(*entries, others=(), asked=("model_1", "model_2", "model_3")):
    return read_networks({"asked": list(asked), "models": list(entries), "others": list(others)})


def judged(expect, *entries, others=(), run=None):
    rubric = rubric_of(expect, MODELS_PROBE, {"truth": {"evaluate": "f(x)", "ask": "reference", "reveal": True}}
                       if "truth" in str(expect) else None)  # fmt: skip
    value = {"asked": ["model_1", "model_2", "model_3"], "models": list(entries), "others": list(others)}
    return score(run_of({"asked": answered(value)}, **(run or {})), rubric, {"truth": answered(CURVE)})[0]


LAZY = network("model_1", 0.9 * GRID, layers=["Linear", "Linear"])


@pytest.mark.parametrize("expect", [DISTINCT, METRIC, TRAINED, NONLINEAR, BUILT], ids=str)
def test_what_may_be_a_network_of_another_library_waits_for_a_person(expect):
    finding = judged(expect, LAZY, others=[other()])
    assert finding.status == "unscored"
    assert str(finding.because).startswith(
        "The grader asks networks of torch only, and not `model_2` (a `Sequential` of keras): a person decides."
    )
    assert judged(expect, LAZY, others=[other(may_be=False)]).status == judged(expect, LAZY).status != "unscored"


@pytest.mark.parametrize("expect", [DISTINCT, METRIC, TRAINED, NONLINEAR], ids=str)
def test_who_has_everything_waits_for_nobody(expect):
    assert judged(expect, *three(), others=[other()]).status == "met"


def test_without_any_network_of_torch_those_of_other_libraries_wait_too():
    assert judged(DISTINCT, others=[other()]).status == "unscored"
    finding = judged(DISTINCT, others=[other(may_be=False, **{"class": "list"})])
    assert (finding.status, finding.earned) == ("unanswered", 0)
    assert str(finding.because) == (
        "There is no network among the notebook's variables. `model_2` is of type `list`, which is no network."
    )


@pytest.mark.parametrize("library", ["", "__main__", "builtins"])
def test_a_class_of_the_notebooks_own_is_of_no_library(library):
    told = str(judged(DISTINCT, LAZY, others=[other(library=library)]).because)
    assert "and not `model_2` (a `Sequential`): a person decides." in told


def test_the_person_reads_the_errors_of_the_networks_that_the_grader_cannot_ask():
    asked = [other("model_2", predictions=CURVE + 0.1), other("model_3", predictions=[1.0])]
    finding = judged(METRIC, LAZY, others=asked)
    assert finding.status == "unscored"
    assert str(finding.because).endswith(": a person decides. `model_2` has a mean squared error of 0.01.")


def test_what_is_no_network_is_named_after_the_sentence():
    told = str(judged(DISTINCT, *three(), others=[other("net", may_be=False)]).because)
    assert told.endswith(" `net` is of type `Sequential`, which is no network.")


def test_a_network_found_elsewhere_is_named_with_its_place():
    told = str(judged(DISTINCT, *three(place="trainers[0].net")).because)
    assert "`model_1` was found as `trainers[0].net`." in told
    assert "was found" not in str(judged(DISTINCT, network("model_1", place="model_1")).because)
    by_type = judged(DISTINCT, network("net", found="by type", place="nets[0]"))
    assert "was found" not in str(by_type.because)


def test_networks_in_no_variable_are_named_with_the_function_that_trained_them():
    gone = [network(name, found="by training", place="fit") for name in ("A 1", "B 2")]
    assert str(read(*gone).note) == "In no variable, but seen while `fit` trained them: `A 1` and `B 2`."
    gone[1]["place"] = "train"
    assert str(read(*gone).note) == "In no variable, but seen while they were trained: `A 1` and `B 2`."
    gone[0]["place"] = gone[1]["place"] = ""
    assert str(read(*gone).note) == "In no variable, but seen while they were trained: `A 1` and `B 2`."


def test_networks_taken_by_type_are_named_up_to_six():
    found = [network(f"net_{n}", found="by type") for n in range(7)]
    assert str(read(*found[:2], asked=()).note) == "Taken by type: `net_0`, `net_1`."
    six = ", ".join(f"`net_{n}`" for n in range(6))
    assert str(read(*found[:6], asked=()).note) == f"Taken by type: {six}."
    assert str(read(*found, asked=()).note) == f"Taken by type: {six}, …."
    told = str(read(network("model_1"), *found[:1], others=[other("model_3")]).note)
    assert told == "There is no `model_2`; taken by type: `net_0`."


def test_names_that_are_lacking_are_not_told_where_nothing_was_taken_for_them():
    assert str(read(network("model_1")).note) == ""


def test_without_a_network_the_asked_names_are_told():
    for asked, told in ((["a", "b"], "none is named `a` or `b`, and none is"), ([], "variables: none is")):
        with pytest.raises(UnansweredError, match=told):
            read_networks({"asked": asked, "models": []})


GOOD = network("model_1")
FIELDS = {
    "layers": [3, None, "Linear", [3], ["Linear", 3]],
    "shapes": [[3], ["x"], [[-1]], [[2**63]], [[1.5]], [["1"]], [None]],
    "name": [3, None],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in FIELDS.items() for value in values])
def test_a_description_in_another_form_waits(field, value):
    with pytest.raises(UnscoredError, match="not in its proper form"):
        read({**GOOD, field: value})


@pytest.mark.parametrize("value", [[], [{"name": 3}], "x"])
def test_others_in_another_form_wait(value):
    for entry in [value] if value else [3, None, {}]:
        with pytest.raises(UnscoredError, match="not in its proper form"):
            read(GOOD, others=[entry])


def test_all_that_the_probe_describes_is_read():
    samples = {"x": [[1.0], [2.0]], "y": [[3.0], [4.0]], "predictions": [5.0, 6.0]}
    (one,) = read(
        network(
            "model_1",
            parameters=49,
            shapes=[[0], [2**63 - 1]],
            held_out=samples,
            trained_on={**samples, "x": None},
            answers_flat=True,
            left_in_training=True,
            seen=[[7.0]],
            place="nets[0]",
            activates=False,
            error="It broke...",
        )
    ).networks
    assert (one.name, one.by_name, one.by_training, one.class_name) == ("model_1", True, False, "MLP")
    assert (one.layers, one.shapes, one.parameters) == (("Linear", "Tanh", "Linear"), ((0,), (2**63 - 1,)), 49)
    assert (one.answers_flat, one.left_in_training, one.activates) == (True, True, False)
    assert (one.place, one.error) == ("nets[0]", "It broke")
    assert one.held_out.inputs.tolist() == [1, 2]
    assert (one.held_out.targets.tolist(), one.held_out.predictions.tolist()) == ([3, 4], [5, 6])
    assert one.trained_on.inputs is None
    assert one.seen.tolist() == [7]
    np.testing.assert_array_equal(one.predictions, CURVE)
    np.testing.assert_array_equal(one.untrained, np.zeros(60))


def test_what_is_not_described_is_not_known():
    (one,) = read({"name": "net", "layers": []}).networks
    assert (one.by_name, one.by_training, one.class_name, one.shapes, one.parameters) == (False, False, "", (), None)
    assert (one.predictions, one.untrained, one.held_out, one.trained_on, one.seen) == (None,) * 5
    assert (one.answers_flat, one.left_in_training, one.activates, one.place, one.error) == (False, False, None, "", "")


@pytest.mark.parametrize(
    "field",
    [
        "class",
        "parameters",
        "answers_flat",
        "left_in_training",
        "place",
        "activates",
        "error",
        "held_out",
        "predictions",
    ],
)
@pytest.mark.parametrize("value", ["1", 1, True, {"x": 1}, [None]])
def test_a_field_of_another_type_is_as_one_that_is_not_there(field, value):
    right = {"class": str, "place": str, "error": str, "parameters": int, "predictions": (int, bool)}.get(field, bool)
    if isinstance(value, right) and not (field == "parameters" and value is True):
        return
    bare = {"name": "net", "layers": []}
    (one,), (without,) = read({**bare, field: value}).networks, read(bare).networks
    name = "class_name" if field == "class" else field
    assert getattr(one, name) == getattr(without, name)


@pytest.mark.parametrize(
    ("samples", "kept"),
    [
        ({"y": [1.0], "predictions": [2.0]}, True),
        ({"y": [1.0, 2.0], "predictions": [2.0]}, False),
        ({"y": [], "predictions": []}, False),
        ({"y": None, "predictions": [2.0]}, False),
        ({"y": [1.0], "predictions": None}, False),
        ({"y": "x", "predictions": [2.0]}, False),
        (3, False),
    ],
)
def test_samples_need_as_many_answers_as_targets_and_one_at_least(samples, kept):
    (one,) = read(network("model_1", held_out=samples)).networks
    assert (one.held_out is not None) is kept


def test_hostile_sizes_are_bounded():
    many = read(*[network(f"m{n}", layers=["x" * 200] * 501, shapes=[[1]] * 501) for n in range(51)],
                others=[other(f"o{n}") for n in range(51)])  # fmt: skip
    assert (len(many.networks), len(many.others)) == (50, 50)
    (one,) = read(network("m", layers=["x" * 200] * 501, shapes=[[1]] * 501, error="y" * 300, place="z" * 300)).networks
    assert (len(one.layers), len(one.layers[0]), len(one.shapes)) == (500, 80, 500)
    assert (one.error, one.place) == ("y" * 200 + "…", "z" * 100)
    assert len(read(network("m", **{"class": "C" * 300})).networks[0].class_name) == 200
    assert read(network("m"), asked=("a", 3, None, "b")).asked == ("a", "b")
    assert read_networks({"asked": "abc", "models": [network("m")], "others": 3}).asked == ()


@pytest.mark.parametrize("value", [[], np.full(60, np.inf), None, "x"])
def test_only_finite_predictions_are_compared(value):
    (one,) = read({**GOOD, "predictions": value}).networks
    assert one.finite_predictions is None


@pytest.mark.parametrize(
    ("predictions", "told"),
    [
        (np.full(60, np.inf), "`model_1` answers NaN or infinity."),
        ([], "`model_1` does not answer with one number for each input."),
        (None, "`model_1` gave no answers."),
    ],
)
def test_each_silence_has_its_sentence(predictions, told):
    (one,) = read({**GOOD, "predictions": predictions}).networks
    assert str(one.say_silence(tells=True)) == told


# ---- what counts as one network, as learned, as built ---------------------------------------------------------------


def test_answers_count_as_the_same_up_to_a_ten_thousandth_of_the_wider_spread():
    def kinds(first, second):
        one, two = network("model_1", first), network("model_2", second, width=99)
        return find_on_models(DISTINCT, one, two).status == "met"

    line = np.linspace(0.0, 1.0, 60)
    narrow = 0.5 + 1e-9 * line
    near = np.where(np.arange(60) == 7, 1e-4, 0.0)
    assert not kinds(line, line + 0.99 * near)
    assert kinds(line, line + 1.01 * near)
    assert kinds(line, narrow)
    assert kinds(narrow, line)
    assert not kinds(np.full(60, 5.0), np.full(60, 5.0 + 1e-13))
    assert kinds(np.full(60, 5.0), np.full(60, 5.1))
    assert kinds(line, line[:30])
    assert kinds(1e3 * line, 1e3 * line + 50 * near * 1e4)


def test_networks_whose_answers_are_not_finite_are_not_called_the_same():
    broken = np.full(60, np.nan)
    assert find_on_models(DISTINCT, network("model_1", broken), network("model_2", CURVE, width=9)).status == "met"
    assert find_on_models(DISTINCT, network("model_1", broken), network("model_2", broken, width=9)).status == "met"


def test_a_network_without_known_layers_is_compared_by_its_answers():
    bare = {"layers": [], "shapes": []}
    one, two = network("model_1", **bare), network("model_2", CURVE + np.cos(GRID), **bare)
    assert find_on_models(DISTINCT, one, two).status == "met"
    one, two = (network(n, CURVE + k * np.cos(GRID), shapes=[]) for k, n in enumerate(("model_1", "model_2")))
    assert find_on_models(DISTINCT, one, two).status == "missed"


def test_groups_of_alike_networks_are_counted_apart():
    pairs = [network(f"m{n}", CURVE + 0.1 * n * np.cos(GRID), width=8 + n // 2) for n in range(4)]
    finding = find_on_models({"distinct": {"at_least": 3}}, *pairs)
    assert finding.earned == 2
    assert str(finding.because).startswith("Your 4 networks count as 2, but 3 different ones are required.")


def test_who_has_enough_kinds_reads_nothing_of_those_that_are_alike():
    told = str(find_on_models(DISTINCT, *three()[:2], network("model_3", width=8)).because)
    assert told == "Your networks differ in how they are built and in what they answer."


def test_eight_layers_are_listed():
    deep = [network(f"model_{n}", CURVE * n, layers=[*"abcdefghij"]) for n in (1, 2)]
    assert "of the same sizes (a, b, c, d, e, f, g, h)." in str(find_on_models(DISTINCT, *deep).because)


@pytest.mark.parametrize(
    ("layers", "activates", "is_stack"),
    [
        (["Linear", "Linear"], None, True),
        (["Linear", "Linear"], False, True),
        (["Linear", "Linear"], True, False),
        (["Linear"], False, False),
        (["Linear", "GELU", "Linear"], None, False),
    ],
)
def test_a_stack_is_two_linear_layers_with_nothing_between_them(layers, activates, is_stack):
    line = network("model_1", 0.3 * GRID, layers=layers, activates=activates)
    told = str(find_on_models({"nonlinear": {"at_least": 1}}, line).because)
    assert ("are one linear layer" in told) is is_stack


def test_of_silent_networks_three_are_named():
    silent = [network(f"model_{n}", predictions=None, error="") for n in range(1, 5)]
    for one in silent:
        one["predictions"] = None
    for expect in (NONLINEAR, DISTINCT):
        assert str(find_on_models(expect, *silent).because).count("gave no answers") == 3


def test_a_network_that_bends_just_as_much_as_is_too_little_does_not_count():
    zigzag = np.array([1.0, 2.0, 1.0])
    probe = {"models": {"names": ["model_1"]}, "predict": {"grid": [0.0, 2.0, 3]}}
    value = answered({"asked": ["model_1"], "models": [network("model_1", zigzag)]})
    for more_than, status in ((0.999, "met"), (1.0, "missed")):
        rubric = rubric_of({"nonlinear": {"at_least": 1, "more_than": more_than}}, probe)
        assert score(run_of({"asked": value}), rubric, {})[0].status == status


def test_to_halve_the_error_exactly_is_to_be_better_by_two():
    half = network("model_1", CURVE + 1.0, untrained=CURVE + 2.0)
    for better_by, status in ((4.0, "met"), (4.01, "missed")):
        expect = {"trained": {"at_least": 1, "better_by": better_by, "to": TRUTH}}
        assert find_on_models(expect, half).status == status


def test_a_network_without_answers_has_not_learned_and_says_why():
    for predictions in (None, CURVE[:30]):
        finding = find_on_models({"trained": {"at_least": 1, "to": TRUTH}}, {**GOOD, "predictions": predictions})
        assert (finding.status, finding.diagnosis) == ("missed", None)
        assert "Your one network has not learned, but 1 is required. `model_1` " in str(finding.because)


@pytest.mark.parametrize("untrained", [None, np.zeros(30), np.full(60, np.nan)])
def test_a_copy_that_cannot_be_compared_leaves_the_network_to_a_person(untrained):
    finding = find_on_models({"trained": {"at_least": 1, "to": TRUTH}}, {**GOOD, "untrained": untrained})
    assert finding.status == "unscored"


def test_of_networks_that_have_not_learned_three_are_said_and_none_that_has():
    lazy = [network(f"model_{n}", 0.0 * GRID + 0.01) for n in range(2, 6)]
    told = str(find_on_models({"trained": {"at_least": 2, "to": TRUTH}}, GOOD, *lazy).because)
    assert told.count("Before training the error of") == 3
    assert "`model_1`" not in told
    told = str(find_on_models({"trained": {"at_least": 1, "to": TRUTH}}, GOOD, *lazy).because)
    assert "Before training the error of `model_1` was" in told
    assert told.count("Before training") == 1


def test_what_is_not_as_required_is_said_of_three_networks_and_numbers_are_hidden():
    four = [network(f"m{n}", layers=["Linear"]) for n in range(4)]
    assert str(find_on_models(BUILT, *four).because).count("has no layer `Tanh`") == 3
    expect = {"built": {"parameters": 3}}
    assert str(find_on_models(expect, GOOD, hidden=True).because).startswith(
        "`model_1` has 49 parameters, which is not the required number."
    )
    told = str(find_on_models(expect, {**GOOD, "parameters": None}).because)
    assert told.startswith("The parameters of `model_1` could not be counted.")
    layers = [f"Layer{n}" for n in range(10)]
    told = str(find_on_models(BUILT, network("model_1", layers=layers)).because)
    assert "`Layer7` and 2 more." in told
