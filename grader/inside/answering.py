"""Answers probes beside a notebook's names: finds, calls, evaluates, and writes down what comes back.

What is right stands nowhere here. The student's code may have replaced every function below; it can only forge what it
already knows.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import inspect
import io
import os
import random
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.inside import channel, drawn_figures, found_networks, name_marks, plain, recording
from grader.inside.kept_arguments import KeptArguments

SEED = 0


class MissingError(Exception):
    """The notebook has nothing of the name that a probe asks for."""


def _shell() -> Any:
    from IPython import get_ipython

    return get_ipython()


def ask() -> None:
    """Receive one question and send its answer: what the grader has a kernel run."""
    namespace = _shell().user_ns
    with (
        # On Windows a socket is no file, and os.dup does not know it.
        socket.socket(fileno=socket.dup(int(os.environ.get(channel.VARIABLE, channel.DESCRIPTOR)))) as connection,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        answer_over(connection, namespace, uninterrupted)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Half a message would be the end of the connection, and of every question after it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def answer_over(
    connection: socket.socket,
    namespace: Mapping[str, Any],
    undisturbed: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
) -> None:
    """Receive one question and send its answer."""
    with undisturbed():
        question, _ = plain.loads(channel.receive(connection, channel.QUESTION_BYTES))
    content = answer_bytes(question, namespace)
    with undisturbed():
        channel.send(connection, content)


def answer_bytes(question: Mapping[str, Any], namespace: Mapping[str, Any]) -> bytes:
    """The answer to one question, written as plain data, whatever the student's code raises."""
    try:
        return _answer_bytes(question, namespace)
    except KeyboardInterrupt:  # while it is computed, or while it is written down
        return plain.dumps(None, {"status": "stopped"})


def _answer_bytes(question: Mapping[str, Any], namespace: Mapping[str, Any]) -> bytes:
    also: dict[str, str] = {}
    try:
        if found := stand_ins(question, namespace):
            namespace = {**namespace, **{name: namespace[other] for name, other in found.items()}}
            also["found"] = ", ".join(found.values())
        arguments = {key: _argument(value) for key, value in question["arguments"].items()}
        kept = KeptArguments(arguments, question["code"] if question["kind"] == "evaluate" else "")
        value = answer(question, namespace, arguments, kept)
        if overwritten := kept.changed():
            also["overwritten"] = ", ".join(overwritten)
    except MissingError as error:
        return plain.dumps(None, {"status": "missing", "detail": str(error)})
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  (round a student's code)
        function, line = student_place(error)
        notes = {"error": type(error).__name__[:100], "detail": _text(error), "line": line, "function": function}
        return plain.dumps(None, {"status": "raised", **notes, **also})
    try:
        content = plain.dumps(value, {"status": "answered", **also})
    except plain.NotPlainError as error:
        return unusable(str(error))
    except MemoryError:
        return unusable("it takes more memory than there is")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  (round a student's code: the methods of its objects)
        return unusable(f"it cannot be written down ({type(error).__name__[:100]})")
    if len(content) > channel.ANSWER_BYTES:
        return unusable(f"it has {len(content) >> 20} MiB, more than the limit of {channel.ANSWER_BYTES >> 20} MiB")
    return content


_SHELLS_OWN = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})


def stand_ins(question: Mapping[str, Any], namespace: Mapping[str, Any]) -> dict[str, str]:
    """For asked names that are not there, the only one that differs in capitals alone: `Stretch` for `stretch`."""
    match question["kind"]:
        case "variable":
            asked = set() if any(name in namespace for name in question["names"]) else set(question["names"])
        case "call":
            asked = {question["name"]}
        case "evaluate":
            names = [node for node in ast.walk(ast.parse(question["code"])) if isinstance(node, ast.Name)]
            asked = {node.id for node in names} - {node.id for node in names if not isinstance(node.ctx, ast.Load)}
            asked -= {"np", "torch", *question["arguments"], *vars(builtins)}
        case _:
            return {}
    found: dict[str, str] = {}
    for name in asked - namespace.keys():
        alike = [other for other in namespace if isinstance(other, str) and other.casefold() == name.casefold()]
        if len(alike) != 1 or alike[0].startswith("_") or alike[0] in _SHELLS_OWN:
            continue
        if not _is_own(namespace[alike[0]]):
            continue
        # A class `A` is no value `a`, and a list no function.
        if question["kind"] == "evaluate" or callable(namespace[alike[0]]) == (question["kind"] == "call"):
            found[name] = alike[0]
    return found


def _is_own(value: Any) -> bool:
    """Whether it may be the notebook's work: torch's `DataLoader`, imported, is nobody's answer for `dataloader`."""
    if inspect.ismodule(value):
        return False
    return not (inspect.isclass(value) or inspect.isroutine(value)) or value.__module__ == "__main__"


def unusable(detail: str) -> bytes:
    """What is sent in place of an answer that does not cross the boundary."""
    return plain.dumps(None, {"status": "unusable", "detail": detail})


def _text(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except BaseException:  # noqa: BLE001  (round a student's code: its __str__)
        return ""


def student_place(error: BaseException) -> tuple[str, str]:
    """The notebook's outermost function that the error passed through, and its innermost line; both may be empty."""
    import linecache

    function, line, trace = "", "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if "ipykernel" in code.co_filename or code.co_filename.startswith("<ipython"):
            function = function or code.co_name
            line = linecache.getline(code.co_filename, trace.tb_lineno).strip() or line
        trace = trace.tb_next
    return function[:100], line[:200]


def answer(
    question: Mapping[str, Any], namespace: Mapping[str, Any], arguments: Mapping[str, Any], kept: KeptArguments
) -> Any:
    """What the notebook's names answer: any value; raises MissingError, or whatever the student's code raises."""
    set_seeds()
    return _awaited(_answer(question, namespace, arguments, kept))


def _awaited(value: Any) -> Any:
    """What a coroutine gives, in a loop of its own: the kernel's is busy with this question. Anything else as it is."""
    if not inspect.isawaitable(value):
        return value
    given: list[Any] = []
    raised: list[BaseException] = []

    async def wait() -> Any:
        return await value

    def run() -> None:
        try:
            given.append(asyncio.run(wait()))
        except BaseException as error:  # noqa: BLE001  (round a student's code: raised again below)
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return given[0]


def _answer(
    question: Mapping[str, Any], namespace: Mapping[str, Any], arguments: Mapping[str, Any], kept: KeptArguments
) -> Any:
    match question["kind"]:
        case "variable":
            return find(question["names"], namespace)
        case "call":
            return call(find([question["name"]], namespace), arguments)
        case "evaluate":
            return evaluate(question["code"], {**namespace, **arguments}, kept)
        case "models":
            return found_networks.answer(question, namespace)
        case "training":
            return recording.answer(namespace)
        case "figures":
            return drawn_figures.answer()
        case "changed":
            return name_marks.changed(_shell())
        case kind:
            raise ValueError(f"no such kind of probe: {kind}")


def set_seeds() -> None:
    """Every probe starts from the same random state, so that their order does not matter."""
    random.seed(SEED)
    np.random.seed(SEED)
    if (torch := loaded_torch()) is not None:
        torch.manual_seed(SEED)


def loaded_torch() -> Any:
    """torch, where it is loaded: a student's own notebook may do without it, also in a self-check."""
    return sys.modules.get("torch")


def _argument(value: Any) -> Any:
    """An array marked as a tensor becomes one: students' functions of torch take no NumPy."""
    if isinstance(value, dict) and set(value) == {"tensor"}:
        import torch

        return torch.from_numpy(value["tensor"].copy())
    return value


def find(names: list[str], namespace: Mapping[str, Any]) -> Any:
    """The value of the first of the names that is there."""
    for name in names:
        if name in namespace:
            return namespace[name]
    raise MissingError(", ".join(names))


def call(function: Any, arguments: Mapping[str, Any]) -> Any:
    """Call by keyword or, where the student's parameters have other names, in order."""
    try:
        inspect.signature(function).bind(**arguments)
    except TypeError:
        return function(*arguments.values())
    except ValueError:
        pass  # a builtin without a signature
    return function(**arguments)


def evaluate(code: str, namespace: dict[str, Any], kept: KeptArguments) -> Any:
    """Run the code in a copy of the namespace; the value of its last expression. np and torch are there in any case."""
    own: dict[str, Any] = {"np": np}
    if "torch" in code:
        import torch

        own["torch"] = torch
    names = {**own, **namespace}
    tree = ast.parse(code, filename="<probe>")
    last = tree.body.pop()
    if not isinstance(last, ast.Expr):
        raise ValueError("the last line of `evaluate` is not an expression")
    try:
        for statement in tree.body:
            exec(compile(ast.Module([statement], tree.type_ignores), "<probe>", "exec"), names)
            kept.follow(statement, names)
        return eval(compile(ast.Expression(last.value), "<probe>", "eval"), names)
    except NameError as error:
        # A name that a student's function lacks is an error of that function.
        if error.name and error.name not in names and not student_place(error)[0]:
            raise MissingError(error.name) from error
        raise
