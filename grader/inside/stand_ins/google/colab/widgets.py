"""Tabs and grids for output; here their contents follow one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class _Places:
    """Places for output, all of which are the cell's own."""

    @contextmanager
    def output_to(self, *place: Any, **options: Any) -> Iterator[None]:
        """Run the body; its output stays in the cell."""
        yield

    def clear_cell(self, *place: Any) -> None:
        """What was shown stays."""


class TabBar(_Places):
    """Tabs, one below the other."""

    def __init__(self, tab_names: Sequence[str], location: str = "top") -> None:
        self.tab_names = tab_names


class Grid(_Places):
    """A grid, one cell below the other."""

    def __init__(self, rows: int, columns: int, header_row: bool = False, header_column: bool = False) -> None:
        self.rows, self.columns = rows, columns
