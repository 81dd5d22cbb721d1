"""The guide's pages: which there are, in which order, and where a word stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from grader.errors import UserError
from grader.files.suggestions import suggest

CONTENTS: Mapping[str, Sequence[str]] = {
    "Start here": ("tutorial", "your-notebook", "install"),
    "How to": (
        "deadline-night",
        "exam-day",
        "self-check",
        "from-other-graders",
        "write-a-rubric",
        "deadlines",
        "colab-and-gmail",
        "data-and-packages",
        "hand-over-grades",
        "grades-by-api",
        "course-grade",
        "languages",
        "many-machines",
        "gpus",
        "keep-safe",
    ),
    "Look it up": (
        "rubric",
        "exam",
        "course-files",
        "commands",
        "sources",
        "results",
        "exit-codes",
        "json",
        "work-folder",
    ),
    "Why it is so": ("how-it-works", "trust", "recordings", "proving-a-rubric", "speed", "limits"),
}
"""group -> its pages, in the order in which a newcomer needs them"""

COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


@dataclass(frozen=True)
class GuidePage:
    """One page: its text is Markdown, without the comments that only its makers need."""

    name: str
    group: str
    title: str
    summary: str
    text: str


@dataclass(frozen=True)
class GuideHit:
    """A line of the guide that holds a word."""

    page: str
    line: str


def read_pages() -> list[GuidePage]:
    """All pages, in the order of the contents."""
    return [_read(name, group) for group, names in CONTENTS.items() for name in names]


def find_page(name: str) -> GuidePage:
    """The page of that name, or a UserError that suggests one."""
    for group, names in CONTENTS.items():
        if name in names:
            return _read(name, group)
    known = [page for names in CONTENTS.values() for page in names]
    remedy = suggest(name, known, otherwise="List its pages: grader guide")
    raise UserError(f"the guide has no page `{name}`", remedy=remedy)


def search_pages(word: str) -> list[GuideHit]:
    """Every line that holds the word, in any case."""
    wanted = word.casefold()
    return [
        GuideHit(page.name, line.strip())
        for page in read_pages()
        for line in page.text.splitlines()
        if wanted in line.casefold()
    ]


def _read(name: str, group: str) -> GuidePage:
    text = COMMENT.sub("", (files("grader.guide") / f"{name}.md").read_text(encoding="utf-8"))
    title, summary = text.split("\n\n")[:2]
    return GuidePage(name, group, title.removeprefix("# ").strip(), " ".join(summary.split()), text)
