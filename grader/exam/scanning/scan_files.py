"""Opens scans: PDF, PNG, JPEG and TIFF, each page as a grey picture, or the reason why it cannot be opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence

from grader.errors import UserError
from grader.files.parsing import UNREADABLE

SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
LONGER_SIDE_PX = 2400
"""Of a page of a PDF: some 200 dpi, whatever size the file says that its paper has."""


@dataclass(frozen=True)
class ScannedPage:
    """A page of a file."""

    source: str
    """As people are told: the file's name, and the page of it."""
    sha256: str
    """Of the file's bytes and the page's number."""
    grey: NDArray[np.uint8] | None
    """(height, width); None where it cannot be opened."""
    because: str = ""


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files that are meant: those that are named, and in folders all that may be scans, by name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file())
            if not inside:
                remedy = f"Scans are files that end in {', '.join(SUFFIXES)}."
                raise UserError("there is no scan in this folder", where=str(path), remedy=remedy)
            found += inside
        elif not path.exists():
            raise UserError("there is no such file", where=str(path), remedy="Check its name and its folder.")
        elif path.suffix.lower() not in SUFFIXES:
            remedy = f"Scans are files that end in {', '.join(SUFFIXES)}."
            raise UserError("this is not a scan", where=str(path), remedy=remedy)
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def open_pictures(path: Path) -> Iterator[ScannedPage]:
    """Every page of a file, one after the other; a file that cannot be opened is one page with the reason."""
    try:
        content = path.read_bytes()
    except OSError as error:
        yield ScannedPage(path.name, "", None, f"It cannot be opened: {error.strerror}.")
        return
    pages = _pages_of_pdf(path) if path.suffix.lower() == ".pdf" else _pages_of_picture(path)
    number = 0
    try:
        for number, grey in enumerate(pages, start=1):
            yield ScannedPage(f"{path.name}, page {number}", _hash(content, number), grey)
    except (OSError, SyntaxError, *UNREADABLE, pypdfium2.PdfiumError, Image.DecompressionBombError) as error:
        # What Pillow and PDFium raise for bytes that are no picture.
        told = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        yield ScannedPage(
            f"{path.name}, page {number + 1}", _hash(content, number + 1), None, f"It cannot be opened: {told}."
        )


def _hash(content: bytes, number: int) -> str:
    return hashlib.sha256(hashlib.sha256(content).digest() + number.to_bytes(4, "big")).hexdigest()


def _pages_of_pdf(path: Path) -> Iterator[NDArray[np.uint8]]:
    document = pypdfium2.PdfDocument(path)
    try:
        for page in document:
            bitmap = page.render(scale=LONGER_SIDE_PX / max(page.get_size()), grayscale=True)
            yield np.array(bitmap.to_numpy(), np.uint8).reshape(bitmap.height, -1)[:, : bitmap.width]
    finally:
        document.close()


def _pages_of_picture(path: Path) -> Iterator[NDArray[np.uint8]]:
    with Image.open(path) as image:
        for frame in ImageSequence.Iterator(image):
            yield _grey(frame)


def _grey(frame: Image.Image) -> NDArray[np.uint8]:
    """The picture as a person sees it: turned as its camera says, on white where it is transparent."""
    upright = ImageOps.exif_transpose(frame)
    if upright.mode.startswith("I;16"):
        return np.asarray(np.asarray(upright, np.uint16) >> 8, np.uint8)
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    return np.asarray(upright.convert("L"), np.uint8)
