"""Sets an exam's words in lines: formulas between dollar signs, code between backticks, everything else as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

from reportlab.pdfbase.ttfonts import TTFont

from grader.exam.formulas import EM, outline, split_formulas
from grader.exam.printing.ink import Face, FormulaInk, FrameInk, Ink, LineInk, PictureInk, WordsInk

MM_IN_PT = 25.4 / 72
FACES: Mapping[Face, str] = {"sans": "DejaVuSans", "bold": "DejaVuSans-Bold", "mono": "DejaVuSansMono"}
_ASCENT, _DESCENT = 0.76, 0.24
"""Of DejaVu's letters, in ems."""
_LEADING = 1.28
_TINT = 0.8
"""A lighter grey is a ground to write on."""
Extent: TypeAlias = tuple[float, float, float, float]
"""Left, top, width, height, in millimetres."""
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Piece:
    """Something that is not broken: a word or a part of one, or a formula."""

    kind: Face | Literal["formula"]
    text: str
    width_mm: float
    ascent_mm: float
    descent_mm: float


@dataclass(frozen=True)
class SetText:
    """Words in lines: what is drawn, from the upper left corner, and the room that it takes."""

    ink: tuple[Ink, ...]
    width_mm: float
    height_mm: float


def load_font(face: Face) -> TTFont:
    """The font of a face; matplotlib brings it along, and sets formulas in it."""
    return _load(face)


@lru_cache(maxsize=3)
def _load(face: Face) -> TTFont:
    from matplotlib import get_data_path

    return TTFont(FACES[face], str(Path(get_data_path()) / "fonts" / "ttf" / f"{FACES[face]}.ttf"))


def width_mm(text: str, face: Face, size_pt: float) -> float:
    """The width of words in one line."""
    return float(load_font(face).stringWidth(text, size_pt)) * MM_IN_PT


def set_words(text: str, room_mm: float, size_pt: float, face: Face = "sans", *, grey: float = 0.0) -> SetText:
    """The words in lines no wider than the room that there is."""
    lines: list[list[tuple[float, Piece]]] = []
    x = 0.0
    for paragraph in text.strip().split("\n"):
        lines.append([])
        x = 0.0
        for word, gap in _words(paragraph, room_mm, size_pt, face):
            wide = sum(piece.width_mm for piece in word)
            if lines[-1] and x + gap + wide > room_mm:
                lines.append([])
                x = 0.0
            x += gap if lines[-1] else 0.0
            for piece in word:
                lines[-1].append((x, piece))
                x += piece.width_mm
    return _place(lines, size_pt, grey)


def extents(ink: Ink) -> Iterator[Extent]:
    """The rectangles that hold what is drawn: the four sides of a frame that is empty or only tinted."""
    match ink:
        case WordsInk():
            em = ink.size_pt * MM_IN_PT
            yield (
                ink.x_mm,
                ink.y_mm - _ASCENT * em,
                width_mm(ink.text, ink.face, ink.size_pt),
                (_ASCENT + _DESCENT) * em,
            )
        case FormulaInk():
            piece = _formula(ink.formula, ink.size_pt)
            height_mm = piece.ascent_mm + piece.descent_mm
            yield (ink.x_mm, ink.y_mm - piece.ascent_mm, piece.width_mm, height_mm)
        case LineInk():
            left, top = min(ink.x_mm, ink.to_x_mm), min(ink.y_mm, ink.to_y_mm)
            yield (left, top, abs(ink.to_x_mm - ink.x_mm), abs(ink.to_y_mm - ink.y_mm))
        case FrameInk() if ink.fill is None or ink.fill > _TINT:
            right, bottom = ink.x_mm + ink.width_mm, ink.y_mm + ink.height_mm
            yield from ((x, ink.y_mm, 0.0, ink.height_mm) for x in (ink.x_mm, right))
            yield from ((ink.x_mm, y, ink.width_mm, 0.0) for y in (ink.y_mm, bottom))
        case FrameInk() | PictureInk():
            yield (ink.x_mm, ink.y_mm, ink.width_mm, ink.height_mm)


def set_code(text: str, size_pt: float) -> SetText:
    """Code, its lines and spaces as they are."""
    ink: list[Ink] = []
    height = size_pt * MM_IN_PT * _LEADING
    lines = text.rstrip().split("\n")
    for number, line in enumerate(lines):
        ink.append(WordsInk(0.0, number * height + _ASCENT * size_pt * MM_IN_PT, line, "mono", size_pt))
    widest = max(width_mm(line, "mono", size_pt) for line in lines)
    return SetText(tuple(ink), widest, height * len(lines))


def _place(lines: list[list[tuple[float, Piece]]], size_pt: float, grey: float) -> SetText:
    em = size_pt * MM_IN_PT
    lead = (_LEADING - _ASCENT - _DESCENT) / 2 * em
    ink: list[Ink] = []
    y = widest = 0.0
    for line in lines:
        ascent = max([_ASCENT * em, *(piece.ascent_mm for _, piece in line)]) + lead
        descent = max([_DESCENT * em, *(piece.descent_mm for _, piece in line)]) + lead
        for x, piece in line:
            if piece.kind == "formula":
                ink.append(FormulaInk(x, y + ascent, piece.text, size_pt))
            else:
                ink.append(WordsInk(x, y + ascent, piece.text, piece.kind, size_pt, grey))
            widest = max(widest, x + piece.width_mm)
        y += ascent + descent
    return SetText(tuple(ink), widest, y)


def _words(text: str, room_mm: float, size_pt: float, face: Face) -> Iterator[tuple[list[Piece], float]]:
    """Each word as its pieces, with the gap before it; a word wider than the room comes in parts."""
    gap = width_mm(" ", face, size_pt)
    word: list[Piece] = []
    for part in _parts(text, size_pt, face):
        if part is None:
            if word:
                yield word, gap
            word = []
        elif part.width_mm > room_mm and part.kind != "formula":
            for piece in _broken(part, room_mm, size_pt):
                yield [*word, piece], gap
                word = []
        else:
            word.append(part)
    if word:
        yield word, gap


def _parts(text: str, size_pt: float, face: Face) -> Iterator[Piece | None]:
    """The pieces of a paragraph; None where there is a space."""
    for place, piece in enumerate(split_formulas(text)):
        if place % 2:
            yield _formula(piece, size_pt)
            continue
        for number, words in enumerate(_CODE.split(piece)):
            kind: Face = "mono" if number % 2 else face
            for token in re.findall(r"\s+|\S+", words):
                yield None if token.isspace() else _piece(token, kind, size_pt)


def _piece(text: str, face: Face, size_pt: float) -> Piece:
    em = size_pt * MM_IN_PT
    return Piece(face, text, width_mm(text, face, size_pt), _ASCENT * em, _DESCENT * em)


def _formula(formula: str, size_pt: float) -> Piece:
    shape, unit = outline(formula), size_pt * MM_IN_PT / EM
    return Piece("formula", formula, shape.width * unit, shape.ascent * unit, shape.descent * unit)


def _broken(part: Piece, room_mm: float, size_pt: float) -> Iterator[Piece]:
    if part.kind == "formula":
        raise TypeError("a formula is not broken")
    rest = part.text
    while rest:
        length = next(
            (n for n in range(len(rest), 1, -1) if width_mm(rest[:n], part.kind, size_pt) <= room_mm),
            1,
        )
        yield _piece(rest[:length], part.kind, size_pt)
        rest = rest[length:]
