"""An answer beside those to other probes: an argument that makes no difference, an answer that is written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.rubric import Rubric
from grader.score import score
from grader.score.other_answers import has_twin

from .making import answered, run_of

PICTURE = {"random": "uniform", "shape": [4, 5], "seed": 1}
OTHER = {"random": "uniform", "shape": [4, 5], "seed": 2}
WRITTEN_OUT = "That is the answer for other inputs: calculate it from the arguments, whatever they are."


def smooth(picture, sigma):
    return picture * np.exp(-sigma) + sigma * np.sin(7 * picture)


def find_beside(answers, *, first=None, second=None, others=None, hidden=False, kind="call", unit=1.0):
    """The finding on `smooth(picture, sigma=1)`, of a notebook that gave these answers to the probes of it."""
    first, second = first or {"picture": PICTURE, "sigma": 1.0}, second or {"picture": PICTURE, "sigma": 2.0}
    asked = {"first": first, "second": second, **(others or {})}
    rubric = Rubric.model_validate(
        {
            "points": len(asked),
            "probes": {
                "first": {kind: "smooth", "with": first, "hidden": hidden},
                **{name: {kind: "smooth", "with": asked[name]} for name in asked if name != "first"},
            },
            "criteria": [
                {"id": name, "says": "It is right.", "points": 1, "probe": name, "expect": {"close": {}}}
                for name in asked
            ],
        }
    )
    expected = {name: answered(unit * smooth(picture_of(probe), probe["sigma"])) for name, probe in asked.items()}
    run = run_of({name: answered(answer) for name, answer in zip(asked, answers, strict=True)})
    return score(run, rubric, expected)[0]


def picture_of(arguments):
    return np.random.default_rng(arguments["picture"]["seed"]).uniform(size=arguments["picture"]["shape"])


RIGHT = smooth(picture_of({"picture": PICTURE}), 1.0)
RIGHT_FOR_2 = smooth(picture_of({"picture": PICTURE}), 2.0)
WRONG = np.cos(9 * RIGHT)


@pytest.mark.parametrize("hidden", [False, True])
def test_an_argument_that_makes_no_difference_is_named(hidden):
    finding = find_beside([WRONG, WRONG], hidden=hidden)
    assert finding.diagnosis == "ignored-argument"
    told = "The argument `sigma` makes no difference: for another value of it the answer is the same."
    assert str(finding.because).endswith(told)


@pytest.mark.parametrize("hidden", [False, True])
def test_the_right_answer_for_other_inputs_is_not_taken_for_a_calculation(hidden):
    finding = find_beside([RIGHT_FOR_2, WRONG], hidden=hidden)
    assert (finding.status, finding.diagnosis) == ("missed", "hard-coded")
    assert str(finding.because).endswith(WRITTEN_OUT)


def test_one_answer_for_all_inputs_is_told_too():
    finding = find_beside([WRONG, WRONG], second={"picture": OTHER, "sigma": 2.0})
    assert (finding.diagnosis, str(finding.because).endswith(WRITTEN_OUT)) == ("hard-coded", True)


def test_a_right_answer_has_no_diagnosis_even_if_the_other_one_is_written_out():
    finding = find_beside([RIGHT, RIGHT])
    assert (finding.status, finding.diagnosis) == ("met", None)


def test_a_known_mistake_in_the_numbers_is_told_before():
    assert find_beside([2 * RIGHT, 2 * RIGHT]).diagnosis == "up-to-scale"


def test_equal_answers_to_questions_with_one_right_answer_say_nothing():
    same = {"picture": PICTURE, "sigma": 1.0}
    assert find_beside([WRONG, WRONG], first=same, second=same).diagnosis is None


def test_code_of_the_rubric_has_no_arguments_to_speak_of():
    assert find_beside([WRONG, WRONG], kind="evaluate").diagnosis is None


@pytest.mark.parametrize("broken", ["text", None, [[1, 2], [3]], np.full((4, 5), np.nan), []])
def test_answers_that_are_no_numbers_say_nothing(broken):
    assert find_beside([WRONG, broken]).diagnosis is None
    assert find_beside([broken, WRONG]).diagnosis in (None, "nan")


@pytest.mark.parametrize(("count", "name"), [(5, None), (6, "ignored-argument")])
def test_fewer_than_six_numbers_may_be_equal_by_chance(count, name):
    small = {**PICTURE, "shape": [1, count]}
    finding = find_beside([[[1.0, 2.0, 4.0, 9.0, 3.0, 7.0][:count]]] * 2, first={"picture": small, "sigma": 1.0},
                          second={"picture": small, "sigma": 2.0})  # fmt: skip
    assert finding.diagnosis == name


@pytest.mark.parametrize(("count", "twin"), [(5, False), (6, True)])
def test_six_equal_numbers_that_differ_are_twins(count, twin):
    assert has_twin([*range(count)], [*range(count)]) is twin
    assert not has_twin([1] * count, [1] * count)
    assert not has_twin([*range(count)], "text")


@pytest.mark.parametrize("unit", [1e-3, 1e3])
def test_the_right_answer_for_other_inputs_is_known_up_to_a_millionth(unit):
    for share, name in ((0.9e-6, "hard-coded"), (1.1e-6, None)):
        off = unit * RIGHT_FOR_2
        off[2, 2] += share * np.ptp(off)
        assert find_beside([off, unit * WRONG], unit=unit).diagnosis == name


def test_of_several_other_inputs_those_with_the_same_right_answer_are_passed_over():
    same = {"picture": PICTURE, "sigma": 1.0}
    others = {"third": {"picture": PICTURE, "sigma": 2.0}}
    assert find_beside([WRONG, WRONG, WRONG], second=same, others=others).diagnosis == "ignored-argument"


@given(st.integers(0, 999))
def test_two_answers_that_are_wrong_by_themselves_have_no_diagnosis(seed):
    random = np.random.default_rng(seed)
    assert find_beside(list(random.normal(size=(2, 4, 5)))).diagnosis is None
