"""The networks of a `models` probe beside the truth: reads hostile answers, gives figures that a template draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.model import Answer
from grader.report.charts import Scale, Tick, line, window
from grader.report.pages import StudentPage
from grader.report.text import clip
from grader.rubric import Grid, Probe, Rubric

Curve = NDArray[np.float64]

MOST = 12
"""Networks drawn for one probe."""
LONGEST = 100_000
"""Points of a grid that a picture is made from."""

ACROSS = (36.0, 262.0)
UP = (168.0, 10.0)
"""Where the axes of a panel lie in its SVG, which is 320 wide and 192 high."""
MOST_SAMPLES = 200
APART = 13.0
"""Least distance of two labels."""


@dataclass(frozen=True)
class Panel:
    """One network: its line, and what a person wants to know of it."""

    name: str
    architecture: str
    """Its layers or, where it has none of torch's, its class."""
    parameters: int | None
    line: str
    """The `d` of an SVG path; empty where there is nothing to draw."""
    label_y: float
    truth_label_y: float
    """Where the names of the two lines stand, at their right ends."""
    samples: tuple[tuple[float, float], ...]
    """Where the samples lie that the notebook trained on, as far as they lie in the window."""
    error: str
    mse: float | None
    """Mean squared error against the truth on the grid; None where a value is not finite or there is no truth."""
    not_numbers: int
    """Predictions that are NaN or infinite."""
    outside: int
    """Predictions that lie outside the window."""


@dataclass(frozen=True)
class Figure:
    """The networks of one probe, panel by panel, on the same axes."""

    panels: tuple[Panel, ...]
    left_out: int
    truth: str
    """The `d` of the path of what was expected; empty where there is none, or it may not be shown."""
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_low: float
    x_high: float


def figures_of(page: StudentPage) -> tuple[Figure, ...]:
    """A figure for each probe of models that may be shown and whose inputs lie on a line.

    Where two probes ask the same networks, one of them for a comparison, that one is drawn.
    """
    drawn: dict[tuple[str, ...], Figure] = {}
    for name, probe in page.rubric.probes.items():
        if probe.models is None:
            continue
        truth = truth_of(name, page.rubric, public_only=page.public_only)
        revealed = probe.reveal or (truth is not None and page.rubric.probes[truth].reveal)
        if probe.hidden and (page.public_only or not revealed):
            continue
        expected = page.expected.get(truth) if truth else None
        figure = _figure(probe, page.run.answers.get(name), expected.value if expected else None)
        names = tuple(probe.models.names)
        if figure and (names not in drawn or (figure.truth and not drawn[names].truth)):
            drawn[names] = figure
    return tuple(drawn.values())


def truth_of(name: str, rubric: Rubric, *, public_only: bool) -> str | None:
    """The probe that says what the networks of the probe `name` should have predicted, where it may be shown."""
    for criterion in rubric.criteria:
        if criterion.probe != name:
            continue
        match getattr(getattr(criterion.expect, criterion.expect.kind), "to", None):
            case {"probe": str() as truth}:
                hidden = rubric.probes[truth].hidden
                if not hidden or (rubric.probes[truth].reveal and not public_only):
                    return truth
    return None


def grid_of(probe: Probe) -> Curve | None:
    """The inputs of a probe of models where they are an evenly spaced, rising line: *(count,) float64*, or None."""
    if not isinstance(probe.predict, Grid):
        return None
    low, high, count = probe.predict.grid
    return np.linspace(low, high, count) if 2 <= count <= LONGEST and low < high else None


def curve_of(value: Any, count: int) -> Curve | None:
    """The value as `count` numbers, or None where it is anything else.

    Parameters
    ----------
    value : anything; drawn are (count,) and (count, 1) arrays of real numbers, in the data's unit, in the grid's order
    count : int, points of the grid

    Returns
    -------
    (count,) float64 or None, in the data's unit; NaN and infinities stay

    Examples
    --------
    >>> curve_of(np.array([[1], [2]]), 2)
    array([1., 2.])
    >>> curve_of(np.array(["1", "2"]), 2) is None
    True
    """
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        return None
    if value.shape not in ((count,), (count, 1)):
        return None
    return value.astype(np.float64).reshape(count)


def _figure(probe: Probe, answer: Answer | None, truth_value: Any) -> Figure | None:
    x = grid_of(probe)
    networks = _networks(answer)
    if x is None or not networks:
        return None
    truth = curve_of(truth_value, x.size)
    curves = [curve_of(network.get("predictions"), x.size) for network in networks[:MOST]]
    low, high = window(np.concatenate([np.zeros(0), *(curve for curve in curves if curve is not None)]), truth)
    across, up = Scale(float(x[0]), float(x[-1]), *ACROSS), Scale(low, high, *UP)
    panels = [_panel(network, curve, truth, x, across, up) for network, curve in zip(networks, curves, strict=False)]
    return Figure(
        panels=tuple(panels),
        left_out=max(0, len(networks) - MOST),
        truth="" if truth is None else line(x, truth, across, up),
        x_ticks=across.ticks(6),
        y_ticks=up.ticks(),
        x_low=float(x[0]),
        x_high=float(x[-1]),
    )


def _networks(answer: Answer | None) -> list[Mapping[str, Any]]:
    match answer.value if answer else None:
        case {"models": [*models]}:
            return [model for model in models if isinstance(model, dict)]
    return []


def _panel(
    network: Mapping[str, Any], curve: Curve | None, truth: Curve | None, x: Curve, across: Scale, up: Scale
) -> Panel:
    finite = np.isfinite(curve) if curve is not None else np.zeros(0, dtype=bool)
    mse = None
    if curve is not None and truth is not None and finite.all() and np.isfinite(truth).all():
        with np.errstate(over="ignore"):
            mse = float(np.mean((curve - truth) ** 2))
    seen = curve[finite] if curve is not None else np.zeros(0)
    label_y, truth_label_y = _label_places(curve, truth, up)
    parameters = network.get("parameters")
    return Panel(
        name=_text(network.get("name"), 60),
        architecture=_layers(network.get("layers")) or _text(network.get("class"), 60),
        parameters=parameters if isinstance(parameters, int) and 0 <= parameters < 10**15 else None,
        line="" if curve is None else line(x, curve, across, up),
        label_y=label_y,
        truth_label_y=truth_label_y,
        samples=samples_of(network.get("trained_on"), across, up),
        error=_text(network.get("error"), 300),
        mse=mse if mse is not None and np.isfinite(mse) else None,
        not_numbers=int(finite.size - finite.sum()),
        outside=int(((seen < up.low) | (seen > up.high)).sum()),
    )


def samples_of(told: Any, across: Scale, up: Scale) -> tuple[tuple[float, float], ...]:
    """The notebook's own samples, {x, y}, as places in the SVG; none where they are not numbers of one input.

    >>> samples_of({"x": np.array([[0.0], [5.0]]), "y": np.array([0.5, 9.0])}, Scale(0, 1, 0, 10), Scale(0, 1, 10, 0))
    ((0.0, 5.0),)
    """
    if not isinstance(told, dict):
        return ()
    x, y = told.get("x"), told.get("y")
    count = x.shape[0] if isinstance(x, np.ndarray) and x.ndim else 0
    places, values = curve_of(x, count), curve_of(y, count)
    if not count or places is None or values is None:
        return ()
    inside = (places >= across.low) & (places <= across.high) & (values >= up.low) & (values <= up.high)
    kept = np.flatnonzero(inside)[:: -(-int(inside.sum()) // MOST_SAMPLES) or 1]
    ends = zip(across.place(places[kept]).round(1).tolist(), up.place(values[kept]).round(1).tolist(), strict=True)
    return tuple(ends)


def _label_places(curve: Curve | None, truth: Curve | None, up: Scale) -> tuple[float, float]:
    """Where the labels of a line and of the truth stand: at their ends, but never on each other."""
    ends = []
    for values in (curve, truth):
        finite = values[np.isfinite(values)] if values is not None else np.zeros(0)
        last = finite[-1:] if finite.size else np.array([up.low])
        ends.append(float(up.place(np.clip(last, up.low, up.high))[0]))
    (own, other), middle = ends, (ends[0] + ends[1]) / 2
    if abs(own - other) < APART:
        own, other = (
            (middle - APART / 2, middle + APART / 2) if own <= other else (middle + APART / 2, middle - APART / 2)
        )
    return round(own, 1), round(other, 1)


def _text(value: Any, limit: int) -> str:
    return clip(value, limit) if isinstance(value, str) else ""


def _layers(value: Any) -> str:
    """The layers in a line, as `2 × Tanh, 3 × Linear`: their order is not known."""
    if not isinstance(value, list):
        return ""
    counts = Counter(_text(layer, 40) for layer in value[:200] if isinstance(layer, str))
    named = [f"{count} × {layer}" if count > 1 else layer for layer, count in counts.most_common(6)]
    return ", ".join([*named, "…"] if len(counts) > 6 else named)
