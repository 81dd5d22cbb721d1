"""Numbers as students write them, where languages and computers disagree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exam.exam import Rules
from grader.exam.judging import judge
from grader.exam.numbers import read_number
from grader.exam.revisions import Asked
from grader.model import Answer
from tests.exam.making import make_question, question


def found(answer: float, written: str, languages=("es",), **more: Any):
    asked = Asked(make_question(question("numeric", {"answer": answer, **more})), languages=languages)
    (finding,) = judge(asked, Answer(status="answered", value=written), Rules(), languages[0], {})
    return finding.status


@pytest.mark.parametrize("answer", [1500, 1.5])
def test_a_point_before_three_digits_is_asked_in_spanish_where_it_matters(answer):
    assert found(answer, "1.500") == "unscored"
    assert found(answer, "1.500", languages=("en", "es")) == "unscored"
    assert found(7, "1.500") == "missed"


def test_a_point_separates_decimals_in_english():
    assert found(1.5, "1.500", languages=("en",)) == "met"
    assert found(1500, "1.500", languages=("en",)) == "missed"


@pytest.mark.parametrize("written", ["1.50", "1.5000", "0.500", "12.34"])
def test_a_point_that_can_only_separate_decimals_does_in_spanish(written):
    assert found(float(written), written) == "met"


def test_three_decimals_that_are_asked_for_are_decimals():
    """A sheet's rows of digits make such numbers, too."""
    assert found(1.5, "1.500", decimals=3, tolerance=0.001) == "met"
    assert found(1.5, "1.500", decimals=2, tolerance=0.01) == "unscored"


@pytest.mark.parametrize("written", ["1e400", "-1e999", "9" * 400, "9" * 5000, "1e400/1", f"{'9' * 400}/3", "1/0"])
def test_a_number_beyond_what_a_computer_holds_waits(written):
    assert read_number(written, "", {}) in ([], [1.0])
    assert found(1500, written) in ("unscored", "missed")


@pytest.mark.parametrize(("written", "values"), [("1e308", [1e308]), ("1.8e308", []), ("1e-400", [0.0])])
def test_the_largest_number_is_read_and_the_next_is_none(written, values):
    assert read_number(written, "", {}) == values


def test_a_unit_that_takes_a_number_beyond_all_numbers_makes_it_none():
    assert read_number("1e300 km", "mm", {"km": 1e6}) == [1e306]
    assert read_number("1e305 km", "mm", {"km": 1e6}) == []


@given(st.text(alphabet="0123456789.,eE+-/' ×x^m", max_size=30), st.booleans())
def test_nothing_that_looks_like_a_number_ends_in_an_error(written, groups):
    for value in read_number(written, "m", {}, point_groups=groups):
        assert abs(value) < float("inf")
