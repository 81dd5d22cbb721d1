"""Findings on a response: what its kind says that it is worth, with what is said of every question. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from grader.exam.exam import Rules
from grader.exam.kinds.question_kind import ResponseVerdict
from grader.exam.responses import fits
from grader.exam.revisions import Asked
from grader.language import Reason, _, join, verbatim
from grader.model import Answer, Finding, Status


def judge(
    asked: Asked, answer: Answer | None, default: Rules, language: str, shares: Mapping[str, float | None]
) -> tuple[Finding, ...]:
    """The findings on one question: one, or one for each criterion of a practical exercise.

    `answer` is None where no response to it was ever read; `shares` holds what notebook assignments earned.
    """
    question = asked.question
    if asked.void is not None:
        return _void(asked, language)
    each = question.part.judge_each(answer, shares)
    if each is None:
        each = {"": _verdict(asked, answer, default, language)}
    return tuple(_finding(asked, name, verdict, language) for name, verdict in each.items())


def _verdict(asked: Asked, answer: Answer | None, default: Rules, language: str) -> ResponseVerdict:
    question = asked.question
    part = question.part.ruled_by(default.of(question.kind)).answered_in(asked.languages)
    if answer is None:
        return ResponseVerdict(None, _("No response to this question has been read yet."))
    if answer.status == "missing":
        told = [_("There is no answer."), part.say_right(asked.accept, language)]
        return ResponseVerdict(part.worth_of_blank(), join(told), unanswered=True)
    if answer.status != "answered":
        return ResponseVerdict(None, answer.because)
    if not fits(question, answer.value):
        return ResponseVerdict(None, _("The response was read for another version of this question: import it again."))
    return part.judge(answer.value, asked.accept, language)


def _finding(asked: Asked, step: str, verdict: ResponseVerdict, language: str) -> Finding:
    """The finding on a step of the question, or on the whole of it."""
    question = asked.question
    criterion, says, possible = question.id, question.asks, question.points
    if step:
        one = question.part.graded_steps[step]
        criterion, says, possible = f"{question.id}-{step}", one.says, one.points
    if verdict.share is None:
        return Finding(
            criterion=criterion,
            says=says.say(language),
            status="unscored",
            earned=None,
            possible=possible,
            because=verdict.because,
        )
    behind = [verbatim(question.explanation.say(language)), *_revised(asked)] if verdict.explained else []
    return _scored(criterion, says.say(language), verdict.share, possible, join([verdict.because, *behind]), verdict)


def _revised(asked: Asked) -> list[Reason]:
    return [_("The key was revised after the exam: {why}", why=" ".join(asked.why))] if asked.why else []


def _scored(
    criterion: str, says: str, share: float, possible: float, because: Reason, verdict: ResponseVerdict
) -> Finding:
    status: Status = "met" if share >= 1 - 1e-9 else "missed" if share <= 1e-9 else "partly"
    return Finding(
        criterion=criterion,
        says=says,
        status="unanswered" if verdict.unanswered else status,
        earned=share * possible,
        possible=possible,
        because=because,
        diagnosis=verdict.diagnosis,
    )


def _void(asked: Asked, language: str) -> tuple[Finding, ...]:
    why = " ".join(asked.why)
    if asked.void == "full":
        because = _("Everybody gets its points: {why}", why=why)
    else:
        because = _("The question counts for nobody: {why}", why=why)
    verdict = ResponseVerdict(1.0, because, explained=False)
    return tuple(
        _scored(
            criterion, asked.question.asks.say(language), 1.0, points if asked.void == "full" else 0.0, because, verdict
        )
        for criterion, points in asked.question.criteria.items()
    )


def not_judged(asked: Asked, language: str, error: Exception) -> tuple[Finding, ...]:
    """The findings where judging failed: ours is the fault, so nothing is lost, and a person decides."""
    because = _("The grader failed on this criterion ({error}); a person looks at it.", error=type(error).__name__)
    verdict = ResponseVerdict(None, because)
    steps = tuple(asked.question.part.graded_steps) or ("",)
    return tuple(_finding(asked, step, verdict, language) for step in steps)
