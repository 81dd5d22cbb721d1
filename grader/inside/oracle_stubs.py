"""Oracles: in a fork that is thrown away, a helper of the student's becomes a stub that asks the grader for its value.

The reference stays outside. A stub sends the arguments and gets the value back; the grader decides whether it answers.
"""

from __future__ import annotations

import builtins
import inspect
import socket
import threading
import types
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

from grader.inside import channel, plain

ASKING = b"\0asking\0"
"""What a question to an oracle begins with; an answer is a file of safetensors, which cannot."""

ANSWERED, REFUSED, LATE = b"a", b"r", b"l"
"""What the last word of a fork of the reference begins with: the answer, or why there is none."""


class Asker:
    """Asks over the connection on which the answer goes back, one question at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._lock = threading.Lock()

    def ask(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """The value; or the error that the reference raised, as far as Python itself has it."""
        content = plain.dumps(dict(arguments), {"name": name})
        with self._lock:
            channel.send(self.connection, ASKING + content)
            told, notes = plain.loads(channel.receive(self.connection, channel.QUESTION_BYTES))
        if "error" in notes:
            kind = getattr(builtins, notes["error"], RuntimeError)
            raise kind(notes.get("detail", ""))
        for key, changed in told["changed"].items():
            arguments[key][...] = changed
        return told["value"]


def install(names: Iterable[str], namespace: MutableMapping[str, Any], connection: socket.socket) -> None:
    """Let these functions of the notebook ask over the connection, wherever the notebook holds them."""
    asker = Asker(connection)
    for name in names:
        alike = {own for own in namespace if isinstance(own, str) and own.casefold() == name.casefold()}
        for own in alike | {name}:
            _replace(own, namespace, _stub(asker, name, namespace.get(own)))


def _stub(asker: Asker, name: str, function: Any) -> Callable[..., Any]:
    """Takes what the student's function takes, and asks with it by the names of its parameters."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # it is not there, or nobody can say what it takes
        signature = None

    def stub(*arguments: Any, **named: Any) -> Any:
        return asker.ask(name, _bind(signature, arguments, named))

    return stub


def _bind(
    signature: inspect.Signature | None, arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The arguments by the student's names for them, in order; what has a default and was not given is left out."""
    if signature is None:
        return {**{str(place): value for place, value in enumerate(arguments)}, **named}
    bound: dict[str, Any] = {}
    for key, value in signature.bind(*arguments, **named).arguments.items():
        match signature.parameters[key].kind:
            case inspect.Parameter.VAR_POSITIONAL:
                bound |= {f"{key}{place}": item for place, item in enumerate(value)}
            case inspect.Parameter.VAR_KEYWORD:
                bound |= value
            case _:
                bound[key] = value
    return bound


def _replace(name: str, namespace: MutableMapping[str, Any], stub: Callable[..., Any]) -> None:
    function = namespace.get(name)
    if function is not None and hasattr(function, "cache_clear"):
        function.cache_clear()
        function = getattr(function, "__wrapped__", function)
    if isinstance(function, types.FunctionType):
        # Other names, closures and defaults hold the same function: so its code is what is replaced.
        _swap_code(function, stub)
    else:
        namespace[name] = stub


def _swap_code(function: types.FunctionType, stub: Callable[..., Any]) -> None:
    free = function.__code__.co_freevars
    # Python takes only code with as many free variables as the function has; these are named and not used.
    names = [f"free{place}" for place in range(len(free))]
    source = (
        f"def outer({', '.join(names)}):\n"
        f"    def stub(*arguments, __stub=None, **named):\n"
        f"        return __stub(*arguments, **named)\n"
        f"        {'; '.join(names) or 'pass'}\n"
        f"    return stub\n"
    )
    made: dict[str, Any] = {}
    exec(source, made)
    code = made["outer"](*[None] * len(free)).__code__
    function.__code__ = code
    function.__defaults__ = None
    function.__kwdefaults__ = {"__stub": stub}
