"""The expectation `plot`: what one of the notebook's plots draws, by what was noted as it was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.language import Reason, _, join, ngettext
from grader.rubric import Close, NumberBounds, Plot
from grader.score.arrays import NotNumbersError, as_numbers
from grader.score.bounds import say_bounds
from grader.score.sentences import code
from grader.score.verdict import Evidence, UnscoredError, Verdict, unanswered

KINDS = ("lines", "points", "bars", "pictures")
"""What a plot may draw, and how many of each."""
_LONGEST_TITLE = 60


@dataclass(frozen=True)
class _Drawn:
    """One plot, as far as its description is in proper form."""

    title: str
    labels: tuple[str, str]
    has_legend: bool
    draws: bool
    """anything at all, also what is not counted, as `contour` does"""
    counts: Mapping[str, int]
    heights: tuple[np.ndarray[Any, Any], ...]
    """the y of its lines, points and bars"""


@dataclass(frozen=True)
class _Demand:
    """One thing that is asked of a plot."""

    held_by: tuple[bool, ...]
    """plot by plot"""
    lacks: tuple[Reason, ...]
    """what each of them lacks, as a sentence"""
    none: Reason
    """where no plot has it"""


def judge_plot(plot: Plot, evidence: Evidence) -> Verdict:
    """One plot has all that is asked; of what is asked, the share that the best plot has is earned."""
    plots = [one for one in _read(evidence.value()) if one.draws]
    if not plots:
        return unanswered(_("Your notebook shows no plot that draws anything."))
    demands = [*_demand(plot, plots, evidence)]
    best = max(range(len(plots)), key=lambda place: sum(one.held_by[place] for one in demands))
    left = [demand for demand in demands if not demand.held_by[best]]
    if not left:
        return Verdict(1.0, _("{plot} has all that is asked for.", plot=_name(plots, best)))
    because = [demand.lacks[best] if any(demand.held_by) else demand.none for demand in left]
    return Verdict(1 - len(left) / len(demands), join(because))


def _demand(plot: Plot, plots: Sequence[_Drawn], evidence: Evidence) -> Iterator[_Demand]:
    n, names = len(plots), [_name(plots, place) for place in range(len(plots))]
    if plot.title:
        yield _Demand(
            tuple(bool(one.title) for one in plots),
            tuple(_("{plot} has no title.", plot=name) for name in names),
            ngettext("Your plot has no title.", "None of your {n} plots has a title.", n),
        )
    if plot.labels:
        yield _Demand(
            tuple(bool(one.labels[0]) for one in plots),
            tuple(_("{plot} has no label on its x-axis.", plot=name) for name in names),
            ngettext("Your plot has no label on its x-axis.", "None of your {n} plots has a label on its x-axis.", n),
        )
        yield _Demand(
            tuple(bool(one.labels[1]) for one in plots),
            tuple(_("{plot} has no label on its y-axis.", plot=name) for name in names),
            ngettext("Your plot has no label on its y-axis.", "None of your {n} plots has a label on its y-axis.", n),
        )
    if plot.legend:
        yield _Demand(
            tuple(one.has_legend for one in plots),
            tuple(_("{plot} has no legend.", plot=name) for name in names),
            ngettext("Your plot has no legend.", "None of your {n} plots has a legend.", n),
        )
    for kind in KINDS:
        bounds = getattr(plot, kind)
        if bounds is not None:
            yield _count(kind, bounds, plots, names)
    if plot.data is not None:
        yield _match(plot.data, plots, names, evidence)


def _count(kind: str, bounds: NumberBounds, plots: Sequence[_Drawn], names: Sequence[Reason]) -> _Demand:
    low, high = bounds.at_least, bounds.at_most
    counts = [one.counts[kind] for one in plots]
    held = tuple((low is None or count >= low) and (high is None or count <= high) for count in counts)
    told = say_bounds(bounds)
    lacks = tuple(
        _("{plot} draws {counted}, not {bounds}.", plot=name, counted=_say_count(kind, count), bounds=told)
        for name, count in zip(names, counts, strict=True)
    )
    # The plot with the most of it is named, where none has what is expected.
    return _Demand(held, lacks, lacks[int(np.argmax(counts))])


def _say_count(kind: str, n: int) -> Reason:
    match kind:
        case "lines":
            return ngettext("{n} line", "{n} lines", n)
        case "points":
            return ngettext("{n} group of points", "{n} groups of points", n)
        case "bars":
            return ngettext("{n} group of bars", "{n} groups of bars", n)
    return ngettext("{n} picture", "{n} pictures", n)


def _match(close: Close, plots: Sequence[_Drawn], names: Sequence[Reason], evidence: Evidence) -> _Demand:
    try:
        target = as_numbers(evidence.target(close.to)).ravel()
    except NotNumbersError as error:
        raise UnscoredError(_("What the plot is to show is not made of numbers.")) from error

    def shows(one: _Drawn) -> bool:
        return any(
            heights.shape == target.shape
            and np.allclose(heights, target, rtol=close.rtol, atol=close.atol, equal_nan=True)
            for heights in one.heights
        )

    return _Demand(
        tuple(shows(one) for one in plots),
        tuple(_("{plot} does not show the expected values.", plot=name) for name in names),
        ngettext(
            "Your plot does not show the expected values.",
            "None of your {n} plots shows the expected values.",
            len(plots),
        ),
    )


def _name(plots: Sequence[_Drawn], place: int) -> Reason:
    if len(plots) == 1:
        return _("Your plot")
    title = plots[place].title
    if title and sum(one.title == title for one in plots) == 1:
        return _("Your plot {title}", title=code(title, _LONGEST_TITLE))
    return _("Your plot number {number}", number=place + 1)


def _read(told: Any) -> Iterator[_Drawn]:
    """The plots of a description that comes from the student's side; what is in no proper form is left out."""
    for figure in told if isinstance(told, list) else []:
        plots = figure.get("plots") if isinstance(figure, dict) else None
        plots = [one for one in plots if isinstance(one, dict)] if isinstance(plots, list) else []
        for one in plots:
            # The title above a figure of one plot is that plot's.
            above = _text(figure.get("title")) if len(plots) == 1 else ""
            heights = one.get("heights")
            yield _Drawn(
                title=_text(one.get("title")) or above,
                labels=(_text(one.get("x_label")), _text(one.get("y_label"))),
                has_legend=_count_of(one.get("legend")) > 0,
                draws=one.get("draws") is True,
                counts={kind: _count_of(one.get(kind)) for kind in KINDS},
                heights=tuple(
                    values
                    for values in (heights if isinstance(heights, list) else [])
                    if isinstance(values, np.ndarray) and values.dtype.kind == "f"
                ),
            )


def _count_of(told: Any) -> int:
    return told if type(told) is int and told > 0 else 0


def _text(told: Any) -> str:
    return told.strip() if isinstance(told, str) else ""
