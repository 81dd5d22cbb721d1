"""Opens files in a process of its own, `python -m grader.exam.scanning.page_decoder`: a file may be made to do harm.

It reads a request on each line of standard input, and answers on standard output with a header on a line for each page,
and the page's bytes. It has a limit on memory, and one on processor time for each page; whoever asks sees it end.
It imports little, so that it starts in a moment.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

MEMORY_BYTES = 2 * 1024**3
"""Ten times what an A4 page of 600 dpi in colour needs."""
PAGE_CPU_S = 20
"""An ordinary page needs a tenth of a second."""
LONGER_SIDE_PX = 2400
"""Of a page of a PDF: some 200 dpi, whatever size the file says that its paper has."""
MOST_PIXELS = 120_000_000
"""A3 at 600 dpi has 70 million."""
MOST_PAGES = 5_000
"""Of one file."""
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
"""What Pillow is allowed to try: its readers of PostScript and others would start other programs."""
_COLOURFUL = 30
"""Colours that differ by less, in means of sixteen points, are noise on a grey page."""


class NoPageError(Exception):
    """Why something cannot be opened, as people are told."""


def open_pages(path: Path, first: int) -> Iterator[tuple[int, Image.Image | NoPageError | None]]:
    """Each page from `first` on, twice: with None before it is opened, and then as a picture or with the reason."""
    with path.open("rb") as file:
        kind = recognise(file.read(1024))
    if kind == "pdf":
        yield from _open_pdf(path, first)
    elif kind:
        yield from _open_picture(path, first, kind)
    else:
        raise NoPageError("It is neither a PDF nor a picture.")


def recognise(head: bytes) -> str:
    """What a file is, by its first bytes: pdf, heif, still (a picture), tiff (several), or nothing that is known.

    >>> recognise(b"%PDF-1.7"), recognise(b"%!PS-Adobe-3.0"), recognise(b"II*\\0"), recognise(b"\\0\\0\\0\\x18ftypheic")
    ('pdf', '', 'tiff', 'heif')
    """
    if b"%PDF-" in head:
        return "pdf"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"):
        return "heif"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    still = head[:8] == b"\x89PNG\r\n\x1a\n" or head[:3] == b"\xff\xd8\xff" or head[:2] == b"BM"
    return "still" if still or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") else ""


def _open_pdf(path: Path, first: int) -> Iterator[tuple[int, Image.Image | NoPageError | None]]:
    import pypdfium2  # most scans are pictures, and it takes longer to load than all else

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        protected = "password" in str(error).lower()
        raise NoPageError("It needs a password: save it without one." if protected else _tell(error)) from error
    for number in range(first, min(len(document), MOST_PAGES) + 1):
        yield number, None
        try:
            page = document[number - 1]
            longer = max(page.get_size())
            bitmap = page.render(scale=LONGER_SIDE_PX / max(longer, 1.0), rev_byteorder=True)
            picture = bitmap.to_pil()
            # What has no picture in it was drawn and never scanned: no scanner has cut its paper off at white.
            picture.info["drawn"] = not any(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
            yield number, picture
            bitmap.close()
            page.close()
        except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
            yield number, NoPageError(_tell(error))
    if len(document) > MOST_PAGES:
        yield MOST_PAGES + 1, NoPageError(f"It has {len(document)} pages: those from here on were not read.")


def _open_picture(path: Path, first: int, kind: str) -> Iterator[tuple[int, Image.Image | NoPageError | None]]:
    if kind == "heif":
        _allow_heif()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses what has twice as many
    formats = ("HEIF",) if kind == "heif" else FORMATS
    try:
        image = Image.open(path, formats=formats)
    except UnidentifiedImageError as error:
        raise NoPageError("It cannot be opened: it is damaged.") from error
    # A telephone's JPEG may carry previews and depths beside its picture; only TIFF has pages.
    last = 1 if kind != "tiff" else MOST_PAGES
    for number in range(first, last + 1):
        if number > 1:
            try:
                image.seek(number - 1)
            except EOFError:
                return
            except Exception as error:  # noqa: BLE001 - whatever a damaged file makes Pillow raise
                yield number, NoPageError(f"{_tell(error)[:-1]}, and so are the pages behind it, if there are any.")
                return
        yield number, None
        try:
            yield number, _upright(image)
        except Exception as error:  # noqa: BLE001 - whatever a damaged file makes Pillow raise
            yield number, NoPageError(_tell(error))


def _allow_heif() -> None:
    import pi_heif

    pi_heif.register_heif_opener(thumbnails=False)


def _upright(frame: Image.Image) -> Image.Image:
    """The picture as a person sees it: turned as its camera says, on white where it is transparent."""
    upright = ImageOps.exif_transpose(frame)
    if upright.mode.startswith("I;16"):
        return upright.point(lambda value: value * (1 / 256), "L")
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    return upright


def in_few_bytes(image: Image.Image) -> Image.Image:
    """The picture in grey where it has no colour, else in red, green and blue.

    >>> in_few_bytes(Image.new("RGB", (40, 40), (200, 203, 199))).mode
    'L'
    >>> in_few_bytes(Image.new("RGB", (40, 40), (250, 245, 120))).mode
    'RGB'
    """
    if image.mode in ("L", "1", "LA"):
        return image.convert("L")
    coloured = image.convert("RGB")
    red, green, blue = coloured.reduce(4).split() if min(coloured.size) >= 4 else coloured.split()
    pairs = ((red, green), (green, blue), (red, blue))
    apart = max(int(max(ImageChops.difference(*pair).histogram()[_COLOURFUL:])) for pair in pairs)
    return coloured if apart > 0 else coloured.convert("L")


def _tell(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return f"It cannot be opened: it needs more than {MEMORY_BYTES // 1024**3} GiB of memory."
    if isinstance(error, Image.DecompressionBombError):
        return f"It cannot be opened: it has more than {MOST_PIXELS // 10**6} million points."
    told = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return f"It cannot be opened: {told}."


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each request, a line with a path and the first page that is wanted."""
    for line in requests:
        asked = json.loads(line)
        _allow_time(asked["cpu_s"])
        try:
            for number, page in open_pages(Path(asked["path"]), asked["first"]):
                _allow_time(asked["cpu_s"])
                _answer(answers, number, page)
        except NoPageError as error:
            _say(answers, {"page": asked["first"], "because": str(error)})
        except Exception as error:  # noqa: BLE001 - whatever a damaged file makes a library raise is told of that file
            _say(answers, {"page": asked["first"], "because": _tell(error)})
        _say(answers, {"end": True})


def _answer(answers: BinaryIO, number: int, page: Image.Image | NoPageError | None) -> None:
    if page is None:
        _say(answers, {"page": number, "begun": True})
    elif isinstance(page, NoPageError):
        _say(answers, {"page": number, "because": str(page)})
    else:
        small = in_few_bytes(page)
        content = small.tobytes()
        told = {"page": number, "size": small.size, "planes": len(small.getbands()), "bytes": len(content)}
        _say(answers, {**told, "drawn": bool(page.info.get("drawn"))})
        answers.write(content)
        answers.flush()


def _say(answers: BinaryIO, header: dict[str, object]) -> None:
    answers.write(json.dumps(header).encode() + b"\n")
    answers.flush()


def _allow_time(cpu_s: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soon = int(used.ru_utime + used.ru_stime) + 1 + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (soon, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def main() -> None:
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES if hard < 0 else min(MEMORY_BYTES, hard), hard))
    warnings.simplefilter("ignore")  # of damaged files it is told by page
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
