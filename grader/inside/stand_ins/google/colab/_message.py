"""What notebooks ask of Colab's page, such as `get_ipynb`; there is no page."""

from __future__ import annotations

from typing import Any


def blocking_request(request_type: str, request: Any = "", timeout_sec: float | None = 5) -> None:
    """Nobody answers, and nobody waits."""
