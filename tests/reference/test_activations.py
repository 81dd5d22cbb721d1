import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reference.activations import relu, relu_derivative, sigmoid, sigmoid_derivative, tanh, tanh_derivative

X = np.concatenate([np.linspace(-30, 30, 1201), [-1e3, 1e3, 0.0, -0.0, 1e-9]])
PAIRS = [
    (sigmoid, sigmoid_derivative, torch.sigmoid),
    (tanh, tanh_derivative, torch.tanh),
    (relu, relu_derivative, torch.relu),
]


@pytest.mark.parametrize(("function", "derivative", "oracle"), PAIRS)
def test_values_are_torchs_and_slopes_are_autograds(function, derivative, oracle):
    x = torch.tensor(X, requires_grad=True)
    y = oracle(x)
    y.sum().backward()
    np.testing.assert_allclose(function(X), y.detach().numpy(), atol=1e-15)
    np.testing.assert_allclose(derivative(X), x.grad.numpy(), atol=1e-15)


@given(hnp.arrays(np.float64, 5, elements=st.floats(-700, 700)))
def test_tanh_is_a_sigmoid_twice_as_steep_about_0(x):
    np.testing.assert_allclose(np.tanh(x), 2 * sigmoid(2 * x) - 1, atol=1e-15)


@given(hnp.arrays(np.float64, 5, elements=st.floats(-1e308, 1e308)))
def test_no_input_overflows_and_outputs_stay_in_their_range(x):
    with np.errstate(all="raise", under="ignore"):
        assert ((sigmoid(x) >= 0) & (sigmoid(x) <= 1)).all()
        assert ((tanh(x / 2) >= -1) & (tanh(x / 2) <= 1)).all()
        assert (relu(x) >= 0).all()


def test_through_ten_layers_a_sigmoids_gradient_fades_and_a_relus_does_not():
    assert sigmoid_derivative(X).max() == 0.25
    assert sigmoid_derivative(np.array(0.0)) ** 10 < 1e-6
    assert relu_derivative(np.array(3.0)) ** 10 == 1


@pytest.mark.parametrize("function", [f for f, _, _ in PAIRS])
def test_it_acts_on_each_number_by_itself(function):
    grid = X[:1200].reshape(30, 40)
    np.testing.assert_array_equal(function(grid).ravel(), function(grid.ravel()))
    assert function(np.array([1, -2])).dtype == np.float64
