import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from reference.interpolation import bilinear


@pytest.mark.parametrize("shape", [(90, 70), (1, 70), (90, 1), (1, 1), (2, 2)])
def test_between_and_outside_the_pixels_it_is_scipys(shape):
    random = np.random.default_rng(0)
    gray = random.uniform(0, 255, shape)
    x, y = random.uniform(-5, shape[1] + 5, 500), random.uniform(-5, shape[0] + 5, 500)
    oracle = ndimage.map_coordinates(gray, [y, x], order=1, mode="nearest")
    np.testing.assert_allclose(bilinear(gray, x, y), oracle, atol=1e-9)


def test_at_the_pixels_it_is_the_picture(scene):
    y, x = np.indices(scene.shape)
    np.testing.assert_array_equal(bilinear(scene, x, y), scene)


@given(x=st.floats(0, 9), y=st.floats(0, 7))
def test_a_slope_stays_a_slope(x, y):
    rows, columns = np.mgrid[:8, :10]
    assert bilinear(3.0 * columns - 2.0 * rows, np.array(x), np.array(y)) == pytest.approx(3 * x - 2 * y, abs=1e-9)
