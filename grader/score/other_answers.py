"""What is wrong with an answer, seen beside the answers to other probes of the same function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.language import _
from grader.model import Answer
from grader.rubric import Probe
from grader.score.arrays import FloatArray, NotNumbersError, as_numbers, is_constant, spread
from grader.score.error_pattern import Diagnosis
from grader.score.sentences import code
from grader.score.verdict import Evidence

_FEWEST = 6
"""Fewer numbers may be alike by chance."""

_SAME = 1e-6


def diagnose_beside_others(evidence: Evidence) -> Diagnosis | None:
    """An argument that makes no difference, or an answer that is written out; None where neither can be shown.

    The criterion's answer is wrong, and the reference answers the probe.
    """
    if evidence.probe is None or evidence.criterion.probe is None or evidence.probe.call is None:
        return None
    target = _numbers(evidence.expected.get(evidence.criterion.probe))
    answer = _numbers(evidence.answer())
    if answer is None or target is None or answer.size < _FEWEST or is_constant(answer):
        return None
    for probe, theirs, expected in _others(evidence):
        if _alike(target, expected):
            continue
        if theirs is not None and np.array_equal(answer, theirs):
            changed = _changed(evidence.probe, probe)
            return _ignored(changed[0]) if len(changed) == 1 else _written_out()
        if _alike(answer, expected):
            return _written_out()
    return None


def has_twin(one: Any, other: Any) -> bool:
    """Whether two values are the same numbers, of which there are enough not to be alike by chance."""
    try:
        mine, theirs = as_numbers(one), as_numbers(other)
    except NotNumbersError:
        return False
    return mine.size >= _FEWEST and not is_constant(mine) and np.array_equal(mine, theirs)


def _written_out() -> Diagnosis:
    text = _("That is the answer for other inputs: calculate it from the arguments, whatever they are.")
    return Diagnosis("hard-coded", text, text)


def _ignored(argument: str) -> Diagnosis:
    text = _(
        "The argument {argument} makes no difference: for another value of it the answer is the same.",
        argument=code(argument),
    )
    return Diagnosis("ignored-argument", text, text)


def _others(evidence: Evidence) -> Iterator[tuple[Probe, FloatArray | None, FloatArray]]:
    """Each other probe of the same function, with the notebook's answer and the reference's."""
    assert evidence.probe is not None
    for name, probe in evidence.rubric.probes.items():
        if name == evidence.criterion.probe or probe.call != evidence.probe.call:
            continue
        expected = _numbers(evidence.expected.get(name))
        if expected is not None:
            yield probe, _numbers(evidence.run.answers.get(name)), expected


def _changed(one: Probe, other: Probe) -> list[str]:
    """The arguments in which two calls differ."""
    names = {**one.arguments, **other.arguments}
    return [name for name in names if one.arguments.get(name) != other.arguments.get(name)]


def _numbers(answer: Answer | None) -> FloatArray | None:
    if answer is None or answer.status != "answered":
        return None
    value: Any = answer.value
    try:
        numbers = as_numbers(value)
    except NotNumbersError:
        return None
    return numbers if numbers.size and np.isfinite(numbers).all() else None


def _alike(one: FloatArray, other: FloatArray) -> bool:
    return one.shape == other.shape and bool(np.abs(one - other).max() <= _SAME * spread(other))
