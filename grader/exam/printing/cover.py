"""The head of a copy's first page: what exam it is, whose copy, how to answer, and how it is scored."""

from __future__ import annotations

from grader.exam.exam import Exam
from grader.exam.paper.sheet import BOX_LINE_MM, BOX_MM, STUDENT
from grader.exam.printing.blocks import (
    GREY,
    LINE_MM,
    SIZE_PT,
    SMALL_PT,
    Block,
    Draft,
    Setting,
    digit_rows,
)
from grader.exam.printing.ink import FrameInk, LineInk, WordsInk
from grader.exam.printing.rule_words import tell_rules
from grader.exam.printing.sheet_language import say_points
from grader.exam.printing.typesetting import set_words, width_mm
from grader.language import Reason, _, pgettext

TITLE_PT, HEAD_PT = 13.0, 10.0
RULES_PT = 8.0


def set_cover(exam: Exam, setting: Setting, *, digits: int) -> list[Block]:
    """The blocks before the first question; `digits` are those of the student's number, 0 on a copy with a name."""
    blocks = [_title(exam, setting), _signature(setting)]
    if digits:
        blocks += _number(setting, digits)
    blocks += _how_to_answer(setting)
    blocks.append(set_head(_("How it is scored"), setting))
    blocks += [set_paragraph(told, setting, RULES_PT, gap_mm=0.5) for told in tell_rules(exam)]
    if exam.intro is not None:
        blocks.append(set_paragraph(setting.say(exam.intro), setting, RULES_PT, gap_mm=1.0))
    return blocks


def set_head(words: str | Reason, setting: Setting) -> Block:
    """The title of a section, with a line below it."""
    draft = Draft()
    text = set_words(str(words), setting.room_mm, HEAD_PT, "bold")
    draft.words(text, 0.0, 3.0)
    y = 3.0 + text.height_mm + 0.6
    draft.ink.append(LineInk(0.0, y, setting.room_mm, y, 0.2, 0.5))
    return draft.done(y + 2.0)


def _title(exam: Exam, setting: Setting) -> Block:
    draft = Draft()
    title = set_words(setting.say(exam.title), setting.room_mm, TITLE_PT, "bold")
    draft.words(title, 0.0, 0.0)
    facts = (
        f"{exam.starts:%Y-%m-%d %H:%M}",
        str(_("{minutes} minutes", minutes=exam.minutes)),
        str(say_points(exam.points)),
    )
    below = set_words("  ·  ".join(facts), setting.room_mm, SIZE_PT, grey=0.3)
    draft.words(below, 0.0, title.height_mm + 0.8)
    return draft.done(title.height_mm + below.height_mm + 2.5)


def _signature(setting: Setting) -> Block:
    draft = Draft()
    label = str(_("Name and signature"))
    draft.ink.append(WordsInk(0.0, 6.0, label, "sans", SMALL_PT, GREY))
    draft.ink.append(LineInk(width_mm(label, "sans", SMALL_PT) + 3.0, 6.4, setting.room_mm, 6.4, 0.15, 0.5))
    return draft.done(8.5)


def _number(setting: Setting, digits: int) -> list[Block]:
    told = _("Write your number into the cells from above to below, and tick one digit in each row.")
    how = set_paragraph(told, setting, RULES_PT, gap_mm=0.5)
    rows = [(str(place), str(place + 1)) for place in range(digits)]
    return [set_head(_("Student number"), setting), how, digit_rows(STUDENT, rows, sign=False)]


def _how_to_answer(setting: Setting) -> list[Block]:
    """Three boxes as they are meant, which no scanner reads, and the words that go with them."""
    draft = Draft()
    x, y = 1.0, 0.6
    states = (
        ("ticked", _("ticked")),
        ("open", pgettext("a box", "not ticked")),
        ("cancelled", _("cancelled: filled completely")),
    )
    for state, meaning in states:
        words = str(meaning)
        draft.ink.append(FrameInk(x, y, BOX_MM, BOX_MM, BOX_LINE_MM))
        if state == "ticked":
            draft.ink += [
                LineInk(x + 0.7, y + 0.7, x + 3.5, y + 3.5, 0.5),
                LineInk(x + 0.7, y + 3.5, x + 3.5, y + 0.7, 0.5),
            ]
        elif state == "cancelled":
            draft.ink.append(FrameInk(x, y, BOX_MM, BOX_MM, fill=0.0))
        draft.ink.append(WordsInk(x + BOX_MM + 2.0, y + 3.2, words, "sans", 8.5))
        x += BOX_MM + 2.0 + width_mm(words, "sans", 8.5) + 10.0
    example = draft.done(LINE_MM + 2.6)
    more = _(
        "Tick a box with a cross, in dark ink or a soft pencil. To take a tick back, fill its box completely, and tick "
        "another one. Do not write on the black squares at the corners and the codes between them."
    )
    return [set_head(_("How to answer"), setting), example, set_paragraph(more, setting, RULES_PT, gap_mm=0.5)]


def set_paragraph(words: str | Reason, setting: Setting, size_pt: float, *, gap_mm: float) -> Block:
    """Words over the whole width."""
    text = set_words(str(words), setting.room_mm, size_pt)
    return Block(text.height_mm + gap_mm, text.ink)
