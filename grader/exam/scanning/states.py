"""Decides what was meant by a box: empty, marked, cancelled, or unsure, which a person has to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.readings import BoxReading, State
from grader.exam.paper.sheet import BOX_MM, Box
from grader.exam.scanning.boxes import INKY, Measures
from grader.exam.scanning.registration import PX_PER_MM
from grader.language import NOTHING, Reason, _

EMPTY_PEAK = 0.16
"""Up to here a box is empty: it has no point darker than what an eraser leaves."""
EMPTY_TRACE = 0.06
"""And no stroke in it is darker than this, which noise does not reach, nor what shines through from the back."""
SPECK_COVER, SPECK_SPAN = 0.03, 0.2
"""Dirt that is no larger leaves a box empty: nobody ticks with a point of half a millimetre."""
LEAST_COVER, LEAST_CORE, LEAST_PEAK, LEAST_SPAN = 0.08, 0.06, 0.34, 0.45
"""From here a box is marked, as long as the ink does not fill it."""
MOST_COVER = 0.78
"""Above, it is as good as filled, whatever paper is left."""
FILLED_COVER = 0.93
"""From here it is filled, and so cancelled."""
FAINT_PEAK = 0.5
"""Below, a mark that runs on beyond two sides of its box may be the edge of a stain."""
LEAST_SIDES = 3
LEAST_BESIDE = 0.07
"""Less ink outside a side of a box is dirt."""
STROKE_MM = 13.0
"""A stroke does not reach a box whose middle is further from that of its own."""
_TOWARDS = np.array([(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)])
"""Left, right, up, down, as (x, y)."""
NEAR_MM = 9.0
"""Boxes whose middles are no further apart may have got each other's strokes."""


def decide_states(boxes: Sequence[Box], measures: Measures, darkness: NDArray[np.float32]) -> tuple[BoxReading, ...]:
    """The state of each box, from what was measured of it and of the boxes beside it.

    Parameters
    ----------
    boxes : sequence of Box
    measures : Measures
        In the boxes' order.
    darkness : (height, width) float32, 0 to 1, row column
        The flat sheet, in 8 pixels to the millimetre.

    Returns
    -------
    readings : tuple of BoxReading
        In the boxes' order.

    Examples
    --------
    >>> def one(cover, sides=4):
    ...     array = lambda value: np.array([value])
    ...     measured = Measures(array(cover), array(cover), array(min(1.0, 9 * cover)), array(cover), array(True),
    ...                         array(0.9), array(sides), np.zeros((1, 4)), array(True), np.array([[200.0, 200.0]]))
    ...     box = Box(id="q.a", question="q", value="a", x_mm=20.0, y_mm=20.0)
    ...     return decide_states([box], measured, np.zeros((400, 400), np.float32))[0].state
    >>> one(0.0), one(0.2), one(0.85), one(0.0, sides=1)
    ('empty', 'marked', 'unsure', 'unsure')
    """
    readings = [_read_one(box.id, measures, place) for place, box in enumerate(boxes)]
    for place, because in _strayed(boxes, readings, measures, darkness):
        readings[place] = _unsure(readings[place], because)
    for place in _missed(readings, measures):
        because = _("It is empty, but there is ink beside it: was it meant?")
        readings[place] = _unsure(readings[place], because)
    for place in _filled_alone(boxes, readings):
        because = _("It is filled, and no other box of its question is ticked: was it cancelled, or is it the answer?")
        readings[place] = _unsure(readings[place], because)
    return tuple(readings)


def _read_one(box: str, measures: Measures, place: int) -> BoxReading:
    cover, core, peak, trace, span = (
        float(values[place]) for values in (measures.cover, measures.core, measures.peak, measures.trace, measures.span)
    )
    state: State = "unsure"
    confidence, because = 0.0, NOTHING
    if not measures.seen[place]:
        because = _("It is outside the picture.")
    elif measures.sides[place] < LEAST_SIDES:
        because = _("Its outline was not found.")
    elif peak <= EMPTY_PEAK and trace <= EMPTY_TRACE:
        state, confidence = "empty", 1.0 - max(peak / EMPTY_PEAK, trace / EMPTY_TRACE)
    elif peak <= EMPTY_PEAK:
        because = _("It is almost empty: a pencil that hardly wrote, or what an eraser left.")
    elif cover <= SPECK_COVER and span <= SPECK_SPAN and trace <= EMPTY_TRACE:
        state, confidence = "empty", 1.0 - max(cover / SPECK_COVER, span / SPECK_SPAN)
    elif cover >= FILLED_COVER:
        state, confidence = "cancelled", (cover - FILLED_COVER) / (1.0 - FILLED_COVER)
    elif cover > MOST_COVER or not measures.gap[place]:
        because = _("It has more ink than a tick, but is not filled.")
    elif peak < LEAST_PEAK:
        because = _("It is faint: a soft pencil, or what an eraser left.")
    elif cover < LEAST_COVER or span < LEAST_SPAN:
        because = _("There is little ink in it: a small tick, or dirt.")
    elif peak < FAINT_PEAK and (measures.beside[place] > LEAST_BESIDE).sum() >= 2:
        because = _("It is faint, and runs on beside the box: a soft pencil, or a stain.")
    elif core < LEAST_CORE:
        because = _("The ink is at its edge: it may belong to the box beside it.")
    else:
        above = min(cover / LEAST_COVER, core / LEAST_CORE, span / LEAST_SPAN, peak / LEAST_PEAK) - 1.0
        state, confidence = "marked", min(above, (MOST_COVER - cover) / 0.2, 1.0)
    return BoxReading(
        box=box, state=state, confidence=round(max(confidence, 0.0), 3), cover=round(cover, 4), because=because
    )


def _unsure(reading: BoxReading, because: Reason) -> BoxReading:
    return reading.model_copy(update={"state": "unsure", "confidence": 0.0, "because": because})


def _strayed(
    boxes: Sequence[Box], readings: Sequence[BoxReading], measures: Measures, darkness: NDArray[np.float32]
) -> Iterator[tuple[int, Reason]]:
    """Of two ticked boxes side by side, joined by a stroke, the one with less ink: the stroke may only pass through."""
    marked = [place for place, reading in enumerate(readings) if reading.state == "marked"]
    for one, other in combinations(marked, 2):
        apart = measures.places_xy[other] - measures.places_xy[one]
        if np.hypot(*apart) <= NEAR_MM * PX_PER_MM and _joined(darkness, measures.places_xy[one], apart):
            less = one if readings[one].cover < readings[other].cover else other
            beside = boxes[other if less == one else one].id
            yield less, _("A stroke joins it with {box}, which has more ink: it may only pass through.", box=beside)


def _joined(darkness: NDArray[np.float32], start_xy: NDArray[np.float64], apart_xy: NDArray[np.float64]) -> bool:
    """Whether every line across the gap between two boxes has ink."""
    half = BOX_MM * PX_PER_MM / 2
    along = int(np.argmax(np.abs(apart_xy)))  # 0: side by side, 1: one above the other
    sign = float(np.sign(apart_xy[along]))
    distance = abs(float(apart_xy[along]))
    first, last = half + 3.0, distance - half - 3.0
    if last <= first or abs(apart_xy[1 - along]) > half:
        return False
    across = np.arange(-half - 6, half + 7)
    for step in np.arange(first, last + 1.0):
        middle = start_xy + apart_xy / distance * step if distance else start_xy
        x = middle[0] + (across if along == 1 else 0 * across)
        y = middle[1] + (across if along == 0 else 0 * across)
        rows = np.clip(np.rint(y).astype(int), 0, darkness.shape[0] - 1)
        columns = np.clip(np.rint(x).astype(int), 0, darkness.shape[1] - 1)
        if darkness[rows, columns].max() < INKY:
            return False
    return sign != 0


def _missed(readings: Sequence[BoxReading], measures: Measures) -> Iterator[int]:
    """Empty boxes with ink beside them that no ticked box on that side explains."""
    ticked = np.array([reading.state != "empty" for reading in readings])
    for place, reading in enumerate(readings):
        sides = np.flatnonzero(measures.beside[place] > LEAST_BESIDE)
        if reading.state != "empty" or not len(sides):
            continue
        apart = measures.places_xy[ticked] - measures.places_xy[place]
        near = apart[np.hypot(*apart.T) <= STROKE_MM * PX_PER_MM]
        if any(not (near @ _TOWARDS[side] > PX_PER_MM).any() for side in sides):
            yield place


def _filled_alone(boxes: Sequence[Box], readings: Sequence[BoxReading]) -> Iterator[int]:
    """Filled boxes in whose row or question nothing is ticked."""
    ticked = {(box.question, box.part) for box, one in zip(boxes, readings, strict=True) if one.state == "marked"}
    for place, (box, reading) in enumerate(zip(boxes, readings, strict=True)):
        if reading.state == "cancelled" and (box.question, box.part) not in ticked:
            yield place
