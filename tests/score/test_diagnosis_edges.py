"""How close a known mistake has to fit: the rubric's tolerance, but never looser than 1e-3 or stricter than 1e-6."""

from __future__ import annotations

import numpy as np
import pytest

from grader.score.diagnosis import diagnose

TARGET = np.random.default_rng(11).normal(size=(9, 14))
SPREAD = TARGET.max() - TARGET.min()


def off_by(share: float) -> np.ndarray:
    """Three times the target, and one value off by a share of the tripled spread."""
    answer = 3 * TARGET
    answer[4, 7] += share * 3 * SPREAD
    return answer


@pytest.mark.parametrize(
    ("rtol", "reach"),
    [(1e-2, 1e-3), (0.5, 1e-3), (1e-3, 1e-3), (2e-4, 2e-4), (1e-6, 1e-6), (1e-9, 1e-6), (0.0, 1e-6)],
)
def test_a_factor_fits_up_to_the_tolerance_and_not_beyond(rtol, reach):
    found = diagnose(off_by(0.8 * reach), TARGET, rtol)
    assert found is not None
    assert found.name == "up-to-scale"
    assert diagnose(off_by(1.3 * reach), TARGET, rtol) is None


@pytest.mark.parametrize(("rtol", "reach"), [(0.5, 1e-3), (0.0, 1e-6)])
@pytest.mark.parametrize(("ratio", "name"), [(-1.0, "sign"), (180 / np.pi, "degrees-for-radians")])
def test_a_single_number_has_the_same_two_limits(rtol, reach, ratio, name):
    target = np.array([1.7])
    for share in (-0.9, 0.9):
        assert diagnose(target * ratio * (1 + share * reach), target, rtol).name == name
        assert diagnose(target * ratio * (1 + 1.5 * np.sign(share) * reach), target, rtol) is None


def test_an_offset_fits_up_to_the_tolerance_and_not_beyond():
    for share, name in ((0.95e-3, "offset"), (1.05e-3, None)):
        answer = TARGET + 5.0
        answer[2, 2] = TARGET[2, 2] + 5.0
        answer[0, 0] += share * SPREAD
        found = diagnose(answer, TARGET, 0.1)
        assert (found.name if found else None) == name


def test_what_is_nearly_right_is_no_known_mistake():
    # Ten times the tolerance is no mistake of a kind, but a result that is a little off.
    near, far = TARGET.copy(), TARGET.copy()
    near += 9e-5 * SPREAD
    far += 1.05e-4 * SPREAD
    assert diagnose(near, TARGET, 1e-5) is None
    assert diagnose(far, TARGET, 1e-5).name == "offset"


def test_a_hundred_thousandth_is_the_tolerance_where_none_is_said():
    assert diagnose(off_by(0.9e-5), TARGET).name == "up-to-scale"
    assert diagnose(off_by(1.1e-5), TARGET) is None


FEW = np.array([30.0, -20.0])


@pytest.mark.parametrize(("factor", "name"), [(-1.0, "sign"), (180 / np.pi, "degrees-for-radians")])
def test_of_two_numbers_a_factor_fits_up_to_a_share_of_the_larger_one(factor, name):
    for share, told in ((0.9e-3, name), (1.1e-3, None)):
        found = diagnose(factor * (FEW + np.array([0.0, share * 30.0])), FEW, 1e-3)
        assert (found.name if found else None) == told


def test_two_numbers_have_changed_places_up_to_a_share_of_the_larger_one():
    for share, told in ((0.9e-3, "swapped"), (1.1e-3, None)):
        found = diagnose(FEW[::-1] + np.array([share * 30.0, 0.0]), FEW, 1e-3)
        assert (found.name if found else None) == told


@pytest.mark.parametrize("turn", [360.0, 2 * np.pi])
def test_an_angle_is_a_turn_away_up_to_a_share_of_the_turn(turn):
    for share, told in ((0.9e-3, "whole-turns"), (1.1e-3, None)):
        answer, target = turn * np.array([0.25, -0.2]), turn * np.array([0.25, 0.8 + share])
        found = diagnose(answer, target, 1e-3)
        assert (found.name if found else None) == told
