"""The network of the drawing is the one that a sum over its lines computes."""

import numpy as np
import torch

from reference.my_net import MyNet


def test_each_line_of_the_drawing_is_a_weight_and_each_hidden_circle_bends():
    torch.manual_seed(3)
    net, x = MyNet(), torch.randn(50, 3)
    weights = [parameter.detach().double().numpy() for parameter in net.parameters()]
    # Oracle: circle by circle, in plain Python's order.
    for sample, prediction in zip(x.double().numpy(), net(x).detach().numpy(), strict=True):
        circles = sample
        for column, (w, b) in enumerate(zip(weights[::2], weights[1::2], strict=True)):
            sums = np.array([b[j] + sum(w[j, i] * circles[i] for i in range(len(circles))) for j in range(len(b))])
            circles = sums if column == 2 else np.where(sums > 0, sums, 0)
        assert np.allclose(circles, prediction, atol=1e-5)


def test_it_can_learn_what_no_straight_line_is():
    torch.manual_seed(0)
    x = torch.randn(200, 3)
    y = x[:, :1].abs()
    straight = torch.linalg.lstsq(torch.cat([x, torch.ones(200, 1)], dim=1), y)
    by_a_line = float(((torch.cat([x, torch.ones(200, 1)], dim=1) @ straight.solution - y) ** 2).mean())
    net = MyNet()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(400):
        optimizer.zero_grad()
        loss = ((net(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.2 * by_a_line
