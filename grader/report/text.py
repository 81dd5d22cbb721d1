"""Turns text that others wrote into text that a page can hold: nothing hidden, nothing active, nothing endless."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from grader.language import Formed, Reason, verbatim

WORDS_LIMIT = 20_000
"""Characters of a student's words that a page shows."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # directions, zero widths, separators
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"  # halves of surrogate pairs, annotations, tags
)
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(f"({_MARKS}{{4}}){_MARKS}+")
"""Accents on accents, which would be drawn over the lines above and below."""
_CODE = re.compile(r"`([^`\n]+)`")


def visible(text: str) -> str:
    """The text with each character that cannot be seen written out, as ⟨U+202E⟩.

    A direction override could make a page read otherwise than it is; a lone surrogate cannot be written to a file.

    >>> visible("pass\u202egnp.exe")
    'pass⟨U+202E⟩gnp.exe'
    """
    if text.isascii() and text.isprintable():
        return text
    shown = _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text.replace("\r\n", "\n"))
    return _STACKED.sub(r"\1", shown)


def finish(value: Any) -> Any:
    """What every expression of a template goes through: no text reaches a page unseen."""
    if isinstance(value, Reason):
        value = str(value)
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def clip(text: str, limit: int) -> str:
    """The text, cut to `limit` characters where it is longer.

    >>> clip("from matplotlib import pyplot", 12)
    'from matplo…'
    """
    return text if len(text) <= limit else text[: limit - 1] + "…"


def sentence(text: str | Reason, limit: int = 2000) -> Markup:
    """A message in the reader's language as HTML: escaped, with `names in backticks` set as code.

    >>> sentence("There is no `model_<1>`.")
    Markup('There is no <code>model_&lt;1&gt;</code>.')
    """
    parts = _CODE.split(visible(clip(str(text), limit)))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def whole(text: str) -> str:
    """The beginning of an error, which commands print in small letters, as a sentence beside others.

    >>> whole("no points are given"), whole("`x` is no answer: Two boxes are ticked.")
    ('No points are given.', '`x` is no answer: Two boxes are ticked.')
    """
    return f"{text[:1].upper()}{Formed(verbatim(text[1:]), 'ended')}" if text else ""


def words_as_html(words: str) -> Markup:
    """A student's text cells as HTML: Markdown without HTML, links or images, then cleaned.

    A link is left as its source, so that a person sees where it would lead before going there.
    """
    dirty = _MARKDOWN.render(visible(clip(words, WORDS_LIMIT)))
    return Markup(nh3.clean(dirty, tags=_TAGS, attributes={"p": {"class"}}, link_rel=None))


_TAGS = set(
    [
        "p",
        "br",
        "hr",
        "em",
        "strong",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)


def _heading(self: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
    """A student's heading is a paragraph of its own kind: the page's outline stays ours."""
    return '<p class="heading">' if tokens[place].nesting == 1 else "</p>\n"


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.disable(["link", "image", "autolink", "reference"])
    markdown.add_render_rule("heading_open", _heading)
    markdown.add_render_rule("heading_close", _heading)
    return markdown


_MARKDOWN = _markdown()
