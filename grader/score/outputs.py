"""What a cell printed and drew, without what may rightly differ from one run to the next.

Notebooks are hostile: no type in them is trusted, texts and pictures are bounded, and no regular expression here can
backtrack further than its own bounded repeats.
"""

from __future__ import annotations

import binascii
import io
import re
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from PIL import Image, ImageChops, ImageStat

from grader.files.terminal_codes import without_codes

_LONGEST_TEXT = 100_000
_MOST_OUTPUTS = 1_000
_MOST_PICTURES = 50
_LARGEST_PICTURE_BYTES = 16_000_000
_LARGEST_PICTURE_PIXELS = 8_000_000
_PICTURES = ("image/png", "image/jpeg")
_WIDGETS = ("application/vnd.jupyter.widget-view+json", "application/javascript")


@dataclass(frozen=True)
class CellOutputs:
    """A cell's text, one normalised line after the other, and its pictures as bytes of a file."""

    lines: tuple[str, ...]
    pictures: tuple[bytes, ...]

    @property
    def is_empty(self) -> bool:
        return not self.lines and not self.pictures


def read_outputs(cell: Any) -> CellOutputs:
    """The outputs of a code cell that are worth comparing: not stderr, where warnings and progress bars go."""
    printed: list[str] = []
    shown: list[str] = []
    pictures: list[bytes] = []
    for output in _dicts(cell.get("outputs") if isinstance(cell, dict) else None):
        match output.get("output_type"):
            case "stream" if output.get("name") != "stderr":
                printed.append(as_text(output.get("text")))
            case "error":
                shown.append(f"{as_text(output.get('ename'))}: {as_text(output.get('evalue'))}")
            case "execute_result" | "display_data":
                text, drawn = _read_data(output.get("data"))
                shown.append(text)
                pictures += drawn
    text = "\n".join(["".join(printed), *shown])[:_LONGEST_TEXT]
    return CellOutputs(tuple(_last_of_logs(_normal_lines(text))), tuple(pictures[:_MOST_PICTURES]))


def _dicts(items: Any) -> Iterator[dict[str, Any]]:
    if isinstance(items, list):
        yield from (item for item in islice(items, _MOST_OUTPUTS) if isinstance(item, dict))


def as_text(value: Any) -> str:
    """Text as notebooks store it: a string, or a list of lines; anything else is empty."""
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    if isinstance(value, list):
        return "".join(line for line in value[:_LONGEST_TEXT] if isinstance(line, str))[:_LONGEST_TEXT]
    return ""


def _read_data(data: Any) -> tuple[str, list[bytes]]:
    """A rich output's text and pictures; a picture's text is only its object's name, so it is left out."""
    if not isinstance(data, dict) or any(kind in data for kind in _WIDGETS):
        return "", []
    pictures = [_decode(data[kind]) for kind in _PICTURES if kind in data][:1]
    if pictures:
        return "", pictures
    if "text/plain" in data:
        return as_text(data["text/plain"]), []
    return _TAG.sub(" ", as_text(data.get("text/html"))), []


def _decode(value: Any) -> bytes:
    """A picture's bytes; empty where it is none, which later counts as broken."""
    text = value if isinstance(value, str) else "".join(as_text(value).split())
    if len(text) > _LARGEST_PICTURE_BYTES:
        return b""
    try:
        return binascii.a2b_base64(text.encode("ascii"))
    except ValueError:
        return b""


# ---- text -----------------------------------------------------------------------------------------------------------

_TAG = re.compile(r"<[^<>]{0,2000}>")
_DROPPED_LINES = re.compile(
    r"""
    ^\s{0,20}(?:CPU[ ]times|Wall[ ]time|Requirement[ ]already|Collecting[ ]|Downloading[ ]|Installing[ ]
      |Successfully[ ]|Using[ ]cached|Preparing[ ]metadata|Getting[ ]requirements|Building[ ]wheel|Created[ ]wheel
      |Stored[ ]in[ ]directory|Looking[ ]in[ ]|Attempting[ ]uninstall|Found[ ]existing|Uninstalling|Note:[ ]you[ ]may
      |ERROR:[ ]|WARNING:[ ]|\[notice\]|Mounted[ ]at|Drive[ ]already[ ]mounted)    # %%time, and what pip and Drive say
    | [━╸]{4}                                             # pip's bar
    | (?<![A-Za-z])(?:it|s|[kM]?B|batch(?:es)?|step|epoch)/(?:it|s)\b      # rates of a progress bar
    | \d%\|                                               # the bar itself
    | \b(?:per[ ]loop|std[ ]dev[ ]of)\b                    # %timeit
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER = r"[-+]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:e[-+]?\d{1,5})?"
_UNIT = r"ns|µs|μs|us|ms|s|secs?|seconds?|mins|minutes?|hours?"
_VOLATILE = re.compile(
    rf"""
    \b0x[0-9a-f]{{4,16}}\b                                # addresses in memory
    | <Figure[ ]size[^<>]{{0,80}}>
    | ,?[ ]?device='[a-z:0-9]{{1,20}}'
    | \b(?:cuda|cpu|gpu|mps|tpu)(?::\d{{1,2}})?\b          # where it ran
    | \b\d{{1,3}}(?:\.\d{{1,4}}){{1,3}}\+\w{{1,20}}           # versions with a build
    | (?<![\d.])\d{{1,4}}\.\d{{1,4}}\.\d{{1,4}}(?:[a-z]{{1,4}}\d{{0,4}})?(?![\d.])   # and without
    | (?<![\w.])/(?:content|root|usr|home|tmp|opt|mnt|var|kaggle)/[^\s'"(),;\]]{{0,400}}   # folders of a machine
    | \b\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?      # dates
    | \b\d{{1,2}}:\d\d(?::\d\d)?(?:\.\d{{1,9}})?\b          # times of day
    | (?<![\w.]){_NUMBER}[ ]?(?:{_UNIT}|min(?=[ ]?\d{{1,2}}[ ]?s))\b(?!:)
    | \b(?:time|elapsed|duration|took)\b[^\d\n]{{0,20}}{_NUMBER}(?:[ ]?(?:{_UNIT}|min|h)\b)?
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _normal_lines(text: str) -> Iterator[str]:
    """Lines as a terminal shows them at the end, without what may rightly differ."""
    for line in without_codes(text).split("\n"):
        # A carriage return goes back to the line's start, so only what was written last is seen.
        kept = line.rstrip("\r").rsplit("\r", 1)[-1]
        if _DROPPED_LINES.search(kept[:2000]):
            continue
        kept = " ".join(_VOLATILE.sub("", kept).split())
        if kept:
            yield kept


_NUMBERS = re.compile(rf"{_NUMBER}|\bnan\b|[-+]?\binf(?:inity)?\b", re.IGNORECASE)
_LOG_LINE = re.compile(
    r"\W{0,5}(?:(?:[a-z]{1,20}\W{1,5})?(?:epochs?|steps?|iter(?:ation)?s?|batch)\W{0,5}\d|\d{1,9}[^\d.]{1,40}\d{0,9}\.\d)",
    re.IGNORECASE,
)
"""Of a training log: `Epoch [3/20], Loss: 0.1`, or `300 0.12`, where each line begins with its count."""


def _last_of_logs(lines: Iterable[str]) -> Iterator[str]:
    """The lines; of those that tell how training goes on, each with a higher count than the one before, the last.

    On the way there, losses differ between machines more than where they end.
    """
    before, form, count = "", "", 0.0
    for line in lines:
        words, numbers = split_numbers(line)
        if before and not (words == form and numbers and numbers[0] > count and _LOG_LINE.match(line)):
            yield before
        before, form, count = line, words, numbers[0] if numbers else 0.0
    if before:
        yield before


_LARGEST_DIFFERENCE = 2.0
_SMALLEST_SIZE = 1e-3


def split_numbers(text: str) -> tuple[str, list[float]]:
    """The text with each number as `#`, and the numbers.

    >>> split_numbers("loss: tensor([1e-3, -2.])")
    ('loss: tensor([#, #])', [0.001, -2.0])
    """
    numbers = [float(found) for found in _NUMBERS.findall(text)]
    return _NUMBERS.sub("#", text), numbers


def differ_by(stored: float, fresh: float) -> float:
    """|stored - fresh| / max(|stored|, |fresh|, 1e-3): from 0 to 2; NaN equals NaN, and nothing else.

    >>> differ_by(1.0, 2.0), differ_by(float("nan"), float("nan")), differ_by(float("nan"), 1.0)
    (0.5, 0.0, 2.0)
    """
    if stored == fresh or (stored != stored and fresh != fresh):
        return 0.0
    size = max(abs(stored), abs(fresh), _SMALLEST_SIZE)
    # Halves, so that the difference of two huge numbers stays finite.
    difference = abs(stored / 2 - fresh / 2) / size * 2
    return difference if difference <= _LARGEST_DIFFERENCE else _LARGEST_DIFFERENCE


# ---- pictures -------------------------------------------------------------------------------------------------------


def picture_difference(stored: bytes, fresh: bytes) -> float:
    """The mean absolute pixel difference, from 0 to 1, at the smaller of the sizes; 1 where one is broken."""
    one, other = _read_picture(stored), _read_picture(fresh)
    if one is None or other is None:
        return 1.0
    if one.size != other.size:
        size = (min(one.width, other.width), min(one.height, other.height))
        one, other = one.resize(size), other.resize(size)
    means = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return float(sum(means) / len(means) / 255.0)


def _read_picture(data: bytes) -> Image.Image | None:
    """The picture on white; None where it is broken or has too many pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
                if picture.width * picture.height > _LARGEST_PICTURE_PIXELS:
                    return None
                layers = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error, zlib.error):
        return None
    except Image.DecompressionBombError:
        return None
    white = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(white, layers).convert("RGB")
