"""The two ways in which a command ends badly: the user's input is wrong, or we are."""

from __future__ import annotations

from grader.language import Reason


class UserError(Exception):
    """Something the user can fix: what is wrong, where, and what to do. Exit code 2, no traceback."""

    def __init__(self, what: str | Reason, *, where: str = "", remedy: str | Reason = "") -> None:
        # A reason is worded for whoever is spoken to where it is raised.
        self.what = str(what)
        self.where = where
        self.remedy = str(remedy)
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"\n  {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{remedy}"


class MissingFileError(UserError):
    """A file that is not there."""


class PassingError(UserError):
    """Something that mends itself, such as a network that is gone: the same command may do later what it cannot now."""


class DamagedError(UserError):
    """A stored file that no longer holds what was stored."""
