"""The scoring rules in words, as they stand on the sheet."""

from __future__ import annotations

from collections.abc import Iterator

from grader.exam.analysis.guessing import guess, guess_exam
from grader.exam.exam import Exam
from grader.exam.kinds import EVERY_KIND
from grader.exam.kinds.question_kind import Rule, SheetWords
from grader.exam.printing.phrases import Phrases, phrases_in
from grader.exam.questions import Question

_FINEST = 0.01
"""A total that is rounded no coarser says nothing of it."""


def tell_rules(exam: Exam, language: str) -> Iterator[str]:
    """The exam's rules, a sentence for each kind of question that it has, and what guessing earns under them."""
    phrases = phrases_in(language)
    for kind in EVERY_KIND:
        rule = exam.rules.of(kind.name)
        asked = [one for one in exam.questions if one.kind == kind.name and one.part.own_rule is None]
        if asked and rule is not None:
            share = sum(guess(question, exam.rules) * question.points for question in asked)
            share /= sum(question.points for question in asked)
            words = kind.words[language]
            told = _sentence(words, rule, phrases)
            yield f"{words.title}: {told} {phrases.guessing.format(100 * share)}"
    guessed = phrases.write(f"{guess_exam(exam):.1f}")
    yield phrases.guessing_exam.format(guessed, phrases.write_points(exam.points))
    if whole := " ".join(_tell_whole(exam, phrases)):
        yield whole


def _tell_whole(exam: Exam, phrases: Phrases) -> Iterator[str]:
    """What is done with the total, where that is not to be expected."""
    rules = exam.rules
    if rules.floor != 0 or any(_takes_off(question, exam) for question in exam.questions):
        yield phrases.exam_least.format(phrases.write_points(rules.floor))
    if rules.cap is not None:
        yield phrases.exam_most.format(phrases.write_points(rules.cap))
    if rules.step > _FINEST:
        yield phrases.rounded.format(phrases.write(rules.step))


def _takes_off(question: Question, exam: Exam) -> bool:
    """Whether a question can earn less than nothing."""
    rule = question.part.own_rule or exam.rules.of(question.kind)
    return rule is not None and rule.goes_below_zero


def tell_own_rule(question: Question, exam: Exam, language: str) -> str | None:
    """The rule of a question that has one of its own, and what guessing earns under it."""
    rule, phrases = question.part.own_rule, phrases_in(language)
    if rule is None:
        return None
    told = _sentence(question.part.words[language], rule, phrases)
    return f"{told[0].upper()}{told[1:]} {phrases.guessing.format(100 * guess(question, exam.rules))}"


def _sentence(words: SheetWords, rule: Rule, phrases: Phrases) -> str:
    wrong, (floor, cap) = phrases.write(getattr(rule, "wrong", 0.0)), rule.bounds
    told = [words.rules[rule.called].format(wrong=wrong)]
    if rule.called in rule.taking:
        told.append(phrases.no_less if floor == 0 else phrases.takes_off.format(phrases.write(-100 * floor)))
    if cap < 1:
        told.append(phrases.no_more.format(phrases.write(100 * cap)))
    return " ".join(told)
