"""Backpropagation: the gradient of the loss in *all* weights, for the price of about two predictions.

A network is functions in a row, so the chain rule gives its derivative as a product. For  t = f(u), u = g(v), v = h(x):

    dt/dx = dt/du · du/dv · dv/dx.

Multiply from the left, from the loss back to the input, and each step is a vector times a matrix; the product so far is
shared by all the weights before it. For a layer  a = W x,  x' = σ(a),  given dL/dx' from the layer after it:

    dL/da = dL/dx' ⊙ σ'(a)        through the bend, number by number                                                (1)
    dL/dW = (dL/da) xᵀ            what this layer wanted to know                                                    (2)
    dL/dx = Wᵀ (dL/da)            what the layer before it needs                                                    (3)

a and x were computed on the way forward; keeping them is all the memory it takes.

Here samples are rows, so the products are written the other way round, and each W has the biases as its first column.
The last layer has no bend.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from reference.losses import mean_squared_error, mean_squared_error_gradient
from reference.perceptron import prepend_one

Elementwise = Callable[[np.ndarray], np.ndarray]


class Forward(NamedTuple):
    """What the way forward leaves for the way back, one entry a layer; samples are rows."""

    inputs: list[np.ndarray]
    """x of each layer, (N, 1 + units before), a 1 first."""
    sums: list[np.ndarray]
    """a = W x of each layer, (N, units); the last is the prediction."""


def forward(weights: Sequence[np.ndarray], x: np.ndarray, activation: Elementwise) -> Forward:
    """Every layer's inputs and sums.

    Source: lecture 1, "More layers".

    Parameters
    ----------
    weights : for each layer (units, 1 + units before) float, the biases first
    x : (N, d) float
    activation : function of an array, element by element

    Returns
    -------
    passed : inputs and sums of each layer, float64

    Raises
    ------
    ValueError
        x is not (N, d), or the shapes do not fit.

    Examples
    --------
    One unit that adds 1 and doubles, ReLU, and one that takes the negative:

    >>> from reference.activations import relu
    >>> passed = forward([np.array([[2.0, 2.0]]), np.array([[0.0, -1.0]])], np.array([[3.0], [-5.0]]), relu)
    >>> passed.sums[0].ravel(), passed.sums[1].ravel()
    (array([ 8., -8.]), array([-8.,  0.]))
    """
    passed = Forward(inputs=[], sums=[])
    outputs = x
    for layer in weights:
        passed.inputs.append(prepend_one(outputs))
        passed.sums.append(passed.inputs[-1] @ layer.T)
        outputs = activation(passed.sums[-1])
    return passed


def backward(
    weights: Sequence[np.ndarray], passed: Forward, prediction_gradient: np.ndarray, derivative: Elementwise
) -> list[np.ndarray]:
    """The gradient in each layer's weights, from the last layer to the first: eq. 1 to 3 of this file.

    Source: lecture 1, "Backpropagation". Agrees with torch's autograd to 1e-12.

    Parameters
    ----------
    weights : as for `forward`
    passed : from `forward`
    prediction_gradient : (N, outputs) float, dL/dy
    derivative : of the activation, element by element

    Returns
    -------
    gradients : for each layer an array of its weights' shape, float64

    Examples
    --------
    L = y of the network in `forward` at x = 3, that is -ReLU(2 + 2 x): dL/dx' = -1, so dL/dW = -(1, x) in the first
    layer, and the layer's input (1, 8) in the second.

    >>> from reference.activations import relu, relu_derivative
    >>> weights = [np.array([[2.0, 2.0]]), np.array([[0.0, -1.0]])]
    >>> passed = forward(weights, np.array([[3.0]]), relu)
    >>> backward(weights, passed, np.array([[1.0]]), relu_derivative)
    [array([[-1., -3.]]), array([[1., 8.]])]
    """
    gradients: list[np.ndarray] = []
    sum_gradient = prediction_gradient
    for layer in reversed(range(len(weights))):
        gradients.insert(0, sum_gradient.T @ passed.inputs[layer])
        if layer > 0:
            input_gradient = sum_gradient @ weights[layer][:, 1:]  # the 1 before the inputs is nobody's output
            sum_gradient = input_gradient * derivative(passed.sums[layer - 1])
    return gradients


def loss_and_gradients(
    weights: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray, activation: Elementwise, derivative: Elementwise
) -> tuple[float, list[np.ndarray]]:
    """The mean squared error of the network, and its gradient in all weights.

    Source: lecture 1, "Backpropagation": `forward`, then `backward` from the derivative of the loss.

    Parameters
    ----------
    weights, x, activation, derivative : as for `forward` and `backward`
    y : (N, outputs) float

    Returns
    -------
    loss : float, the square of y's unit
    gradients : for each layer an array of its weights' shape, float64

    Raises
    ------
    ValueError
        x is not (N, d), or the shapes do not fit.

    Examples
    --------
    >>> from reference.activations import tanh, tanh_derivative
    >>> zero = [np.zeros((2, 2)), np.zeros((1, 3))]
    >>> loss, gradients = loss_and_gradients(zero, np.array([[5.0]]), np.array([[3.0]]), tanh, tanh_derivative)
    >>> loss, gradients[1]
    (9.0, array([[-6.,  0.,  0.]]))
    """
    passed = forward(weights, x, activation)
    predictions = passed.sums[-1]
    gradients = backward(weights, passed, mean_squared_error_gradient(predictions, y), derivative)
    return mean_squared_error(predictions, y), gradients
