"""A test is rewritten into a question for values where its syntax allows it."""

import pytest

from grader.migrate.assertions import rewrite_test

PARAMETERS = {"double": ["x"]}


@pytest.mark.parametrize(
    ("source", "probe", "expect"),
    [
        ("assert double(2) == 4", {"call": "double", "with": {"x": 2}}, {"value": 4}),
        ("assert 4 == double(x=2)", {"call": "double", "with": {"x": 2}}, {"value": 4}),
        ("assert word == 'hola'", {"variable": "word"}, {"value": "hola"}),
        ("assert word is None", {"variable": "word"}, {"value": None}),
        ("assert abs(mean - 3) < 0.1", {"variable": "mean"}, {"close": {"to": 3, "rtol": 0.0, "atol": 0.1}}),
        ("assert np.isclose(mean, 3)", {"variable": "mean"}, {"close": {"to": 3, "rtol": 1e-05, "atol": 1e-08}}),
        ("assert_equal(double(2), 4)", {"call": "double", "with": {"x": 2}}, {"value": 4}),
        (
            "with pytest.raises(TypeError):\n    double(1)",
            {"call": "double", "with": {"x": 1}},
            {"raises": "TypeError"},
        ),
        ("assert not is_odd(2)", {"evaluate": "bool(is_odd(2))"}, {"value": False}),
    ],
)
def test_an_assert_becomes_a_probe_and_an_expectation(source, probe, expect):
    found = rewrite_test(source, PARAMETERS)
    assert (dict(found.probe), dict(found.expect)) == (probe, expect)
    assert not found.is_run_as_it_is


@pytest.mark.parametrize(
    "source",
    [
        "for n in range(3):\n    assert double(n) == 2 * n",
        "assert double(2) == (4, 4)",
        "assert math.isclose(mean, 3)",
        "assert double(2) == double(1) + 2",
        "assert double(2) == 4\nassert abs(mean - 3) < 0.1",
        "%matplotlib inline",
    ],
)
def test_what_does_not_fit_is_run_as_it_is(source):
    assert rewrite_test(source, PARAMETERS).is_run_as_it_is
