"""What pure guessing earns: printed beside the rule, so that nobody has to believe that it does not pay."""

from __future__ import annotations

from grader.exam import rules
from grader.exam.exam import Exam, Rules
from grader.exam.questions import Question


def guess(question: Question, default: Rules) -> float:
    """The share of a question's points that blind guessing earns on average.

    A guesser ticks one option of a single choice, tosses a coin for each box or statement, picks any partner and any
    order. Numbers, words, outputs and practical exercises are not guessed.
    """
    if question.single is not None:
        single = question.single.rule or default.single
        return rules.guess_single(single.name, len(question.single.options), single.wrong)
    if question.multiple is not None:
        multiple, options = question.multiple.rule or default.multiple, question.multiple.options
        right = sum(option.right for option in options.values())
        none = question.multiple.none is not None
        return rules.guess_multiple(multiple.name, len(options), right, multiple.floor, multiple.cap, none=none)
    if question.rows is not None:
        rows = question.rows.rule or default.rows
        return rules.guess_rows(rows.name, len(question.rows.statements), rows.floor, rows.cap)
    if question.matching is not None:
        pairs = question.matching.rule or default.matching
        return rules.guess_pairs(pairs.name, len(question.matching.pairs), len(question.matching.partners))
    if question.ordering is not None:
        order = question.ordering.rule or default.ordering
        return rules.guess_order(order.name, len(question.ordering.steps), order.floor, order.cap)
    return 0.0


def guess_exam(exam: Exam) -> float:
    """The points that blind guessing earns on average in a whole exam, before its floor and rounding."""
    return sum(guess(question, exam.rules) * question.points for question in exam.questions)
