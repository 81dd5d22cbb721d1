"""Opens scans: each page of a PDF or picture, or the reason why it cannot be opened. A file is what its bytes say."""

from __future__ import annotations

import contextlib
import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from grader.errors import UserError
from grader.exam.scanning.page_decoder import MEMORY_BYTES, PAGE_CPU_S, recognise

KINDS = "PDF, PNG, JPEG, TIFF, HEIC, BMP and WebP"
MOST_ENDS = 3
"""Of the process that opens one file; after so many pages that end it, the rest of the file is not tried."""


@dataclass(frozen=True)
class ScannedPage:
    """A page of a file."""

    source: str
    """As people are told: the file's name, and the page of it."""
    sha256: str
    """Of the file's bytes and the page's number."""
    picture: NDArray[np.uint8] | None
    """(height, width) grey, or (height, width, 3) red, green and blue; None where it cannot be opened."""
    because: str = ""
    drawn: bool = False
    """Whether it is a page of a PDF that was drawn and never scanned."""


@dataclass(frozen=True)
class FoundFiles:
    """The files in what was named."""

    scans: tuple[Path, ...]
    others: tuple[Path, ...] = ()
    """Files in folders that are neither PDF nor picture: they are named, and not opened."""


def find_files(paths: Sequence[Path]) -> FoundFiles:
    """The files that are meant: those that are named, and in folders all that are scans by their content."""
    scans: list[Path] = []
    others: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.is_file())
            for one in inside:
                (scans if _is_scan(one) else others).append(one)
        elif not path.exists():
            raise UserError("there is no such file", where=str(path), remedy="Check its name and its folder.")
        else:
            scans.append(path)
    if not scans:
        where = ", ".join(str(path) for path in paths)
        raise UserError("there is no scan in this folder", where=where, remedy=f"Scans are {KINDS} files.")
    return FoundFiles(tuple(dict.fromkeys(scans)), tuple(dict.fromkeys(others)))


def _is_scan(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return bool(recognise(file.read(1024)))
    except OSError:
        return True  # whoever opens it says why it cannot be read


@dataclass
class PageOpener:
    """Opens files in another process, which is started when it is first needed, and again when a file has ended it."""

    page_cpu_s: int = PAGE_CPU_S
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> PageOpener:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def open(self, path: Path) -> Iterator[ScannedPage]:
        """Every page of a file, one after the other; a file that cannot be opened is one page with the reason."""
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").digest()
        except OSError as error:
            yield ScannedPage(f"{path.name}, page 1", "", None, f"It cannot be opened: {error.strerror}.")
            return
        first, ends = 1, 0
        while first:
            begun = first - 1
            try:
                for header, picture in self._ask(path, first):
                    begun = header["page"]
                    if "begun" not in header:
                        drawn = header.get("drawn", False)
                        yield _page(path, digest, begun, picture, header.get("because", ""), drawn=drawn)
                first = 0
            except EOFError:
                because, ends = self._tell_end(), ends + 1
                last = ends == MOST_ENDS or begun < first
                told = " The pages behind it were not tried." if ends == MOST_ENDS else ""
                yield _page(path, digest, max(begun, first), None, because + told)
                first = 0 if last else begun + 1

    def _ask(self, path: Path, first: int) -> Iterator[tuple[dict[str, Any], NDArray[np.uint8] | None]]:
        if self._process is None:
            command = [sys.executable, "-m", "grader.exam.scanning.page_decoder"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        asked = {"path": str(path.resolve()), "first": first, "cpu_s": self.page_cpu_s}
        with contextlib.suppress(BrokenPipeError):  # reading says that it has ended
            requests.write(json.dumps(asked).encode() + b"\n")
            requests.flush()
        while True:
            header = json.loads(_read(answers))
            if "end" in header:
                return
            yield header, _picture(answers, header) if "bytes" in header else None

    def _tell_end(self) -> str:
        """Why the process ended, once it has."""
        code = self._stop()
        if code == -signal.SIGXCPU:
            return f"It cannot be opened: it needs more than {self.page_cpu_s} s of processor time."
        return f"It cannot be opened: it is damaged, or needs more than {MEMORY_BYTES // 1024**3} GiB of memory."

    def _stop(self) -> int | None:
        if self._process is None:
            return None
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        code = self._process.wait()
        self._process = None
        return code


def _read(answers: IO[bytes]) -> bytes:
    line = answers.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return line


def _picture(answers: IO[bytes], header: dict[str, Any]) -> NDArray[np.uint8]:
    content = answers.read(header["bytes"])
    if len(content) < header["bytes"]:
        raise EOFError
    width, height = header["size"]
    shape = (height, width) if header["planes"] == 1 else (height, width, header["planes"])
    return np.frombuffer(content, np.uint8).reshape(shape)


def _page(
    path: Path, digest: bytes, number: int, picture: NDArray[np.uint8] | None, because: str, *, drawn: bool = False
) -> ScannedPage:
    sha256 = hashlib.sha256(digest + number.to_bytes(4, "big")).hexdigest()
    return ScannedPage(f"{path.name}, page {number}", sha256, picture, because, drawn)
