"""Where secrets lie: the user's own configuration folder, never a course. Nobody else may read them."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from grader.errors import UserError


def config_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of the secrets."""
    return Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "grader"


def refuse_readable_by_others(path: Path) -> None:
    """A UserError where others on this machine can read the file."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise UserError(
            f"others on this machine can read the sign-in (its mode is {mode:o})",
            where=str(path),
            remedy=f"Whoever has it can read what it opens. Take the right away: chmod 600 {path}",
        )
