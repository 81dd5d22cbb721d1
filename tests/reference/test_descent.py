import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from reference.descent import batches, descend, descend_on_batches, linear_gradient
from reference.losses import mean_squared_error
from reference.perceptron import prepend_one


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    x = random.uniform(-2, 2, (50, 2))
    return x, 1 + x @ [2.0, -3.0] + random.normal(0, 0.3, 50)


def walk_by_torch(x, y, rate, index_batches):
    weights = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=rate)
    samples, targets = torch.tensor(prepend_one(x)), torch.tensor(y)
    path = [weights.detach().numpy().copy()]
    for batch in index_batches:
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(samples[batch] @ weights, targets[batch]).backward()
        optimizer.step()
        path.append(weights.detach().numpy().copy())
    return np.stack(path)


def test_the_gradient_is_autograds(data):
    x, y = data
    weights = torch.tensor([0.3, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    torch.nn.functional.mse_loss(torch.tensor(prepend_one(x)) @ weights, torch.tensor(y)).backward()
    np.testing.assert_allclose(linear_gradient(weights.detach().numpy(), x, y), weights.grad.numpy(), atol=1e-12)


def test_the_path_over_the_whole_set_is_torchs(data):
    x, y = data
    path = descend(linear_gradient, np.zeros(3), x, y, rate=0.1, steps=40)
    np.testing.assert_allclose(path, walk_by_torch(x, y, 0.1, [np.arange(50)] * 40), atol=1e-12)


def test_the_path_over_batches_is_torchs_on_the_same_batches(data):
    x, y = data
    path = descend_on_batches(linear_gradient, np.zeros(3), x, y, rate=0.05, epochs=3, batch_size=8, seed=4)
    random = np.random.default_rng(4)
    index_batches = [batch for _ in range(3) for batch in batches(50, 8, random)]
    np.testing.assert_allclose(path, walk_by_torch(x, y, 0.05, index_batches), atol=1e-12)


def test_the_walk_ends_where_least_squares_has_its_minimum(data):
    x, y = data
    minimum, *_ = np.linalg.lstsq(prepend_one(x), y, rcond=None)
    path = descend(linear_gradient, np.zeros(3), x, y, rate=0.2, steps=300)
    np.testing.assert_allclose(path[-1], minimum, atol=1e-9)


def test_a_batch_of_all_samples_is_the_whole_set(data):
    x, y = data
    whole = descend(linear_gradient, np.zeros(3), x, y, rate=0.1, steps=5)
    np.testing.assert_allclose(descend_on_batches(linear_gradient, np.zeros(3), x, y, 0.1, 5, batch_size=50), whole)


@pytest.mark.parametrize(("share_of_limit", "explodes"), [(0.98, False), (1.02, True)])
def test_the_largest_rate_is_two_over_the_largest_curvature(data, share_of_limit, explodes):
    x, y = data
    curvatures = np.linalg.eigvalsh(2 * prepend_one(x).T @ prepend_one(x) / len(x))
    path = descend(linear_gradient, np.zeros(3), x, y, share_of_limit * 2 / curvatures[-1], steps=600)
    losses = [mean_squared_error(prepend_one(x) @ weights, y) for weights in path]
    assert (losses[-1] > losses[0]) == explodes


def test_for_one_pass_over_the_data_batches_come_further(data):
    x, y = data
    whole = descend(linear_gradient, np.zeros(3), x, y, rate=0.05, steps=1)
    batched = descend_on_batches(linear_gradient, np.zeros(3), x, y, rate=0.05, epochs=1, batch_size=5)
    after_whole, after_batched = (mean_squared_error(prepend_one(x) @ path[-1], y) for path in (whole, batched))
    assert after_batched < 0.5 * after_whole


def test_a_smaller_rate_trembles_less_about_the_minimum(data):
    x, y = data
    minimum, *_ = np.linalg.lstsq(prepend_one(x), y, rcond=None)

    def tremble(rate):
        path = descend_on_batches(linear_gradient, minimum, x, y, rate, epochs=100, batch_size=5)
        return np.linalg.norm(path[200:] - minimum, axis=1).mean()

    assert tremble(0.01) < 0.5 * tremble(0.1)


@given(count=st.integers(0, 60), batch_size=st.integers(1, 70), seed=st.integers(0, 1000))
def test_an_epoch_sees_every_sample_once(count, batch_size, seed):
    cut = list(batches(count, batch_size, np.random.default_rng(seed)))
    assert sorted(index for batch in cut for index in batch) == list(range(count))
    assert all(len(batch) == batch_size for batch in cut[:-1])


def test_each_epoch_is_shuffled_anew():
    random = np.random.default_rng(0)
    first, second = (np.concatenate(list(batches(30, 4, random))) for _ in range(2))
    assert (first != second).any()
    assert (first != np.arange(30)).any()


def test_where_the_walk_begins_is_not_changed(data):
    x, y = data
    start = np.ones(3)
    descend(linear_gradient, start, x, y, 0.1, 3)
    descend_on_batches(linear_gradient, start, x, y, 0.1, 1, 10)
    np.testing.assert_array_equal(start, 1)


def test_a_rate_that_is_not_positive_is_refused(data):
    with pytest.raises(ValueError, match="the rate is positive, or the walk stands still or goes uphill; this is 0"):
        descend(linear_gradient, np.zeros(3), *data, rate=0, steps=1)
    with pytest.raises(ValueError, match="the rate is positive"):
        descend_on_batches(linear_gradient, np.zeros(3), *data, rate=-1, epochs=1, batch_size=5)


def test_an_empty_batch_is_refused():
    with pytest.raises(ValueError, match="a batch has one sample or more; this is 0"):
        next(batches(5, 0, np.random.default_rng(0)))
