"""A simulated class: each student has an ability, and each question a difficulty, as in the Rasch model."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.exam.exam import Exam
from grader.exam.questions import Question
from grader.exam.variants import make_variant
from grader.language import verbatim
from grader.model import Answer, Run, Submission


def simulate(exam: Exam, students: int, seed: int, *, truth: Exam | None = None, name: str = "midterm"):
    """Responses of a class that knows the key of `truth`, by default the exam's own."""
    chance = np.random.default_rng(seed)
    ability = chance.normal(0.4, 1.1, students)
    known = {question.id: question for question in (truth or exam).questions}
    difficulty = {question.id: chance.normal(0.0, 0.8) for question in exam.questions}
    favourite = {question.id: chance.permutation(10) for question in exam.questions}
    responses = []
    for number in range(students):
        answers = {
            question.id: _answer(
                make_variant(known[question.id], exam.seed),
                1.5 * (ability[number] - difficulty[question.id]),
                favourite[question.id],
                chance,
            )
            for question in exam.questions
        }
        responses.append(as_response(f"s{number:03}", answers, exam.seed, name))
    return responses


def as_response(student: str, answers: dict[str, Answer], seed: int, name: str) -> tuple[Submission, Run]:
    sha256 = f"{student}-{abs(hash(str(answers)))}"
    run = Run(
        key=sha256,
        sha256=sha256,
        end="finished",
        because=verbatim("Simulated."),
        answers=answers,
        asked=dict.fromkeys(answers, str(seed)),
        sandbox="none",
    )
    return Submission(student=student, assignment=name, sha256=sha256, source="simulated", received=None), run


def _answer(question: Question, logit: float, favourite: Any, chance: np.random.Generator) -> Answer:
    def knows() -> bool:
        return bool(chance.random() < 1 / (1 + np.exp(-logit)))

    def decides() -> bool:
        """Whether a box or a statement is judged rightly: known, or a coin."""
        return knows() or bool(chance.random() < 0.5)

    def pick(names: list[str]) -> str:
        """One of several, the first favourites more often."""
        weights = np.array([1.0 / (1 + favourite[place % 10]) for place in range(len(names))])
        return str(chance.choice(names, p=weights / weights.sum()))

    match question.kind:
        case "single":
            right = next(name for name, option in question.single.options.items() if option.right)
            value: Any = [right if knows() else pick([name for name in question.single.options if name != right])]
        case "multiple":
            value = [name for name, option in question.multiple.options.items() if decides() == option.right]
        case "rows":
            value = {name: row.holds if decides() else not row.holds for name, row in question.rows.statements.items()}
        case "matching":
            partners = list(question.matching.partners)
            value = {name: name if knows() else pick(partners) for name in question.matching.pairs}
        case "ordering":
            value = list(question.ordering.steps)
            if not knows():
                value = [str(name) for name in chance.permutation(value)]
        case "practical":
            value = {
                name: round(step.points * (0.9 if knows() else 0.3), 1)
                for name, step in question.practical.criteria.items()
            }
        case "text":
            value = question.text.accept[0] if knows() else next(iter(question.text.wrong.values())).says[0]
        case "numeric":
            value = (
                question.numeric.answer
                if knows()
                else question.numeric.mistakes[pick(list(question.numeric.mistakes))].value
            )
        case "output":
            value = (
                question.output.prints
                if knows()
                else question.output.mistakes[pick(list(question.output.mistakes))].prints
            )
    if question.kind != "practical" and chance.random() < 0.02:
        return Answer(status="missing")
    return Answer(status="answered", value=value)
