"""Which packages are here."""

from __future__ import annotations

import importlib.util


def is_importable(package: str) -> bool:
    """Whether there is such a package here, as there is in the sandbox."""
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False
