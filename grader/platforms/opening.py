"""Opens a platform: its address from course.toml, its token from a file of the user's own or a variable."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from grader.course.course import Course
from grader.errors import UserError
from grader.platforms.canvas_site import CanvasSite
from grader.platforms.moodle_site import MoodleSite
from grader.platforms.platform_http import LOOPBACK, PlatformWeb


def open_site(
    course: Course, platform: str, at: str, tell: Callable[[str], None], environment: Mapping[str, str] = os.environ
) -> CanvasSite | MoodleSite:
    """The assignment that `at` names, as in 12/345."""
    where = str(course.root / "course.toml")
    settings = course.file.canvas if platform == "canvas" else course.file.moodle
    if settings is None:
        remedy = f'Write there: [{platform}] and below it url = "https://{platform}.example.edu".'
        raise UserError(f"the address of {platform.title()} is not known", where=where, remedy=remedy)
    parts = urlsplit(settings.url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        remedy = "Write an https address: the token would go in the clear."
        raise UserError(f"the url of [{platform}] is no https address", where=where, remedy=remedy)
    found = re.fullmatch(r"(\d{1,18})/(\d{1,18})", at)
    if found is None:
        raise UserError(
            f"this names no course and assignment of {platform.title()}: `{at}`",
            remedy="Take both numbers from the addresses there, as in 12/345.",
        )
    web = PlatformWeb(platform.title(), settings.url, tell)
    token, numbers = find_token(platform, environment), (int(found[1]), int(found[2]))
    return CanvasSite(web, token, *numbers) if platform == "canvas" else MoodleSite(web, token, *numbers)


def find_token(platform: str, environment: Mapping[str, str]) -> str:
    """From a variable, or else from a file that only its owner can read."""
    variable = f"GRADER_{platform.upper()}_TOKEN"
    folder = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "grader"
    path = folder / f"{platform}-token"
    token = environment.get(variable, "").strip()
    if not token:
        if not path.exists():
            remedy = f"Write it there, then: chmod 600 {path}. How: grader guide grades-by-api"
            raise UserError(f"there is no token for {platform.title()}", where=str(path), remedy=remedy)
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise UserError(
                f"others on this machine can read the token (its mode is {mode:o})",
                where=str(path),
                remedy=f"Take the right away: chmod 600 {path}",
            )
        token = path.read_text(encoding="utf-8", errors="replace").strip()
    if not re.fullmatch(r"[\x21-\x7e]{1,500}", token):
        remedy = "Copy it again, as one line without blanks."
        raise UserError(f"this is no token of {platform.title()}’s", where=str(path), remedy=remedy)
    return token
