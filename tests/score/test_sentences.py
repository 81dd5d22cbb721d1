"""Numbers, names and values in the sentences that students read: how many digits, how long, and with what left out."""

from __future__ import annotations

import numpy as np
import pytest

from grader.rubric import Probe
from grader.score.sentences import (
    clean,
    code,
    figure,
    inside,
    listed,
    listed_or,
    measured,
    number,
    number_pair,
    shown,
    subject,
)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0012345, "0.00123"),
        (1234.5, "1230"),
        (123456789.0, "123000000"),
        (999_000_000.0, "999000000"),
        (1e9, "1e+09"),
        (1234567, "1234567"),
        (10**12 - 1, "999999999999"),
        (10**12, "1e+12"),
        (-(10**12) + 1, "-999999999999"),
        (1.5e-7, "1.5e-07"),
        (float("inf"), "infinity"),
        (-float("inf"), "-infinity"),
        (float("nan"), "NaN"),
        (10**400, "a number with hundreds of digits"),
    ],
)
def test_a_number_is_told_with_three_digits_and_a_whole_one_in_full(value, told):
    assert str(number(value)) == told


def test_a_number_of_hundreds_of_digits_is_left_out_of_code():
    assert figure(10**400, 3) == "…"
    assert str(shown([10**400])) == "[…]"


def test_what_was_measured_on_a_hidden_answer_has_two_digits():
    assert [str(measured(value, tells=tells)) for value in (0.0041234, 5678.0) for tells in (True, False)] == [
        "0.00412", "0.0041", "5680", "5700"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ((0.5, 0.25), ("0.5", "0.25")),
        ((1.2341, 1.2342), ("1.2341", "1.2342")),
        ((1.23, 1.24), ("1.23", "1.24")),
        ((1.2341, 1.3), ("1.23", "1.3")),
        ((1.0, 1.0 + 2**-52), ("1", "1.0000000000000002")),
    ],
)
def test_two_numbers_have_as_few_digits_as_tell_them_apart(pair, told):
    assert tuple(map(str, number_pair(*pair))) == told


def test_a_name_is_bounded_and_holds_nothing_that_ends_the_code_or_does_not_show():
    assert code("model") == "`model`"
    assert code("a`b") == "`a�b`"
    assert code("x" * 40) == f"`{'x' * 40}`"
    assert code("x" * 41) == f"`{'x' * 40}…`"
    assert code("x" * 9, 5) == "`xxxxx…`"
    assert clean("two\nlines\tand  more") == "two lines and more"
    assert clean("left\u202eright\x00end\ud800") == "left�right�end�"
    assert clean("x" * 6, 5) == "xxxxx…"
    assert clean("xxxx  y", 5) == "xxxx…"


@pytest.mark.parametrize(("list_of", "word"), [(listed, "and"), (listed_or, "or")])
def test_of_a_list_six_are_named_and_the_rest_is_counted(list_of, word):
    assert str(list_of([])) == "none"
    assert str(list_of(["a"])) == "a"
    assert str(list_of([*"ab"])) == f"a {word} b"
    assert str(list_of([*"abcdef"])) == f"a, b, c, d, e {word} f"
    assert str(list_of([*"abcdefg"])) == f"a, b, c, d, e, f {word} 1 more"
    assert list_of([]).context == "of a list"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1.2345678, "1.23457"),
        (True, "True"),
        (None, "None"),
        ("yes", '"yes"'),
        (np.array(2.5), "2.5"),
        (np.array([1.0]), "an array of shape (1,)"),
        (np.zeros((2, 3)), "an array of shape (2, 3)"),
        (np.array("text"), "an array of shape ()"),
        (2j, "a value of type `complex`"),
        ([True, None, "a", 1.2345678, 2j], '[True, None, "a", 1.23457, <complex>]'),
        ([np.array(3), np.zeros(4), np.array("a")], "[3, array(…, shape=(4,)), array(…, shape=())]"),
        ([*range(7)], "[0, 1, 2, 3, 4, 5, 6]"),
        ([*range(8)], "[0, 1, 2, 3, 4, 5, 6, …]"),
        (dict.fromkeys("abcdefg", 1), "{a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1}"),
        (dict.fromkeys("abcdefgh", 1), "{a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, …}"),
        ([[[[[1]]]]], "[[[[…]]]]"),
        ([[[[1]]]], "[[[[1]]]]"),
        ({1: {2: {3: {4: {5: 6}}}}}, "{1: {2: {3: {4: …}}}}"),
        ({1: {2: {3: {4: 5}}}}, "{1: {2: {3: {4: 5}}}}"),
        ({"a": [np.array(1)]}, "{a: [1]}"),
        (["x" * 28, "y" * 24], f'["{"x" * 28}", "{"y" * 24}"]'),
        (["x" * 28, "y" * 25], f'["{"x" * 28}", "{"y" * 25}…'),
    ],
)
def test_a_value_is_told_in_sixty_characters_seven_items_and_four_levels(value, told):
    assert str(shown(value)) == told
    assert len(told) <= 60


def asked(**arguments):
    return Probe.model_validate({"call": "blend", "with": arguments})


@pytest.mark.parametrize(
    ("probe", "told"),
    [
        (asked(a=1, b=0.5), "The value of `blend(1, 0.5)`"),
        (asked(a=True, b="soft"), 'The value of `blend(True, "soft")`'),
        (asked(a="x" * 31), f'The value of `blend("{"x" * 31}")`'),
        (asked(a="x" * 32), "The value of `blend`"),
        (asked(a=[1, 2]), "The value of `blend`"),
        (Probe.model_validate({"variable": "slope"}), "`slope`"),
        (None, "Your answer"),
    ],
)
def test_a_call_is_told_with_its_inputs_where_they_are_plain_and_fit_into_forty_characters(probe, told):
    assert str(subject(probe, tells=True)) == told


def test_the_inputs_of_a_call_are_not_told_where_they_are_hidden():
    told = subject(asked(a=1), tells=False)
    assert str(told) == "The value of `blend` on a hidden input"
    assert str(inside(told)) == "the value of `blend` on a hidden input"
