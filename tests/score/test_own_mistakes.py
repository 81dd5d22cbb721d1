"""The mistakes and alternatives that the author of a rubric knows: their sentence, share and name."""

from __future__ import annotations

import numpy as np
import pytest

from grader.language import verbatim
from grader.model import Answer
from grader.score import score

from .making import answered, find, rubric_of, run_of

ANGLE = {"variable": "angle"}
HALF = {"half-turn": {"answer": 210.0, "says": "The edge has this direction, seen from its other end.", "earns": 0.5}}
UNCLEAR = {"unclear": {"answer": "unclear", "says": "The drawing does not show which one is meant.", "earns": "person"}}


def test_an_answer_that_a_mistake_leads_to_gets_its_share_its_sentence_and_its_name():
    finding = find({"close": {"to": 30.0, "rtol": 0.01}}, np.array([211.0]), probe=ANGLE, mistakes=HALF)
    assert (finding.status, finding.earned, finding.diagnosis) == ("partly", 2.0, "half-turn")
    assert str(finding.because) == "The edge has this direction, seen from its other end."


def test_the_tolerance_of_the_criterion_holds_for_a_mistake_too():
    assert find({"close": {"to": 30.0, "rtol": 0.001}}, 211.0, probe=ANGLE, mistakes=HALF).earned == 0
    assert find({"value": 30}, 210.0, probe=ANGLE, mistakes=HALF).earned == 2.0
    assert find({"value": 30}, 210.001, probe=ANGLE, mistakes=HALF).earned == 0


def test_a_right_answer_is_no_mistake_even_where_both_are_the_same():
    finding = find({"close": {"to": 210.0}}, 210.0, probe=ANGLE, mistakes=HALF)
    assert (finding.status, finding.diagnosis) == ("met", None)


def test_another_wrong_answer_is_told_as_ever():
    finding = find({"close": {"to": 30.0}}, 29.0, probe=ANGLE, mistakes=HALF)
    assert (finding.status, finding.diagnosis) == ("missed", None)
    assert str(finding.because) == "`angle` is 29, but 30 is expected."


@pytest.mark.parametrize(("earns", "status", "earned"), [(0, "missed", 0), (1, "met", 4), ("person", "unscored", None)])
def test_a_mistake_may_earn_nothing_or_all_or_be_left_to_a_person(earns, status, earned):
    mistakes = {"half-turn": {**HALF["half-turn"], "earns": earns}}
    finding = find({"close": {"to": 30.0}}, 210.0, probe=ANGLE, mistakes=mistakes)
    assert (finding.status, finding.earned, finding.diagnosis) == (status, earned, "half-turn")


@pytest.mark.parametrize("expect", [{"value": "left"}, {"close": {"to": [1.0, 2.0]}}])
def test_an_evaluate_sends_to_a_person_by_a_word(expect):
    finding = find(expect, "unclear", probe={"evaluate": "side()"}, mistakes=UNCLEAR)
    assert finding.status == "unscored"
    assert str(finding.because) == "The drawing does not show which one is meant. A person reads this and decides."
    assert find(expect, "no word of the rubric", probe={"evaluate": "side()"}, mistakes=UNCLEAR).status == "missed"


def test_a_forgotten_return_may_be_a_mistake_of_its_own():
    mistakes = {"nothing": {"answer": None, "says": "The function returns nothing.", "earns": 0.25}}
    assert find({"close": {"to": 30.0}}, None, probe=ANGLE, mistakes=mistakes).earned == 1.0


def test_of_several_mistakes_the_first_that_fits_counts_and_before_a_known_one():
    mistakes = {"first": {**HALF["half-turn"], "answer": -30.0}, "second": {**HALF["half-turn"], "answer": -30.0}}
    finding = find({"close": {"to": 30.0}}, -30.0, probe=ANGLE, mistakes=mistakes, partly={"sign": 0.75})
    assert (finding.diagnosis, finding.earned) == ("first", 2.0)


WITH_PROBE = {"inverse": {"answer": {"probe": "backwards"}, "says": "It maps the wrong way round.", "earns": 0.5}}
BACKWARDS = {"backwards": {"evaluate": "inv(H)", "ask": "reference", "hidden": True}}


@pytest.mark.parametrize("expect", [{"close": {}}, {"value": [[4.0, 0.0], [0.0, 1.0]]}])
def test_what_a_mistake_leads_to_may_be_the_references_answer_to_another_probe(expect):
    rubric = rubric_of(expect, {"call": "fit"}, BACKWARDS, mistakes=WITH_PROBE)
    assert "backwards" in rubric.expected_probes()
    right, wrong = np.diag([4.0, 1.0]), np.diag([0.25, 1.0])
    run = run_of({"asked": answered(wrong)})
    (finding,) = score(run, rubric, {"asked": answered(right), "backwards": answered(wrong)})
    assert (finding.diagnosis, finding.earned) == ("inverse", 2.0)
    (finding,) = score(run, rubric, {"asked": answered(right), "backwards": answered(right)})
    assert finding.diagnosis != "inverse"


def test_a_mistake_whose_probe_the_reference_did_not_answer_is_never_a_zero():
    rubric = rubric_of({"close": {}}, {"call": "fit"}, BACKWARDS, mistakes=WITH_PROBE)
    (finding,) = score(run_of({"asked": answered(2.0)}), rubric, {"asked": answered(1.0)})
    assert finding.status == "unscored"


def test_no_answer_is_no_mistake():
    silent = Answer(status="raised", because=verbatim("It raises an error."))
    assert (
        find({"value": 1}, silent, mistakes={"nothing": {**HALF["half-turn"], "answer": None}}).status == "unanswered"
    )


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        ({"mistakes": {"sign": HALF["half-turn"]}}, "the grader knows a mistake called `sign`"),
        ({"mistakes": {"half-turn": {**HALF["half-turn"], "earns": 2}}}, "less than or equal to 1"),
        ({"mistakes": {"half-turn": {**HALF["half-turn"], "earns": "half"}}}, "valid number"),
        ({"mistakes": {"half-turn": {"says": "No answer is named.", "earns": 0.5}}}, "answer\n.*required"),
        ({"mistakes": {"Half turn": HALF["half-turn"]}}, "match pattern"),
        ({"mistakes": HALF, "expect": {"shape": [2]}}, "`mistakes` need one of close, value"),
        ({"mistakes": WITH_PROBE}, "uses the probe `backwards`, which is not there"),
    ],
)
def test_a_mistake_that_cannot_be_is_refused(criterion, said):
    with pytest.raises(ValueError, match=said):
        rubric_of(**{"expect": {"close": {}}, **criterion})
