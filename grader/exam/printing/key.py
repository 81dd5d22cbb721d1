"""The instructor's key: the right answers of every copy, in the copy's own numbers and letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.exam.paper.sheet import MARGIN_MM, SIZES_MM, Copy, Print
from grader.exam.printing.arranging import Arranged, arrange
from grader.exam.printing.blocks import GREY, SMALL_PT, Block, Draft, Setting
from grader.exam.printing.cover import set_head
from grader.exam.printing.drawing import PdfDrawing
from grader.exam.printing.ink import WordsInk
from grader.exam.printing.sheet_language import say_points, sheet_language
from grader.exam.printing.typesetting import set_words, width_mm
from grader.language import _, join

COLUMNS = 3
ROW_MM = 4.0
EDGE_MM = 18.0


def draw_key(print_: Print) -> bytes:
    """A PDF with the right answers of each copy, and first the criteria that correctors tick points for."""
    width, height = SIZES_MM[print_.paper]
    setting = Setting(print_.language, Path(), width - 2 * MARGIN_MM)
    with sheet_language(print_.language):
        title = str(join([_("Key"), print_.exam.title.say(print_.language), print_.id], " · "))
        blocks = [set_head(title, setting), *_criteria(print_, setting)]
        for copy in print_.copies:
            whose = join([_("copy {number}", number=copy.number), copy.name or copy.student or ""], " · ")
            blocks += [set_head(whose, setting), *_answers(print_, copy, setting)]
    drawing = PdfDrawing(width, height, title)
    page: list[Block] = []
    y = EDGE_MM
    for block in blocks:
        if y + block.height_mm > height - EDGE_MM:
            drawing.page([ink for one in page for ink in one.ink])
            page, y = [], EDGE_MM
        page.append(block.moved(MARGIN_MM, y))
        y += block.height_mm
    drawing.page([ink for one in page for ink in one.ink])
    return drawing.done()


def right_answer(arranged: Arranged, setting: Setting) -> str:
    """What a student had to tick or write, as it stands on the copy."""
    told = arranged.question.part.key(arranged.order, arranged.partners, setting.language)
    return told if told is not None else str(_("a person reads it"))


def _criteria(print_: Print, setting: Setting) -> Iterator[Block]:
    """What the numbers beside the corrector's boxes stand for."""
    for question in print_.exam.questions:
        for number, (name, step) in enumerate(question.part.graded_steps.items(), start=1):
            points = say_points(step.points)
            told = f"{question.id} {number} ({name}, {points}): {setting.say(step.says)}"
            text = set_words(told, setting.room_mm, SMALL_PT)
            yield Block(text.height_mm + 0.5, text.ink)


def _answers(print_: Print, copy: Copy, setting: Setting) -> Iterator[Block]:
    """The copy's answers in columns, read downwards."""
    asked = [one for section in arrange(print_.exam, copy.seed) for one in section.questions]
    rows = -(-len(asked) // COLUMNS)
    wide = setting.room_mm / COLUMNS
    for row in range(rows):
        draft = Draft()
        for column, arranged in enumerate(asked[row::rows]):
            x = column * wide
            draft.ink.append(WordsInk(x, 2.8, f"{arranged.number}.", "bold", SMALL_PT))
            told = _fitted(right_answer(arranged, setting), wide - 8.0)
            draft.ink.append(WordsInk(x + 6.0, 2.8, told, "sans", SMALL_PT))
            after = x + 6.0 + width_mm(told, "sans", SMALL_PT) + 2.0
            if after + width_mm(arranged.question.id, "sans", 6.0) < x + wide - 2.0:
                draft.ink.append(WordsInk(after, 2.8, arranged.question.id, "sans", 6.0, GREY))
        yield draft.done(ROW_MM)


def _fitted(words: str, room_mm: float) -> str:
    while width_mm(words, "sans", SMALL_PT) > room_mm:
        words = words.rstrip("…")[:-1] + "…"
    return words
