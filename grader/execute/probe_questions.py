"""Makes questions of a rubric's probes: the inputs are made here, outside, and none before it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from grader.execute.answers import ProbeQuestion
from grader.rubric import Probe, Random, Rubric, Scene
from grader.rubric.probe_inputs import make_input


def make_questions(rubric: Rubric, student: str, *, public_only: bool = False) -> tuple[ProbeQuestion, ...]:
    """What to ask of this student's notebook, in the order in which it is asked."""
    asked = _in_order(rubric)
    return tuple(make_question(name, probe, student) for name, probe in asked if not (public_only and probe.hidden))


def make_questions_for_each(rubric: Rubric, students: Iterable[str]) -> Iterator[tuple[ProbeQuestion, ...]]:
    """What to ask of each student's notebook, in turn; what is asked of all alike is made ready once."""
    asked = _in_order(rubric)
    shared = {name: make_question(name, probe, "") for name, probe in asked if not is_personal(probe)}
    for student in students:
        yield tuple(shared.get(name) or make_question(name, probe, student) for name, probe in asked)


def _in_order(rubric: Rubric) -> list[tuple[str, Probe]]:
    """The probes that notebooks are asked, hidden ones last: so that no open answer can tell what they showed."""
    asked = [(name, probe) for name, probe in rubric.probes.items() if probe.ask == "student"]
    return sorted(asked, key=lambda named: named[1].hidden)


def make_question(name: str, probe: Probe, student: str) -> ProbeQuestion:
    """One probe with its inputs made."""
    content: dict[str, Any] = {
        "kind": probe.kind,
        "arguments": {key: make_input(value, student, key) for key, value in probe.arguments.items()},
    }
    if probe.call is not None:
        content["name"] = probe.call
    elif probe.variable is not None:
        content["names"] = list(probe.asks_for)
    elif probe.evaluate is not None:
        content["code"] = probe.evaluate
    elif probe.models is not None:
        content |= {
            **probe.models.model_dump(),
            "predict": make_input(probe.predict, student, "predict"),
            "held_out": probe.held_out,
            **({"trained_on": probe.trained_on} if probe.trained_on else {}),
        }
    return ProbeQuestion(
        name=name,
        content=content,
        names=probe.asks_for,
        hidden=probe.hidden,
        limit_s=probe.limit_s,
        only_at_end=probe.when == "end",
    )


def is_personal(probe: Probe) -> bool:
    """Whether each student is asked with inputs of their own."""
    return any(
        isinstance(value, Random | Scene) and value.seed == "student"
        for value in (*probe.arguments.values(), probe.predict)
    )
