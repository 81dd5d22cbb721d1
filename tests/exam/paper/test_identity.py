"""The code of a page is read as it was printed, or not at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.exam.paper.identity import MOST_COPIES, MOST_PAGES, Identity, decode, encode

IDENTITIES = st.builds(
    Identity,
    st.binary(min_size=3, max_size=3).map(bytes.hex),
    st.integers(0, MOST_COPIES),
    st.integers(0, MOST_PAGES),
)


@given(IDENTITIES)
def test_a_code_says_what_was_put_into_it(identity):
    assert decode(encode(identity)) == identity


@given(IDENTITIES, st.sets(st.integers(0, 63), min_size=1, max_size=3))
def test_up_to_three_wrong_cells_are_noticed(identity, wrong):
    cells = encode(identity)
    for place in wrong:
        cells.flat[place] ^= True
    assert decode(cells) is None


def test_a_code_is_also_written_for_people():
    assert str(Identity("0a1b2c", 3, 1)) == "0a1b2c-3-1"
