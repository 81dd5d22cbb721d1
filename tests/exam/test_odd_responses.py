"""Responses that once ended a command or got an untrue sentence: each student's own, and the class goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.exam.analysis.flags import flag
from grader.exam.exam import ExamOnDisk, read_exam
from grader.exam.exam_scores import analyse_exam, score_exam, take_in
from grader.exam.exchange.importing import read_responses
from grader.exam.kinds.numeric import Numeric
from grader.store.gradebook import Gradebook

ODD = Path(__file__).parent / "data/odd"
EXAM = ExamOnDisk("odd", read_exam(ODD / "exam.yaml"), ODD / "exam.yaml")


@pytest.fixture
def gradebook(tmp_path):
    return Gradebook(tmp_path / "gradebook.sqlite")


def taken_in(gradebook, name):
    take_in(gradebook, read_responses(ODD / name, EXAM, seed=1))
    return gradebook


def findings_of(scored, student):
    (graded,) = (one for one in scored.grades if one.grade.student == student)
    return {finding.criterion: finding for finding in graded.grade.findings}


def test_a_number_beyond_all_numbers_waits_for_a_person_and_the_class_goes_on(gradebook):
    scored = score_exam(taken_in(gradebook, "beyond-all-numbers.csv"), EXAM)
    ana, bruno = (findings_of(scored, student) for student in ("ana", "bruno"))
    assert (ana["num"].status, str(ana["num"].because)) == ("unscored", "“1e400” cannot be read as a number of m.")
    assert (ana["one"].status, bruno["num"].status, bruno["one"].status) == ("met", "met", "missed")


def test_an_answer_that_cannot_be_judged_waits_and_nothing_else_does(gradebook, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(Numeric, "judge", fail)
    scored = score_exam(taken_in(gradebook, "beyond-all-numbers.csv"), EXAM)
    bruno = findings_of(scored, "bruno")
    assert (bruno["num"].status, bruno["num"].earned, bruno["num"].possible) == ("unscored", None, 2)
    assert "ZeroDivisionError" in str(bruno["num"].because)
    assert bruno["one"].status == "missed"


def test_a_question_that_half_got_right_is_not_said_to_be_the_same_for_everybody(gradebook):
    """Who has one question right has the other wrong: it is the rest that is the same for all."""
    analysis = analyse_exam(taken_in(gradebook, "against-each-other.csv"), EXAM)
    weak = {one.question: str(one.because) for one in flag(analysis).weak}
    halves = [item for item in analysis.items if item.difficulty.value == 0.5]
    assert halves
    for item in halves:
        assert not weak.get(item.question, "").startswith("Everybody has the same points, so")


def test_where_the_rest_is_the_same_for_all_that_is_said():
    from tests.exam.analysis.test_items import as_answers

    scores = np.array([[1.0, 1], [0, 1], [1, 1], [0, 1]])
    weak = {one.question: str(one.because) for one in flag(as_answers(scores)).weak}
    assert (
        weak["i1"] == "Everybody has the same points in the other questions together, so it is compared with nothing."
    )
    assert weak["i2"] == "Everybody has the same points, so it discriminates nothing."
