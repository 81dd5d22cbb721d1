"""Asks one platform over HTTP: bounded, patient, and never sent on to another host with the token."""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import certifi
import urllib3
from urllib3.exceptions import HTTPError

from grader.errors import PassingError, UserError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TIMEOUT_S = 60
_MOST_BYTES = 32 << 20
"""Of one answer: a page of a hundred submissions with their comments takes a tenth of it."""
_LONGEST_WAIT_S = 120.0


class UnsureError(Exception):
    """A change was sent and no answer came: it may have been made."""


@dataclass(frozen=True)
class HttpAnswer:
    """What a platform answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self, platform: str) -> Any:
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            raise UserError(
                f"{platform} answers with something that is no JSON",
                remedy="Is the url in course.toml the platform's own, and no page for signing in?",
            ) from None


class PlatformWeb:
    """Requests to one platform, one after the other."""

    def __init__(self, platform: str, url: str, tell: Callable[[str], None], *, first_s: float = 0.5, tries: int = 6):
        self.platform = platform
        self.url = url.rstrip("/")
        self._tell = tell
        self._first_s = first_s
        self._tries = tries
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(_TIMEOUT_S), ca_certs=certifi.where())

    def is_own(self, address: str) -> bool:
        """Whether an address is of the configured scheme, host and port."""
        mine, other = urlsplit(self.url), urlsplit(address)
        return (mine.scheme, mine.netloc) == (other.scheme, other.netloc)

    def ask(self, method: str, address: str, *, repeatable: bool, **sent: Any) -> HttpAnswer:
        """The answer below 500; `repeatable` says that asking twice does no harm."""
        for attempt in range(self._tries):
            wait_s = self._first_s * 2**attempt * random.uniform(0.5, 1)
            try:
                answer = self._ask_once(method, address, sent)
            except (HTTPError, OSError):
                if not repeatable:
                    raise UnsureError from None
                self._wait(wait_s, "does not answer")
                continue
            if _is_throttled(answer):
                # A request that is turned away was not carried out.
                told = answer.headers.get("retry-after", "")
                self._wait(min(float(told), _LONGEST_WAIT_S) if told.isdigit() else wait_s, "asks to wait")
            elif answer.status >= 500:
                if not repeatable:
                    raise UnsureError
                self._wait(wait_s, f"fails ({answer.status})")
            else:
                return answer
        raise PassingError(
            f"{self.platform} failed or gave no answer {self._tries} times",
            where=self.url,
            remedy="What was sent is noted: start the same command again, and it goes on from there.",
        )

    def _ask_once(self, method: str, address: str, sent: Mapping[str, Any]) -> HttpAnswer:
        response = self._pool.request(method, address, redirect=False, retries=False, preload_content=False, **sent)
        with contextlib.closing(response):
            content = bytearray()
            for piece in response.stream(1 << 16):
                content += piece
                if len(content) > _MOST_BYTES:
                    raise UserError(f"{self.platform} answers with more than {_MOST_BYTES >> 20} MiB", where=self.url)
        headers = {name.casefold(): value for name, value in response.headers.items()}
        return HttpAnswer(response.status, headers, bytes(content))

    def _wait(self, wait_s: float, why: str) -> None:
        if wait_s > 4:
            self._tell(f"{self.platform} {why}; going on in {wait_s:.0f} s")
        time.sleep(wait_s)


def _is_throttled(answer: HttpAnswer) -> bool:
    """Canvas turns away with 403 and these words whoever asks too much."""
    return answer.status == 429 or (answer.status == 403 and b"rate limit exceeded" in answer.content[:2000].lower())
