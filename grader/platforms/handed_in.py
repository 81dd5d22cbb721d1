"""What students handed in on a platform, whichever platform it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class AttachedFile:
    """A file of a submission; it is fetched when it is read."""

    name: str
    size: int
    fetch: Callable[[], bytes]


@dataclass(frozen=True)
class PlatformSubmission:
    """One attempt of one student."""

    key: int
    sent: datetime | None
    """When the platform took it in."""
    is_draft: bool
    """It was saved there, and never submitted."""
    files: tuple[AttachedFile, ...]
    text: str
    """What was typed: a link, or a text that may hold some."""


class SubmissionSite(Protocol):
    """One assignment on a platform; a student is known there by a key."""

    def students(self) -> Mapping[int, Sequence[str]]:
        """key -> what the student is called there"""

    def submissions(self) -> Iterator[PlatformSubmission]:
        """Every attempt that the platform still has."""
