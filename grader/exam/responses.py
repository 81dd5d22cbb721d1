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

from collections.abc import Collection
from typing import Any

from grader.exam.questions import Question


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
