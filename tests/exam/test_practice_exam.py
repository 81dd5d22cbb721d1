"""The course's exam for practice: sound, in both languages, its code prints what its key says, and it can be scored."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from grader.exam.exam import ExamOnDisk, read_exam
from grader.exam.exam_scores import score_exam, take_in
from grader.exam.exchange.importing import read_responses
from grader.exam.lint import find_remarks
from grader.store.gradebook import Gradebook

from .test_round_trip import perfect

PATH = Path(__file__).parents[2] / "assignments" / "exam-practice" / "exam.yaml"
EXAM = read_exam(PATH)


def test_the_lint_finds_nothing():
    assert find_remarks(EXAM, PATH.parent) == []


def test_every_sentence_stands_in_spanish_beside_its_english():
    for question in EXAM.questions:
        assert set(question.asks.root) == set(question.explanation.root) == {"en", "es"}
        assert question.asks.say("en") != question.asks.say("es")


@pytest.mark.parametrize("name", [question.id for question in EXAM.questions if question.output])
def test_the_code_of_a_question_prints_what_the_key_says_and_no_mistake_does(name):
    (question,) = (one for one in EXAM.questions if one.id == name)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(question.code, {})
    assert printed.getvalue().strip() == question.output.prints
    assert question.output.prints not in [mistake.prints for mistake in question.output.mistakes.values()]


def test_right_answers_get_all_points_and_a_known_mistake_is_named(tmp_path):
    cells = {question.id: perfect(question, "en", "; ") for question in EXAM.questions}
    rows = [("ana", cells), ("bruno", cells | {"best-constant": "22"})]
    lines = [["student", *cells], *([student, *answers.values()] for student, answers in rows)]
    quoted = [",".join(f'"{cell}"' for cell in line) for line in lines]
    (tmp_path / "class.csv").write_text("\n".join(quoted), encoding="utf-8")
    on_disk, gradebook = ExamOnDisk("exam-practice", EXAM, PATH), Gradebook(tmp_path / "gradebook.sqlite")
    imported = read_responses(tmp_path / "class.csv", on_disk, seed=EXAM.seed)
    assert imported.waiting == ()
    take_in(gradebook, imported)
    ana, bruno = sorted((graded.grade for graded in score_exam(gradebook, on_disk).grades), key=lambda one: one.student)
    assert [finding.criterion for finding in ana.findings if finding.status != "met"] == []
    (missed,) = [finding for finding in bruno.findings if finding.status != "met"]
    assert (missed.criterion, missed.diagnosis) == ("best-constant", "mean")
