"""The scoring rules in words, as they stand on the sheet."""

from __future__ import annotations

from collections.abc import Iterator

from grader.exam.analysis.guessing import guess, guess_exam
from grader.exam.exam import Exam
from grader.exam.kinds import EVERY_KIND
from grader.exam.kinds.question_kind import Rule, SheetWords
from grader.exam.printing.sheet_language import say_points
from grader.exam.questions import Question
from grader.language import Digits, Reason, _, join

_FINEST = 0.01
"""A total that is rounded no coarser says nothing of it."""


def tell_rules(exam: Exam) -> Iterator[Reason]:
    """The exam's rules, a sentence for each kind of question that it has, and what guessing earns under them."""
    for kind in EVERY_KIND:
        rule = exam.rules.of(kind.name)
        asked = [one for one in exam.questions if one.kind == kind.name and one.part.own_rule is None]
        if asked and rule is not None:
            share = sum(guess(question, exam.rules) * question.points for question in asked)
            share /= sum(question.points for question in asked)
            yield join([kind.words.title, _sentence(kind.words, rule) + _guessing(share)], ": ")
    guessed, whole = Digits(f"{guess_exam(exam):.1f}"), say_points(exam.points)
    yield _("Who guesses everything earns {guessed} of {points} on average.", guessed=guessed, points=whole)
    if told := join(_tell_whole(exam)):
        yield told


def _tell_whole(exam: Exam) -> Iterator[Reason]:
    """What is done with the total, where that is not to be expected."""
    rules = exam.rules
    if rules.floor != 0 or any(_takes_off(question, exam) for question in exam.questions):
        yield _("The whole exam earns no less than {points}.", points=say_points(rules.floor))
    if rules.cap is not None:
        yield _("The whole exam earns no more than {points}.", points=say_points(rules.cap))
    if rules.step > _FINEST:
        yield _("The total is rounded to a multiple of {step}, once, at the end.", step=rules.step)


def _takes_off(question: Question, exam: Exam) -> bool:
    """Whether a question can earn less than nothing."""
    rule = question.part.own_rule or exam.rules.of(question.kind)
    return rule is not None and rule.goes_below_zero


def tell_own_rule(question: Question, exam: Exam) -> str:
    """The rule of a question that has one of its own, and what guessing earns under it; empty where it has none."""
    rule = question.part.own_rule
    if rule is None:
        return ""
    told = str(_sentence(question.part.words, rule) + _guessing(guess(question, exam.rules)))
    return f"{told[0].upper()}{told[1:]}"


def _guessing(share: float) -> Reason:
    return _("Pure guessing earns {percent} %.", percent=Digits(f"{100 * share:.0f}"))


def _sentence(words: SheetWords, rule: Rule) -> Reason:
    floor, cap = rule.bounds
    told = [_(words.rules[rule.called], wrong=getattr(rule, "wrong", 0.0))]
    if rule.called in rule.taking:
        told.append(
            _("No question earns less than zero.")
            if floor == 0
            else _("No question takes off more than {percent} % of its points.", percent=-100 * floor)
        )
    if cap < 1:
        told.append(_("No question earns more than {percent} % of its points.", percent=100 * cap))
    return join(told)
