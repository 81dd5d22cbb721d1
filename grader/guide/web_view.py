"""The whole guide as one self-contained HTML page, with a search that needs no network."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from grader.guide.manual import GuidePage
from grader.report.render import make_environment


@dataclass(frozen=True)
class GuideArticle:
    """A page of the guide as HTML."""

    name: str
    title: str
    summary: Markup
    html: Markup


def render_in_browser(pages: Sequence[GuidePage]) -> str:
    """All pages in one file: pictures inside it, and only its own script, which its policy names by hash."""
    environment = make_environment("grader.guide")
    script = environment.get_template("guide.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    groups = [
        (group, [_to_article(page) for page in some]) for group, some in groupby(pages, key=lambda page: page.group)
    ]
    return environment.get_template("guide.html").render(groups=groups, script_hash=digest)


def _to_article(page: GuidePage) -> GuideArticle:
    """The page's Markdown as HTML. The text is ours, but raw HTML in it stays text all the same."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    summary = Markup(reader.renderInline(page.summary))
    return GuideArticle(page.name, page.title, summary, _to_html(page, reader))


def _to_html(page: GuidePage, reader: MarkdownIt) -> Markup:
    tokens = reader.parse(page.text)
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            _adapt_heading(page, token, tokens[place + 1])
        for inner in token.children or ():
            _adapt_link(page, inner)
    html = reader.renderer.render(tokens, reader.options, {})
    html = html.replace("<pre>", '<pre tabindex="0">')  # what scrolls by itself, a keyboard must reach
    return Markup(
        html.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
    )


def slug_of(heading: str) -> str:
    """A heading's anchor, as GitHub makes it.

    >>> slug_of("`close`: every number, within a tolerance")
    'close-every-number-within-a-tolerance'
    """
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _adapt_heading(page: GuidePage, heading: Token, words: Token) -> None:
    """One level down, since the guide's own title is the page's h1; its anchor names page and heading."""
    if heading.tag == "h1":
        heading.attrSet("id", page.name)
        heading.attrSet("tabindex", "-1")
    else:
        heading.attrSet("id", f"{page.name}-{slug_of(words.content)}")


def _adapt_link(page: GuidePage, token: Token) -> None:
    if token.type == "image":
        name = str(token.attrGet("src"))
        content = (files("grader.guide") / name).read_bytes()
        token.attrSet("src", f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}")
    elif token.type == "link_open":
        address = str(token.attrGet("href"))
        if address.startswith("#"):
            token.attrSet("href", f"#{page.name}-{address[1:]}")
        elif found := re.fullmatch(r"([\w-]+)\.md(?:#([\w-]+))?", address):
            token.attrSet("href", f"#{found[1]}-{found[2]}" if found[2] else f"#{found[1]}")
