"""The figures of one run beside their targets, as a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table. `reached` and `target` have the same unit, which `form` sets."""

    what: str
    reached: float
    form: str = "{:.2f}"
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the target was reached; None where the figure has none."""
        if self.at_most is not None:
            return self.reached <= self.at_most
        if self.at_least is not None:
            return self.reached >= self.at_least
        return None

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """What was measured, the target, what was reached, and whether that is enough."""
        target = ""
        if self.at_most is not None:
            target = f"at most {self.form.format(self.at_most)}"
        elif self.at_least is not None:
            target = f"at least {self.form.format(self.at_least)}"
        told = {True: "yes", False: "**no**", None: ""}[self.is_met]
        return self.what, target, self.form.format(self.reached), told


HEADER = ("what", "target", "reached", "met")


def write_table(figures: Sequence[Figure], about: str) -> str:
    """The table, its columns aligned, under a sentence that says what it was measured on."""
    rows = [HEADER, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([about, "", lines[0], rule, *lines[1:]]) + "\n"
