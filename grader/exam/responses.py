"""What a response is: the value of an `Answer`, plain data whoever read it, file or scanner.

Each kind of question says at the top of its file which values are responses to it. A blank is an answer that is
`missing`; one that cannot be read for sure is `unusable`, with the reason in `because`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from grader.exam.questions import Question
from grader.language import _
from grader.model import Answer, Run, Submission


def fits(question: Question, value: Any) -> bool:
    """Whether the value is a response to this question, as it stands now."""
    return question.part.fits(value)


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
        because=_("Read from {source}.", source=source),
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
    seed, _space, drawn = told.partition(" ")
    return int(seed), json.loads(drawn or "{}")
