"""Reads a copy from all scans of its sheets: the best scan of each page says how the person ticks, others are fused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.exam.paper.readings import BoxReading, Sheet, SheetScan
from grader.exam.paper.sheet import STUDENT, Copy, Print
from grader.exam.scanning.hand import KNOWN
from grader.exam.scanning.joined_boxes import CLEAR_COVER, CLEAR_PEAK
from grader.exam.scanning.page_quality import PALE
from grader.exam.scanning.states import decide_states, gather
from grader.language import NOTHING, Reason, _

SEVERAL = 3
"""Boxes in which two scans of a sheet differ, from which on somebody else may have written the second."""
LEAST_ANSWERED = 0.6
"""Of the questions of a copy: where fewer have a mark, the pen may have left no trace that this scanner sees."""
LEAST_QUESTIONS = 10
"""Of fewer questions a share says little."""
FADING = 0.3
"""The spread of the logarithms of darkness: a pen's ticks differ by a tenth, unless some have lost half of theirs."""

_DIFFER = _("Scans of this sheet differ: it has a mark in {some}, and another or none in {other}.")

Readings = Mapping[int, Sequence[BoxReading]]


def read_copy(print_: Print, copy: Copy, scans: Mapping[int, Sequence[SheetScan]]) -> dict[int, Sheet]:
    """page -> the sheet as it was read, from all scans of the pages that came; the same in whatever order they came."""
    ordered = {number: sorted(own, key=rank) for number, own in sorted(scans.items())}
    best = {number: own[0] for number, own in ordered.items()}
    readings, faded = _judge(print_, copy, best)
    sheets = {}
    for number, own in ordered.items():
        versions = [readings[number]]
        versions += [_judge(print_, copy, {**best, number: other})[0][number] for other in own[1:]]
        boxes = tuple(_fuse(own, place, [version[place] for version in versions]) for place in range(len(versions[0])))
        sheets[number] = _sheet(own, boxes, faded)
    return _with_few_answers(print_, copy, sheets)


def differs(reading: BoxReading) -> bool:
    """Whether scans contradict each other in a box."""
    return reading.because.text == _DIFFER.text


def shows_pale(scan: SheetScan) -> bool:
    """Whether a pale tick would be seen in a scan."""
    return scan.quality.tones == "grey" and scan.quality.faintest <= PALE


def rank(scan: SheetScan) -> tuple[bool, bool, float, str]:
    """The best scan comes first; the hash decides between equals, so that the order in which they came does not."""
    return not shows_pale(scan), scan.quality.tones != "grey", scan.quality.faintest, scan.sha256


def _judge(print_: Print, copy: Copy, scans: Mapping[int, SheetScan]) -> tuple[Readings, set[str]]:
    """How the boxes of these pages were left, each in its page's order: the student's, and those of who corrects.

    And the questions of whose pen may fade where a scan shows no pale ticks: its ticks differ much, or are few.
    """
    several = {question.id for question in print_.exam.questions if question.part.several_in_row}
    corrected = {question.id for question in print_.exam.questions if question.part.by_corrector}
    pages = {page.number: (page.boxes, scans[page.number]) for page in copy.pages if page.number in scans}
    questions = {box.question for boxes, _ in pages.values() for box in boxes}
    read: dict[str, BoxReading] = {}
    faded: set[str] = set()
    for own in (questions - corrected, questions & corrected):
        filled = gather(pages, {question: question not in several for question in own})
        if filled is not None:
            told, hand = decide_states(filled)
            read |= {reading.box: reading for reading in told}
            faded |= own if hand.known < KNOWN or hand.strength_spread > FADING else set()
    return {number: [read[box.id] for box in boxes] for number, (boxes, _) in pages.items()}, faded


def _fuse(scans: Sequence[SheetScan], place: int, readings: Sequence[BoxReading]) -> BoxReading:
    """One box from several scans: what is sure in one of them counts, and where they contradict each other a person."""
    pairs = list(zip(scans, readings, strict=True))
    sure = [(scan, one) for scan, one in pairs if one.state != "unsure" and (one.state != "empty" or shows_pale(scan))]
    ink = [(scan, one) for scan, one in pairs if _has_ink(scan, place)]
    without = [(scan, one) for scan, one in sure if one.state == "empty"]
    if (ink and without) or len({one.state == "marked" for _, one in sure}) == 2:
        with_ink = sorted({scan.source for scan, one in (*ink, *sure) if one.state != "empty"})
        empty = sorted({scan.source for scan, one in sure if one.state == "empty"})
        told = {"some": ", ".join(with_ink[:1]), "other": ", ".join((empty or with_ink[1:])[:1])}
        because = replace(_DIFFER, values=told)
        update = {"state": "unsure", "confidence": 0.0, "because": because}
        return readings[0].model_copy(update=update)
    return sure[0][1] if sure else readings[0]


def _has_ink(scan: SheetScan, place: int) -> bool:
    """Whether a box clearly has a mark of some kind, whatever it means."""
    return scan.measures["peak"][place] >= CLEAR_PEAK and scan.measures["cover"][place] >= CLEAR_COVER


def _sheet(scans: Sequence[SheetScan], boxes: tuple[BoxReading, ...], faded: set[str]) -> Sheet:
    first = scans[0]
    telling = [scan for scan in scans if shows_pale(scan)] or list(scans)
    blank = set(telling[0].blank_fields).intersection(*(scan.blank_fields for scan in scans))
    beside = {question for scan in scans for question in scan.written_beside}
    return Sheet(
        print_id=first.print_id,
        copy_number=first.copy_number,
        page=first.page,
        source=first.source,
        sha256=first.sha256,
        boxes=boxes,
        blank_fields=tuple(sorted(blank)),
        written_beside=tuple(sorted(beside)),
        waits=NOTHING if shows_pale(first) else _say_poor(first),
        faded=() if shows_pale(first) else tuple(sorted(faded & {reading.box.split(".")[0] for reading in boxes})),
    )


def _say_poor(scan: SheetScan) -> Reason:
    remedy = _("Scan it again in grey or colour, or look at it yourself.")
    match scan.quality.tones:
        case "black-and-white":
            return _("This scan is black-and-white: a pale tick would not be seen.") + remedy
        case "clipped":
            return _("This scan shows paper as pure white: a pale tick would not be seen.") + remedy
    return _("This scan is blurred or noisy: a pale tick would not be seen.") + remedy


def _with_few_answers(print_: Print, copy: Copy, sheets: dict[int, Sheet]) -> dict[int, Sheet]:
    """The sheets; where few questions of the copy have a mark, a person looks at each page that has others."""
    corrected = {question.id for question in print_.exam.questions if question.part.by_corrector} | {STUDENT}
    marked: dict[str, bool] = {}
    for page in copy.pages:
        if page.number in sheets:
            for box, reading in zip(page.boxes, sheets[page.number].boxes, strict=True):
                if box.question not in corrected:
                    marked[box.question] = marked.get(box.question, False) or reading.state in ("marked", "unsure")
    if len(marked) < LEAST_QUESTIONS or sum(marked.values()) >= LEAST_ANSWERED * len(marked):
        return sheets
    told = _(
        "Only {some} of {all} questions of this copy have a mark: were the others left empty, or did the pen leave no "
        "trace that the scanner sees?",
        some=sum(marked.values()),
        all=len(marked),
    )
    return {
        number: sheet if sheet.waits else sheet.model_copy(update={"waits": told}) for number, sheet in sheets.items()
    }
