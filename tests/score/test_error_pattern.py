"""When two arrays are so alike that it means something."""

import numpy as np
import pytest

from grader.score.error_pattern import near, speaks


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([0, 1, 2, 3, 4, 5], True),
        ([0, 1, 2, 3, 4], False),
        ([0, 0, 0, 1, 1, 2], True),
        ([0, 0, 0, 0, 1, 1, 1], False),
        ([0, 1e-9, 2e-9, 3e-9, 1, 1], True),
        ([1, 1 + 1e-9, 1 + 2e-9, 1, 1, 1], False),
    ],
)
def test_six_values_of_three_kinds_that_differ_mean_something(values, says):
    assert speaks(np.array(values, dtype=float)) is says


def test_near_is_within_the_share_of_the_targets_spread():
    target = np.array([0.0, 4.0])
    assert near(np.array([0.0, 4.5]), target, 0.125)
    assert near(np.array([-0.5, 4.0]), target, 0.125)
    assert not near(np.array([0.0, 4.5001]), target, 0.125)
    assert not near(np.array([-0.5001, 4.0]), target, 0.125)
