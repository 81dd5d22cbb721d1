"""In place of `grader.language.stand_in_words`: nothing stands for Colab where a student checks."""

from __future__ import annotations


def recognise(told: str) -> str:
    """The text as it is."""
    return told
