"""What was expected beside what came, as pictures: reads hostile answers, gives figures that a template draws.

The kind of picture follows from the expectation and the kind of value: an array of rows and columns is a map, numbers
in a row are a curve; what is a point or a pair, the probe's `draw` says. Drawn is what differs, and only where the
rubric lets a page tell what is expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.report.charts import Scale, Tick, line, window
from grader.report.maps import Map, colours_for, draw_map, largest_in_blocks
from grader.report.pages import StudentPage
from grader.report.plane import Plane, draw_pairs, draw_points
from grader.report.text import clip
from grader.rubric import Close, Criterion, Probe, Random, Scene
from grader.rubric.probe_inputs import make_array
from grader.score.arrays import NotNumbersError, as_numbers
from grader.score.verdict import Evidence, UnansweredError, UnscoredError

Values = NDArray[np.float64]

MOST_IN_A_CRITERION = 2
MOST = 24
"""Pictures of a page."""
LARGEST = 4_000_000
"""Numbers of an array that is drawn."""
DEEPEST = 6
LEAST_IN_A_MAP = 4
LEAST_IN_A_ROW = 3
LEAST_IN_A_CURVE = 8
"""Fewer numbers are a row of squares, and so are yes and no."""
MOST_CURVES = 4

CURVE_ACROSS, CURVE_UP = (36.0, 310.0), (150.0, 10.0)
"""Where the axes of a curve lie in its SVG, which is 320 wide and 176 high."""


@dataclass(frozen=True)
class AnswerPart:
    """A part of an answer, as the way that leads to it: keys and indices."""

    keys: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        """As it stands above its picture: `moved`, `block 2 [1]`.

        >>> str(AnswerPart(("block 2", 1)))
        'block 2 [1]'
        """
        return clip(" ".join(f"[{key}]" if isinstance(key, int) else key for key in self.keys), 60)


@dataclass(frozen=True)
class Maps:
    """An array as came and as expected and, where they have one shape, the difference."""

    kind = "map"
    place: str
    came: Map
    expected: Map
    difference: Map | None
    came_shape: tuple[int, ...]
    expected_shape: tuple[int, ...]
    wrong: int
    """Values that differ; all of them where the shapes do."""
    worst: tuple[int, ...]
    """Where they differ most; empty where the shapes do."""


@dataclass(frozen=True)
class Curves:
    """Numbers in a row, as came and as expected, on the same axes."""

    kind = "curve"
    place: str
    came: str
    expected: str
    """The `d` of an SVG path."""
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    came_count: int
    expected_count: int
    wrong: int


@dataclass(frozen=True)
class Points:
    """Points or pairs of indices, as came and as expected, in one plane."""

    kind = "points"
    place: str
    plane: Plane
    came_count: int
    expected_count: int
    met: int
    """Expected ones that are among those that came."""
    are_pairs: bool


Beside = Maps | Curves | Points


def beside(criterion: Criterion, page: StudentPage) -> tuple[Beside, ...]:
    """The pictures of one criterion; none where its answer is as expected, or may not be told."""
    evidence = Evidence(criterion, page.run, page.rubric, page.expected)
    probe = evidence.probe
    if probe is None or probe.models is not None or not evidence.tells or (page.public_only and probe.hidden):
        return ()
    match criterion.expect.kind:
        case "value":
            close, to = Close(rtol=0, atol=0), criterion.expect.value
        case "close" if criterion.expect.close and criterion.expect.close.up_to:
            return ()  # beside the reference's own choice of what is free, a right answer would look wrong
        case "close" | "metric":
            close = criterion.expect.close or Close(rtol=0, atol=0)
            to = evidence.expectation.to
        case _:
            return ()
    try:
        came, expected = evidence.value(), evidence.target(to)
    except (UnansweredError, UnscoredError):
        return ()
    below = _picture_below(probe, page.submission.student)
    drawn: list[Beside] = []
    for place, mine, theirs in _leaves(came, expected):
        if len(drawn) == MOST_IN_A_CRITERION:
            break
        drawn += _draw(place, mine, theirs, close, probe, below)
    return tuple(drawn[:MOST_IN_A_CRITERION])


def _leaves(came: Any, expected: Any, place: AnswerPart = AnswerPart()) -> Iterator[tuple[AnswerPart, Values, Values]]:
    """The arrays of numbers that stand in the same place of both, in the order in which the target has them."""
    if len(place.keys) < DEEPEST and isinstance(expected, dict):
        if isinstance(came, dict):
            for key, value in expected.items():
                if key in came:
                    yield from _leaves(came[key], value, AnswerPart((*place.keys, key)))
        return
    try:
        theirs = as_numbers(expected)
    except NotNumbersError:
        if len(place.keys) < DEEPEST and isinstance(expected, list) and isinstance(came, list):
            for index, (mine, value) in enumerate(zip(came, expected, strict=False)):
                yield from _leaves(mine, value, AnswerPart((*place.keys, index)))
        return
    try:
        yield place, as_numbers(came), theirs
    except NotNumbersError:
        return  # the criterion's sentence says what it is


def _draw(
    place: AnswerPart, came: Values, expected: Values, close: Close, probe: Probe, below: Values | None
) -> Iterator[Beside]:
    """The picture of one pair of arrays; of a stack of maps, one for each that differs."""
    wrong = _wrong(came, expected, close)
    if not expected.size or not came.size or max(came.size, expected.size) > LARGEST or not wrong.any():
        return
    form = probe.draw.as_ if probe.draw is not None else ""
    two_columns = came.ndim == expected.ndim == 2 and came.shape[1] == expected.shape[1] == 2
    if form in ("points-xy", "points-rc") and two_columns:
        yield _points(str(place), came, expected, close, rc=form == "points-rc", below=below)
    elif form == "pairs" and two_columns:
        yield _pairs(str(place), came, expected)
    elif form == "curves" and _are_curves(came, expected):
        for column in range(came.shape[1]):
            if wrong[:, column].any():
                inner = AnswerPart((*place.keys, column))
                yield _curves(str(inner), came[:, column], expected[:, column], close)
    elif came.ndim == expected.ndim == 1 and max(came.size, expected.size) >= LEAST_IN_A_ROW:
        if min(came.size, expected.size) < LEAST_IN_A_CURVE or np.isin(expected, (0, 1)).all():
            yield _maps(str(place), came[None], expected[None], wrong[None])
        else:
            yield _curves(str(place), came, expected, close)
    elif came.ndim == expected.ndim == 2 and min(came.size, expected.size) >= LEAST_IN_A_MAP:
        yield _maps(str(place), came, expected, wrong)
    elif came.ndim == expected.ndim == 3 and came.shape == expected.shape:
        for index in range(len(expected)):
            yield from _draw(AnswerPart((*place.keys, index)), came[index], expected[index], close, probe, below)


def _are_curves(came: Values, expected: Values) -> bool:
    """Whether the columns of both can be drawn as lines: few of them, and of more than one sample."""
    samples, columns = expected.shape if expected.ndim == 2 else (0, 0)
    return came.shape == expected.shape and samples > 1 and columns <= MOST_CURVES


def _wrong(came: Values, expected: Values, close: Close) -> NDArray[np.bool_]:
    """Which values differ by more than the expectation allows; all, where the shapes do."""
    if came.shape != expected.shape:
        return np.ones(expected.shape, dtype=bool)
    with np.errstate(all="ignore"):
        difference = np.abs(came - expected)
        return ~(np.isfinite(difference) & (difference <= close.atol + close.rtol * np.abs(expected)))


def _maps(place: str, came: Values, expected: Values, wrong: NDArray[np.bool_]) -> Maps:
    low, high = colours_for(expected)
    difference: Map | None = None
    worst: tuple[int, ...] = ()
    if came.shape == expected.shape:
        with np.errstate(all="ignore"):
            apart = came - expected
        size = np.where(np.isfinite(apart), np.abs(apart), np.inf)
        worst = tuple(int(index) for index in np.unravel_index(int(size.argmax()), size.shape))
        seen = np.clip(np.where(wrong, apart, 0.0), -1e30, 1e30)  # NaN stays NaN
        limit = max(abs(edge) for edge in colours_for(-np.abs(seen)))
        difference = draw_map(largest_in_blocks(seen), -limit, limit)
    return Maps(
        place=place,
        came=draw_map(came, low, high),
        expected=draw_map(expected, low, high),
        difference=difference,
        came_shape=came.shape,
        expected_shape=expected.shape,
        wrong=int(wrong.sum()),
        worst=worst,
    )


def _curves(place: str, came: Values, expected: Values, close: Close) -> Curves:
    longer = max(came.size, expected.size)
    across = Scale(0.0, float(longer - 1), *CURVE_ACROSS)
    up = Scale(*window(came, expected), *CURVE_UP)
    steps = [np.arange(values.size, dtype=np.float64) for values in (came, expected)]
    return Curves(
        place=place,
        came=line(steps[0], came, across, up),
        expected=line(steps[1], expected, across, up),
        x_ticks=tuple(tick for tick in across.ticks(6) if tick.label.isdigit()),
        y_ticks=up.ticks(),
        came_count=came.size,
        expected_count=expected.size,
        wrong=int(_wrong(came, expected, close).sum()),
    )


def _points(place: str, came: Values, expected: Values, close: Close, *, rc: bool, below: Values | None) -> Points:
    if rc:
        came, expected = came[:, ::-1], expected[:, ::-1]
    wrong = np.asarray(_wrong(came, expected, close).any(axis=1))
    in_rows = came.shape == expected.shape
    tolerance = max(close.atol, 1e-6 * float(np.abs(expected).max()))
    return Points(
        place=place,
        plane=draw_points(came, expected, wrong if in_rows else None, below),
        came_count=len(came),
        expected_count=len(expected),
        met=_met(came, expected, tolerance),
        are_pairs=False,
    )


def _pairs(place: str, came: Values, expected: Values) -> Points:
    return Points(
        place=place,
        plane=draw_pairs(came, expected),
        came_count=len(came),
        expected_count=len(expected),
        met=_met(came, expected, 0.0),
        are_pairs=True,
    )


def _met(came: Values, expected: Values, tolerance: float, most: int = 2000) -> int:
    """How many of the expected points are among those that came, whatever their order."""
    with np.errstate(all="ignore"):
        apart = np.abs(came[None, :most] - expected[:most, None]).max(axis=2)
    return int((apart <= tolerance).any(axis=1).sum())


def _picture_below(probe: Probe, student: str) -> Values | None:
    """The argument that is the picture under the points, made as it was made for the student."""
    if probe.draw is None or probe.draw.over is None:
        return None
    argument = probe.arguments[probe.draw.over]
    if not isinstance(argument, Scene | Random):
        return None
    picture = make_array(argument, student, probe.draw.over).astype(np.float64)
    return picture if picture.ndim == 2 else None
