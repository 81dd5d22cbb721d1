import ast
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

from reference.regression import LinearRegression, LinearRegressionOwn, ToyDataset, f, fit_line, line, samples

NOTEBOOK = Path(__file__).parents[2] / "assignments" / "regression" / "regression.ipynb"


@pytest.fixture
def toy():
    torch.manual_seed(5)
    return ToyDataset()


def test_the_toy_data_lie_within_half_of_the_line(toy):
    x, y = toy.x.numpy(), toy.y.numpy()
    assert x.shape == y.shape == (100, 1)
    assert x.dtype == y.dtype == np.float32
    np.testing.assert_allclose(x[:, 0], np.arange(0, 10, 0.1), atol=1e-5)
    noise = y - line(x)
    assert 0.4 < np.abs(noise).max() <= 0.5 + 1e-5
    assert noise.std() == pytest.approx(1 / np.sqrt(12), rel=0.15)


@pytest.mark.parametrize("make", [LinearRegression, LinearRegressionOwn])
def test_the_gradient_leads_to_the_least_squares_line_that_numpy_finds(toy, make):
    model = make()
    fit_line(model, toy, epochs=60)
    slope, offset = np.polyfit(toy.x.numpy()[:, 0], toy.y.numpy()[:, 0], 1)
    x = torch.tensor([[0.0], [1.0]])
    with torch.no_grad():
        at_0, at_1 = (float(y) for y in model(x))
    assert at_1 - at_0 == pytest.approx(slope, abs=0.06)
    assert at_0 == pytest.approx(offset, abs=0.15)


@pytest.mark.parametrize("make", [LinearRegression, LinearRegressionOwn])
def test_the_loss_comes_down_to_that_of_the_least_squares_line(toy, make):
    x, y = toy.x.numpy()[:, 0], toy.y.numpy()[:, 0]
    smallest = float(np.mean((np.polyval(np.polyfit(x, y, 1), x) - y) ** 2))
    assert smallest < fit_line(make(), toy) < 2 * smallest


def test_a_larger_rate_diverges(toy):
    assert not np.isfinite(fit_line(LinearRegression(), toy, rate=0.1))


def test_own_parameters_make_the_same_line_as_the_layer():
    layer, own = LinearRegression(), LinearRegressionOwn()
    own.w.data, own.b.data = layer.linear.weight.data.T, layer.linear.bias.data
    x = torch.linspace(-2, 2, 7).reshape(-1, 1)
    torch.testing.assert_close(own(x), layer(x))


def test_no_straight_line_comes_near_the_unknown_function():
    x = np.linspace(-3, 3, 400)
    slope, offset = np.polyfit(x, f(x), 1)
    assert np.mean((slope * x + offset - f(x)) ** 2) > 0.4


def test_the_notebook_gives_the_samples_of_the_unknown_function():
    cells = [
        cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.source.startswith("x = np.array")
    ]
    given = [node for node in ast.walk(ast.parse(cells[0])) if isinstance(node, ast.List)]
    x, y = (np.array(ast.literal_eval(numbers)) for numbers in given)
    expected_x, expected_y = samples()
    np.testing.assert_array_equal(x, expected_x)
    np.testing.assert_array_equal(y, expected_y)
