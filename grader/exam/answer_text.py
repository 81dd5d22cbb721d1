"""What kinds of questions say alike of answers."""

from __future__ import annotations

from grader.exam.wording import LocalizedText
from grader.language import _


def stop(sentence: str) -> str:
    """The sentence with its full stop, where a quotation has not brought one."""
    return sentence if sentence.endswith((".”", "?”", "!”")) else f"{sentence}."


def say_behind(misconception: LocalizedText, language: str) -> str:
    """A misconception, as it is told."""
    return _("A common reason: {misconception}", misconception=misconception.say(language))
