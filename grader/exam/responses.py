"""What a response is, for each kind of question: the value of an `Answer`, plain data whoever read it, file or scanner.

single     [option]                       one option's name
multiple   [option, …]                    the ticked ones; none of them: "none applies" was ticked
rows       {statement: true|false|null}   null where the row was left blank
numeric    "0,5 m"                        as it was written
text       "homography"                   as it was written
output     "(8, 16, 16, 16)"              as it was written
matching   {pair: partner|null}           partners by the names of their pairs, or of `extra`
ordering   [step, …]                      every step once, in the order given
practical  {criterion: points}            what a person gave on paper; may be empty

A blank is an answer that is `missing`; one that cannot be read for sure is `unusable`, with the reason in `because`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from grader.exam.questions import Question
from grader.model import Answer, Run, Submission


def fits(question: Question, value: Any) -> bool:
    """Whether the value is a response to this question, as it stands now."""
    match question.kind:
        case "single":
            return _names(value, question.tickable or ()) and len(value) == 1
        case "multiple":
            return _names(value, question.tickable or ())
        case "rows":
            return _maps(value, question.tickable or (), (True, False, None))
        case "numeric" | "text" | "output":
            return isinstance(value, str)
        case "matching" if question.matching is not None:
            return _maps(value, question.matching.pairs, (*question.matching.partners, None))
        case "ordering" if question.ordering is not None:
            return _names(value, question.ordering.steps) and len(value) == len(question.ordering.steps)
        case "practical" if question.practical is not None:
            points = {name: step.points for name, step in question.practical.criteria.items()}
            return isinstance(value, dict) and all(
                name in points and 0 <= given <= points[name] for name, given in value.items()
            )
    return False


def _names(value: Any, known: Collection[str]) -> bool:
    """A list of known names, each at most once."""
    return isinstance(value, list) and set(value) <= set(known) and len(set(value)) == len(value)


def _maps(value: Any, keys: Collection[str], values: Collection[Any]) -> bool:
    return isinstance(value, dict) and set(value) <= set(keys) and all(item in values for item in value.values())


def as_response(
    student: str,
    exam: str,
    source: str,
    answers: Mapping[str, Answer],
    seed: int,
    drawn: Mapping[str, Mapping[str, float]],
) -> tuple[Submission, Run]:
    """What was read of a student, wherever from; `drawn` are the numbers that the questions had, from `seed`."""
    told = {name: answer.model_dump() for name, answer in answers.items()}
    sha256 = hashlib.sha256(json.dumps([seed, told], sort_keys=True).encode()).hexdigest()
    run = Run(
        key=sha256[:32],
        sha256=sha256,
        end="finished",
        because=f"Read from {source}.",
        answers=answers,
        asked={name: tell_asked(seed, drawn.get(name, {})) for name in answers},
        sandbox="none",
    )
    return Submission(student=student, assignment=exam, sha256=sha256, source=source, received=None), run


def tell_asked(seed: int, drawn: Mapping[str, float]) -> str:
    """What a question's numbers were, as a run keeps it: the seed, and what was drawn from it.

    >>> tell_asked(7, {}), tell_asked(7, {"f": 800.0})
    ('7', '7 {"f": 800.0}')
    """
    return f"{seed} {json.dumps(dict(drawn), sort_keys=True)}" if drawn else str(seed)


def read_asked(told: str) -> tuple[int, Mapping[str, float]]:
    """The seed and the numbers of `tell_asked`.

    >>> read_asked('7 {"f": 800.0}'), read_asked("7")
    ((7, {'f': 800.0}), (7, {}))
    """
    seed, _, drawn = told.partition(" ")
    return int(seed), json.loads(drawn or "{}")
