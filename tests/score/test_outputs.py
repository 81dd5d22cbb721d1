"""What of a cell's outputs is compared: every text and one picture of each output, as a terminal shows it."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from grader.score.outputs import as_text, picture_difference, read_outputs


def lines(*outputs):
    return read_outputs({"outputs": list(outputs)}).lines


def printed(text):
    return lines({"output_type": "stream", "name": "stdout", "text": text})


def shown(kind="execute_result", **data):
    return {"output_type": kind, "data": {name.replace("_", "/"): value for name, value in data.items()}}


def png(height, width, value=0):
    file = io.BytesIO()
    Image.fromarray(np.full((height, width, 3), value, np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("kind", ["execute_result", "display_data"])
def test_what_a_cell_shows_is_read_as_a_line_of_its_own(kind):
    assert lines(shown(kind, text_plain="a"), shown(kind, text_plain=["b", "c"])) == ("a", "bc")
    assert lines(shown(kind, text_plain="plain", text_html="<b>html</b>")) == ("plain",)
    assert lines(shown(kind, text_html="<b>1</b><i>2</i>")) == ("1 2",)
    assert lines(shown(kind, text_latex="x")) == ()


def test_an_error_is_read_with_its_text():
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no such"}
    assert lines(error) == ("ValueError: no such",)


@pytest.mark.parametrize("cell", [None, 3, {}, {"outputs": 3}, {"outputs": [3]}, {"outputs": [{"output_type": "x"}]}])
def test_what_is_no_output_is_empty(cell):
    assert read_outputs(cell).is_empty


def test_text_is_a_string_or_lines_and_nothing_else():
    assert [as_text(value) for value in ("a", ["a", 3, "b"], [], 3, None, {"a": 1})] == ["a", "ab", "", "", "", ""]


def test_a_widget_shows_nothing_and_a_picture_is_no_text():
    widget = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntProgress(value=3)"}
    assert read_outputs({"outputs": [{"output_type": "display_data", "data": widget}]}).is_empty
    coded = base64.b64encode(png(3, 3)).decode()
    both = {"image/png": coded, "image/jpeg": coded, "text/plain": "<Figure>"}
    read = read_outputs({"outputs": [{"output_type": "display_data", "data": both}]})
    assert (read.lines, read.pictures) == ((), (png(3, 3),))


def test_a_picture_may_be_stored_in_lines_and_one_that_is_broken_counts_as_empty():
    coded = base64.b64encode(png(3, 3)).decode()
    for stored in (coded, f"{coded[:20]}\n{coded[20:]}", [coded[:20] + "\n", coded[20:]]):
        assert read_outputs({"outputs": [shown(image_png=stored)]}).pictures == (png(3, 3),)
    for broken in ("A", "é", 7):
        assert read_outputs({"outputs": [shown(image_png=broken)]}).pictures == (b"",)


def test_of_a_line_that_was_written_over_the_last_writing_is_seen():
    assert printed("a\rb\rc\nd") == ("c", "d")
    assert printed("a\rb\r\r\nd") == ("b", "d")
    assert printed("a\r\nb") == ("a", "b")


def test_only_a_thousand_outputs_fifty_pictures_and_so_many_characters_are_read():
    assert len(lines(*[shown(text_plain="a")] * 1001)) == 1000
    coded = base64.b64encode(png(1, 1)).decode()
    assert len(read_outputs({"outputs": [shown(image_png=coded)] * 51}).pictures) == 50
    assert len("".join(printed("a" * 100_001))) == 100_000


def test_of_a_log_the_last_line_is_kept_as_long_as_its_count_rises():
    assert printed("epoch 1 loss 0.5\nepoch 2 loss 0.4\nend") == ("epoch 2 loss 0.4", "end")
    assert len(printed("epoch 1 loss 0.5\nepoch 1 loss 0.4")) == 2
    assert len(printed("epoch 2 loss 0.5\nepoch 1 loss 0.4")) == 2
    assert len(printed("epoch 1 loss 0.5\nepoch 2 gain 0.4")) == 2
    assert len(printed("size 1 of 0.5\nsize 2 of 0.4")) == 2
    assert printed("epoch 0 loss 0.5\nepoch 1 loss 0.4") == ("epoch 1 loss 0.4",)


def test_pictures_are_compared_at_the_smaller_of_their_sizes():
    half = np.zeros((8, 8, 3), np.uint8)
    half[:4] = 255
    file = io.BytesIO()
    Image.fromarray(half).save(file, "PNG")
    assert picture_difference(file.getvalue(), png(8, 8)) == pytest.approx(0.5)
    assert picture_difference(file.getvalue(), png(4, 2)) == pytest.approx(0.5, abs=0.1)
    assert picture_difference(png(8, 2, 51), png(4, 8)) == pytest.approx(0.2)


def test_pictures_of_another_format_or_of_too_many_pixels_are_broken():
    file = io.BytesIO()
    Image.new("RGB", (3, 3)).save(file, "GIF")
    assert picture_difference(file.getvalue(), file.getvalue()) == 1
    jpeg = io.BytesIO()
    Image.new("RGB", (8, 8)).save(jpeg, "JPEG")
    assert picture_difference(jpeg.getvalue(), png(8, 8)) == pytest.approx(0, abs=0.01)
    assert picture_difference(png(2001, 4000), png(2001, 4000)) == 1
    assert picture_difference(png(2000, 4000), png(2000, 4000)) == 0
