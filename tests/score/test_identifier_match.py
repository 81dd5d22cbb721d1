from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_markdown_cell, new_notebook

from grader.score.identifier_match import find_words

LINES = st.lists(
    st.lists(st.sampled_from(["y", "=", "2x", "+", "1", "TODO", "words"]), min_size=1).map(" ".join), max_size=6
)


@given(LINES)
def test_a_notebook_as_it_was_given_holds_no_words_of_the_students(lines):
    notebook = new_notebook(cells=[new_markdown_cell(line) for line in lines])
    assert find_words(notebook, notebook) == ""


@given(LINES)
def test_a_sentence_added_to_the_given_text_is_the_students(lines):
    given_notebook = new_notebook(cells=[new_markdown_cell(line) for line in lines])
    mine = new_notebook(cells=[*given_notebook.cells, new_markdown_cell("The smooth network is best.")])
    assert find_words(mine, given_notebook) == "The smooth network is best."
