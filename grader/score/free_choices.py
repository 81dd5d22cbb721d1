"""What `close` leaves free: a factor, signs, or turns of an angle. The best choice is made before values are compared.

A homography, an essential matrix and a vector of homogeneous coordinates are right up to any factor but 0, eigenvectors
up to their signs, and the direction of a line up to half a turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.language import N_, NOTHING, Reason, _
from grader.rubric import Close
from grader.score.arrays import FloatArray
from grader.score.diagnosis import diagnose
from grader.score.error_pattern import Diagnosis
from grader.score.verdict import UnscoredError

_MOST_TRIED = 32
"""Factors that are tried where none fits all values: each looks at all of them."""

_INSET = 1e-6
"""How far inside an interval of right factors one is taken, as a share of its width: its ends are met only by luck."""


@dataclass(frozen=True)
class FreeChoice:
    """The expected values, *any shape float64*, with what is free chosen as the answer has it."""

    target: FloatArray
    difference: FloatArray
    tolerance: FloatArray

    @property
    def wrong(self) -> npt.NDArray[np.bool_]:
        """Which values are further off than they may be; NaN and infinity always are."""
        return ~(np.isfinite(self.difference) & (self.difference <= self.tolerance))


def choose(close: Close, answer: FloatArray, target: FloatArray) -> FreeChoice:
    """The choice that fits the answer best; both have one shape, and the target is finite."""
    tolerance = close.atol + close.rtol * np.abs(target)
    match close.up_to:
        case "scale":
            return _choose_factor(answer, target, tolerance)
        case "sign":
            return _choose_signs(answer, target, tolerance, axis=None)
        case "column-signs":
            return _choose_signs(answer, target, tolerance, axis=-2 if target.ndim > 1 else None)
        case "turn" | "half-turn":
            return _choose_turns(answer, target, tolerance, _period(close))
    return FreeChoice(target, np.abs(answer - target), tolerance)


def say_free(close: Close) -> Reason:
    """What is free, as a sentence."""
    return _(_FREE[close.up_to]) if close.up_to else NOTHING


def diagnose_freely(close: Close, answer: FloatArray, target: FloatArray, rtol: float) -> Diagnosis | None:
    """What is wrong besides what is free: of values whose factor is free, only where they are and whether they vary."""
    if close.up_to != "scale" or not np.isfinite(answer).all():
        found = diagnose(answer, target, rtol)
        return None if found is None or found.name in _CONTRADICTS.get(close.up_to or "", ()) else found
    found = diagnose(_to_unit(answer), _to_unit(target), rtol)
    # Its numbers would be those of the scaled values, which nobody has seen.
    return Diagnosis(found.name, found.plain, found.plain) if found is not None and found.name in _OF_PLACES else None


_FREE: Mapping[str, str] = {
    "scale": N_("Any factor but 0 is as right: the one that fits best is taken."),
    "sign": N_("The opposite sign of the whole is as right: the one that fits better is taken."),
    "column-signs": N_("The opposite sign of a column is as right: the one that fits better is taken."),
    "half-turn": N_("Half a turn more or less is as right: the nearest such angle is taken."),
    "turn": N_("A whole turn more or less is as right: the nearest such angle is taken."),
}
_CONTRADICTS: Mapping[str, tuple[str, ...]] = {
    "sign": ("sign",),
    "column-signs": ("sign",),
    "half-turn": ("whole-turns",),
    "turn": ("whole-turns",),
}
_OF_PLACES = {"constant", "transposed", "swapped", "reversed", "reordered", "channels-reversed", "wrong-shape"}


def _period(close: Close) -> float:
    whole = 360.0 if close.unit == "degrees" else 2 * np.pi
    return whole / 2 if close.up_to == "half-turn" else whole


def _choose_turns(answer: FloatArray, target: FloatArray, tolerance: FloatArray, period: float) -> FreeChoice:
    # The remainder of each first: the difference of an angle of many turns would be rounded.
    apart = np.remainder(target, period) - np.remainder(answer, period)
    apart = np.remainder(apart + period / 2, period) - period / 2
    return FreeChoice(np.where(np.isfinite(apart), answer + apart, target), np.abs(apart), tolerance)


def _choose_signs(answer: FloatArray, target: FloatArray, tolerance: FloatArray, axis: int | None) -> FreeChoice:
    """One sign for all values, or one for each column."""
    same, other = np.abs(answer - target), np.abs(answer + target)
    wrong_same = (~(same <= tolerance)).sum(axis=axis, keepdims=True)
    wrong_other = (~(other <= tolerance)).sum(axis=axis, keepdims=True)
    is_nearer = other.sum(axis=axis, keepdims=True) < same.sum(axis=axis, keepdims=True)
    is_other = (wrong_other < wrong_same) | ((wrong_other == wrong_same) & is_nearer)
    return FreeChoice(np.where(is_other, -target, target), np.where(is_other, other, same), tolerance)


def _choose_factor(answer: FloatArray, target: FloatArray, tolerance: FloatArray) -> FreeChoice:
    """Each value allows an interval of factors: where they have one in common, all values are right by it."""
    if target.size == 1 or not (np.abs(target) > tolerance).any():
        raise UnscoredError(
            _("A single number or an expected 0 is right up to any factor: the instructor has to fix the rubric.")
        )
    size, of_answer = float(np.abs(target).max()), float(np.abs(answer[np.isfinite(answer)]).max(initial=0.0))
    if of_answer == 0.0:
        return FreeChoice(target, np.abs(answer - target), tolerance)
    mine, theirs, room = answer / of_answer, target / size, tolerance / size
    factor = _fit(mine, theirs, room)
    nearest = theirs / factor * of_answer
    return FreeChoice(nearest, np.abs(answer - nearest), room / abs(factor) * of_answer)


def _fit(mine: FloatArray, theirs: FloatArray, room: FloatArray) -> float:
    """The factor of mine that makes the most values theirs."""
    is_told = np.isfinite(mine) & (mine != 0)
    mine_told, theirs_told, room_told = mine[is_told], theirs[is_told], room[is_told]
    ends = np.stack([(theirs_told - room_told) / mine_told, (theirs_told + room_told) / mine_told])
    least, most = float(ends.min(axis=0).max()), float(ends.max(axis=0).min())
    fitted = float(np.vdot(mine_told, theirs_told) / np.vdot(mine_told, mine_told))
    if least <= most and least != 0 != most:
        inset = _INSET * (most - least)  # what is just allowed stays so when it is rounded
        return float(np.clip(fitted, least + inset, most - inset)) or least
    ratios = theirs_told / mine_told
    tried = [fitted, *ratios[:: -(-ratios.size // _MOST_TRIED)]]
    useful = [float(one) for one in tried if np.isfinite(one) and one != 0] or [1.0]
    return min(useful, key=lambda one: int((~(np.abs(one * mine - theirs) <= room)).sum()))


def _to_unit(values: FloatArray) -> FloatArray:
    """With the largest number 1."""
    largest = values.flat[int(np.argmax(np.abs(values)))] if values.size else 0.0
    return values / largest if largest else values
