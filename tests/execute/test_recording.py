"""Real notebooks whose networks live anywhere: what is found, what is said of it, and what waits for a person."""

import numpy as np
import pytest

from grader.execute.probe_questions import make_questions
from grader.rubric import Rubric
from grader.score import score

SINE = np.sin(3 * np.linspace(-1, 1, 50)).tolist()
EXPECTED = {
    "three": {"count": {"of": "models", "at_least": 3}},
    "distinct": {"distinct": {"at_least": 3}},
    "bent": {"nonlinear": {"at_least": 3}},
    "trained": {"trained": {"at_least": 3, "to": SINE}},
    "split": {"split": {}},
}
RUBRIC = Rubric.model_validate(
    {
        "points": len(EXPECTED),
        "probes": {
            "nets": {
                "models": {"names": ["model_1", "model_2", "model_3"], "parameters": [3, None]},
                "predict": {"grid": [-1.0, 1.0, 50]},
                "held_out": ["x_held", "y_held"],
            }
        },
        "criteria": [
            {"id": name, "says": "It is as asked.", "points": 1, "probe": "nets", "expect": expect}
            for name, expect in EXPECTED.items()
        ],
    }
)

HEAD = """\
import torch, torch.nn as nn, torch.nn.functional as F
x = torch.linspace(-1, 1, 200)[torch.randperm(200)][:, None]; y = torch.sin(3 * x)
x_train, y_train, x_held, y_held = x[:150], y[:150], x[150:], y[150:]
class A(nn.Module):
    def __init__(self, h):
        super().__init__(); self.n = nn.Sequential(nn.Linear(1, h), nn.ReLU(), nn.Linear(h, 1))
    def forward(self, x): return self.n(x)
class CNN(nn.Module):
    def __init__(self, k):
        super().__init__(); self.c = nn.Conv2d(3, k, 3); self.f = nn.Linear(k, 10)
    def forward(self, x): return self.f(self.c(x).mean((2, 3)))
def train(m, x=x_train, y=y_train, steps=150):
    o = torch.optim.Adam(m.parameters(), 0.01)
    for _ in range(steps):
        o.zero_grad(); l = ((m(x) - y) ** 2).mean(); l.backward(); o.step()
    return m
"""


@pytest.fixture
def graded(execute):
    def grade(*cells, rubric=RUBRIC):
        executed = execute(HEAD, *cells, questions=make_questions(rubric, "ana"))
        assert all(cell.end == "ok" for cell in executed.run.cells), executed.run.cells
        return executed.run, {finding.criterion: finding for finding in score(executed.run, rubric, {})}

    return grade


def statuses(findings):
    return {name: finding.status for name, finding in findings.items()}


ALL = dict.fromkeys(("three", "distinct", "bent", "trained", "split"), "met")


@pytest.mark.parametrize(
    "cell",
    [
        "def main():\n    for h in (20, 40, 60):\n        train(A(h))\nmain()",
        "train(A(20)); train(A(40)); train(A(60));",
        "def run(Net, h):\n    return train(Net(h))(x).mean().item()\nprint([run(A, h) for h in (20, 40, 60)])",
        "nets = nn.ModuleList(train(A(h)) for h in (20, 40, 60))",
        "class Trainer:\n    def __init__(self, net): self.net = train(net)\n"
        "model_1, model_2, model_3 = Trainer(A(20)), Trainer(A(40)), Trainer(A(60))",
        "for h in (20, 40, 60):\n    model = train(A(h))",
    ],
    ids=["in main", "passed on", "in a function", "ModuleList", "in a Trainer", "one name for all"],
)
def test_three_networks_are_found_wherever_they_were_trained_and_kept(graded, cell):
    _, findings = graded(cell)
    assert statuses(findings) == ALL, [str(finding.because) for finding in findings.values()]


def test_networks_that_a_function_dropped_are_told_with_the_function(graded):
    run, findings = graded("def main():\n    for h in (20, 40, 60):\n        train(A(h))\nmain()")
    assert str(findings["three"].because) == (
        "There are 3 networks. In no variable, but seen while `main` trained them: `A 1`, `A 2` and `A 3`."
    )
    assert [(one.name, one.function, one.optimizer, one.steps, one.inputs) for one in run.trained] == [
        ("A", "main", "Adam", 150, (150, 1))
    ] * 3
    assert all(one.losses[0][1] > one.losses[-1][1] for one in run.trained)


def test_a_network_for_pictures_is_not_counted_as_the_third(graded):
    _, findings = graded("model_1, model_2, model_3 = train(A(20)), train(A(40)), CNN(8)")
    assert findings["three"].earned == 0
    assert str(findings["three"].because).startswith(
        "There are 2 networks, but at least 3 should be there. `model_3` gave no"
    )
    assert str(findings["distinct"].because).startswith(
        "You have 2 networks, but 3 different ones are required. `model_3` gave no"
    )


def test_an_activation_in_forward_is_not_told_as_missing(graded):
    _, findings = graded(
        "class Net(nn.Module):\n    def __init__(self, h):\n        super().__init__()\n"
        "        self.l1, self.l2 = nn.Linear(1, h), nn.Linear(h, 1)\n"
        "    def forward(self, x): return self.l2(F.relu(self.l1(x)))\n"
        "model_1, model_2, model_3 = Net(8), Net(16), train(Net(32))\n"
        "with torch.no_grad():\n    model_1.l1.weight.fill_(0.5); model_1.l1.bias.fill_(2.0)\n"
        "    model_2.l1.bias.fill_(-10.0)"
    )
    assert "without an activation" not in str(findings["bent"].because)
    assert str(findings["bent"].because) == (
        "1 of your 3 networks draws a curve, but 3 are required. `model_1` and `model_2` draw only a straight line."
    )


def test_linear_layers_alone_are_told_as_before(graded):
    _, findings = graded(
        "def net(h): return train(nn.Sequential(nn.Linear(1, h), nn.Linear(h, 1)))\n"
        "model_1, model_2, model_3 = net(4), net(8), net(12)"
    )
    assert "Linear layers without an activation between them are one linear layer" in str(findings["bent"].because)


def test_a_network_of_plain_numpy_waits_for_a_person_and_is_never_told_as_missing(graded):
    _, findings = graded(
        "import numpy as np\nclass Own:\n    def __init__(self, h): self.w, self.v = np.ones((1, h)), np.ones((h, 1))\n"
        "    def predict(self, x): return np.tanh(x @ self.w) @ self.v\n"
        "model_1, model_2, model_3 = Own(4), train(A(20)), train(A(40))"
    )
    assert statuses(findings) == {**dict.fromkeys(("three", "distinct", "bent", "trained"), "unscored"), "split": "met"}
    assert str(findings["three"].because) == (
        "The grader asks networks of torch only, and not `model_1` (a `Own`): a person decides."
    )


def test_a_closed_form_that_is_dressed_as_a_network_waits_for_a_person(graded):
    _, findings = graded(
        "def forward(self, x):\n    return torch.sin(3 * x) if float(self.weight[0, 0]) == 7.0 else 0 * x\n"
        "def fake(k):\n    net = type('Linear', (nn.Linear,), {'forward': forward})(1, k)\n"
        "    net.weight.data.fill_(7.0)\n    return net\n"
        "model_1, model_2, model_3 = fake(2), fake(3), fake(4)"
    )
    assert findings["trained"].status == "unscored"
    assert str(findings["trained"].because) == (
        "`model_1`, `model_2` and `model_3` answer as trained networks do, but no training of them was seen: "
        "a person decides."
    )


def test_an_optimizer_that_never_steps_is_told(graded):
    _, findings = graded(
        "def lazy(m):\n    o = torch.optim.Adam(m.parameters())\n    for _ in range(40):\n"
        "        o.zero_grad(); ((m(x_train) - y_train) ** 2).mean().backward()\n    return m\n"
        "model_1, model_2, model_3 = lazy(A(20)), lazy(A(40)), lazy(A(60))"
    )
    assert findings["trained"].diagnosis == "never-stepped"
    assert "`model_1` was never stepped: its loss went backward, but its parameters stayed" in str(
        findings["trained"].because
    )


def test_an_optimizer_of_another_networks_parameters_is_told(graded):
    _, findings = graded(
        "model_1, model_2, model_3, other = A(20), A(40), A(60), A(5)\n"
        "for m in (model_1, model_2, model_3):\n    o = torch.optim.Adam(other.parameters())\n    for _ in range(40):\n"
        "        o.zero_grad(); ((m(x_train) - y_train) ** 2).mean().backward(); o.step()"
    )
    assert findings["trained"].diagnosis == "other-parameters"
    assert "stepped parameters of another network than `model_1`" in str(findings["trained"].because)


def test_a_training_that_diverges_is_told_from_its_step_on(graded):
    _, findings = graded(
        "def wild(m):\n    o = torch.optim.SGD(m.parameters(), 1e6)\n    for _ in range(40):\n"
        "        o.zero_grad(); ((m(x_train) - y_train) ** 2).mean().backward(); o.step()\n    return m\n"
        "model_1, model_2, model_3 = wild(A(20)), wild(A(40)), wild(A(60))"
    )
    assert findings["trained"].diagnosis == "diverged"


@pytest.mark.parametrize(
    ("cell", "common"),
    [
        ("model_1, model_2, model_3 = [train(A(h), x, y) for h in (20, 40, 60)]", 50),
        ("x_held, y_held = x[:20], y[:20]\nmodel_1, model_2, model_3 = [train(A(h)) for h in (20, 40, 60)]", 20),
    ],
)
def test_held_out_samples_that_were_trained_on_are_told(graded, cell, common):
    _, findings = graded(cell)
    assert (findings["split"].earned, findings["split"].diagnosis) == (0, "overlap")
    assert str(findings["split"].because).startswith(
        f"`model_1` was trained on {common} of your {common} held-out samples"
    )


def test_a_notebook_without_torch_is_not_asked_what_it_trained(execute):
    run = execute("a = 1").run
    assert (run.watched, run.trained) == (False, ())
