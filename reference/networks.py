"""Three networks that learn the same function, and what sets them apart.

A network is layers of weights with a bend after each,

    u = sigma(W_1 x + b_1),     y = W_2 u + b_2.                                                                    (1)

Without the bend sigma it would be W_2 W_1 x + (W_2 b_1 + b_2): a straight line, however many layers are stacked.
What can be chosen, then, is

- which bend: `SmoothNetwork` has tanh, and its curves are smooth;
- how many layers: `DeepNetwork` has two hidden layers of ReLU, and its curves are made of straight pieces;
- how wide they are: `WideNetwork` has one hidden layer of many units.

A layer from m to n units has (m + 1) n parameters: a weight for each pair and a bias for each unit. More of them fit
the training samples better. Whether they also fit f better, only the samples show that were held out.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["DeepNetwork", "SmoothNetwork", "WideNetwork", "count_parameters", "train"]


class SmoothNetwork(nn.Module):
    """1 - 16 - 1 with tanh: equation (1) as it stands.

    Examples
    --------
    >>> SmoothNetwork()(torch.zeros(5, 1)).shape
    torch.Size([5, 1])
    """

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(1, 16)
        self.output = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.output(torch.tanh(self.hidden(x)))
        return y


class DeepNetwork(nn.Module):
    """1 - 32 - 32 - 1 with ReLU: a polygon whose corners the second layer can fold.

    Examples
    --------
    >>> DeepNetwork()(torch.zeros(5, 1)).shape
    torch.Size([5, 1])
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(1, 32)
        self.second = nn.Linear(32, 32)
        self.output = nn.Linear(32, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.output(torch.relu(self.second(torch.relu(self.first(x)))))
        return y


class WideNetwork(nn.Module):
    """1 - 128 - 1 with ReLU: many corners, each placed by one unit.

    Examples
    --------
    >>> WideNetwork()(torch.zeros(5, 1)).shape
    torch.Size([5, 1])
    """

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(1, 128)
        self.output = nn.Linear(128, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.output(torch.relu(self.hidden(x)))
        return y


def count_parameters(model: nn.Module) -> int:
    """How many numbers the optimizer may change.

    Examples
    --------
    One hidden layer of 16 units between one input and one output: (1 + 1) * 16 + (16 + 1) * 1.

    >>> count_parameters(SmoothNetwork())
    49
    """
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def train(model: nn.Module, x: Tensor, y: Tensor, steps: int = 800, rate: float = 0.01) -> list[float]:
    """Train `model` by Adam on all samples at once; the mean squared error before each step.

    Parameters
    ----------
    model : *maps (N, 1) float32 to (N, 1) float32*; its parameters are changed
    x : *(N, 1) float32, unitless*
    y : *(N, 1) float32, unitless*
    steps : *int*, how many
    rate : *float*, Adam's step size

    Returns
    -------
    losses : *steps floats, square of the unit of y*

    Examples
    --------
    >>> _ = torch.manual_seed(0)
    >>> x = torch.linspace(-1, 1, 20).reshape(-1, 1)
    >>> losses = train(SmoothNetwork(), x, x**2, steps=100)
    >>> losses[-1] < losses[0] / 10
    True
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    mean_squared_error = nn.MSELoss()
    losses: list[float] = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = mean_squared_error(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses
