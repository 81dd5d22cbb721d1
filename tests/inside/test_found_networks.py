"""Trained networks are found by name or by what they are, and answer without being changed."""

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
    return [(name, how) for name, how, _ in found_networks.select({**QUESTION, **changed}, namespace)]


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
