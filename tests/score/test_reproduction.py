"""Stored outputs beside fresh ones: what is a difference, what is none, and what no notebook can break."""

from __future__ import annotations

import base64
import io
import zlib

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from PIL import Image

from grader.model import Cause, CellComparison, CellRun, Finding, NotebookFacts
from grader.score import score
from grader.score.outputs import differ_by
from grader.score.reproduction import count_reproduced, is_environment, match, measure

from .making import find, rubric_of, run_of


def stream(text: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def result(data: dict) -> dict:
    return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}


def png(pixels: np.ndarray) -> dict:
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
    return result({"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "<Figure size 640x480>"})


def notebook(*outputs: list, counts: list | None = None, words: tuple[str, ...] = ()) -> NotebookNode:
    cells = [
        {
            "cell_type": "code",
            "source": f"cell_{n}()",
            "execution_count": counts[n] if counts else n + 1,
            "outputs": out,
        }
        for n, out in enumerate(outputs)
    ]
    return nbformat.from_dict({"cells": cells + [{"cell_type": "markdown", "source": text} for text in words]})


def runs(*ends: str) -> tuple[CellRun, ...]:
    return tuple(CellRun(index=n, number=n + 1, title=f"cell_{n}()", end=end) for n, end in enumerate(ends))


def compare(stored: list, fresh: list) -> CellComparison:
    (comparison,) = measure(notebook(stored), notebook(fresh), None, runs("ok")).comparisons
    return comparison


def matched(stored: list, fresh: list, within: float = 0.05) -> str:
    return match(compare(stored, fresh), within, 0.05)


# ---- what is no difference ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("loss 0.5", "loss   0.5\n\n"),
        ("torch 2.3.1\n7", "torch 2.13.0+cpu\n7"),
        ("saved to /content/drive/MyDrive/a.npy\n7", "saved to /root/a.npy\n7"),
        (
            "Collecting einops\n   ━━━━━━━━ 43.2/43.2 kB\nSuccessfully installed einops-0.8.0\n7",
            "ERROR: No matching\n7",
        ),
        (
            "Epoch 1, loss 0.9\nEpoch 2, loss 0.5\nEpoch 3, loss 0.2",
            "Epoch 1, loss 0.7\nEpoch 2, loss 0.3\nEpoch 3, loss 0.2",
        ),
        ("0 1.5\n100 0.7\n200 0.30", "0 1.9\n100 0.5\n200 0.30"),
        ("<object at 0x7f12a4b0c1d0>", "<object at 0x7fffa4b0c1d0>"),
        ("Epoch done in 12.3s", "Epoch done in 4 ms"),
        ("took 3 min 2 s, loss 0.1", "took 55 s, loss 0.1"),
        ("CPU times: user 3 s, sys: 1 s\nWall time: 4 s\n7", "CPU times: user 9 s, sys: 2 s\nWall time: 5 s\n7"),
        ("training time: 12.5\n3", "training time: 3.25\n3"),
        ("100%|████| 10/10 [00:03<00:00, 3.1it/s]\ndone", "100%|████| 10/10 [00:09<00:00, 1.1it/s]\ndone"),
        ("10%\r50%\r100%\ndone", "100%\ndone"),
        ("tensor([1.], device='cuda:0')", "tensor([1.])"),
        ("Using device: cuda", "Using device: cpu"),
        ("torch 2.9.0+cu126", "torch 2.13.0+cpu"),
        ("<Figure size 640x480 with 1 Axes> 1", "<Figure size 1280x960 with 2 Axes> 1"),
        ("2024-07-22 10:11:12 start", "2026-01-02 23:59:59 start"),
        ("\x1b[1mbold\x1b[0m", "bold"),
        ("Requirement already satisfied: torch in /usr/lib\n1", "1"),
        ("[nan, 1e-3, inf]", "[NaN, 0.001, inf]"),
    ],
)
def test_what_rightly_changes_is_no_difference(stored, fresh):
    assert matched([stream(stored)], [stream(fresh)]) == "same"


def test_warnings_on_stderr_are_no_difference():
    assert matched([stream("1")], [stream("1"), stream("UserWarning: NNPACK", "stderr")]) == "same"


def test_pieces_of_a_stream_are_one_text():
    assert matched([stream("a 1\nb"), stream(" 2\n")], [stream("a 1\nb 2\n")]) == "same"


def test_the_text_of_a_picture_is_not_compared():
    white = np.full((9, 9, 3), 255)
    assert matched([png(white)], [result({**png(white)["data"], "text/plain": "<Axes: >"})]) == "same"


def test_html_is_compared_without_its_tags():
    stored, fresh = ({"text/html": f"<table {style}><td>loss 0.5</td></table>"} for style in ("id='a'", ""))
    assert matched([result(stored)], [result(fresh)]) == "same"
    assert matched([result(stored)], [result({"text/html": "<td>gain 0.5</td>"})]) == "different"


# ---- what is one ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "fresh", "difference"),
    [
        ("slope: 2.0", "slope: 2.5", 0.2),
        ("tensor([1., -2.])", "tensor([1., 2.])", 2.0),
        ("1e-3", "2e-3", 0.5),
        ("0.0", "0.0001", 0.1),
        ("nan", "0.5", 2.0),
        ("inf", "1e308", 2.0),
        ("9" * 400, "1", 2.0),
    ],
)
def test_numbers_are_compared_as_numbers(stored, fresh, difference):
    comparison = compare([stream(stored)], [stream(fresh)])
    assert comparison.text_alike
    assert comparison.number_difference == pytest.approx(difference)


def test_a_small_difference_is_close_and_a_large_one_is_different():
    assert matched([stream("loss 0.100")], [stream("loss 0.102")]) == "close"
    assert matched([stream("loss 0.100")], [stream("loss 0.102")], within=0.01) == "different"


@pytest.mark.parametrize(("stored", "fresh"), [("good", "bad"), ("1 2", "1 2 3"), ("ok", "")])
def test_other_words_are_a_difference(stored, fresh):
    assert matched([stream(stored)], [stream(fresh)]) == "different"


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("Epoch 1, loss 0.9\nEpoch 2, loss 0.2", "Epoch 1, loss 0.9\nEpoch 2, loss 0.5"),  # it ends elsewhere
        ("1 1\n2 4\n3 9", "1 1\n2 5\n3 9"),  # a table of whole numbers
        ("net_1: loss 0.9\nnet_2: loss 0.2", "net_1: loss 0.4\nnet_2: loss 0.2"),  # of several networks
        ("2 0.5\n1 0.7", "2 0.9\n1 0.7"),  # no count that rises
    ],
)
def test_only_of_a_training_log_the_last_values_alone_count(stored, fresh):
    assert matched([stream(stored)], [stream(fresh)]) == "different"


@pytest.mark.parametrize(
    ("source", "is_about_it"),
    [
        ("!pip install -q torchinfo", True),
        ("# my packages\n%pip install einops\nimport torch", True),
        ("import sys\nprint(sys.version)", True),
        ("from google.colab import drive\ndrive.mount('/content/drive')", True),
        ("import torch\nprint(torch.__version__)", True),
        ("print(torch.cuda.is_available())", True),
        ("%%bash\nnvidia-smi", True),
        ("%%capture\n!pip install einops", True),
        ("!pip install einops\nx = 3\nprint(x)", False),
        ("%%time\nprint(7)", False),
        ("print(accuracy)", False),
        ("x = 3", False),
        ("", False),
    ],
)
def test_a_cell_about_the_machine_says_nothing_about_the_work(source, is_about_it):
    assert is_environment(source) is is_about_it


def test_a_cell_about_the_machine_neither_counts_nor_costs():
    printed = notebook([stream("torch 2.3")], [stream("7")]), notebook([stream("other words")], [stream("7")])
    for each in printed:
        each.cells[0].source = "print('torch', torch.__version__)"
    compared = measure(*printed, None, runs("ok", "ok")).comparisons
    assert [match(one, 0.05, 0.05) for one in compared] == ["nothing-stored", "same"]


def test_an_error_that_comes_again_is_the_same():
    error = {"output_type": "error", "ename": "NameError", "evalue": "name 'x' is not defined", "traceback": ["1"]}
    assert matched([error], [{**error, "traceback": ["other"]}]) == "same"
    assert matched([error], [{**error, "ename": "TypeError"}]) == "different"


def test_excerpts_show_where_the_texts_part():
    words = compare([stream("a\nthe old line\nz")], [stream("a\nthe new line\nz")])
    assert (words.stored_excerpt, words.fresh_excerpt) == ("the old line", "the new line")
    numbers = compare([stream("a 1.0\nb 2.0")], [stream("a 1.1\nb 9.0")])
    assert (numbers.stored_excerpt, numbers.fresh_excerpt) == ("b 2.0", "b 9.0")
    long = compare([stream("x" * 9000)], [stream("y" * 9000)])
    assert 299 <= len(long.stored_excerpt) <= 301


# ---- pictures -------------------------------------------------------------------------------------------------------

DARK, LIGHT = np.zeros((20, 30, 3)), np.full((20, 30, 3), 255)


@pytest.mark.parametrize(
    ("stored", "fresh", "difference"),
    [
        ([png(DARK)], [png(DARK)], 0.0),
        ([png(DARK)], [png(LIGHT)], 1.0),
        ([png(DARK)], [png(DARK + 51)], 0.2),
        ([png(DARK)], [png(np.zeros((50, 50, 3)))], 0.0),
        ([png(DARK)], [], 1.0),
        ([png(DARK), png(LIGHT)], [png(DARK)], 1.0),
        ([result({"image/png": "AAAA"})], [png(DARK)], 1.0),
        ([result({"image/png": "not base64 é"})], [png(DARK)], 1.0),
        ([result({"image/png": 7})], [png(DARK)], 1.0),
        ([result({"image/png": png(DARK)["data"]["image/png"][:60]})], [png(DARK)], 1.0),
    ],
)
def test_pictures_differ_by_their_mean_pixel_difference(stored, fresh, difference):
    assert compare(stored, fresh).picture_difference == pytest.approx(difference)


def test_transparent_is_white():
    clear = np.zeros((20, 30, 4))
    assert compare([png(clear)], [png(LIGHT)]).picture_difference == 0.0


def bomb(width: int, height: int) -> str:
    """A PNG of a few kilobytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    data = zlib.compress(bytes(1_000_000))
    body = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return base64.b64encode(body).decode()


@pytest.mark.parametrize("side", [4_000, 10_000, 30_000])
def test_a_picture_that_says_it_is_huge_is_broken(side):
    assert compare([result({"image/png": bomb(side, side)})], [png(DARK)]).picture_difference == 1.0


# ---- match ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "how"),
    [
        ({"stored": False, "executed": False}, "never-run"),
        ({"stored": False, "executed": True}, "nothing-stored"),
        ({"stored": False, "executed": True, "text_alike": False}, "different"),
        ({"stored": True, "executed": False}, "same"),
        ({"stored": True, "executed": True, "run_here": False}, "not-run-here"),
        ({"stored": True, "executed": True, "number_difference": 0.05}, "close"),
        ({"stored": True, "executed": True, "number_difference": 0.06}, "different"),
        ({"stored": True, "executed": True, "picture_difference": 0.05}, "close"),
        ({"stored": True, "executed": True, "picture_difference": 0.06}, "different"),
        ({"stored": True, "executed": True, "number_difference": float("nan")}, "different"),
    ],
)
def test_how_a_cell_matches(fields, how):
    assert match(CellComparison(number=1, title="cell", **fields), 0.05, 0.05) == how


def test_a_cell_that_a_limit_stopped_was_not_run_here():
    facts = measure(notebook([stream("1")]), notebook([]), None, runs("interrupted"))
    assert match(facts.comparisons[0], 0.05, 0.05) == "not-run-here"


def test_without_a_fresh_run_nothing_was_run_here():
    facts = measure(notebook([stream("1")]), None, None, ())
    assert match(facts.comparisons[0], 0.05, 0.05) == "not-run-here"


def test_cells_run_out_of_order_are_seen():
    stored = notebook([stream("1")], [stream("2")], [stream("3")], counts=[5, 2, 6])
    facts = measure(stored, stored, None, runs("ok", "ok", "ok"))
    assert [comparison.in_order for comparison in facts.comparisons] == [True, False, True]


def test_cells_without_code_are_left_out_and_have_the_runs_numbers():
    stored = notebook([], [stream("1")], [stream("2")])
    stored.cells[0].source = "# only a remark"
    facts = measure(stored, stored, None, runs("ok", "ok", "ok"))
    assert [(one.number, one.title) for one in facts.comparisons] == [(2, "cell_1()"), (3, "cell_2()")]


def test_pictures_of_the_fresh_run_are_counted():
    stored = notebook([stream("1")], [])
    facts = measure(stored, notebook([png(DARK), png(LIGHT)], [png(DARK)]), None, runs("ok", "ok"))
    assert facts.pictures == 3


# ---- the criterion --------------------------------------------------------------------------------------------------


def facts_of(**matches: list[int]) -> NotebookFacts:
    """A comparison for each cell number under how it is to match."""
    fields = {
        "same": {"stored": True, "executed": True},
        "different": {"stored": True, "executed": True, "text_alike": False},
        "never_run": {"stored": False, "executed": False, "text_alike": False},
        "silent": {"stored": False, "executed": False},
        "nothing_stored": {"stored": False, "executed": True},
        "not_run_here": {"stored": True, "executed": True, "run_here": False},
    }
    return NotebookFacts(
        comparisons=tuple(
            CellComparison(number=number, title="", **fields[how])
            for how, numbers in matches.items()
            for number in numbers
        )
    )


@pytest.mark.parametrize(
    ("facts", "earned", "sentence"),
    [
        (facts_of(same=[1, 2], nothing_stored=[3], silent=[4]), 4.0,
         "The outputs of 2 of 2 cells were reproduced."),
        (facts_of(same=[1], different=[2, 3], not_run_here=[4]), 1.0,
         "The outputs of 1 of 4 cells were reproduced. The output differs in cells 2 and 3. "
         "Not run by the grader, because a limit or a crash came first: cell 4."),
        (facts_of(same=[1], never_run=[2]), 2.0, "The outputs of 1 of 2 cells were reproduced. "
         "Not run before it was handed in: cell 2."),
    ],
)  # fmt: skip
def test_the_sentence_on_reproduction(facts, earned, sentence):
    finding = find({"reproduced": {}}, None, facts=facts)
    assert (finding.earned, str(finding.because)) == (earned, sentence)


def test_a_notebook_without_outputs_is_unanswered():
    for facts in (facts_of(), facts_of(never_run=[1, 2]), facts_of(nothing_stored=[1])):
        finding = find({"reproduced": {}}, None, facts=facts)
        assert finding.status == "unanswered"
        assert str(finding.because) == (
            "Your notebook holds no outputs to compare: run all its cells, then save it and hand it in."
        )


def test_reproduction_has_a_band():
    facts = facts_of(same=[1, 2, 3], different=[4, 5])
    assert find({"reproduced": {"full": 0.8, "none": 0.4}}, None, facts=facts).earned == pytest.approx(2.0)


def find_lacking(facts: NotebookFacts, *numbers: int) -> Finding:
    """The finding where these cells stopped for a file that is not here."""
    cells = tuple(
        CellRun(index=n, number=n, title="", end="error", cause=Cause(kind="file", what="a.csv", cell=n))
        for n in numbers
    )
    (finding,) = score(run_of({}, facts=facts, cells=cells), rubric_of({"reproduced": {}}), {})
    return finding


def test_cells_that_stopped_for_a_cause_of_ours_cost_nothing():
    finding = find_lacking(facts_of(same=[1], different=[2, 3], not_run_here=[4]), 2, 4)
    assert (finding.earned, str(finding.because)) == (
        2.0,
        "The outputs of 1 of 2 cells were reproduced. The output differs in cell 3. "
        "Left out, for want of what the grader lacks: cells 2 and 4.",
    )


def test_where_only_such_cells_have_outputs_a_person_decides():
    finding = find_lacking(facts_of(different=[1], nothing_stored=[2]), 1)
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because) == (
        "Part of the work is missing because cell 1 stopped for want of `a.csv`: that file is not here. "
        "That is not your fault: a person looks at it."
    )


def test_a_cell_that_stopped_for_a_cause_of_the_student_s_counts():
    cause = Cause(kind="student", what="1 / 0", cell=2)
    cells = (CellRun(index=2, number=2, title="", end="error", cause=cause),)
    run = run_of({}, facts=facts_of(same=[1], different=[2]), cells=cells)
    (finding,) = score(run, rubric_of({"reproduced": {}}), {})
    assert finding.earned == 2.0


def test_outputs_after_the_limit_of_output_are_not_compared_and_cost_nothing():
    cells = (CellRun(index=2, number=2, title="", end="interrupted", cause=Cause(kind="limit", what="output", cell=2)),)
    facts = facts_of(same=[1, 5], not_run_here=[2], different=[3, 4])
    (finding,) = score(run_of({}, facts=facts, cells=cells), rubric_of({"reproduced": {}}), {})
    assert (finding.earned, str(finding.because)) == (
        pytest.approx(4 * 2 / 3),
        "The outputs of 2 of 3 cells were reproduced. "
        "Not run by the grader, because a limit or a crash came first: cell 2. "
        "Not compared, because the notebook had printed more than it may: cells 3 and 4.",
    )


# ---- words ----------------------------------------------------------------------------------------------------------

GIVEN = notebook(
    words=("## Part B\n\nWrite your comparison here.", "**Which network is best?** Answer:", "Choose the best: ...")
)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["## Part B\n\nWrite your comparison here."], ""),
        (["## Part B\n\nThe small network is best."], "The small network is best."),
        (["**Which network is best?** Answer: the small one"], "the small one"),
        (["Choose the best: model_2, it is smooth."], "model_2, it is smooth."),
        (["In the end, one network is best?"], "In the end, one network is best?"),
        (["## Part  B", "Write your comparison here.", "Mine."], "Mine."),
        (["![plot](data:image/png;base64,iVBORw0KGgo=) as shown"], "![plot]() as shown"),
    ],
)
def test_only_the_students_own_words_are_theirs(cells, words):
    assert measure(notebook(words=tuple(cells)), None, GIVEN, ()).words == words


def test_without_a_given_notebook_all_words_are_the_students():
    assert measure(notebook(words=("One.", "Two.")), None, None, ()).words == "One.\nTwo."


# ---- hostile notebooks ----------------------------------------------------------------------------------------------


def as_notebook(data: object) -> NotebookNode:
    """The shape of a notebook with whatever inside, as no reader would let it through."""
    return NotebookNode({"cells": data})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
an_output = st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "error", "display_data", 7]) | anything},
    optional={
        "text": anything,
        "name": anything,
        "ename": anything,
        "evalue": anything,
        "data": anything
        | st.dictionaries(st.sampled_from(["text/plain", "text/html", "image/png", "image/jpeg"]), anything),
    },
)
a_cell = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown"]) | anything},
    optional={"source": anything, "outputs": anything | st.lists(an_output), "execution_count": anything},
)


@given(st.lists(a_cell | anything, max_size=4) | anything, st.lists(a_cell, max_size=4))
@settings(deadline=None)
def test_whatever_stands_in_a_notebook_it_can_be_measured(stored, fresh):
    ends = runs(*["ok"] * len(fresh))
    facts = measure(as_notebook(stored), as_notebook(fresh), as_notebook(stored), ends)
    assert NotebookFacts.model_validate_json(facts.model_dump_json()) == facts
    for comparison in facts.comparisons:
        assert 0.0 <= comparison.number_difference <= 2.0
        assert 0.0 <= comparison.picture_difference <= 1.0
        assert len(comparison.stored_excerpt) <= 301
        assert len(comparison.title) <= 121


@given(st.floats(), st.floats())
def test_a_difference_of_numbers_has_no_side_and_no_surprise(one, other):
    difference = differ_by(one, other)
    assert 0.0 <= difference <= 2.0
    assert difference == differ_by(other, one)
    assert differ_by(one, one) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        *["1" * 1_000_000, "<" * 1_000_000, "-" * 1_000_000, "1." * 500_000, "\r" * 1_000_000, "time " * 200_000],
        *["0x" + "f" * 1_000_000, "1 " * 500_000, "\x1b[" * 500_000, "<Figure size " * 80_000, "e1" * 500_000],
    ],
)  # fmt: skip
def test_a_million_characters_take_no_longer_than_their_length(text):
    """Where an expression backtracks, this test does not end."""
    compare([stream(text), result({"text/html": text})], [stream(text[:-1]), result({"text/html": text})])


def test_many_words_are_bounded():
    given = notebook(words=tuple(f"given line number {n} of the task" for n in range(500)))
    mine = notebook(words=tuple(f"given line number {n} of my own and more" for n in range(1200)))
    assert len(measure(mine, None, given, ()).words) <= 100_000


# ---- at the edges ---------------------------------------------------------------------------------------------------


def close_to(difference: float, number: int = 1) -> NotebookFacts:
    cell = CellComparison(number=number, title="", stored=True, executed=True, number_difference=difference)
    return NotebookFacts(comparisons=(cell, *facts_of(different=[9]).comparisons))


def test_an_output_that_is_close_was_reproduced_and_a_farther_one_was_not():
    expect = {"reproduced": {"within": 0.1}}
    assert find(expect, None, facts=close_to(0.1)).earned == 2
    assert find(expect, None, facts=close_to(0.11)).earned == 0


def test_a_close_output_of_a_cell_that_lacked_something_counts():
    cause = Cause(kind="file", what="a.csv", cell=1)
    cells = (CellRun(index=1, number=1, title="", end="error", cause=cause),)
    (finding,) = score(run_of({}, facts=close_to(0.01), cells=cells), rubric_of({"reproduced": {}}), {})
    assert finding.earned == 2


@pytest.mark.parametrize("difference", [0.0, 0.01, 0.9])
def test_the_counts_are_those_of_the_sentence(difference):
    facts, rubric = close_to(difference), rubric_of({"reproduced": {}})
    run = run_of({}, facts=facts)
    good, total = count_reproduced(rubric.criteria[0].expect.reproduced, run)
    (finding,) = score(run, rubric, {})
    assert str(finding.because).startswith(f"The outputs of {good} of {total} cells were reproduced.")
    assert (good, total) == (int(difference < 0.5), 2)


def test_without_a_band_all_points_begin_at_the_share():
    facts = facts_of(same=[1, 2, 3], different=[4])
    for full, earned in ((0.7, 4), (0.75, 4), (0.76, 0)):
        assert find({"reproduced": {"full": full, "none": full}}, None, facts=facts).earned == earned


def test_a_picture_that_was_never_drawn_before_is_counted_and_a_silent_cell_is_not():
    drawn = CellComparison(number=2, title="", stored=False, executed=False, picture_difference=1.0)
    few = CellComparison(number=2, title="", stored=False, executed=False, picture_difference=0.0)
    same = facts_of(same=[1]).comparisons
    for cell, earned in ((drawn, 2), (few, 4)):
        assert find({"reproduced": {}}, None, facts=NotebookFacts(comparisons=(*same, cell))).earned == earned


def test_a_cell_without_an_output_that_was_not_run_here_counts_for_nothing():
    cell = CellComparison(number=2, title="", stored=False, executed=True, run_here=False)
    assert match(cell, 0.05, 0.05) == "nothing-stored"


def test_without_an_output_of_the_students_a_cause_of_ours_is_no_reason_to_wait():
    assert find_lacking(facts_of(nothing_stored=[1]), 1).status == "unanswered"


@pytest.mark.parametrize("end", ["ok", "error"])
def test_a_cell_that_raised_an_error_was_run_here(end):
    facts = measure(notebook([stream("1")]), notebook([stream("2")]), None, runs(end))
    assert match(facts.comparisons[0], 0.05, 0.05) == "different"


def test_cells_that_count_alike_or_not_at_all_are_in_no_order_and_in_order():
    counted = notebook(*[[stream("1")]] * 4, counts=[None, 2, 2, None])
    facts = measure(counted, counted, None, runs("ok", "ok", "ok", "ok"))
    assert [one.in_order for one in facts.comparisons] == [True, True, False, True]
    assert [one.executed for one in facts.comparisons] == [False, True, True, False]


def test_without_a_run_a_cell_has_its_own_number_and_title():
    stored = notebook([stream("1")], [stream("2")], [stream("3")])
    stored.cells[0].source = "  \n"
    stored.cells[1].source = "# a remark\n\n  fit(x)  \nplot(x)"
    stored.cells[2].source = "y" * 100
    facts = measure(stored, None, None, ())
    assert [(one.number, one.title) for one in facts.comparisons] == [(0, ""), (1, "fit(x)"), (2, "y" * 80 + "…")]


def test_the_excerpts_are_of_lines_that_one_side_lacks_too():
    more = compare([stream("a")], [stream("a\nb")])
    assert (more.stored_excerpt, more.fresh_excerpt) == ("", "b")
    fewer = compare([stream("a\nb")], [stream("a")])
    assert (fewer.stored_excerpt, fewer.fresh_excerpt) == ("b", "")
    equal = compare([stream("a 1.0\nb 1.0")], [stream("a 2.0\nb 2.0")])
    assert (equal.stored_excerpt, equal.fresh_excerpt) == ("a 1.0", "a 2.0")
    long = compare([stream("x" * 400 + " 1")], [stream("x" * 400 + " 2")])
    assert long.stored_excerpt == long.fresh_excerpt == "x" * 300 + "…"
    long = compare([stream("x" * 400)], [stream("y" * 400)])
    assert (long.stored_excerpt, long.fresh_excerpt) == ("x" * 300 + "…", "y" * 300 + "…")
