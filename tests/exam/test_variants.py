"""Parameterised questions: the same seed draws the same, and every number follows from what is drawn."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exam.arithmetic import evaluate
from grader.exam.variants import make_variant

from .making import make_question, question, single

PINHOLE = question(
    "numeric",
    {"answer": "u", "mistakes": {"no-centre": {"value": "f * x / z", "misconception": "Forgets {{cx}}."}}},
    parameters={"f": {"choose": [500, 800]}, "x": {"choose": [0.5, 1]}, "z": {"choose": [2, 4, 5]}},
    values={"cx": 320, "u": "f * x / z + cx"},
    asks="$f = {{f}}$, $x = {{x}}$, $z = {{z}}$",
    code="u = {{u:.1f}}",
)


@given(seed=st.integers(min_value=0))
def test_every_number_of_a_variant_follows_from_what_was_drawn(seed):
    variant = make_variant(make_question(PINHOLE), seed)
    f, x, z = (float(part.split("=")[1]) for part in variant.asks.say("en").replace("$", "").split(","))
    assert variant.numeric.value == pytest.approx(f * x / z + 320)
    assert float(variant.numeric.mistakes["no-centre"].value) == pytest.approx(f * x / z)
    assert variant.numeric.mistakes["no-centre"].misconception.say("en") == "Forgets 320."
    assert variant.code == f"u = {f * x / z + 320:.1f}"


def test_a_seed_draws_the_same_for_ever():
    # Written down once: another value here would change exams that have been printed.
    assert [make_variant(make_question(PINHOLE), seed).numeric.value for seed in range(6)] == DRAWN


DRAWN = [480.0, 370.0, 720.0, 382.5, 420.0, 420.0]


def test_two_questions_of_one_exam_draw_apart():
    drawn = {
        id: [make_variant(make_question(PINHOLE | {"id": id}), seed).numeric.value for seed in range(20)]
        for id in ("one", "two")
    }
    assert drawn["one"] != drawn["two"]


def test_a_question_without_parameters_is_its_own_variant():
    plain = make_question(single())
    assert make_variant(plain, 3) is plain


def test_braces_of_a_formula_are_left_alone_where_nothing_is_drawn():
    plain = make_question(single(asks="$\\frac{{a}}{{b}}$"))
    assert make_variant(plain, 3).asks.say("en") == "$\\frac{{a}}{{b}}$"


@given(a=st.floats(-100, 100), b=st.floats(0.5, 100))
def test_arithmetic_agrees_with_python(a, b):
    values = {"a": a, "b": b}
    assert evaluate("-a * (b - 2) / b + sqrt(b) ** 2 // 1 + max(a, b, 3)", values) == (
        -a * (b - 2) / b + math.sqrt(b) ** 2 // 1 + max(a, b, 3)
    )


@pytest.mark.parametrize("expression", ["(-1) ** 0.5", "10 ** 400.5", "log(-1)", "1 / 0", "exp(1e9)", "9**9**9**9"])
def test_what_has_no_finite_value_is_an_error(expression):
    with pytest.raises(ValueError, match="value"):
        evaluate(expression, {})
