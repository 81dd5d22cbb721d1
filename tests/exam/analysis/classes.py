"""Classes that share nothing with `tests.exam.simulation`: made as numbers, to measure how often a key is doubted.

An option is chosen by a nominal response model (Bock 1972): each has a slope on the student's ability and a height; the
key's slope is the steepest wherever the question measures anything. Some questions measure nothing, some have a
distractor that most fall for, and abilities are skewed, so that no distribution is what a textbook wishes.
"""

from __future__ import annotations

import numpy as np

from grader.exam.analysis.items import ItemAnalysis, Response, analyse
from grader.exam.revisions import revise
from grader.language import verbatim
from grader.model import Answer, Finding
from tests.exam.making import make_exam, single


def chosen_options(
    chance: np.random.Generator, students: int, questions: int, options: int, *, measures: float, known: float = 0.0
):
    """(students, questions) int: the option that each chose, 0 is the key.

    `measures` is the steepest slope, `known` the height of the key above the others.
    """
    ability = chance.gamma(2.0, 1.0, students) - 2.0
    slopes = np.sort(chance.uniform(-measures, measures, (questions, options)), axis=1)[:, ::-1]
    heights = chance.normal(0.0, 1.0, (questions, options)) + known * (np.arange(options) == 0)
    logits = slopes * ability[:, None, None] + heights
    noise = chance.gumbel(size=logits.shape)  # the largest of logit + noise is drawn with the softmax's chances
    return (logits + noise).argmax(axis=2)


def analysis_of_choices(chosen: np.ndarray, options: int, keys: dict[int, int] | None = None) -> ItemAnalysis:
    """The analysis of such a class; `keys` says which option is called right in place of option 0."""
    names, right = "abcdefgh"[:options], {n: (keys or {}).get(n, 0) for n in range(chosen.shape[1])}
    exam = make_exam(*(single(f"q{n}", right=names[right[n]], names=names, points=1) for n in right))
    asked = revise(exam)
    variants = {one.question.id: one.question for one in asked}
    responses = []
    for number, row in enumerate(chosen.tolist()):
        answers = {f"q{n}": Answer(status="answered", value=[names[one]]) for n, one in enumerate(row)}
        findings = tuple(_finding(f"q{n}", one == right[n]) for n, one in enumerate(row))
        responses.append(Response(f"s{number}", findings, answers, variants))
    return analyse(asked, responses, "en")


def _finding(question: str, is_right: bool) -> Finding:
    return Finding(
        criterion=question,
        says="?",
        status="met" if is_right else "missed",
        earned=float(is_right),
        possible=1.0,
        because=verbatim("Simulated."),
    )
