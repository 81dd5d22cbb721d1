"""The plots that a notebook drew in our run: taken out of it, then looked into before a page shows them."""

from __future__ import annotations

import base64
import binascii
import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from PIL import Image

from grader.files.notebook_file import code_cells, title_of
from grader.report.pages import NotebookPicture

MOST = 12
"""Pictures on a page."""
MOST_TAKEN = 100
"""Pictures that are taken out of a notebook at all."""
LARGEST_BYTES = 8_000_000
"""Of one picture, as it was stored."""
LARGEST_PIXELS = 16_000_000
WIDEST_PX = 1200
"""A picture is made smaller until neither side is longer."""
PAGE_BYTES = 6_000_000
"""All pictures of a page together."""


@dataclass(frozen=True)
class ShownPicture:
    """A picture as a page shows it, or the message that says why it does not."""

    number: int
    title: str
    source: str = ""
    """A `data:` address; empty where the picture is left out."""
    width_px: int = 0
    height_px: int = 0
    left_out: str = ""
    """The key of a message: `unreadable`, `too-large`, `page-full`."""


def pictures_of(fresh: NotebookNode) -> tuple[NotebookPicture, ...]:
    """What the code cells of an executed notebook drew, in order; what their outputs hold may be anything."""
    found: list[NotebookPicture] = []
    for number, (_, cell) in enumerate(code_cells(fresh), start=1):
        for encoded in _encoded_in(cell):
            found.append(NotebookPicture(number, title_of(cell), _decode(encoded)))
            if len(found) == MOST_TAKEN:
                return tuple(found)
    return tuple(found)


def shown(pictures: Sequence[NotebookPicture]) -> tuple[ShownPicture, ...]:
    """The first pictures of a page, each looked into and written anew: what cannot be read is left out, and said."""
    room = PAGE_BYTES
    result: list[ShownPicture] = []
    for picture in pictures[:MOST]:
        look = look_into(picture)
        if len(look.source) > room:
            look = ShownPicture(picture.number, picture.title, left_out="page-full")
        room -= len(look.source)
        result.append(look)
    return tuple(result)


def look_into(picture: NotebookPicture) -> ShownPicture:
    """The picture, decoded within bounds and written anew, so that nothing but pixels is passed on."""
    if len(picture.png) > LARGEST_BYTES:
        return ShownPicture(picture.number, picture.title, left_out="too-large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; ours is the smaller bound
            image = Image.open(io.BytesIO(picture.png), formats=["PNG"])
            if image.width * image.height > LARGEST_PIXELS:
                return ShownPicture(picture.number, picture.title, left_out="too-large")
            image.load()
            width_px, height_px = image.size
            clean = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except Image.DecompressionBombError:
        return ShownPicture(picture.number, picture.title, left_out="too-large")
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error):
        return ShownPicture(picture.number, picture.title, left_out="unreadable")
    clean.thumbnail((WIDEST_PX, WIDEST_PX))
    written = io.BytesIO()
    Image.frombytes(clean.mode, clean.size, clean.tobytes()).save(written, "PNG")
    source = "data:image/png;base64," + base64.b64encode(written.getvalue()).decode("ascii")
    return ShownPicture(picture.number, picture.title, source, width_px, height_px)


def _encoded_in(cell: NotebookNode) -> Iterator[str]:
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        encoded = data.get("image/png") if isinstance(data, dict) else None
        if isinstance(encoded, list):
            encoded = "".join(part for part in encoded if isinstance(part, str))
        if isinstance(encoded, str):
            yield encoded


def _decode(encoded: str) -> bytes:
    """The bytes, or none where they are not base64; of endless ones only enough to see that they are too many."""
    try:
        return base64.b64decode(encoded[: LARGEST_BYTES * 2])
    except (binascii.Error, ValueError):
        return b""
