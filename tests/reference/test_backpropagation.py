import itertools

import numpy as np
import pytest
import torch

from reference.activations import relu, relu_derivative, sigmoid, sigmoid_derivative, tanh, tanh_derivative
from reference.backpropagation import forward, loss_and_gradients

BENDS = [
    (sigmoid, sigmoid_derivative, torch.sigmoid),
    (tanh, tanh_derivative, torch.tanh),
    (relu, relu_derivative, torch.relu),
]


def drawn(widths, samples=12, seed=0):
    random = np.random.default_rng(seed)
    weights = [random.normal(0, 0.7, (after, 1 + before)) for before, after in itertools.pairwise(widths)]
    return weights, random.normal(size=(samples, widths[0])), random.normal(size=(samples, widths[-1]))


def by_autograd(weights, x, y, bend):
    layers = [torch.tensor(layer, requires_grad=True) for layer in weights]
    outputs = torch.tensor(x)
    for i, layer in enumerate(layers):
        sums = torch.nn.functional.linear(outputs, layer[:, 1:], layer[:, 0])
        outputs = bend(sums) if i < len(layers) - 1 else sums
    loss = torch.nn.functional.mse_loss(outputs, torch.tensor(y))
    loss.backward()
    return outputs.detach().numpy(), loss.item(), [layer.grad.numpy() for layer in layers]


@pytest.mark.parametrize(("activation", "derivative", "bend"), BENDS)
@pytest.mark.parametrize("widths", [(3, 1), (1, 16, 1), (4, 5, 2), (2, 7, 3, 5, 2)])
def test_loss_and_gradients_are_autograds(activation, derivative, bend, widths):
    weights, x, y = drawn(widths)
    predictions, loss, gradients = by_autograd(weights, x, y, bend)
    np.testing.assert_allclose(forward(weights, x, activation).sums[-1], predictions, atol=1e-12)
    our_loss, our_gradients = loss_and_gradients(weights, x, y, activation, derivative)
    assert our_loss == pytest.approx(loss, rel=1e-12)
    assert len(our_gradients) == len(gradients)
    for ours, theirs in zip(our_gradients, gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_each_gradient_is_the_slope_that_one_measures():
    weights, x, y = drawn((2, 4, 3, 1))
    _, gradients = loss_and_gradients(weights, x, y, tanh, tanh_derivative)
    for layer in range(3):
        for place in np.ndindex(weights[layer].shape):
            losses = []
            for step in (1e-5, -1e-5):
                moved = [w.copy() for w in weights]
                moved[layer][place] += step
                losses.append(loss_and_gradients(moved, x, y, tanh, tanh_derivative)[0])
            assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(gradients[layer][place], abs=1e-8)


def test_walking_down_these_gradients_learns_exclusive_or():
    corners, answers = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1.0], [1.0], [0.0]])
    weights, _, _ = drawn((2, 4, 1), seed=3)
    for _ in range(2000):
        _, gradients = loss_and_gradients(weights, corners, answers, tanh, tanh_derivative)
        weights = [w - 0.2 * gradient for w, gradient in zip(weights, gradients, strict=True)]
    np.testing.assert_allclose(forward(weights, corners, tanh).sums[-1], answers, atol=0.02)


def test_neither_the_weights_nor_the_data_are_changed():
    weights, x, y = drawn((3, 4, 2))
    before = [w.copy() for w in weights], x.copy(), y.copy()
    loss_and_gradients(weights, x, y, relu, relu_derivative)
    for now, then in zip((*weights, x, y), (*before[0], *before[1:]), strict=True):
        np.testing.assert_array_equal(now, then)


def test_targets_of_another_shape_are_refused():
    weights, x, y = drawn((3, 4, 1))
    with pytest.raises(ValueError, match=r"predictions of \(12, 1\) and targets of \(12,\)"):
        loss_and_gradients(weights, x, y[:, 0], relu, relu_derivative)
