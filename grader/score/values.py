"""Expectations on one value: value, close, shape, type, text, raises, count."""

from __future__ import annotations

import builtins
import math
import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.language import _, ngettext
from grader.rubric import Close, Count, Text
from grader.score.answers import read_networks
from grader.score.arrays import FloatArray, NotNumbersError, as_numbers
from grader.score.diagnosis import Diagnosis, diagnose
from grader.score.other_answers import diagnose_beside_others
from grader.score.sentences import code, inside, listed, listed_or, number, number_pair, shape, shown, subject
from grader.score.verdict import Evidence, UnscoredError, Verdict, reason_of

_LONGEST_TEXT = 20_000
_DEEPEST = 8


def judge_value(expected: Any, evidence: Evidence) -> Verdict:
    """The answer is exactly the expected value; a whole number may be written as a float."""
    answer = evidence.value()
    what = subject(evidence.probe, tells=evidence.tells)
    if _same(answer, expected):
        if not evidence.tells:
            return Verdict(1.0, _("{what} is as expected.", what=what))
        return Verdict(1.0, _("{what} is {value}, as expected.", what=what, value=shown(expected)))
    if not evidence.tells:
        return Verdict(0.0, _("{what} is not the expected one.", what=what))
    return Verdict(0.0, _say_unlike(what, answer, expected))


def _same(answer: Any, expected: Any) -> bool:
    if isinstance(answer, np.ndarray):
        if answer.size == 0 and max(answer.shape) > _LONGEST_TEXT:
            return False  # an empty array takes no room however many rows it has, and its lists would
        answer = answer.tolist()
    if isinstance(expected, bool) or expected is None or isinstance(answer, bool):
        return answer is expected
    if isinstance(expected, (int, float)):
        return isinstance(answer, (int, float)) and abs(expected) != math.inf and answer == expected
    if isinstance(expected, str):
        return isinstance(answer, str) and answer == expected
    if isinstance(expected, list):
        return isinstance(answer, list) and len(answer) == len(expected) and all(map(_same, answer, expected))
    if isinstance(expected, dict):
        return (
            isinstance(answer, dict)
            and answer.keys() == expected.keys()
            and all(_same(answer[key], value) for key, value in expected.items())
        )
    return False


def _say_unlike(what: str, answer: Any, expected: Any) -> str:
    texts = shown(answer), shown(expected)
    if texts[0] == texts[1] and _is_number(answer) and _is_number(expected):
        texts = number_pair(answer, expected)
    if texts[0] == texts[1]:
        return _(
            "{what} is {value} at first sight, but it differs from what is expected in its type or further on.",
            what=what,
            value=texts[0],
        )
    return _("{what} is {value}, but {wanted} is expected.", what=what, value=texts[0], wanted=texts[1])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# ---- close ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Comparison:
    """What is compared, how closely, and whether its numbers may be told."""

    what: str
    close: Close
    tells: bool

    def entry(self, key: str) -> _Comparison:
        return replace(self, what=_("The entry {key} of {what}", key=code(key), what=inside(self.what)))

    def item(self, index: int) -> _Comparison:
        return replace(self, what=_("Item {index} of {what}", index=index, what=inside(self.what)))


def judge_close(close: Close, evidence: Evidence) -> Verdict:
    """Every number is the target's, within atol + rtol * |target|."""
    answer, target = evidence.value(), evidence.target(close.to)
    comparison = _Comparison(subject(evidence.probe, tells=evidence.tells), close, evidence.tells)
    verdict = _compare(answer, target, comparison)
    found = diagnose_beside_others(evidence) if verdict.fraction == 0 and verdict.diagnosis is None else None
    if found is None:
        return verdict
    return Verdict(0.0, _with_diagnosis(verdict.because, found, evidence.tells), found.name)


def _compare(answer: Any, target: Any, comparison: _Comparison, depth: int = 0) -> Verdict:
    if depth < _DEEPEST and isinstance(target, dict) and target:
        return _compare_entries(answer, target, comparison, depth)
    try:
        target_array = as_numbers(target)
    except NotNumbersError as error:
        if depth < _DEEPEST and isinstance(target, list):
            return _compare_items(answer, target, comparison, depth)
        raise UnscoredError(_("The expected value is not made of numbers; the course has to mend it.")) from error
    if not np.isfinite(target_array).all():
        raise UnscoredError(_("The expected value holds NaN or infinity; the course has to mend it."))
    try:
        return _compare_arrays(as_numbers(answer), target_array, comparison)
    except NotNumbersError as error:
        return Verdict(0.0, error.say(comparison.what))


def _compare_entries(answer: Any, target: dict[str, Any], comparison: _Comparison, depth: int) -> Verdict:
    if not isinstance(answer, dict):
        return Verdict(0.0, _("{what} is not a dictionary.", what=comparison.what))
    for key, expected in target.items():
        if key not in answer:
            return Verdict(0.0, _("{what} has no entry {key}.", what=comparison.what, key=code(key)))
        verdict = _compare(answer[key], expected, comparison.entry(key), depth + 1)
        if verdict.fraction != 1.0:
            return verdict
    return Verdict(1.0, _("{what} is as expected.", what=comparison.what))


def _compare_items(answer: Any, target: list[Any], comparison: _Comparison, depth: int) -> Verdict:
    if not isinstance(answer, list):
        return Verdict(0.0, _("{what} is not a list.", what=comparison.what))
    if len(answer) != len(target):
        return Verdict(0.0, _say_other_length(len(answer), len(target), comparison))
    for index, expected in enumerate(target):
        verdict = _compare(answer[index], expected, comparison.item(index), depth + 1)
        if verdict.fraction != 1.0:
            return verdict
    return Verdict(1.0, _("{what} is as expected.", what=comparison.what))


def _say_other_length(have: int, wanted: int, comparison: _Comparison) -> str:
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
    if answer.size == 1 and target.size == 1:
        answer = answer.reshape(target.shape)
    close, difference = comparison.close, np.empty(0)
    if answer.shape == target.shape:
        difference = np.abs(answer - target)
        wrong = ~(np.isfinite(difference) & (difference <= close.atol + close.rtol * np.abs(target)))
        if not wrong.any():
            return Verdict(1.0, _right(answer, target, comparison))
        because = _wrong_values(answer, target, wrong, comparison)
    else:
        because = _wrong_shape(answer, target, comparison)
    found = diagnose(answer, target, close.rtol)
    return Verdict(0.0, _with_diagnosis(because, found, comparison.tells), found.name if found else None)


def _with_diagnosis(because: str, found: Diagnosis | None, tells: bool) -> str:
    if found is None:
        return because
    return f"{because} {found.sentence if tells else found.plain}"


def _right(answer: FloatArray, target: FloatArray, comparison: _Comparison) -> str:
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


def _wrong_values(answer: FloatArray, target: FloatArray, wrong: Any, comparison: _Comparison) -> str:
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
    worst = int(np.argmax(np.where(np.isfinite(distance), distance, np.inf)))
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


def _wrong_shape(answer: FloatArray, target: FloatArray, comparison: _Comparison) -> str:
    if not comparison.tells:
        return _hidden_shape(comparison.what, answer.shape)
    have, wanted = shape(answer.shape), shape(target.shape)
    if not answer.ndim:
        return _say_single(comparison.what, wanted)
    if not target.ndim:
        return _("{what} has the shape {have}, but a single number is expected.", what=comparison.what, have=have)
    return say_shapes(comparison.what, have, wanted)


def say_shapes(what: str, have: str, wanted: str) -> str:
    """Two shapes that differ."""
    return _("{what} has the shape {have}, but the shape {wanted} is expected.", what=what, have=have, wanted=wanted)


def _say_single(what: str, wanted: str) -> str:
    return _("{what} is a single number, but the shape {wanted} is expected.", what=what, wanted=wanted)


def _hidden_shape(what: str, sizes: tuple[int, ...]) -> str:
    """Without the sizes: an empty array may have any, and so hand over the digits of the hidden input."""
    if sizes:
        return _("{what} has a shape that is not the expected shape.", what=what)
    return _("{what} is a single number; that is not the expected shape.", what=what)


# ---- shape, type, text, raises, count -------------------------------------------------------------------------------


def judge_shape(expected: list[int | None], evidence: Evidence) -> Verdict:
    """The answer's shape, where None stands for any size."""
    what = subject(evidence.probe, tells=evidence.tells)
    try:
        sizes = as_numbers(evidence.value()).shape
    except NotNumbersError as error:
        return Verdict(0.0, _("{reason} So it has no shape.", reason=error.say(what)))
    fits = len(sizes) == len(expected) and all(
        want is None or have == want for have, want in zip(sizes, expected, strict=True)
    )
    if not evidence.tells:
        as_expected = _("{what} has the expected shape.", what=what)
        return Verdict(1.0, as_expected) if fits else Verdict(0.0, _hidden_shape(what, sizes))
    if fits:
        return Verdict(1.0, _("{what} has the shape {have}.", what=what, have=shape(sizes)))
    wanted = shape(expected)
    return Verdict(0.0, say_shapes(what, shape(sizes), wanted) if sizes else _say_single(what, wanted))


def judge_type(expected: str | list[str], evidence: Evidence) -> Verdict:
    """The answer's type by name: Python's names, `array`, `number`, or a dtype's name."""
    wanted = [expected] if isinstance(expected, str) else expected
    have = _type_names(evidence.value())
    what = subject(evidence.probe, tells=evidence.tells)
    if set(wanted) & set(have):
        return Verdict(1.0, _("{what} is of type {type}.", what=what, type=code(have[0])))
    return Verdict(0.0, _say_other_type(what, have[0], listed_or([code(name) for name in wanted], len(wanted))))


def _say_other_type(what: str, have: str, wanted: str) -> str:
    return _("{what} is of type {type}, but {wanted} is expected.", what=what, type=code(have), wanted=wanted)


def _type_names(value: Any) -> list[str]:
    """All names that a rubric may use for the value's type, the plainest first."""
    if value is None:
        return ["None", "NoneType"]
    if isinstance(value, np.ndarray):
        names = ["array", "ndarray", value.dtype.name]
        if value.ndim == 0 and value.dtype.kind in "biuf":
            names += _type_names(value.item())
        return names
    name = type(value).__name__
    return [name, "number"] if name in ("int", "float") else [name]


def judge_text(expected: Text, evidence: Evidence) -> Verdict:
    """The answer as text holds what it should; all of it is needed."""
    answer = evidence.value()
    what = subject(evidence.probe, tells=evidence.tells)
    if not isinstance(answer, str) and not _is_number(answer):
        return Verdict(0.0, _say_other_type(what, _type_names(answer)[0], _("text")))
    text = answer[:_LONGEST_TEXT] if isinstance(answer, str) else number(answer, 12)
    folded = text.casefold() if expected.ignore_case else text
    lacking = [piece for piece in expected.contains if _fold(piece, expected.ignore_case) not in folded]
    if lacking:
        if not evidence.tells:
            return Verdict(0.0, _("{what} does not say what is expected.", what=what))
        pieces = listed([code(piece) for piece in lacking])
        return Verdict(0.0, _("{what} does not mention {pieces}.", what=what, pieces=pieces))
    flags = re.IGNORECASE if expected.ignore_case else 0
    if expected.matches is not None and not re.search(expected.matches, text, flags):
        if not evidence.tells:
            return Verdict(0.0, _("{what} is not of the expected form.", what=what))
        told = _("{what} is {value}, which is not of the expected form.", what=what, value=shown(text))
        return Verdict(0.0, told)
    return Verdict(1.0, _("{what} says what is expected.", what=what))


def _fold(text: str, ignore_case: bool) -> str:
    return text.casefold() if ignore_case else text


def judge_raises(expected: str, evidence: Evidence) -> Verdict:
    """The call raises this error, or one derived from it."""
    answer = evidence.answer()
    what = subject(evidence.probe, tells=evidence.tells)
    if answer.status == "answered":
        return Verdict(
            0.0, _("{what}: {error} should be raised, but there is no error.", what=what, error=code(expected))
        )
    if answer.status != "raised":
        return Verdict(0.0, reason_of(answer), status="unanswered")
    # The value of an answer that `raised` is the error's name; its text could hold any name.
    name = answer.value if isinstance(answer.value, str) else ""
    if name == expected or _derives(name, expected):
        return Verdict(1.0, _("{what}: {error} is raised, as expected.", what=what, error=code(name)))
    raised = code(name) if name.isidentifier() else _("another error")
    told = _("{what}: {error} should be raised, but it is {raised}.", what=what, error=code(expected), raised=raised)
    return Verdict(0.0, told)


def _derives(name: str, expected: str) -> bool:
    one, other = getattr(builtins, name, None), getattr(builtins, expected, None)
    return isinstance(one, type) and isinstance(other, type) and issubclass(one, other)


def judge_count(count: Count, evidence: Evidence) -> Verdict:
    """How many items, networks, pictures or words there are."""
    have, there, note = _count(count, evidence)
    too_few = count.at_least is not None and have < count.at_least
    too_many = count.at_most is not None and have > count.at_most
    if not too_few and not too_many:
        return Verdict(1.0, f"{there}.{note}")
    if not evidence.tells:
        told = _("{there}: fewer than asked.", there=there) if too_few else _("{there}: more than asked.", there=there)
    elif too_few:
        told = _("{there}, but at least {wanted} should be there.", there=there, wanted=count.at_least)
    else:
        told = _("{there}, but at most {wanted} should be there.", there=there, wanted=count.at_most)
    return Verdict(0.0, told + note)


def _count(count: Count, evidence: Evidence) -> tuple[int, str, str]:
    """How many, the beginning of a sentence that says so, and what to add to the sentence."""
    if count.of == "pictures":
        n = evidence.run.facts.pictures
        return n, ngettext("There is {n} picture", "There are {n} pictures", n), ""
    if count.of == "words":
        n = _count_words(evidence)
        return n, ngettext("There is {n} word", "There are {n} words", n), ""
    value = evidence.value()
    if count.of == "models":
        found = read_networks(value)
        n = len(found.networks)
        return n, ngettext("There is {n} network", "There are {n} networks", n), found.note
    n = _count_items(value)
    return n, ngettext("There is {n} item", "There are {n} items", n), ""


def _count_words(evidence: Evidence) -> int:
    if evidence.criterion.probe is None:
        return len(evidence.run.facts.words.split())
    value = evidence.value()
    return len(value.split()) if isinstance(value, str) else 0


def _count_items(value: Any) -> int:
    if isinstance(value, np.ndarray):
        # An array without a value has no items, however many rows it claims.
        return len(np.atleast_1d(value)) if value.size else 0
    if isinstance(value, (list, dict)):
        return len(value)
    return 0 if value is None else 1
