"""Whatever is handed in becomes a valid notebook or one sentence, and never an error of another kind."""

import json
import warnings

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v3 import nbbase as v3
from nbformat.v3 import nbjson

from grader.files.notebook_file import UnreadableError, code_cells, foreign_language, read_notebook, title_of


def refuse(content, **options):
    with pytest.raises(UnreadableError) as refused:
        read_notebook(content, **options)
    return str(refused.value)


def notebook_of(*cells, **more):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}).encode()


def code(source, **more):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None, **more}


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "language": "R"}, "language_info": {"name": "R"}}, "R"),
        ({"kernelspec": {"name": "ir", "display_name": "R"}}, "R"),
        ({"kernelspec": {"name": "julia-1.9"}, "language_info": {"name": "julia"}}, "Julia"),
        ({"language_info": {"name": "scala"}}, "scala"),
        ({"kernelspec": {"name": "conda-env-nets-py", "language": "python"}, "language_info": {"name": "R"}}, ""),
        ({"kernelspec": {"name": "python3"}}, ""),
        ({"kernelspec": {"name": "my-own-venv"}}, ""),
        ({"kernelspec": {"name": 3}, "language_info": ["R"]}, ""),
        ({"language_info": {"name": "<b>R</b>\n\x00"}}, "bRb"),
        ({}, ""),
        ([], ""),
    ],
)
def test_the_language_of_a_notebook_is_read_from_what_names_it_and_python_by_either_is_python(metadata, language):
    assert foreign_language(notebook_of(code("x <- 1"), metadata=metadata)) == language


@pytest.mark.parametrize("content", [b"", b"\n  \n"])
def test_an_empty_file_is_told_as_such(content):
    assert refuse(content) == "The file is empty: download the notebook again (File, Download, .ipynb)."


@pytest.mark.parametrize("content", [b"<!doctype html><title>Colab</title>", b"\xef\xbb\xbf\n <html></html>"])
def test_a_web_page_named_ipynb_is_told_with_the_way_to_the_notebook(content):
    assert refuse(content) == (
        "The file is a web page, not a notebook: in Colab use File, Download, Download .ipynb "
        "instead of saving the page."
    )


def test_a_large_notebook_is_told_with_its_size_and_the_limit():
    assert refuse(b" " * (50 << 20)) == (
        "The file has 50 MiB, more than the limit of 20 MiB: clear the largest outputs and hand it in again."
    )


def test_a_notebook_of_just_the_limit_is_read():
    content = notebook_of(code("x = 1"))
    assert read_notebook(content.ljust(1 << 20), limit_mib=1.0).cells[0].source == "x = 1"


@pytest.mark.parametrize("content", [b"{ this is no JSON", b'{"cells": [', b"PK\x03\x04", b"hello"])
def test_a_file_that_is_no_json_is_told_as_such(content):
    assert refuse(content) == "The file is not a notebook: it is not even JSON. Download it again as .ipynb."


def test_bytes_that_are_no_text_are_told_as_such():
    assert refuse(b"\xff\xfe\x00") == "The file is not text, so it is not a notebook: download it as .ipynb."


@pytest.mark.parametrize("content", [b"{}", b"[]", b"null", b"3", b'{"cells": 3}', b'{"worksheets": {}}'])
def test_json_without_cells_is_told_as_such(content):
    assert refuse(content) == (
        "The file is JSON but has no cells, so it is not a notebook: download it again as .ipynb."
    )


def test_json_nested_too_deep_is_told_as_such():
    assert refuse(b'{"cells":' * 100_000) == (
        "The file is JSON that is nested too deep to be a notebook: download it again as .ipynb."
    )


def test_nesting_that_json_can_read_does_no_harm_where_nothing_looks():
    deep = "[" * 900 + "]" * 900
    output = f'{{"output_type": "display_data", "metadata": {{}}, "data": {{"application/json": {deep}}}}}'
    cell = f'{{"cell_type": "code", "metadata": {{"deep": {deep}}}, "source": "x = 1", "outputs": [{output}]}}'
    notebook = read_notebook(f'{{"nbformat": 4, "metadata": {deep}, "cells": [{cell}]}}'.encode())
    assert notebook.cells[0].source == "x = 1"


def test_a_notebook_of_nbformat_3_has_the_same_cells_and_outputs_in_nbformat_4():
    outputs = [
        v3.new_output("stream", output_text="loss 0.1\n", stream="stdout"),
        v3.new_output("pyout", output_text="3", output_png="aGk=", prompt_number=2),
        v3.new_output("pyerr", ename="ValueError", evalue="no", traceback=["a", "b"]),
    ]
    cells = [
        v3.new_text_cell("markdown", source="Some words."),
        v3.new_heading_cell(source="A heading"),
        v3.new_code_cell(input="x = 1\nx + 2", prompt_number=2, outputs=outputs),
    ]
    old = v3.new_notebook(worksheets=[v3.new_worksheet(cells=cells[:2]), v3.new_worksheet(cells=cells[2:])])
    notebook = read_notebook(nbjson.writes(old).encode())
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == ["Some words.", "# A heading", "x = 1\nx + 2"]
    assert notebook.cells[2].execution_count == 2
    stream, result, error = notebook.cells[2].outputs
    assert (stream.name, stream.text) == ("stdout", "loss 0.1\n")
    assert result.output_type == "execute_result"
    assert result.data == {"text/plain": "3", "image/png": "aGk="}
    assert (error.output_type, error.ename, error.evalue) == ("error", "ValueError", "no")


def test_what_a_valid_notebook_holds_is_kept():
    png = nbformat.v4.new_output("display_data", data={"image/png": "aGk=", "text/plain": "<Figure>"})
    printed = nbformat.v4.new_output("stream", name="stderr", text="careful\n")
    made = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Regression\nSome words."),
            nbformat.v4.new_code_cell("import torch\nx = 1", execution_count=7, outputs=[printed, png]),
        ]
    )
    notebook = read_notebook(nbformat.writes(made).encode())
    assert [cell.source for cell in notebook.cells] == ["# Regression\nSome words.", "import torch\nx = 1"]
    assert notebook.cells[1].execution_count == 7
    assert notebook.cells[1].outputs == [printed, png]


def test_cells_with_equal_ids_are_told_apart_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notebook = read_notebook(notebook_of(code("x = 1", id="same"), code("x = 2", id="same")))
        nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == ["x = 1", "x = 2"]


def test_malformed_cells_lose_only_what_is_malformed():
    cells = [None, "x = 0", {}, {"cell_type": "code"}, code(["x = 1\n", 3, "y = 2"]), code("z = 3", outputs="none")]
    notebook = read_notebook(notebook_of(*cells))
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == ["", "", "x = 1\ny = 2", "z = 3"]


def test_half_a_character_becomes_a_question_mark_so_that_the_run_can_be_written_down():
    notebook = read_notebook(notebook_of(code("print('\ud83d')")))
    assert notebook.cells[0].source == "print('?')"


def test_code_cells_are_the_ones_with_code_with_their_places():
    notebook = read_notebook(notebook_of(code(""), {"cell_type": "markdown", "source": "x"}, code("x = 1")))
    assert [(place, cell.source) for place, cell in code_cells(notebook)] == [(2, "x = 1")]


@pytest.mark.parametrize(
    ("source", "title"),
    [("import torch\nfrom torch import nn\n\nx = 1", "x = 1"), ("import torch", "import torch"), ("", "")],
)
def test_a_cell_is_called_by_its_first_line_that_is_more_than_an_import(source, title):
    assert title_of(nbformat.v4.new_code_cell(source)) == title


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
NAMES = st.sampled_from(["cells", "cell_type", "source", "outputs", "metadata", "text", "data", "id", "image/png"])
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=8
)
OUTPUTS = st.fixed_dictionaries(
    {"output_type": TREES | st.sampled_from(["stream", "display_data", "execute_result", "error", "pyout", "pyerr"])},
    optional=dict.fromkeys(["text", "data", "name", "ename", "evalue", "traceback", "execution_count", "png"], TREES),
)
CELLS = st.fixed_dictionaries(
    {"cell_type": TREES | st.sampled_from(["code", "markdown", "raw", "heading"])},
    optional={
        **dict.fromkeys(["source", "input", "execution_count", "prompt_number", "id", "metadata"], TREES),
        "outputs": TREES | st.lists(OUTPUTS, max_size=3),
    },
)
SHEETS = st.fixed_dictionaries({"cells": TREES | st.lists(CELLS, max_size=3)})
NOTEBOOKS = st.fixed_dictionaries(
    {"nbformat": TREES | st.sampled_from([1, 2, 3, 4, 5])},
    optional={
        "nbformat_minor": TREES,
        "metadata": TREES,
        "cells": TREES | st.lists(CELLS, max_size=3),
        "worksheets": TREES | st.lists(SHEETS, max_size=2),
    },
)


@given(NOTEBOOKS | TREES)
@settings(max_examples=300, deadline=None)
def test_whatever_json_is_handed_in_a_valid_notebook_or_a_sentence_comes_out(tree):
    try:
        notebook = read_notebook(json.dumps(tree).encode())
    except UnreadableError as error:
        assert str(error).endswith(".")  # noqa: PT017  (either is right)
    else:
        nbformat.validate(notebook)
        json.dumps(notebook, ensure_ascii=False).encode("utf-8")


@given(st.binary(max_size=60))
def test_whatever_bytes_are_handed_in_a_sentence_comes_out(content):
    assert refuse(content).startswith("The file ")
