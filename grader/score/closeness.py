"""The expectation `close`: every number within a tolerance, in arrays, in dictionaries and lists of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.language import NOTHING, Reason, _, join, ngettext
from grader.rubric import Close
from grader.score.arrays import FloatArray, NotNumbersError, as_numbers, as_parts, is_complex, spread
from grader.score.error_pattern import Diagnosis
from grader.score.free_choices import choose, diagnose_freely, say_free
from grader.score.other_answers import diagnose_beside_others, has_twin
from grader.score.sentences import code, inside, number, number_pair, shape, subject
from grader.score.verdict import Evidence, UnscoredError, Verdict

_DEEPEST = 8


@dataclass(frozen=True)
class _Comparison:
    """What is compared, how closely, and whether its numbers may be told."""

    what: Reason
    close: Close
    tells: bool

    def entry(self, key: str) -> _Comparison:
        return replace(self, what=_("The entry {key} of {what}", key=code(key), what=inside(self.what)))

    def item(self, index: int) -> _Comparison:
        return replace(self, what=_("Item {index} of {what}", index=index, what=inside(self.what)))


def judge_close(close: Close, evidence: Evidence) -> Verdict:
    """Every number is the target's, within atol + rtol * |target|."""
    verdict = compare(close, evidence.value(), evidence.target(close.to), evidence)
    if verdict.fraction != 0 or verdict.diagnosis is not None or close.up_to is not None:
        return verdict  # with a free factor, two questions may well have one answer
    found = diagnose_beside_others(evidence)
    if found is None:
        return verdict
    return Verdict(0.0, _with_diagnosis(verdict.because, found, evidence.tells), found.name)


def compare(close: Close, answer: Any, target: Any, evidence: Evidence) -> Verdict:
    """Whether an answer is close to a target."""
    return _compare(answer, target, _Comparison(subject(evidence.probe, tells=evidence.tells), close, evidence.tells))


def _compare(answer: Any, target: Any, comparison: _Comparison, depth: int = 0) -> Verdict:
    if depth < _DEEPEST and isinstance(target, dict) and target:
        return _compare_entries(answer, target, comparison, depth)
    if is_complex(target):
        if comparison.close.up_to is not None:
            raise UnscoredError(_("`up_to` is not for complex numbers: the instructor has to fix the rubric."))
        answer, target = as_parts(answer), as_parts(target)
    try:
        target_array = as_numbers(target)
    except NotNumbersError as error:
        if depth < _DEEPEST and isinstance(target, list):
            return _compare_items(answer, target, comparison, depth)
        raise UnscoredError(_("The expected value is not made of numbers: the instructor has to fix it.")) from error
    if not np.isfinite(target_array).all():
        raise UnscoredError(_("The expected value holds NaN or infinity: the instructor has to fix it."))
    try:
        return _compare_arrays(as_numbers(answer), target_array, comparison)
    except NotNumbersError as error:
        return Verdict(0.0, error.say(comparison.what))


def _compare_entries(answer: Any, target: dict[str, Any], comparison: _Comparison, depth: int) -> Verdict:
    if not isinstance(answer, dict):
        return Verdict(0.0, _("{what} is not a dictionary.", what=comparison.what))
    lacking = next((key for key in target if key not in answer), None)
    if lacking is not None:
        return Verdict(0.0, _("{what} has no entry {key}.", what=comparison.what, key=code(lacking)))
    parts = [_Part(answer[key], expected, comparison.entry(key)) for key, expected in target.items()]
    return _compare_parts(parts, comparison, depth)


def _compare_items(answer: Any, target: list[Any], comparison: _Comparison, depth: int) -> Verdict:
    if not isinstance(answer, list):
        return Verdict(0.0, _("{what} is not a list.", what=comparison.what))
    if len(answer) != len(target):
        return Verdict(0.0, _say_other_length(len(answer), len(target), comparison))
    parts = [_Part(answer[index], expected, comparison.item(index)) for index, expected in enumerate(target)]
    return _compare_parts(parts, comparison, depth)


@dataclass(frozen=True)
class _Part:
    """An entry or an item, beside what is expected there."""

    answer: Any
    target: Any
    comparison: _Comparison


def _compare_parts(parts: list[_Part], comparison: _Comparison, depth: int) -> Verdict:
    """The first part that is wrong is told; a known mistake is named where all wrong parts have it."""
    verdicts = [_compare(part.answer, part.target, part.comparison, depth + 1) for part in parts]
    wrong = [number for number, verdict in enumerate(verdicts) if verdict.fraction != 1.0]
    if not wrong:
        return Verdict(1.0, _("{what} is as expected.", what=comparison.what))
    first = verdicts[wrong[0]]
    if first.diagnosis is None:
        return replace(first, because=join([first.because, *_say_twin(parts, wrong[0])]))
    is_common = all(verdicts[number].diagnosis == first.diagnosis for number in wrong)
    return first if is_common else replace(first, diagnosis=None)


def _say_twin(parts: list[_Part], wrong: int) -> Iterator[Reason]:
    """That a wrong part is the same as another one, of which something else is expected."""
    part = parts[wrong]
    for other in parts[:wrong] + parts[wrong + 1 :]:
        if has_twin(part.answer, other.answer) and not has_twin(part.target, other.target):
            yield _("It is the same as {other}, and should not be.", other=inside(other.comparison.what))
            return


def _say_other_length(have: int, wanted: int, comparison: _Comparison) -> Reason:
    if not comparison.tells:
        return ngettext(
            "{what} has {n} item, which is not the expected number.",
            "{what} has {n} items, which is not the expected number.",
            have,
            what=comparison.what,
        )
    return ngettext(
        "{what} has {n} item, but {wanted} are expected.",
        "{what} has {n} items, but {wanted} are expected.",
        have,
        what=comparison.what,
        wanted=wanted,
    )


def _compare_arrays(answer: FloatArray, target: FloatArray, comparison: _Comparison) -> Verdict:
    if answer.size == target.size <= 1:  # one number, or none, in any wrapping
        answer = answer.reshape(target.shape)
    close, free = comparison.close, NOTHING
    if answer.shape == target.shape:
        choice, free = choose(close, answer, target), say_free(close)
        wrong, target = choice.wrong, choice.target
        if not wrong.any():
            return Verdict(1.0, _right(answer, target, comparison) + free)
        if close.up_to == "scale" and not answer.any():
            return Verdict(0.0, _("{what} is 0 everywhere, and no factor makes that right.", what=comparison.what))
        because = _wrong_values(answer, target, wrong, comparison)
    else:
        because = _wrong_shape(answer, target, comparison)
    # What the rubric calls close is so for a diagnosis, too: a walk that ends a step earlier may also have x for y.
    share = close.atol / size if (size := spread(target)) else 0.0
    found = diagnose_freely(close, answer, target, max(close.rtol, share))
    return Verdict(0.0, _with_diagnosis(because + free, found, comparison.tells), found.name if found else None)


def _with_diagnosis(because: Reason, found: Diagnosis | None, tells: bool) -> Reason:
    if found is None:
        return because
    return because + (found.sentence if tells else found.plain)


def _right(answer: FloatArray, target: FloatArray, comparison: _Comparison) -> Reason:
    if not comparison.tells:
        return _("{what} is as expected.", what=comparison.what)
    if target.size != 1:
        return ngettext(
            "{what} is as expected: {n} value compared.",
            "{what} is as expected: {n} values compared.",
            target.size,
            what=comparison.what,
        )
    mine, theirs = number(float(answer.flat[0])), number(float(target.flat[0]))
    if mine == theirs:
        return _("{what} is {value}, as expected.", what=comparison.what, value=mine)
    return _("{what} is {value}, close to the expected {wanted}.", what=comparison.what, value=mine, wanted=theirs)


def _wrong_values(answer: FloatArray, target: FloatArray, wrong: Any, comparison: _Comparison) -> Reason:
    count = int(wrong.sum())
    if not comparison.tells:
        if target.size == 1:
            return _("{what} is not the expected one.", what=comparison.what)
        if count == target.size:
            return _("{what} is not as expected: all of the values are wrong.", what=comparison.what)
        if 2 * count > target.size:
            return _("{what} is not as expected: most of the values are wrong.", what=comparison.what)
        return _("{what} is not as expected: some of the values are wrong.", what=comparison.what)
    if target.size == 1:
        mine, theirs = number_pair(float(answer.flat[0]), float(target.flat[0]))
        return _("{what} is {value}, but {wanted} is expected.", what=comparison.what, value=mine, wanted=theirs)
    distance = np.abs(answer - target)
    worst = int(np.argmax(np.where(wrong, np.where(np.isfinite(distance), distance, np.inf), -1.0)))
    place = ", ".join(str(int(index)) for index in np.unravel_index(worst, target.shape))
    mine, theirs = number_pair(float(answer.flat[worst]), float(target.flat[worst]))
    return _(
        "{what} is not as expected in {count} of {total} values, most of all at [{place}]: "
        "there it is {value}, but {wanted} is expected.",
        what=comparison.what,
        count=count,
        total=target.size,
        place=place,
        value=mine,
        wanted=theirs,
    )


def _wrong_shape(answer: FloatArray, target: FloatArray, comparison: _Comparison) -> Reason:
    if not comparison.tells:
        return say_hidden_shape(comparison.what, answer.shape)
    have, wanted = shape(answer.shape), shape(target.shape)
    if not answer.ndim:
        return say_single(comparison.what, wanted)
    if not target.ndim:
        return _("{what} has the shape {have}, but a single number is expected.", what=comparison.what, have=have)
    return say_shapes(comparison.what, have, wanted)


def say_shapes(what: Reason, have: Reason, wanted: Reason) -> Reason:
    """Two shapes that differ."""
    return _("{what} has the shape {have}, but the shape {wanted} is expected.", what=what, have=have, wanted=wanted)


def say_single(what: Reason, wanted: Reason) -> Reason:
    return _("{what} is a single number, but the shape {wanted} is expected.", what=what, wanted=wanted)


def say_hidden_shape(what: Reason, sizes: tuple[int, ...]) -> Reason:
    """Without the sizes: an empty array may have any, and so hand over the digits of the hidden input."""
    if sizes:
        return _("{what} has a shape that is not the expected shape.", what=what)
    return _("{what} is a single number; that is not the expected shape.", what=what)
