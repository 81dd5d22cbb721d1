"""What torch trains is seen, whatever the loop looks like, and no number changes for it."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import optimizer as optimizers

from grader.inside import found_networks, recording, training

X = torch.linspace(-1, 1, 40)[:, None]
Y = torch.sin(3 * X)


@pytest.fixture(autouse=True)
def watched():
    backward = torch.autograd.backward
    hooks = [dict(optimizers._global_optimizer_pre_hooks), dict(optimizers._global_optimizer_post_hooks)]
    training.install()
    yield
    training.stop()
    torch.autograd.backward = backward
    for now, before in zip(
        (optimizers._global_optimizer_pre_hooks, optimizers._global_optimizer_post_hooks), hooks, strict=True
    ):
        now.clear()
        now.update(before)


def mlp(width=8):
    torch.manual_seed(width)
    return nn.Sequential(nn.Linear(1, width), nn.Tanh(), nn.Linear(width, 1))


def fit(net, steps=20, optimizer=torch.optim.Adam, loss=None, rate=0.01):
    stepper = optimizer(net.parameters(), lr=rate)
    for _ in range(steps):
        stepper.zero_grad()
        (loss(net(X), Y) if loss else ((net(X) - Y) ** 2).mean()).backward()
        stepper.step()


def told(**namespace):
    return recording.answer(namespace)["trained"]


def test_each_network_is_seen_with_its_optimizer_steps_losses_and_samples():
    net = mlp()
    fit(net, steps=20, loss=nn.MSELoss())
    (one,) = told(net=net)
    assert (one["class"], one["optimizer"], one["rate"], one["steps"], one["moved"]) == (
        "Sequential",
        "Adam",
        0.01,
        20,
        True,
    )
    assert (one["places"], one["inputs"], one["targets"]) == (["net"], [40, 1], [40, 1])
    assert [step for step, _ in one["losses"]] == [1, 2, 3, 4, 8, 16]
    losses = [loss for _, loss in one["losses"]]
    assert losses == sorted(losses, reverse=True)


def test_a_target_of_another_shape_than_the_answers_is_seen():
    net = mlp()
    with pytest.warns(UserWarning, match="broadcast"):
        fit(net, loss=lambda p, y: nn.MSELoss()(p, y.ravel()))
    assert told(net=net)[0]["targets"] == [40]


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.RMSprop, torch.optim.AdamW, torch.optim.Adagrad])
def test_every_optimizer_of_torch_is_seen(optimizer):
    net = mlp()
    fit(net, steps=3, optimizer=optimizer)
    assert told(net=net)[0]["optimizer"] == optimizer.__name__


def test_a_closure_that_the_optimizer_calls_is_seen():
    net = mlp()
    stepper = torch.optim.LBFGS(net.parameters(), lr=0.1)

    def closure():
        stepper.zero_grad()
        loss = ((net(X) - Y) ** 2).mean()
        loss.backward()
        return loss

    for _ in range(3):
        stepper.step(closure)
    assert [(one["optimizer"], one["steps"]) for one in told(net=net)] == [("LBFGS", 3)]


def test_gradients_that_are_added_up_over_several_batches_are_one_training():
    net, stepper = mlp(), None
    stepper = torch.optim.SGD(net.parameters(), lr=0.01)
    for _ in range(5):
        for part in range(8):
            ((net(X[part::8]) - Y[part::8]) ** 2).mean().backward()
        stepper.step()
        stepper.zero_grad()
    assert [(one["optimizer"], one["steps"]) for one in told(net=net)] == [("SGD", 5)]


def test_steps_made_by_hand_are_seen_as_such():
    net = mlp()
    for _ in range(30):
        ((net(X) - Y) ** 2).mean().backward()
        with torch.no_grad():
            for parameter in net.parameters():
                parameter -= 0.01 * parameter.grad
                parameter.grad = None
    (one,) = told(net=net)
    assert (one["optimizer"], one["moved"]) == ("", True)
    assert one["steps"] > 20


def test_a_network_whose_optimizer_never_steps_has_not_moved():
    net = mlp()
    stepper = torch.optim.Adam(net.parameters())
    for _ in range(30):
        stepper.zero_grad()
        ((net(X) - Y) ** 2).mean().backward()
    (one,) = told(net=net)
    assert (one["optimizer"], one["moved"]) == ("", False)


def test_an_optimizer_of_another_networks_parameters_is_seen():
    first, second = mlp(4), mlp(8)
    stepper = torch.optim.Adam(first.parameters())
    for _ in range(10):
        stepper.zero_grad()
        ((second(X) - Y) ** 2).mean().backward()
        stepper.step()
    (one,) = told(first=first, second=second)
    assert (one["class"], one["others"], one["optimizer"]) == ("", ["Sequential"], "Adam")


def test_losses_that_are_no_number_are_told_from_their_step_on():
    net = mlp()
    fit(net, steps=300, optimizer=torch.optim.SGD, rate=1e4)
    steps = [step for step, loss in told(net=net)[0]["losses"] if not np.isfinite(loss)]
    assert steps
    assert min(steps) <= 16


def test_networks_that_a_function_trained_and_nothing_keeps_can_still_be_asked():
    def main():
        for width in (4, 8, 12):
            fit(mlp(width), steps=40)

    main()
    question = {
        "names": ["model_1", "model_2", "model_3"],
        "predict": X,
        "inputs": 1,
        "outputs": 1,
        "parameters": [3, None],
    }
    answer = found_networks.answer(question, {})
    assert [(one["name"], one["found"]) for one in answer["models"]] == [
        ("Sequential 1", "by training"), ("Sequential 2", "by training"), ("Sequential 3", "by training"),
    ]  # fmt: skip
    assert [one["parameters"] for one in answer["models"]] == [13, 25, 37]


def test_what_a_variable_leads_to_is_not_counted_again_as_what_was_trained():
    net = mlp()
    fit(net)
    question = {"names": ["a", "b"], "predict": X, "inputs": 1, "outputs": 1, "parameters": [3, None]}
    assert [one["found"] for one in found_networks.answer(question, {"kept": [net]})["models"]] == ["by type"]


def test_one_network_trained_by_two_optimizers_is_one():
    net = mlp()
    fit(net, steps=4)
    fit(net, steps=6, optimizer=torch.optim.SGD)
    assert [(one["optimizer"], one["steps"]) for one in told(net=net)] == [("SGD", 6)]


def test_a_part_and_its_whole_are_told_by_the_outermost_that_was_asked():
    class Whole(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = mlp()

        def forward(self, x):
            return self.body(x)

    net = Whole()
    fit(net)
    assert [one["class"] for one in told(net=net)] == ["Whole"]


def test_what_is_kept_has_a_bound_and_larger_networks_are_let_go(monkeypatch):
    monkeypatch.setattr(training, "KEPT_BYTES", 4 * 30)
    for width in (4, 8, 12):  # 13, 25 and 37 parameters of four bytes
        fit(mlp(width))
    assert [one["parameters"] for one in told()] == [13]


def test_hundreds_of_trainings_are_bounded():
    nets = [mlp(2) for _ in range(training.MOST_TRAININGS + 20)]
    for net in nets:
        fit(net, steps=2)
    assert len(told(nets=nets)) == training.MOST_TRAININGS


def test_samples_that_were_seen_are_bounded_and_hold_the_batches():
    net, stepper = mlp(), None
    stepper = torch.optim.SGD(net.parameters(), lr=0.01)
    x = torch.arange(200_000.0)[:, None] / 200_000
    for _ in range(20):
        stepper.zero_grad()
        net(x).mean().backward()
        stepper.step()
    (_, _, one), *_ = training.trained()
    seen = training.seen_inputs(one)
    assert seen.shape[0] <= training.MOST_NUMBERS
    assert set(np.unique(seen)) <= set(x.numpy().ravel().tolist())


def trained_numbers():
    torch.manual_seed(5)
    net = nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.3), nn.ReLU(), nn.Linear(8, 1))
    fit(net, steps=600)
    return [parameter.detach().clone() for parameter in net.parameters()], torch.rand(3)


def test_numbers_and_random_streams_are_the_same_with_and_without():
    with_watch, random_with = trained_numbers()
    training.stop()
    backward = torch.autograd.backward
    torch.autograd.backward = backward.__wrapped__
    optimizers._global_optimizer_pre_hooks.clear()
    optimizers._global_optimizer_post_hooks.clear()
    without, random_without = trained_numbers()
    torch.autograd.backward = backward
    assert all(torch.equal(one, other) for one, other in zip(with_watch, without, strict=True))
    assert torch.equal(random_with, random_without)


def test_an_error_in_the_students_forward_leaves_the_watch_at_work():
    class Broken(nn.Module):
        def forward(self, x):
            raise ValueError("not today")

    for _ in range(3):
        with pytest.raises(ValueError, match="not today"):
            Broken()(X)
    net = mlp()
    fit(net)
    assert [one["class"] for one in told(net=net)] == ["Sequential"]


def test_training_after_a_loop_that_trained_the_same_network_again_and_again_is_seen():
    first = mlp(4)
    for _ in range(training.MOST_TRAININGS + 20):
        fit(first, steps=2)
    last = mlp(8)
    fit(last, steps=30)
    seen = {one["places"][0]: (one["optimizer"], one["steps"]) for one in told(first=first, last=last)}
    assert seen == {"first": ("Adam", 2), "last": ("Adam", 30)}


def test_of_too_many_networks_the_first_and_the_last_ones_are_told():
    nets = [mlp(2) for _ in range(training.MOST_TRAININGS + 20)]
    for net in nets:
        fit(net, steps=2)
    seen = [module for _, module, _ in training.trained()]
    assert all(any(net is one for one in seen) for net in (*nets[:30], *nets[-30:]))


@pytest.mark.parametrize("steps_before", [0, 3, 7])
def test_training_after_an_interrupt_within_a_forward_pass_is_seen(steps_before):
    class Interrupted(nn.Module):
        def forward(self, x):
            raise KeyboardInterrupt

    fit(mlp(4), steps=steps_before)
    with pytest.raises(KeyboardInterrupt):
        nn.Sequential(Interrupted())(X)
    net = mlp(8)
    fit(net, steps=30)
    (one,) = (one for one in told(net=net) if one["places"] == ["net"])
    assert (one["class"], one["steps"], one["inputs"]) == ("Sequential", 30, [40, 1])
