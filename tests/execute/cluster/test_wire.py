"""What comes back from a worker is what it had, and holds no object but numbers, text and bytes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.execute.cluster.wire import pack, unpack
from grader.execute.pool import Executed, make_run
from grader.files.notebook_file import read_notebook
from grader.inside import plain
from grader.language import verbatim
from grader.model import Answer
from tests.execute.conftest import make_work

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=plain.MAX_KEY), inner, max_size=3),
    max_leaves=6,
)


@given(value=PLAIN, numbers=arrays(np.float64, st.integers(0, 5)), printed=st.text())
def test_a_run_comes_back_as_it_was(value: object, numbers: np.ndarray, printed: str):
    work = make_work("print(1)")
    notebook = read_notebook(work.content)
    run = make_run(work, "bubblewrap", None, end="finished", because=verbatim(printed)).model_copy(
        update={"answers": {"a": Answer(status="answered", value=value), "b": Answer(status="answered", value=numbers)}}
    )
    packed = pack(Executed(run, notebook, notebook))
    assert [type(part) for part in packed] == [str, bytes, str]
    back = unpack(work, packed)
    assert back.run.answers["a"] == run.answers["a"]
    np.testing.assert_array_equal(back.run.answers["b"].value, numbers)
    assert back.run.model_copy(update={"answers": {}}) == run.model_copy(update={"answers": {}})
    assert back.fresh == back.stored == notebook


def test_a_run_without_a_notebook_comes_back_so():
    work = make_work()
    run = make_run(work, "none", None, end="unreadable", because=verbatim("It is no notebook."))
    assert unpack(work, pack(Executed(run, None, None))) == Executed(run, None, None)
