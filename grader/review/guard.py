"""Who may use the page: only a browser that was given the token, from the page's own address, for the page's own forms.

The page listens on loopback, where every program of this machine, and every web page that a browser here shows, can
reach it. So each request needs the cookie that the token was exchanged for; a name that was made to point to this
machine is refused by its Host; and a form counts only with the page's own Origin and the token written into it.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

from flask import Request, Response

from grader.language import NOTHING, Reason, _

HEADERS = {
    # Scripts and styles are files of the page's own; nothing that a student wrote can be one.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # With `no-referrer`, browsers send `Origin: null` with the page's own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def _make_token() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Guard:
    """The secrets of one review page, and the port that it listens on."""

    port: int
    token: str = field(default_factory=_make_token, repr=False)
    form_token: str = field(default_factory=_make_token, repr=False)

    @property
    def hosts(self) -> tuple[str, ...]:
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    @property
    def address(self) -> str:
        """What to open: with the token, which is exchanged for a cookie."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"

    @property
    def cookie(self) -> str:
        """A cookie belongs to a host, not to a port: each page needs a name of its own."""
        return f"grader-review-{self.port}"

    def refuse(self, request: Request) -> Reason:
        """Why the request is refused, in a sentence; empty where it is not."""
        if request.host not in self.hosts:
            return _("This page answers at its own address only.")
        if not _same(request.cookies.get(self.cookie, ""), self.token):
            return _("This page needs the address with the token that `grader review` printed.")
        if request.method == "POST":
            if request.headers.get("Origin") not in [f"http://{host}" for host in self.hosts]:
                return _("This form was not sent from this page.")
            if not _same(request.form.get("token", ""), self.form_token):
                return _("This form is from another session of the page: load it again.")
        return NOTHING

    def brings_token(self, request: Request) -> bool:
        """Whether the request is the first one, by the address that was printed."""
        return (
            request.host in self.hosts and request.method == "GET" and _same(request.args.get("token", ""), self.token)
        )

    def admit(self, response: Response) -> Response:
        """The response with the cookie that later requests need."""
        response.set_cookie(self.cookie, self.token, httponly=True, samesite="Strict")
        return response


def _same(given: str, expected: str) -> bool:
    """Compared in a time that says nothing of where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
