"""How a person ticks, estimated from all boxes of a copy, and what each of its boxes is beside that.

Nobody else's pen is a measure of a mark: a cross that was scribbled out has more ink than this person's ticks, whatever
they have; a box that is filled is a tick of whoever fills all; a highlighter is as pale in every box. So each box is
compared with the person's own ticks and with the page's own empty boxes, and the boxes of a row with each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TIMES_NOISE = 5.0
LEAST_TRACE, LEAST_WASH = 0.018, 0.012
"""A box has a trace if it exceeds the page's empty boxes by as many times their spread, and by this darkness."""
VISIBLE = 0.03
"""A trace that a person would see; in a row without a tick it is asked about, whoever's it is."""
KNOWN = 3
"""Ticks from which on a hand is known."""
_PRIOR_TICKS = 5
"""A hand's spread is worth what it is in so many ticks of a typical hand."""
_STRENGTH, _SHARE, _HOLE = 0.12, 0.1, 0.12
"""Of a typical hand, the standard deviations of the logarithms of darkness and of the share, and of the hole in mm."""
_ANY_STRENGTH, _ANY_SHARE_SPREAD, _ANY_HOLE = 0.5, 0.25, 0.2
"""The same spreads over all hands: what is known of a copy with hardly a tick."""
_ANY_SHARE, _ANY_HOLE_MM = 0.55, 0.55
"""Of the darkness of a tick of any hand, what its ink is in the mean over the box; and the hole that it leaves."""
_MOST_ROW = 8
"""HandMarks in a row, for which all combinations are weighed."""
_TEMPER = 0.7
"""Ink and hole say in part the same: together they count for less than two witnesses."""

# What is believed before anything is seen. In simulated copies one row in ten has a mark that was taken back; the
# figures are the orders of magnitude, and the calibration in `make bench` says how well they hold.
_NO_TICK, _TWO_TICKS = 0.004, 0.004
"""Of rows for one tick that have marks: none of them is a tick; two of them are."""
_TAKEN_BACK = 0.08
"""Of the marks in rows for several ticks."""
_FULL, _FULL_HOLE_MM = 0.1, 0.15
"""Whose ticks leave no more room, in the logarithm of the share and in millimetres, fills boxes out of habit."""
_FILLS_TO_CANCEL = 0.1
"""And so many times less often takes a tick back by filling its box."""
_KINDS = {"cancel": 0.55, "rest": 0.3, "stray": 0.15}
"""Of marks that are no ticks: taken back with the pen, with an eraser, and strokes that belong to another box."""


@dataclass(frozen=True)
class HandMarks:
    """All boxes of one copy that one person has filled in, with what was measured of them; each is (n,)."""

    trace: Floats
    wash: Floats
    hole: Floats
    page: NDArray[np.int_]
    """On which page each is."""
    row: NDArray[np.int_]
    """In which row of its question each is."""
    exclusive: NDArray[np.bool_]
    """Whether a row has room for one tick only."""


@dataclass(frozen=True)
class Hand:
    """One person's ticks."""

    strength: float
    """The logarithm of their darkness."""
    strength_spread: float
    share: float
    """The logarithm of the share of a box that they cover."""
    share_spread: float
    hole: float
    """Millimetres without ink that they leave."""
    hole_spread: float
    known: int
    """From how many ticks."""


@dataclass(frozen=True)
class Judged:
    """What each box is, (n,)."""

    traced: NDArray[np.bool_]
    """Whether it has any trace at all."""
    visible: NDArray[np.bool_]
    """Whether a person would see it."""
    tick: Floats
    """The probability that it is a tick."""
    cancel: Floats
    """Of a mark that is no tick, the probability that it was taken back with the pen."""
    hand: Hand


def judge_marks(marks: HandMarks) -> Judged:
    """What each box of a copy is.

    Parameters
    ----------
    marks : HandMarks
        Of at least one box.

    Returns
    -------
    judged : Judged

    Examples
    --------
    Six rows of two boxes. In the last one both are marked, and one has far more ink than any other tick.

    >>> wash = np.array([0.3, 0.0] * 5 + [0.31, 0.6])
    >>> marks = HandMarks(
    ...     trace=np.where(wash > 0, 0.6, 0.01), wash=wash, hole=np.select([wash > 0.5, wash > 0], [0.2, 0.6], 1.5),
    ...     page=np.zeros(12, int), row=np.arange(12) // 2, exclusive=np.ones(12, bool))
    >>> judge_marks(marks).tick.round(2).tolist()
    [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]
    """
    traced, visible = find_traces(marks)
    hand = know_hand(marks, visible)
    ticks, cancels, others = _weigh(marks, hand)
    probability = np.zeros(len(marks.trace))
    for row in np.unique(marks.row[traced]):
        own = np.flatnonzero((marks.row == row) & traced)
        probability[own] = _judge_row(ticks[own], others[own], exclusive=bool(marks.exclusive[own[0]]))
    return Judged(traced, visible, probability, np.exp(cancels - others), hand)


def find_traces(marks: HandMarks) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which boxes have a trace beyond what empty boxes of their page have, and which have a visible one."""
    traced, visible = np.zeros(len(marks.trace), bool), np.zeros(len(marks.trace), bool)
    for page in np.unique(marks.page):
        own = np.flatnonzero(marks.page == page)
        (trace, trace_limit), (wash, wash_limit) = (
            _beyond_empty(marks.trace[own], LEAST_TRACE),
            _beyond_empty(marks.wash[own], LEAST_WASH),
        )
        traced[own] = (trace > trace_limit) | (wash > wash_limit)
        visible[own] = (trace > np.maximum(2 * trace_limit, VISIBLE)) | (wash > 2 * wash_limit)
    return traced, visible


def _beyond_empty(values: Floats, least: float) -> tuple[Floats, float]:
    """How far each value exceeds those of empty boxes, of which a quarter of the page has to be; the limit."""
    clean = np.sort(values)[: max(1, len(values) // 4, int((values < 3 * least).sum()))]
    empty = float(np.median(clean))
    # From the lower half of it: the upper one may have marks.
    lower = clean[: max(1, (len(clean) + 1) // 2)]
    spread = 1.4826 * float(np.median(empty - lower)) * 2
    return values - empty, max(TIMES_NOISE * spread, least)


def know_hand(marks: HandMarks, visible: NDArray[np.bool_]) -> Hand:
    """How the person ticks: by the marks that are alone in a row for one tick, or by all where there are few of them.

    A mark that is alone in such a row is hardly ever one that was taken back.
    """
    seen = np.flatnonzero(visible)
    count = np.bincount(marks.row[seen], minlength=int(marks.row.max()) + 1)
    alone = seen[marks.exclusive[seen] & (count[marks.row[seen]] == 1)]
    chosen = alone if len(alone) >= KNOWN else seen
    if len(chosen) < KNOWN:
        strength = float(np.log(np.maximum(marks.trace[chosen], 0.02)).mean()) if len(chosen) else float(np.log(0.5))
        return Hand(
            strength, _ANY_STRENGTH, float(np.log(_ANY_SHARE)), _ANY_SHARE_SPREAD, _ANY_HOLE_MM, _ANY_HOLE, len(chosen)
        )
    strength, strength_spread = _middle(np.log(np.maximum(marks.trace[chosen], 0.005)), _STRENGTH)
    share, share_spread = _middle(_shares(marks)[chosen], _SHARE)
    hole, hole_spread = _middle(marks.hole[chosen], _HOLE)
    return Hand(strength, strength_spread, share, share_spread, hole, hole_spread, len(chosen))


def _shares(marks: HandMarks) -> Floats:
    """The logarithm of the share of a box that is covered: a pen that presses less covers no less."""
    return np.asarray(np.log(np.maximum(marks.wash, 0.002)) - np.log(np.maximum(marks.trace, 0.005)))


def _middle(values: Floats, typical: float) -> tuple[float, float]:
    """The median, and a robust spread that few values draw towards the typical one."""
    median = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - median)))
    count = len(values)
    return median, float(np.sqrt((count * spread**2 + _PRIOR_TICKS * typical**2) / (count + _PRIOR_TICKS)))


def _weigh(marks: HandMarks, hand: Hand) -> tuple[Floats, Floats, Floats]:
    """The logarithm of how likely each box is as a tick, as one taken back with the pen, and as anything but a tick."""
    strength = np.log(np.maximum(marks.trace, 0.005)) - hand.strength
    share = _shares(marks) - hand.share
    hole = marks.hole - hand.hole
    # A tick is as this person's ticks are, with the wide tails that hands have, and never a tenth as dark.
    tick = _student(strength, hand.strength_spread) - strength**2
    tick += _TEMPER * (_student(share, hand.share_spread) + _student(hole, hand.hole_spread))
    # A box that is full has no room left.
    room = max(0.05 - hand.share, 1.5 * hand.share_spread)
    cancel = _normal(strength - 0.1, 0.3)
    cancel += _TEMPER * (_normal(share - 0.7 * room, max(0.35 * room, hand.share_spread)))
    cancel += _TEMPER * _normal(hole + 0.6 * hand.hole, max(0.35 * hand.hole, hand.hole_spread))
    if hand.share > -_FULL and hand.hole < _FULL_HOLE_MM:
        cancel += np.log(_FILLS_TO_CANCEL)
    rest = _normal(strength + 1.7, 0.7) + _TEMPER * (_normal(share, 0.5) + _normal(hole, 0.6))
    stray = _normal(strength + 0.3, 0.5) + _TEMPER * (_normal(share + 1.0, 0.6) + _normal(hole - 0.6, 0.5))
    weighed = [np.log(share) + one for share, one in zip(_KINDS.values(), (cancel, rest, stray), strict=True)]
    return tick, weighed[0], np.logaddexp.reduce(weighed, axis=0)


def _normal(values: Floats, spread: float) -> Floats:
    return np.asarray(-0.5 * (values / spread) ** 2 - np.log(spread * np.sqrt(2 * np.pi)))


def _student(values: Floats, spread: float) -> Floats:
    """Student's t with four degrees of freedom."""
    return np.asarray(-2.5 * np.log1p((values / spread) ** 2 / 4) - np.log(spread * 8 / 3))


def _judge_row(ticks: Floats, others: Floats, *, exclusive: bool) -> Floats:
    """The probability of each mark of a row to be a tick, over all combinations of ticks that the row may have."""
    count = len(ticks)
    if count > _MOST_ROW:  # as many marks say nothing of each other
        odds = ticks - others + np.log((1 - _TAKEN_BACK) / _TAKEN_BACK)
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -50, 50))))
    sizes = range(3) if exclusive else range(count + 1)
    chosen = list(chain.from_iterable(combinations(range(count), size) for size in sizes if size <= count))
    among = np.array([[place in one for place in range(count)] for one in chosen])
    if exclusive:
        shares = np.array([_NO_TICK, 1 - _NO_TICK - _TWO_TICKS, _TWO_TICKS])
        sizes_of = among.sum(axis=1)
        prior = np.log(shares[sizes_of] / np.bincount(sizes_of, minlength=3)[sizes_of])
    else:
        prior = among.sum(axis=1) * np.log(1 - _TAKEN_BACK) + (~among).sum(axis=1) * np.log(_TAKEN_BACK)
        # Who takes a tick back mostly makes another one.
        prior = prior + np.where(among.any(axis=1), 0.0, np.log(0.3))
    weights = prior + np.where(among, ticks, others).sum(axis=1)
    weights = np.exp(weights - weights.max())
    return np.asarray((weights[:, None] * among).sum(axis=0) / weights.sum())


def rows_of(keys: Sequence[tuple[str, str]]) -> NDArray[np.int_]:
    """A number for each row of boxes, by question and part.

    >>> rows_of([("a", ""), ("b", "1"), ("a", "")]).tolist()
    [0, 1, 0]
    """
    numbers: dict[tuple[str, str], int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], int)
