"""The plots that a notebook drew: taken out of hostile outputs, and shown only after a look into them."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image, PngImagePlugin

from grader.report import NotebookPicture, StudentPage, pictures_of, render_student
from grader.report.notebook_pictures import LARGEST_BYTES, look_into, shown
from tests.report.html_tree import Page


def png(width: int = 8, height: int = 6, colour: str = "navy", **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, "PNG", **options)
    return written.getvalue()


def cell_with(source: str, *data: Any) -> NotebookNode:
    cell = new_code_cell(source)
    cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": each} for each in data]
    return cell


def notebook_of(cells: list[NotebookNode]) -> NotebookNode:
    """A notebook whose outputs nobody has validated."""
    notebook = new_notebook()
    notebook.cells = cells
    return notebook


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_pictures_come_with_the_number_and_the_first_line_of_their_cell() -> None:
    notebook = notebook_of(
        [
            new_markdown_cell("# Plots"),
            new_code_cell("x = 1"),
            cell_with("import matplotlib\nplt.plot(x)", {"image/png": encoded(png())}),
            cell_with("plt.show()", {"text/plain": "Figure"}, {"image/png": encoded(png(colour="red"))}),
        ]
    )
    found = pictures_of(notebook)
    assert [(picture.number, picture.title) for picture in found] == [(2, "plt.plot(x)"), (3, "plt.show()")]
    assert found[0].png == png()


@pytest.mark.parametrize(
    "data",
    [None, 3, "x", [], {"image/png": None}, {"image/png": 7}, {"image/png": {"a": 1}}, {"image/svg+xml": "<svg/>"}],
)
def test_outputs_of_any_other_form_are_no_pictures(data: Any) -> None:
    assert pictures_of(notebook_of([cell_with("plot()", data)])) == ()


@pytest.mark.parametrize("outputs", [None, 3, ["x", None, 5, {}], {"a": 1}])
def test_a_cell_whose_outputs_are_nonsense_has_no_pictures(outputs: Any) -> None:
    cell = new_code_cell("plot()")
    cell["outputs"] = outputs
    assert pictures_of(notebook_of([cell])) == ()


def test_a_picture_that_is_stored_line_by_line_is_put_together() -> None:
    text = encoded(png())
    notebook = notebook_of([cell_with("plot()", {"image/png": [text[:20] + "\n", text[20:], None]})])
    assert pictures_of(notebook)[0].png == png()


def test_what_is_not_base64_is_an_empty_picture_and_is_said_to_be_unreadable() -> None:
    (picture,) = pictures_of(notebook_of([cell_with("plot()", {"image/png": "§§§"})]))
    assert picture.png == b""
    assert look_into(picture).left_out == "unreadable"


def test_no_notebook_has_more_pictures_than_anyone_looks_at() -> None:
    notebook = notebook_of([cell_with("plot()", *[{"image/png": encoded(png())}] * 300)])
    assert len(pictures_of(notebook)) == 100


def test_a_picture_is_shown_with_its_size_and_a_text(student_page: StudentPage) -> None:
    page = Page(render_student(replace(student_page, pictures=(NotebookPicture(3, "plt.plot(x)", png()),))))
    images = {name: value for tag, name, value in page.attributes if tag == "img"}
    assert images["alt"] == "Picture drawn by cell 3"
    assert (images["width"], images["height"]) == ("8", "6")
    assert images["src"].startswith("data:image/png;base64,")
    assert "Cell 3 plt.plot(x)" in page.text


def test_only_pixels_are_passed_on() -> None:
    secret = PngImagePlugin.PngInfo()
    secret.add_text("Comment", "<script>alert(1)</script>", zip=False)
    content = png(pnginfo=secret) + b"<script>alert(2)</script>"
    assert b"alert(1)" in content
    look = look_into(NotebookPicture(1, "", content))
    written = base64.b64decode(look.source.removeprefix("data:image/png;base64,"))
    assert b"alert" not in written
    with Image.open(io.BytesIO(written)) as image:
        assert image.getpixel((0, 0)) == (0, 0, 128)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def other_format(name: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 6)).save(written, name)
    return written.getvalue()


def broken(content: bytes) -> bytes:
    return content[:40] + b"\xff" * 8 + content[48:]


@pytest.mark.parametrize(
    ("content", "left_out"),
    [
        (b"", "unreadable"),
        (other_format("GIF"), "unreadable"),
        (other_format("TIFF"), "unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "unreadable"),
        (png()[:50], "unreadable"),
        (broken(png()), "unreadable"),
        (bomb(0, 0), "unreadable"),
        (bomb(5_000, 5_000), "too-large"),
        (bomb(30_000, 30_000), "too-large"),
        (bomb(2**31 - 1, 2**31 - 1), "too-large"),
        (png() + b"\0" * LARGEST_BYTES, "too-large"),
    ],
)
def test_a_picture_that_cannot_be_looked_into_is_left_out_with_a_note(
    student_page: StudentPage, content: bytes, left_out: str
) -> None:
    assert look_into(NotebookPicture(1, "", content)).left_out == left_out
    page = Page(render_student(replace(student_page, pictures=(NotebookPicture(1, "", content),))))
    assert "img" not in page.tags
    notes = {
        "unreadable": "A picture is left out: its bytes are not a PNG that can be read.",
        "too-large": "A picture is left out: it is too large to show here.",
    }
    assert notes[left_out] in page.text


def test_a_large_picture_is_made_smaller() -> None:
    look = look_into(NotebookPicture(1, "", png(3000, 1500)))
    with Image.open(io.BytesIO(base64.b64decode(look.source.removeprefix("data:image/png;base64,")))) as image:
        assert image.size == (1200, 600)
    assert (look.width_px, look.height_px) == (3000, 1500)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_shown(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (5, 5)).save(written, "PNG")
    assert look_into(NotebookPicture(1, "", written.getvalue())).left_out == ""


def test_a_page_shows_a_dozen_pictures_and_counts_the_rest(student_page: StudentPage) -> None:
    page = Page(render_student(replace(student_page, pictures=(NotebookPicture(1, "", png()),) * 15)))
    assert page.tags.count("img") == 12
    assert "3 more pictures are not shown; they are in the notebook." in page.text


def test_pictures_beyond_the_room_of_a_page_are_left_out_with_a_note(
    student_page: StudentPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = NotebookPicture(1, "", png())
    room = len(look_into(one).source)
    monkeypatch.setattr("grader.report.notebook_pictures.PAGE_BYTES", room)
    assert [look.left_out for look in shown((one, one))] == ["", "page-full"]
    text = Page(render_student(replace(student_page, pictures=(one, one)))).text
    assert "A picture is left out: the pictures above fill the room that a page has." in text


def test_errors_and_streams_are_no_pictures() -> None:
    cell = new_code_cell("print(1)")
    cell.outputs = [new_output("stream", text="1"), new_output("error", ename="E", evalue="v", traceback=[])]
    assert pictures_of(notebook_of([cell])) == ()


def test_a_picture_of_a_page_comes_from_a_notebook(changed: Callable[..., StudentPage]) -> None:
    notebook = notebook_of([cell_with("plt.plot(x)", {"image/png": encoded(png())})])
    page = Page(render_student(changed(page={"pictures": pictures_of(notebook)})))
    assert page.tags.count("img") == 1
