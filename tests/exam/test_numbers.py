"""Numbers as students write them, and how near is near enough, on both sides of each edge."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exam.exam import Rules
from grader.exam.judging import judge
from grader.exam.numbers import read_number
from grader.exam.revisions import Asked
from grader.model import Answer

from .making import BELIEF, make_question, question


@given(
    st.integers(-99_999, 99_999),
    st.integers(0, 2),
    st.sampled_from([".", ","]),
    st.sampled_from(["", " px", "px", " PX", " px."]),
    st.sampled_from(["", " ", "= ", "≈"]),
)
def test_a_number_with_up_to_two_decimals_is_read_as_itself(digits, decimals, mark, unit, before):
    number = Decimal(digits).scaleb(-decimals)
    for minus in ("-", "−"):
        written = f"{before}{number:f}{unit}".replace(".", mark, 1 if decimals else 0).replace("-", minus)
        assert read_number(written, "px", {}) == [pytest.approx(float(number))]


@pytest.mark.parametrize(
    ("written", "means"),
    [
        # a comma before three digits parts thousands or decimals; a point parts decimals
        ("1,050", [1.05, 1050]), ("12,345", [12.345, 12345]), ("123,456", [123.456, 123456]),
        ("1234,567", [1234.567]), ("0,050", [0.05]), ("1,05", [1.05]), ("1,0500", [1.05]), ("1.050", [1.05]),
        # several marks of one kind part thousands, and have three digits between them
        ("1,234,567", [1234567]), ("1.234.567", [1234567]), ("1234,567,890", []), ("1,23,456", []), ("1,234,56", []),
        # of two kinds the last parts the decimals
        ("1.234,5", [1234.5]), ("1,234.5", [1234.5]), ("1,234,567.89", [1234567.89]), ("1,234.56.78", []),
        ("1'500", [1500]), ("1'500,5", [1500.5]), ("5.", [5]), ("5,", [5]), (".5", [0.5]), (",5", [0.5]),
        # powers of ten
        ("1.5e3", [1500]), ("1.5E3", [1500]), ("2 x 10^3", [2000]), ("2·10^-3", [0.002]), ("2*10^3", [2000]),
        ("1e-3", [0.001]), ("5e+2", [500]), ("-1e2", [-100]), ("+7", [7]), ("- 7", [-7]),
        ("1e999", []), ("1e308", [1e308]),
        # fractions
        ("1/8", [0.125]), ("-3/4", [-0.75]), ("3 / 4", [0.75]), ("1/0", []), ("10/10", [1]),
        # no numbers
        ("", []), ("five", []), ("5 kg", []), ("5 5", []), ("x5", []), ("NaN", []), ("-", []),
    ],
)  # fmt: skip
def test_what_a_number_may_mean(written, means):
    assert read_number(written, "", {}) == pytest.approx(means)


def test_units_have_their_factors_whatever_their_case_and_no_other_unit_is_known():
    units = {"cm": 0.01, "Km": 1000.0}
    told = {
        "5": [5],
        "5 m": [5],
        "5M": [5],
        "50 cm": [0.5],
        "50 CM.": [0.5],
        "2km": [2000],
        "1/4 km": [250],
        "5 mm": [],
    }
    assert {text: read_number(text, "m", units) for text in told} == {
        text: pytest.approx(means) for text, means in told.items()
    }
    assert read_number("1,050 cm", "m", units) == pytest.approx([0.0105, 10.5])
    assert read_number("5\u00a0m", "m", {}) == [5]


# ---- near enough ----------------------------------------------------------------------------------------------------


def judged(written: str, **numeric):
    told = question("numeric", {"answer": "12.5", **numeric})
    asked = Asked(make_question(told))
    (finding,) = judge(asked, Answer(status="answered", value=written), Rules(), "en", {})
    return finding


@pytest.mark.parametrize(
    ("answer", "tolerance", "right", "wrong"),
    [
        ("12.5", 0.1, "12.6", "12.601"),
        ("12.5", 0.1, "12.4", "12.399"),
        # a billionth of the answer is left to binary fractions, and of 1 where the answer is smaller
        ("12.5", 0.1, "12.60000001", "12.60000002"),
        ("0.3", 0.0, "0.3000000009", "0.3000000011"),
        ("2000000", 0.0, "2000000.0019", "2000000.0021"),
        ("-12.5", 0.5, "-13", "-13.01"),
        ("0", 0.25, "-0.25", "-0.26"),
    ],
)
def test_the_edge_of_the_tolerance_is_right_and_what_lies_beyond_is_not(answer, tolerance, right, wrong):
    for written, status in ((right, "met"), (wrong, "missed")):
        finding = judged(written, answer=answer, tolerance=tolerance)
        assert (finding.status, finding.earned) == (status, 2.0 if status == "met" else 0.0)


@pytest.mark.parametrize(
    ("more", "inside", "outside"),
    [
        ({}, "25.0005", "25.0006"),
        ({"decimals": 1}, "25.05", "25.06"),
        ({"decimals": 0}, "25.5", "25.6"),
        ({"decimals": 1, "tolerance": 0.2}, "24.8", "24.79"),
    ],
)
def test_a_known_mistake_is_recognised_as_far_as_rounding_or_the_tolerance_reach(more, inside, outside):
    mistakes = {"half": {"value": 25, "misconception": BELIEF}}
    assert [judged(text, mistakes=mistakes, **more).diagnosis for text in (inside, outside)] == ["half", None]


def test_a_number_with_two_readings_counts_where_both_are_right_or_both_are_wrong():
    assert judged("1,050", answer="1050").status == "unscored"
    assert judged("1,050", answer="1.05").status == "unscored"
    assert judged("1,050", answer="500", tolerance=600).status == "met"
    assert judged("1,050", answer="7").status == "missed"
    assert judged("five").status == "unscored"
