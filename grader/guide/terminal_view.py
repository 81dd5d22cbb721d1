"""A page of the guide as a terminal shows it."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.markdown import Markdown
from rich.theme import Theme

from grader.guide.manual import GuidePage

WIDEST = 100
"""Columns beyond which lines of prose are hard to follow; typographers recommend fewer still."""

STYLES = Theme({"markdown.code": "bold cyan"})
"""Rich's own puts code on black, which is a blot on a light terminal."""

PICTURE = re.compile(r"!\[([^]]*)\]\([^)]*\)")
LINK = re.compile(r"\[([^]]+)\]\(([\w-]+)\.md(?:#[\w-]*)?\)")
ANCHOR = re.compile(r"\[([^]]+)\]\(#[\w-]*\)")


def render_in_terminal(page: GuidePage, columns: int, *, colour: bool) -> str:
    """The page with its styles as escape codes or, for a file, without any."""
    text = PICTURE.sub(r"*Picture: \1* (`grader guide --open` shows it)", page.text)
    text = ANCHOR.sub(r"\1", LINK.sub(_name_command, text))
    out = Console(
        file=io.StringIO(),
        width=min(columns, WIDEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        theme=STYLES,
    )
    with out.capture() as captured:
        out.print(Markdown(text, hyperlinks=False, code_theme="ansi_dark", inline_code_theme="ansi_dark"))
    # Rich fills every line up to the terminal's edge, which a file and a copied text do not want.
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _name_command(link: re.Match[str]) -> str:
    """A link as words: a terminal opens no file of the guide, but `grader guide` shows it."""
    return f"{link[1]} (`grader guide {link[2]}`)"
