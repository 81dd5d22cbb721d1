"""An answer as numbers: what is one, what is refused and why, and when numbers are constant or bend."""

from __future__ import annotations

import numpy as np
import pytest

from grader.language import verbatim
from grader.score.arrays import NotNumbersError, as_numbers, as_parts, bend, is_complex, is_constant, spread

HUGE = 10**400


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        (3, 3.0),
        (True, 1.0),
        ([1, 2.5], [1.0, 2.5]),
        (np.array([1, 2], np.uint8), [1.0, 2.0]),
        (np.array([True, False]), [1.0, 0.0]),
        (np.float32(0.5), 0.5),
        ([2**70, 1], [2.0**70, 1.0]),
        ([], []),
        (np.array([1 + 0j, -2 + 0j]), [1.0, -2.0]),
        (1e6 * np.array([3 + 1e-14j, 1 - 1e-14j]), [3e6, 1e6]),
        (np.array([0j, 0j]), [0.0, 0.0]),
    ],
)
def test_numbers_of_whatever_type_are_floats_of_the_same_shape(value, numbers):
    read = as_numbers(value)
    assert (read.dtype, read.tolist()) == (np.float64, numbers)


def test_numbers_that_a_float_cannot_hold_or_that_are_none_pass_without_a_warning():
    assert np.isnan(as_numbers([np.nan, 1.0])[0])
    assert np.isinf(as_numbers(np.array([np.longdouble(10) ** 400]))).all()
    assert spread(np.array([-1.7e308, 1.7e308])) == np.inf


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "It is None: a function may lack its `return`."),
        ("3", "It is text, not a number."),
        ({"a": 1}, "It is a dictionary, not an array of numbers."),
        ([[1, 2], [3]], "It is a list whose rows differ in length."),
        ([1, "a"], "It holds things that are not numbers."),
        ([1, None], "It holds things that are not numbers."),
        (np.array(["2024"], "datetime64[Y]"), "It holds things that are not numbers."),
        ([1 + 2j], "It holds complex numbers where real ones are expected."),
        ([1 + 1e-9j, 2], "It holds complex numbers where real ones are expected."),
        ([HUGE], "It holds a number that is too large."),
        (np.array([1, HUGE], object), "It holds a number that is too large."),
    ],
)
def test_what_is_no_array_of_real_numbers_is_refused_by_what_it_is(value, told):
    with pytest.raises(NotNumbersError) as refused:
        as_numbers(value)
    assert str(refused.value.say(verbatim("It"))) == told


@pytest.mark.parametrize(("rest", "is_real"), [(200, True), (1100, False)])
@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_imaginary_parts_of_a_thousand_roundings_are_of_a_calculation_that_is_real(rest, is_real, unit):
    value = unit * np.array([1.0, 0.5 + rest * np.finfo(float).eps * 1j])
    if is_real:
        assert as_numbers(value).tolist() == [unit, 0.5 * unit]
    else:
        with pytest.raises(NotNumbersError):
            as_numbers(value)


def test_parts_of_numbers_stand_along_a_new_last_axis_and_anything_else_stays_as_it_is():
    assert as_parts(3 - 2j).tolist() == [3.0, -2.0]
    assert as_parts(4).tolist() == [4.0, 0.0]
    grid = np.array([[1 + 2j, 3], [4, 5j], [0, 1]])
    assert as_parts(grid).shape == (3, 2, 2)
    assert as_parts(grid)[1, 1].tolist() == [0.0, 5.0]
    assert as_parts(np.array([1, 2], np.int8)).dtype == np.float64
    words = np.array(["a"])
    assert as_parts(words) is words
    assert [as_parts(value) for value in (None, "3", [1j], {})] == [None, "3", [1j], {}]


def test_complex_is_a_number_or_an_array_of_that_type():
    assert [is_complex(value) for value in (1j, np.array([1j]), 1.0, np.array([1.0]), "1j", [1j])] == [
        True, True, False, False, False, False
    ]  # fmt: skip


def test_the_spread_of_no_number_and_of_one_is_0():
    assert [spread(np.array(values)) for values in ([], [7.0], [1.0, 4.0, 2.0])] == [0.0, 0.0, 3.0]


@pytest.mark.parametrize(
    ("values", "constant"),
    [
        ([2.0], False),
        ([], False),
        ([2.0, 2.0], True),
        ([0.0, 0.0], True),
        ([1.0, 1.0 + 0.9e-6], True),
        ([1.0, 1.0 + 1.1e-6], False),
        ([1e6, 1e6 + 0.9], True),
        ([1e6, 1e6 + 1.1], False),
        ([1e-10, 2e-10], False),
        ([-5.0, -5.0 - 4e-6], True),
    ],
)
def test_numbers_are_constant_up_to_a_millionth_of_their_size(values, constant):
    assert is_constant(np.array(values)) is constant


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e200])
@pytest.mark.parametrize("offset", [0.0, 5.0])
def test_a_bend_is_the_distance_from_the_best_line_over_that_from_the_mean(scale, offset):
    x = np.linspace(-1.0, 1.0, 101)
    for curve, share in ((x, 0.0), (-x, 0.0), (x**2, 1.0), (np.abs(x), 1.0)):
        assert bend(scale * (curve + offset)) == pytest.approx(share, abs=1e-9)
    wave = np.cos(2 * np.pi * np.arange(100) / 100)
    line = np.linspace(-1.0, 1.0, 100)
    line_deviation, wave_deviation = line.std(), (wave - (line @ wave) / (line @ line) * line).std()
    expected = wave_deviation / np.hypot(line_deviation, wave_deviation)
    assert bend(scale * (line + wave + offset)) == pytest.approx(expected, rel=0.02)


def test_two_numbers_and_constant_ones_do_not_bend_and_three_may():
    assert [bend(np.array(values)) for values in ([1.0, 9.0], [4.0] * 5)] == [0.0, 0.0]
    assert bend(np.array([0.0, 1.0, 0.0])) == pytest.approx(1.0)
    assert bend(np.array([1.0, 2.0, 3.0])) == pytest.approx(0.0, abs=1e-12)
