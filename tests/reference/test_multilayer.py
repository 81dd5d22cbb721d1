import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reference.activations import relu, sigmoid, tanh
from reference.multilayer import collapse, predict
from reference.perceptron import prepend_one, step


def drawn(seed, samples=20, inputs=3, units=8, outputs=2):
    random = np.random.default_rng(seed)
    return (
        random.normal(size=(samples, inputs)),
        random.normal(size=(units, 1 + inputs)),
        random.normal(size=(outputs, units)),
    )


@pytest.mark.parametrize(("activation", "layer"), [(sigmoid, "Sigmoid"), (tanh, "Tanh"), (relu, "ReLU")])
def test_the_output_is_torchs(activation, layer):
    x, hidden, output = drawn(0)
    first, second = torch.nn.Linear(3, 8).double(), torch.nn.Linear(8, 2, bias=False).double()
    with torch.no_grad():
        first.bias.copy_(torch.tensor(hidden[:, 0]))
        first.weight.copy_(torch.tensor(hidden[:, 1:]))
        second.weight.copy_(torch.tensor(output))
    oracle = torch.nn.Sequential(first, getattr(torch.nn, layer)(), second)(torch.tensor(x))
    np.testing.assert_allclose(predict(x, hidden, output, activation), oracle.detach().numpy(), atol=1e-12)


def test_it_is_the_sum_of_the_slide_written_out():
    x, hidden, output = drawn(1, samples=4)
    for sample, y in zip(x, predict(x, hidden, output, sigmoid), strict=True):
        u = [sigmoid(w[0] + sum(w[i + 1] * sample[i] for i in range(3))) for w in hidden]
        np.testing.assert_allclose(y, [sum(v[j] * u[j] for j in range(8)) for v in output])


@given(seed=st.integers(0, 10**6))
def test_without_a_bend_two_layers_are_one(seed):
    x, hidden, output = drawn(seed)
    two = predict(x, hidden, output, activation=lambda z: z)
    np.testing.assert_allclose(two, prepend_one(x) @ collapse(hidden, output).T, atol=1e-12)


@given(seed=st.integers(0, 10**6))
def test_without_a_bend_the_middle_of_two_inputs_gives_the_middle_of_their_outputs(seed):
    x, hidden, output = drawn(seed)
    outer = predict(x[:2], hidden, output, activation=lambda z: z)
    middle = predict(x[:2].mean(axis=0, keepdims=True), hidden, output, activation=lambda z: z)
    np.testing.assert_allclose(middle[0], outer.mean(axis=0), atol=1e-12)


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu])
def test_with_a_bend_no_single_layer_does_the_same(activation):
    x, hidden, output = drawn(2, samples=200)
    y = predict(x, hidden, output, activation)
    best, *_ = np.linalg.lstsq(prepend_one(x), y, rcond=None)
    assert np.abs(prepend_one(x) @ best - y).max() > 0.05 * np.ptp(y)


def test_with_a_step_for_a_bend_it_does_exclusive_or():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    hidden, output = np.array([[-0.5, 1, 1], [-1.5, 1, 1]]), np.array([[1, -1]])
    np.testing.assert_array_equal(predict(corners, hidden, output, step)[:, 0], [0, 1, 1, 0])


def test_weights_without_the_bias_are_refused():
    with pytest.raises(
        ValueError, match=r"x of \(5, 3\) takes W of \(h, 4\) and V of \(k, h\); these are \(8, 3\) and \(1, 8\)"
    ):
        predict(np.zeros((5, 3)), np.zeros((8, 3)), np.zeros((1, 8)), relu)
