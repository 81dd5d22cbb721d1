"""The mistakes and alternatives that the author of a rubric knows: what they lead to, and what that earns."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.language import _, verbatim
from grader.rubric import Expect, OwnMistake
from grader.score.closeness import compare
from grader.score.values import is_same
from grader.score.verdict import Evidence, Verdict


def find_own_mistake(evidence: Evidence, verdict: Verdict) -> Verdict:
    """What the rubric gives for one of its own mistakes, where the answer is what that leads to; else the verdict."""
    if verdict.fraction in (None, 1.0) or not evidence.criterion.mistakes or evidence.answer().status != "answered":
        return verdict
    for name, mistake in evidence.criterion.mistakes.items():
        if _has_made(mistake, evidence):
            says = verbatim(mistake.says)
            if mistake.earns == "person":
                return Verdict(None, says + _("A person reads this and decides."), name)
            return Verdict(float(mistake.earns), says, name)
    return verdict


def _has_made(mistake: OwnMistake, evidence: Evidence) -> bool:
    answer, told = evidence.value(), mistake.answer
    target = evidence.target(told) if isinstance(told, dict) else told
    options = evidence.criterion.expect.either or [evidence.criterion.expect]
    return any(_is_alike(option, answer, target, evidence) for option in options)


def _is_alike(expect: Expect, answer: Any, target: Any, evidence: Evidence) -> bool:
    """By the criterion's own comparison; a word, such as `unclear`, is never close to anything."""
    if expect.close is not None and target is not None and not isinstance(target, bool | str):
        return compare(expect.close, answer, target, evidence).fraction == 1.0
    plain = target.tolist() if isinstance(target, np.ndarray) else target
    return expect.kind in ("close", "value") and is_same(answer, plain)
