"""gdown where notebooks are graded, written afresh: Drive's files are those that the assignment brings."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from typing import Any

from grader.inside import brought, downloaders, network

__all__ = ["FileURLRetrievalError", "cached_download", "download", "download_folder"]


class FileURLRetrievalError(Exception):
    """The file cannot be had."""


def download(
    url: str | None = None,
    output: str | None = None,
    quiet: bool = False,
    proxy: str | None = None,
    speed: float | None = None,
    use_cookies: bool = True,
    verify: bool | str = True,
    id: str | None = None,
    fuzzy: bool = False,
    **options: Any,
) -> str:
    """Put the file that the assignment brings in its place, and return where; an error where it brings none."""
    address = url if url is not None else id
    if address is None:
        raise ValueError("gdown.download() needs a url or an id.")
    return _place(address, output, quiet, folder=False)


def cached_download(url: str | None = None, path: str | None = None, quiet: bool = False, **options: Any) -> str:
    """As `download`, under the name `path`; nothing is cached."""
    return download(url, path, quiet, **{name: value for name, value in options.items() if name == "id"})


def download_folder(
    url: str | None = None, id: str | None = None, output: str | None = None, quiet: bool = False, **options: Any
) -> list[str]:
    """The files of a folder on Drive that the assignment brings."""
    address = url if url is not None else id
    if address is None:
        raise ValueError("gdown.download_folder() needs a url or an id.")
    target = _place(address, output, quiet, folder=True)
    return [os.path.join(root, name) for root, _, names in os.walk(target) for name in sorted(names)]


def _place(address: str, output: str | None, quiet: bool, *, folder: bool) -> str:
    path = brought.find(address, folder=folder)
    if path is None:
        raise FileURLRetrievalError(brought.say_missing(address))
    return downloaders.place_download(path, output, quiet=quiet)


def _give_way() -> None:
    """Where there is a network, which is only without a sandbox, the machine's own gdown is asked, if it has one."""
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    others = [path for path in sys.path if os.path.abspath(path) != ours]
    spec = importlib.machinery.PathFinder.find_spec("gdown", others)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["gdown"] = module
        spec.loader.exec_module(module)


if network.is_there():
    _give_way()
