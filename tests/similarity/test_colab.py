"""What Colab noted in notebooks: hints of what is worth a look, in which no name and no number of an account stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.similarity import Trace, find_hints, read_trace

RUN = datetime(2024, 8, 10, 12, tzinfo=UTC)
NOTHING = Trace("", frozenset())


def cell(account="", run=RUN, output=False):
    info = {"timestamp": int(run.timestamp() * 1000), "user": {"userId": account, "displayName": "Somebody"}}
    metadata = {"executionInfo": info} if account else {}
    return {"cell_type": "code", "metadata": metadata, "outputs": [{"output_type": "stream"}] if output else []}


def notebook(*cells, cloned_from=()):
    provenance = [{"file_id": name, "timestamp": 1722608125960} for name in cloned_from]
    return json.dumps({"cells": list(cells), "metadata": {"colab": {"provenance": provenance}}}).encode()


def trace(student, *accounts, cloned_from=(), files=()):
    content = notebook(*(cell(account) for account in accounts), cloned_from=cloned_from)
    return read_trace(student, content, frozenset(files))


def class_of(*first):
    """These, and enough others that each worked alone on a copy of what everybody was given."""
    others = [trace(f"other-{number}", f"account-{number}", cloned_from=["given"]) for number in range(5)]
    return [*first, *others]


def worded(hints):
    """Of whom each hint is, and what a person reads."""
    return [(hint.students, str(hint.says)) for hint in hints]


def test_a_notebook_that_was_cloned_from_what_another_one_handed_in():
    told = find_hints(
        class_of(
            trace("ana", "1", cloned_from=["given"], files=["file-of-ana"]),
            trace("bruno", "2", cloned_from=["given", "file-of-ana"], files=["file-of-bruno"]),
        ),
        NOTHING,
    )
    assert worded(told) == [
        (("bruno", "ana"), "The notebook of the first was cloned from the file that the second handed in."),
    ]


def test_ones_own_file_may_be_cloned_and_handed_in_again():
    own = trace("ana", "1", cloned_from=["given", "first"], files=["first", "second"])
    assert find_hints(class_of(own), NOTHING) == ()


def test_notebooks_that_were_cloned_from_a_file_that_few_have():
    told = find_hints(
        class_of(
            trace("bruno", "2", cloned_from=["given", "of-a-friend"]), trace("ana", "1", cloned_from=["of-a-friend"])
        ),
        NOTHING,
    )
    assert worded(told) == [(("ana", "bruno"), "These notebooks were cloned from the same file.")]


def test_notebooks_whose_cells_one_account_ran():
    told = find_hints(class_of(trace("ana", "1"), trace("bruno", "2", "1")), NOTHING)
    assert worded(told) == [(("ana", "bruno"), "Cells of these notebooks were run by the same Google account.")]


def test_what_everybody_was_given_is_no_hint():
    """The lecturer ran the cells of what is given, and it was itself cloned from last year's."""
    lecturers = trace("", "lecturer", cloned_from=["last-year"])
    handed_in = [
        trace(name, name, "lecturer", cloned_from=["last-year", "given"]) for name in ("ana", "bruno", "carla", "diego")
    ]
    assert find_hints(handed_in, NOTHING) == ()
    two = [trace(name, name, "lecturer", cloned_from=["last-year"]) for name in ("ana", "bruno")]
    assert find_hints(class_of(*two), lecturers) == ()


def test_outputs_that_colab_has_not_noted_as_run():
    one = read_trace("ana", notebook(cell("1", output=True), cell(output=True)))
    two = read_trace("bruno", notebook(cell("2", output=True), cell(output=True), cell(output=True), cell()))
    nothing_noted = read_trace("carla", notebook(cell(output=True)))
    assert worded(find_hints([one, two, nothing_noted], NOTHING)) == [
        (("ana",), "1 cell has an output, but Colab has not noted that it was run, as it has of others."),
        (("bruno",), "2 cells have outputs, but Colab has not noted that they were run, as it has of others."),
    ]


def test_a_cell_that_was_run_after_the_deadline_is_told_in_the_courses_time():
    zone = timezone(timedelta(hours=-3))
    late = notebook(cell("1", RUN), cell("1", RUN + timedelta(hours=16)))
    closes = datetime(2024, 8, 11, tzinfo=zone)
    assert worded(find_hints([read_trace("ana", late, frozenset(), closes)], NOTHING)) == [
        (("ana",), "A cell was run after the deadline, at 2024-08-11 01:00."),
    ]
    in_time = notebook(cell("1", RUN))
    assert find_hints([read_trace("ana", in_time, frozenset(), closes)], NOTHING) == ()
    assert find_hints([read_trace("ana", late)], NOTHING) == ()


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "metadata", "executionInfo", "user", "userId", "timestamp", "colab", "provenance"]
            )
            | st.sampled_from(["file_id", "outputs"]),
            inner,
            max_size=4,
        )
    ),
)


@given(TREES)
def test_a_notebook_with_anything_at_all_in_it_is_read(tree):
    content = json.dumps(tree).encode()
    find_hints([read_trace("ana", content), read_trace("bruno", content)], NOTHING)


@pytest.mark.parametrize("content", [b"", b"\xff", b"<html>", b"[" * 100_000])
def test_what_is_no_notebook_has_no_trace(content):
    assert read_trace("ana", content) == Trace("ana", frozenset())
