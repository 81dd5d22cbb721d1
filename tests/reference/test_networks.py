import itertools

import numpy as np
import pytest
import torch

from reference.networks import DeepNetwork, SmoothNetwork, WideNetwork, count_parameters, train
from reference.regression import f, samples

NETWORKS = {SmoothNetwork: [1, 16, 1], DeepNetwork: [1, 32, 32, 1], WideNetwork: [1, 128, 1]}


@pytest.mark.parametrize(("make", "widths"), NETWORKS.items())
def test_a_layer_has_a_weight_for_each_pair_of_units_and_a_bias_for_each_unit(make, widths):
    expected = sum((m + 1) * n for m, n in itertools.pairwise(widths))
    assert count_parameters(make()) == expected
    assert torch.nn.utils.parameters_to_vector(make().parameters()).shape == (expected,)


def test_frozen_parameters_are_not_counted():
    model = SmoothNetwork()
    model.hidden.requires_grad_(False)
    assert count_parameters(model) == 17


@pytest.mark.parametrize("make", NETWORKS)
def test_each_network_learns_the_unknown_function_from_the_samples(make):
    torch.manual_seed(0)
    x, y = (torch.tensor(values, dtype=torch.float32).reshape(-1, 1) for values in samples())
    model = make()
    losses = train(model, x[:120], y[:120])
    grid = np.linspace(-3, 3, 400)
    with torch.no_grad():
        predictions = model(torch.tensor(grid, dtype=torch.float32).reshape(-1, 1)).numpy()[:, 0]
    assert len(losses) == 800
    assert losses[0] > 0.3
    assert np.mean((predictions - f(grid)) ** 2) < 0.02


def test_without_the_bend_a_network_is_the_best_straight_line_at_most():
    torch.manual_seed(0)
    x, y = (torch.tensor(values, dtype=torch.float32).reshape(-1, 1) for values in samples())
    stack = torch.nn.Sequential(torch.nn.Linear(1, 32), torch.nn.Linear(32, 1))
    loss = train(stack, x, y)[-1]
    slope, offset = np.polyfit(x[:, 0], y[:, 0], 1)
    assert loss == pytest.approx(float(np.mean((slope * x.numpy() + offset - y.numpy()) ** 2)), rel=1e-3)


@pytest.mark.parametrize("make", NETWORKS)
def test_each_network_does_what_torch_does_with_the_same_layers(make):
    model = make()
    bend = torch.nn.Tanh() if make is SmoothNetwork else torch.nn.ReLU()
    layers = [layer for child in model.children() for layer in (child, bend)][:-1]
    x = torch.linspace(-3, 3, 11).reshape(-1, 1)
    torch.testing.assert_close(model(x), torch.nn.Sequential(*layers)(x))
