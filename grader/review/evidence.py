"""A notebook as a person looks at it: text and pictures, in which nothing of the student's runs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from grader.files.terminal_codes import without_codes
from grader.language import _
from grader.language.stand_in_words import reword
from grader.report.notebook_pictures import LARGEST_BYTES, look_into
from grader.report.pages import NotebookPicture
from grader.report.text import clip, words_as_html

MOST_CELLS = 300
MOST_PICTURES = 60
LONGEST_TEXT = 8_000
"""Characters of a cell, or of one output."""


@dataclass(frozen=True)
class ShownOutput:
    """What a cell printed or drew: a text, or a picture as a `data:` address."""

    text: str = ""
    picture: str = ""
    is_error: bool = False


@dataclass(frozen=True)
class ShownCell:
    """A cell on the page."""

    number: int | None
    """Its place among the code cells that are not blank, from 1; None for text."""
    code: str
    words: Markup | None
    outputs: tuple[ShownOutput, ...]
    given: bool
    """It stands like this in the notebook that students were given."""


@dataclass(frozen=True)
class ShownNotebook:
    """The cells that a page has room for."""

    cells: tuple[ShownCell, ...]
    left: int
    """Cells that are not shown."""


def show_notebook(notebook: NotebookNode, given: Collection[str] = ()) -> ShownNotebook:
    """The notebook; `given` holds the sources of the cells that students were given."""
    cells: list[ShownCell] = []
    number, pictures = 0, 0
    shown = [cell for cell in notebook.cells if cell.source.strip()]
    for cell in shown[:MOST_CELLS]:
        known = cell.source.strip() in given
        if cell.cell_type != "code":
            cells.append(ShownCell(None, "", words_as_html(cell.source), (), known))
            continue
        number += 1
        outputs = tuple(_outputs_of(cell, room=MOST_PICTURES - pictures))
        pictures += sum(bool(output.picture) for output in outputs)
        cells.append(ShownCell(number, clip(cell.source, LONGEST_TEXT), None, outputs, known))
    return ShownNotebook(tuple(cells), max(0, len(shown) - MOST_CELLS))


def _outputs_of(cell: NotebookNode, room: int) -> Iterator[ShownOutput]:
    for output in cell.outputs:
        match output.output_type:
            case "stream":
                yield ShownOutput(_plain(output.text))
            case "error":
                yield ShownOutput(_plain("\n".join(output.traceback) or f"{output.ename}: {output.evalue}"), "", True)
            case "display_data" | "execute_result":
                shown = _show_data(output.data, room)
                room -= bool(shown.picture)
                yield shown


def _show_data(data: dict[str, Any], room: int) -> ShownOutput:
    """A picture where there is one that can be read, else its plain text; HTML is never passed on."""
    encoded = data.get("image/png")
    if isinstance(encoded, str) and room > 0:
        picture = look_into(NotebookPicture(0, "", _decode(encoded)))
        if picture.source:
            return ShownOutput(picture=picture.source)
    text = data.get("text/plain") or f"[{', '.join(sorted(data)) or _('nothing')}]"
    return ShownOutput(_plain(text))


def _plain(text: str) -> str:
    """Text without a terminal's colours, and no longer than a page has room for; what a stand-in says, in our words."""
    return clip(reword(without_codes(text[: 2 * LONGEST_TEXT])), LONGEST_TEXT)


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded[: LARGEST_BYTES * 2])
    except (binascii.Error, ValueError):
        return b""
