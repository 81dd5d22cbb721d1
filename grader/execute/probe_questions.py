"""Makes questions of a rubric's probes: the inputs are made here, outside, and none before it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from grader.course.reference_code import ReferenceCode
from grader.execute.answers import ProbeQuestion
from grader.rubric import Probe, Random, Rubric, Scene
from grader.rubric.probe_inputs import make_input


def make_questions(
    rubric: Rubric, student: str, oracle: ReferenceCode | None = None, *, public_only: bool = False
) -> tuple[ProbeQuestion, ...]:
    """What to ask of this student's notebook, in the order in which it is asked.

    Without an `oracle`, as in a self-check, nothing is asked a second time with the reference's helpers.
    """
    asked = _in_order(rubric)
    made = (make_question(name, probe, student) for name, probe in asked if not (public_only and probe.hidden))
    return _with_oracles(rubric, tuple(made), oracle)


def make_questions_for_each(
    rubric: Rubric, students: Iterable[str], oracle: ReferenceCode | None = None
) -> Iterator[tuple[ProbeQuestion, ...]]:
    """What to ask of each student's notebook, in turn; what is asked of all alike is made ready once."""
    asked = _in_order(rubric)
    shared = {name: make_question(name, probe, "") for name, probe in asked if not is_personal(probe)}
    for student in students:
        made = (shared.get(name) or make_question(name, probe, student) for name, probe in asked)
        yield _with_oracles(rubric, tuple(made), oracle)


def _with_oracles(
    rubric: Rubric, questions: tuple[ProbeQuestion, ...], oracle: ReferenceCode | None
) -> tuple[ProbeQuestion, ...]:
    """The questions and, last, those that are asked once more with helpers of the reference's."""
    if oracle is None:
        return questions
    by_name = {question.name: question for question in questions}
    again = {
        one.given_probe: replace(
            by_name[one.probe],
            name=one.given_probe,
            content={**by_name[one.probe].content, "oracles": list(one.given)},
            hidden=True,
            only_at_end=True,
            oracle=oracle.hash,
        )
        for one in rubric.criteria
        if one.given_probe and one.probe in by_name
    }
    return (*questions, *again.values())


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
