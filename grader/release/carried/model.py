"""The nouns that judging needs, in place of `grader.model`: their fields, unchecked."""

from __future__ import annotations

from typing import Any

Status = str
Cause = Any
ANY_NAME, NETWORKS = "*", "*networks"


class Noun:
    """Fields by name."""

    def __init__(self, **told: Any) -> None:
        vars(self).update(told)


class Answer(Noun):
    """How a probe ended."""

    value: Any = None
    earlier: tuple[Answer, ...] = ()
    found: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()
    because = ""
    cause: Any = None


class TrainedNetwork(Noun):
    """What a recording saw; in a self-check nobody records."""


class Run(Noun):
    """What a notebook answered."""

    cells: tuple[Any, ...] = ()
    lost: dict[str, Any] = {}  # noqa: RUF012  (nobody writes to it)
    missing_packages: tuple[str, ...] = ()
    missing_files: tuple[str, ...] = ()
    watched = False
    trained: tuple[TrainedNetwork, ...] = ()


class Finding(Noun):
    """One criterion judged."""
