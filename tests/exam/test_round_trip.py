"""The course's exam, answered perfectly, exported by each system and read back: full marks in every question."""

from __future__ import annotations

import csv

import pytest

from grader.exam.exam import ExamOnDisk
from grader.exam.exam_scores import score_exam, take_in
from grader.exam.exchange.importing import read_responses
from grader.exam.questions import Question
from grader.exam.variants import make_variant
from grader.store.gradebook import Gradebook

from .test_course_exam import EXAM, PATH

ON_DISK = ExamOnDisk("exam-2024", EXAM, PATH)
QUESTIONS = [make_variant(question, EXAM.seed) for question in EXAM.questions]
ANSWERED = [question for question in QUESTIONS if question.kind != "practical"]


def perfect(question: Question, language: str, separator: str) -> str:
    """The right answer in one cell, as a form exports it."""
    match question.kind:
        case "single" | "multiple":
            options = (question.single or question.multiple).options.values()
            return separator.join(option.says.say(language) for option in options if option.right)
        case "rows":
            called = {"en": ("False", "True"), "es": ("Falso", "Verdadero")}[language]
            statements = question.rows.statements.values()
            return separator.join(f"{row.says.say(language)}: {called[row.holds]}" for row in statements)
        case "matching":
            pairs = question.matching.pairs.values()
            return separator.join(f"{pair.left.say(language)} -> {pair.right.say(language)}" for pair in pairs)
        case "ordering":
            return separator.join(step.say(language) for step in question.ordering.steps.values())
        case "numeric":
            return f"{question.numeric.value:.{question.numeric.decimals}f}".replace(".", ",")
        case "text":
            return question.text.accept[-1]
    return question.output.prints


def without_signs(words: str) -> str:
    """The words as they stand in a form that knows no formulas."""
    return words.replace("$", "").replace("`", "")


def google(language: str) -> tuple[list[str], list[list[str]]]:
    head = ["Timestamp", "Email Address", "Score", *(without_signs(q.asks.say(language)) for q in ANSWERED)]
    return head, [["2024/08/02", "ana@x.org", "", *(without_signs(perfect(q, language, ", ")) for q in ANSWERED)]]


def moodle(language: str) -> tuple[list[str], list[list[str]]]:
    head = ["Surname", "Email address", "State", "Grade/80"]
    cells = ["P", "ana@x.org", "Finished", "80"]
    for number, question in enumerate(reversed(ANSWERED), start=1):
        head += [f"Question {number}", f"Response {number}", f"Right answer {number}"]
        cells += [question.asks.say(language), perfect(question, language, "; "), "?"]
    return head, [cells]


def plain(_: str) -> tuple[list[str], list[list[str]]]:
    head, cells = ["student"], ["ana@x.org"]
    for question in QUESTIONS:
        if question.practical is not None:
            head += list(question.criteria)
            cells += [f"{points:g}" for points in question.criteria.values()]
        else:
            head.append(question.id)
            cells.append(perfect(question, "en", "; "))
    return head, [cells]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("layout", [google, moodle, plain])
def test_a_perfect_student_gets_full_marks_however_the_responses_come(tmp_path, layout, language):
    head, rows = layout(language)
    with (tmp_path / "class.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    imported = read_responses(tmp_path / "class.csv", ON_DISK, seed=EXAM.seed)
    assert imported.layout == layout.__name__
    assert imported.waiting == ()
    gradebook = Gradebook(tmp_path / "gradebook.sqlite")
    take_in(gradebook, imported)
    (graded,) = score_exam(gradebook, ON_DISK).grades
    short = [finding.criterion for finding in graded.grade.findings if finding.status not in ("met", "unscored")]
    assert short == []
    assert graded.earned == (100 if layout is plain else 80)
    assert graded.band == ("10" if layout is plain else None)
