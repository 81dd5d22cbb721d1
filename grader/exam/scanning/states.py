"""Decides what was meant by each box of a copy: empty, marked, cancelled, or unsure, which a person has to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.readings import BoxReading, SheetScan, State
from grader.exam.paper.sheet import Box
from grader.exam.scanning.hand import KNOWN, Hand, HandMarks, Judged, judge_marks, rows_of
from grader.exam.scanning.registration import PX_PER_MM
from grader.language import NOTHING, Reason, _

SURE = 0.99
"""A state is sure from this probability on. Boxes are far apart: on simulated copies, measured in `make bench`, those
above it are right more often than it says."""
LEAST_SIDES = 3
"""Of the outline of an empty box: with fewer it may be another place of the sheet. A mark may hide any of them."""
LEAST_COVER, LEAST_CORE, LEAST_SPAN = 0.06, 0.06, 0.45
"""Whoever's it is, a tick covers so much of the inside and of its middle, and reaches so far across it."""
LEAST_PEAK, MOST_COVER, LEAST_HOLE_MM = 0.34, 0.78, 0.2
"""Of a tick whose hand is not known: how dark it is, how much it covers, and the hole that it leaves."""
LEAST_BESIDE = 0.07
"""Less ink outside a side of a box is dirt."""
STROKE_MM = 13.0
"""A stroke does not reach a box whose middle is further from that of its own."""
PASSING = 20.0
"""A mark that a stroke joins with one that has more ink is a tick of its own so many times less probably."""
_HEAVY = 0.15
"""The logarithm of ink from which on a mark has more than others."""
_TOWARDS = np.array([(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)])
"""Left, right, up, down, as (x, y)."""


@dataclass(frozen=True)
class FilledBoxes:
    """The boxes of a copy that one person has filled in, on the pages that came."""

    boxes: tuple[Box, ...]
    exclusive: tuple[bool, ...]
    """Whether a box's row has room for one tick only."""
    pages: NDArray[np.int_]
    measured: Mapping[str, NDArray[np.float64]]
    """Name of what was measured -> its value for each box."""
    joined: tuple[tuple[int, int], ...]
    """Pairs of boxes that a stroke joins."""


def gather(pages: Mapping[int, tuple[Sequence[Box], SheetScan]], chosen: Mapping[str, bool]) -> FilledBoxes | None:
    """The boxes of some questions on all pages; `chosen` says of each question whether its rows have room for one."""
    boxes: list[Box] = []
    numbers: list[int] = []
    columns: dict[str, list[float]] = {}
    joined: list[tuple[int, int]] = []
    for number, (own, scan) in pages.items():
        kept = [place for place, box in enumerate(own) if box.question in chosen]
        new = {place: len(boxes) + count for count, place in enumerate(kept)}
        joined += [(new[one], new[other]) for one, other in scan.joined if one in new and other in new]
        for name, values in scan.measures.items():
            columns.setdefault(name, []).extend(values[place] for place in kept)
        boxes += [own[place] for place in kept]
        numbers += [number] * len(kept)
    if not boxes:
        return None
    measured = {name: np.array(values, np.float64) for name, values in columns.items()}
    exclusive = tuple(chosen[box.question] for box in boxes)
    return FilledBoxes(tuple(boxes), exclusive, np.array(numbers), measured, tuple(joined))


def decide_states(filled: FilledBoxes) -> tuple[tuple[BoxReading, ...], Hand]:
    """The state of each box, from what was measured of it, of its row, and of all that the person has ticked.

    Parameters
    ----------
    filled : FilledBoxes

    Returns
    -------
    readings : tuple of BoxReading
        In the boxes' order.
    hand : Hand
        How the person ticks.
    """
    told = filled.measured
    rows = rows_of([(box.question, box.part) for box in filled.boxes])
    exclusive = np.array(filled.exclusive)
    marks = HandMarks(told["trace"], told["wash"], told["hole"], filled.pages, rows, exclusive)
    judged = judge_marks(marks)
    probability = _with_joined(judged.tick, filled)
    readings = [
        _read_one(box.id, place, told, judged, float(probability[place])) for place, box in enumerate(filled.boxes)
    ]
    for place, because in _passing(filled, readings):
        if readings[place].state == "unsure":
            readings[place] = _unsure(readings[place], because)
    for place, because in _unanswered(rows, readings, judged):
        readings[place] = _unsure(readings[place], because)
    for place in _missed(filled, readings, rows):
        readings[place] = _unsure(readings[place], _("It is empty, but there is ink beside it: was it meant?"))
    return tuple(readings), judged.hand


def _with_joined(probability: NDArray[np.float64], filled: FilledBoxes) -> NDArray[np.float64]:
    """The probabilities, less for marks through which the stroke of a neighbour may only pass."""
    less = probability.copy()
    for one, other in filled.joined:
        if filled.pages[one] == filled.pages[other]:
            place = _lesser(filled, one, other)
            less[place] = less[place] / (less[place] + PASSING * (1 - less[place]))
    return less


def _lesser(filled: FilledBoxes, one: int, other: int) -> int:
    return one if filled.measured["wash"][one] < filled.measured["wash"][other] else other


def _read_one(
    box: str, place: int, told: Mapping[str, NDArray[np.float64]], judged: Judged, probability: float
) -> BoxReading:
    state: State = "unsure"
    because = NOTHING
    if not told["seen"][place]:
        because = _("It is outside the picture.")
    elif told["sides"][place] < LEAST_SIDES and not judged.visible[place]:
        because = _("Its outline was not found.")
    elif probability >= SURE:
        because = _say_unlike(place, told, known=judged.hand.known >= KNOWN)
        state = "unsure" if because else "marked"
    elif probability <= 1 - SURE:
        state = "cancelled" if judged.visible[place] and judged.cancel[place] > 0.5 else "empty"
    else:
        because = _say_unlike(place, told, known=judged.hand.known >= KNOWN) or _say_doubt(place, told, judged.hand)
    confidence = 0.0 if state == "unsure" else probability if state == "marked" else 1 - probability
    cover = float(told["cover"][place])
    return BoxReading(box=box, state=state, confidence=round(confidence, 4), cover=round(cover, 3), because=because)


def _say_unlike(place: int, told: Mapping[str, NDArray[np.float64]], *, known: bool) -> Reason:
    """What makes a mark unlike any tick; of a hand that is not known, whatever is not like most ticks."""
    if told["core"][place] < LEAST_CORE:
        return _("The ink is at its edge: it may belong to the box beside it.")
    if told["span"][place] < LEAST_SPAN or told["cover"][place] < LEAST_COVER:
        return _("There is little ink in it: a small tick, or dirt.")
    if known:
        return NOTHING
    if told["peak"][place] < LEAST_PEAK:
        return _("It is faint: a soft pencil, or what an eraser left.")
    if told["cover"][place] > MOST_COVER or told["hole"][place] < LEAST_HOLE_MM:
        return _("It has more ink than most ticks, and no other tick of this student shows whether it is one.")
    return NOTHING


def _say_doubt(place: int, told: Mapping[str, NDArray[np.float64]], hand: Hand) -> Reason:
    """In what a mark differs from the student's others, where that is why it is unsure."""
    strength = float(np.log(max(told["trace"][place], 0.005))) - hand.strength
    mass = float(np.log(max(told["wash"][place], 0.002))) - hand.strength - hand.share
    if strength < -3 * hand.strength_spread:
        return _("It is fainter than this student's other ticks: a tick, or what an eraser left?")
    if mass > _HEAVY:
        return _("It has more ink than this student's other ticks: was it taken back?")
    if mass < -_HEAVY:
        return _("It has less ink than this student's other ticks: a tick, or a stroke of something else?")
    return _("It is marked, and so is another box of its row: which of them was meant?")


def _unsure(reading: BoxReading, because: Reason) -> BoxReading:
    return reading.model_copy(update={"state": "unsure", "confidence": 0.0, "because": because})


def _passing(filled: FilledBoxes, readings: Sequence[BoxReading]) -> Iterator[tuple[int, Reason]]:
    """Of two marks that a stroke joins the one with less ink, and what is said of it."""
    for one, other in filled.joined:
        less = _lesser(filled, one, other)
        beside = readings[other if less == one else one].box
        yield less, _("A stroke joins it with {box}, which has more ink: it may only pass through.", box=beside)


def _unanswered(rows: NDArray[np.int_], readings: Sequence[BoxReading], judged: Judged) -> Iterator[tuple[int, Reason]]:
    """Visible marks in rows without a tick: a mark is taken back by making another one, or else a person looks."""
    answered = {row for row, reading in zip(rows, readings, strict=True) if reading.state in ("marked", "unsure")}
    for place in np.flatnonzero(judged.visible).tolist():
        if rows[place] in answered:
            continue
        if readings[place].state == "cancelled":
            yield (
                place,
                _("It is filled, and no other box of its row is ticked: was it cancelled, or is it the answer?"),
            )
        else:
            yield place, _("It is almost empty: a pencil that hardly wrote, or what an eraser left.")


def _missed(filled: FilledBoxes, readings: Sequence[BoxReading], rows: NDArray[np.int_]) -> Iterator[int]:
    """Empty boxes with ink beside them that no mark on that side explains; not where the row's one tick is found."""
    told = filled.measured
    beside = np.stack([told[side] for side in ("left", "right", "upper", "lower")], axis=1)
    places = np.stack([told["x"], told["y"]], axis=1)
    ticked = np.array([reading.state != "empty" for reading in readings])
    answered = {row for row, reading in zip(rows, readings, strict=True) if reading.state == "marked"}
    for place, reading in enumerate(readings):
        sides = np.flatnonzero(beside[place] > LEAST_BESIDE)
        if reading.state != "empty" or not len(sides) or (filled.exclusive[place] and rows[place] in answered):
            continue
        apart = places[ticked & (filled.pages == filled.pages[place])] - places[place]
        near = apart[np.hypot(*apart.T) <= STROKE_MM * PX_PER_MM]
        if any(not (near @ _TOWARDS[side] > PX_PER_MM).any() for side in sides):
            yield place
