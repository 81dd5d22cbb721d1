"""What the page of an item analysis says, worked out before a template sets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.course.grade_bands import GradeBand
from grader.exam.analysis.flags import Flag, Flags
from grader.exam.analysis.items import Item, ItemAnalysis, OptionUse
from grader.report.charts import Scale, line

BARS = 20
"""Bars of the distribution: five percent each."""
LEFT, RIGHT, TOP, BOTTOM = 30.0, 250.0, 10.0, 120.0
"""Edges of the plot of one question, in units of its SVG."""
APART, LOWEST, HIGHEST = 11.0, 122.0, 4.0
"""How far apart the labels of its lines stand, and between which places."""


@dataclass(frozen=True)
class ItemsPage:
    """Everything that the page shows."""

    course: str
    title: str
    exam: str
    analysis: ItemAnalysis
    flags: Flags
    bands: tuple[GradeBand, ...]


@dataclass(frozen=True)
class Curve:
    """A line over the score groups: how many of each chose an option, or the mean share of the points."""

    label: str
    right: bool
    path: str
    end_y: float


@dataclass(frozen=True)
class ItemView:
    """One question with its plot."""

    item: Item
    flags: tuple[Flag, ...]
    curves: tuple[Curve, ...]
    ticks: tuple[float, ...]
    """Where the score groups stand on the plot."""


@dataclass(frozen=True)
class Edge:
    """Where a grade begins on the distribution."""

    grade: str
    x: float


@dataclass(frozen=True)
class ItemsView:
    """All that the template needs beside the page's own data."""

    items: tuple[ItemView, ...]
    bars: tuple[tuple[float, int], ...]
    """(percent at which the bar begins, students)"""
    tallest: int
    edges: tuple[Edge, ...]
    letters: Mapping[str, Mapping[str, str]]
    """question -> option -> the letter beside its line"""


def view_of(page: ItemsPage) -> ItemsView:
    """The page, worked out."""
    bars = _bars(page.analysis.percents)
    flags = [*page.flags.doubtful_keys, *page.flags.weak, *page.flags.dead]
    letters = {item.question: _letters(item.options) for item in page.analysis.items}
    views = [
        ItemView(
            item=item,
            flags=tuple(flag for flag in flags if flag.question == item.question),
            curves=_curves(item, letters[item.question]),
            ticks=tuple(float(x) for x in _places(len(item.by_group))),
        )
        for item in page.analysis.items
    ]
    return ItemsView(
        items=tuple(views),
        bars=bars,
        tallest=max((count for _, count in bars), default=0),
        edges=tuple(Edge(band.grade, 20 + 5.6 * band.at_least) for band in page.bands if band.at_least > 0),
        letters=letters,
    )


def _bars(percents: Sequence[float]) -> tuple[tuple[float, int], ...]:
    width = 100 / BARS
    places = [min(BARS - 1, max(0, int(percent / width + 1e-9))) for percent in percents]
    return tuple((place * width, places.count(place)) for place in range(BARS))


def _letters(options: Sequence[OptionUse]) -> dict[str, str]:
    return {option.name: chr(ord("A") + place) for place, option in enumerate(options)}


def _places(groups: int) -> np.ndarray:
    return Scale(0, max(groups - 1, 1), LEFT, RIGHT).place(np.arange(groups, dtype=np.float64))


def _curves(item: Item, letters: Mapping[str, str]) -> tuple[Curve, ...]:
    """The options' lines, or the mean share where the question has no options to tell apart."""
    if not item.options:
        return (_curve("", True, item.by_group),)
    return _spread([_curve(letters[option.name], option.right, option.by_group) for option in item.options])


def _spread(curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """The curves with their labels moved apart where they would lie on each other."""
    lowest = LOWEST
    moved: dict[str, float] = {}
    for curve in sorted(curves, key=lambda curve: -curve.end_y):
        lowest = min(lowest, curve.end_y)
        moved[curve.label] = lowest
        lowest -= APART
    short = min(moved.values(), default=TOP) - HIGHEST
    shift = -short if short < 0 else 0.0
    return tuple(replace(curve, end_y=round(moved[curve.label] + shift, 1)) for curve in curves)


def _curve(label: str, right: bool, shares: Sequence[float]) -> Curve:
    up = Scale(0.0, 1.0, BOTTOM, TOP)
    across = Scale(0, max(len(shares) - 1, 1), LEFT, RIGHT)
    values = np.array(shares, dtype=np.float64)
    path = line(np.arange(len(shares), dtype=np.float64), values, across, up)
    return Curve(label, right, path, round(float(up.place(values[-1:])[0]), 1) if len(shares) else BOTTOM)
