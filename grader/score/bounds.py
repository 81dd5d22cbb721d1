"""The expectation `number`: one finite number within bounds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.language import NOTHING, Reason, _
from grader.rubric import NumberBounds
from grader.score.arrays import NotNumbersError, as_numbers
from grader.score.diagnosis import say_not_finite
from grader.score.sentences import number, number_pair, shape, subject
from grader.score.verdict import Evidence, Verdict

_WHOLE_IN_PERCENT = 100.0
_DIGITS_OF_A_BOUND = 6


def judge_number(bounds: NumberBounds, evidence: Evidence) -> Verdict:
    """The answer is one number, no smaller than the lower and no larger than the upper bound."""
    answer, what, tells = evidence.value(), subject(evidence.probe, tells=evidence.tells), evidence.tells
    if _is_truth_value(answer):
        return Verdict(0.0, _("{what} is true or false, not a number.", what=what))
    try:
        numbers = as_numbers(answer)
    except NotNumbersError as error:
        return Verdict(0.0, error.say(what))
    if numbers.size != 1:
        return Verdict(0.0, _say_array(what, numbers.shape, tells=tells))
    value = float(numbers.item())
    if not math.isfinite(value):
        broken = say_not_finite(numbers)
        told = _("{what} is {value}, but a finite number is expected.", what=what, value=number(value))
        return Verdict(0.0, told + broken.sentence, broken.name)
    low, high = bounds.at_least, bounds.at_most
    if low is not None and value < low and not _is_rounding(value, low):
        return Verdict(0.0, _say_outside(what, value, bounds, low, tells=tells))
    if high is not None and value > high and not _is_rounding(value, high):
        told = _say_outside(what, value, bounds, high, tells=tells)
        return Verdict(0.0, told + (_say_percent(value, bounds) if tells else NOTHING))
    if not tells:
        return Verdict(1.0, _("{what} is as expected.", what=what))
    told = _("{what} is {value}, as expected: {bounds}.", what=what, value=number(value), bounds=say_bounds(bounds))
    return Verdict(1.0, told)


def _is_truth_value(answer: Any) -> bool:
    return isinstance(answer, bool) or (isinstance(answer, np.ndarray) and answer.dtype.kind == "b")


def _is_rounding(value: float, bound: float) -> bool:
    """Whether single precision, in which networks count, cannot separate the two: 0.9 is there 0.89999998."""
    with np.errstate(all="ignore"):
        return bool(np.float32(value) == np.float32(bound)) and np.isfinite(np.float32(bound))


def _say_array(what: Reason, sizes: tuple[int, ...], *, tells: bool) -> Reason:
    if not tells:  # of an answer to a hidden question the notebook may choose the shape
        return _("{what} is an array, but a single number is expected.", what=what)
    return _("{what} has the shape {have}, but a single number is expected.", what=what, have=shape(sizes))


def say_bounds(bounds: NumberBounds) -> Reason:
    """What is expected, as a part of a sentence."""
    low, high = (None if one is None else number(one, _DIGITS_OF_A_BOUND) for one in (bounds.at_least, bounds.at_most))
    if high is None:
        return _("at least {low}", low=low or NOTHING)
    return _("at most {high}", high=high) if low is None else _("from {low} to {high}", low=low, high=high)


def _say_outside(what: Reason, value: float, bounds: NumberBounds, bound: float, *, tells: bool) -> Reason:
    if not tells:
        if value < bound:
            return _("{what} is smaller than expected.", what=what)
        return _("{what} is larger than expected.", what=what)
    mine = number_pair(value, bound)[0]
    return _("{what} is {value}, but it should be {bounds}.", what=what, value=mine, bounds=say_bounds(bounds))


def _say_percent(value: float, bounds: NumberBounds) -> Reason:
    """That it may be in percent, where a share of 1 is expected: no more than a possibility."""
    low, high = bounds.at_least, bounds.at_most
    if low is None or high is None or low < 0 or high > 1 or not low <= value / _WHOLE_IN_PERCENT <= high:
        return NOTHING
    return _("It may be in percent where a share of 1 is expected: then divide it by 100.")
