import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.split import split


@given(
    count=st.integers(1, 500),
    validation=st.floats(0, 0.45),
    test=st.floats(0, 0.45),
    seed=st.integers(0, 10**6),
)
def test_each_sample_belongs_to_exactly_one_part(count, validation, test, seed):
    if round(validation * count) + round(test * count) >= count:
        return
    parts = split(count, validation, test, seed)
    assert sorted(np.concatenate(parts)) == list(range(count))
    assert len(parts.validation) == round(validation * count)
    assert len(parts.test) == round(test * count)


def test_the_same_seed_gives_the_same_split_and_another_another():
    np.testing.assert_array_equal(split(100, seed=1).test, split(100, seed=1).test)
    assert set(split(100, seed=1).test) != set(split(100, seed=2).test)


def test_sorted_data_are_spread_over_the_parts():
    for part in split(1000):
        assert abs(np.mean(part) - 499.5) < 60


def test_training_error_always_falls_with_more_freedom_and_validation_error_tells_when_to_stop():
    """Polynomials of degree 1 to 12 on 40 noisy samples of a curve; NumPy's own fit."""
    random = np.random.default_rng(5)
    x = random.uniform(-1, 1, 40)
    y = np.sin(4 * x) + random.normal(0, 0.2, 40)
    parts = split(40, validation=0.35, test=0.15, seed=5)

    def error(fit, part):
        return np.mean((fit(x[part]) - y[part]) ** 2)

    fits = [np.polynomial.Polynomial.fit(x[parts.training], y[parts.training], degree) for degree in range(1, 13)]
    training = [error(fit, parts.training) for fit in fits]
    validation = [error(fit, parts.validation) for fit in fits]
    assert (np.diff(training) < 1e-12).all()
    assert 2 <= np.argmin(validation) + 1 < 10
    assert validation[-1] > 2 * min(validation)


def test_shares_that_are_none_are_refused():
    with pytest.raises(
        ValueError, match=r"shares lie between 0 and 1; these are 20 for validation and 0\.2 for the test"
    ):
        split(100, validation=20)
    with pytest.raises(ValueError, match=r"these are 0\.2 for validation and 1\.5 for the test"):
        split(100, test=1.5)
    with pytest.raises(ValueError, match=r"these are 1\.5 for validation"):
        split(100, validation=1.5)


def test_a_split_that_leaves_nothing_for_training_is_refused():
    with pytest.raises(ValueError, match="of 10 samples, 5 for validation and 5 for the test leave none for training"):
        split(10, validation=0.5, test=0.5)
