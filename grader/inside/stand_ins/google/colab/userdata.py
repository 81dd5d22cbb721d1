"""The user's secrets, of which none is here."""

from __future__ import annotations

from typing import NoReturn

from . import errors


class SecretNotFoundError(errors.Error):
    """There is no such secret."""


class NotebookAccessError(Exception):
    """The notebook may not read the secret."""


class TimeoutException(errors.Error):
    """Nobody answered."""


def get(key: str) -> NoReturn:
    """No secret is here: SecretNotFoundError."""
    raise SecretNotFoundError(f"The secret `{key}` is yours alone: it is not there where notebooks are graded.")
