"""What rubrics/regression.yaml asks, as far as nbgrader and otter can ask it: assertions, run beside the notebook.

Neither can compare stored outputs with fresh ones, count pictures, or put a student's words before a person, so that
three criteria have no counterpart here, and the grader does more in the time that it takes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One test cell."""

    name: str
    points: int
    code: str


_LINE = """\
grid = torch.linspace(0, 9.9, 100).reshape(-1, 1)
with torch.no_grad():
    assert float(((MODEL(grid) - (2 * grid + 1)) ** 2).mean()) < 0.2
"""

_NETWORKS = """\
import copy
networks = [model_1, model_2, model_3]
grid = torch.linspace(-3, 3, 400).reshape(-1, 1)
truth = torch.sin(2 * grid) + 0.3 * grid
with torch.no_grad():
    fits = [network(grid) for network in networks]
    errors = [float(((fit - truth) ** 2).mean()) for fit in fits]
"""

CHECKS = (
    Check("data", 1, """\
toy = ToyDataset()
pairs = [toy[index] for index in range(len(toy))]
firsts = np.array([float(first) for first, second in pairs])
seconds = np.array([float(second) for first, second in pairs])
assert np.allclose(firsts, 0.1 * np.arange(100), atol=0.05)
assert 0.4 < np.abs(seconds - (2 * firsts + 1)).max() < 0.55
"""),
    Check("loader", 1, "assert [list(part.shape) for part in next(iter(dataloader))] == [[4, 1], [4, 1]]\n"),
    Check("line", 2, _LINE.replace("MODEL", "linear_model")),
    Check("own_line", 1, _LINE.replace("MODEL", "own_model")),
    Check("own_parameters", 1, """\
assert sum(parameter.numel() for parameter in own_model.parameters()) == 2
assert not any(isinstance(module, nn.Linear) for module in own_model.modules())
"""),
    Check("slope_offset", 1, "assert abs(slope - 2) < 0.35 and abs(offset - 1) < 0.35\n"),
    Check("three", 1, "assert all(isinstance(network, nn.Module) for network in [model_1, model_2, model_3])\n"),
    Check("fit", 3, _NETWORKS + "assert min(errors) < 0.01\n"),
    Check("distinct", 2, _NETWORKS + """\
assert len({str(network) for network in networks}) == 3
assert all(not torch.allclose(fits[a], fits[b], atol=1e-3) for a, b in [(0, 1), (0, 2), (1, 2)])
"""),
    Check("nonlinear", 2, _NETWORKS + """\
line = torch.cat([grid, torch.ones_like(grid)], dim=1)
for fit in fits:
    best = line @ torch.linalg.lstsq(line, fit).solution
    assert float(((fit - best) ** 2).mean()) > 1e-3
"""),
    Check("trained", 1, _NETWORKS + """\
for network, error in zip(networks, errors):
    fresh = copy.deepcopy(network)
    for module in fresh.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    with torch.no_grad():
        assert 2 * error < float(((fresh(grid) - truth) ** 2).mean())
"""),
    Check("table", 1, """\
for name, network in [("model_1", model_1), ("model_2", model_2), ("model_3", model_3)]:
    with torch.no_grad():
        held_out = float(((network(x_held) - y_held) ** 2).mean())
    assert results[name]["parameters"] == sum(parameter.numel() for parameter in network.parameters())
    assert abs(results[name]["held_out_loss"] - held_out) <= 0.05 * held_out
"""),
)  # fmt: skip
