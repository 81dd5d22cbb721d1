"""Draws the exam's pictures: python assignments/exam-2024/draw_pictures.py"""

from __future__ import annotations

import itertools
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

FOLDER = Path(__file__).parent
INK = "#1b1f27"


def draw_windows() -> None:
    """A dark square with a window inside it, one on its side, one on its corner."""
    figure, axes = plt.subplots(figsize=(3.2, 2.4))
    axes.add_patch(Rectangle((0, 0), 160, 120, facecolor="#f2f2f2", edgecolor=INK, linewidth=0.8))
    axes.add_patch(Rectangle((40, 25), 80, 70, facecolor="#9a9a9a"))
    for name, x, y in (("A", 60, 50), ("B", 72, 86), ("C", 111, 16)):
        axes.add_patch(Rectangle((x, y), 18, 18, fill=False, edgecolor=INK, linewidth=1.8))
        axes.text(x + 23, y + 9, name, color=INK, fontsize=13, weight="bold", va="center")
    _save(figure, axes, "windows.png", (-1, 161), (-1, 121))


def draw_network() -> None:
    """3 inputs, 4 and 2 hidden units with ReLU, 1 output."""
    figure, axes = plt.subplots(figsize=(4.6, 2.6))
    layers = ((3, "input", "$x$"), (4, "hidden", "ReLU"), (2, "hidden", "ReLU"), (1, "output", "$y$"))
    places = [
        [(x * 3.0, (row - (units - 1) / 2) * 1.2) for row in range(units)] for x, (units, _, _) in enumerate(layers)
    ]
    for before, after in itertools.pairwise(places):
        for x0, y0 in before:
            for x1, y1 in after:
                axes.plot([x0, x1], [y0, y1], color="#8b94a3", linewidth=0.7, zorder=1)
    for column, (_, kind, told) in zip(places, layers, strict=True):
        for x, y in column:
            axes.add_patch(Circle((x, y), 0.36, facecolor="white", edgecolor=INK, linewidth=1.3, zorder=2))
        axes.text(column[0][0], 2.75, told, color=INK, fontsize=11, ha="center", va="center")
        axes.text(column[0][0], -2.75, kind, color=INK, fontsize=9, ha="center", va="center")
    _save(figure, axes, "network.png", (-1, 10), (-3.1, 3.1))


def _save(figure: plt.Figure, axes: Axes, name: str, x: tuple[float, float], y: tuple[float, float]) -> None:
    axes.set(xlim=x, ylim=y, aspect="equal")
    axes.axis("off")
    figure.subplots_adjust(0, 0, 1, 1)
    figure.savefig(FOLDER / name, dpi=300)
    plt.close(figure)


if __name__ == "__main__":
    draw_windows()
    draw_network()
