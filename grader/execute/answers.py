"""Questions for a kernel, and its answers read as hostile input: bounded messages, plain data, our own words."""

from __future__ import annotations

import builtins
import functools
import hashlib
import json
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors import SafetensorError

from grader.inside import channel, plain
from grader.language import kept
from grader.model import Answer, Cause

_MOST_ARGUMENTS = 5
_FEW_NUMBERS = 9


@dataclass(frozen=True)
class ProbeQuestion:
    """A probe made ready to be asked: its inputs are made, and nothing of what is expected is in it."""

    name: str
    content: Mapping[str, Any]
    names: tuple[str, ...]
    """the names of the notebook that it asks about: `slope`"""
    hidden: bool
    limit_s: float

    @functools.cached_property
    def hash(self) -> str:
        """Of everything that is asked: an answer is of no use to a question with another one."""
        asked = json.dumps([self.name, self.hidden, self.limit_s]).encode() + plain.dumps(dict(self.content))
        return hashlib.sha256(asked).hexdigest()[:32]

    @property
    def subject(self) -> str:
        return f"`{self.names[0]}`" if self.names else kept("run", "The notebook")

    def unanswered(self, because: str) -> Answer:
        return Answer(
            status="stopped",
            because=kept("run", "{subject} could not be asked: {why}.", subject=self.subject, why=because),
        )


Explain = Callable[[ProbeQuestion, str, str], Cause | None]
"""Why a question got the error of this name and text, where that is a cause of ours."""


def exchange(connection: socket.socket, question: ProbeQuestion, explain: Explain | None = None) -> Answer:
    """Send the question and receive its answer; an answer that breaks the rules closes the connection."""
    try:
        channel.send(connection, plain.dumps(dict(question.content)))
        content = channel.receive(connection, channel.ANSWER_BYTES)
    except ValueError as error:
        connection.close()
        told = kept("run", "{subject} gave an answer that cannot be used: {why}.", subject=question.subject, why=error)
        return Answer(status="unusable", because=told)
    except (EOFError, OSError):
        connection.close()
        return question.unanswered(
            kept("run", "it took longer than {limit} s, or the kernel was gone", limit=f"{question.limit_s:g}")
        )
    return read_answer(question, content, explain)


def read_answer(question: ProbeQuestion, content: bytes, explain: Explain | None = None) -> Answer:
    """The bytes that came back, as an answer."""
    try:
        value, notes = plain.loads(content)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        told = kept("run", "{subject} gave an answer that is not plain data.", subject=question.subject)
        return Answer(status="unusable", because=told)
    answer = _as_answer(question, value, notes)
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
            return Answer(
                status="missing",
                because=kept("run", "The notebook has no {names}.", names=_either(named or question.names)),
            )
        case "stopped":
            return question.unanswered(kept("run", "it took longer than {limit} s", limit=f"{question.limit_s:g}"))
        case "raised":
            return Answer(status="raised", value=_error_name(notes), because=_say_error(question, notes))
    told = "" if question.hidden else _one_line(notes.get("detail", ""))
    if told:
        told = kept("run", "{subject} gave something other than plain data: {detail}.", subject=subject, detail=told)
    else:
        told = kept("run", "{subject} gave something other than plain data.", subject=subject)
    return Answer(status="unusable", because=told)


def _either(names: Sequence[str]) -> str:
    """The names, of which any would do."""
    first, *others = (f"`{name}`" for name in names)
    return functools.reduce(lambda told, name: kept("run", "{names} or {name}", names=told, name=name), others, first)


def _error_name(notes: Mapping[str, str]) -> str:
    """Only names that Python itself has: a class of the student's could be named anything."""
    name = notes.get("error", "")
    kind = getattr(builtins, name, None)
    return (
        name if isinstance(kind, type) and issubclass(kind, BaseException) else kept("run", "an error of its own kind")
    )


def _say_error(question: ProbeQuestion, notes: Mapping[str, str]) -> str:
    told = {"subject": _who_raised(question, notes), "error": _error_name(notes)}
    # Code of the rubric may stumble over what a function gives, or find that it takes other arguments.
    is_unfit = question.content["kind"] == "evaluate" and not notes.get("function")
    if question.hidden and is_unfit:
        return kept(
            "run", "{subject} cannot be used as the text asks: {error}, on something that you do not see.", **told
        )
    if question.hidden:
        return kept("run", "{subject} raised {error} when it was asked about something that you do not see.", **told)
    detail = _one_line(notes.get("detail", ""))
    line = _one_line(notes.get("line", ""))
    if is_unfit:
        error = kept("run", "{subject} cannot be used as the text asks: {error}: {detail}.", **told, detail=detail)
    elif line and detail:
        error = kept(
            "run", "{subject} raised {error} in the line `{line}`: {detail}.", **told, line=line, detail=detail
        )
    elif line:
        error = kept("run", "{subject} raised {error} in the line `{line}`.", **told, line=line)
    elif detail:
        error = kept("run", "{subject} raised {error}: {detail}.", **told, detail=detail)
    else:
        error = kept("run", "{subject} raised {error}.", **told)
    given = _say_given(question.content["arguments"])
    return kept("run", "{error} It was given {arguments}.", error=error, arguments=given) if given else error


def _who_raised(question: ProbeQuestion, notes: Mapping[str, str]) -> str:
    """Of several functions that are asked about, the one that raised the error, where that is known."""
    if question.content["kind"] != "evaluate" or not question.names:
        return question.subject
    function = notes.get("function", "")
    return f"`{function}`" if function in question.names else _either(question.names)


def _say_given(arguments: Mapping[str, Any]) -> str:
    """What a function was called with, so that the student can try it."""
    told = [f"`{name}` = {_say_argument(value)}" for name, value in list(arguments.items())[:_MOST_ARGUMENTS]]
    if len(arguments) > _MOST_ARGUMENTS:
        told.append("…")
    return functools.reduce(lambda one, more: kept("run", "{one}; {more}", one=one, more=more), told) if told else ""


def _say_argument(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"tensor"}:
        return kept("run", "a tensor of shape {shape}", shape=value["tensor"].shape)
    if isinstance(value, np.ndarray):
        # Few enough numbers to follow with a pencil are written out.
        if value.size <= _FEW_NUMBERS:
            return _one_line(str(value.tolist()))
        return kept("run", "an array of shape {shape}, {dtype}", shape=value.shape, dtype=value.dtype)
    return _one_line(repr(value))


def _one_line(text: str) -> str:
    line = " ".join(text[:600].split())
    return (line if len(line) <= 200 else f"{line[:197]}…").rstrip(".")
