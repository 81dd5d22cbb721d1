"""Expectations on one value: value, shape, type, text, raises, count."""

from __future__ import annotations

import builtins
import math
import re
from typing import Any

import numpy as np

from grader.language import NOTHING, Reason, _, join, ngettext
from grader.rubric import Count, Text
from grader.score.arrays import NotNumbersError, as_numbers
from grader.score.closeness import say_hidden_shape, say_shapes, say_single
from grader.score.network_answers import read_networks
from grader.score.sentences import code, figure, listed, listed_or, number_pair, shape, shown, subject
from grader.score.verdict import Evidence, Verdict, reason_of

_LONGEST_TEXT = 20_000


def judge_value(expected: Any, evidence: Evidence) -> Verdict:
    """The answer is exactly the expected value; a whole number may be written as a float."""
    answer = evidence.value()
    what = subject(evidence.probe, tells=evidence.tells)
    if is_same(answer, expected):
        if not evidence.tells:
            return Verdict(1.0, _("{what} is as expected.", what=what))
        return Verdict(1.0, _("{what} is {value}, as expected.", what=what, value=shown(expected)))
    if not evidence.tells:
        return Verdict(0.0, _("{what} is not the expected one.", what=what))
    return Verdict(0.0, _say_unlike(what, answer, expected))


def is_same(answer: Any, expected: Any) -> bool:
    """Whether an answer is exactly this value."""
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
        return isinstance(answer, list) and len(answer) == len(expected) and all(map(is_same, answer, expected))
    if isinstance(expected, dict):
        return (
            isinstance(answer, dict)
            and answer.keys() == expected.keys()
            and all(is_same(answer[key], value) for key, value in expected.items())
        )
    return False


def _say_unlike(what: Reason, answer: Any, expected: Any) -> Reason:
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
        return Verdict(1.0, as_expected) if fits else Verdict(0.0, say_hidden_shape(what, sizes))
    if fits:
        return Verdict(1.0, _("{what} has the shape {have}.", what=what, have=shape(sizes)))
    wanted = shape(expected)
    return Verdict(0.0, say_shapes(what, shape(sizes), wanted) if sizes else say_single(what, wanted))


def judge_type(expected: str | list[str], evidence: Evidence) -> Verdict:
    """The answer's type by name: Python's names, `array`, `number`, or a dtype's name."""
    wanted = [expected] if isinstance(expected, str) else expected
    have = _type_names(evidence.value())
    what = subject(evidence.probe, tells=evidence.tells)
    if set(wanted) & set(have):
        return Verdict(1.0, _("{what} is of type {type}.", what=what, type=code(have[0])))
    return Verdict(0.0, _say_other_type(what, have[0], listed_or([code(name) for name in wanted], len(wanted))))


def _say_other_type(what: Reason, have: str, wanted: Reason) -> Reason:
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
    text = answer[:_LONGEST_TEXT] if isinstance(answer, str) else figure(answer, 12)
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
    if count.of == "items" and not evidence.tells:
        # Of an answer to a hidden question the notebook may choose the length, and with it say what it was asked.
        told = _("There are fewer than required.") if too_few else _("There are more than required.")
        is_met = not too_few and not too_many
        return Verdict(1.0, _("There are as many as required.")) if is_met else Verdict(0.0, told)
    if not too_few and not too_many:
        return Verdict(1.0, Reason("{there}.", {"there": there}) + note)
    if not evidence.tells:
        told = (
            _("{there}: fewer than required.", there=there)
            if too_few
            else _("{there}: more than required.", there=there)
        )
    elif too_few:
        told = _("{there}, but at least {wanted} should be there.", there=there, wanted=count.at_least or 0)
    else:
        told = _("{there}, but at most {wanted} should be there.", there=there, wanted=count.at_most or 0)
    if too_few and have > 0 and count.in_proportion and count.at_least:
        return Verdict(have / count.at_least, told + note + _("Each of them earns its share of the points."))
    return Verdict(0.0, told + note)


def _count(count: Count, evidence: Evidence) -> tuple[int, Reason, Reason]:
    """How many, the beginning of a sentence that says so, and what to add to the sentence."""
    if count.of == "pictures":
        n = evidence.run.facts.pictures
        return n, ngettext("There is {n} picture", "There are {n} pictures", n), NOTHING
    if count.of == "words":
        n = _count_words(evidence)
        return n, ngettext("There is {n} word", "There are {n} words", n), NOTHING
    value = evidence.value()
    if count.of == "models":
        found = read_networks(value)
        n = len(found.answering)
        if count.at_least is not None and n < count.at_least:
            found.leave_others_to_a_person()
        silent = [one.say_silence(tells=evidence.tells) for one in found.networks if one.predictions is None]
        note = join([*silent[:3], found.note])
        return n, ngettext("There is {n} network", "There are {n} networks", n), note
    n = _count_items(value)
    return n, ngettext("There is {n} item", "There are {n} items", n), NOTHING


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
