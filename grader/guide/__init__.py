"""The manual that ships with the program: its pages, and the two ways to show them.

A page is a Markdown file in this folder. What a schema or the command line already says is not written by hand:
`make guide` fills it in between two comments, and a test holds it equal to its source.
"""

from grader.guide.manual import CONTENTS, GuideHit, GuidePage, find_page, read_pages, search_pages
from grader.guide.terminal_view import render_in_terminal
from grader.guide.web_view import render_in_browser

__all__ = [
    "CONTENTS",
    "GuideHit",
    "GuidePage",
    "find_page",
    "read_pages",
    "render_in_browser",
    "render_in_terminal",
    "search_pages",
]
