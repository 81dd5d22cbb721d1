"""How often a right key is doubted, and a wrong one found: measured on classes that the thresholds have not seen."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader.exam.analysis import items
from grader.exam.analysis.flags import flag
from grader.exam.analysis.key_doubt import ALLOWANCE, chance_of, doubted
from grader.exam.analysis.resampling import FEWEST, Resampled, resample
from grader.exam.analysis.statistics import alpha

from .classes import analysis_of_choices, chosen_options


@pytest.fixture(autouse=True)
def _without_intervals(monkeypatch, request):
    """They take most of the time of an analysis, and say nothing of keys."""
    if "bootstrap" not in request.node.name and "intervals" not in request.node.name:
        none = (math.nan, math.nan)
        monkeypatch.setattr(
            items, "resample", lambda scores: Resampled(none, none, none, *[(none,) * scores.shape[1]] * 2)
        )


def a_class(seed: int, students: int, questions: int, **more: float):
    return chosen_options(np.random.default_rng([seed, students, questions]), students, questions, 4, **more)


@pytest.mark.parametrize(("students", "questions"), [(15, 40), (40, 20)])
@pytest.mark.parametrize("measures", [0.0, 0.7])
def test_of_exams_whose_keys_are_all_right_hardly_one_is_told_of_a_wrong_one(students, questions, measures):
    """Where nothing measures anything, and where questions do a little; 1 in 20 is promised.

    Of 10 exams with a chance of 1 in 20 each, 3 or more have a warning in 1 of 90 such series; what doubts at 1 in 10
    for each question, as once, warns in most of them.
    """
    classes = [a_class(seed, students, questions, measures=measures) for seed in range(10)]
    warned = sum(bool(flag(analysis_of_choices(chosen, 4)).doubtful_keys) for chosen in classes)
    assert warned <= 2


def test_a_wrong_key_is_found_in_most_classes_of_sixty():
    found = 0
    for seed in range(10):
        chosen = a_class(seed, 60, 30, measures=1.2, known=1.5)
        place, wrong = misprinted(chosen)
        flags = flag(analysis_of_choices(chosen, 4, {place: wrong})).doubtful_keys
        found += any((one.question, one.option) == (f"q{place}", "a") for one in flags)
    assert found >= 6


def misprinted(chosen: np.ndarray) -> tuple[int, int]:
    """A question of middle difficulty, and the option beside the key that most students chose."""
    shares = np.stack([(chosen == option).mean(axis=0) for option in range(4)])
    place = int(np.abs(shares[0] - 0.6).argmin())
    return place, 1 + int(shares[1:, place].argmax())


def test_a_chance_is_the_share_of_the_draws_that_are_as_extreme():
    """Two of six are the two best in 1 of 15 draws."""
    assert chance_of(np.array([0, 0, 0, 0, 1, 1], bool), np.arange(6.0)) == pytest.approx(1 / 15, rel=0.1)
    assert chance_of(np.array([1, 1, 0, 0, 0, 0], bool), np.arange(6.0)) == 1
    assert chance_of(np.array([1, 1, 1], bool), np.arange(3.0)) == 1


def test_the_tests_of_an_exam_share_one_allowance():
    for count in (1, 10, 100):
        just = [ALLOWANCE / count * 0.999, *[0.9] * (count - 1)]
        over = [ALLOWANCE / count * 1.001, *[0.9] * (count - 1)]
        assert (any(doubted(just)), any(doubted(over))) == (True, False)
        assert doubted([None, *just])[0] is False


def test_the_bootstrap_agrees_with_what_is_known():
    """The mean's interval is its standard error times 1.96, on both sides; alpha without an item lies in its own."""
    chance = np.random.default_rng(5)
    ability = chance.normal(0, 1, (200, 1))
    scores = (chance.normal(0, 1, (200, 12)) < ability).astype(float)
    totals = scores.sum(axis=1)
    half = 1.96 * totals.std(ddof=1) / math.sqrt(200)
    assert resample(scores).mean == pytest.approx((totals.mean() - half, totals.mean() + half), abs=0.15 * half)
    for place, (low, high) in enumerate(resample(scores).alpha_if_dropped):
        assert low < alpha(np.delete(scores, place, axis=1)) < high
        assert high - low < 0.2


def test_so_few_students_have_no_intervals():
    assert math.isnan(resample(np.eye(FEWEST - 1)).mean[0])
    assert not math.isnan(resample(np.eye(FEWEST) + np.arange(FEWEST)[:, None]).mean[0])
