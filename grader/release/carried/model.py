"""The nouns that judging needs, in place of `grader.model`: their fields, unchecked."""

from __future__ import annotations

from typing import Any

Status = str


class Noun:
    """Fields by name."""

    def __init__(self, **told: Any) -> None:
        vars(self).update(told)


class Answer(Noun):
    """How a probe ended."""

    value: Any = None
    because = ""


class Run(Noun):
    """What a notebook answered."""

    missing_packages: tuple[str, ...] = ()
    missing_files: tuple[str, ...] = ()


class Finding(Noun):
    """One criterion judged."""
