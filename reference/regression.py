"""Regression: learn a function from noisy samples by walking down the gradient of the squared error.

Two functions are learned in this exercise. The first is known to everybody, the line y = 2x + 1, so that one can see
whether the walk arrives. The second, `f`, is known to this file only: the notebook gives samples of it.

The walk is always the same one. With the mean squared error

    L(w, b) = 1/N * sum_i (w x_i + b - y_i)^2                                                                       (1)

each step moves the parameters against their gradient, by the rate lambda,

    w <- w - lambda dL/dw,     b <- b - lambda dL/db.                                                               (2)

On a small batch the gradient is noisy but cheap: that is stochastic gradient descent. The step is stable only while
lambda < 2 / (largest curvature of L). Here the curvature along w is 2 * mean(x^2), about 190 in a batch of the largest
x, so lambda = 0.01 is just small enough, and 0.05 makes the loss explode. `networks` goes on with functions that are
not straight.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

__all__ = ["LinearRegression", "LinearRegressionOwn", "ToyDataset", "f", "fit_line", "line", "samples"]

Array = NDArray[np.float64]


def line(x: Array) -> Array:
    """The first function, 2x + 1, at each x.

    Parameters
    ----------
    x : *any shape float64, unitless*

    Returns
    -------
    y : *the shape of x, float64, unitless*

    Examples
    --------
    >>> line(np.array([0.0, 1.0, 9.9]))
    array([ 1. ,  3. , 20.8])
    """
    return 2.0 * x + 1.0


def f(x: Array) -> Array:
    """The unknown function of part B, sin(2x) + 0.3x: two bends and a slope, so that no straight line comes near it.

    Parameters
    ----------
    x : *any shape float64, unitless*, sampled in [-3, 3]

    Returns
    -------
    y : *the shape of x, float64, unitless*

    Examples
    --------
    >>> f(np.array([0.0, np.pi / 4])).round(4)
    array([0.    , 1.2356])
    """
    return np.sin(2.0 * x) + 0.3 * x


def samples(count: int = 160, sigma: float = 0.05, seed: int = 2024) -> tuple[Array, Array]:
    """The samples of `f` that part B's notebook gives: in no order, with Gaussian noise, to four decimals.

    Parameters
    ----------
    count : *int*, how many
    sigma : *float, unit of y*, standard deviation of the noise
    seed : *int*, of NumPy's generator

    Returns
    -------
    x : *(count,) float64, unitless*, uniform in [-3, 3]
    y : *(count,) float64, unitless*, f(x) and noise

    Examples
    --------
    >>> x, y = samples(count=1000)
    >>> bool(abs(np.std(y - f(x)) - 0.05) < 0.005)
    True
    """
    generator = np.random.default_rng(seed)
    x = generator.uniform(-3.0, 3.0, count).round(4)
    y = (f(x) + generator.normal(0.0, sigma, count)).round(4)
    return x, y


class ToyDataset(Dataset[tuple[Tensor, Tensor]]):
    """The lecture's toy data: x = 0, 0.1, … 9.9 and y = 2x + 1 with uniform noise between -0.5 and 0.5.

    Attributes
    ----------
    x : *(100, 1) float32, unitless*
    y : *(100, 1) float32, unitless*

    Examples
    --------
    >>> toy = ToyDataset()
    >>> len(toy), toy[99][0]
    (100, tensor([9.9000]))
    """

    def __init__(self) -> None:
        self.x = (0.1 * torch.arange(100)).reshape(-1, 1)
        self.y = 2 * self.x + 1 + torch.rand(100, 1) - 0.5

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.x[index], self.y[index]

    def __len__(self) -> int:
        return len(self.x)


class LinearRegression(nn.Module):
    """y = wx + b, by the layer that torch has for it.

    Examples
    --------
    >>> [tuple(parameter.shape) for parameter in LinearRegression().parameters()]
    [(1, 1), (1,)]
    """

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.linear(x)
        return y


class LinearRegressionOwn(nn.Module):
    """y = wx + b with parameters of our own: a tensor wrapped in `nn.Parameter` is what the optimizer is given.

    Examples
    --------
    >>> LinearRegressionOwn()(torch.tensor([[3.0]])).tolist()
    [[3.0]]
    """

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.ones(1, 1))
        self.b = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.w + self.b


def fit_line(model: nn.Module, data: Dataset[tuple[Tensor, Tensor]], epochs: int = 30, rate: float = 0.01) -> float:
    """Train `model` by equation (2) on shuffled batches of four; the loss of the last epoch.

    Parameters
    ----------
    model : *maps (N, 1) float32 to (N, 1) float32*; its parameters are changed
    data : *pairs of (1,) float32, unitless*
    epochs : *int*, how often every sample is seen
    rate : *float*, the step's lambda

    Returns
    -------
    loss : *float, square of the unit of y*

    Examples
    --------
    Uniform noise of width 1 has the variance 1/12, and no line has a smaller loss than about that.

    >>> _ = torch.manual_seed(0)
    >>> round(fit_line(LinearRegression(), ToyDataset()), 1)
    0.1
    """
    batches = DataLoader(data, batch_size=4, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    mean_squared_error = nn.MSELoss()
    losses: list[float] = []
    for _ in range(epochs):
        losses = []
        for x, y in batches:
            optimizer.zero_grad()
            loss = mean_squared_error(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
    return sum(losses) / len(losses)
