"""Questions for a kernel, and its answers read as hostile input: bounded messages, plain data, our own words."""

from __future__ import annotations

import builtins
import functools
import hashlib
import json
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors import SafetensorError

from grader.inside import channel, plain
from grader.language import N_, Reason, Value, _, join, verbatim
from grader.language.recognising import recognise_among
from grader.language.stand_in_words import recognise
from grader.model import Answer, Cause

_MOST_ARGUMENTS = 5
_FEW_NUMBERS = 9

NOT_PLAIN = (
    N_("it is nested more than {n} deep"),
    N_("it has more than {n} parts"),
    N_("it holds a dict with two keys that are written alike, such as 1 and '1'"),
    N_("it is or holds something of type `{type}`: no number, text or array"),
    N_("it holds an array of type `{type}`"),
    N_("it is sparse, and has {size} MiB with its zeros"),
    N_("it holds a text of {n} characters"),
    N_("it holds a whole number of more than 63 bits"),
    N_("it holds a dict with a key of type `{type}`"),
    N_("it holds a dict with a key of {n} characters"),
    N_("it takes more memory than there is"),
    N_("it cannot be written down ({error})"),
    N_("it has {size} MiB, more than the limit of {limit} MiB"),
)
"""Why an answer is no plain data, as the sandbox says it, which has no catalogs."""


@dataclass(frozen=True)
class ProbeQuestion:
    """A probe made ready to be asked: its inputs are made, and nothing of what is expected is in it."""

    name: str
    content: Mapping[str, Any]
    names: tuple[str, ...]
    """the names of the notebook that it asks about: `slope`"""
    hidden: bool
    limit_s: float
    only_at_end: bool = False
    """what the names were before they were used again does not count"""
    oracle: str = ""
    """the hash of the reference that stands for the helpers in `content`; empty: it is asked of the notebook alone"""

    @functools.cached_property
    def hash(self) -> str:
        """Of everything that is asked: an answer is of no use to a question with another one."""
        when = ["end"] if self.only_at_end else []  # so that answers of before `when` keep their hash
        oracle = [self.oracle] if self.oracle else []
        asked = json.dumps([self.name, self.hidden, self.limit_s, *when, *oracle]).encode() + plain.dumps(
            dict(self.content)
        )
        return hashlib.sha256(asked).hexdigest()[:32]

    @property
    def subject(self) -> Reason:
        return verbatim(f"`{self.names[0]}`") if self.names else _("The notebook")

    def unanswered(self, because: Reason) -> Answer:
        return Answer(
            status="stopped",
            because=_("{subject} could not be asked: {why}.", subject=self.subject, why=because),
        )


Explain = Callable[[ProbeQuestion, str, str], Cause | None]
"""Why a question got the error of this name and text, where that is a cause of ours."""


def exchange(connection: socket.socket, question: ProbeQuestion, explain: Explain | None = None) -> Answer:
    """Send the question and receive its answer; an answer that breaks the rules closes the connection."""
    try:
        channel.send(connection, plain.dumps({**question.content, "limit_s": question.limit_s}))
        content = channel.receive(connection, channel.ANSWER_BYTES)
    except ValueError as error:
        connection.close()
        why = recognise_among(str(error), NOT_PLAIN)
        told = _("{subject} gave an answer that cannot be used: {why}.", subject=question.subject, why=why)
        return Answer(status="unusable", because=told)
    except (EOFError, OSError):
        connection.close()
        return question.unanswered(_("it took longer than {limit} s, or the kernel was gone", limit=question.limit_s))
    return read_answer(question, content, explain)


def read_answer(question: ProbeQuestion, content: bytes, explain: Explain | None = None) -> Answer:
    """The bytes that came back, as an answer."""
    try:
        value, notes = plain.loads(content)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        told = _("{subject} gave an answer that is not plain data.", subject=question.subject)
        return Answer(status="unusable", because=told)
    answer = _as_answer(question, value, notes)
    # Of a hidden question nothing is told that could carry its inputs out.
    if (found := _read_found(question, notes.get("found", ""))) and not question.hidden:
        answer = answer.model_copy(update={"found": found})
    if overwritten := _read_overwritten(question, notes.get("overwritten", "")):
        answer = answer.model_copy(update={"overwritten": overwritten})
    if explain is None or answer.status != "raised":
        return answer
    return answer.model_copy(update={"cause": explain(question, notes.get("error", ""), notes.get("detail", ""))})


def _as_answer(question: ProbeQuestion, value: Any, notes: Mapping[str, str]) -> Answer:
    """The kernel's notes as a sentence; of a hidden probe, nothing that could carry its inputs out."""
    subject = question.subject
    match notes.get("status"):
        case "answered":
            return Answer(status="answered", value=value)
        case "missing":
            named = [name for name in question.names if name in notes.get("detail", "").split(", ")]
            if not named and not question.names:  # code that the asked code runs names it
                return Answer(status="missing", because=_("What is asked uses a name that the notebook has not."))
            return Answer(
                status="missing",
                because=_("The notebook has no {names}.", names=_either(named or question.names)),
            )
        case "stopped":
            return question.unanswered(_("it took longer than {limit} s", limit=question.limit_s))
        case "raised":
            return Answer(status="raised", value=_error_name(notes), because=_say_error(question, notes))
    detail = "" if question.hidden else _one_line(notes.get("detail", ""))
    if detail:
        why = recognise_among(detail, NOT_PLAIN)
        told = _("{subject} gave something other than plain data: {detail}.", subject=subject, detail=why)
    else:
        told = _("{subject} gave something other than plain data.", subject=subject)
    return Answer(status="unusable", because=told)


def _read_found(question: ProbeQuestion, told: str) -> tuple[str, ...]:
    """The names that stood in for those that are missing: nothing but asked names in other capitals."""
    asked = {name.casefold() for name in question.names}
    return tuple(name for name in told[:1000].split(", ") if name.isidentifier() and name.casefold() in asked)


def _read_overwritten(question: ProbeQuestion, told: str) -> tuple[str, ...]:
    """The arrays that were changed in place: nothing but names that the question itself has."""
    code = str(question.content.get("code", ""))
    own = {*question.content.get("arguments", ()), *re.findall(r"[A-Za-z_]\w*", code)}
    return tuple(name for name in told[:1000].split(", ") if name in own)


def _either(names: Sequence[str]) -> Reason:
    """The names, of which any would do."""
    first, *others = (verbatim(f"`{name}`") for name in names)
    return functools.reduce(lambda told, name: _("{items} or {last}", items=told, last=name), others, first)


def _error_name(notes: Mapping[str, str]) -> str:
    """Only names that Python itself has, and else nothing: a class of the student's could be named anything."""
    name = notes.get("error", "")
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, BaseException) else ""


def _say_error(question: ProbeQuestion, notes: Mapping[str, str]) -> Reason:
    name = _error_name(notes) or _("an error of its own kind")
    told: dict[str, Value] = {"subject": _who_raised(question, notes), "error": name}
    # Code of the rubric may stumble over what a function gives, or find that it takes other arguments.
    is_unfit = question.content["kind"] == "evaluate" and not notes.get("function")
    if question.hidden and is_unfit:
        return _("{subject} cannot be used as the text asks: {error}, on something that you do not see.", **told)
    if question.hidden:
        return _("{subject} raised {error} when it was asked about something that you do not see.", **told)
    # A stand-in's sentence is whole, has its own full stop, and follows ours.
    said = recognise(" ".join(notes.get("detail", "")[:600].split()))
    detail = "" if isinstance(said, Reason) else _one_line(notes.get("detail", ""))
    line = _one_line(notes.get("line", ""))
    if is_unfit and detail:
        error = _("{subject} cannot be used as the text asks: {error}: {detail}.", **told, detail=detail)
    elif line and detail:
        error = _("{subject} raised {error} in the line `{line}`: {detail}.", **told, line=line, detail=detail)
    elif line:
        error = _("{subject} raised {error} in the line `{line}`.", **told, line=line)
    elif detail:
        error = _("{subject} raised {error}: {detail}.", **told, detail=detail)
    else:
        error = _("{subject} raised {error}.", **told)
    if isinstance(said, Reason):
        error += said
    given = _say_given(question.content["arguments"])
    return _("{error} It was given {arguments}.", error=error, arguments=given) if given else error


def _who_raised(question: ProbeQuestion, notes: Mapping[str, str]) -> Reason:
    """Of several functions that are asked about, the one that raised the error, where that is known."""
    if question.content["kind"] != "evaluate" or not question.names:
        return question.subject
    function = notes.get("function", "")
    return _either([function] if function in question.names else question.names)


def _say_given(arguments: Mapping[str, Any]) -> Reason:
    """What a function was called with, so that the student can try it."""
    told: list[Value] = [
        join([f"`{name}`", _say_argument(value)], " = ") for name, value in list(arguments.items())[:_MOST_ARGUMENTS]
    ]
    return join([*told, "…"] if len(arguments) > _MOST_ARGUMENTS else told, "; ")


def _say_argument(value: Any) -> Value:
    if isinstance(value, dict) and set(value) == {"tensor"}:
        return _("a tensor of shape {shape}", shape=str(value["tensor"].shape))
    if isinstance(value, np.ndarray):
        # Few enough numbers to follow with a pencil are written out.
        if value.size <= _FEW_NUMBERS:
            return _one_line(str(value.tolist()))
        return _("an array of shape {shape}, {dtype}", shape=str(value.shape), dtype=str(value.dtype))
    return _one_line(repr(value))


def _one_line(text: str) -> str:
    line = " ".join(text[:600].split())
    return (line if len(line) <= 200 else f"{line[:197]}…").rstrip(".")
