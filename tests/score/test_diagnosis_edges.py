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
    for share, name in ((0.9e-3, "offset"), (1.1e-3, None)):
        answer = TARGET + 5.0
        answer[2, 2] = TARGET[2, 2] + 5.0
        answer[0, 0] += share * SPREAD
        found = diagnose(answer, TARGET, 0.1)
        assert (found.name if found else None) == name


def test_what_is_nearly_right_is_no_known_mistake():
    # Ten times the tolerance is no mistake of a kind, but a result that is a little off.
    near, far = TARGET.copy(), TARGET.copy()
    near += 9e-5 * SPREAD
    far += 1.1e-4 * SPREAD
    assert diagnose(near, TARGET, 1e-5) is None
    assert diagnose(far, TARGET, 1e-5).name == "offset"
