"""Formulas are drawn, with their size, and what is no formula is left as it was written."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.path import Path as Outlined
from matplotlib.textpath import TextPath

from grader.exam.exam import texts_in
from grader.exam.formulas import EM, outline, split_formulas, why_no_formula
from grader.report.formula_html import exam_words

from .test_course_exam import EXAM


def points_of(path: str) -> np.ndarray:
    return np.array([[float(x), float(y)] for x, y in re.findall(r"(-?[\d.e+-]+) (-?[\d.e+-]+)", path)])


@pytest.mark.parametrize("formula", ["x", r"\frac{f x}{z}", r"\sigma(x) = \frac{1}{1 + e^{-x}}", r"2 \times 3"])
def test_an_outline_has_the_points_that_matplotlib_draws(formula):
    expected = TextPath((0, 0), f"${formula}$", size=EM)
    drawn = points_of(outline(formula).path)
    kept = expected.vertices[expected.codes != Outlined.CLOSEPOLY]
    assert drawn == pytest.approx(kept * [1, -1], rel=1e-3, abs=0.1)


@pytest.mark.parametrize("formula", ["x", r"\frac{f x}{z}", "g_y"])
def test_an_outline_lies_within_its_size(formula):
    shape = outline(formula)
    xs, ys = points_of(shape.path).T
    assert xs.min() >= -3
    assert xs.max() <= shape.width + 3
    assert ys.min() >= -shape.ascent - 3
    assert ys.max() <= shape.descent + 3


def test_every_formula_of_the_course_exam_can_be_set():
    formulas = {piece for _, text in texts_in(EXAM) for words in text.all for piece in split_formulas(words)[1::2]}
    assert len(formulas) > 30
    assert [problem for formula in formulas if (problem := why_no_formula(f"${formula}$"))] == []


def test_a_formula_stands_on_the_page_with_its_source_for_those_who_cannot_see_it():
    page = exam_words("Where is $\\frac{x}{z}$ & `K`?")
    assert page.startswith('Where is <svg class="formula" role="img" aria-label="\\frac{x}{z}"')
    assert page.endswith("</svg> &amp; <code>K</code>?")


@pytest.mark.parametrize("words", ["$\\frac{1}{2$", "for $5", "$\\nonsense$"])
def test_a_formula_that_cannot_be_set_stands_as_it_was_written(words):
    assert exam_words(words) == words


def test_a_dollar_sign_is_written_with_a_backslash():
    assert exam_words("5 \\$ and 6 \\$") == "5 $ and 6 $"
