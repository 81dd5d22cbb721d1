"""The expectation `plot`: descriptions of plots that come from the student's side, whatever is in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UserError
from grader.files.config_files import PlacedError
from grader.model import Cause, CellRun
from grader.rubric import Rubric
from grader.score import score
from tests.score.making import answered, find, rubric_of, run_of

PROBE: dict[str, Any] = {"figures": {}}
RAMP = np.array([0.0, 1.0, 2.0])


def plot_of(**more: Any) -> dict[str, Any]:
    bare = {
        "title": "",
        "x_label": "",
        "y_label": "",
        "legend": 0,
        "points": 0,
        "bars": 0,
        "pictures": 0,
        "draws": True,
    }
    return {**bare, "lines": 1, "heights": [RAMP], **more}


def judge(expect: dict[str, Any], *plots: dict[str, Any], title: str = "", **more: Any) -> tuple[float | None, str]:
    told = [{"title": title, "plots": [one]} for one in plots]
    found = find({"plot": expect}, told, probe=PROBE, **more)
    return found.earned, str(found.because)


@pytest.mark.parametrize(
    ("expect", "has", "lacks"),
    [
        ({"title": True}, {"title": "Curves"}, "Your plot has no title."),
        ({"legend": True}, {"legend": 1}, "Your plot has no legend."),
        ({"lines": {"at_least": 2}}, {"lines": 2}, "Your plot draws 1 line, not at least 2."),
        ({"lines": {"at_most": 0}, "points": {"at_least": 1}}, {"lines": 0, "points": 1}, None),
        ({"pictures": {"at_least": 1, "at_most": 2}}, {"pictures": 2}, "Your plot draws 0 pictures, not from 1 to 2."),
        ({"bars": {"at_least": 1}}, {"bars": 1}, "Your plot draws 0 groups of bars, not at least 1."),
        ({"data": {"to": [0, 2, 4]}}, {"heights": [RAMP, 2 * RAMP]}, "Your plot does not show the expected values."),
    ],
)
def test_each_thing_is_met_or_said_to_lack(expect: dict[str, Any], has: dict[str, Any], lacks: str | None) -> None:
    assert judge(expect, plot_of(**has)) == (4, "Your plot has all that is asked for.")
    if lacks is not None:
        assert judge(expect, plot_of()) == (0, lacks)


def test_each_axis_needs_its_label_and_earns_its_share() -> None:
    assert judge({"labels": True}, plot_of(x_label="t")) == (2, "Your plot has no label on its y-axis.")
    assert judge({"labels": True}, plot_of(y_label="t")) == (2, "Your plot has no label on its x-axis.")


def test_the_title_above_a_figure_is_that_of_its_only_plot() -> None:
    assert judge({"title": True}, plot_of(), title="Above")[0] == 4
    found = find({"plot": {"title": True}}, [{"title": "Above", "plots": [plot_of(), plot_of()]}], probe=PROBE)
    assert (found.earned, str(found.because)) == (0, "None of your 2 plots has a title.")


def test_what_another_plot_has_is_said_to_lack_of_the_best_one_alone() -> None:
    plots = (plot_of(title="A", legend=1), plot_of(x_label="t", y_label="s", legend=1))
    earned, because = judge({"title": True, "labels": True, "legend": True}, *plots)
    assert (earned, because) == (3, "Your plot number 2 has no title.")


@pytest.mark.parametrize(("rtol", "earned"), [(0.11, 4), (0.09, 0)])
def test_the_values_are_compared_within_the_tolerance(rtol: float, earned: float) -> None:
    assert judge({"data": {"to": [0, 1.1, 2.2], "rtol": rtol}}, plot_of())[0] == earned


def test_values_of_a_hidden_probe_are_not_said() -> None:
    rubric = rubric_of(
        {"plot": {"data": {"to": {"probe": "truth"}}}},
        PROBE,
        {"truth": {"evaluate": "f(x)", "ask": "reference", "hidden": True}},
    )
    run = run_of({"asked": answered([{"title": "", "plots": [plot_of()]}])})
    (finding,) = score(run, rubric, {"truth": answered(np.array([7.0, 8.0, 9.0]))})
    assert str(finding.because) == "Your plot does not show the expected values."


@pytest.mark.parametrize("end", ["lacks", "own"])
def test_what_was_not_shown_waits_only_for_a_cause_of_ours(end: str) -> None:
    kind: Any = {"lacks": "file", "own": "student"}[end]
    cause = Cause(kind=kind, what="data.csv", cell=2)
    cells = (CellRun(index=0, number=2, title="plot", end="error", cause=cause),)
    for told in ([], [{"title": "", "plots": [plot_of()]}]):
        run = run_of({"asked": answered(told)}, cells=cells)
        (finding,) = score(run, rubric_of({"plot": {"title": True}}, PROBE), {})
        assert (finding.status == "unscored") is (end == "lacks")
    whole = run_of({"asked": answered([{"title": "", "plots": [plot_of(title="A")]}])}, cells=cells)
    (finding,) = score(whole, rubric_of({"plot": {"title": True}}, PROBE), {})
    assert finding.status == "met"


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**19) | st.floats() | st.text(max_size=5) | st.just(RAMP),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["plots", "title", "draws", "lines", "heights", "legend", "x_label"]), inner)
    ),
    max_leaves=12,
)


@given(ODD | st.lists(st.fixed_dictionaries({"plots": st.lists(ODD, max_size=3)}), max_size=3))
def test_nothing_that_is_told_breaks_the_judging(told: Any) -> None:
    wanted = {"title": True, "labels": True, "lines": {"at_least": 1}, "data": {"to": [1.0]}}
    assert find({"plot": wanted}, told, probe=PROBE).status in ("met", "partly", "missed", "unanswered")


@pytest.mark.parametrize(
    ("expect", "probe", "told"),
    [
        ({"plot": {}}, PROBE, "`plot` asks for nothing"),
        ({"plot": {"data": {}}}, PROBE, "`data` needs `to`"),
        ({"plot": {"data": {"to": [1], "up_to": "scale"}}}, PROBE, "takes no `up_to`"),
        ({"plot": {"title": True}}, {"variable": "x"}, "belong together"),
        ({"value": 3}, PROBE, "belong together"),
    ],
)
def test_a_rubric_that_cannot_be_judged_is_refused(expect: dict[str, Any], probe: dict[str, Any], told: str) -> None:
    with pytest.raises((PlacedError, UserError, ValueError), match=told):
        rubric_of(expect, probe)


def test_a_probe_of_figures_takes_nothing_else() -> None:
    with pytest.raises(ValueError, match="figures"):
        Rubric.model_validate({"points": 1, "probes": {"a": {"figures": {}, "call": "f"}}, "criteria": []})
