"""The pieces in which a kernel sends what was printed become one text, whatever the pieces were."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_output

from grader.execute.printed import join_streams, overwrite

LINES = st.text(st.sampled_from("ab\r\n"))


def stream(text: str, name: str = "stdout"):
    return new_output("stream", name=name, text=text)


def test_all_that_a_stream_printed_is_one_text_where_its_first_piece_was():
    picture = new_output("display_data", data={"text/plain": "a picture"})
    assert join_streams([stream("one "), picture, stream("two\n")]) == [stream("one two\n"), picture]


def test_of_two_streams_that_follow_each_other_what_was_printed_comes_before_the_warnings():
    warning = stream("careful\n", "stderr")
    assert join_streams([warning, stream("a\n"), warning.copy()]) == [
        stream("a\n"),
        stream("careful\ncareful\n", "stderr"),
    ]


def test_a_progress_bar_keeps_its_last_state_though_it_came_in_pieces():
    assert join_streams([stream("10 %\r"), stream("50 %"), stream("\r100 %\ndone\n")]) == [stream("100 %\ndone\n")]


@given(LINES)
def test_a_carriage_return_takes_away_what_is_before_it_in_its_line_unless_the_line_ends_there(text):
    assert overwrite(text) == re.sub(r".*\r(?=[^\n])", "", text)  # as nbclient shows it


@given(st.lists(st.tuples(LINES, st.sampled_from(["stdout", "stderr"]))))
def test_what_is_joined_once_is_joined(pieces):
    def joined():
        return join_streams([stream(text, name) for text, name in pieces])

    assert len(joined()) == len({name for _, name in pieces})
    assert join_streams(joined()) == joined()


def test_one_long_line_takes_no_longer_than_many_short_ones():
    """Ten million characters would take days where each is compared with all that follow."""
    assert overwrite("x" * 10_000_000 + "\ry") == "y"
