"""The network of the drawing as a torch module: three inputs, two hidden layers of four units with ReLU, one output.

A drawing shows units as circles and weights as lines. Between two columns of circles every line is there, so they are
one matrix, and one `nn.Linear`, which has the biases, too. The bend is no layer of its own in the drawing, but each
circle of a hidden column has one. 3 - 4 - 4 - 1 makes (3 + 1) 4 + (4 + 1) 4 + (4 + 1) 1 = 41 numbers to learn.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class MyNet(nn.Module):
    """3 - 4 - 4 - 1 with ReLU; it begins at random, by torch's own rule.

    Source: lecture 1, "How does the PyTorch model look like for this network?"

    Examples
    --------
    >>> net = MyNet()
    >>> net(torch.zeros(5, 3)).shape, sum(parameter.numel() for parameter in net.parameters())
    (torch.Size([5, 1]), 41)
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.second = nn.Linear(4, 4)
        self.output = nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        """The output for each sample.

        Parameters
        ----------
        x : (N, 3) float32

        Returns
        -------
        y : (N, 1) float32
        """
        u = torch.relu(self.first(x))
        y: Tensor = self.output(torch.relu(self.second(u)))
        return y
