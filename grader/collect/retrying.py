"""Asks Google, and asks again: waits at quotas and through lost networks, and tells apart what no waiting mends."""

from __future__ import annotations

import http.client
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httplib2
from google.auth.exceptions import RefreshError, TransportError
from googleapiclient.errors import HttpError

from grader.errors import PassingError, UserError

Answer = TypeVar("Answer")
SIGN_IN = "Sign in again: grader sign-in"

_QUOTA = frozenset({"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "RESOURCE_EXHAUSTED"})
_FATAL = {
    "dailyLimitExceeded": ("Google’s daily limit is used up", "Tomorrow the same command goes on where it was."),
    "dailyLimitExceededUnreg": ("Google does not know who asks", SIGN_IN),
    "accessNotConfigured": (
        "the API is not switched on in your Google project",
        "Switch on the Gmail API and the Google Drive API there: grader guide colab-and-gmail",
    ),
    "insufficientPermissions": (
        "you signed in without allowing what this needs",
        "Sign in again and tick every box: grader sign-in",
    ),
    "authError": ("Google no longer accepts the sign-in", SIGN_IN),
    "required": ("Google does not know who asks", SIGN_IN),
}
_NETWORK = (OSError, http.client.HTTPException, httplib2.HttpLib2Error, TransportError)


@dataclass(frozen=True)
class Patience:
    """How long to wait for Google."""

    first_s: float = 0.5
    longest_s: float = 64.0
    in_all_s: float = 1800.0
    """For quotas and a lost network: what is waited for in one go."""
    tries: int = 7
    """Of one request that Google itself fails on."""


class AskAgainError(Exception):
    """A server's answer that may be another one later: its status, and how long it asks to wait, where it says so.

    The status is 0 where it does not answer.
    """

    def __init__(self, status: int, retry_after: str = "") -> None:
        self.status = status
        self.wait_s = min(float(retry_after), 600.0) if retry_after.isdigit() else None
        super().__init__(f"status {status}")


class RefusedError(Exception):
    """Google's answer to one request is no: its status and the reason by its name."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(f"{status} {reason}")


def ask(send: Callable[[], Answer], patience: Patience, tell: Callable[[str], None]) -> Answer:
    """The answer to a request that may be sent again; `tell` hears of every wait that a person would notice.

    RefusedError where the answer is no, UserError where it would be no to every request.
    """
    started = time.monotonic()
    for attempt in itertools.count(1):
        try:
            return send()
        except HttpError as error:
            refused = _read(error)
            if refused.reason in _FATAL or refused.status == 401:
                what, remedy = _FATAL.get(refused.reason, _FATAL["authError"])
                raise UserError(what, remedy=remedy) from None
            if not _passes(refused) or (refused.status >= 500 and attempt >= patience.tries):
                raise refused from None
            reason, wait_s = "Google asks to wait", _retry_after_s(error)
        except AskAgainError as error:
            if error.status != 429 and attempt >= patience.tries:
                raise
            reason = "the server asks to wait" if error.status else "the server does not answer"
            wait_s = error.wait_s
        except RefreshError as error:
            if not error.retryable:
                raise UserError(
                    "Google no longer accepts the sign-in: it has expired or was revoked", remedy=SIGN_IN
                ) from None
            reason, wait_s = "Google asks to wait", None
        except _NETWORK:
            reason, wait_s = "the network is gone", None
        if time.monotonic() - started > patience.in_all_s:
            raise PassingError(
                f"{reason}, and has been for {patience.in_all_s / 60:.0f} minutes",
                remedy="What is collected is kept: start the same command again, and it goes on from there.",
            )
        if wait_s is None:
            wait_s = min(patience.longest_s, patience.first_s * 2 ** min(attempt - 1, 16)) * random.uniform(0.5, 1)
        if wait_s > 4:
            tell(f"{reason}; going on in {wait_s:.0f} s")
        time.sleep(wait_s)
    raise AssertionError("unreachable")


def _read(error: HttpError) -> RefusedError:
    """Status and reason only: the error's own text holds the address that was asked, and what stood in it."""
    details = error.error_details
    reason = ""
    if isinstance(details, list) and details and isinstance(details[0], dict):
        reason = str(details[0].get("reason", ""))
    return RefusedError(int(error.status_code), reason)


def _passes(refused: RefusedError) -> bool:
    return refused.status == 429 or refused.status >= 500 or refused.reason in _QUOTA


def _retry_after_s(error: HttpError) -> float | None:
    told = str(error.resp.get("retry-after", ""))
    return min(float(told), 600.0) if told.isdigit() else None
