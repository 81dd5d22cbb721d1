"""A notebook is shown as text and pictures; nothing of it is passed on as HTML."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.files.notebook_file import read_notebook
from grader.review import evidence
from grader.review.evidence import ShownOutput, show_notebook
from tests.review.making import png


def notebook(*cells: dict[str, Any]) -> Any:
    return read_notebook(json.dumps({"cells": list(cells)}).encode())


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def data(**kinds: str) -> dict[str, Any]:
    names = {"html": "text/html", "text": "text/plain", "png": "image/png", "svg": "image/svg+xml"}
    return {"output_type": "display_data", "data": {names[kind]: value for kind, value in kinds.items()}}


def shown(*outputs: dict[str, Any]) -> tuple[ShownOutput, ...]:
    return show_notebook(notebook(code("x", *outputs))).cells[0].outputs


def test_text_cells_are_cleaned_and_code_cells_are_counted() -> None:
    words = {"cell_type": "markdown", "source": "**bold** <script>x</script>"}
    found = show_notebook(notebook(words, code("  "), code("a = 1"), code("b = 2")))
    assert [cell.number for cell in found.cells] == [None, 1, 2]
    assert str(found.cells[0].words) == "<p><strong>bold</strong> &lt;script&gt;x&lt;/script&gt;</p>\n"


def test_html_and_svg_are_never_passed_on() -> None:
    assert shown(data(html="<script>x</script>", text="<DataFrame>")) == (ShownOutput("<DataFrame>"),)
    assert shown(data(svg="<svg onload=x>")) == (ShownOutput("[image/svg+xml]"),)
    assert shown(data()) == (ShownOutput("[nothing]"),)


def test_a_picture_is_shown_and_one_that_cannot_be_read_is_its_text() -> None:
    (picture,) = shown(data(png=png(), text="<Figure>"))
    assert picture.picture.startswith("data:image/png;base64,")
    assert shown(data(png="PHN2Zz4=", text="<Figure>")) == (ShownOutput("<Figure>"),)


def test_an_error_is_shown_without_a_terminals_colours() -> None:
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no",
        "traceback": ["\x1b[0;31mValueError\x1b[0m: no"],
    }
    assert shown(error) == (ShownOutput("ValueError: no", "", True),)
    assert shown({**error, "traceback": []}) == (ShownOutput("ValueError: no", "", True),)


def test_a_cell_that_stands_in_the_given_notebook_is_marked() -> None:
    found = show_notebook(notebook(code("a = 1 "), code("b = 2")), given={"a = 1"})
    assert [cell.given for cell in found.cells] == [True, False]


def test_a_page_has_room_for_so_much_and_says_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_CELLS", 2)
    monkeypatch.setattr(evidence, "MOST_PICTURES", 1)
    found = show_notebook(notebook(*(code("x" * 10_000, data(png=png(), text="<Figure>")) for _ in range(5))))
    assert (len(found.cells), found.left) == (2, 3)
    assert [bool(cell.outputs[0].picture) for cell in found.cells] == [True, False]
    assert len(found.cells[0].code) == evidence.LONGEST_TEXT
