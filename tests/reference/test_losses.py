import numpy as np
import pytest
import torch

from reference.losses import (
    mean_absolute_error,
    mean_absolute_error_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
)

LOSSES = [
    (mean_squared_error, mean_squared_error_gradient, torch.nn.MSELoss()),
    (mean_absolute_error, mean_absolute_error_gradient, torch.nn.L1Loss()),
]


@pytest.mark.parametrize(("loss", "gradient", "oracle"), LOSSES)
@pytest.mark.parametrize("shape", [(7,), (20, 1), (5, 3)])
def test_loss_and_gradient_are_torchs(loss, gradient, oracle, shape):
    random = np.random.default_rng(0)
    predictions, targets = random.normal(size=shape), random.normal(size=shape)
    targets.flat[0] = predictions.flat[0]
    tensor = torch.tensor(predictions, requires_grad=True)
    value = oracle(tensor, torch.tensor(targets))
    value.backward()
    assert loss(predictions, targets) == pytest.approx(value.item(), rel=1e-14)
    np.testing.assert_allclose(gradient(predictions, targets), tensor.grad.numpy(), atol=1e-15)


def test_the_best_constant_is_the_mean_for_the_one_and_the_median_for_the_other():
    targets = np.array([1.0, 2.0, 3.0, 4.0, 90.0])
    constants = np.arange(0, 91, 0.5)
    squared = [mean_squared_error(np.full(5, c), targets) for c in constants]
    absolute = [mean_absolute_error(np.full(5, c), targets) for c in constants]
    assert constants[np.argmin(squared)] == 20 == targets.mean()
    assert constants[np.argmin(absolute)] == 3 == np.median(targets)


@pytest.mark.parametrize("function", [f for loss in LOSSES for f in loss[:2]])
def test_a_column_and_a_row_are_refused_where_torch_only_warns(function):
    with pytest.raises(
        ValueError, match=r"predictions of \(4, 1\) and targets of \(4,\): give both one shape, or each"
    ):
        function(np.zeros((4, 1)), np.zeros(4))


def test_no_predictions_are_refused():
    with pytest.raises(ValueError, match="there are no predictions, so they have no mean error"):
        mean_squared_error(np.zeros(0), np.zeros(0))
