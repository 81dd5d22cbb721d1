"""What pure guessing earns: printed beside the rule, so that nobody has to believe that it does not pay."""

from __future__ import annotations

from grader.exam.exam import Exam, Rules
from grader.exam.questions import Question


def guess(question: Question, default: Rules) -> float:
    """The share of a question's points that blind guessing earns on average.

    A guesser ticks one option of a single choice, tosses a coin for each box or statement, picks any partner and any
    order. Numbers, words, outputs and practical exercises are not guessed.
    """
    return question.part.ruled_by(default.of(question.kind)).guess()


def guess_exam(exam: Exam) -> float:
    """The points that blind guessing earns on average in a whole exam, before its floor and rounding."""
    return sum(guess(question, exam.rules) * question.points for question in exam.questions)
