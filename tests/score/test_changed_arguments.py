"""A right answer that changes what it was only to read: said always, and charged where the rubric says so."""

import numpy as np
import pytest

from grader.score import score

from .making import answered, rubric_of, run_of

CHARGED = {"changed-argument": 0.75}
SAID = "`slope` is 3, as expected."


def judged(value, overwritten, *, partly=None, hidden=False, expected=None):
    answer = answered(value).model_copy(update={"overwritten": overwritten})
    rubric = rubric_of({"value": 3}, {"variable": "slope", "hidden": hidden}, partly=partly or {})
    return score(run_of({"asked": answer}), rubric, expected or {})[0]


def test_it_is_said_and_costs_nothing_where_the_rubric_does_not_name_it():
    finding = judged(3, ("gray",))
    assert (finding.status, finding.earned, finding.diagnosis) == ("met", 4, None)
    assert str(finding.because) == (
        f"{SAID} But the call changes `gray` in place: work on a copy, as whoever calls still needs it."
    )


def test_it_costs_what_the_rubric_says():
    finding = judged(3, ("gray", "points"), partly=CHARGED)
    assert (finding.status, finding.earned, finding.diagnosis) == ("partly", 3, "changed-argument")
    assert "changes `gray` and `points` in place" in str(finding.because)


def test_of_a_hidden_question_no_name_is_told():
    finding = judged(3, ("gray",), partly=CHARGED, hidden=True)
    assert "But the call changes an argument in place" in str(finding.because)
    assert "gray" not in str(finding.because)


@pytest.mark.parametrize("value", [4, np.ones(3)])
def test_a_wrong_answer_is_told_as_wrong_and_no_more(value):
    assert judged(value, ("gray",), partly=CHARGED) == judged(value, (), partly=CHARGED)


def test_what_the_reference_changes_too_is_part_of_the_exercise():
    reference = answered(3).model_copy(update={"overwritten": ("gray",)})
    assert str(judged(3, ("gray",), partly=CHARGED, expected={"asked": reference}).because) == SAID
