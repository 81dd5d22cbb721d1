"""What a draft may ask: candidates, made of what was recorded. Which of them stand, the notebook itself decides."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from grader.drafting.inputs import Told, altered, as_code, as_it_was, length_of, of_its_kind, of_zeros, unfit_for
from grader.drafting.solution_code import SolutionCode
from grader.drafting.solved_recording import Recording
from grader.language import _

Role = Literal["example", "other", "refuses", "variable", "network"]

_PROMISED = re.compile(r"\b([A-Z]\w*(?:Error|Exception))\b")


@dataclass(frozen=True)
class Candidate:
    """One probe that may be asked, and why it would be."""

    of: str
    """the function or variable"""
    role: Role
    probe: Mapping[str, Any]
    why: str
    """the comment that stands above it"""
    expect: Mapping[str, Any] | None = None
    """what is expected, where that is no matter of the answer"""
    says: str = ""
    alike: str = ""
    """candidates of which this is the same say the same; by default those with the same answer"""
    promised: frozenset[str] = frozenset()
    """errors of which one has to be in the answer"""


def make_candidates(solution: SolutionCode, recording: Recording) -> Iterator[Candidate]:
    """All that may be asked, the plainest first."""
    for name, node in solution.functions.items():
        calls = [one for one in recording.calls.get(name, ()) if "result" in one]
        defaults = _defaults(recording.signatures.get(name, ()))
        yield from _examples(name, calls)
        for call in calls[:2]:
            yield from _others(name, call["arguments"], defaults)
        for call in calls[:1]:
            yield from _refusals(name, node, call["arguments"])


def make_more_candidates(solution: SolutionCode, recording: Recording) -> Iterator[Candidate]:
    """The same, of more calls, and with numbers that a mistake may need to show: larger, negative, ordered, alike."""
    yield from make_candidates(solution, recording)
    for name, node in solution.functions.items():
        calls = [one for one in recording.calls.get(name, ()) if "result" in one]
        defaults = _defaults(recording.signatures.get(name, ()))
        for call in calls[2:6]:
            yield from _others(name, call["arguments"], defaults)
            yield from _refusals(name, node, call["arguments"])
        for call in calls[:3]:
            yield from _altered(name, call["arguments"])


def _altered(name: str, arguments: Mapping[str, Told]) -> Iterator[Candidate]:
    """Each argument, one at a time, by what is told of each alteration; the rest as they were, or of their kind."""
    generator = np.random.default_rng(1)
    for key, told in arguments.items():
        for value in altered(told):
            made = _made(arguments, as_it_was, {key: value})
            made = made or _made(arguments, lambda one: of_its_kind(one, generator=generator), {key: value})
            if made is not None:
                says = str(_("{name} is right with another value of {argument}, too.", name=name, argument=key))
                yield _other(name, made, f"an unusual `{key}`", says)


def _call(name: str, arguments: Mapping[str, Any], *, hidden: bool) -> dict[str, Any]:
    return {"call": name, **({"with": dict(arguments)} if arguments else {}), **({"hidden": True} if hidden else {})}


def _examples(name: str, calls: Sequence[Mapping[str, Any]]) -> Iterator[Candidate]:
    """The calls of the notebook itself that can be written out: the first is open, the others are not."""
    written = []
    for call in calls:
        try:
            written.append({key: as_it_was(told) for key, told in call["arguments"].items()})
        except ValueError:
            continue
    for place, arguments in enumerate(sorted(written, key=lambda one: len(repr(one)))):
        why = "the notebook calls it so itself" + (", in another place" if place else "")
        says = say_other(name) if place else say_example(name)
        yield Candidate(
            name, "other" if place else "example", _call(name, arguments, hidden=place > 0), why, None, says
        )
    if not written and calls:
        # Too large to be written: others of their kind, the same for everybody, stand for them.
        made = _made(calls[0]["arguments"], lambda told: of_its_kind(told, generator=np.random.default_rng(0)))
        if made is not None:
            open_ = {key: {**one, "seed": 0} if _is_seeded(one) else one for key, one in made.items()}
            why = "what the notebook calls it with is too large to be written, so this is another of its kind"
            yield Candidate(name, "example", _call(name, open_, hidden=False), why, None, say_example(name))


def _is_seeded(value: Any) -> bool:
    return isinstance(value, dict) and "seed" in value


def _others(name: str, arguments: Mapping[str, Told], defaults: Mapping[str, Any]) -> Iterator[Candidate]:
    """Calls of the same kind on other numbers, of which the student knows nothing."""
    generator = np.random.default_rng(0)

    def other(told: Told) -> Any:
        return of_its_kind(told, generator=generator)

    made = _made(arguments, other)
    if made is not None:
        yield _other(name, made, "other numbers of the same kind and range")
    sizes = {"other numbers, and three more of them": 3, "a single one": None}
    for why, more in sizes.items():
        made = _of_length(arguments, more, generator)
        if made is not None:
            says = str(_("{name} is right for other sizes, too.", name=name))
            yield _other(name, made, why, says)
    for key, told in arguments.items():
        try:
            made = _made(arguments, as_it_was, {key: other(told)})
        except ValueError:
            continue
        if made is not None and len(arguments) > 1:
            says = str(_("{name} is right with another value of {argument}, too.", name=name, argument=key))
            yield _other(name, made, f"another `{key}`, the rest as it was", says)
    for key, value in defaults.items():
        made = None if key in arguments else _made(arguments, as_it_was) or _made(arguments, other)
        if made is not None:
            named = {**made, key: value}
            says = str(_("{name} is right with another value of {argument}, too.", name=name, argument=key))
            yield _other(name, named, f"another `{key}` than its default", says)
    made = _made(arguments, of_zeros)
    if made is not None and any(told["kind"] != "plain" for told in arguments.values()):
        says = str(_("{name} is right for zeros, too.", name=name))
        yield _other(name, made, "zeros, of which care has to be taken", says)


def _other(name: str, arguments: Mapping[str, Any], why: str, says: str = "") -> Candidate:
    return Candidate(name, "other", _call(name, arguments, hidden=True), why, None, says or say_other(name))


def say_example(name: str) -> str:
    """What the student reads of a call of the notebook itself."""
    return str(_("{name} gives the right answer for the numbers of the notebook.", name=name))


def say_other(name: str) -> str:
    """And of one with other numbers."""
    return str(_("{name} is right for other numbers, too.", name=name))


def _of_length(
    arguments: Mapping[str, Told], more: int | None, generator: np.random.Generator
) -> dict[str, Any] | None:
    """Arguments of which all that have the first one's length have another: so many more, or 1."""
    lengths = [length for told in arguments.values() if (length := length_of(told))]
    if not lengths:
        return None
    length = min(lengths[0], 40) + more if more else 1
    made: dict[str, Any] = {}
    try:
        for key, told in arguments.items():
            is_one = length_of(told) == lengths[0]
            made[key] = of_its_kind(told, length=length if is_one else None, generator=generator)
    except ValueError:
        return None
    return made


def _defaults(signature: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Another value for each parameter that has a plain default value."""
    found: dict[str, Any] = {}
    for name, kind, told in signature:
        if told is not None and told["kind"] == "plain" and kind in ("POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY"):
            value = told["value"]
            if isinstance(value, bool):
                found[name] = not value
            elif isinstance(value, int | float):
                found[name] = value + 1 if isinstance(value, int) else round(value * 1.37 + 0.01, 4)
    return found


def _refusals(name: str, node: ast.FunctionDef, arguments: Mapping[str, Told]) -> Iterator[Candidate]:
    """Where the docstring promises an error: what may lead to it, and what beside it may not, for each argument."""
    promised = set(_PROMISED.findall(ast.get_docstring(node) or ""))
    if not promised:
        return
    for key, told in arguments.items():
        calls = []
        for value in unfit_for(told):
            made = _made(arguments, as_it_was, {key: value})
            with contextlib.suppress(ValueError):
                calls += [", ".join(f"{each}={as_code(one)}" for each, one in made.items())] if made else []
        if calls:
            errors = ", ".join(sorted(promised))
            lines = [
                "def answer(**arguments):",
                "    try:",
                f"        {name}(**arguments)",
                "    except Exception as error:",
                "        return type(error).__name__",
                '    return "an answer"',
                f"[{', '.join(f'answer({call})' for call in calls)}]",
            ]
            says = str(_("{name} raises a {error} where it should, and only there.", name=name, error=errors))
            why = f"the docstring promises a {errors}: what leads to it, and what does not"
            probe = {"evaluate": "\n".join(lines) + "\n", "hidden": True}
            yield Candidate(name, "refuses", probe, why, None, says, key, frozenset(promised))


def _made(
    arguments: Mapping[str, Told], make: Callable[[Told], Any], fixed: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any] | None:
    """The arguments made by this, but for those that are fixed; None where one cannot be written."""
    try:
        return {key: fixed[key] if key in fixed else make(told) for key, told in arguments.items()}
    except ValueError:
        return None
