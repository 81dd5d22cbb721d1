"""The networks beside the truth: what is drawn, what is hidden, and what hostile answers cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.model import Answer
from grader.report import StudentPage, render_student
from grader.report.charts import Scale, line, thin, window
from grader.report.curve_plots import Figure, figures_of
from grader.rubric import Rubric
from tests.report.html_tree import Page

Change = Callable[..., StudentPage]
Network = Callable[..., dict[str, Any]]
GRID = np.linspace(-1.0, 1.0, 50)


def with_models(page: StudentPage, *models: Any) -> StudentPage:
    answers = {"networks": Answer(status="answered", value={"models": list(models)})}
    return replace(page, run=page.run.model_copy(update={"answers": answers}))


def figure_of(page: StudentPage, *models: Any) -> Figure:
    (figure,) = figures_of(with_models(page, *models))
    return figure


def with_probes(page: StudentPage, **flags: dict[str, bool]) -> StudentPage:
    """The page with other flags on its probes: `with_probes(page, truth={"reveal": False})`."""
    data = page.rubric.model_dump(by_alias=True, exclude_none=True)
    for probe, changes in flags.items():
        data["probes"][probe].update(changes)
    return replace(page, rubric=Rubric.model_validate(data))


def test_a_network_is_drawn_beside_the_truth_with_its_error(student_page: StudentPage, network: Network) -> None:
    figure = figure_of(student_page, network("model_1", GRID + 0.5))
    (panel,) = figure.panels
    assert figure.truth.startswith("M36 ")
    assert panel.line.startswith("M36 ")
    assert panel.mse == pytest.approx(0.25)
    text = Page(render_student(student_page)).text
    assert "model_1 · mean squared error" in text
    assert "2 × Linear, Tanh · 25 parameters" in text


def test_the_samples_that_it_was_trained_on_are_drawn_where_they_lie(
    student_page: StudentPage, network: Network
) -> None:
    samples = {"x": np.array([[-1.0], [0.0], [1.0], [7.0]]), "y": np.array([-1.0, 0.0, 1.0, 1.0])}
    figure = figure_of(student_page, network("model_1", GRID, trained_on=samples))
    (panel,) = figure.panels
    ends = [part.split("L")[0] for part in panel.line.removeprefix("M").split("L")]
    assert panel.samples[0] == tuple(float(part) for part in ends[0].split())
    assert panel.samples[2] == tuple(float(part) for part in ends[-1].split())
    assert len(panel.samples) == 3, "the one at 7 lies outside"
    page = with_models(student_page, network("model_1", GRID, trained_on=samples))
    assert "samples that it was trained on" in Page(render_student(page)).text
    assert "samples that it was trained on" not in Page(render_student(student_page)).text


@pytest.mark.parametrize(
    "samples",
    [None, 7, {}, {"x": "1"}, {"x": np.zeros((3, 2)), "y": np.zeros(3)}, {"x": np.zeros(3), "y": np.zeros(4)}],
)
def test_samples_of_another_form_are_not_drawn(student_page: StudentPage, network: Network, samples: Any) -> None:
    (panel,) = figure_of(student_page, network("model_1", GRID, trained_on=samples)).panels
    assert panel.samples == ()


def test_a_network_without_layers_is_told_by_its_class(student_page: StudentPage, network: Network) -> None:
    page = with_models(student_page, network("own_model", GRID, layers=[], parameters=2))
    assert "Net · 2 parameters" in Page(render_student(page)).text


def test_a_wrong_network_lies_elsewhere_than_the_truth(student_page: StudentPage, network: Network) -> None:
    right = figure_of(student_page, network("right", GRID))
    wrong = figure_of(student_page, network("wrong", -GRID))
    assert right.panels[0].line == right.truth
    assert wrong.panels[0].line != wrong.truth


def test_a_hidden_probe_is_not_drawn_unless_it_or_its_truth_is_revealed(student_page: StudentPage) -> None:
    hidden = with_probes(student_page, truth={"reveal": False})
    assert figures_of(hidden) == ()
    assert len(figures_of(with_probes(student_page, truth={"reveal": True}))) == 1
    assert len(figures_of(with_probes(student_page, truth={"reveal": False}, networks={"reveal": True}))) == 1


def test_what_is_hidden_leaves_no_trace_on_the_page(student_page: StudentPage) -> None:
    hidden = with_probes(student_page, truth={"reveal": False, "hidden": True})
    other = replace(hidden, expected={"truth": Answer(status="answered", value=GRID * 7.654321)})
    assert render_student(hidden) == render_student(other)
    assert render_student(hidden) == render_student(replace(hidden, expected={}))
    assert 'class="truth"' not in render_student(hidden)


def test_a_hidden_truth_is_not_drawn_beside_networks_that_may_be_seen(student_page: StudentPage) -> None:
    page = with_probes(student_page, truth={"reveal": False, "hidden": True}, networks={"hidden": False})
    (figure,) = figures_of(page)
    assert figure.truth == ""
    assert figure.panels[0].mse is None


def test_a_self_check_draws_nothing_that_is_hidden_even_if_the_report_will(student_page: StudentPage) -> None:
    check = replace(student_page, public_only=True)
    assert figures_of(check) == ()
    assert render_student(check) == render_student(replace(check, expected={}))


def test_where_two_probes_ask_the_same_networks_the_one_with_a_truth_is_drawn(student_page: StudentPage) -> None:
    data = student_page.rubric.model_dump(by_alias=True, exclude_none=True)
    data["probes"] = {"seen": {**data["probes"]["networks"], "hidden": False}, **data["probes"]}
    data["criteria"].append(
        {"id": "bends", "says": "It bends.", "points": 1, "probe": "seen", "expect": {"nonlinear": {}}}
    )
    answer = student_page.run.answers["networks"]
    page = replace(
        student_page,
        rubric=Rubric.model_validate({**data, "points": 7}),
        run=student_page.run.model_copy(update={"answers": {"seen": answer, "networks": answer}}),
    )
    (figure,) = figures_of(page)
    assert figure.truth != ""
    (alone,) = figures_of(replace(page, public_only=True))
    assert alone.truth == ""


def test_predictions_that_are_not_numbers_are_gaps_and_counted(student_page: StudentPage, network: Network) -> None:
    values = GRID.copy()
    values[10:13] = [np.nan, np.inf, -np.inf]
    (panel,) = figure_of(student_page, network("model_1", values)).panels
    assert panel.not_numbers == 3
    assert panel.mse is None
    assert panel.line.count("M") == 2
    text = Page(render_student(with_models(student_page, network("model_1", values)))).text
    assert "3 predictions are not numbers (NaN or infinite): the line has gaps there." in text


def test_one_wild_prediction_does_not_flatten_the_others(student_page: StudentPage, network: Network) -> None:
    values = GRID.copy()
    values[25] = 1e300
    wild = figure_of(student_page, network("model_1", values))
    assert wild.panels[0].outside == 1
    assert [tick.label for tick in wild.y_ticks] == ["−1", "0", "1", "2"]
    text = Page(render_student(with_models(student_page, network("model_1", values)))).text
    assert "1 prediction is outside the picture." in text


def test_a_network_that_could_not_answer_says_why(student_page: StudentPage, network: Network) -> None:
    page = with_models(student_page, network("model_1", None, error="RuntimeError: shapes do not fit"))
    text = Page(render_student(page)).text
    assert "There are no predictions to draw. RuntimeError: shapes do not fit" in text


@pytest.mark.parametrize(
    "predictions",
    [
        np.zeros(49),
        np.zeros((50, 2)),
        np.zeros((1, 50)),
        np.zeros(0),
        np.array(["1"] * 50),
        np.zeros(50, dtype=complex),
        np.array([None] * 50, dtype=object),
        [0.0] * 50,
        "<script>",
        {"a": 1},
        7,
        None,
    ],
)
def test_what_is_not_one_number_for_each_input_is_not_drawn(
    student_page: StudentPage, network: Network, predictions: Any
) -> None:
    (panel,) = figure_of(student_page, network("model_1", predictions)).panels
    assert panel.line == ""
    assert (
        "There are no predictions to draw."
        in Page(render_student(with_models(student_page, panel_of(predictions)))).text
    )


def panel_of(predictions: Any) -> dict[str, Any]:
    return {"name": "model_1", "predictions": predictions}


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"models": None},
        {"models": "abc"},
        {"models": [1, None, "x"]},
        {"models": {"a": 1}},
        3.5,
        "models",
    ],
)
def test_an_answer_of_another_form_draws_no_figure(changed: Change, value: Any) -> None:
    page = changed(run={"answers": {"networks": Answer(status="answered", value=value)}})
    assert figures_of(page) == ()
    assert "Your networks beside the function" not in Page(render_student(page)).text


def test_odd_descriptions_of_a_network_do_not_reach_the_page(student_page: StudentPage) -> None:
    odd = {"name": ["x"], "class": 3, "layers": [1, None, "Tanh"], "parameters": -1, "error": {}, "predictions": GRID}
    (panel,) = figure_of(student_page, odd).panels
    assert (panel.name, panel.architecture, panel.parameters, panel.error) == ("", "Tanh", None, "")
    huge = {"name": "x" * 10**6, "layers": ["y" * 10**6] * 500, "parameters": 10**400, "predictions": GRID}
    assert len(render_student(with_models(student_page, huge))) < len(render_student(student_page)) + 2_000


def test_of_hundreds_of_networks_a_dozen_is_drawn_and_the_rest_counted(
    student_page: StudentPage, network: Network
) -> None:
    figure = figure_of(student_page, *(network(f"model_{n}", GRID) for n in range(300)))
    assert len(figure.panels) == 12
    assert figure.left_out == 288


@given(npst.arrays(np.float64, 50, elements=st.floats(width=64)))
def test_any_numbers_at_all_give_a_line_of_plain_places(values: np.ndarray[Any, Any]) -> None:
    low, high = window(values, GRID)
    path = line(GRID, values, Scale(-1, 1, 36, 262), Scale(low, high, 168, 10))
    assert set(path) <= set("0123456789.-MLh ")
    assert bool(path) == bool(np.isfinite(values).any())


@given(npst.arrays(np.float64, st.integers(0, 40), elements=st.floats(width=64)))
def test_a_window_is_finite_and_never_empty(values: np.ndarray[Any, Any]) -> None:
    low, high = window(values)
    assert np.isfinite([low, high]).all()
    assert low < high
    assert Scale(low, high, 0, 100).ticks()


@given(npst.arrays(np.float64, st.integers(0, 3000), elements=st.floats(-10, 10)))
def test_a_thinned_line_is_short_and_keeps_its_peaks(values: np.ndarray[Any, Any]) -> None:
    kept = thin(values, 100)
    assert len(kept) <= 100
    assert (np.diff(kept) > 0).all()
    if values.size:
        assert values[kept].max() == values.max()
        assert values[kept].min() == values.min()
