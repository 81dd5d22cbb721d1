"""What an assignment on a platform is asked and told, whichever platform it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class PlatformStanding:
    """What is there now for one student."""

    points: float | None
    comments: tuple[str, ...]
    files: tuple[str, ...]
    """names of the files beside the comments"""


class GradeSite(Protocol):
    """One assignment on a platform; a student is known there by a key."""

    @property
    def overwrites(self) -> bool:
        """Whether a new comment takes the place of the one that is there."""

    @property
    def possible(self) -> float | None:
        """The most points there; None where it has no number."""

    def students(self) -> Mapping[int, Sequence[str]]:
        """key -> what the student is called there"""

    def standing(self, key: int) -> PlatformStanding: ...

    def grade(self, key: int, points: float, comment: str, page: tuple[str, bytes]) -> None:
        """UnsureError where the request was sent and no answer came: only `standing` can tell whether it was done."""
