"""Scoring rules: published values, and what has to hold for every response."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.grade_bands import round_half_up
from grader.exam import rules
from grader.exam.analysis.guessing import guess, guess_exam
from grader.exam.rules import MULTIPLE, Counts, MultipleName, bound, count, multiple

from .making import make_exam, make_question, rows, single
from .making import multiple as multiple_question

WORKED = {
    # key a, c, e of five options; responses ace, ac, abc, abcde, bd
    "all-or-nothing": (1, 0, 0, 0, 0),
    "each-answer": (1, 0.8, 0.6, 0.6, 0),
    "kprim": (1, 0.5, 0, 0, 0),
    "half-point": (1, 0.5, 0.5, 0.5, 0),
    "right-minus-wrong": (1, 0.6, 0.2, 0.2, 0),
    "net-correct": (1, 2 / 3, 1 / 3, 1 / 3, 0),
    "coverage": (1, 2 / 3, 4 / 9, 0.6, 0),
    "right-ticks": (1, 2 / 3, 2 / 3, 1, 0),
    "half-ticks": (1, 0.5, 0.5, 1, 0),
    "ripkey": (1, 2 / 3, 2 / 3, 0, 0),
    "ou-multiresponse": (1, 2 / 3, 2 / 3, 1 / 3, 0),
    "rexams-false": (1, 2 / 3, 1 / 6, 0, 0),
    "rexams-false2": (1, 2 / 3, 1 / 6, 0, 0),
    "rexams-all": (1, 2 / 3, 0, 0, 0),
    "mumie-1": (1, 2 / 3, 5 / 9, 7 / 9, 0),
    "mumie-6": (1, 2 / 3, 0, 0, 0),
    "vds": (1, 1 / 3, 0, 1 / 3, 0),
}
CHANCE = {
    # a coin for each box: five options of which three are right, and four of which two are
    "all-or-nothing": (0.0312, 0.0625),
    "each-answer": (0.5, 0.5),
    "kprim": (0.1094, 0.1875),
    "half-point": (0.2656, 0.1875),
    "right-minus-wrong": (0.1875, 0.1875),
    "net-correct": (0.2396, 0.1875),
    "coverage": (0.3469, 0.3229),
    "right-ticks": (0.5, 0.5),
    "half-ticks": (0.3125, 0.5),
    "ripkey": (0.3438, 0.25),
    "ou-multiresponse": (0.4271, 0.3125),
    "rexams-false": (0.1875, 0.1875),
    "rexams-false2": (0.1875, 0.1875),
    "rexams-all": (0.125, 0.125),
    "mumie-1": (0.4028, 0.375),
}
TICKING_ALL_PAYS = {"each-answer", "half-point", "right-minus-wrong", "net-correct", "coverage", "right-ticks"}
TICKING_ALL_PAYS |= {"half-ticks", "ou-multiresponse", "mumie-1", "vds"}


def score(name: MultipleName, key: str, ticked: str, options: str = "abcde", floor: float = 0.0) -> float:
    return bound(multiple(name, count(options, frozenset(key), frozenset(ticked))), floor, 1.0)


# ---- published values -----------------------------------------------------------------------------------------------


def test_every_rule_has_its_worked_values():
    assert set(WORKED) == set(MULTIPLE) == set(get_args(MultipleName))


@pytest.mark.parametrize("name", sorted(WORKED))
def test_a_rule_of_multiple_response_earns_its_worked_values(name):
    assert [score(name, "ace", ticked) for ticked in ("ace", "ac", "abc", "abcde", "bd")] == pytest.approx(WORKED[name])


def test_rexams_false2_spares_a_question_with_one_wrong_option():
    assert score("rexams-false", "abcd", "abce") == 0
    assert score("rexams-false2", "abcd", "abce") == pytest.approx(0.25)


@pytest.mark.parametrize(("floor", "earned"), [(-1.0, -1.0), (-0.25, -0.25), (0.0, 0.0)])
def test_the_floor_is_the_least_that_a_question_earns(floor, earned):
    assert score("rexams-false2", "ace", "bd", floor=floor) == earned


def test_right_minus_wrong_without_a_floor_takes_off():
    assert score("right-minus-wrong", "ace", "bd", floor=-1.0) == -1


@pytest.mark.parametrize(
    ("name", "n", "right", "wrong", "blank", "worth"),
    [
        ("formula", 4, 15, 4, 1, 15 - 4 / 3),
        ("formula", 5, 10, 10, 0, 7.5),
        ("negative", 2, 14, 6, 0, 8),
        ("omission", 4, 12, 4, 4, 13),
        ("number-right", 5, 3, 2, 1, 3),
    ],
)
def test_a_rule_of_single_response_earns_its_worked_values(name, n, right, wrong, blank, worth):
    of = {outcome: rules.single(name, outcome, n) for outcome in ("right", "wrong", "blank")}
    assert right * of["right"] + wrong * of["wrong"] + blank * of["blank"] == pytest.approx(worth)


def test_negative_marking_takes_what_it_says():
    assert rules.single("negative", "wrong", 4, wrong=0.25) == -0.25
    # +2 for a right one, -2/3 for a wrong one: 40 right and 10 wrong
    assert 2 * (40 + 10 * rules.single("negative", "wrong", 4, wrong=1 / 3)) == pytest.approx(73.333, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "earned"),
    [
        ("each-answer", (1, 0.75, 0.5, 0)),
        ("kprim", (1, 0.5, 0, 0)),
        ("right-minus-wrong", (1, 0.5, 0, -1)),
        ("half-point", (1, 0.5, 0, 0)),
        ("all-or-nothing", (1, 0, 0, 0)),
    ],
)
def test_a_rule_of_rows_earns_its_worked_values(name, earned):
    assert tuple(rules.rows(name, right, 4 - right, 4) for right in (4, 3, 2, 0)) == earned


def test_a_blank_row_costs_less_than_a_wrong_one_where_wrong_ones_cost():
    assert rules.rows("right-minus-wrong", 3, 0, 4) == 0.75
    assert rules.rows("right-minus-wrong", 3, 1, 4) == 0.5


def test_without_a_right_option_no_tick_is_the_perfect_response():
    for name in MULTIPLE:
        assert score(name, "", "", "abc") == 1
        assert score(name, "", "a", "abc") < 1


# ---- what holds for every response ----------------------------------------------------------------------------------

NAMES = st.sampled_from(sorted(MULTIPLE))
OPTIONS = "abcdefg"


@st.composite
def responses(draw):
    """(options, key, ticked), any of each."""
    options = OPTIONS[: draw(st.integers(2, len(OPTIONS)))]
    return options, draw(st.sets(st.sampled_from(options))), draw(st.sets(st.sampled_from(options)))


@given(NAMES, responses())
def test_the_perfect_response_earns_all(name, response):
    options, key, _ = response
    assert score(name, "".join(key), "".join(key), options) == 1


@given(NAMES, responses(), st.floats(-1, 0))
def test_every_response_earns_between_the_floor_and_all(name, response, floor):
    options, key, ticked = response
    assert floor <= score(name, "".join(key), "".join(ticked), options, floor) <= 1


@given(NAMES, responses(), st.randoms())
def test_shuffling_the_options_changes_nothing(name, response, chance):
    options, key, ticked = response
    shuffled = list(options)
    chance.shuffle(shuffled)
    renamed = dict(zip(options, shuffled, strict=True))
    there = score(name, "".join(renamed[o] for o in key), "".join(renamed[o] for o in ticked), "".join(shuffled))
    assert there == score(name, "".join(key), "".join(ticked), options)


LOWERED_BY_A_RIGHT_TICK = {"ripkey"}
"""One tick more than the key has, and nothing is earned: a right tick beside too many wrong ones can cost all."""


@given(st.sampled_from(sorted(set(MULTIPLE) - LOWERED_BY_A_RIGHT_TICK)), responses(), st.floats(-1, 0))
def test_a_right_tick_more_never_lowers(name, response, floor):
    options, key, ticked = response
    for more in key - ticked:
        fewer = score(name, "".join(key), "".join(ticked), options, floor)
        assert score(name, "".join(key), "".join(ticked | {more}), options, floor) >= fewer - 1e-12


@given(NAMES, responses(), st.floats(-1, 0))
def test_a_wrong_tick_more_never_raises(name, response, floor):
    options, key, ticked = response
    for more in set(options) - key - ticked:
        fewer = score(name, "".join(key), "".join(ticked), options, floor)
        assert score(name, "".join(key), "".join(ticked | {more}), options, floor) <= fewer + 1e-12


def test_ripkey_is_the_rule_that_a_right_tick_can_lower():
    assert score("ripkey", "ace", "abd") == pytest.approx(1 / 3)
    assert score("ripkey", "ace", "abcd") == 0


@pytest.mark.parametrize("name", sorted(MULTIPLE))
def test_ticking_everything_pays_only_under_the_rules_that_say_so(name):
    assert (score(name, "ace", "abcde") > 0) == (name in TICKING_ALL_PAYS)


@given(st.permutations(range(5)))
def test_an_order_earns_between_nothing_and_all_and_all_only_when_right(places):
    for name in get_args(rules.OrderName):
        share = rules.order(name, places)
        assert -1 <= share <= 1
        assert (share == 1) == (places == sorted(places))


def test_an_order_turned_round_has_every_pair_wrong():
    assert rules.order("pairs", [3, 2, 1, 0]) == -1


@given(st.integers(0, 4), st.integers(0, 4), st.sampled_from(get_args(rules.RowsName)))
def test_a_right_row_more_never_lowers(right, wrong, name):
    if right + wrong < 4:
        assert rules.rows(name, right + 1, wrong, 4) >= rules.rows(name, right, wrong, 4)
        assert rules.rows(name, right, wrong + 1, 4) <= rules.rows(name, right, wrong, 4)


# ---- chance ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(CHANCE))
def test_guessing_earns_what_is_published(name):
    found = [rules.guess_multiple(name, n, k, none=True) for n, k in ((5, 3), (4, 2))]
    assert found == pytest.approx(CHANCE[name], abs=5.1e-5)


@given(NAMES, st.integers(2, 6), st.data())
def test_guessing_earns_the_mean_over_all_sets_of_ticks(name, n, data):
    k = data.draw(st.integers(1, n))
    options = OPTIONS[:n]
    sets = [[o for place, o in enumerate(options) if mask >> place & 1] for mask in range(2**n)]
    mean = sum(score(name, options[:k], "".join(ticked), options) for ticked in sets) / 2**n
    assert rules.guess_multiple(name, n, k, none=True) == pytest.approx(mean)


def test_formula_scoring_makes_guessing_worth_nothing():
    assert rules.guess_single("formula", 5) == pytest.approx(0)
    assert rules.guess_single("negative", 2) == 0
    assert rules.guess_single("negative", 5) == pytest.approx(-0.6)
    assert rules.guess_single("number-right", 5) == pytest.approx(0.2)


def test_where_there_is_no_box_for_none_no_tick_is_a_blank_and_earns_nothing():
    assert rules.guess_multiple("each-answer", 5, 3, none=False) == pytest.approx(0.5 - 0.4 / 32)


def test_guessing_rows_pairs_and_orders():
    assert rules.guess_rows("each-answer", 4) == 0.5
    assert rules.guess_rows("kprim", 4) == pytest.approx(CHANCE["kprim"][1])
    assert rules.guess_pairs("each-answer", 4, 5) == 0.2
    assert rules.guess_pairs("all-or-nothing", 2, 5) == pytest.approx(0.04)
    assert rules.guess_order("places", 4) == pytest.approx(0.25)
    assert rules.guess_order("pairs", 4, floor=-1) == pytest.approx(0)
    assert rules.guess_order("all-or-nothing", 4) == pytest.approx(1 / 24)


def test_guessing_a_whole_exam_earns_the_sum_over_its_questions():
    exam = make_exam(single("s", points=4), multiple_question("m", points=2), rows("r", points=4))
    assert guess_exam(exam) == pytest.approx(4 / 4 + 2 * 0.1875 + 4 * 0.5)


def test_a_rule_of_the_question_goes_before_that_of_the_exam():
    told = single()
    told["single"]["rule"] = "formula"
    assert guess(make_question(told), make_exam(single()).rules) == pytest.approx(0)


# ---- rounding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "step", "rounded"),
    [(0.1 + 0.2, 0.1, 0.3), (2.675, 0.01, 2.68), (17.25, 0.5, 17.5), (17.24, 0.5, 17.0), (-0.25, 0.5, 0.0), (5, 1, 5)],
)
def test_a_total_is_rounded_half_up(points, step, rounded):
    assert round_half_up(points, step) == rounded


@given(st.lists(st.sampled_from([1 / 3, 2 / 3, 1.0, 0.5]), min_size=1, max_size=30))
def test_thirds_that_make_a_whole_stay_whole(shares):
    whole = sum(round(share * 6) for share in shares) / 6
    assert round_half_up(sum(shares), 0.01) == pytest.approx(round_half_up(whole, 0.01))


def test_counts_tell_what_a_response_has_in_common_with_the_key():
    assert count("abcde", frozenset("ace"), frozenset("abc")) == Counts(tp=2, fp=1, fn=1, tn=1)


# ---- the shares themselves, before floor and cap --------------------------------------------------------------------


@given(NAMES, responses())
def test_no_rule_gives_more_than_all_and_the_perfect_response_gets_just_that(name, response):
    options, key, ticked = response
    assert multiple(name, count(options, frozenset(key), frozenset(ticked))) <= 1
    assert multiple(name, count(options, frozenset(key), frozenset(key))) == 1


def test_pairs_earn_their_worked_values():
    assert [rules.pairs("each-answer", right, 4) for right in range(5)] == [0, 0.25, 0.5, 0.75, 1]
    assert [rules.pairs("all-or-nothing", right, 4) for right in range(5)] == [0, 0, 0, 0, 1]


def test_guessing_counts_what_a_wrong_response_takes_off():
    assert rules.guess_single("negative", 5, wrong=0.25) == pytest.approx(0)
    assert rules.guess_single("negative", 4, wrong=0.5) == pytest.approx((1 - 3 * 0.5) / 4)
    assert rules.guess_single("omission", 4) == pytest.approx(0.25)
    assert rules.guess_rows("right-minus-wrong", 4, floor=-1) == pytest.approx(0)
    assert rules.guess_rows("right-minus-wrong", 4) == pytest.approx((1 + 4 * 0.5) / 16)
    assert rules.guess_rows("each-answer", 2, cap=0.5) == pytest.approx((2 * 0.5 + 0.5) / 4)


@pytest.mark.parametrize("share", [-0.5, -0.25, 0.0, 0.5, 0.75, 1.0])
def test_a_share_stays_between_floor_and_cap_and_the_edges_belong_to_them(share):
    assert bound(share, -0.25, 0.75) == {-0.5: -0.25, 1.0: 0.75}.get(share, share)
