"""Trained networks are found by name or by what they are, and answer without being changed."""

import types

import numpy as np
import pytest
import torch
from torch import nn

from grader.inside import found_networks

QUESTION = {
    "names": ["model_1", "model_2"],
    "predict": [0.0, 1.0, 2.0],
    "inputs": 1,
    "outputs": 1,
    "parameters": [3, None],
}


def mlp(width=4, inputs=1, outputs=1):
    return nn.Sequential(nn.Linear(inputs, width), nn.Tanh(), nn.Linear(width, outputs))


def found(namespace, **changed):
    inputs = np.zeros((3, 1))
    return [(one.name, one.how) for one in found_networks.select({**QUESTION, **changed}, namespace, inputs)]


def described(namespace, **changed):
    return found_networks.answer({**QUESTION, **changed}, namespace)["models"]


def test_networks_of_the_asked_names_are_taken_and_no_others():
    namespace = {"model_2": mlp(), "model_1": mlp(), "spare": mlp()}
    assert found(namespace) == [("model_1", "by name"), ("model_2", "by name")]


def test_where_a_name_is_missing_the_others_are_found_by_type():
    namespace = {"model_1": mlp(), "net": mlp(), "again": mlp()}
    assert found(namespace) == [("model_1", "by name"), ("net", "by type"), ("again", "by type")]


def test_a_variable_of_the_asked_name_that_is_no_network_counts_as_missing():
    assert found({"model_1": "a string", "net": mlp()}) == [("net", "by type")]


def test_networks_in_lists_and_dicts_are_found_with_the_place_they_have_there():
    namespace = {"all": [mlp(), mlp()], "by_name": {"deep": mlp()}}
    assert [name for name, _ in found(namespace)] == ["all[0]", "all[1]", "by_name['deep']"]


class Trainer:
    def __init__(self, net):
        self.net, self.history = net, [1.0, 0.5]


class Shelf(nn.Module):
    def __init__(self, **nets):
        super().__init__()
        for name, net in nets.items():
            setattr(self, name, net)


Trainer.__module__ = "__main__"  # as a class is that a notebook's cell defines
OWN = types.SimpleNamespace


def placed(namespace, **changed):
    return [(one["name"], one["place"], one["found"]) for one in described(namespace, **changed)]


@pytest.mark.parametrize(
    ("namespace", "places"),
    [
        ({"model_1": Trainer(mlp()), "model_2": Trainer(mlp())}, ["model_1.net", "model_2.net"]),
        ({"nets": {"model_1": mlp(), "model_2": mlp()}}, ["nets['model_1']", "nets['model_2']"]),
        ({"nets": nn.ModuleDict({"model_1": mlp(), "model_2": mlp()})}, ["nets['model_1']", "nets['model_2']"]),
        ({"nets": {"Model 1": mlp(), "model-2": mlp()}}, ["nets['Model 1']", "nets['model-2']"]),
        ({"a": [Trainer({"model_1": mlp(), "model_2": mlp()})]}, ["a[0].net['model_1']", "a[0].net['model_2']"]),
        ({"a": {"model_1": Trainer(mlp()), "model_2": (mlp(), [0.1])}}, ["a['model_1'].net", "a['model_2'][0]"]),
        ({"shelf": Shelf(model_1=mlp(), model_2=mlp())}, ["shelf.model_1", "shelf.model_2"]),
        ({"here": OWN(model_1=mlp(), model_2=mlp())}, ["here.model_1", "here.model_2"]),
        ({"model_1": {"net": mlp(), "loss": 0.1}, "model_2": [mlp()]}, ["model_1['net']", "model_2[0]"]),
    ],
)  # fmt: skip
def test_a_name_counts_wherever_it_stands_and_the_place_is_told(namespace, places):
    assert placed(namespace) == [(f"model_{n}", place, "by name") for n, place in enumerate(places, start=1)]


@pytest.mark.parametrize(
    ("namespace", "places"),
    [
        ({"nets": nn.ModuleList([mlp(), mlp()])}, ["nets[0]", "nets[1]"]),
        ({"nets": (mlp(), mlp())}, ["nets[0]", "nets[1]"]),
        ({"trainers": [Trainer(mlp()), Trainer(mlp())]}, ["trainers[0].net", "trainers[1].net"]),
        ({"all": {"a": {"b": mlp()}, "c": [mlp()]}}, ["all['a']['b']", "all['c'][0]"]),
        ({"trainer": Shelf(net=mlp(), loss=nn.MSELoss())}, ["trainer.net"]),
    ],
)  # fmt: skip
def test_without_a_name_networks_are_found_in_containers_and_wrappers_by_type(namespace, places):
    assert placed(namespace) == [(place, place, "by type") for place in places]


def test_a_list_under_an_asked_name_that_holds_several_networks_names_none_of_them():
    assert found({"model_1": [mlp(), mlp()]}) == [("model_1[0]", "by type"), ("model_1[1]", "by type")]


def test_a_named_network_that_gives_no_answers_does_not_keep_others_from_being_found():
    assert found({"model_1": mlp(inputs=3), "model_2": mlp(), "net": mlp()}) == [
        ("model_1", "by name"), ("model_2", "by name"), ("net", "by type"),
    ]  # fmt: skip


def test_a_million_numbers_in_lists_do_not_hide_a_network_or_take_long():
    assert found({"data": [[0.0] * 1000] * 1000, "net": mlp()}) == [("net", "by type")]


class FakeRegressor:
    def fit(self, x, y):
        return self

    def predict(self, x):
        return x[:, 0] * 2


FakeRegressor.__module__ = "sklearn.neural_network"


class OwnNumpyNet:
    def __init__(self):
        self.weights = [np.ones((1, 4)), np.ones((4, 1))]

    def forward(self, x):
        return np.maximum(x @ self.weights[0], 0) @ self.weights[1]


OwnNumpyNet.__module__ = "__main__"


def others(namespace):
    told = found_networks.answer({**QUESTION, "names": ["model_1"]}, namespace)["others"]
    return [(one["name"], one["class"], one["library"], one["may_be"]) for one in told]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (FakeRegressor(), ("FakeRegressor", "sklearn", True)),
        (OwnNumpyNet(), ("OwnNumpyNet", "__main__", True)),
        ({"W1": np.ones((1, 4)), "b1": np.ones(4)}, ("dict", "builtins", True)),
        (lambda x: 2 * x, ("function", "builtins", True)),
        ("a name", ("str", "builtins", False)),
        (np.ones(3), ("ndarray", "numpy", False)),
        (nn.Linear, ("type", "builtins", False)),
        (None, ("NoneType", "builtins", False)),
    ],
)
def test_what_stands_under_an_asked_name_and_is_no_network_of_torch_is_told(value, told):
    assert others({"model_1": value}) == [("model_1", *told)]


def test_what_can_predict_is_told_only_where_names_are_missing():
    assert others({"forest": FakeRegressor(), "mine": OwnNumpyNet(), "f": lambda x: x}) == [
        ("forest", "FakeRegressor", "sklearn", True),
        ("mine", "OwnNumpyNet", "__main__", True),
    ]
    assert others({"model_1": mlp(), "forest": FakeRegressor()}) == []


def test_another_librarys_network_brings_its_numbers_where_it_has_some():
    told = found_networks.answer({**QUESTION, "names": ["model_1"]}, {"model_1": FakeRegressor()})["others"]
    assert told[0]["predictions"].tolist() == [0.0, 2.0, 4.0]


class Functional(nn.Module):
    def __init__(self, act):
        super().__init__()
        self.first, self.second, self.act = nn.Linear(1, 4), nn.Linear(4, 1), act

    def forward(self, x):
        return self.second(self.act(self.first(x)))


@pytest.mark.parametrize(
    ("act", "seen"),
    [
        (torch.nn.functional.relu, True),
        (torch.tanh, True),
        (torch.sin, True),
        (lambda h: h.clamp(min=0), True),
        (lambda h: torch.where(h > 0, h, 0), True),
        (lambda h: torch.maximum(h, torch.zeros(1)), True),
        (lambda h: h, False),
        (lambda h: h + 1, False),
    ],
)
def test_an_activation_that_is_a_function_in_forward_is_seen(act, seen):
    (one,) = described({"model_1": Functional(act)}, names=["model_1"])
    assert one["activates"] is seen


def test_what_scripted_code_calls_is_not_seen_and_nothing_is_said_of_it():
    (one,) = described(
        {"model_1": torch.jit.script(nn.Sequential(nn.Linear(1, 2), nn.Linear(2, 1)))}, names=["model_1"]
    )
    assert one["activates"] is None


def test_one_network_under_two_names_is_one_network():
    net = mlp()
    assert found({"net": net, "same": net}) == [("net", "by type")]


def test_a_part_of_a_network_is_not_another_network():
    net = mlp()
    assert found({"net": net, "first_layer": net[0]}) == [("net", "by type")]


@pytest.mark.parametrize(
    ("net", "changed"),
    [
        (nn.MSELoss(), {}),
        (nn.Linear(1, 1), {}),
        (mlp(inputs=2), {}),
        (mlp(outputs=2), {}),
        (mlp(width=50), {"parameters": [3, 100]}),
        (mlp(), {"has": ["ReLU"]}),
        (mlp(), {"has_not": ["Tanh"]}),
    ],
)
def test_what_maps_something_else_or_is_made_otherwise_does_not_fit(net, changed):
    assert found({"net": net}, **changed) == []


def test_a_network_answers_in_evaluation_mode_and_keeps_its_mode_and_parameters():
    net = nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.9), nn.Linear(8, 1)).train()
    before = [parameter.clone() for parameter in net.parameters()]
    (one,) = described({"model_1": net}, names=["model_1"])
    net.eval()
    with torch.no_grad():
        expected = net(torch.tensor([[0.0], [1.0], [2.0]])).numpy()[:, 0]
    net.train()
    assert np.allclose(one["predictions"], expected)
    assert net.training
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    assert all(parameter.grad is None for parameter in net.parameters())


def test_a_network_of_double_precision_is_asked_in_its_own():
    (one,) = described({"model_1": mlp().double()}, names=["model_1"])
    assert one["error"] == ""
    assert one["predictions"].shape == (3,)


def test_a_network_that_raises_is_told_with_its_error():
    class Broken(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(1, 1)

        def forward(self, x):
            raise ValueError("not today")

    (one,) = described({"model_1": Broken()}, names=["model_1"])
    assert (one["predictions"], one["error"]) == (None, "ValueError: not today")


def test_a_network_that_answers_in_another_shape_is_told_which():
    class Flat(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(1))

        def forward(self, x):
            return (self.weight * x).sum()

    (one,) = described({"model_1": Flat()}, names=["model_1"])
    assert one["error"] == "for inputs of shape (3, 1) it returns the shape ()"


def test_the_untrained_copy_answers_as_a_fresh_network_does_and_the_trained_one_is_left_alone():
    net = nn.Linear(1, 1)
    with torch.no_grad():
        net.weight.fill_(100.0)
        net.bias.fill_(0.0)
    untrained = found_networks.predict_untrained(net, np.array([[1.0]]))
    assert abs(untrained[0]) < 3.0
    assert net.weight.item() == 100.0


def test_parameters_that_no_layer_owns_have_no_untrained_copy():
    class Line(nn.Module):
        def __init__(self):
            super().__init__()
            self.slope = nn.Parameter(torch.ones(1))

        def forward(self, x):
            return self.slope * x

    assert found_networks.predict_untrained(Line(), np.array([[1.0]])) is None


def test_held_out_data_come_with_what_the_network_says_of_them():
    namespace = {"model_1": nn.Linear(1, 1), "x_held": torch.ones(5, 1), "y_held": np.zeros(5)}
    (one,) = described(namespace, names=["model_1"], held_out=["x_held", "y_held"])
    assert one["held_out"]["x"].shape == (5, 1)
    assert one["held_out"]["y"].shape == one["held_out"]["predictions"].shape == (5,)


@pytest.mark.parametrize("spoiled", [{"x_held": 3.0}, {"y_held": np.zeros(4)}, {"x_held": "text"}, {"y_held": None}])
def test_held_out_data_that_are_none_are_left_out(spoiled):
    namespace = {"model_1": nn.Linear(1, 1), "x_held": torch.ones(5, 1), "y_held": np.zeros(5), **spoiled}
    (one,) = described(namespace, names=["model_1"], held_out=["x_held", "y_held"])
    assert one["held_out"] is None


def test_no_more_than_two_dozen_networks_are_looked_at():
    namespace = {f"net_{number}": mlp() for number in range(30)}
    assert len(described(namespace)) == found_networks.MOST == 24


class Flat(nn.Module):
    """A network that answers with (N,)."""

    def __init__(self):
        super().__init__()
        self.layers = mlp()

    def forward(self, x):
        return self.layers(x).squeeze(-1)


def test_a_network_that_answers_with_n_numbers_is_told_from_one_that_answers_with_n_rows():
    flat, rows = described({"model_1": Flat(), "model_2": mlp()})
    assert (flat["answers_flat"], rows["answers_flat"]) == (True, False)
    assert flat["predictions"].shape == rows["predictions"].shape == (3,)


def test_a_network_that_answers_only_once_is_described_all_the_same():
    class Once(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers, self.calls = mlp(), 0

        def forward(self, x):
            self.calls += 1
            if self.calls > 1:
                raise RuntimeError("only once")
            return self.layers(x)

    (once,) = described({"model_1": Once()}, names=["model_1"])
    assert once["predictions"].shape == (3,)
    assert once["answers_flat"] is False


def test_the_samples_that_a_network_was_trained_on_are_answered_beside_the_targets():
    net = mlp()
    x, y = torch.rand(5, 1), torch.rand(5, 1)
    (told,) = described({"model_1": net, "a": x, "b": y}, names=["model_1"], trained_on=["a", "b"])
    np.testing.assert_allclose(told["trained_on"]["y"], y.ravel(), rtol=1e-6)
    np.testing.assert_allclose(told["trained_on"]["predictions"], net(x).detach().ravel(), rtol=1e-5)
    (told,) = described({"model_1": net}, names=["model_1"], trained_on=["a", "b"])
    assert "trained_on" not in told
