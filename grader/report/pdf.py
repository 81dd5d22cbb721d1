"""Pages as PDF, set by Chromium: on paper they look as in a browser. An optional part, which doctor tells of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UserError
from grader.files.durable import write_file
from grader.model import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Browsers of the system that are looked for, before Playwright's own."""
ENOUGH_S = 60.0
"""For one page; a page is read from the disk and loads nothing."""

_FOOTER = (
    '<div style="width:100%;margin:0 15mm;font:7pt sans-serif;color:#555;display:flex;justify-content:space-between">'
    '<span>{title}</span><span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>'
)


def write_pdfs(pages: Sequence[Path], watch: Watch = lambda *_: None) -> list[Path]:
    """Write each page as PDF beside it; the PDFs' paths."""
    written = []
    with _chromium() as browser:
        # A page holds what students wrote: it is text there, and were it not, nothing runs and nothing is fetched.
        context = browser.new_context(java_script_enabled=False, offline=True)
        for done, page in enumerate(pages):
            watch("writing PDFs", done, len(pages))
            written.append(_write_pdf(context, page))
        watch("writing PDFs", len(pages), len(pages))
    return written


def require_pdf() -> None:
    """Nothing where PDFs can be written, and else a UserError with the remedy."""
    with _chromium():
        pass


def _write_pdf(context: BrowserContext, page: Path) -> Path:
    path = page.with_suffix(".pdf")
    opened = context.new_page()
    try:
        opened.goto(page.resolve().as_uri(), timeout=1000 * ENOUGH_S)
        content = opened.pdf(
            format="A4",
            prefer_css_page_size=True,
            print_background=True,
            tagged=True,
            outline=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=_FOOTER.format(title=escape(opened.title())),
        )
    finally:
        opened.close()
    write_file(path, content)
    return path


@contextmanager
def _chromium() -> Iterator[Browser]:
    """The system's Chromium or, where there is none, Playwright's own."""
    if find_spec("playwright") is None:
        raise UserError(
            "PDFs are set by Chromium, through Playwright, which is not installed",
            remedy="pip install 'dl4cv-grader[pdf]'; or print a page from your browser: it is made for paper, too.",
        )
    from playwright.sync_api import Error, sync_playwright

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found)
        except Error as error:
            first = next(iter(error.message.splitlines()), "")
            raise UserError(
                f"Chromium does not start: {first}",
                where=found or "no Chromium on the path, and none of Playwright's own",
                remedy="sudo apt-get install chromium; or: python -m playwright install --with-deps chromium",
            ) from error
        try:
            yield browser
        finally:
            browser.close()
