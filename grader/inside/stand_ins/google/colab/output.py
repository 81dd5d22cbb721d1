"""The output of a cell: cleared as in Colab; what needs a browser says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import errors


def eval_js(script: str, ignore_result: bool = False, timeout_sec: float | None = None) -> None:
    """There is no browser: in Colab this waits for one, here it raises at once."""
    if not ignore_result:
        raise errors.Error("output.eval_js() asks a browser, and there is none where notebooks are graded.")


def clear(wait: bool = False, output_tags: Any = ()) -> None:
    """Clear the cell's output; tags are not known here."""
    from IPython.display import clear_output

    if not output_tags:
        clear_output(wait=wait)


@contextmanager
def temporary() -> Iterator[None]:
    """Run the body; its output stays."""
    yield


@contextmanager
def use_tags(tags: Any, append: bool = True) -> Iterator[None]:
    """Run the body; its output has no tags."""
    yield


@contextmanager
def redirect_to_element(selector: str) -> Iterator[None]:
    """Run the body; its output stays in the cell."""
    yield


def register_callback(function_name: str, callback: Callable[..., Any]) -> None:
    """No browser will call it."""


def no_vertical_scroll() -> None:
    """Nothing scrolls here."""


def enable_custom_widget_manager() -> None:
    """No widget is shown here."""


def disable_custom_widget_manager() -> None:
    """No widget is shown here."""
