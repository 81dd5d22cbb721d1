"""Blocks stacked on pages, and round them what every page has: marks, its code, whose copy it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from grader.errors import UserError
from grader.exam.exam import Exam
from grader.exam.paper.identity import MOST_PAGES, Identity, encode
from grader.exam.paper.sheet import (
    BOTTOM_MM,
    CELL_HEIGHT_MM,
    CELL_WIDTH_MM,
    MARGIN_MM,
    MARK_INSET_MM,
    MARK_MM,
    SIZES_MM,
    TOP_MM,
    Area,
    Copy,
    Page,
    Print,
    code_origins_mm,
    mark_corners_mm,
)
from grader.exam.printing.arranging import ArrangedSection, arrange
from grader.exam.printing.blocks import GREY, SIZE_PT, SMALL_PT, Block, Setting, set_question
from grader.exam.printing.cover import set_cover, set_head, set_paragraph
from grader.exam.printing.ink import FrameInk, Ink, WordsInk
from grader.exam.printing.rule_words import tell_own_rule
from grader.exam.printing.sheet_language import sheet_language
from grader.exam.printing.typesetting import Extent, extents, width_mm
from grader.language import _

QUESTION_GAP_MM = 4.0
WORD_GAP_MM = 2.0
"""Words of a line are no further apart."""


@dataclass(frozen=True)
class Composed:
    """A page, with what is drawn on it below its head."""

    page: Page
    ink: tuple[Ink, ...]


def compose(exam: Exam, copy: Copy, *, paper: str, language: str, digits: int, folder: Path) -> tuple[Composed, ...]:
    """The pages of a copy, from the exam and the copy's seed alone: the same whenever it is asked for."""
    width, height = SIZES_MM["letter" if paper == "letter" else "a4"]
    room_mm = height - TOP_MM - BOTTOM_MM
    setting = Setting(language, folder, width - 2 * MARGIN_MM)
    with sheet_language(language):
        groups = [set_cover(exam, setting, digits=digits if copy.student is None else 0)]
        for section in arrange(exam, copy.seed):
            groups += _groups_of(section, exam, setting)
    pages: list[list[Block]] = [[]]
    y = 0.0
    for group in groups:
        whole = sum(block.height_mm for block in group)
        if y and y + whole > room_mm and (whole <= room_mm or y > room_mm / 2):
            pages.append([])
            y = 0.0
        for block in group:
            if y and y + block.height_mm > room_mm:
                pages.append([])
                y = 0.0
            pages[-1].append(block.moved(MARGIN_MM, TOP_MM + y))
            y += block.height_mm
        y += QUESTION_GAP_MM
    if len(pages) > MOST_PAGES:
        raise UserError(f"a copy has {len(pages)} pages; {MOST_PAGES} can be distinguished", remedy="Split the exam.")
    return tuple(_as_page(number, blocks) for number, blocks in enumerate(pages, start=1))


def _groups_of(section: ArrangedSection, exam: Exam, setting: Setting) -> Iterator[list[Block]]:
    """What is kept together: each question, and the section's title with the first of them."""
    head = [set_head(setting.say(section.section.title), setting)]
    if section.section.intro is not None:
        head.append(set_paragraph(setting.say(section.section.intro), setting, SIZE_PT, gap_mm=2.0))
    for arranged in section.questions:
        rule = tell_own_rule(arranged.question, exam)
        yield head + set_question(arranged, setting, rule)
        head = []


def _as_page(number: int, blocks: Sequence[Block]) -> Composed:
    page = Page(
        number=number,
        boxes=tuple(box for block in blocks for box in block.boxes),
        fields=tuple(field for block in blocks for field in block.fields),
        areas=tuple(_area(question, list(own)) for question, own in groupby(blocks, _question_of) if question),
    )
    return Composed(page, tuple(ink for block in blocks for ink in block.ink))


def _question_of(block: Block) -> str:
    return block.question


def _area(question: str, blocks: Sequence[Block]) -> Area:
    boxes = {(box.x_mm, box.y_mm) for block in blocks for box in block.boxes}
    ink = [one for block in blocks for one in block.ink]
    printed = [
        extent
        for one in ink
        if not (isinstance(one, FrameInk) and (one.x_mm, one.y_mm) in boxes)
        for extent in extents(one)
    ]
    return Area(
        question=question,
        top_mm=round(blocks[0].top_mm, 1),
        bottom_mm=round(blocks[-1].top_mm + blocks[-1].height_mm, 1),
        printed=tuple(_joined(printed)),
    )


def _joined(extents: Sequence[Extent]) -> Iterator[Extent]:
    """Those of one line as one: words stand apart by less than anybody writes between them."""
    lines: dict[tuple[float, float], list[Extent]] = {}
    for extent in extents:
        lines.setdefault((round(extent[1], 1), round(extent[3], 1)), []).append(extent)
    for (top, height), line in lines.items():
        begin, end = None, 0.0
        for left, _top, width, _height in sorted(line):
            if begin is not None and left - end > WORD_GAP_MM:
                yield (round(begin, 1), top, round(end - begin, 1), height)
                begin = None
            begin, end = left if begin is None else begin, max(end, left + width) if begin is not None else left + width
        if begin is not None:
            yield (round(begin, 1), top, round(end - begin, 1), height)


def frame_page(print_: Print, copy: Copy, number: int) -> tuple[Ink, ...]:
    """What every page has round it: ArUco marks are drawn with it, from `mark_corners_mm`."""
    width, _height = SIZES_MM[print_.paper]
    identity = Identity(print_.id, copy.number, number)
    ink: list[Ink] = []
    cells = encode(identity)
    for left, top in code_origins_mm(print_.paper):
        ink += [
            FrameInk(left + column * CELL_WIDTH_MM, top + row * CELL_HEIGHT_MM, CELL_WIDTH_MM, CELL_HEIGHT_MM, fill=0.0)
            for row, column in zip(*cells.nonzero(), strict=True)
        ]
    beside = MARK_INSET_MM + MARK_MM + 3.0
    whose = copy.name or copy.student or ""
    with sheet_language(print_.language):
        copies = str(_("copy {number}", number=copy.number))
        pages = str(_("page {number} of {total}", number=number, total=len(copy.pages)))
    ink.append(WordsInk(beside, 12.0, _fitted(whose, 48.0), "bold", 9.0))
    ink.append(WordsInk(beside, 15.8, copies, "sans", SMALL_PT, GREY))
    right = width - beside
    ink.append(WordsInk(right - width_mm(pages, "bold", 9.0), 12.0, pages, "bold", 9.0))
    ink.append(WordsInk(right - width_mm(str(identity), "mono", 6.5), 15.8, str(identity), "mono", 6.5, GREY))
    return tuple(ink)


def _fitted(words: str, room_mm: float) -> str:
    """The words, cut where they would run into the page's code."""
    while width_mm(words, "bold", 9.0) > room_mm:
        words = words.rstrip("…")[:-1] + "…"
    return words


def mark_origins_mm(print_: Print) -> list[tuple[float, float]]:
    """The upper left corner of each registration mark, clockwise from the upper left one."""
    return [(float(corners[0, 0]), float(corners[0, 1])) for corners in mark_corners_mm(print_.paper)]
