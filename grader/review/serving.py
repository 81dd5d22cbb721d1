"""Listens on loopback, and leads a browser to the page without the token in any program's arguments."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from grader.errors import UserError
from grader.review.app import make_app
from grader.review.guard import Guard
from grader.review.session import ReviewSession


class Quiet(WSGIRequestHandler):
    """Says nothing of requests: their addresses may hold the token."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def listening(session: ReviewSession, port: int = 0) -> Iterator[tuple[BaseWSGIServer, Guard]]:
    """A server on 127.0.0.1 that is ready to serve; port 0 takes one that is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise UserError(
                f"the port {port} cannot be used: {error.strerror}",
                remedy="Choose another one with --port, or leave it out.",
            ) from error
        listener.listen(64)
        guard = Guard(listener.getsockname()[1])
        # A thread for each connection: browsers open some ahead that they do not use, and nobody must wait for them.
        server = make_server(
            "127.0.0.1",
            guard.port,
            make_app(session, guard),
            threaded=True,
            request_handler=Quiet,
            fd=listener.fileno(),
        )
        try:
            yield server, guard
        finally:
            server.server_close()


@contextmanager
def leading_page(address: str, folder: Path) -> Iterator[Path]:
    """A file that only this user can read, and that leads a browser to the address.

    What a program is started with can be seen by every user of the machine, so that the token must not be in it.
    """
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix="review-", suffix=".html", encoding="utf-8") as file:
        file.write(f'<!DOCTYPE html><meta http-equiv="refresh" content="0;url={escape(address)}"><title>Review</title>')
        file.flush()
        yield Path(file.name)
