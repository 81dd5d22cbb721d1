"""Which answer counts: that at the end, one from before a name was used again, or one with the right helpers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.language import verbatim
from grader.model import Answer, Cause
from grader.rubric import Rubric
from grader.score import score

from .making import answered, rubric_of, run_of

PART = {"metric": {"name": "mae", "full": 0.0, "none": 10.0, "to": [0.0]}}
"""Worth 4 points; each unit of the answer's error costs 0.4."""
RAISED = Answer(status="raised", because=verbatim("`f` raised ValueError."))


def before(value, after=0, changed=("slope",)):
    answer = value if isinstance(value, Answer) else answered(value)
    return answer.model_copy(update={"after": after, "changed": changed})


def judged(last, *earlier, expect=None, **fields):
    last = last if isinstance(last, Answer) else answered(last)
    run = run_of({"asked": last.model_copy(update={"earlier": earlier})}, **fields)
    return score(run, rubric_of(expect or {"value": 3}), {})[0]


def test_an_earlier_answer_that_is_right_earns_its_points_and_says_when_it_was_so():
    finding = judged(4, before(3, after=2, changed=("slope", "height")))
    assert (finding.status, finding.earned) == ("met", 4)
    assert str(finding.because) == (
        "`slope` is 3, as expected. So it was before code cell 3, which used `slope` and `height` again."
    )


def test_a_right_answer_at_the_end_is_not_looked_for_before():
    assert judged(3, before(3)) == judged(3)
    assert str(judged(3, before(4)).because) == "`slope` is 3, as expected."


def test_an_earlier_answer_that_is_no_better_changes_nothing():
    assert judged(4, before(5)) == judged(4)
    assert judged(4, before(4)) == judged(4)
    assert judged([2.0], before([2.0]), expect=PART) == judged([2.0], expect=PART)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=3, unique=True))
def test_of_answers_that_earn_a_part_the_best_counts(errors):
    last, *others = ([float(error)] for error in errors)
    finding = judged(last, *(before([*other]) for other in others[:1]), expect=PART)
    best = min(errors[:2])
    assert finding.earned == pytest.approx(4 * (1 - best / 10))


def test_a_better_answer_of_several_with_one_rival_counts_and_with_two_a_person_decides():
    assert judged(4, before(3)).status == "met"
    finding = judged(4, before(5, after=6), before(3, after=2))
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because) == (
        "It was as expected before code cell 3, which used `slope` again. At other moments there were 2 other answers "
        "of this form: a person decides which one counts."
    )


@pytest.mark.parametrize("rival", [4, 4.0, [5], "5", None, RAISED, before(3, after=6)])
def test_the_same_value_another_type_and_no_value_are_no_guesses(rival):
    assert judged(4, before(rival, after=5), before(3, after=2)).status == "met"


@pytest.mark.parametrize("rival", [6.0, True, np.array(6)])
def test_numbers_of_several_types_are_guesses_all_the_same(rival):
    assert judged(5, before(rival, after=5), before(3, after=2)).status == "unscored"


def test_an_array_of_another_shape_is_no_guess_and_one_of_the_same_shape_is():
    three, four = np.zeros(3), np.ones(4)
    close = {"close": {"to": [0.0, 0.0, 0.0]}}
    assert judged(four, before(three + 1), before(three), expect=close).status == "met"
    assert judged(three + 1, before(three + 1), before(three), expect=close).status == "met"
    assert judged(three + 2, before(three + 1), before(three), expect=close).status == "unscored"


def test_an_earlier_answer_helps_one_that_raised_an_error():
    assert judged(RAISED, before(3)).status == "met"
    assert judged(RAISED, before(4)) == judged(RAISED)
    assert judged(RAISED).status == "unanswered"


GPU = Cause(kind="device", what=".cuda()", cell=3)
LACKED = Answer(status="raised", cause=GPU)


def test_what_waits_for_a_person_gives_way_to_full_points_only():
    assert judged(LACKED, before([0.0]), expect=PART).earned == 4
    assert judged(LACKED, before([0.05]), expect=PART).earned == pytest.approx(4 * 0.995)
    assert judged(LACKED, before([1.0]), expect=PART).status == "unscored"


def test_an_answer_that_waits_never_takes_the_place_of_one_that_was_judged():
    assert judged(4, before(LACKED)).status == "missed"


def test_a_name_in_other_capitals_is_said_and_costs_nothing():
    finding = judged(answered(3).model_copy(update={"found": ("Slope",)}))
    assert finding.earned == 4
    assert str(finding.because) == (
        "`slope` is 3, as expected. The name is not as the text asks: there is `Slope`, which was asked in its place."
    )


RUBRIC = Rubric.model_validate(
    {
        "points": 4,
        "reference": ["lines"],
        "probes": {"asked": {"call": "fit", "with": {"x": 1}}},
        "criteria": [
            {"id": "it", "says": "It is right.", "points": 4, "probe": "asked", "given": ["f", "g"], "expect": PART}
        ],
    }
)
GIVEN = "asked given f, g"
HIDDEN = Rubric.model_validate(
    RUBRIC.model_dump(exclude_unset=True) | {"probes": {"asked": {"call": "fit", "with": {"x": 1}, "hidden": True}}}
)


def helped(alone, given, *, rubric=RUBRIC, **options):
    answers = {"asked": alone if isinstance(alone, Answer) else answered(alone)}
    if given is not None:
        answers[GIVEN] = given if isinstance(given, Answer) else answered(given)
    return score(run_of(answers), rubric, {}, **options)[0]


def test_a_mistake_in_a_helper_is_not_charged_again():
    finding = helped([10.0], [0.0])
    assert (finding.status, finding.earned) == ("met", 4)
    assert str(finding.because) == (
        "With the right `f` and `g` in place of yours the answer is as expected, so nothing is lost here."
    )


def test_with_the_right_helpers_a_part_may_be_earned():
    finding = helped([10.0], [5.0])
    assert (finding.status, finding.earned) == ("partly", 2)
    assert str(finding.because).startswith("With the right `f` and `g` in place of yours: ")
    assert str(helped([5.0], None, rubric=no_given()).because) in str(finding.because)


def no_given():
    return Rubric.model_validate(
        {
            "points": 4,
            "probes": {"asked": {"call": "fit", "with": {"x": 1}}},
            "criteria": [{"id": "it", "says": "It is right.", "points": 4, "probe": "asked", "expect": PART}],
        }
    )


@pytest.mark.parametrize("given", [[5.0], [7.0], RAISED])
def test_an_answer_with_the_right_helpers_that_is_no_better_changes_nothing(given):
    assert helped([5.0], given) == helped([5.0], None, rubric=no_given())


@pytest.mark.parametrize("given", [None, LACKED])
def test_where_the_right_helpers_could_not_be_tried_a_person_decides(given):
    finding = helped([5.0], given)
    assert (finding.status, finding.earned) == ("unscored", None)
    alone = helped([5.0], None, rubric=no_given()).because
    assert str(finding.because) == f"{alone} It could not be tried with the right `f` and `g` in place of yours."


def test_what_waits_already_keeps_its_own_reason():
    assert helped(LACKED, None) == helped(LACKED, None, rubric=no_given())


def test_a_right_answer_needs_no_helpers():
    assert helped([0.0], None) == helped([0.0], None, rubric=no_given())


def test_an_error_of_the_students_with_the_right_helpers_is_no_cause_of_ours():
    own = Answer(status="raised", because=verbatim("It raised."), cause=Cause(kind="student"))
    assert helped([5.0], own).earned == 2


def test_a_self_check_judges_without_the_right_helpers():
    assert helped([5.0], [0.0], public_only=True).earned == 2
    assert helped([5.0], None, public_only=True).earned == 2


def test_large_arrays_that_differ_in_one_value_are_two_guesses():
    right, one, other = np.zeros(2000), np.zeros(2000), np.zeros(2000)
    one[1000], other[1000] = 1, 2
    close = {"close": {"to": {"probe": "truth"}}}
    last = answered(one).model_copy(update={"earlier": (before(other), before(right))})
    rubric = rubric_of(close, others={"truth": {"evaluate": "zeros", "ask": "reference"}})
    assert score(run_of({"asked": last}), rubric, {"truth": answered(right)})[0].status == "unscored"


def test_three_names_are_listed_and_the_rest_counted():
    four = ("a", "b", "c", "d")
    assert "which used `a`, `b`, `c` and 1 more again" in str(judged(4, before(3, changed=four)).because)
    found = answered(3).model_copy(update={"found": four})
    assert "there is `a`, `b`, `c` and 1 more, which" in str(judged(found).because)
    assert "before code cell 1, which" in str(judged(4, before(3, after=None)).because)
