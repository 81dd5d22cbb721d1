"""Expectations on one value: value, close, shape, type, text, raises, count."""

from __future__ import annotations

import builtins
import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.rubric import Close, Count, Text
from grader.score.answers import read_networks
from grader.score.arrays import FloatArray, NotNumbersError, as_numbers
from grader.score.diagnosis import Diagnosis, diagnose
from grader.score.other_answers import diagnose_beside_others
from grader.score.sentences import code, counted, inside, listed, number, number_pair, shape, shown, subject
from grader.score.verdict import Evidence, UnscoredError, Verdict

_LONGEST_TEXT = 20_000
_DEEPEST = 8


def judge_value(expected: Any, evidence: Evidence) -> Verdict:
    """The answer is exactly the expected value; a whole number may be written as a float."""
    answer = evidence.value()
    what = subject(evidence.probe, tells=evidence.tells)
    if _same(answer, expected):
        return Verdict(
            1.0, f"{what} is {shown(expected)}, as expected." if evidence.tells else f"{what} is as expected."
        )
    if not evidence.tells:
        return Verdict(0.0, f"{what} is not the expected one.")
    return Verdict(0.0, f"{what} is {_unlike(answer, expected)}")


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


def _unlike(answer: Any, expected: Any) -> str:
    texts = shown(answer), shown(expected)
    if texts[0] == texts[1] and _is_number(answer) and _is_number(expected):
        texts = number_pair(answer, expected)
    if texts[0] == texts[1]:
        return f"{texts[0]} at first sight, but it differs from what is expected in its type or further on."
    return f"{texts[0]}, but {texts[1]} is expected."


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# ---- close ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Comparison:
    """What is compared, how closely, and whether its numbers may be told."""

    what: str
    close: Close
    tells: bool

    def part(self, place: str) -> _Comparison:
        return _Comparison(f"{place} of {inside(self.what)}", self.close, self.tells)


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
        raise UnscoredError("The expected value is not made of numbers; the course has to mend it.") from error
    if not np.isfinite(target_array).all():
        raise UnscoredError("The expected value holds NaN or infinity; the course has to mend it.")
    try:
        return _compare_arrays(as_numbers(answer), target_array, comparison)
    except NotNumbersError as error:
        return Verdict(0.0, f"{comparison.what} {error}.")


def _compare_entries(answer: Any, target: dict[str, Any], comparison: _Comparison, depth: int) -> Verdict:
    if not isinstance(answer, dict):
        return Verdict(0.0, f"{comparison.what} is not a dictionary.")
    for key, expected in target.items():
        if key not in answer:
            return Verdict(0.0, f"{comparison.what} has no entry {code(key)}.")
        verdict = _compare(answer[key], expected, comparison.part(f"The entry {code(key)}"), depth + 1)
        if verdict.fraction != 1.0:
            return verdict
    return Verdict(1.0, f"{comparison.what} is as expected.")


def _compare_items(answer: Any, target: list[Any], comparison: _Comparison, depth: int) -> Verdict:
    if not isinstance(answer, list):
        return Verdict(0.0, f"{comparison.what} is not a list.")
    if len(answer) != len(target):
        wanted = f"but {len(target)} are expected" if comparison.tells else "which is not the expected number"
        return Verdict(0.0, f"{comparison.what} has {counted(len(answer), 'item')}, {wanted}.")
    for index, expected in enumerate(target):
        verdict = _compare(answer[index], expected, comparison.part(f"Item {index}"), depth + 1)
        if verdict.fraction != 1.0:
            return verdict
    return Verdict(1.0, f"{comparison.what} is as expected.")


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
        return f"{comparison.what} is as expected."
    if target.size != 1:
        return f"{comparison.what} is as expected: {counted(target.size, 'value')} compared."
    mine, theirs = number(float(answer.flat[0])), number(float(target.flat[0]))
    return f"{comparison.what} is {mine}, " + ("as expected." if mine == theirs else f"close to the expected {theirs}.")


def _wrong_values(answer: FloatArray, target: FloatArray, wrong: Any, comparison: _Comparison) -> str:
    count = int(wrong.sum())
    if not comparison.tells:
        if target.size == 1:
            return f"{comparison.what} is not the expected one."
        how_many = "all" if count == target.size else "most" if 2 * count > target.size else "some"
        return f"{comparison.what} is not as expected: {how_many} of the values are wrong."
    if target.size == 1:
        mine, theirs = number_pair(float(answer.flat[0]), float(target.flat[0]))
        return f"{comparison.what} is {mine}, but {theirs} is expected."
    distance = np.abs(answer - target)
    worst = int(np.argmax(np.where(np.isfinite(distance), distance, np.inf)))
    place = ", ".join(str(int(index)) for index in np.unravel_index(worst, target.shape))
    mine, theirs = number_pair(float(answer.flat[worst]), float(target.flat[worst]))
    return (
        f"{comparison.what} is not as expected in {count} of {target.size} values, most of all at [{place}]: "
        f"there it is {mine}, but {theirs} is expected."
    )


def _wrong_shape(answer: FloatArray, target: FloatArray, comparison: _Comparison) -> str:
    if not comparison.tells:
        return _hidden_shape(comparison.what, answer.shape)
    have = f"has the shape {shape(answer.shape)}" if answer.ndim else "is a single number"
    wanted = f"the shape {shape(target.shape)}" if target.ndim else "a single number"
    return f"{comparison.what} {have}, but {wanted} is expected."


def _hidden_shape(what: str, sizes: tuple[int, ...]) -> str:
    """Without the sizes: an empty array may have any, and so hand over the digits of the hidden input."""
    have = "has a shape that" if sizes else "is a single number; that"
    return f"{what} {have} is not the expected shape."


# ---- shape, type, text, raises, count -------------------------------------------------------------------------------


def judge_shape(expected: list[int | None], evidence: Evidence) -> Verdict:
    """The answer's shape, where None stands for any size."""
    what = subject(evidence.probe, tells=evidence.tells)
    try:
        sizes = as_numbers(evidence.value()).shape
    except NotNumbersError as error:
        return Verdict(0.0, f"{what} {error}, so it has no shape.")
    fits = len(sizes) == len(expected) and all(
        want is None or have == want for have, want in zip(sizes, expected, strict=True)
    )
    if not evidence.tells:
        return Verdict(1.0, f"{what} has the expected shape.") if fits else Verdict(0.0, _hidden_shape(what, sizes))
    if fits:
        return Verdict(1.0, f"{what} has the shape {shape(sizes)}.")
    have = f"has the shape {shape(sizes)}" if sizes else "is a single number"
    return Verdict(0.0, f"{what} {have}, but the shape {shape(expected)} is expected.")


def judge_type(expected: str | list[str], evidence: Evidence) -> Verdict:
    """The answer's type by name: Python's names, `array`, `number`, or a dtype's name."""
    wanted = [expected] if isinstance(expected, str) else expected
    have = _type_names(evidence.value())
    what = subject(evidence.probe, tells=evidence.tells)
    if set(wanted) & set(have):
        return Verdict(1.0, f"{what} is of type {code(have[0])}.")
    either = " or ".join(code(name) for name in wanted)
    return Verdict(0.0, f"{what} is of type {code(have[0])}, but {either} is expected.")


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
        return Verdict(0.0, f"{what} is of type {code(_type_names(answer)[0])}, but text is expected.")
    text = answer[:_LONGEST_TEXT] if isinstance(answer, str) else number(answer, 12)
    folded = text.casefold() if expected.ignore_case else text
    lacking = [piece for piece in expected.contains if _fold(piece, expected.ignore_case) not in folded]
    if lacking:
        told = f"does not mention {listed([code(piece) for piece in lacking])}"
        return Verdict(0.0, f"{what} {told}." if evidence.tells else f"{what} does not say what is expected.")
    flags = re.IGNORECASE if expected.ignore_case else 0
    if expected.matches is not None and not re.search(expected.matches, text, flags):
        told = f"is {shown(text)}, which is not of the expected form"
        return Verdict(0.0, f"{what} {told}." if evidence.tells else f"{what} is not of the expected form.")
    return Verdict(1.0, f"{what} says what is expected.")


def _fold(text: str, ignore_case: bool) -> str:
    return text.casefold() if ignore_case else text


def judge_raises(expected: str, evidence: Evidence) -> Verdict:
    """The call raises this error, or one derived from it."""
    answer = evidence.answer()
    what = subject(evidence.probe, tells=evidence.tells)
    if answer.status == "answered":
        return Verdict(0.0, f"{what}: {code(expected)} should be raised, but there is no error.")
    if answer.status != "raised":
        return Verdict(0.0, answer.because or "The notebook did not answer.", status="unanswered")
    # The value of an answer that `raised` is the error's name; its text could hold any name.
    name = answer.value if isinstance(answer.value, str) else ""
    if name == expected or _derives(name, expected):
        return Verdict(1.0, f"{what}: {code(name)} is raised, as expected.")
    raised = code(name) if name.isidentifier() else "another error"
    return Verdict(0.0, f"{what}: {code(expected)} should be raised, but it is {raised}.")


def _derives(name: str, expected: str) -> bool:
    one, other = getattr(builtins, name, None), getattr(builtins, expected, None)
    return isinstance(one, type) and isinstance(other, type) and issubclass(one, other)


def judge_count(count: Count, evidence: Evidence) -> Verdict:
    """How many items, networks, pictures or words there are."""
    have, thing, note = _count(count, evidence)
    there = f"There {'is' if have == 1 else 'are'} {counted(have, thing)}"
    too_few = count.at_least is not None and have < count.at_least
    too_many = count.at_most is not None and have > count.at_most
    if not too_few and not too_many:
        return Verdict(1.0, f"{there}.{note}")
    if not evidence.tells:
        return Verdict(0.0, f"{there}: {'fewer' if too_few else 'more'} than asked.{note}")
    limit = f"at least {count.at_least}" if too_few else f"at most {count.at_most}"
    return Verdict(0.0, f"{there}, but {limit} should be there.{note}")


def _count(count: Count, evidence: Evidence) -> tuple[int, str, str]:
    """How many, of what, and what to add to the sentence."""
    if count.of == "pictures":
        return evidence.run.facts.pictures, "picture", ""
    if count.of == "words" and evidence.criterion.probe is None:
        return len(evidence.run.facts.words.split()), "word", ""
    value = evidence.value()
    if count.of == "models":
        found = read_networks(value)
        return len(found.networks), "network", found.note
    if count.of == "words":
        return len(value.split()) if isinstance(value, str) else 0, "word", ""
    if isinstance(value, np.ndarray):
        # An array without a value has no items, however many rows it claims.
        return len(np.atleast_1d(value)) if value.size else 0, "item", ""
    if isinstance(value, (list, dict)):
        return len(value), "item", ""
    return 0 if value is None else 1, "item", ""
