"""What kinds of questions say alike of answers."""

from __future__ import annotations

from grader.exam.wording import LocalizedText
from grader.language import Formed, Reason, _, join


def stop(sentence: Reason) -> Reason:
    """The sentence with its full stop, where a quotation has not brought one."""
    return join([Formed(sentence, "ended")])


def say_behind(misconception: LocalizedText, language: str) -> Reason:
    """A misconception, as it is told."""
    return _("A common reason: {misconception}", misconception=misconception.say(language))
