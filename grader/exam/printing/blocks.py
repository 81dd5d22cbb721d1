"""Questions as blocks: pieces of a page, each drawn from its own upper left corner, which are then stacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from grader.errors import UserError
from grader.exam.kinds.cells import NONE
from grader.exam.kinds.paper_parts import (
    LETTERS,
    CorrectorRows,
    DigitRows,
    LetteredList,
    LetteredOptions,
    PaperPart,
    SmallPrint,
    TickGrid,
    WritingPlace,
)
from grader.exam.paper.sheet import BOX_LINE_MM, BOX_MM, Box, Field
from grader.exam.printing.arranging import Arranged
from grader.exam.printing.ink import Face, FrameInk, Ink, LineInk, PictureInk, WordsInk, move
from grader.exam.printing.sheet_language import say_points
from grader.exam.printing.typesetting import MM_IN_PT, SetText, set_code, set_words, width_mm
from grader.exam.questions import Picture
from grader.exam.wording import LocalizedText
from grader.language import Reason, _, write_decimals

SIZE_PT = 9.5
SMALL_PT = 7.5
LINE_MM = SIZE_PT * MM_IN_PT * 1.28
INDENT_MM = 8.0
"""Where a question's words begin; its number stands before them."""
BOX_X_MM = 9.0
ROW_GAP_MM = 2.7
"""Between two rows of boxes: a stroke may leave its box by this much."""
COLUMN_MM = 8.4
"""From one box of a row to the next."""
GREY = 0.45
WRITING_MM: Mapping[str, float] = {"line": 10.0, "exercise": 78.0}
"""The height of a place to write in."""
COLUMN_WORDS_MM = 11.0
"""The same where the columns are named by words."""


@dataclass(frozen=True)
class Block:
    """A piece of a page that is not broken."""

    height_mm: float
    ink: tuple[Ink, ...] = ()
    boxes: tuple[Box, ...] = ()
    fields: tuple[Field, ...] = ()
    question: str = ""
    """Of which it is a part; empty for what belongs to none."""
    top_mm: float = 0.0

    def moved(self, x_mm: float, y_mm: float) -> Block:
        """The same, further to the right and further down."""
        return Block(
            self.height_mm,
            tuple(move(ink, x_mm, y_mm) for ink in self.ink),
            tuple(box.model_copy(update={"x_mm": box.x_mm + x_mm, "y_mm": box.y_mm + y_mm}) for box in self.boxes),
            tuple(one.model_copy(update={"x_mm": one.x_mm + x_mm, "y_mm": one.y_mm + y_mm}) for one in self.fields),
            self.question,
            self.top_mm + y_mm,
        )


@dataclass
class Draft:
    """A block while it is being put together."""

    ink: list[Ink] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)

    def words(self, text: SetText, x_mm: float, y_mm: float) -> None:
        self.ink += [move(ink, x_mm, y_mm) for ink in text.ink]

    def label(self, text: str, x_mm: float, y_mm: float, *, bold: bool = False, size_pt: float = SMALL_PT) -> None:
        """A few words round the point, which is the middle of their baseline."""
        face: Face = "bold" if bold else "sans"
        wide = width_mm(text, face, size_pt)
        self.ink.append(WordsInk(x_mm - wide / 2, y_mm, text, face, size_pt, 0.0 if bold else GREY))

    def box(self, question: str, part: str, value: str, x_mm: float, y_mm: float) -> None:
        # As it is typed in a shell: the one value with a space in it is written in capitals.
        id = ".".join(piece for piece in (question, part, "NONE" if value == NONE else value) if piece)
        self.boxes.append(Box(id=id, question=question, part=part, value=value, x_mm=x_mm, y_mm=y_mm))
        self.ink.append(FrameInk(x_mm, y_mm, BOX_MM, BOX_MM, BOX_LINE_MM))

    def done(self, height_mm: float) -> Block:
        return Block(height_mm, tuple(self.ink), tuple(self.boxes), tuple(self.fields))


@dataclass(frozen=True)
class Setting:
    """What the blocks of a copy have in common."""

    language: str
    folder: Path
    """Where the exam's pictures are."""
    room_mm: float

    def say(self, text: LocalizedText) -> str:
        return text.say(self.language)


def set_question(arranged: Arranged, setting: Setting, rule: str) -> list[Block]:
    """A question's blocks, from its words to the last of its boxes."""
    asked = arranged.question
    try:
        blocks = _stem(arranged, setting, rule)
        for part in asked.part.print_parts(arranged.order, arranged.partners, setting.language):
            blocks += _set_part(part, asked.id, setting)
    except ValueError as error:
        raise UserError(f"`{asked.id}` cannot be set: {error}", remedy="Fix its words in exam.yaml.") from error
    return [replace(block, question=asked.id) for block in blocks]


# ---- what all questions have ----------------------------------------------------------------------------------------


def _stem(arranged: Arranged, setting: Setting, rule: str) -> list[Block]:
    asked, draft = arranged.question, Draft()
    told = str(say_points(asked.points))
    wide = width_mm(told, "sans", SMALL_PT)
    baseline = 0.76 * SIZE_PT * MM_IN_PT + 0.14 * SIZE_PT * MM_IN_PT
    draft.ink.append(WordsInk(0.0, baseline, f"{arranged.number}.", "bold", SIZE_PT))
    draft.ink.append(WordsInk(setting.room_mm - wide, baseline, told, "sans", SMALL_PT, GREY))
    asks = set_words(setting.say(asked.asks), setting.room_mm - INDENT_MM - wide - 6.0, SIZE_PT)
    draft.words(asks, INDENT_MM, 0.0)
    y = asks.height_mm
    for words in (str(asked.part.words.hint), rule):
        if words:
            text = set_words(words, setting.room_mm - INDENT_MM, SMALL_PT, grey=GREY)
            draft.words(text, INDENT_MM, y)
            y += text.height_mm
    if asked.code is not None:
        code = set_code(asked.code, 8.0)
        draft.ink.append(FrameInk(INDENT_MM, y + 1.0, setting.room_mm - INDENT_MM, code.height_mm + 2.4, fill=0.95))
        draft.words(code, INDENT_MM + 2.0, y + 2.2)
        y += code.height_mm + 4.0
    blocks = [draft.done(y + 1.0)]
    if asked.picture is not None:
        blocks.append(_picture(asked.picture, setting))
    return blocks


def _picture(picture: Picture, setting: Setting) -> Block:
    path = setting.folder / picture.file
    try:
        with Image.open(path) as image:
            width, height = image.size
    except OSError as error:
        remedy = "Put the picture there; PNG and JPEG will do."
        raise UserError("the picture of a question cannot be read", where=str(path), remedy=remedy) from error
    wide = min(picture.width_mm, setting.room_mm - INDENT_MM)
    tall = wide * height / width
    return Block(tall + 3.0, (PictureInk(INDENT_MM, 1.0, wide, tall, path),))


def writing_field(question: str, setting: Setting, height_mm: float) -> Block:
    """A place to write in."""
    draft = Draft()
    x, wide = INDENT_MM, setting.room_mm - INDENT_MM
    draft.fields.append(Field(question=question, x_mm=x, y_mm=1.0, width_mm=wide, height_mm=height_mm))
    draft.ink.append(FrameInk(x, 1.0, wide, height_mm, line_mm=0.15, grey=0.6))
    draft.ink.append(WordsInk(x + 1.5, 4.0, str(_("Answer")), "sans", 6.0, 0.55))
    return draft.done(height_mm + 3.0)


def _row(question: str, boxes: Sequence[tuple[str, str, float]], words: SetText, x_mm: float, lead: str = "") -> Block:
    """Boxes, as (part, value, x), and words beside them, the first line at the boxes' height."""
    draft = Draft()
    top = ROW_GAP_MM / 2
    for part, value, box_x in boxes:
        draft.box(question, part, value, box_x, top + (LINE_MM - BOX_MM) / 2)
    if lead:
        draft.ink.append(WordsInk(x_mm - 5.0, top + 0.9 * SIZE_PT * MM_IN_PT, lead, "bold", 8.5, 0.2))
    draft.words(words, x_mm, top)
    return draft.done(max(words.height_mm, BOX_MM) + ROW_GAP_MM)


# ---- what a kind has below its words --------------------------------------------------------------------------------


def _set_part(part: PaperPart, question: str, setting: Setting) -> list[Block]:
    match part:
        case LetteredOptions():
            return _options(part, question, setting)
        case LetteredList():
            return _list(part, setting)
        case TickGrid():
            return _grid(part, question, setting)
        case DigitRows():
            return [_digits(part, question, setting)]
        case WritingPlace():
            return [writing_field(question, setting, WRITING_MM[part.size])]
        case CorrectorRows():
            return _corrector(part, question, setting)
        case SmallPrint():
            return [_small(part.words, setting, 2.0)]


def _options(part: LetteredOptions, question: str, setting: Setting) -> list[Block]:
    x = BOX_X_MM + 12.0
    return [
        _row(question, [("", name, BOX_X_MM)], set_words(text, setting.room_mm - x, SIZE_PT), x, letter)
        for (name, text), letter in zip(part.options, LETTERS, strict=False)
    ]


def _list(part: LetteredList, setting: Setting) -> list[Block]:
    x, blocks = BOX_X_MM + 6.0, []
    for words, letter in zip(part.texts, LETTERS, strict=False):
        draft = Draft()
        text = set_words(words, setting.room_mm - x, SIZE_PT)
        draft.ink.append(WordsInk(BOX_X_MM, 0.9 * SIZE_PT * MM_IN_PT, letter, "bold", 8.5, 0.2))
        draft.words(text, x, 0.0)
        blocks.append(draft.done(text.height_mm + 0.6))
    return blocks


def _grid(part: TickGrid, question: str, setting: Setting) -> list[Block]:
    """The columns' names, then a row of boxes for each part."""
    bold = part.named_by == "letters"
    step, gap = (COLUMN_MM, 0.0) if bold else (COLUMN_WORDS_MM, 1.0)
    head = Draft()
    for column, (_value, text) in enumerate(part.columns):
        head.label(str(text), BOX_X_MM + column * step + BOX_MM / 2, 3.4, bold=bold)
    blocks, x = [head.done(3.6)], BOX_X_MM + len(part.columns) * step + gap
    for name, words in part.rows:
        boxes = [(name, value, BOX_X_MM + n * step) for n, (value, _text) in enumerate(part.columns)]
        blocks.append(_row(question, boxes, set_words(words, setting.room_mm - x, SIZE_PT), x))
    return blocks


def _small(words: Reason, setting: Setting, gap_mm: float) -> Block:
    text = set_words(str(words), setting.room_mm - INDENT_MM, SMALL_PT, grey=GREY)
    return Block(text.height_mm + gap_mm, tuple(move(ink, INDENT_MM, 0.0) for ink in text.ink))


def _digits(part: DigitRows, question: str, setting: Setting) -> Block:
    hint = _small(part.how, setting, 0.0)
    grid = digit_rows(question, part.rows, sign=part.sign).moved(0.0, hint.height_mm)
    return Block(grid.height_mm + hint.height_mm, hint.ink + grid.ink, grid.boxes)


def digit_rows(question: str, rows: Sequence[tuple[str, str]], *, sign: bool) -> Block:
    """Rows of ten boxes, each with a cell to write the digit in, as (part, label); `sign` adds a box for minus."""
    draft, pitch = Draft(), BOX_MM + ROW_GAP_MM
    cell_x, x = BOX_X_MM + 14.0, BOX_X_MM + 26.0
    y = 1.0
    if sign:
        draft.box(question, "sign", "-", x, y)
        draft.ink.append(WordsInk(x + BOX_MM + 2.0, y + 3.4, "−", "bold", SIZE_PT))
        y += pitch
    for digit in range(10):
        draft.label(str(digit), x + digit * COLUMN_MM + BOX_MM / 2, y + 1.8, bold=True)
    y += 3.5
    for part, label in rows:
        wide = width_mm(label, "sans", SMALL_PT)
        draft.ink.append(WordsInk(cell_x - 2.0 - wide, y + 3.2, label, "sans", SMALL_PT, GREY))
        draft.ink.append(FrameInk(cell_x, y - 0.7, 7.0, BOX_MM + 1.4, line_mm=0.15, grey=0.6))
        for digit in range(10):
            draft.box(question, part, str(digit), x + digit * COLUMN_MM, y)
        y += pitch
    return draft.done(y)


def _corrector(part: CorrectorRows, question: str, setting: Setting) -> list[Block]:
    """Boxes for the points of each criterion, which the corrector ticks before the scan."""
    head = Draft()
    head.ink.append(LineInk(INDENT_MM, 1.0, setting.room_mm, 1.0, 0.15, 0.6))
    head.ink.append(WordsInk(INDENT_MM, 4.4, str(part.how), "sans", SMALL_PT, GREY))
    blocks = [head.done(5.0)]
    for number, (name, _words, offered) in enumerate(part.rows, start=1):
        draft = Draft()
        draft.ink.append(WordsInk(BOX_X_MM, 4.4, f"{number}", "bold", 8.5, 0.2))
        for column, points in enumerate(offered):
            x = BOX_X_MM + 7.0 + column * 13.0
            draft.box(question, name, points, x, 1.0)
            draft.ink.append(WordsInk(x + BOX_MM + 2.0, 4.3, write_decimals(points), "sans", SMALL_PT, GREY))
        blocks.append(draft.done(BOX_MM + ROW_GAP_MM))
    return blocks
