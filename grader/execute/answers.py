"""Questions for a kernel, and its answers read as hostile input: bounded messages, plain data, our own words."""

from __future__ import annotations

import builtins
import functools
import hashlib
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors import SafetensorError

from grader.inside import channel, plain
from grader.model import Answer

_MOST_ARGUMENTS = 5
_FEW_NUMBERS = 9


@dataclass(frozen=True)
class Question:
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
        return f"`{self.names[0]}`" if self.names else "The notebook"

    def unanswered(self, because: str) -> Answer:
        return Answer(status="stopped", because=f"{self.subject} could not be asked: {because}.")


def exchange(connection: socket.socket, question: Question) -> Answer:
    """Send the question and receive its answer; an answer that breaks the rules closes the connection."""
    try:
        channel.send(connection, plain.dumps(dict(question.content)))
        content = channel.receive(connection, channel.ANSWER_BYTES)
    except ValueError as error:
        connection.close()
        return Answer(status="unusable", because=f"{question.subject} gave an answer that cannot be used: {error}.")
    except (EOFError, OSError):
        connection.close()
        return question.unanswered(f"it took longer than {question.limit_s:g} s, or the kernel was gone")
    return read_answer(question, content)


def read_answer(question: Question, content: bytes) -> Answer:
    """The bytes that came back, as an answer."""
    try:
        value, notes = plain.loads(content)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Answer(status="unusable", because=f"{question.subject} gave an answer that is not plain data.")
    return _as_answer(question, value, notes)


def _as_answer(question: Question, value: Any, notes: Mapping[str, str]) -> Answer:
    """The kernel's notes as a sentence; of a hidden probe, nothing that could carry its inputs out."""
    subject = question.subject
    match notes.get("status"):
        case "answered":
            return Answer(status="answered", value=value)
        case "missing":
            named = [name for name in question.names if name in notes.get("detail", "").split(", ")]
            what = " or ".join(f"`{name}`" for name in named or question.names)
            return Answer(status="missing", because=f"The notebook has no {what}.")
        case "stopped":
            return question.unanswered(f"it took longer than {question.limit_s:g} s")
        case "raised":
            return Answer(status="raised", value=_error_name(notes), because=_say_error(question, notes))
    told = "" if question.hidden else _one_line(notes.get("detail", ""))
    detail = f": {told}" if told else ""
    return Answer(status="unusable", because=f"{subject} gave something other than plain data{detail}.")


def _error_name(notes: Mapping[str, str]) -> str:
    """Only names that Python itself has: a class of the student's could be named anything."""
    name = notes.get("error", "")
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, BaseException) else "an error of its own kind"


def _say_error(question: Question, notes: Mapping[str, str]) -> str:
    name = _error_name(notes)
    if question.hidden:
        return f"{question.subject} raised {name} when it was asked about something that you do not see."
    detail = _one_line(notes.get("detail", ""))
    line = _one_line(notes.get("line", ""))
    where = f" in the line `{line}`" if line else ""
    return f"{question.subject} raised {name}{where}{': ' + detail if detail else ''}.{_say_given(question)}"


def _say_given(question: Question) -> str:
    """What a function was called with, as a sentence after others: so that the student can try it."""
    arguments = question.content["arguments"]
    if not arguments:
        return ""
    told = [f"`{name}` = {_say_argument(value)}" for name, value in list(arguments.items())[:_MOST_ARGUMENTS]]
    return f" It was given {', '.join(told)}{', …' if len(arguments) > _MOST_ARGUMENTS else ''}."


def _say_argument(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"tensor"}:
        return f"a tensor of shape {value['tensor'].shape}"
    if isinstance(value, np.ndarray):
        # Few enough numbers to follow with a pencil are written out.
        if value.size <= _FEW_NUMBERS:
            return _one_line(str(value.tolist()))
        return f"an array of shape {value.shape}, {value.dtype}"
    return _one_line(repr(value))


def _one_line(text: str) -> str:
    line = " ".join(text[:600].split())
    return (line if len(line) <= 200 else f"{line[:197]}…").rstrip(".")
