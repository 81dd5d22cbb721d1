"""The promised numbers of `close`, on both sides: the edge is measured from what is expected, not from the answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .making import find

TARGETS = st.floats(0.01, 1e6) | st.floats(-1e6, -0.01)
SIGNS = st.sampled_from([-1.0, 1.0])


def status(answer, target, **close) -> str:
    return find({"close": close}, answer, target).status


@given(TARGETS, st.floats(1e-6, 0.5), SIGNS)
def test_rtol_is_a_share_of_the_expected_value_and_its_edge_is_sharp_above_and_below(target, rtol, sign):
    edge = rtol * abs(target)
    assert status(target + sign * edge * (1 - 1e-6), target, rtol=rtol, atol=0.0) == "met"
    assert status(target + sign * edge * (1 + 1e-6), target, rtol=rtol, atol=0.0) == "missed"


@given(TARGETS, st.floats(1e-6, 0.5), st.floats(1e-3, 1e3), SIGNS)
def test_atol_is_added_to_the_share(target, rtol, atol, sign):
    edge = atol + rtol * abs(target)
    assert status(target + sign * edge * (1 - 1e-6), target, rtol=rtol, atol=atol) == "met"
    assert status(target + sign * edge * (1 + 1e-6), target, rtol=rtol, atol=atol) == "missed"


@given(st.floats(1e-6, 0.5), st.integers(0, 5), SIGNS)
def test_each_value_of_an_array_has_an_edge_of_its_own(rtol, place, sign):
    target = np.array([1.0, -3.0, 20.0, 0.5, -700.0, 4.0])
    for share, expected in ((1 - 1e-6, "met"), (1 + 1e-6, "missed")):
        answer = target.copy()
        answer[place] += sign * share * rtol * abs(target[place])
        assert status(answer, target, rtol=rtol, atol=0.0) == expected


def test_an_expected_zero_leaves_no_room_but_atol():
    assert status(0.0, 0.0, rtol=0.5, atol=0.0) == "met"
    assert status(1e-12, 0.0, rtol=0.5, atol=0.0) == "missed"
    assert (status(0.9e-8, 0.0, atol=1e-8), status(1.1e-8, 0.0, atol=1e-8)) == ("met", "missed")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_close_to_nothing(value):
    assert status(value, 1.0, rtol=0.5, atol=1e9) == "missed"
