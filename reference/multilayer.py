"""More layers: a network in two lines of matrices.

Each unit of the hidden layer is a weighted sum and a bend, u_j = σ(sum over i of w_ji x_i), with x_0 = 1 for the bias.
One row of W for each unit, and the whole layer is one product; the output is another:

    u = σ(W x),     y = V u.                                                                                         (1)

Leave the bend out, σ(z) = z, and y = V (W x) = (V W) x: V W is one matrix, the network one layer, and what it computes
a linear function. Nothing was gained by the second layer. The bend is what makes layers worth stacking.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.perceptron import prepend_one

Activation = Callable[[np.ndarray], np.ndarray]


def predict(x: np.ndarray, hidden: np.ndarray, output: np.ndarray, activation: Activation) -> np.ndarray:
    """The network's output for each sample: eq. 1 of this file, for many x at once, one a row.

    Source: lecture 1, "More layers". Agrees with `torch.nn.Linear(d, h)`, the activation, and
    `torch.nn.Linear(h, k, bias=False)`, whose weights are W without its first column, that column, and V.

    Parameters
    ----------
    x : (N, d) float
    hidden : (h, 1 + d) float: W, the biases first
    output : (k, h) float: V
    activation : function of an array, element by element

    Returns
    -------
    y : (N, k) float64

    Raises
    ------
    ValueError
        The shapes do not fit.

    Examples
    --------
    |x| from two ReLUs, one for each side:

    >>> from reference.activations import relu
    >>> W = np.array([[0.0, 1.0], [0.0, -1.0]])
    >>> V = np.array([[1.0, 1.0]])
    >>> predict(np.array([[-3.0], [0.0], [2.0]]), W, V, relu).ravel()
    array([3., 0., 2.])
    """
    x_with_one = prepend_one(x)
    if hidden.shape[1] != x_with_one.shape[1] or output.shape[1] != hidden.shape[0]:
        raise ValueError(
            f"x of {np.shape(x)} takes W of (h, {x_with_one.shape[1]}) and V of (k, h); "
            f"these are {hidden.shape} and {output.shape}"
        )
    u = activation(x_with_one @ hidden.T)
    return np.asarray(u @ output.T)


def collapse(hidden: np.ndarray, output: np.ndarray) -> np.ndarray:
    """The one layer that computes the same as two without an activation: V W.

    Source: lecture 1, "Activation function: do we need one?"

    Parameters
    ----------
    hidden : (h, 1 + d) float: W, the biases first
    output : (k, h) float: V

    Returns
    -------
    weights : (k, 1 + d) float64, the biases first

    Examples
    --------
    >>> collapse(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0]]))
    array([[-2., -2.]])
    """
    return np.asarray(output @ hidden)
