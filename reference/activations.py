"""Activation functions: the bend between two layers, without which they would be one (`multilayer`).

    sigmoid   σ(x) = 1 / (1 + exp(-x))       from 0 to 1        σ'    = σ (1 - σ), at most 1/4
    tanh      2 σ(2 x) - 1                   from -1 to 1       tanh' = 1 - tanh², at most 1
    ReLU      max(0, x)                      from 0             0 or 1

The first two *saturate*: far from 0 their slope is nearly 0, and a gradient that passes through several of them fades.
ReLU passes it on whole or not at all; many units are exactly 0 (sparse), and it costs a comparison. It has no slope at
0, so one is chosen: 0, as torch does.
"""

from __future__ import annotations

import numpy as np


def sigmoid(x: np.ndarray) -> np.ndarray:
    """σ(x) = 1 / (1 + exp(-x)), written so that no exponential overflows.

    Source: lecture 1, "Activation function". Agrees with `torch.sigmoid`.

    Parameters
    ----------
    x : any shape float

    Returns
    -------
    y : the shape of x float64, from 0 to 1

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, np.log(3.0)]))
    array([0.  , 0.5 , 0.75])
    """
    exponential = np.exp(-np.abs(x))  # at most 1, whatever the sign
    return np.asarray(np.where(np.asarray(x) >= 0, 1.0, exponential) / (1 + exponential))


def sigmoid_derivative(x: np.ndarray) -> np.ndarray:
    """σ'(x) = σ(x) (1 - σ(x)).

    Source: the chain rule on σ. Agrees with torch's autograd.

    Parameters
    ----------
    x : any shape float

    Returns
    -------
    slope : the shape of x float64

    Examples
    --------
    >>> sigmoid_derivative(np.array([0.0, 1000.0]))
    array([0.25, 0.  ])
    """
    y = sigmoid(x)
    return np.asarray(y * (1 - y))


def tanh(x: np.ndarray) -> np.ndarray:
    """tanh(x) = 2 σ(2 x) - 1: the sigmoid, twice as steep, moved to lie about 0.

    Source: lecture 1, "Activation function". Agrees with `torch.tanh` to 1e-15; near 0, where that keeps its relative
    precision, this one loses digits to the subtraction.

    Parameters
    ----------
    x : any shape float

    Returns
    -------
    y : the shape of x float64, from -1 to 1

    Examples
    --------
    >>> tanh(np.array([-1000.0, 0.0, np.log(3.0)]))
    array([-1. ,  0. ,  0.8])
    """
    return np.asarray(2 * sigmoid(2 * np.asarray(x)) - 1)


def tanh_derivative(x: np.ndarray) -> np.ndarray:
    """tanh'(x) = 1 - tanh(x)².

    Source: the chain rule on 2 σ(2 x) - 1. Agrees with torch's autograd.

    Parameters
    ----------
    x : any shape float

    Returns
    -------
    slope : the shape of x float64

    Examples
    --------
    >>> tanh_derivative(np.array([0.0, 1000.0]))
    array([1., 0.])
    """
    return np.asarray(1 - tanh(x) ** 2)


def relu(x: np.ndarray) -> np.ndarray:
    """max(0, x).

    Source: lecture 1, "Rectified linear unit". Agrees with `torch.relu`.

    Parameters
    ----------
    x : any shape float

    Returns
    -------
    y : the shape of x float64, 0 or more

    Examples
    --------
    >>> relu(np.array([-3.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return np.asarray(np.maximum(0.0, x))


def relu_derivative(x: np.ndarray) -> np.ndarray:
    """1 where x is above 0, and 0 elsewhere, at 0 too.

    Source: lecture 1, "Rectified linear unit". Agrees with torch's autograd.

    Parameters
    ----------
    x : any shape float

    Returns
    -------
    slope : the shape of x float64

    Examples
    --------
    >>> relu_derivative(np.array([-3.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    return np.where(np.asarray(x) > 0, 1.0, 0.0)
