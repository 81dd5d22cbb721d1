"""One finding for each criterion: its status, its points and whose fault it is when there is none."""

from __future__ import annotations

import numpy as np
import pytest

from grader.language import verbatim
from grader.model import Answer, CellComparison, NotebookFacts
from grader.rubric import Rubric
from grader.score import findings, score

from .making import answered, find, rubric_of, run_of

CLOSE = {"close": {"to": 2.0, "rtol": 0.1}}


def test_a_right_answer_is_met_with_all_points():
    finding = find(CLOSE, 2.05)
    assert (finding.status, finding.earned, finding.possible) == ("met", 4.0, 4.0)
    assert str(finding.because) == "`slope` is 2.05, close to the expected 2."
    assert (finding.criterion, finding.says, finding.hidden) == ("it", "It is right.", False)


def test_a_wrong_answer_is_missed_with_zero():
    finding = find(CLOSE, 3.0)
    assert (finding.status, finding.earned) == ("missed", 0.0)
    assert str(finding.because) == "`slope` is 3, but 2 is expected."


def test_a_named_diagnosis_earns_the_share_that_the_rubric_gives_it():
    finding = find(CLOSE, -2.0, partly={"sign": 0.25})
    assert (finding.status, finding.earned, finding.diagnosis) == ("partly", 1.0, "sign")


def test_a_share_never_takes_points_away():
    metric = {"metric": {"name": "mse", "full": 0.0, "none": 10.0, "to": [1.0, 2.0, 3.0]}}
    with_share = find(metric, [2.0, 2.0, 2.0], partly={"constant": 0.1})
    assert with_share.diagnosis == "constant"
    assert with_share.earned == find(metric, [2.0, 2.0, 2.0]).earned == pytest.approx(4 * (1 - 2 / 30))


@pytest.mark.parametrize("status", ["missing", "raised", "stopped", "unusable"])
def test_without_a_value_a_criterion_is_unanswered_for_the_answers_own_reason(status):
    finding = find(CLOSE, Answer(status=status, because=verbatim("The notebook has no `slope`.")))
    assert (finding.status, finding.earned) == ("unanswered", 0.0)
    assert str(finding.because) == "The notebook has no `slope`."


def test_without_a_value_nothing_is_earned_even_where_a_person_was_to_judge_the_answer():
    finding = find(
        {"person": {"shows": "answer"}}, Answer(status="missing", because=verbatim("The notebook has no `essay`."))
    )
    assert (finding.status, finding.earned) == ("unanswered", 0.0)


def test_a_person_who_looks_at_the_whole_notebook_decides_where_the_probe_has_no_value_too():
    finding = find({"person": True}, Answer(status="missing", because=verbatim("The notebook has no `essay`.")))
    assert (finding.status, finding.earned) == ("unscored", None)


def test_our_failure_is_never_the_students_zero():
    run = run_of(end="failed", because=verbatim("no space left on device"))
    (finding,) = score(run, rubric_of(CLOSE), {})
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because) == "The grader failed on this notebook. That is not your fault: a person looks at it."


@pytest.mark.parametrize("expect", [CLOSE, {"person": True}, {"reproduced": {}}])
def test_an_unreadable_notebook_leaves_every_criterion_unanswered(expect):
    run = run_of(end="unreadable", because=verbatim("The file is a web page, not a notebook."))
    (finding,) = score(run, rubric_of(expect), {})
    assert (finding.status, finding.earned) == ("unanswered", 0.0)
    assert str(finding.because) == "The file is a web page, not a notebook."


@pytest.mark.parametrize("reference", [{}, {"asked": Answer(status="raised", because=verbatim("f raised"))}])
def test_a_silent_reference_is_the_courses_fault(reference):
    (finding,) = score(run_of({"asked": answered(2.0)}), rubric_of({"close": {}}), reference)
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because) == "The reference did not answer the probe `asked`: the instructor has to fix it."


def test_without_an_answer_the_reference_is_not_needed():
    (finding,) = score(
        run_of({"asked": Answer(status="missing", because=verbatim("No."))}), rubric_of({"close": {}}), {}
    )
    assert finding.status == "unanswered"


def test_a_probe_that_this_run_was_not_asked_waits():
    (finding,) = score(run_of(), rubric_of(CLOSE), {})
    assert finding.status == "unscored"
    assert str(finding.because) == "This run was not asked the probe `asked`; it waits until it is run again."


def test_a_reference_that_is_not_finite_never_passes():
    finding = find({"close": {}}, [1.0, float("nan")], expected=np.array([1.0, np.nan]))
    assert finding.status == "unscored"
    assert str(finding.because) == "The expected value holds NaN or infinity: the instructor has to fix it."


def fail(evidence):
    raise ValueError("no such thing as 7.391")


def test_an_error_while_judging_leaves_the_criterion_to_a_person(monkeypatch):
    monkeypatch.setattr(findings, "judge", fail)
    finding = find(CLOSE, 2.0)
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because) == (
        "The grader failed on this criterion (ValueError: no such thing as 7.391); a person looks at it."
    )


def test_an_error_on_a_hidden_criterion_does_not_tell_its_text(monkeypatch):
    monkeypatch.setattr(findings, "judge", fail)
    finding = find(CLOSE, 2.0, probe={"variable": "slope", "hidden": True})
    assert str(finding.because) == "The grader failed on this criterion (ValueError); a person looks at it."


def test_a_fraction_beyond_its_bounds_is_our_failure(monkeypatch):
    monkeypatch.setattr(findings, "judge", lambda evidence: findings.Verdict(float("nan"), "Well done."))
    assert find(CLOSE, 2.0).status == "unscored"


def test_public_only_leaves_hidden_criteria_out_and_keeps_the_order():
    rubric = Rubric.model_validate(
        {
            "points": 3,
            "probes": {"open": {"variable": "a"}, "secret": {"variable": "b", "hidden": True}},
            "criteria": [
                {"id": "one", "says": "One is right.", "points": 1, "probe": "open", "expect": {"value": 1}},
                {"id": "two", "says": "Two is right.", "points": 1, "probe": "secret", "expect": {"value": 2}},
                {"id": "three", "says": "You say why.", "points": 1, "expect": {"person": True}},
            ],
        }
    )
    run = run_of({"open": answered(1), "secret": answered(2)})
    assert [finding.criterion for finding in score(run, rubric, {})] == ["one", "two", "three"]
    assert [finding.hidden for finding in score(run, rubric, {})] == [False, True, False]
    assert [finding.criterion for finding in score(run, rubric, {}, public_only=True)] == ["one", "three"]


def test_a_person_decides_where_there_is_something_to_look_at():
    facts = NotebookFacts(words="The small network is best.")
    finding = find({"person": {"shows": "words"}}, None, facts=facts)
    assert (finding.status, str(finding.because)) == ("unscored", "A person reads this and decides.")


def test_a_person_is_not_asked_to_read_nothing():
    finding = find({"person": {"shows": "words"}}, None, facts=NotebookFacts(words=" \n"))
    assert (finding.status, finding.earned) == ("unanswered", 0.0)
    assert str(finding.because) == "There is nothing to read: the text cells hold no words of yours."


def test_earned_points_are_rounded_and_never_above_the_possible_ones():
    third = {"metric": {"name": "mae", "full": 0.0, "none": 3.0, "to": [0.0]}}
    assert find(third, [2.0], points=1).earned == 0.333333
    assert find(CLOSE, 2.0, points=0.12345678).earned == 0.12345678


MISSING = Answer(status="missing", because=verbatim("The notebook has no `slope`."))


def judged(answer, **fields):
    return score(run_of({"asked": answer}, **fields), rubric_of(CLOSE), {})[0]


def test_what_a_missing_package_has_spoiled_waits_for_a_person():
    finding = judged(MISSING, missing_packages=("pandas", "torchvision"))
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because) == (
        "Your notebook imports `pandas` and `torchvision`, which Colab has and the machine that grades lacks. "
        "That is not your fault: a person looks at it."
    )
    assert judged(MISSING).status == "unanswered"


def test_what_was_answered_all_the_same_is_judged():
    assert judged(answered(2.05), missing_packages=("pandas",)).status == "met"
    assert judged(answered(3.0), missing_packages=("pandas",)).status == "missed"


def test_what_a_missing_download_has_spoiled_waits_for_a_person():
    finding = judged(MISSING, missing_files=("https://example.org/weights-of-the-network/`a`.pt", "input('Age? ')"))
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because) == (
        "Your notebook asks for what is not to be had where notebooks are graded: "
        "`https://example.org/weights-of-the-network/\ufffda\ufffd.pt` and `input('Age? ')`. "
        "That is not your fault: a person looks at it."
    )
    assert judged(answered(3.0), missing_files=("https://example.org/a",)).status == "missed"


def test_missing_packages_and_downloads_are_told_together():
    told = str(judged(MISSING, missing_packages=("pandas",), missing_files=tuple("abcde")).because)
    assert told == (
        "Your notebook imports `pandas`, which Colab has and the machine that grades lacks. Your notebook asks for "
        "what is not to be had where notebooks are graded: `a`, `b`, `c` and 2 more. That is not your fault: "
        "a person looks at it."
    )


def test_a_reproduction_that_a_missing_package_has_spoiled_waits_and_one_without_words_too():
    compared = (CellComparison(number=1, title="x", stored=True, executed=True, text_alike=False),)
    nothing = NotebookFacts(comparisons=compared, words="")
    for expect, alone in ({"reproduced": {}}, "missed"), ({"person": {"shows": "words"}}, "unanswered"):
        (finding,) = score(run_of({"asked": MISSING}, facts=nothing), rubric_of(expect), {})
        assert finding.status == alone
        lacking = run_of({"asked": MISSING}, facts=nothing, missing_packages=("pandas",))
        assert score(lacking, rubric_of(expect), {})[0].status == "unscored"
    same = NotebookFacts(comparisons=(compared[0].model_copy(update={"text_alike": True}),))
    lacking = run_of({"asked": MISSING}, facts=same, missing_packages=("pandas",))
    assert score(lacking, rubric_of({"reproduced": {}}), {})[0].status == "met"


@pytest.mark.parametrize("fraction", [-0.01, 1.01])
def test_a_fraction_outside_of_its_bounds_is_our_failure_and_is_named(monkeypatch, fraction):
    monkeypatch.setattr(findings, "judge", lambda evidence: findings.Verdict(fraction, verbatim("Well done.")))
    assert f"(ValueError: a fraction of {fraction})" in str(find(CLOSE, 2.0).because)


def test_a_long_error_is_cut_and_one_without_a_text_is_named_by_its_type(monkeypatch):
    def fail_at_length(evidence):
        raise ValueError("x" * 200)

    monkeypatch.setattr(findings, "judge", fail_at_length)
    assert f"(ValueError: {'x' * 160}…)" in str(find(CLOSE, 2.0).because)

    def fail_silently(evidence):
        raise ValueError

    monkeypatch.setattr(findings, "judge", fail_silently)
    assert "(ValueError)" in str(find(CLOSE, 2.0).because)


@pytest.mark.parametrize("points", [1 / 3, 0.5, 1])
def test_points_that_rounding_makes_a_little_less_are_all_points_and_half_of_them_are_a_part(points):
    half = {"metric": {"name": "mae", "full": 0.0, "none": 2.0, "to": [0.0]}}
    assert find(CLOSE, 2.0, points=points).status == "met"
    assert find(half, [1.0], points=points).status == "partly"


def test_the_expected_value_may_be_the_references_answer_to_another_probe():
    rubric = rubric_of(
        {"close": {"to": {"probe": "truth"}}}, others={"truth": {"evaluate": "f(x)", "ask": "reference"}}
    )
    run = run_of({"asked": answered(2.0)})
    assert score(run, rubric, {"truth": answered(2.0)})[0].status == "met"
    assert score(run, rubric, {"truth": answered(3.0)})[0].status == "missed"
    assert str(score(run, rubric, {})[0].because).startswith("The reference did not answer the probe `truth`")


@pytest.mark.parametrize(
    ("expect", "answer", "status"),
    [
        ({"value": 3}, 3, "met"),
        ({"value": 3}, 4, "missed"),
        ({"count": {"at_least": 4, "in_proportion": True}}, [1, 2], "partly"),
        ({"person": {}}, 3, "unscored"),
        ({"value": 3}, Answer(status="raised"), "unanswered"),
    ],
)
def test_a_criterion_of_no_points_says_whether_it_is_met(expect, answer, status):
    finding = find(expect, answer, points=0)
    assert (finding.status, finding.earned, finding.possible) == (status, None if status == "unscored" else 0, 0)
