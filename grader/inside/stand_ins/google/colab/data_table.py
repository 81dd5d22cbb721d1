"""Tables that one can sort in Colab; here they are shown as they are."""

from __future__ import annotations

from typing import Any


class DataTable:
    """A table, shown as the data frame that it was made of."""

    def __init__(self, dataframe: Any, **options: Any) -> None:
        self.dataframe = dataframe

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.dataframe)


def enable_dataframe_formatter() -> None:
    """Data frames are shown as they are."""


def disable_dataframe_formatter() -> None:
    """Data frames are shown as they are."""


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext google.colab.data_table` changes nothing here."""


def unload_ipython_extension(shell: Any) -> None:
    """And so does its counterpart."""
