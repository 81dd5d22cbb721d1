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


def words_of(*mine, given=()):
    return find_words(notebook_of(mine), notebook_of(given))


def notebook_of(cells):
    return new_notebook(cells=[new_markdown_cell(cell) for cell in cells])


def test_each_line_of_the_students_is_a_line():
    assert words_of("One.\n\n  Two.  ", "Three.") == "One.\nTwo.\nThree."


def test_code_and_what_is_no_cell_are_no_words_and_hide_none_of_those_below():
    cells = [{"cell_type": "code", "source": "x = 1"}, 3, {"cell_type": "markdown", "source": ["Mi", "ne."]}]
    assert find_words({"cells": cells}, None) == "Mine."
    for hostile in (None, 3, [], {}, {"cells": 3}, {"cells": None}):
        assert find_words(hostile, hostile) == ""


def test_a_pasted_picture_is_no_word_and_half_a_character_is_readable():
    assert words_of("![it](data:image/png;base64,iVBORw0KGgo=) Mine.") == "![it]() Mine."
    assert words_of("Mine \ud800.") == "Mine ?."


QUESTION = "What do you see? TODO your answer here"
"""Eight words."""


def test_of_a_line_that_was_edited_only_the_students_words_are_kept():
    assert words_of("What do you see? TODO A curve. your answer here", given=[QUESTION]) == "A curve."
    assert words_of("What do you see? A curve.", given=[QUESTION]) == "A curve."


def test_a_line_of_which_less_than_half_is_given_is_the_students():
    assert words_of("What do you see? A curve.", given=[QUESTION]) == "A curve."
    assert words_of("What do you think of it? A curve.", given=[QUESTION]) == "What do you think of it? A curve."
    assert words_of("What do I see here", given=[QUESTION]) == "What do I see here"


def test_of_several_given_lines_that_begin_alike_the_one_that_shares_most_is_taken_off():
    given = ["What do you see?", "What do you see? And why?", "What do you do?"]
    assert words_of("What do you see? And why? A curve.", given=given) == "A curve."
    assert words_of("What do you see? And why? A curve.", given=given[::-1]) == "A curve."


def test_a_given_word_between_the_students_own_stays():
    assert words_of("What see? I see it", given=["What do you see it"]) == "see? I"
    assert words_of("a b x c", given=["a b c"]) == "x"


def test_long_notebooks_are_cut_at_a_thousand_lines_and_a_hundred_thousand_characters():
    assert words_of("\n".join(["a"] * 1000 + ["b"])).count("\n") == 999
    assert words_of(*["a"] * 999, "b", "c").endswith("a\nb")
    assert len(words_of("a" * 100_001)) == 100_000
    assert len(words_of("a" * 99_999, "bb", "c")) == 100_000
    assert words_of("a" * 99_998, "b", "c") == "a" * 99_998 + "\nb"
    assert words_of("a" * 100_000, "b") == "a" * 100_000


def test_of_the_given_notebook_three_hundred_lines_are_known():
    given = [f"{n} lines" for n in range(301)]
    assert words_of("299 lines", "300 lines", given=given) == "300 lines"
