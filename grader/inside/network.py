"""Fetching where there is no network: the assignment's file for an address, or an error that says what is missing.

Held in every Python that a notebook starts, by `stand_ins/sitecustomize.py`.
"""

from __future__ import annotations

import importlib.machinery
import os
import socket
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from grader.inside import brought


def is_there() -> bool:
    """Whether there is any network but the machine's own loop."""
    return any(name != "lo" for _, name in socket.if_nameindex())


def stand_in() -> None:
    """Let what fetches by address get the assignment's files, and say what is missing where there is no network."""
    for name, patch in _PATCHES.items():
        if name in sys.modules:
            patch(sys.modules[name])
    sys.meta_path.insert(0, PatchingFinder())
    if not is_there():
        _refuse_look_ups()


class PatchingFinder:
    """Patches modules as they are imported: a Python that fetches nothing need not load what would."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> Any:
        patch = _PATCHES.get(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path) if patch else None
        if patch is None or spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def run_and_patch(module: ModuleType) -> None:
            run(module)
            patch(module)

        spec.loader.exec_module = run_and_patch  # type: ignore[method-assign]
        return spec


def _is_elsewhere(host: str) -> bool:
    """Whether a host cannot be reached: any but this machine, where there is no network."""
    return host not in ("localhost", "127.0.0.1", "::1") and not is_there()


def _patch_urllib(module: Any) -> None:
    """`urllib.request`: everything that it opens goes through `do_open`, whatever opener it was made by."""
    fetch = module.AbstractHTTPHandler.do_open

    def do_open(handler: Any, http_class: Any, request: Any, **options: Any) -> Any:
        path = brought.find(request.full_url)
        if path is not None:
            return _as_response(path, request)
        if _is_elsewhere(request.host.rpartition(":")[0] or request.host):
            raise module.URLError(brought.say_missing(request.full_url))
        return fetch(handler, http_class, request, **options)

    module.AbstractHTTPHandler.do_open = do_open


def _as_response(path: str, request: Any) -> Any:
    """What `http.client` makes of a server's answer, which libraries know in every detail; its body is the file."""
    import io
    from http.client import HTTPResponse
    from types import SimpleNamespace

    lines = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in _headers(path).items()), "", ""]
    head = io.BytesIO("\r\n".join(lines).encode())
    connection: Any = SimpleNamespace(makefile=lambda mode: head)
    response: Any = HTTPResponse(connection, method=request.get_method())
    response.begin()
    response.fp = open(path, "rb")  # noqa: SIM115  (who asked closes it)
    response.url, response.msg = request.full_url, response.reason  # as urllib does
    return response


def _patch_requests(module: Any) -> None:
    """`requests.adapters`: what every session sends by."""
    send = module.HTTPAdapter.send

    def send_or_find(adapter: Any, request: Any, *arguments: Any, **options: Any) -> Any:
        from urllib.parse import urlsplit

        from urllib3.response import HTTPResponse

        path = brought.find(request.url)
        if path is not None:
            body = open(path, "rb")  # noqa: SIM115  (who asked closes it)
            raw = HTTPResponse(body, _headers(path), 200, reason="OK", preload_content=False)
            return adapter.build_response(request, raw)
        if _is_elsewhere(urlsplit(request.url).hostname or ""):
            raise module.ConnectionError(brought.say_missing(request.url), request=request)
        return send(adapter, request, *arguments, **options)

    module.HTTPAdapter.send = send_or_find


_PATCHES = {"urllib.request": _patch_urllib, "requests.adapters": _patch_requests}


def _headers(path: str) -> dict[str, str]:
    return {"Content-Length": str(os.path.getsize(path)), "Content-Type": "application/octet-stream"}


def _refuse_look_ups() -> None:
    """Say why no name can be looked up, in the error that every other library passes on."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return look_up(host, *arguments, **options)
        except socket.gaierror as error:
            if host in (None, "localhost"):
                raise
            brought.note_missing(host.decode(errors="replace") if isinstance(host, bytes) else str(host))
            raise socket.gaierror(error.errno, "there is no network where notebooks are graded") from None

    socket.getaddrinfo = getaddrinfo
