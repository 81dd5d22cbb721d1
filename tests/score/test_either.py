"""Several right answers: any of them is enough, and where none is given, the first one is explained."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.language import verbatim
from grader.model import Answer
from grader.score import score

from .making import answered, find, rubric_of, run_of

CORNERS = {"variable": "corners"}
NONE_FOUND = {"either": [{"shape": [0, 2]}, {"type": "None"}, {"raises": "ValueError"}]}
RAISED = Answer(status="raised", value="ValueError", because=verbatim("It raises ValueError."))
OTHER = "Other answers are right, too."


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (np.empty((0, 2)), "`corners` has the shape (0, 2)."),
        (None, "`corners` is of type `None`."),
        (RAISED, "`corners`: `ValueError` is raised, as expected."),
    ],
)
def test_each_of_several_right_answers_is_met_with_its_own_sentence(answer, sentence):
    finding = find(NONE_FOUND, answer, probe=CORNERS)
    assert (finding.status, str(finding.because)) == ("met", sentence)


def test_where_none_fits_the_first_is_told_and_that_there_are_others():
    finding = find(NONE_FOUND, [[3.0, 4.0]], probe=CORNERS)
    assert finding.status == "missed"
    assert str(finding.because) == f"`corners` has the shape (1, 2), but the shape (0, 2) is expected. {OTHER}"


def test_the_best_finding_counts_also_where_it_is_a_share_for_a_known_mistake():
    squares = (np.arange(12.0) ** 2).tolist()
    expect = {"either": [{"close": {"to": squares[::-1]}}, {"close": {"to": squares}}]}
    finding = find(expect, [3 * one for one in squares], probe=CORNERS, partly={"up-to-scale": 0.5})
    assert (finding.status, finding.earned, finding.diagnosis) == ("partly", 2.0, "up-to-scale")
    assert str(finding.because).endswith(OTHER)


def test_no_answer_to_any_of_them_is_no_answer():
    silent = Answer(status="raised", value="KeyError", because=verbatim("It raises KeyError."))
    finding = find({"either": [{"value": 1}, {"close": {"to": 2}}]}, silent)
    assert (finding.status, str(finding.because)) == ("unanswered", "It raises KeyError.")


def test_what_the_reference_did_not_answer_waits_unless_another_one_is_met():
    expect = {"either": [{"value": 1}, {"close": {}}]}
    assert find(expect, 1).status == "met"
    assert find(expect, 2).status == "unscored"
    assert find(expect, 2, 2.0).status == "met"


def test_each_names_its_own_probes_and_a_hidden_one_keeps_its_numbers():
    others = {"one": {"evaluate": "one()", "ask": "reference", "hidden": True}}
    rubric = rubric_of({"either": [{"close": {"to": {"probe": "one"}}}, {"value": 2}]}, CORNERS, others)
    assert rubric.expected_probes() == ["one"]
    (finding,) = score(run_of({"asked": answered(3)}), rubric, {"one": answered(7391)})
    assert str(finding.because) == f"`corners` is not the expected one. {OTHER}"


def test_a_mistake_of_the_rubrics_own_is_found_by_any_of_them():
    mistakes = {"rounded-up": {"answer": 4, "says": "It is rounded up.", "earns": 0.5}}
    expect = {"either": [{"shape": [2]}, {"close": {"to": 3.0, "atol": 0.1}}, {"value": "three"}]}
    assert find(expect, 4.05, mistakes=mistakes).diagnosis == "rounded-up"
    with pytest.raises(ValueError, match="`mistakes` need one of"):
        find({"either": [{"shape": [2]}, {"type": "int"}]}, 4, mistakes=mistakes)


def test_an_error_other_than_the_expected_one_is_no_mistake_of_the_rubrics_own():
    mistakes = {"four": {"answer": 4, "says": "It is four.", "earns": 0.5}}
    raised = Answer(status="raised", value="KeyError", because=verbatim("It raises KeyError."))
    finding = find({"either": [{"raises": "ValueError"}, {"value": 3}]}, raised, mistakes=mistakes, probe=CORNERS)
    told = f"`corners`: `ValueError` should be raised, but it is `KeyError`. {OTHER}"
    assert (finding.status, str(finding.because)) == ("missed", told)


@given(wanted=st.lists(st.integers(-5, 5), min_size=2, max_size=4), answer=st.integers(-6, 6))
def test_one_of_several_values_is_met_just_where_the_answer_is_one_of_them(wanted, answer):
    finding = find({"either": [{"value": one} for one in wanted]}, answer)
    assert (finding.status == "met") == (answer in wanted)
