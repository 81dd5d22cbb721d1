"""guide: the manual that ships with the program, in the terminal or in a browser."""

from __future__ import annotations

import os
import pydoc
import shutil
import sys
import tempfile
import webbrowser
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from grader.cli import show
from grader.errors import UserError


def add_to(app: typer.Typer) -> None:
    app.command()(guide)


def guide(
    context: typer.Context,
    page: str | None = typer.Argument(None, metavar="PAGE", help="The page to show; without it, the pages are listed."),
    in_browser: bool = typer.Option(False, "--open", help="Open the whole guide in a browser, with a search."),
    search: str | None = typer.Option(None, "--search", metavar="WORD", help="List the lines that contain the word."),
    write: Path | None = typer.Option(None, "--write", metavar="DIR", hidden=True, help="Fill in what is made."),
) -> None:
    """Show the manual: how to start, how to do what, and what each file, command and word means."""
    # Only this command needs the guide, and a Markdown reader with it.
    from grader.guide import find_page, read_pages, render_in_browser, render_in_terminal

    if write is not None:
        from grader.guide.made_parts import write_parts

        write_parts(write, context.find_root().command)
    elif search is not None:
        _print_hits(search)
    elif in_browser:
        chosen = find_page(page).name if page else "top"
        path = _write_html(render_in_browser(read_pages()))
        address = f"{path.as_uri()}#{chosen}"
        show.console().print(f"The guide: {address}", markup=False)
        webbrowser.open(address)
    elif page is not None:
        terminal = sys.stdout.isatty()
        size = shutil.get_terminal_size()
        text = render_in_terminal(find_page(page), size.columns, colour=terminal)
        _page_through(text) if terminal and text.count("\n") >= size.lines else sys.stdout.write(text)
    else:
        _print_contents()


def _print_contents() -> None:
    from grader.guide import read_pages

    out, group = show.console(), ""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in read_pages():
        if one.group != group:
            table.add_row(*([""] if group else []), end_section=False)
            table.add_row(Text(one.group, "bold"), "")
            group = one.group
        table.add_row(Text(f"  {one.name}"), Text(one.summary))
    out.print(table, soft_wrap=False)
    out.print("\nRead a page: grader guide PAGE. In a browser, with a search: grader guide --open")


def _print_hits(word: str) -> None:
    from grader.guide import search_pages

    hits, out = search_pages(word), show.console()
    if not hits:
        raise UserError(f"the guide does not contain `{word}`", remedy="List its pages: grader guide")
    for hit in hits:
        out.print(Text.assemble((hit.page, "bold"), f": {hit.line}"))


def _page_through(text: str) -> None:
    os.environ.setdefault("LESS", "-R")  # otherwise `less` prints the codes of colours in place of the colours
    pydoc.pager(text)


def _write_html(html: str) -> Path:
    """In a folder of its own below the temporary one: a snap's browser reads no hidden folder of the user's."""
    path = Path(tempfile.mkdtemp(prefix="grader-guide-")) / "guide.html"
    path.write_text(html, encoding="utf-8")
    return path
