"""Notes what the notebook's figures draw, as they are shown or saved: `inline` closes each at the end of its cell.

A hint about what was shown, never proof: a notebook can draw anything, also what it has not computed. Nothing is
noted before the first question, so that a rubric without such a probe costs nothing.
"""

from __future__ import annotations

import contextlib
import functools
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

MOST_FIGURES = 64
"""The last ones; an animation draws thousands, mostly of one figure."""
MOST_PLOTS = 32
"""Of one figure. With all of both, an answer has three quarters of the parts that it may have."""
MOST_HEIGHTS = 24
"""Lines, groups of points and groups of bars of one plot of which the values are noted; all are counted."""
MOST_NUMBERS = 100_000
"""Of one figure: with all figures 49 MiB, where an answer may have 64. What goes beyond is counted."""
_COLORBAR = "<colorbar>"
"""What Matplotlib calls the axes that it adds for a bar of colours, which are no plot."""
MOST_LETTERS = 200
"""Of one label."""

_NOTES = "grader_notes"
"""Where the notes of this process are: at the function that makes them, so that each fork has its own."""


class FigureNotes:
    """What was drawn so far, figure by figure."""

    def __init__(self) -> None:
        self.drawn: list[tuple[Callable[[], Any], dict[str, Any]]] = []

    def note(self, figure: Any) -> None:
        """A figure that is shown again is one figure, as it was last."""
        described = _describe(figure)
        known = next((place for place, (its, _) in enumerate(self.drawn) if its() is figure), len(self.drawn))
        self.drawn[known:] = [(weakref.ref(figure), described), *self.drawn[known + 1 :]]
        del self.drawn[:-MOST_FIGURES]


def answer() -> list[dict[str, Any]]:
    """What was noted since this was asked first; from then on every figure is, that is printed to a picture.

    All that shows or saves a figure goes through one function.
    """
    from matplotlib.backend_bases import FigureCanvasBase

    notes = getattr(FigureCanvasBase.print_figure, _NOTES, None)
    if notes is None:
        notes = FigureNotes()
        noting = _noting(FigureCanvasBase.print_figure, notes)
        setattr(noting, _NOTES, notes)
        setattr(FigureCanvasBase, "print_figure", noting)  # noqa: B010  (mypy knows that it is a method)
    return [described for _figure, described in notes.drawn]


def _noting(print_figure: Callable[..., Any], notes: FigureNotes) -> Callable[..., Any]:
    @functools.wraps(print_figure)
    def noting(canvas: Any, *arguments: Any, **named: Any) -> Any:
        printed = print_figure(canvas, *arguments, **named)
        # Round a student's code, which may draw with classes of its own: it is not to fail for our notes.
        with contextlib.suppress(Exception):
            notes.note(canvas.figure)
        return printed

    return noting


def _describe(figure: Any) -> dict[str, Any]:
    left = MOST_NUMBERS
    plots = []
    for axes in [one for one in figure.axes if one.get_label() != _COLORBAR][:MOST_PLOTS]:
        plot = _describe_plot(axes, figure)
        kept: list[Any] = []
        for heights in plot["heights"]:
            if heights.size <= left and len(kept) < MOST_HEIGHTS:
                left -= heights.size
                kept.append(heights.copy())
        plots.append({**plot, "heights": kept})
    return {"title": _text(figure.get_suptitle()), "plots": plots}


def _describe_plot(axes: Any, figure: Any) -> dict[str, Any]:
    from matplotlib.collections import PathCollection
    from matplotlib.container import BarContainer

    legends = [one for one in (axes.get_legend(), *figure.legends) if one is not None]
    points = [one for one in axes.collections if isinstance(one, PathCollection)]
    bars = [one for one in axes.containers if isinstance(one, BarContainer)]
    return {
        "title": next((title for place in ("center", "left", "right") if (title := _text(axes.get_title(place)))), ""),
        "x_label": _text(axes.get_xlabel()) or _text(figure.get_supxlabel()),
        "y_label": _text(axes.get_ylabel()) or _text(figure.get_supylabel()),
        "legend": sum(bool(_text(text.get_text())) for legend in legends for text in legend.get_texts()),
        "draws": bool(axes.has_data()),
        "lines": len(axes.lines),
        "points": len(points),
        "bars": len(bars),
        "pictures": len(axes.images),
        "heights": [
            *(_numbers(one.get_ydata(orig=False)) for one in axes.lines),
            *(_numbers(np.ma.filled(one.get_offsets(), np.nan)[:, 1]) for one in points),
            *(_numbers([bar.get_width() if _lies(one) else bar.get_height() for bar in one.patches]) for one in bars),
        ],
    }


def _lies(bars: Any) -> bool:
    return bool(bars.orientation == "horizontal")


def _numbers(values: Any) -> np.ndarray[Any, Any]:
    return np.asarray(np.ma.filled(values, np.nan), dtype=np.float64).ravel()


def _text(text: Any) -> str:
    return str(text).strip()[:MOST_LETTERS]
